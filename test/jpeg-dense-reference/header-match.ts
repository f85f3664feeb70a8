/**
 * Reference of dense JPEG files: a match of the header model, which says that the byte now to come is the
 * one that once came behind the same bytes as now.
 *
 *   place    where in the history the byte stands that it expects; length: how long it has been right
 *   bucket   class of lengths, which learns how far such a match is to be believed
 *
 * Written from the paragraph "Matches" of docs/formats/jpeg-dense.md.
 */
import { pull, stretch } from "./header-logits.ts";

const ENTRIES = 16_384;
const BUCKETS = 23;
const LENGTH_MOST = 65_535;
const LOOK_BACK_MOST = 32;
const COUNT_MOST = 250;

export class HeaderMatch {
  bucket = 0;
  /** Whether it says anything of the bit at hand. */
  speaks = false;
  readonly #bytes: number;
  readonly #history: Uint8Array;
  readonly #entries = new Uint32Array(ENTRIES);
  readonly #probabilities = new Uint32Array(BUCKETS).fill(3 * 2 ** 20);
  readonly #counts = new Uint8Array(BUCKETS);
  #place = 0;
  #length = 0;
  #said = 0;

  /** @param bytes - how many bytes must be the same, m in the text */
  constructor(bytes: number, history: Uint8Array) {
    this.#bytes = bytes;
    this.#history = history;
  }

  learnFrom(other: HeaderMatch): void {
    this.#entries.set(other.#entries);
    this.#probabilities.set(other.#probabilities);
    this.#counts.set(other.#counts);
    this.#place = other.#place;
    this.#length = other.#length;
  }

  forget(): void {
    this.#length = 0;
  }

  /** Before a byte, when `written` bytes are there. */
  begin(written: number): void {
    if (written < this.#bytes) return;
    let hash = 0;
    for (let i = 1; i <= this.#bytes; i++) {
      hash = Math.imul(hash + this.#byte(written - i) + 1, 0x2f0b4c47);
    }
    const entry = hash >>> 18;
    if (this.#length === 0) {
      this.#place = this.#entries[entry]!;
      this.#length = this.#place === 0 ? 0 : this.#common(written);
    }
    this.#entries[entry] = written;
  }

  #common(written: number): number {
    let length = 0;
    while (
      length < LOOK_BACK_MOST &&
      length < this.#place &&
      this.#byte(this.#place - 1 - length) === this.#byte(written - 1 - length)
    ) {
      length++;
    }
    return length < this.#bytes ? 0 : length;
  }

  /** @param node - 1, and the bits of the byte so far; `shift` is how many follow the one at hand */
  logit(node: number, shift: number): number {
    const expected = 256 + this.#byte(this.#place);
    this.speaks = this.#length > 0 && expected >> (shift + 1) === node;
    if (!this.speaks) return 0;
    this.bucket = bucketOf(this.#length);
    this.#said = (expected >> shift) & 1;
    const logit = stretch(this.#probabilities[this.bucket]! >> 10);
    return this.#said === 1 ? logit : -logit;
  }

  learn(bit: number): void {
    if (!this.speaks) return;
    const p = this.#probabilities[this.bucket]!;
    const count = this.#counts[this.bucket]!;
    const step = ((bit === this.#said ? 0x3fffff : 0) - p) * pull(count);
    this.#probabilities[this.bucket] = p + Math.floor(step / 65_536);
    this.#counts[this.bucket] = Math.min(COUNT_MOST, count + 1);
  }

  end(byte: number): void {
    const isRight = this.#length > 0 && this.#byte(this.#place) === byte;
    this.#length = isRight ? Math.min(LENGTH_MOST, this.#length + 1) : 0;
    this.#place++;
  }

  #byte(place: number): number {
    return this.#history[place % this.#history.length]!;
  }
}

function bucketOf(length: number): number {
  if (length < 16) return length;
  if (length < 24) return 16;
  if (length < 32) return 17;
  return Math.min(22, 18 + (32 - Math.clz32(length)) - 6);
}
