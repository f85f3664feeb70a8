/**
 * Inflate tables: code lengths into tables that decode one step with one look.
 *
 *   index = the next `rootBits` bits of the stream
 *   entry = what they begin with: one literal, two literals, a match, the end, or a link
 *           to a second table for codes longer than rootBits
 *
 * An entry is 32 bits:
 *   bits 0-3    length of the code in bits (both codes for a pair); 1 when invalid
 *   bit 4       LITERAL: bits 8-15 hold it
 *   bit 5       PAIR (with LITERAL): bits 16-23 hold a second one, bits 24-27 the first's length
 *   bit 6       MATCH: bits 8-23 are the base of the length or distance, 24-27 its extra bits
 *   bit 7       LINK: bits 8-23 are where the second table begins, 24-27 its index bits
 *   none set    END of block when bits 8-31 are not 0, else no symbol has this code
 *
 * Pairs are the main gain on streams without matches, where each symbol is a literal: two for
 * one look. What counts as a valid set of lengths is zlib's rule (RFC 1951 leaves it open).
 * Reading lengths is in
 * inflate-codes.ts, the walk over the stream in inflate-portable.ts.
 */

export const LITERAL = 1 << 4;
export const PAIR = 1 << 5;
export const MATCH = 1 << 6;
export const LINK = 1 << 7;
const END_OF_BLOCK = 1 << 8;

/** The entry of a code that no symbol has. */
const INVALID = 1;

export const LENGTH_MAXIMUM = 15;

/** Index bits of the first tables. 11 for literals: one bit more or less was slower on text, and
 * larger tables cost blocks that are small. */
export const LITERAL_ROOT_BITS = 11;
export const DISTANCE_ROOT_BITS = 9;
export const LENGTH_ROOT_BITS = 7;

/** Entries that any valid set of lengths needs at most. A second table with 2^n entries
 * holds at least n + 1 codes, so 286 codes fill at most 57 tables of 16 beside the first 2048,
 * and 30 codes at most 5 of 64 beside the first 512. */
const LITERAL_TABLE_ENTRIES = (1 << LITERAL_ROOT_BITS) + 1024;
const DISTANCE_TABLE_ENTRIES = (1 << DISTANCE_ROOT_BITS) + 512;

/** A decoding table; `bits` of the stream index `entries`. */
export interface Table {
  readonly entries: Uint32Array;
  bits: number;
}

/** What goes into the entry of each symbol, all but the code's length. */
export const LITERAL_SYMBOLS: Uint32Array = literalSymbols();
export const DISTANCE_SYMBOLS: Uint32Array = distanceSymbols();
export const LENGTH_SYMBOLS: Uint32Array = Uint32Array.from(
  { length: 19 },
  (_, symbol) => LITERAL | (symbol << 8),
);

/** The 16 bits of an entry that hold a base or a place. */
export function baseOf(entry: number): number {
  return (entry >>> 8) & 0xffff;
}

/** Ones in the lowest `bits` bits, 0..31. */
export function maskOf(bits: number): number {
  return (1 << bits) - 1;
}

/** The entry in the second table that a LINK leads to; `hold` begins with its index. */
export function linked(entries: Uint32Array, link: number, hold: number): number {
  return entries[baseOf(link) + (hold & maskOf(link >>> 24))] as number;
}

/** A table with room for any literal/length code. */
export function literalTable(): Table {
  return { entries: new Uint32Array(LITERAL_TABLE_ENTRIES), bits: 0 };
}

/** A table with room for any distance code. */
export function distanceTable(): Table {
  return { entries: new Uint32Array(DISTANCE_TABLE_ENTRIES), bits: 0 };
}

/** A table with room for any code of code lengths. */
export function lengthTable(): Table {
  return { entries: new Uint32Array(1 << LENGTH_ROOT_BITS), bits: 0 };
}

const counts = new Uint16Array(LENGTH_MAXIMUM + 1);
const offsets = new Uint16Array(LENGTH_MAXIMUM + 2);
const sorted = new Uint16Array(288);

/**
 * Fills `table` for the canonical code with these lengths.
 *
 * @param table - its `bits` are set too: the longest code, at most `rootBits`
 * @param lengths - code length of each symbol, 0 for symbols that do not occur
 * @param symbols - entry of each symbol without a length
 * @param rootBits - index bits of the first table, at most
 * @param longestOpen - a set that leaves codes without a symbol is valid when its longest code
 *   is no longer than this: 1 lets pass a lone code of one bit, 0 only no code at all
 * @returns false when the lengths are over-subscribed or leave codes without a symbol
 */
export function buildTable(
  table: Table,
  lengths: Uint8Array,
  symbols: Uint32Array,
  rootBits: number,
  longestOpen: 0 | 1,
): boolean {
  const longest = countLengths(lengths);
  let free = 1;
  for (let length = 1; length <= LENGTH_MAXIMUM; length++) {
    free = free * 2 - (counts[length] as number);
    if (free < 0) return false;
  }
  if (free > 0 && longest > longestOpen) return false;

  table.bits = Math.max(1, Math.min(longest, rootBits));
  if (free > 0) table.entries.fill(INVALID, 0, 2);
  sortSymbols(lengths);
  fillTable(table, lengths, symbols, longest);
  return true;
}

