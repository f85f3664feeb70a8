/**
 * Odd units: records that our encoder would not write and that docs/formats/divans.md allows, and others that it does
 * not allow. The reference decoder is told the symbols of a plan, and they are coded as it meets them.
 *
 *   plan      run 2, two literals | type 0, length, distance | hint 12 | ...        cut into blocks
 *   walk      the bytes that they make, and an interval for each symbol
 *   record    header | blocks | sum
 */
import { concatenate } from "../../src/core/bytes.ts";
import { checksumOf } from "../../src/core/checksum.ts";
import type { Random } from "../random.ts";
import { type OddPlan, type OddWish, planUnit } from "./odd-plan.ts";
import type { Symbols } from "./reference-coder.ts";
import {
  type ReferenceDictionary,
  type ReferenceHeader,
  ReferenceWalk,
} from "./reference-decoder.ts";

export interface OddUnit {
  readonly record: Uint8Array<ArrayBuffer>;
  /** What it makes; of a wrong one, what a decoder would make that looks at nothing. */
  readonly unit: Uint8Array<ArrayBuffer>;
}

/** Makes one, of so many bytes. */
export function oddUnit(
  random: Random,
  plainBytes: number,
  dictionary: ReferenceDictionary,
  wish: OddWish = {},
): OddUnit {
  const header = randomHeader(random, plainBytes);
  const plan = planUnit(random, plainBytes, dictionary, wish);
  const walk = new ReferenceWalk(header, dictionary);
  walk.isStrict = wish.wrong === undefined;
  const parts = [headerBytes(header), ...blocksOf(plan, walk)];
  const sum = checksumOf(walk.unit);
  parts.push([0, 8, 16, 24].map((shift) => (sum >>> shift) & 255));
  return { record: concatenate(parts.map((part) => Uint8Array.from(part))), unit: walk.unit };
}

function blocksOf(plan: OddPlan, walk: ReferenceWalk): number[][] {
  const parts: number[][] = [];
  let start = 0;
  for (const [i, { values, stop }] of plan.blocks.entries()) {
    const symbols = new ToldSymbols(values);
    walk.block(symbols, stop);
    const coded = symbols.code();
    const isLast = i === plan.blocks.length - 1;
    parts.push([...varint(isLast ? 0 : stop - start), ...varint(coded.length)], coded);
    start = stop;
  }
  return parts;
}

function randomHeader(random: Random, plainBytes: number): ReferenceHeader {
  const mask = (): readonly [number, number] => [
    random.pick([0, 1, 3, 7, 255, random.upTo(256)]),
    random.pick([0, 1, 2, 4, 8, 9, 0xf0, random.upTo(256)]),
  ];
  const masks = [mask(), mask(), mask(), [0x55, random.upTo(256)] as const];
  const seesStride = masks.some(([, others]) => (others & 6) !== 0);
  const stride = seesStride ? random.pick([1, 2, 13, 255, 256, 257, 1024]) : 0;
  const rowBits = 10 + random.upTo(7);
  const literals = { masks, stride, rate: random.upTo(15), rowBits };
  const isPrimed = random.oneIn(60);
  return { plainBytes, isCoded: true, isPrimed, commandRate: random.upTo(15), literals };
}

function headerBytes({ plainBytes, isPrimed, commandRate, literals }: ReferenceHeader): number[] {
  const { masks, stride, rate, rowBits } = literals;
  const mode = 1 + (isPrimed ? 4 : 0) + 8 * 15 + (rowBits < 16 ? 128 : 0);
  return [
    ...varint(plainBytes),
    mode,
    ...masks.flat(),
    ...(stride > 0 ? varint(stride) : []),
    ...(rowBits < 16 ? [rowBits] : []),
    rate + 16 * commandRate,
  ];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

/** Symbols that are told beforehand. */
class ToldSymbols implements Symbols {
  readonly #values: number[];
  readonly #intervals: { start: number; frequency: number }[] = [];

  constructor(values: readonly number[]) {
    this.#values = [...values].reverse();
  }

  next(ends: readonly number[]): number {
    const value = this.#values.pop()!;
    this.#intervals.push({ start: ends[value]!, frequency: ends[value + 1]! - ends[value]! });
    return value;
  }

  raw(bits: number): number {
    const value = this.#values.pop()!;
    const frequency = 2 ** (15 - bits);
    this.#intervals.push({ start: value * frequency, frequency });
    return value;
  }

  /** The block's bytes, coded from the last symbol to the first. */
  code(): number[] {
    if (this.#values.length > 0) throw new Error("a plan of more than was asked for");
    const states = [65_536, 65_536];
    const words: number[] = [];
    for (let i = this.#intervals.length - 1; i >= 0; i--) {
      const { start, frequency } = this.#intervals[i]!;
      let state = states[i & 1]!;
      if (state >= frequency * 2 ** 17) {
        words.push(state % 65_536);
        state = Math.floor(state / 65_536);
      }
      states[i & 1] = Math.floor(state / frequency) * 32_768 + (state % frequency) + start;
    }
    const bytes = [...new Uint8Array(Uint32Array.from(states).buffer)];
    for (const word of words.reverse()) bytes.push(word & 255, word >> 8);
    return bytes;
  }
}
