/**
 * Reference inputs: the lanes that the regressions weigh, computed from a block and what of it is
 * known. `Lanes` are filled whole, zeros where a lane has nothing to say.
 *
 *   interior     40   a coefficient from its column above, its row to the left, its own block, others
 *   edge         24   one of the first row or column, from the border that it shares
 *   dc           40   differences from the mean of the DCs above and to the left
 *   magnitude    24   sizes around a coefficient, and how many are still to come
 *
 * Source: docs/formats/jpeg-dense.md. See reference-block.ts for the blocks.
 */
import { clampValue, INTERIOR, type ReferenceBlock } from "./reference-block.ts";

/** Lanes of each regression. */
export const LANES = { interior: 40, edge: 24, dc: 40, magnitude: 24 } as const;

export type Lanes = Int32Array;

/** Rows 0 and 7 of the orthonormal DCT of eight points, times 4096: a border's nearest pixels. */
const NEAR = [1448, 2009, 1892, 1703, 1448, 1138, 784, 400] as const;
const FAR = [1448, -2009, 1892, -1703, 1448, -1138, 784, -400] as const;

const LANE_MOST = 16383;
const SUM_MOST = 32767;

/** Inputs of interior coefficient `k`. */
export function interiorInputs(block: ReferenceBlock, k: number, lanes: Lanes): void {
  const { above, left, known } = block;
  const [u, row] = [k & 7, k & 56];
  for (let j = 0; j < 8; j++) {
    lanes[j] = above[8 * j + u]!;
    lanes[8 + j] = left[row + j]!;
    lanes[16 + j] = known[8 * j + u]!;
    lanes[24 + j] = known[row + j]!;
  }
  lanes[32] = block.aboveLeft[k]!;
  lanes[33] = block.aboveRight[k]!;
  lanes[34] = block.luma[k]!;
  lanes[35] = block.blue[k]!;
  lanes.fill(0, 36);
}

/** Inputs of the i-th coefficient of an edge: of the first row (0) or of the first column (1). */
export function edgeInputs(
  block: ReferenceBlock,
  direction: number,
  i: number,
  lanes: Lanes,
): void {
  const { above, left, aboveLeft, aboveRight, known } = block;
  const [along, across] = direction === 0 ? [1, 8] : [8, 1];
  const [facing, beside] = direction === 0 ? [above, left] : [left, above];
  const k = along * i;
  for (let j = 0; j < 8; j++) lanes[j] = facing[k + across * j]!;
  lanes[8] = block.blue[k]!;
  for (let j = 1; j < 8; j++) lanes[8 + j] = known[k + across * j]!;
  lanes[16] = beside[k]!;
  lanes[17] = beside[k + across]!;
  lanes[18] = aboveLeft[k]!;
  lanes[19] = aboveRight[k]!;
  lanes[20] = aboveLeft[k + across]!;
  lanes[21] = i > 1 ? known[k - along]! : 0;
  lanes[22] = i > 2 ? known[k - 2 * along]! : 0;
  lanes[23] = block.luma[k]!;
}

/** Inputs of the DC. @returns the base that the prediction is added to */
export function dcInputs(block: ReferenceBlock, lanes: Lanes): number {
  const { above, left, aboveLeft, aboveRight, known, hasAbove, hasLeft } = block;
  const dcAbove = hasAbove ? above[0]! : left[0]!;
  const dcLeft = hasLeft ? left[0]! : dcAbove;
  const base = (dcAbove + dcLeft) >> 1;
  const dcAboveLeft = hasAbove && hasLeft ? aboveLeft[0]! : base;
  const dcAboveRight = hasAbove ? aboveRight[0]! : base;
  const dcLeftTwo = hasLeft ? block.leftTwo[0]! : dcLeft;
  const dcAboveTwo = hasAbove ? block.aboveTwo[0]! : dcAbove;
  for (let j = 1; j < 8; j++) {
    lanes[j] = above[8 * j]!;
    lanes[8 + j] = left[j]!;
    lanes[16 + j] = known[8 * j]!;
    lanes[24 + j] = known[j]!;
  }
  lanes[0] = clampValue(dcAbove - dcLeft);
  lanes[8] = clampValue(dcAboveLeft - base);
  lanes[16] = clampValue(dcAboveRight - base);
  lanes[24] = clampValue(dcLeftTwo - dcLeft);
  lanes[32] = clampValue(dcAboveTwo - dcAbove);
  lanes[33] = aboveLeft[1]!;
  lanes[34] = aboveLeft[8]!;
  lanes[35] = aboveRight[1]!;
  lanes[36] = aboveRight[8]!;
  lanes.fill(0, 37);
  return base;
}

