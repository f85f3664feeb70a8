/**
 * Hint bytes: the hints of an IR as a unit carries them, which nothing else depends on.
 *
 *   ltype        type, stride          ctype, dtype   type          window   log2
 *   prediction   mode and which speeds | pairs of speeds, two bytes each | three maps: count, bytes
 *
 * A unit's commands name them by kind, with the numbers of ir/command.ts. Bytes: docs/formats/divans.md.
 */
import type { Ir, IrBuilder, IrCursor } from "../ir/index.ts";
import { damaged, writeNumber } from "./unit-header.ts";

/** What a `prediction` line says. */
type Prediction = Ir["hints"][number];
type Mode = Prediction["mode"];
type SpeedName = keyof Prediction["speeds"];

/** Kinds of hint by number; fixed, kernels and files have them. */
export const HINT_KINDS = { ltype: 3, ctype: 4, dtype: 5, prediction: 6, window: 7 } as const;
export type HintKind = keyof typeof HINT_KINDS;

const MODES: readonly Mode[] = ["lsb6", "msb6", "utf8", "sign"];
/** Bit 2 + i of a prediction's first byte: pair i is there. */
const SPEEDS: readonly SpeedName[] = [
  "contextMapIncrement",
  "contextMapLimit",
  "strideIncrement",
  "strideLimit",
  "mixingIncrement",
  "mixingLimit",
];
const MAPS = ["literalContextMap", "distanceContextMap", "mixingValues"] as const;

/** The kind of the hint that a cursor stands on; undefined when it stands on none. */
export function hintKindOf({ kind }: IrCursor): HintKind | undefined {
  return kind !== undefined && kind in HINT_KINDS ? (kind as HintKind) : undefined;
}

/** A hint that may be written: most of those at one place are not, and a prediction is long. */
export interface HintToWrite {
  /** How many bytes it takes. */
  readonly size: number;
  write(): Uint8Array;
}

/** The hint that a cursor stands on, also when it has moved on. */
export function hintAt(cursor: IrCursor): HintToWrite {
  if (cursor.kind === "prediction") {
    const hint = cursor.ir.hints[cursor.operand]!;
    return { size: sizeOfPrediction(hint), write: () => writePrediction(hint) };
  }
  const bytes =
    cursor.kind === "ltype"
      ? Uint8Array.of(cursor.blockType, cursor.stride)
      : Uint8Array.of(cursor.operand);
  return { size: bytes.length, write: () => bytes };
}

function sizeOfPrediction(hint: Prediction): number {
  let size = 1;
  for (const name of SPEEDS) size += 2 * hint.speeds[name].length;
  for (const name of MAPS) size += writeNumber(hint[name].length).length + hint[name].length;
  return size;
}

function writePrediction(hint: Prediction): Uint8Array {
  let flags = MODES.indexOf(hint.mode);
  const pairs: number[] = [];
  for (const [i, name] of SPEEDS.entries()) {
    if (hint.speeds[name].length === 0) continue;
    flags |= 4 << i;
    for (const speed of hint.speeds[name]) pairs.push(speed & 255, speed >> 8);
  }
  const bytes = [flags, ...pairs];
  for (const name of MAPS) bytes.push(...writeNumber(hint[name].length), ...hint[name]);
  return Uint8Array.from(bytes);
}

/** Adds a hint to an IR; one of a kind that this build does not know is left out.
 * @throws PithError "DivansCorrupt" when its bytes make no sense; "IrInvalid" */
export function readHint(builder: IrBuilder, kind: number, bytes: Uint8Array): void {
  const [type = 0, stride = 0] = bytes;
  if (kind === HINT_KINDS.prediction) {
    builder.prediction(readPrediction(bytes));
    return;
  }
  if (kind < HINT_KINDS.ltype || kind > HINT_KINDS.window) return;
  if (bytes.length !== (kind === HINT_KINDS.ltype ? 2 : 1)) throw damaged("a hint of another size");
  if (kind === HINT_KINDS.ltype) builder.literalType(type, stride);
  else if (kind === HINT_KINDS.ctype) builder.commandType(type);
  else if (kind === HINT_KINDS.dtype) builder.distanceType(type);
  else builder.window(type);
}

function readPrediction(bytes: Uint8Array): Prediction {
  let at = 0;
  const byte = (): number => {
    const value = bytes[at++];
    if (value === undefined) throw damaged("a hint that ends early");
    return value;
  };
  const flags = byte();
  const speeds = Object.fromEntries(
    SPEEDS.map((name, i) => {
      const pair = (): number => byte() | (byte() << 8);
      return [name, flags & (4 << i) ? [pair(), pair()] : []];
    }),
  ) as unknown as Prediction["speeds"];
  const map = (): Uint8Array => {
    let size = 0;
    for (let shift = 0; shift < 21; shift += 7) {
      const part = byte();
      size |= (part & 127) << shift;
      if (part < 128) break;
    }
    if (at + size > bytes.length) throw damaged("a hint that ends early");
    at += size;
    return bytes.slice(at - size, at);
  };
  const hint = {
    mode: MODES[flags & 3]!,
    literalContextMap: map(),
    distanceContextMap: map(),
    mixingValues: map(),
    speeds,
  };
  if (at !== bytes.length) throw damaged("a hint with more than it needs");
  return hint;
}
