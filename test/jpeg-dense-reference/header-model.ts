/**
 * Reference of dense JPEG files: the model that codes headers, byte by byte.
 *
 *   six contexts, two matches -> eight logits -> two sets of weights -> P -> range decoder
 *
 * Written from the section "Header model" of docs/formats/jpeg-dense.md. The dictionary is what a model
 * has decoded before it comes to a file's header. Contexts are here, matches in header-match.ts, logits
 * in header-logits.ts.
 */
import { LOGIT_MOST, pull, squash, stretch } from "./header-logits.ts";
import { HeaderMatch } from "./header-match.ts";
import { RangeDecoder } from "./range-decoder.ts";

const CONTEXTS = 6;
const SLOTS = 65_536;
const SLOT_PROBABILITY = 2 ** 17;
const SLOT_COUNT_MOST = 60;
const WEIGHT_MOST = 2 ** 19 - 1;
const HISTORY = 2 ** 20;

function mixed(x: number): number {
  let y = Math.imul(x, 0x9e3779b1);
  y ^= y >>> 15;
  y = Math.imul(y, 0x85ebca77);
  return (y ^ (y >>> 13)) >>> 0;
}

const clamp = (x: number, most: number): number => Math.max(-most, Math.min(most, x));

/** One of the six tables: what bits came behind some of the bytes before. */
class Context {
  readonly #checks = new Uint8Array(SLOTS);
  readonly #probabilities = new Uint32Array(SLOTS).fill(SLOT_PROBABILITY);
  readonly #counts = new Uint8Array(SLOTS);
  #line = 0;
  #slot = 0;

  learnFrom(other: Context): void {
    this.#checks.set(other.#checks);
    this.#probabilities.set(other.#probabilities);
    this.#counts.set(other.#counts);
  }

  /** Before the first and the fifth bit. */
  begin(hash: number, node: number): void {
    this.#line = mixed(hash + Math.imul(node, 0x3d4d51cb));
  }

  /** @param s - 1, and the bits since the line began */
  logit(s: number): number {
    const line = this.#line;
    this.#slot = (line & 0xfff0) + ((5 * s + (line >>> 20)) % 16);
    const check = ((line >>> 24) + 29 * s) % 256;
    if (this.#checks[this.#slot] !== check) {
      this.#checks[this.#slot] = check;
      this.#probabilities[this.#slot] = SLOT_PROBABILITY;
      this.#counts[this.#slot] = 0;
    }
    return stretch(this.#probabilities[this.#slot]! >> 6);
  }

  learn(bit: number): void {
    const p = this.#probabilities[this.#slot]!;
    const count = this.#counts[this.#slot]!;
    const step = ((bit === 1 ? 0x3ffff : 0) - p) * pull(count);
    this.#probabilities[this.#slot] = p + Math.floor(step / 65_536);
    this.#counts[this.#slot] = Math.min(SLOT_COUNT_MOST, count + 1);
  }
}

/** Sets of eight weights, one of which speaks for a bit. */
class Mixer {
  readonly #weights: Int32Array;
  #first = 0;
  logit = 0;

  constructor(sets: number) {
    this.#weights = new Int32Array(8 * sets).fill(16_384);
  }

  learnFrom(other: Mixer): void {
    this.#weights.set(other.#weights);
  }

  mix(set: number, inputs: Int32Array): number {
    this.#first = 8 * set;
    let sum = 0;
    for (let i = 0; i < 8; i++) sum += inputs[i]! * (this.#weights[this.#first + i]! >> 3);
    this.logit = clamp(sum >> 13, LOGIT_MOST);
    return this.logit;
  }

  learn(bit: number, inputs: Int32Array): void {
    const rest = (((bit << 16) - squash(this.logit)) * 10) >> 4;
    for (let i = 0; i < 8; i++) {
      const weight = this.#weights[this.#first + i]! + ((inputs[i]! * rest + 2 ** 13) >> 14);
      this.#weights[this.#first + i] = clamp(weight, WEIGHT_MOST);
    }
  }
}

export class HeaderModel {
  readonly #contexts = Array.from({ length: CONTEXTS }, () => new Context());
  readonly #history = new Uint8Array(HISTORY);
  readonly #long = new HeaderMatch(8, this.#history);
  readonly #short = new HeaderMatch(3, this.#history);
  readonly #byNode = new Mixer(256);
  readonly #byKind = new Mixer(18);
  readonly #inputs = new Int32Array(8);
  #written = 0;

