/**
 * Range decoder: LZMA's bytes back into bits, each with the probability that it was coded with.
 *
 *   range   |------------- 0 -------------|------- 1 -------|     split by an 11-bit probability
 *                          ^ code
 *
 * A probability is that of a 0, of 2^11, and moves by a 32nd of the way to what came. `code` is always
 * below `range` unless the stream is corrupt, which shows at the end: the encoder leaves `code` at 0.
 * Source: the LZMA specification of the 7-Zip SDK.
 */
import { corrupt, type SourceBytes, truncated } from "./source-bytes.ts";

const PROBABILITY_BITS = 11;
const MOVE_BITS = 5;
/** A range takes in another byte when none of its top bits is left. */
const TOP_SHIFT = 24;

/** Of a bit that has not come yet. */
export const PROBABILITY_HALF: number = 1 << (PROBABILITY_BITS - 1);

export class RangeDecoder {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  // Both are unsigned; kept as signed, which the engine stores as they are, without a box.
  #range = -1;
  #code: number;

  /** @param source - where the coder's five first bytes are next */
  constructor(source: SourceBytes) {
    const begin = source.at;
    if (source.byte() !== 0) throw corrupt("a range coder that does not begin with 0", begin);
    let code = 0;
    for (let i = 0; i < 4; i++) code = (code << 8) | source.byte();
    if (code === -1) throw corrupt("a range coder that begins beyond its range", begin);
    this.#bytes = source.bytes;
    this.#end = source.end;
    this.#at = source.at;
    this.#code = code;
  }

  /** Where the next byte would be taken from. */
  get at(): number {
    return this.#at;
  }

  /** One bit, with the probability at `index`, which learns it. */
  bit(probabilities: Uint16Array, index: number): number {
    this.normalize();
    const probability = probabilities[index]!;
    const split = Math.imul(this.#range >>> PROBABILITY_BITS, probability);
    if (this.#code >>> 0 < split >>> 0) {
      this.#range = split;
      probabilities[index] = probability + ((2 ** PROBABILITY_BITS - probability) >> MOVE_BITS);
      return 0;
    }
    this.#range = (this.#range - split) | 0;
    this.#code = (this.#code - split) | 0;
    probabilities[index] = probability - (probability >> MOVE_BITS);
    return 1;
  }

  /** `count` bits, highest first, with a tree of probabilities that begins at `begin`. */
  tree(probabilities: Uint16Array, begin: number, count: number): number {
    let node = 1;
    for (let i = 0; i < count; i++) node = (node << 1) | this.bit(probabilities, begin + node);
    return node - (1 << count);
  }

  /** The same, lowest first. */
  reverseTree(probabilities: Uint16Array, begin: number, count: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < count; i++) {
      const bit = this.bit(probabilities, begin + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** `count` bits (at most 26) without a probability, highest first. */
  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.normalize();
      this.#range >>>= 1;
      const bit = this.#code >>> 0 >= this.#range ? 1 : 0; // after the shift it has no sign
      if (bit === 1) this.#code = (this.#code - this.#range) | 0;
      value = (value << 1) | bit;
    }
    return value;
  }

  /** Takes in a byte when the range has become small. */
  normalize(): void {
    if (this.#range >>> TOP_SHIFT !== 0) return;
    if (this.#at >= this.#end) throw truncated(this.#end);
    this.#range <<= 8;
    this.#code = (this.#code << 8) | this.#bytes[this.#at++]!;
  }

  /** Whether the coder can end here; after `normalize`. */
  get atRest(): boolean {
    return this.#code === 0;
  }
}
