/**
 * Run: what commands mean. An IR in, the bytes that it stands for out.
 *
 *   insert "ab"      ab
 *   copy 6 from 2    ababab ab
 *
 * An IR is measured before a byte is made: one line can ask for 256 MiB, and what cannot be run, or
 * makes more than the caller takes, costs no memory.
 */
import { PithError } from "../core/errors.ts";
import { IR_OUTPUT_BYTES_MAXIMUM } from "../core/limits.ts";
import { measureIr } from "./check.ts";
import type { Ir } from "./command.ts";
import { IrCursor } from "./cursor.ts";
import { type Dictionary, loadDictionary } from "./dictionary.ts";

export interface RunOptions {
  /** How many bytes the IR may make; default 256 MiB. */
  readonly maximumBytes?: number;
}

/**
 * The bytes that an IR stands for.
 *
 * @param ir - from `parseIr`, a generator or anywhere: it is checked
 * @returns exactly those bytes. The time is in proportion to them and the number of commands.
 * @throws PithError "IrInvalid" for a command that cannot be run, with its number; "OutputLimit" when
 *   there would be more than `maximumBytes`
 *
 * Format: docs/formats/ir.md.
 */
export async function runIr(ir: Ir, options: RunOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, usesWords } = measureIr(ir);
  const maximum = options.maximumBytes ?? IR_OUTPUT_BYTES_MAXIMUM;
  if (bytes > maximum) throw new PithError("OutputLimit", { bytes, maximum });
  return makeBytes(ir, bytes, usesWords ? await loadDictionary() : undefined);
}

/** Runs an IR that was measured; `dictionary` may be left out when it uses no words. */
export function makeBytes(
  ir: Ir,
  bytes: number,
  dictionary: Dictionary | undefined,
): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(bytes);
  const cursor = new IrCursor(ir);
  while (cursor.next()) {
    const { kind, position, length } = cursor;
    if (kind === "copy") copyBytes(made, position, length, cursor.distance);
    else if (kind === "insert" || kind === "rndins") made.set(cursor.literals, position);
    else if (kind === "dict") {
      const { wordLength, word, transform } = cursor;
      dictionary!.writeWord(made, position, wordLength, word, transform);
    }
  }
  return made;
}

/** Copies byte after byte, in larger and larger steps: what has been copied is there to copy again. */
function copyBytes(bytes: Uint8Array, at: number, length: number, distance: number): void {
  const end = at + length;
  const start = at - distance;
  for (let next = at; next < end; ) {
    const step = Math.min(next - start, end - next);
    bytes.copyWithin(next, start, start + step);
    next += step;
  }
}
