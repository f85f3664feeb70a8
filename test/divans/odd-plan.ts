/**
 * Plans of odd units: which symbols a unit is to have, by numbers alone. See odd-unit.ts.
 *
 * Odd is that counts are told in their longest form, that distances are told anew though they are recent, that bits which
 * no distance has are set, that hints are of kinds that nobody knows, and where blocks end.
 */
import type { Random } from "../random.ts";
import type { ReferenceDictionary } from "./reference-decoder.ts";

/** What a unit may have that the format does not allow. */
export const WRONGS = [
  "far distance",
  "raw of no bytes",
  "word of no bytes",
  "long hint",
  "long run",
  "long copy",
  "long raw",
  "copy beyond its block",
  "raw beyond its block",
] as const;
export type Wrong = (typeof WRONGS)[number];

export interface OddPlan {
  /** The symbols of each block, and where it is said to end. */
  readonly blocks: readonly { readonly values: readonly number[]; readonly stop: number }[];
}

export const HINT_BYTES_MAXIMUM = 61_440;
/** Blocks that plans have, about; fewer than the format allows. */
const BLOCKS_MAXIMUM = 900;

/** What a plan is to hold beside what comes. */
export interface OddWish {
  /** In the middle. */
  readonly wrong?: Wrong;
  /** At the beginning: so many hints of so many bytes. */
  readonly hints?: readonly [count: number, bytes: number];
}

export function planUnit(
  random: Random,
  plainBytes: number,
  dictionary: ReferenceDictionary,
  { wrong, hints }: OddWish = {},
): OddPlan {
  const plan = new Plan(random, plainBytes, dictionary);
  if (hints !== undefined) plan.hints(...hints);
  plan.fill(wrong === undefined ? plainBytes : Math.max(8, plainBytes >> 1));
  if (wrong !== undefined) {
    plan.wrong(wrong);
    plan.fill(plainBytes);
  }
  return { blocks: plan.blocks };
}

class Plan {
  readonly blocks: { values: number[]; stop: number }[] = [];
  readonly #random: Random;
  readonly #plainBytes: number;
  readonly #dictionary: ReferenceDictionary;
  #values: number[] = [];
  #mayEndBlock = true;
  #at = 0;
  /** Where what comes next ends at the latest. */
  #goal = 0;
  #recent = [1, 2, 3, 4];

  constructor(random: Random, plainBytes: number, dictionary: ReferenceDictionary) {
    this.#random = random;
    this.#plainBytes = plainBytes;
    this.#dictionary = dictionary;
  }

