/**
 * Unit header: what stands before the blocks of a unit, written and read.
 *
 *   plain bytes | mode | filter | masks | stride | row bits | rates
 *
 *   mode     coded 1 | filtered 2 | primed 4 | preset << 3 | fewer rows 128; 0 where the unit is stored
 *
 * What a mode does not ask for is not there. Numbers that may be small are varints: seven bits a byte, lowest first, the top bit says that more
 * follow. Every header has one form; a reader refuses what a writer would not have written. Bytes:
 * docs/formats/divans.md.
 */
import { PithError } from "../core/errors.ts";
import { DIVANS_UNIT_BYTES } from "../core/limits.ts";
import { type Filter, readFilter, writeFilter } from "../filters/index.ts";
import {
  LITERAL_INPUTS,
  LITERAL_PRESETS,
  type LiteralInput,
  type LiteralInputs,
  presetNumber,
  RATE_MAXIMUM,
  ROW_BITS_MAXIMUM,
  ROW_BITS_MINIMUM,
  STRIDE_MAXIMUM,
  seesStride,
  type UnitParameters,
} from "./parameters.ts";

export interface UnitHeader {
  /** Length of the unit, 1 to 4 MiB. */
  readonly plainBytes: number;
  /** What it went through before it was coded. */
  readonly filter: Filter;
  /** How it is coded; undefined when it is stored. */
  readonly parameters: UnitParameters | undefined;
}

/** What a reader of headers asks for. */
export interface HeaderSource {
  /** The next byte. @throws PithError where there is none */
  byte(): Promise<number>;
}

const MODE_CODED = 1;
const MODE_FILTERED = 2;
const MODE_PRIMED = 4;
const MODE_FEWER_ROWS = 128;
const PRESET_SHIFT = 3;
/** The preset's number that says: masks follow. */
const MASKS_FOLLOW = 15;
const FILTER_BYTES_MAXIMUM = 4;
/** Bytes of a varint: three for a unit's length, four for a block's. */
const NUMBER_BYTES_MAXIMUM = 4;

/** Bytes of a varint. */
export function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}

/** Reads a varint; more bytes than it needs are refused. @throws PithError "DivansCorrupt" */
export async function readNumber(source: HeaderSource): Promise<number> {
  let value = 0;
  for (let i = 0; i < NUMBER_BYTES_MAXIMUM; i++) {
    const byte = await source.byte();
    value |= (byte & 127) << (7 * i);
    if (byte > 127) continue;
    if (byte === 0 && i > 0) throw damaged("a number longer than it must be");
    return value;
  }
  throw damaged("a number without an end");
}

/** The bytes of a header. */
export function writeUnitHeader({ plainBytes, filter, parameters }: UnitHeader): Uint8Array {
  const filterBytes = writeFilter(filter);
  const bytes = writeNumber(plainBytes);
  if (parameters === undefined) return Uint8Array.of(...bytes, 0);

  const { inputs, stride, literalRate, commandRate, rowBits, isPrimed } = parameters;
  const known = presetNumber(inputs);
  const isFiltered = filterBytes.length > 0;
  const hasFewerRows = rowBits < ROW_BITS_MAXIMUM;
  let mode = MODE_CODED | ((known >= 0 ? known : MASKS_FOLLOW) << PRESET_SHIFT);
  if (isFiltered) mode |= MODE_FILTERED;
  if (isPrimed) mode |= MODE_PRIMED;
  if (hasFewerRows) mode |= MODE_FEWER_ROWS;
  bytes.push(mode);
  if (isFiltered) bytes.push(filterBytes.length, ...filterBytes);
  if (known < 0) bytes.push(...inputs.flatMap(({ history, others }) => [history, others]));
  if (seesStride(inputs)) bytes.push(...writeNumber(stride));
  if (hasFewerRows) bytes.push(rowBits);
  bytes.push(literalRate | (commandRate << 4));
  return Uint8Array.from(bytes);
}

/**
 * Reads a header.
 *
 * @returns undefined for a length of zero, which ends a file
 * @throws PithError "DivansCorrupt"; "CodecUnknown" for a filter that this build does not know
 */
export async function readUnitHeader(source: HeaderSource): Promise<UnitHeader | undefined> {
  const plainBytes = await readNumber(source);
  if (plainBytes === 0) return undefined;
  if (plainBytes > DIVANS_UNIT_BYTES) throw damaged("a unit longer than 4 MiB");
  const mode = await source.byte();
  if ((mode & MODE_CODED) === 0) {
    if (mode !== 0) throw damaged("a mode without meaning");
    return { plainBytes, filter: { kind: "none" }, parameters: undefined };
  }
  const filter = mode & MODE_FILTERED ? await readUnitFilter(source) : NO_FILTER;
  return { plainBytes, filter, parameters: await readParameters(source, mode) };
}

async function readParameters(source: HeaderSource, mode: number): Promise<UnitParameters> {
  const inputs = await readInputs(source, (mode >> PRESET_SHIFT) & MASKS_FOLLOW);
  const stride = seesStride(inputs) ? await readNumber(source) : 0;
  if (stride > STRIDE_MAXIMUM || (stride === 0 && seesStride(inputs))) {
    throw damaged("a stride beyond 1,024");
  }
  const rowBits = mode & MODE_FEWER_ROWS ? await source.byte() : ROW_BITS_MAXIMUM;
  const isKnown = rowBits >= ROW_BITS_MINIMUM && rowBits < ROW_BITS_MAXIMUM;
  if ((mode & MODE_FEWER_ROWS) !== 0 && !isKnown) throw damaged("an unknown number of rows");
  const rates = await source.byte();
  const literalRate = rates & 15;
  const commandRate = rates >> 4;
  if (literalRate > RATE_MAXIMUM || commandRate > RATE_MAXIMUM) throw damaged("an unknown rate");
  const isPrimed = (mode & MODE_PRIMED) !== 0;
  return { inputs, stride, literalRate, commandRate, rowBits, isPrimed };
}

const NO_FILTER: Filter = { kind: "none" };

async function readUnitFilter(source: HeaderSource): Promise<Filter> {
  const size = await source.byte();
  if (size === 0 || size > FILTER_BYTES_MAXIMUM) throw damaged("a filter of no known length");
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = await source.byte();
  const filter = readFilter(bytes);
  if (filter.kind === "none") throw damaged("a filter that is none");
  return filter;
}

async function readInputs(source: HeaderSource, preset: number): Promise<LiteralInputs> {
  if (preset !== MASKS_FOLLOW) {
    const inputs = LITERAL_PRESETS[preset];
    if (inputs === undefined) throw damaged("inputs of literals without meaning");
    return inputs;
  }
  const inputs: LiteralInput[] = [];
  for (let i = 0; i < LITERAL_INPUTS; i++) {
    inputs.push({ history: await source.byte(), others: await source.byte() });
  }
  const [first, second, third, fourth] = inputs;
  const read: LiteralInputs = [first!, second!, third!, fourth!];
  if (presetNumber(read) >= 0) throw damaged("masks of inputs that have a number");
  return read;
}

/** The fault of a unit that breaks its format. */
export function damaged(why: string, cause?: unknown): PithError {
  return new PithError("DivansCorrupt", { why }, cause);
}
