/**
 * Strides: the distances at which bytes of a unit equal each other more often than by chance.
 *
 *   share(s) = share of the samples' bytes that equal the byte s before
 *   chance   = the same for two bytes drawn by their counts
 *
 * The most frequent byte is left out of all of it: the background of a picture and the padding of a
 * table would make every distance look good. The kernel counts (kernels/filters/strides.ts), here the
 * counts are judged. What the rule names on known files is in docs/performance.md.
 */
import { viewOf } from "../core/bytes.ts";
import type { KernelInstance } from "../core/kernel.ts";

export interface Strides {
  /** Sizes of records, best first. */
  readonly records: readonly number[];
  /** Widths of a picture's rows in bytes, best first. */
  readonly rows: readonly number[];
}

/** Samples of 4 KiB, spread evenly: each costs a millisecond for all strides. */
const SAMPLES = 8;

const RECORD_BYTES_MAXIMUM = 512;
const ROW_BYTES_MINIMUM = 100;
const ROW_BYTES_MAXIMUM = 4199;
const RECORDS_KEPT = 3;
const ROWS_KEPT = 2;
/** A width's neighbours are as good in a smooth picture, and mean nothing. */
const ROWS_APART = 16;

/** How much of what chance leaves a share must add to be one. */
const ABOVE_CHANCE = 0.12;

/** A divisor is the stride when it has this much of the multiple's excess. */
const DIVISOR_EXCESS = 0.85;

/** The strides of the unit that lies in the kernel. */
export function findStrides(instance: KernelInstance, plain: Uint8Array): Strides {
  const sampleBytes = instance.call("strideSampleBytes");
  const longest = Math.min(ROW_BYTES_MAXIMUM, plain.length - sampleBytes, plain.length >> 3);
  if (longest < 2) return { records: [], rows: [] };
  const offsets = offsetsOf(plain.length, longest, sampleBytes);
  const counts = countBytes(plain, offsets, sampleBytes);
  const common = counts.indexOf(Math.max(...counts));

  let marked = 0;
  instance.call("clearStrides");
  for (const offset of offsets) {
    marked += instance.call("countStrides", offset, common, longest, plain.length);
  }
  if (marked < sampleBytes / 16) return { records: [], rows: [] };
  const excesses = excessesOf(instance, counts, common, marked, longest);
  return {
    records: peaks(excesses, [2, RECORD_BYTES_MAXIMUM], RECORDS_KEPT, 0),
    rows: peaks(excesses, [ROW_BYTES_MINIMUM, ROW_BYTES_MAXIMUM], ROWS_KEPT, ROWS_APART),
  };
}

/** Where samples begin: as many bytes as the longest stride lie before the first. */
function offsetsOf(size: number, longest: number, sampleBytes: number): number[] {
  const room = size - longest - sampleBytes;
  const samples = Math.min(SAMPLES, 1 + Math.floor(room / sampleBytes));
  const step = samples > 1 ? room / (samples - 1) : 0;
  return Array.from({ length: samples }, (_, i) => longest + Math.floor(i * step));
}

function countBytes(plain: Uint8Array, offsets: number[], sampleBytes: number): number[] {
  const counts = new Array<number>(256).fill(0);
  for (const offset of offsets) {
    for (const byte of plain.subarray(offset, offset + sampleBytes)) {
      counts[byte] = (counts[byte] as number) + 1;
    }
  }
  return counts;
}

/** By stride: how much of what chance leaves equals, 0 for no more than chance, 1 for all. */
function excessesOf(
  instance: KernelInstance,
  counts: readonly number[],
  common: number,
  marked: number,
  longest: number,
): Float64Array {
  let total = 0;
  for (const count of counts) total += count;
  let equal = 0;
  counts.forEach((count, byte) => {
    if (byte !== common) equal += count * count;
  });
  const chance = equal / (total * marked);

  const excesses = new Float64Array(longest + 1);
  const view = viewOf(instance.bytes(instance.call("strideCountsAddress"), 4 * (longest + 1)));
  for (let stride = 1; stride <= longest; stride++) {
    const share = view.getUint32(4 * stride, true) / marked;
    excesses[stride] = chance < 1 ? (share - chance) / (1 - chance) : 0;
  }
  return excesses;
}

/** The best strides of a range, each in place of its multiples and of what lies `apart` beside one. */
function peaks(
  excesses: Float64Array,
  [least, most]: readonly [number, number],
  kept: number,
  apart: number,
): number[] {
  const order: number[] = [];
  for (let stride = least; stride <= Math.min(most, excesses.length - 1); stride++) {
    if ((excesses[stride] as number) >= ABOVE_CHANCE) order.push(stride);
  }
  order.sort(
    (one, other) => (excesses[other] as number) - (excesses[one] as number) || one - other,
  );
  const found: number[] = [];
  for (const candidate of order) {
    if (found.length === kept) break;
    const stride = smallestOf(candidate, excesses, least);
    const isNew = (known: number): boolean =>
      Math.min(stride % known, known - (stride % known)) > apart;
    if (found.every(isNew)) found.push(stride);
  }
  return found;
}

/** The smallest divisor that explains most of a stride's excess, or the stride itself. */
function smallestOf(stride: number, excesses: Float64Array, least: number): number {
  const wanted = (excesses[stride] as number) * DIVISOR_EXCESS;
  for (let divisor = least; divisor <= stride >> 1; divisor++) {
    if (stride % divisor === 0 && (excesses[divisor] as number) >= wanted) return divisor;
  }
  return stride;
}
