/**
 * Distances of Brotli: which codes there are, and the last four distances that some of them mean.
 *
 *   0..3    the last distance, and those before it
 *   4..9    the last one -1, +1, -2, +2, -3, +3
 *   10..15  the second last, likewise
 *   16..    direct ones, then groups with extra bits above and postfix bits below
 *
 * Source: RFC 7932, section 4; large windows as the Brotli library has them.
 */
import type { BrotliBits } from "./brotli-bits.ts";
import { corrupt } from "./source-bytes.ts";

const SHORT_CODES = 16;
/** Extra bits that the largest codes have, and with a large window. */
const EXTRA_BITS_MAXIMUM = 24;
const EXTRA_BITS_MAXIMUM_LARGE = 62;
/** The farthest distance with a large window. */
const DISTANCE_MAXIMUM_LARGE = 0x7fff_fffc;

/** The distance codes of a metablock. */
export class DistanceCodes {
  /** How many there are, and how many could be named. */
  readonly symbols: number;
  readonly namedSymbols: number;
  readonly #postfixBits: number;
  readonly #directCount: number;

  constructor(input: BrotliBits, largeWindow: boolean) {
    this.#postfixBits = input.take(2);
    this.#directCount = input.take(4) << this.#postfixBits;
    const before = SHORT_CODES + this.#directCount;
    const extraBits = largeWindow ? EXTRA_BITS_MAXIMUM_LARGE : EXTRA_BITS_MAXIMUM;
    this.namedSymbols = before + (extraBits << (this.#postfixBits + 1));
    this.symbols = largeWindow ? this.#lastWithin(DISTANCE_MAXIMUM_LARGE) + 1 : this.namedSymbols;
  }

  /** The distance that a code of its own means, with the extra bits that follow. */
  read(input: BrotliBits, code: number): number {
    const direct = code - SHORT_CODES;
    if (direct < this.#directCount) return direct + 1;
    const { base, extraBits } = this.#range(code);
    return base + input.take(extraBits) * 2 ** this.#postfixBits;
  }

  /** The least distance of a code with extra bits, and how many bits these are. */
  #range(code: number): { readonly base: number; readonly extraBits: number } {
    const beyond = code - SHORT_CODES - this.#directCount;
    const postfix = beyond & ((1 << this.#postfixBits) - 1);
    const group = beyond >> this.#postfixBits;
    const extraBits = 1 + (group >> 1);
    const offset = (2 + (group & 1)) * 2 ** extraBits - 4;
    return { base: offset * 2 ** this.#postfixBits + postfix + this.#directCount + 1, extraBits };
  }

  /** The last code all of whose distances, and those of its whole group, are within `maximum`. */
  #lastWithin(maximum: number): number {
    const groupSize = 1 << this.#postfixBits;
    let last = SHORT_CODES + this.#directCount - 1;
    for (;;) {
      const { base, extraBits } = this.#range(last + groupSize);
      if (base + (2 ** extraBits - 1) * groupSize > maximum) return last;
      last += groupSize;
    }
  }
}

/** The last four distances. */
export class LastDistances {
  readonly #ring = [16, 15, 11, 4]; // the last one at the end
  #at = 3;

  /** A distance is used that was not the last one. */
  push(distance: number): void {
    this.#at = (this.#at + 1) & 3;
    this.#ring[this.#at] = distance;
  }

  /** The distance of a code below 16. */
  ofCode(code: number, at: number): number {
    if (code < 4) return this.#ring[(this.#at - code) & 3]!;
    const before = this.#ring[(this.#at - (code < 10 ? 0 : 1)) & 3]!;
    const step = code < 10 ? code - 4 : code - 10;
    const change = (step >> 1) + 1;
    const distance = (step & 1) === 0 ? before - change : before + change;
    if (distance <= 0) throw corrupt("a distance below 1", at);
    return distance;
  }
}
