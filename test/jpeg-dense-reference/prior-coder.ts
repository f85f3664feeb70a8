/**
 * Reference of dense JPEG files: the decisions that a prior set is written in.
 *
 *   context   two estimates of a zero's probability in 32768ths, a fast and a slow one
 *
 * Written from the section "Prior set" of docs/formats/jpeg-dense.md. Contexts are found by name: each
 * begins when it is first asked for.
 */

interface Estimates {
  fast: number;
  slow: number;
}

const HALF = 16_384;
const WHOLE = 32_768;

export class PriorDecoder {
  readonly #bytes: Uint8Array;
  readonly #contexts = new Map<string, Estimates>();
  #next = 0;
  #range = 2 ** 31 - 1;
  #value = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 5; i++) this.#value = this.#value * 256 + this.#byte();
  }

  /** How many bytes it has read, those behind the end too. */
  get position(): number {
    return this.#next;
  }

  /** One decision in the context of this name. */
  decode(context: string): number {
    let estimates = this.#contexts.get(context);
    if (estimates === undefined) {
      estimates = { fast: HALF, slow: HALF };
      this.#contexts.set(context, estimates);
    }
    const mean = (estimates.fast + estimates.slow) >> 1;
    const split = (this.#range >>> 15) * Math.max(32, Math.min(32_736, mean));
    const bit = this.#value < split ? 0 : 1;
    this.#range = bit === 0 ? split : this.#range - split;
    this.#value -= bit === 0 ? 0 : split;
    const target = bit === 0 ? WHOLE : 0;
    estimates.fast += (target - estimates.fast) >> 4;
    estimates.slow += (target - estimates.slow) >> 7;
    while (this.#range < 2 ** 23) {
      this.#range *= 256;
      this.#value = this.#value * 256 + this.#byte();
    }
    return bit;
  }

  #byte(): number {
    return this.#bytes[this.#next++] ?? 0;
  }
}