/** Where a magnitude stands: what the walk says of it. */
export interface Place {
  /** Its number in what is counted: 0..48 in the interior, 1..7 on an edge. */
  readonly index: number;
  readonly remaining: number;
  readonly follows: boolean;
}

/** Inputs of the magnitude of interior coefficient `k`, which is predicted as `signed`. */
export function interiorMagnitudes(
  block: ReferenceBlock,
  k: number,
  { index, remaining, follows }: Place,
  signed: number,
  lanes: Lanes,
): void {
  neighbourMagnitudes(block, k, lanes);
  const [u, v] = [k & 7, k >> 3];
  const own = (column: number, row: number): number =>
    column < 0 || row < 0 || column > 7 || row > 7 ? 0 : Math.abs(block.known[8 * row + column]!);
  lanes[11] = own(u - 1, v);
  lanes[12] = own(u, v - 1);
  lanes[13] = own(u - 1, v - 1);
  lanes[14] = own(u - 2, v);
  lanes[15] = own(u, v - 2);
  lanes[16] = own(u - 1, v + 1);
  lanes[17] = own(u + 1, v - 1);
  const left = INTERIOR.length - index;
  lanes[18] = Math.min(LANE_MOST, Math.floor((block.quantizer[k]! * remaining) / left));
  lanes[19] = follows ? lanes[10]! : 0;
  lanes[20] = Math.min(LANE_MOST, Math.abs(signed));
  lanes.fill(0, 21);
}

/** The same for the i-th of an edge. */
export function edgeMagnitudes(
  block: ReferenceBlock,
  direction: number,
  { index: i, remaining, follows }: Place,
  signed: number,
  lanes: Lanes,
): void {
  const [along, across] = direction === 0 ? [1, 8] : [8, 1];
  const k = along * i;
  const facing = direction === 0 ? block.above : block.left;
  const own = (raster: number): number => Math.abs(block.known[raster]!);
  neighbourMagnitudes(block, k, lanes);
  lanes[11] = own(k + across);
  lanes[12] = own(k + 2 * across);
  lanes[13] = i > 1 ? own(k - along) : 0;
  lanes[14] = i > 2 ? own(k - 2 * along) : 0;
  lanes[15] = i > 1 ? own(k - along + across) : 0;
  lanes[16] = i < 7 ? own(k + along + across) : 0;
  lanes[17] = direction === 1 ? own(i) : 0;
  lanes[18] = Math.min(LANE_MOST, Math.floor((block.quantizer[k]! * remaining) / (8 - i)));
  lanes[19] = follows ? lanes[10]! : 0;
  lanes[20] = Math.min(LANE_MOST, Math.abs(signed));
  lanes[21] = Math.min(LANE_MOST, Math.abs(continuity(block, direction, i) - signed));
  lanes[22] = i < 7 ? Math.abs(facing[k + along]!) : 0;
  lanes[23] = 0;
}

/** What the edge's i-th coefficient is if the pixels on both sides of the border go on smoothly. */
export function continuity(block: ReferenceBlock, direction: number, i: number): number {
  const [along, across] = direction === 0 ? [1, 8] : [8, 1];
  const facing = direction === 0 ? block.above : block.left;
  const k = along * i;
  let sum = 0;
  for (let j = 0; j < 8; j++) sum += FAR[j]! * facing[k + across * j]!;
  for (let j = 1; j < 8; j++) sum -= NEAR[j]! * block.known[k + across * j]!;
  return Math.trunc(sum / NEAR[0]);
}

/** Lanes 0 to 10, which all magnitudes share. */
function neighbourMagnitudes(block: ReferenceBlock, k: number, lanes: Lanes): void {
  lanes[0] = Math.abs(block.above[k]!);
  lanes[1] = Math.abs(block.left[k]!);
  lanes[2] = Math.abs(block.aboveLeft[k]!);
  lanes[3] = Math.abs(block.aboveRight[k]!);
  lanes[4] = Math.abs(block.aboveTwo[k]!);
  lanes[5] = Math.abs(block.leftTwo[k]!);
  lanes[6] = sumAround(block.above, k);
  lanes[7] = sumAround(block.left, k);
  lanes[8] = Math.abs(block.luma[k]!);
  lanes[9] = Math.abs(block.blue[k]!);
  lanes[10] = Math.min(LANE_MOST, block.quantizer[k]!);
}

/** Sum of the four frequencies next to `k`, the DC not counted. */
function sumAround(values: Int16Array, k: number): number {
  const [u, v] = [k & 7, k >> 3];
  let sum = 0;
  if (u > 0 && k > 1) sum += Math.abs(values[k - 1]!);
  if (u < 7) sum += Math.abs(values[k + 1]!);
  if (v > 0 && k > 8) sum += Math.abs(values[k - 8]!);
  if (v < 7) sum += Math.abs(values[k + 8]!);
  return Math.min(SUM_MOST, sum);
}
