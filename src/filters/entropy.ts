/**
 * Entropy: what a difference would leave of a slice, without a coder.
 *
 *   unit    .........|- slice -|.........|- slice -|........
 *   bits    sum over the slices and the four places of a byte in a word of -log2 of its share
 *
 * Bytes are counted apart by their place modulo four, so that the top bytes of small differences show
 * as what they are. An order-0 figure is unfair to plain bytes, whose repeats a coder would see: it
 * ranks differences among each other and sorts out the hopeless.
 */
import type { Kernel } from "../core/kernel.ts";
import { applyFilter } from "./apply.ts";
import type { Filter } from "./filter.ts";

/** Two slices of 48 KiB: eleven rows of the widest picture that is looked for, and 0.1 ms each. */
const SLICE_BYTES = 48 * 1024;

export interface Glance {
  readonly slices: readonly Uint8Array[];
  /** Bits that the slices take as they are. */
  readonly bits: number;
}

export interface Weighed {
  readonly filter: Filter;
  readonly bits: number;
}

/** Slices of a unit at a third and two thirds of what is left beside them. */
export function glanceAt(plain: Uint8Array): Glance {
  const slices = slicesOf(plain);
  let bits = 0;
  for (const slice of slices) bits += entropyBits(slice);
  return { slices, bits };
}

/** What a filter leaves of them. */
export function weigh(kernel: Kernel, glance: Glance, filter: Filter): Weighed {
  let bits = 0;
  for (const slice of glance.slices) bits += entropyBits(applyFilter(kernel, filter, slice));
  return { filter, bits };
}

function slicesOf(plain: Uint8Array): Uint8Array[] {
  if (plain.length <= 2 * SLICE_BYTES) return [plain];
  const free = plain.length - 2 * SLICE_BYTES;
  // Words keep their place, counted from either end of a unit of whole words.
  return [1, 2].map((which) => {
    const at = (Math.floor((free * which) / 3) & ~15) + (which - 1) * SLICE_BYTES;
    return plain.subarray(at, at + SLICE_BYTES + (plain.length & 15));
  });
}

const counts = new Uint32Array(4 * 256);

function entropyBits(bytes: Uint8Array): number {
  counts.fill(0);
  for (let i = 0; i < bytes.length; i++) {
    const slot = ((i & 3) << 8) | (bytes[i] as number);
    counts[slot] = (counts[slot] as number) + 1;
  }
  let bits = 0;
  for (let place = 0; place < 4; place++) {
    const total = (bytes.length + 3 - place) >> 2;
    for (let slot = place << 8; slot < (place + 1) << 8; slot++) {
      const count = counts[slot] as number;
      if (count > 0) bits -= count * Math.log2(count / total);
    }
  }
  return bits;
}
