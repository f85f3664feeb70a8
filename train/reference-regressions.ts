/**
 * Reference regressions: the trained weights as they are shipped, and what they make of a block.
 *
 *   interior   i16[isChroma 2][raster 64][40]      weights in 4096ths, sums in 32 bits
 *   edge       i16[isChroma 2][direction 2][i 8][24]
 *   dc         i16[isChroma 2][40]
 *   magnitude  i16[kind 3][raster 64][24]
 *
 * In this order, little-endian, they are 21,152 bytes. Lanes: reference-inputs.ts.
 */
import type { ReferenceBlock } from "./reference-block.ts";
import {
  dcInputs,
  edgeInputs,
  edgeMagnitudes,
  interiorInputs,
  interiorMagnitudes,
  LANES,
  type Lanes,
  type Place,
} from "./reference-inputs.ts";

export interface Regressions {
  readonly interior: Int16Array;
  readonly edge: Int16Array;
  readonly dc: Int16Array;
  readonly magnitude: Int16Array;
}

/** Cells of each regression: as many sets of weights. */
export const CELLS = { interior: 2 * 64, edge: 2 * 2 * 8, dc: 2, magnitude: 3 * 64 } as const;

/** Regressions in the order of the file. */
export const FAMILIES = ["interior", "edge", "dc", "magnitude"] as const;
export type Family = (typeof FAMILIES)[number];

/** Weights are in 4096ths. */
export const WEIGHT_BITS = 12;

/** Largest input of a lane, by absolute value: sums of four are longer. */
export function laneMost(family: Family, lane: number): number {
  return family === "magnitude" && (lane === 6 || lane === 7) ? 32767 : 16384;
}

/** Where the weights of a cell begin. */
export const cellOf = {
  interior: ({ isChroma }: ReferenceBlock, k: number): number => 64 * isChroma + k,
  edge: ({ isChroma }: ReferenceBlock, direction: number, i: number): number =>
    16 * isChroma + 8 * direction + i,
  dc: ({ isChroma }: ReferenceBlock): number => isChroma,
  magnitude: ({ kind }: ReferenceBlock, k: number): number => 64 * kind + k,
} as const;

/** The weights as bytes, in the order of the file. */
export function regressionBytes(regressions: Regressions): Uint8Array {
  const weights = FAMILIES.flatMap((family) => [...regressions[family]]);
  const bytes = new DataView(new ArrayBuffer(2 * weights.length));
  for (const [i, weight] of weights.entries()) bytes.setInt16(2 * i, weight, true);
  return new Uint8Array(bytes.buffer);
}

/** The same back. */
export function readRegressions(bytes: Uint8Array): Regressions {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (family: Family): Int16Array => {
    const weights = new Int16Array(CELLS[family] * LANES[family]);
    for (let i = 0; i < weights.length; i++, at += 2) weights[i] = view.getInt16(at, true);
    return weights;
  };
  return {
    interior: take("interior"),
    edge: take("edge"),
    dc: take("dc"),
    magnitude: take("magnitude"),
  };
}

/** Whether no sum of a cell can pass 32 bits, whatever the inputs. */
export function isBounded(regressions: Regressions, family: Family, cell: number): boolean {
  let sum = 0;
  for (let lane = 0; lane < LANES[family]; lane++) {
    const weight = regressions[family][cell * LANES[family] + lane]!;
    sum += Math.abs(weight) * laneMost(family, lane);
  }
  return sum <= 0x7fffffff;
}

/** Weighted sum of the lanes, in 4096ths. */
export function weigh(
  regressions: Regressions,
  family: Family,
  cell: number,
  lanes: Lanes,
): number {
  const weights = regressions[family];
  const count = LANES[family];
  let sum = 0;
  for (let lane = 0; lane < count; lane++) sum += weights[cell * count + lane]! * lanes[lane]!;
  return sum;
}

const interior = new Int32Array(LANES.interior);
const edge = new Int32Array(LANES.edge);
const dc = new Int32Array(LANES.dc);

/** Prediction of interior coefficient `k` in 4096ths. */
export function predictInterior(of: Regressions, block: ReferenceBlock, k: number): number {
  interiorInputs(block, k, interior);
  return weigh(of, "interior", cellOf.interior(block, k), interior);
}

/** Prediction of the i-th coefficient of an edge in 4096ths. */
export function predictEdge(
  of: Regressions,
  block: ReferenceBlock,
  direction: number,
  i: number,
): number {
  edgeInputs(block, direction, i, edge);
  return weigh(of, "edge", cellOf.edge(block, direction, i), edge);
}

/** Prediction of the DC in 4096ths. */
export function predictDc(of: Regressions, block: ReferenceBlock): number {
  const base = dcInputs(block, dc);
  return base * (1 << WEIGHT_BITS) + weigh(of, "dc", cellOf.dc(block), dc);
}

/** Fills the inputs of an interior magnitude, with the trained prediction. */
export function fillInteriorMagnitude(
  of: Regressions,
  block: ReferenceBlock,
  k: number,
  place: Place,
  lanes: Lanes,
): void {
  const signed = predictInterior(of, block, k) >> WEIGHT_BITS;
  interiorMagnitudes(block, k, place, signed, lanes);
}

/** The same for an edge. */
export function fillEdgeMagnitude(
  of: Regressions,
  block: ReferenceBlock,
  direction: number,
  place: Place,
  lanes: Lanes,
): void {
  const signed = predictEdge(of, block, direction, place.index) >> WEIGHT_BITS;
  edgeMagnitudes(block, direction, place, signed, lanes);
}

/** The magnitude that is expected of raster `k`, in 4096ths: never below zero. */
export function expectMagnitude(
  of: Regressions,
  block: ReferenceBlock,
  k: number,
  lanes: Lanes,
): number {
  return Math.max(0, weigh(of, "magnitude", cellOf.magnitude(block, k), lanes));
}