/** Turns entries of one literal into pairs wherever two codes fit into the first table's index. */
export function pairLiterals(table: Table): void {
  const { entries, bits } = table;
  // Downwards: the entry for the bits that follow lies lower and is not a pair yet.
  for (let index = (1 << bits) - 1; index >= 0; index--) {
    const first = entries[index] as number;
    if ((first & LITERAL) === 0) continue;
    const firstBits = first & 15;
    const second = entries[index >>> firstBits] as number;
    const pairBits = firstBits + (second & 15);
    if ((second & LITERAL) === 0 || pairBits > bits) continue;
    const literals = (first & 0xff00) | ((second & 0xff00) << 8);
    entries[index] = (firstBits << 24) | literals | LITERAL | PAIR | pairBits;
  }
}

/** Counts the lengths into `counts`; returns the longest. */
function countLengths(lengths: Uint8Array): number {
  counts.fill(0);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  counts[0] = 0;
  let longest = LENGTH_MAXIMUM;
  while (longest > 0 && counts[longest] === 0) longest--;
  return longest;
}

/** Sorts the symbols in use by length, then by number, into `sorted`. */
function sortSymbols(lengths: Uint8Array): void {
  offsets[1] = 0;
  for (let length = 1; length <= LENGTH_MAXIMUM; length++) {
    offsets[length + 1] = (offsets[length] as number) + (counts[length] as number);
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const rank = offsets[length] as number;
    sorted[rank] = symbol;
    offsets[length] = rank + 1;
  }
}

/**
 * Writes the entry of each code at every index that begins with it. Codes are counted upwards with
 * their bits reversed, because the stream delivers the first bit of a code lowest.
 */
function fillTable(table: Table, lengths: Uint8Array, symbols: Uint32Array, longest: number): void {
  const { entries, bits } = table;
  const prefixMask = (1 << bits) - 1;
  let next = 1 << bits; // the first entry not yet given to a second table
  let openPrefix = -1;
  let openAt = 0;
  let openBits = 0;
  let code = 0;
  const used = offsets[LENGTH_MAXIMUM] as number;
  for (let rank = 0; rank < used; rank++) {
    const symbol = sorted[rank] as number;
    const length = lengths[symbol] as number;
    const entry = (symbols[symbol] as number) | length;
    if (length <= bits) {
      for (let i = code; i <= prefixMask; i += 1 << length) entries[i] = entry;
    } else {
      const prefix = code & prefixMask;
      if (prefix !== openPrefix) {
        openPrefix = prefix;
        openAt = next;
        openBits = secondBits(length, bits, longest);
        next += 1 << openBits;
        entries[prefix] = (openBits << 24) | (openAt << 8) | LINK | bits;
      }
      for (let i = code >>> bits; i < 1 << openBits; i += 1 << (length - bits)) {
        entries[openAt + i] = entry;
      }
    }
    counts[length] = (counts[length] as number) - 1;
    code = nextReversed(code, length);
  }
}

/** Index bits of the second table that begins with a code of `length`: grows until the codes still
 * to come fill it. */
function secondBits(length: number, rootBits: number, longest: number): number {
  let reach = length;
  let free = 1 << (length - rootBits);
  while (reach < longest) {
    free -= counts[reach] as number;
    if (free <= 0) break;
    reach++;
    free *= 2;
  }
  return reach - rootBits;
}

/** The reversed code after `code` among codes of `length` bits. */
function nextReversed(code: number, length: number): number {
  let bit = 1 << (length - 1);
  while ((code & bit) !== 0) bit >>>= 1;
  return bit === 0 ? 0 : (code & (bit - 1)) | bit;
}

/** Literals, end of block, and lengths 3..258; symbols 286 and 287 stay invalid. */
function literalSymbols(): Uint32Array {
  const symbols = new Uint32Array(288);
  for (let literal = 0; literal < 256; literal++) symbols[literal] = LITERAL | (literal << 8);
  symbols[256] = END_OF_BLOCK;
  let base = 3;
  for (let symbol = 257; symbol < 285; symbol++) {
    const extraBits = symbol < 265 ? 0 : (symbol - 261) >> 2;
    symbols[symbol] = (extraBits << 24) | (base << 8) | MATCH;
    base += 1 << extraBits;
  }
  symbols[285] = (258 << 8) | MATCH; // exactly 258, although 284 reaches it as well
  return symbols;
}

/** Distances 1..32768; symbols 30 and 31 stay invalid. */
function distanceSymbols(): Uint32Array {
  const symbols = new Uint32Array(32);
  let base = 1;
  for (let symbol = 0; symbol < 30; symbol++) {
    const extraBits = symbol < 4 ? 0 : (symbol - 2) >> 1;
    symbols[symbol] = (extraBits << 24) | (base << 8) | MATCH;
    base += 1 << extraBits;
  }
  return symbols;
}
