/**
 * Prefix codes of Brotli: how they are written, and symbols read with them.
 *
 *   root     the next 9 bits -> symbol and length, for codes of at most 9 bits
 *   sorted   symbols by length, then by number: longer codes are found bit by bit
 *
 * A code is simple, up to four symbols by name, or complex: its lengths, themselves in a prefix code,
 * with repeats. Both must be complete. A code of one symbol takes no bits. Source: RFC 7932,
 * sections 3.2 to 3.5.
 */
import type { BrotliBits } from "./brotli-bits.ts";
import { corrupt } from "./source-bytes.ts";

const LENGTH_MAXIMUM = 15;
/** Index bits of the table; a stream can ask for 768 of them with 12 bits each. */
const ROOT_BITS = 9;
/** Entry of the table for a code that is longer. */
const LONGER = 0xffff;

export class PrefixCode {
  readonly #rootBits: number;
  readonly #root: Uint16Array;
  /** How many codes there are of each length. */
  readonly #counts: Uint16Array;
  readonly #sorted: Uint16Array;

  /**
   * @param sorted - the symbols by length, then by number: at least one
   * @param counts - how many there are of each length, 0..15, which make a complete code; of one
   *   symbol alone the length does not matter
   */
  constructor(sorted: Uint16Array, counts: Uint16Array) {
    this.#sorted = sorted;
    this.#counts = counts;
    let longest = sorted.length === 1 ? 0 : LENGTH_MAXIMUM;
    while (longest > 0 && counts[longest] === 0) longest--;
    this.#rootBits = Math.min(longest, ROOT_BITS);
    this.#root = new Uint16Array(1 << this.#rootBits);
    if (longest === 0) this.#root[0] = sorted[0]! << 4;
    else this.#fillRoot(longest);
  }

  /** Reads a symbol. */
  read(input: BrotliBits): number {
    const next = input.peek(LENGTH_MAXIMUM);
    const entry = this.#root[next & ((1 << this.#rootBits) - 1)]!;
    if (entry === LONGER) return this.#readLonger(input, next);
    input.drop(entry & 15);
    return entry >> 4;
  }

  /** Walks down the code, length by length; `first` is the first code of each. */
  #readLonger(input: BrotliBits, next: number): number {
    let code = 0;
    let first = 0;
    let rank = 0;
    for (let length = 1; length <= LENGTH_MAXIMUM; length++) {
      code |= (next >> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (code - first < count) {
        input.drop(length);
        return this.#sorted[rank + code - first]!;
      }
      rank += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw corrupt("a code that no symbol has", input.at);
  }

  /** Enters each short code at every index that begins with it. The first bit of a code comes first
   * and so lies lowest: codes are counted upwards with their bits reversed. */
  #fillRoot(longest: number): void {
    const root = this.#root;
    if (longest > this.#rootBits) root.fill(LONGER);
    let code = 0;
    let rank = 0;
    for (let length = 1; length <= this.#rootBits; length++) {
      const end = rank + this.#counts[length]!;
      for (; rank < end; rank++) {
        const entry = (this.#sorted[rank]! << 4) | length;
        for (let i = code; i < root.length; i += 1 << length) root[i] = entry;
        let bit = 1 << (length - 1);
        while ((code & bit) !== 0) bit >>= 1;
        code = bit === 0 ? 0 : (code & (bit - 1)) | bit;
      }
    }
  }
}

/** The code whose symbols have these lengths, 0 for those that do not occur. */
function codeOf(lengths: Uint8Array): PrefixCode {
  const counts = new Uint16Array(LENGTH_MAXIMUM + 1);
  for (let symbol = 0; symbol < lengths.length; symbol++) counts[lengths[symbol]!]!++;
  const offsets = new Uint16Array(LENGTH_MAXIMUM + 2);
  for (let length = 1; length <= LENGTH_MAXIMUM; length++) {
    offsets[length + 1] = offsets[length]! + counts[length]!;
  }
  const sorted = new Uint16Array(lengths.length - counts[0]!);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length > 0) sorted[offsets[length]!++] = symbol;
  }
  return new PrefixCode(sorted, counts);
}

/** The order in which the lengths of the length code come. */
const LENGTHS_ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** These lengths have a code of their own, of 2 to 4 bits: value and bits, by the next four. */
const LENGTH_LENGTHS = [0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5];
const LENGTH_LENGTH_BITS = [2, 2, 2, 3, 2, 2, 2, 4, 2, 2, 2, 3, 2, 2, 2, 4];