  /** A model that has coded the dictionary of this file. */
  static primed(dictionary: Uint8Array): HeaderModel {
    const view = new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.length);
    const bytes = view.getUint32(0, true);
    const stream = dictionary.subarray(8, 8 + view.getUint32(4, true));
    const model = new HeaderModel();
    const decoder = new RangeDecoder(stream);
    for (let i = 0; i < bytes; i++) model.decodeByte(decoder);
    model.#long.forget();
    model.#short.forget();
    return model;
  }

  /** Another model that has coded the same. */
  copy(): HeaderModel {
    const copy = new HeaderModel();
    for (const [c, context] of copy.#contexts.entries()) context.learnFrom(this.#contexts[c]!);
    copy.#history.set(this.#history);
    copy.#long.learnFrom(this.#long);
    copy.#short.learnFrom(this.#short);
    copy.#byNode.learnFrom(this.#byNode);
    copy.#byKind.learnFrom(this.#byKind);
    copy.#written = this.#written;
    return copy;
  }

  decodeByte(decoder: RangeDecoder): number {
    const hashes = this.#hashes();
    this.#long.begin(this.#written);
    this.#short.begin(this.#written);
    let node = 1;
    let s = 1;
    for (let i = 0; i < 8; i++) {
      if (i % 4 === 0) {
        for (const [c, context] of this.#contexts.entries()) context.begin(hashes[c]!, node);
        s = 1;
      }
      const bit = this.#decodeBit(decoder, node, s, 7 - i);
      node = 2 * node + bit;
      s = 2 * s + bit;
    }
    const byte = node - 256;
    this.#history[this.#written % HISTORY] = byte;
    this.#written++;
    this.#long.end(byte);
    this.#short.end(byte);
    return byte;
  }

  #decodeBit(decoder: RangeDecoder, node: number, s: number, shift: number): number {
    const inputs = this.#inputs;
    for (const [c, context] of this.#contexts.entries()) inputs[c] = context.logit(s);
    inputs[6] = this.#long.logit(node, shift);
    inputs[7] = this.#short.logit(node, shift);
    const [long, short] = [this.#long.bucket, this.#short.bucket];
    const fromLong = this.#long.speaks ? Math.min(5, 1 + (long >> 2)) : 0;
    const fromShort = this.#short.speaks ? (short <= 8 ? 1 : 2) : 0;
    const sum = this.#byNode.mix(node, inputs) + this.#byKind.mix(3 * fromLong + fromShort, inputs);
    const bit = decoder.decode(squash(sum >> 1));
    for (const context of this.#contexts) context.learn(bit);
    this.#long.learn(bit);
    this.#short.learn(bit);
    this.#byNode.learn(bit, inputs);
    this.#byKind.learn(bit, inputs);
    return bit;
  }

  /** The six contexts of the next byte. */
  #hashes(): number[] {
    const b = (back: number): number =>
      back > this.#written ? 0 : this.#history[(this.#written - back) % HISTORY]!;
    const values = [
      b(1) + 1,
      b(1) + 2 ** 8 * b(2),
      b(1) + 2 ** 8 * b(2) + 2 ** 16 * b(3),
      b(1) + 2 ** 8 * b(2) + 2 ** 16 * b(3) + 2 ** 24 * b(4),
      b(1) + 2 ** 8 * b(12) + 2 ** 16 * b(24),
      b(2) + 2 ** 8 * b(4),
    ];
    return values.map((value, c) => mixed(value + Math.imul(c, 0x2545f491)));
  }
}
