/**
 * Reference of the Lepton model: what a block's DC is predicted from, and what a block leaves for
 * its neighbours to do so. Sections 6.6 and 6.7 of the format's text.
 *
 * Pixels are those of the block without its DC, times eight, in raster order.
 */
import { int16 } from "./lepton-reference-branches.ts";

/** Eight values each that the neighbours left; undefined where there is none. */
export interface NeighbourEdges {
  readonly leftEdge: Int16Array | undefined;
  readonly aboveEdge: Int16Array | undefined;
}

/** The prediction, and the two numbers that choose the branches of what it missed. */
export interface DcPrediction {
  readonly prediction: number;
  readonly spread: number;
  readonly lean: number;
}

/** Predicts a block's DC; `wraps` says whether slopes wrap at 16 bits. */
export function predictDc(
  pixels: Int16Array,
  { leftEdge, aboveEdge }: NeighbourEdges,
  quantizer: number,
  wraps: boolean,
): DcPrediction {
  const estimates: number[][] = [];
  const both = [
    { edge: leftEdge, step: 8, next: 1 },
    { edge: aboveEdge, step: 1, next: 8 },
  ];
  for (const { edge, step, next } of both) {
    if (edge === undefined) continue;
    estimates.push(
      Array.from(edge, (value, i) => {
        const own = pixels[i * step]!;
        const slope = difference(own, pixels[i * step + next]!, wraps);
        return int16(value - (own + 1024) - half(slope));
      }),
    );
  }
  if (estimates.length === 0) return { prediction: 0, spread: 0, lean: 0 };
  const sums = estimates.map((ones) => ones.reduce((sum, one) => sum + one, 0));
  const first = sums[0]!;
  const second = sums[sums.length - 1]!;
  const average = (first + second) >> 1;
  const all = estimates.flat();
  const l = first - average;
  const a = second - average;
  const far = Math.abs(l) < Math.abs(a) ? l : a;
  return {
    prediction: quantizer === 0 ? 0 : (Math.trunc(average / quantizer) + 4) >> 3,
    spread: (Math.max(...all) - Math.min(...all)) >> 3,
    lean: far >> 3,
  };
}

/** What the block below and the block to the right predict their DC from. */
export function edgesOf(
  dc: number,
  pixels: Int16Array,
  wraps: boolean,
): { right: Int16Array; bottom: Int16Array } {
  const bottom = new Int16Array(8);
  const right = new Int16Array(8);
  for (let i = 0; i < 8; i++) {
    const low = pixels[56 + i]!;
    bottom[i] = dc + 1024 + low + half(difference(low, pixels[48 + i]!, wraps));
    const far = pixels[8 * i + 7]!;
    right[i] = dc + 1024 + far + half(difference(far, pixels[8 * i + 6]!, wraps));
  }
  return { right, bottom };
}

function difference(one: number, other: number, wraps: boolean): number {
  return wraps ? int16(one - other) : one - other;
}

function half(value: number): number {
  return Math.trunc(value / 2);
}