  get #left(): number {
    return this.#goal - this.#at;
  }

  /** Adds runs and commands until there are so many bytes. */
  fill(goal: number): void {
    this.#goal = goal;
    while (this.#at < goal) {
      const { upTo, pick } = this.#random;
      this.#run(Math.min(this.#left, pick([0, 0, 1, upTo(8), upTo(60), upTo(400)])));
      if (this.#at < this.#plainBytes) this.#command();
    }
    if (this.#at >= this.#plainBytes) this.#endBlock(this.#plainBytes);
  }

  /** Adds what must not be, where a run could begin. */
  wrong(wrong: Wrong): void {
    this.#goal = this.#plainBytes;
    if (wrong === "long run") {
      this.#count(this.#left + 1 + this.#random.upTo(9));
      while (this.#left > 0) this.#literal();
      this.#endBlock(this.#plainBytes);
      return;
    }
    this.#count(0);
    if (wrong === "far distance") this.#copy(0, 2, this.#at + 1 + this.#random.upTo(4));
    else if (wrong === "raw of no bytes") this.#raw(0);
    else if (wrong === "word of no bytes") this.#emptyWord();
    else if (wrong === "long hint") this.#hint(7, HINT_BYTES_MAXIMUM + 1);
    else if (wrong === "long copy") this.#copy(0, this.#left + 1, 1);
    else if (wrong === "long raw") this.#raw(this.#left + 1);
    else {
      this.#mayEndBlock = false;
      if (wrong === "copy beyond its block") this.#copy(0, 20, 1);
      else this.#raw(20);
      this.#mayEndBlock = true;
      this.#endBlock(this.#at - 1);
    }
  }

  #endBlock(stop: number): void {
    if (stop <= (this.blocks.at(-1)?.stop ?? 0)) return;
    this.blocks.push({ values: this.#values, stop });
    this.#values = [];
  }

  /** Bytes were made: a block may end, unless there were none, since it would have ended before. */
  #made(bytes: number): void {
    this.#at += bytes;
    const ends = bytes > 0 && this.#left > 0 && this.#random.oneIn(60);
    if (ends && this.#mayEndBlock && this.blocks.length < BLOCKS_MAXIMUM) this.#endBlock(this.#at);
  }

  #run(length: number): void {
    this.#count(length);
    for (let i = 0; i < length; i++) this.#literal();
  }

  #literal(): void {
    this.#values.push(this.#random.pick([0, 6, this.#random.upTo(16)]), this.#random.upTo(16));
    this.#made(1);
  }

  #command(): void {
    const type = this.#random.upTo(8);
    const distance = type === 0 ? this.#someDistance() : this.#recent[type - 1];
    if (type <= 4 && distance! <= this.#at && this.#left >= 2) {
      const { upTo } = this.#random;
      const lengths = [2, 3, upTo(30), upTo(400), upTo(1 + (this.#left >> 4))];
      const length = Math.max(2, this.#random.pick(lengths)) - (type > 0 ? 1 : 0);
      this.#copy(type, Math.min(this.#left, length), distance!);
    } else if (type === 5) this.#word();
    else if (type === 6 && this.#left > 0)
      this.#raw(1 + this.#random.upTo(Math.min(this.#left, 300)));
    else this.#hint(this.#random.upTo(8), this.#random.pick([0, 1, this.#random.upTo(60)]));
  }

  #someDistance(): number {
    const { pick, upTo } = this.#random;
    return Math.max(1, pick([1, 2, 3, 1 + upTo(this.#at), 1 + upTo(this.#at), this.#recent[0]!]));
  }

  #copy(type: number, length: number, distance: number): void {
    this.#values.push(type);
    this.#count(length - (type === 0 ? 2 : 1));
    if (type === 0) this.#distance(distance);
    const others = this.#recent.filter((_, i) => i !== (type === 0 ? 3 : type - 1));
    this.#recent = [distance, ...others];
    this.#made(length);
  }

  #distance(distance: number): void {
    const { upTo } = this.#random;
    const top = 31 - Math.clz32(distance);
    const pair = (top + 1) >> 1;
    this.#values.push(pair);
    if (pair === 0) return;
    const without = Math.max(0, 3 - top);
    const upper = top > 3 ? distance >> (top - 3) : (distance << without) + upTo(1 << without);
    this.#values.push((top % 2 === 0 ? 8 : 0) + (upper & 7));
    if (top <= 3) return;
    const low = Math.min(top - 3, 4);
    const rawBits = top - 3 - low;
    if (rawBits > 0) this.#values.push((distance >> low) & ((1 << rawBits) - 1));
    this.#values.push((distance & ((1 << low) - 1)) + (upTo(16 >> low) << low));
  }

  #count(count: number): void {
    if (count >= 285 || this.#random.oneIn(20)) this.#values.push(15, count >> 12, count & 4095);
    else if (count < 13) this.#values.push(count);
    else if (count < 29) this.#values.push(13, count - 13);
    else this.#values.push(14, (count - 29) >> 4, (count - 29) & 15);
  }

  #word(): void {
    const length = 4 + this.#random.upTo(21);
    const word = this.#random.upTo(2 ** this.#dictionary.bits(length));
    const transform = this.#random.upTo(121);
    const bytes = this.#dictionary.transformed(length, word, transform).length;
    if (bytes === 0 || bytes > this.#left) this.#hint(4, 1);
    else this.#wordOf(length, word, transform, bytes);
  }

  #wordOf(length: number, word: number, transform: number, bytes: number): void {
    this.#values.push(5, ...(length < 19 ? [length - 4] : [15, length - 19]));
    this.#values.push(word, transform >> 4, transform & 15);
    this.#made(bytes);
  }

  #emptyWord(): void {
    for (let transform = 0; ; transform++) {
      if (this.#dictionary.transformed(4, 0, transform).length > 0) continue;
      this.#wordOf(4, 0, transform, 0);
      return;
    }
  }

  #raw(bytes: number): void {
    this.#values.push(6, 8, bytes >> 8, bytes & 255);
    for (let i = 0; i < bytes; i++) this.#values.push(this.#random.upTo(256));
    this.#made(bytes);
  }

  /** Kinds from 8 on are those behind that of raw bytes. */
  #hint(kind: number, bytes: number): void {
    const odd = kind === 0 ? 9 + this.#random.upTo(7) : kind;
    this.#values.push(6, odd, bytes >> 8, bytes & 255);
    for (let i = 0; i < 2 * bytes; i++) this.#values.push(this.#random.upTo(16));
  }

  /** Adds hints where a run could begin; those with bytes in a block each. */
  hints(count: number, bytes: number): void {
    for (let i = 0; i < count; i++) {
      const hasByte = bytes > 0 && i > 0;
      this.#run(hasByte ? 1 : 0);
      if (hasByte) this.#endBlock(this.#at);
      this.#hint(3, bytes);
    }
  }
}
