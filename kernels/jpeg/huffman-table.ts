/**
 * Huffman tables of JPEG: from what a DHT segment holds, a table to read with and one to write with.
 *
 *   HUFFMAN_SPECS    slot = class * 4 + id: 16 counts by length, then the symbols by code
 *   HUFFMAN_TABLES   the same slots, 64 KiB each:
 *     0       the next 11 bits -> u32 entry; codes that are longer lead to a second table
 *     8192    256 second tables of 32 entries: the five bits that follow
 *     40960   symbol -> u32: the code with room for the value bits, and how many bits that makes
 *
 * Codes are canonical. A symbol that is defined twice keeps its last code, and the other code is in no
 * table. Tables with unused or missing codes are normal; one without symbols reads and
 * writes nothing. Source: ITU-T T.81, annex C.
 */
import { FAULT_CALL, FAULT_HUFFMAN_TABLE } from "../fault.ts";
import { HUFFMAN_SPECS, HUFFMAN_TABLE_BYTES, HUFFMAN_TABLES } from "../memory.ts";

// An entry for reading. A shift by an entry, or by `entry >> 16`, takes only its low six bits.
//
//   bits 0-5     length of the code and of the value that follows (the symbol's low four bits)
//   bits 8-15    the symbol
//   bits 16-20   length of the code alone
//   bits 29-31   flags; under ENTRY_LONG bits 0-15 are the place of the second table in the slot

/** No code begins with these bits. */
export const ENTRY_INVALID: u32 = 1 << 29;
/** The code is longer than eleven bits. */
export const ENTRY_LONG: u32 = 1 << 30;
/** Not a plain coefficient: one of the above, or an AC symbol of size 0 or beyond 11. */
export const ENTRY_SPECIAL: u32 = 1 << 31;

/** Most value bits of a coefficient that is no DC. */
const AC_SIZE_MAXIMUM: i32 = 11;

const PRIMARY_BITS: i32 = 11;
const SECONDARY_BITS: i32 = 5;
const SECONDARY: usize = 8192;
const SECONDARY_BYTES: usize = 4 << SECONDARY_BITS;
const WRITING: usize = 40960;
/** While a table is made: length and code of each symbol. u8[256], u16[256]. */
const LENGTHS: usize = WRITING + 1024;
const CODES: usize = LENGTHS + 256;

const SPEC_BYTES: usize = 272;

/**
 * Makes the tables of a slot from its spec.
 *
 * @param slot - class * 4 + id, class 0 for DC and 1 for AC
 * @param relaxed - take an over-full table too, as old writers of Lepton files did; it writes the
 *   low bits of its codes, and reads nothing
 * @returns 0, or a negative fault
 */
export function makeTable(slot: i32, relaxed: bool): i32 {
  if (slot < 0 || slot > 7) return -FAULT_CALL;
  const spec = HUFFMAN_SPECS + SPEC_BYTES * <usize>slot;
  const table = tableAddress(slot);
  const isAc = slot >= 4;
  memory.fill(table + WRITING, 0, 1024 + 256 + 512);
  fillWords(table, (1 << PRIMARY_BITS) + (256 << SECONDARY_BITS), ENTRY_SPECIAL | ENTRY_INVALID);

  const overfull = assignCodes(spec, table);
  if (overfull < 0) return overfull;
  if (overfull > 0 && !relaxed) return -FAULT_HUFFMAN_TABLE;

  let second = SECONDARY;
  for (let symbol: i32 = 0; symbol < 256; symbol++) {
    const length = <i32>load<u8>(table + <usize>symbol, LENGTHS);
    if (length == 0) continue;
    const code = <i32>load<u16>(table + 2 * <usize>symbol, CODES);
    putWriting(table, symbol, code, length, isAc);
    if (overfull > 0) continue;
    const entry = readingEntry(symbol, length, isAc);
    if (length <= PRIMARY_BITS) {
      const spread = PRIMARY_BITS - length;
      fillWords(table + (((<usize>code) << spread) << 2), 1 << spread, entry);
      continue;
    }
    const tail = length - PRIMARY_BITS;
    const primary = table + ((<usize>code >> tail) << 2);
    if ((load<u32>(primary) & ENTRY_LONG) == 0) {
      store<u32>(primary, ENTRY_SPECIAL | ENTRY_LONG | <u32>second);
      second += SECONDARY_BYTES; // at most once for each of 256 symbols
    }
    const spread = SECONDARY_BITS - tail;
    const from = (code & ((1 << tail) - 1)) << spread;
    const at = table + <usize>(load<u32>(primary) & 0xffff) + 4 * <usize>from;
    fillWords(at, 1 << spread, entry);
  }
  return 0;
}

