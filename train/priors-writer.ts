/**
 * Priors writer: puts the decisions of src/lepton/priors-coding.ts into a stream; the counterpart of its
 * reader.
 */
import {
  freshProbabilities,
  learn,
  PROBABILITY_BITS,
  type PriorsCoder,
  probabilityOfZero,
  RANGE_BITS,
  RANGE_LEAST,
} from "../src/lepton/priors-coding.ts";

export class PriorsWriter implements PriorsCoder {
  readonly #bytes: number[] = [];
  readonly #probabilities = freshProbabilities();
  #low = 0;
  #range = 2 ** RANGE_BITS - 1;
  /** The last byte that is not out yet, and how many of 0xff follow it: a carry goes through them. */
  #held = 0;
  #waiting = 0;

  bit(context: number, given: number): number {
    const probability = probabilityOfZero(this.#probabilities, context);
    const split = (this.#range >> PROBABILITY_BITS) * probability;
    if (given === 0) this.#range = split;
    else {
      this.#low += split;
      this.#range -= split;
    }
    while (this.#range < RANGE_LEAST) {
      this.#range *= 256;
      this.#shift();
    }
    learn(this.#probabilities, context, given);
    return given;
  }

  /** Ends the stream. */
  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.#shift();
    return Uint8Array.from(this.#bytes);
  }

  #shift(): void {
    const top = Math.floor(this.#low / 2 ** 24);
    if (top === 0xff) this.#waiting += 1;
    else {
      const carry = top >> 8;
      this.#bytes.push((this.#held + carry) & 0xff);
      for (; this.#waiting > 0; this.#waiting--) this.#bytes.push((0xff + carry) & 0xff);
      this.#held = top & 0xff;
    }
    this.#low = (this.#low % 2 ** 24) * 256;
  }
}
