/**
 * Parameters: what a unit's header says of how its literals are seen. The host writes them to
 * PARAMETERS before a walk.
 *
 *   0          length of the unit
 *   1..4       bytes before the literal that input k sees: bit i is the byte i + 1 before
 *   5..8       what else input k sees: SEES_* bits
 *   9          stride, 0 or 1..1024: distance of the byte "above", modulus of the column
 *   10, 11     rates of rows for literals, of rows for commands: profile * 5 + slowest
 *              rate - 4; profiles 0 steady, 1 hasty, 2 calm; slowest rates 4..8
 *   12         log2 of the rows for literals, of each of the four inputs: 10..16
 *   13         1 when the rows have read the primer before the unit (divans/primer.ts)
 */
import { PARAMETERS, RATES } from "../memory.ts";
import { PROFILES, RATE_TABLES } from "../rans/cdf.ts";

export const UNIT_LENGTH: u32 = 0;
export const HISTORY_MASKS: u32 = 1;
export const OTHER_MASKS: u32 = 5;
export const STRIDE: u32 = 9;
export const LITERAL_RATE: u32 = 10;
export const COMMAND_RATE: u32 = 11;
export const ROW_BITS: u32 = 12;
export const PRIMED: u32 = 13;

/** Few rows stay near the processor, many remember more. */
export const ROW_BITS_MINIMUM: u32 = 10;
export const ROW_BITS_MAXIMUM: u32 = 16;

/** The byte that the last distance would give. */
export const SEES_MATCHED: u32 = 1;
/** The byte one stride before. */
export const SEES_ABOVE: u32 = 2;
/** The position modulo the stride, up to 255. */
export const SEES_COLUMN: u32 = 4;
/** Whether the byte before it came from a copy. */
export const SEES_FIRST: u32 = 8;
/** The letters of the word so far. */
export const SEES_WORD: u32 = 0xf0;

export const STRIDE_MAXIMUM: u32 = 1024;

/** A field of the parameters. */
// @ts-ignore: decorator
@inline
export function parameter(field: u32): u32 {
  return load<u32>(PARAMETERS + (field << 2));
}

/** Address of the table of rates that a field names. */
export function ratesOf(field: u32): usize {
  return RATES + (min<u32>(parameter(field), PROFILES * RATE_TABLES - 1) << 8);
}

/** A mask of eight bits, each made a byte: bit 0 the lowest byte. */
export function widened(mask: u32): u64 {
  let wide: u64 = 0;
  for (let bit: u32 = 0; bit < 8; bit++) {
    if (mask & (1 << bit)) wide |= (<u64>0xff) << (bit << 3);
  }
  return wide;
}

/** The same with bit 0 the highest byte. */
export function widenedFromTop(mask: u32): u64 {
  let wide: u64 = 0;
  for (let bit: u32 = 0; bit < 8; bit++) {
    if (mask & (1 << bit)) wide |= (<u64>0xff) << (56 - (bit << 3));
  }
  return wide;
}
