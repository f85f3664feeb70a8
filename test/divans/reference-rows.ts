/**
 * Rows and mixing of DivANS, written from docs/formats/divans.md alone: the second opinion that the kernel is
 * tested against. Slow, plain, and with all that must hold asserted at every step.
 */
import assert from "node:assert/strict";

const SCALE = 32_768;

/** A row: how often it was used, and where each of sixteen values begins in 32,768. */
export interface Row {
  count: number;
  /** Seventeen: 0, the fifteen bounds, 32,768. */
  bounds: number[];
}

/** Counts up to which a profile has each rate, as the document's table has them. */
const PROFILES: readonly (readonly (readonly [number, number])[])[] = [
  [
    [2, 2],
    [5, 3],
    [14, 4],
    [40, 5],
    [110, 6],
  ],
  [
    [1, 0],
    [3, 1],
    [6, 2],
    [12, 3],
    [30, 4],
    [80, 5],
    [200, 6],
  ],
  [
    [6, 2],
    [17, 3],
    [40, 4],
    [90, 5],
    [220, 6],
  ],
];
export const RATES = 5 * PROFILES.length;

/** The rate of a row of that count, by the number of a rate. */
export function rateOf(rate: number, count: number): number {
  const slowest = (rate % 5) + 4;
  const line = PROFILES[Math.floor(rate / 5)]!.find(([most]) => count <= most);
  return Math.min(slowest, line?.[1] ?? (count < 255 ? 7 : 8));
}

export function evenRow(): Row {
  return rowOf((s) => 2046 * s);
}

/** A row of a shape, sixteen hexadecimal digits. */
export function shapedRow(shape: string): Row {
  const digits = [...shape].reverse().map((digit) => Number.parseInt(digit, 16));
  const weights = digits.map((digit) => (digit % 2 === 1 ? 181 : 128) * 2 ** (digit >> 1));
  const sumOf = (count: number): number => weights.slice(0, count).reduce((a, b) => a + b, 0);
  return rowOf((s) => 8 * s + Math.floor((32_616 * sumOf(s)) / sumOf(16)));
}

function rowOf(bound: (s: number) => number): Row {
  const bounds = Array.from({ length: 17 }, (_, s) => (s === 0 ? 0 : s === 16 ? SCALE : bound(s)));
  return { count: 1, bounds };
}

/** A row that begins as another. */
export function begunAs(parent: Row): Row {
  return { count: 1, bounds: [...parent.bounds] };
}

/** Has a row learn a value; its bounds stay in order, with room between them. */
export function learnRow(row: Row, value: number, rate: number): void {
  const { bounds } = row;
  const shift = rateOf(rate, row.count);
  for (let s = 1; s < 16; s++) {
    const target = s <= value ? 8 * s : 32_744 - 8 * (15 - s);
    bounds[s]! += (target - bounds[s]!) >> shift;
    assert.ok(bounds[s]! >= bounds[s - 1]!, "bounds are in order");
  }
  assert.ok(bounds[15]! <= 32_744, "room for the ramp");
  row.count = Math.min(row.count + 1, 255);
}

/** The 256 sets of weights of one kind of nibble. */
export type WeightSets = number[][];

export function newWeights(): WeightSets {
  return Array.from({ length: 256 }, (_, set) => {
    const trusts = [0, 1, 2, 3].map((k) => [2, 6, 12, 16][(set >> (2 * k)) & 3]! * (4 + k));
    const sum = trusts.reduce((a, b) => a + b, 0);
    return trusts.map((trust) => Math.max(256, Math.floor((32_767 * trust) / sum)));
  });
}

/** The lower ends of one row's values, and the end. */
export function endsOfOne({ bounds }: Row): number[] {
  return bounds.map((bound, s) => (s === 0 || s === 16 ? bound : bound + s));
}

/** The weights that a nibble of these rows has. */
export function weightsFor(sets: WeightSets, rows: readonly Row[]): number[] {
  const buckets = rows.map(({ count }) => (count <= 1 ? 0 : count <= 4 ? 1 : count <= 16 ? 2 : 3));
  return sets[buckets[0]! + 4 * buckets[1]! + 16 * buckets[2]! + 64 * buckets[3]!]!;
}

/** The lower ends of the mixture's values, and the end. */
export function endsOfFour(rows: readonly Row[], weights: readonly number[]): number[] {
  const ends = [0];
  for (let s = 1; s < 16; s++) {
    let end = s;
    for (let k = 0; k < 4; k++) end += (rows[k]!.bounds[s]! * weights[k]! + 16_384) >> 15;
    ends.push(end);
  }
  ends.push(SCALE);
  for (let s = 0; s < 16; s++) assert.ok(ends[s + 1]! > ends[s]!, "every value has a share");
  return ends;
}

/** Moves the weights by a value of that frequency. */
export function learnWeights(
  rows: readonly Row[],
  weights: number[],
  value: number,
  frequency: number,
): void {
  const reciprocal = Math.floor(2 ** 20 / (32 * (frequency >> 5) + 16));
  const moved = weights.map((weight, k) => {
    const share = rows[k]!.bounds[value + 1]! - rows[k]!.bounds[value]!;
    const product = (share - frequency) * reciprocal;
    assert.ok(Math.abs(product) < 2 ** 31, "32 bits are enough");
    const gain = Math.min(product >> 10, 16_383);
    return Math.max(weight + ((weight * gain) >> 16), 256);
  });
  const over = moved.reduce((a, b) => a + b, 0) - 32_767;
  const each = Math.min((over + 3) >> 2, 192);
  const rest = Math.max(over - 4 * each, 0);
  for (let k = 0; k < 4; k++) {
    weights[k] = moved[k]! - each - (moved[k]! > 8191 ? rest : 0);
    assert.ok(weights[k]! > 0, "every row counts");
  }
  assert.ok(weights.reduce((a, b) => a + b, 0) <= 32_767, "the sum of a set");
}