const SIMPLE = 1;
/** Lengths of a simple code, by how many symbols it has; four have another form. */
const SIMPLE_LENGTHS = [[], [1], [1, 1], [1, 2, 2], [2, 2, 2, 2], [1, 2, 3, 3]] as const;

const REPEAT_LAST = 16;
const REPEAT_ZERO = 17;
const LENGTH_AT_FIRST = 8;

/**
 * Reads a code.
 *
 * @param symbols - how many symbols there are
 * @param namedSymbols - how many the names of symbols leave room for; more where the format could
 *   name symbols that it forbids
 */
export function readPrefixCode(
  input: BrotliBits,
  symbols: number,
  namedSymbols: number = symbols,
): PrefixCode {
  const kind = input.take(2);
  return kind === SIMPLE
    ? readSimple(input, symbols, 32 - Math.clz32(namedSymbols - 1))
    : readComplex(input, symbols, kind);
}

/** Without a look at the whole alphabet: a stream may have hundreds of these, two bytes each. */
function readSimple(input: BrotliBits, symbols: number, nameBits: number): PrefixCode {
  const count = input.take(2) + 1;
  const named: number[] = [];
  for (let i = 0; i < count; i++) {
    const symbol = input.take(nameBits);
    if (symbol >= symbols) throw corrupt("a symbol beyond the alphabet", input.at);
    if (named.includes(symbol)) throw corrupt("a symbol named twice", input.at);
    named.push(symbol);
  }
  const form = count === 4 && input.flag() ? SIMPLE_LENGTHS[5] : SIMPLE_LENGTHS[count]!;
  const counts = new Uint16Array(LENGTH_MAXIMUM + 1);
  for (const length of form) counts[length]!++;
  // By length first, then by number: lengths come as upper bits.
  const order = named.map((symbol, i) => (form[i]! << 16) | symbol).sort((a, b) => a - b);
  return new PrefixCode(Uint16Array.from(order), counts);
}

/** @param skipped - how many lengths of the length code are left out in front */
function readComplex(input: BrotliBits, symbols: number, skipped: number): PrefixCode {
  const ofLengths = new Uint8Array(LENGTHS_ORDER.length);
  let space = 32;
  let used = 0;
  for (let i = skipped; i < LENGTHS_ORDER.length && space > 0; i++) {
    const next = input.peek(4) & 15;
    const length = LENGTH_LENGTHS[next]!;
    input.drop(LENGTH_LENGTH_BITS[next]!);
    ofLengths[LENGTHS_ORDER[i]!] = length;
    if (length === 0) continue;
    space -= 32 >> length;
    used++;
  }
  if (space !== 0 && used !== 1) throw corrupt("a code of lengths that is not complete", input.at);
  return codeOf(readLengths(input, symbols, codeOf(ofLengths)));
}

function readLengths(input: BrotliBits, symbols: number, lengthCode: PrefixCode): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let at = 0;
  let space = 1 << LENGTH_MAXIMUM;
  let last = LENGTH_AT_FIRST; // the last length that was not 0
  let repeats = 0; // of the repeat that is being written, when the code before was one
  let repeated = -1;
  while (at < symbols && space > 0) {
    const symbol = lengthCode.read(input);
    if (symbol < REPEAT_LAST) {
      repeats = 0;
      lengths[at++] = symbol;
      if (symbol !== 0) {
        last = symbol;
        space -= (1 << LENGTH_MAXIMUM) >> symbol;
      }
      continue;
    }
    const extraBits = symbol === REPEAT_ZERO ? 3 : 2;
    const length = symbol === REPEAT_ZERO ? 0 : last;
    if (length !== repeated) repeats = 0;
    repeated = length;
    const before = repeats;
    // A repeat behind a repeat of the same length multiplies it.
    if (repeats > 0) repeats = (repeats - 2) << extraBits;
    repeats += input.take(extraBits) + 3;
    const end = at + repeats - before;
    if (end > symbols) throw corrupt("lengths beyond the alphabet", input.at);
    lengths.fill(length, at, end);
    if (length !== 0) space -= (end - at) * ((1 << LENGTH_MAXIMUM) >> length);
    at = end;
  }
  if (space !== 0) throw corrupt("a code that is not complete", input.at);
  return lengths;
}