/** Gives each symbol its length and code. @returns 0, 1 for an over-full table, a negative fault */
function assignCodes(spec: usize, table: usize): i32 {
  let code: u32 = 0;
  let overfull: i32 = 0;
  let symbols: usize = 0;
  for (let length: i32 = 1; length <= 16; length++) {
    const count = <usize>load<u8>(spec + length - 1);
    if (symbols + count > 256) return -FAULT_HUFFMAN_TABLE;
    for (let i: usize = 0; i < count; i++) {
      const symbol = <usize>load<u8>(spec + 16 + symbols + i);
      store<u8>(table + symbol, <u8>length, LENGTHS);
      store<u16>(table + 2 * symbol, <u16>(code & ((1 << length) - 1)), CODES);
      code += 1;
    }
    symbols += count;
    if (code > <u32>(1 << length)) overfull = 1;
    code <<= 1;
  }
  return overfull;
}

function readingEntry(symbol: i32, length: i32, isAc: bool): u32 {
  const size = symbol & 15;
  const entry: u32 = (length << 16) | (symbol << 8) | (length + size);
  if (isAc) return size == 0 || size > AC_SIZE_MAXIMUM ? entry | ENTRY_SPECIAL : entry;
  return symbol > 15 ? ENTRY_SPECIAL | ENTRY_INVALID : entry;
}

function putWriting(table: usize, symbol: i32, code: i32, length: i32, isAc: bool): void {
  const size = symbol & 15;
  const at = table + 4 * <usize>symbol;
  if (isAc) {
    if (size > AC_SIZE_MAXIMUM) return;
    store<u32>(at, ((<u32>code) << (5 + size)) | (length + size), WRITING);
  } else if (symbol <= 15) {
    store<u32>(at, (code << 5) | length, WRITING);
  }
}

function fillWords(at: usize, count: i32, word: u32): void {
  for (let i: i32 = 0; i < count; i++) store<u32>(at + ((<usize>i) << 2), word);
}

// @ts-ignore: decorator
@inline
export function tableAddress(slot: i32): usize {
  return HUFFMAN_TABLES + HUFFMAN_TABLE_BYTES * <usize>slot;
}

/** The entry for reading whose code stands on top of `bits`. */
// @ts-ignore: decorator
@inline
export function readingEntryOf(table: usize, bits: u64): u32 {
  const entry = load<u32>(table + (<usize>(bits >> 51) & 0x1ffc));
  return entry & ENTRY_LONG ? longEntryOf(table, entry, bits) : entry;
}

/** The same behind an entry with the flag ENTRY_LONG. */
// @ts-ignore: decorator
@inline
export function longEntryOf(table: usize, entry: u32, bits: u64): u32 {
  return load<u32>(table + <usize>(entry & 0xffff) + (<usize>(bits >> 46) & 124));
}

/** The value whose code, with this entry, stands on top of `bits`. */
// @ts-ignore: decorator
@inline
export function coefficientOf(entry: u32, bits: u64): i32 {
  // The first bit of a positive value is 1. Of a negative one all bits are inverted.
  const size = (entry >> 8) & 15;
  const tail = bits << (entry >> 16);
  const positive = <i32>(tail >> 63);
  const value = <i32>((tail >> 1) >> (63 - size));
  return value - (((1 << size) - 1) & (positive - 1));
}

/**
 * The entry for writing `symbol`, 0..255; zero when it has no code. Its low five bits count the
 * bits. AC: the bits above are the code, followed by as many zeros as the symbol's low four bits
 * say, for the value to be put in; the count includes them. DC: the code alone.
 */
// @ts-ignore: decorator
@inline
export function writingEntryOf(table: usize, symbol: i32): u32 {
  return load<u32>(table + ((<usize>symbol) << 2), WRITING);
}
