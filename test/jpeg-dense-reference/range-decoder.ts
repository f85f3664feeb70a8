/**
 * Reference of dense JPEG files: the range decoder, of streams of coefficients and of headers alike.
 *
 *   range, value   64 bits each, kept as an upper and a lower half
 *   bound          (range >> 16) * P: below it a one, from it on a zero
 *
 * Written from the section "Range coder" of docs/formats/jpeg-dense.md. Bytes behind the end read as zeros.
 */

const HALF = 2 ** 32;

export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #next = 0;
  #rangeUpper = HALF - 1;
  #rangeLower = HALF - 1;
  #valueUpper: number;
  #valueLower: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#valueUpper = this.#word();
    this.#valueLower = this.#word();
  }

  /** One decision that is a one with a probability of `probability` in 65536. */
  decode(probability: number): number {
    // A product of 48 by 16 bits, in two parts that a double holds exactly.
    const above = this.#rangeUpper * 2 ** 16 + (this.#rangeLower >>> 16);
    const lowPart = (above % 2 ** 24) * probability;
    const highPart = Math.floor(above / 2 ** 24) * probability + Math.floor(lowPart / 2 ** 24);
    const boundUpper = Math.floor(highPart / 2 ** 8);
    const boundLower = (highPart % 2 ** 8) * 2 ** 24 + (lowPart % 2 ** 24);
    const isOne =
      this.#valueUpper < boundUpper ||
      (this.#valueUpper === boundUpper && this.#valueLower < boundLower);
    if (isOne) {
      this.#rangeUpper = boundUpper;
      this.#rangeLower = boundLower;
    } else {
      [this.#rangeUpper, this.#rangeLower] = less(
        this.#rangeUpper,
        this.#rangeLower,
        boundUpper,
        boundLower,
      );
      [this.#valueUpper, this.#valueLower] = less(
        this.#valueUpper,
        this.#valueLower,
        boundUpper,
        boundLower,
      );
    }
    if (this.#rangeUpper === 0) {
      this.#rangeUpper = this.#rangeLower;
      this.#rangeLower = 0;
      this.#valueUpper = this.#valueLower;
      this.#valueLower = this.#word();
    }
    return isOne ? 1 : 0;
  }

  #word(): number {
    let word = 0;
    for (let i = 0; i < 4; i++) word = word * 256 + (this.#bytes[this.#next++] ?? 0);
    return word;
  }
}

function less(upper: number, lower: number, byUpper: number, byLower: number): [number, number] {
  const difference = lower - byLower;
  return difference < 0 ? [upper - byUpper - 1, difference + HALF] : [upper - byUpper, difference];
}
