/**
 * Bits of a Brotli stream, lowest first.
 *
 * Behind the last byte the stream reads as zeros, so that a code can be looked up at its very end; who
 * takes bits that are not there learns it from `drop`. Source: RFC 7932, section 1.5.1.
 */
import { corrupt, truncated } from "./source-bytes.ts";

/** What can be asked for at once: with it, 7 bits that were left over fit into 31. */
const BITS_AT_ONCE = 24;

export class BrotliBits {
  readonly #bytes: Uint8Array;
  #at = 0;
  #hold = 0;
  #held = 0; // bits in #hold

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes of which at least one bit was taken. */
  get at(): number {
    return this.#at - (this.#held >> 3);
  }

  /** The next `count` (0..24) bits, not taken; what is above them may be anything. */
  peek(count: number): number {
    while (this.#held < count) {
      this.#hold |= (this.#bytes[this.#at++] ?? 0) << this.#held;
      this.#held += 8;
    }
    return this.#hold;
  }

  /** Takes bits that were seen. */
  drop(count: number): void {
    this.#hold >>>= count;
    this.#held -= count;
    if (this.at > this.#bytes.length) throw truncated(this.#bytes.length);
  }

  /** The next `count` bits, 0..30. */
  take(count: number): number {
    if (count > BITS_AT_ONCE) {
      const low = this.take(BITS_AT_ONCE);
      return low + this.take(count - BITS_AT_ONCE) * 2 ** BITS_AT_ONCE;
    }
    const value = this.peek(count) & ((1 << count) - 1);
    this.drop(count);
    return value;
  }

  flag(): boolean {
    return this.take(1) === 1;
  }

  /** Goes on to the next whole byte; the bits before it must be zeros. */
  align(): void {
    if (this.take(this.#held & 7) !== 0) throw corrupt("padding that is not zero", this.at);
  }

  /** The next `count` bytes, a view; only after `align`. */
  bytes(count: number): Uint8Array {
    const begin = this.at;
    this.#at = begin + count;
    this.#hold = 0;
    this.#held = 0;
    if (this.#at > this.#bytes.length) throw truncated(this.#bytes.length);
    return this.#bytes.subarray(begin, this.#at);
  }
}
