/**
 * Predictions: what a coefficient times its quantizer probably is, in 1/4096, by trained weights on what is
 * known around it (weights.ts).
 *
 * What does not change while a block is coded is made for a whole row of it, or for an edge, when the first
 * of them is asked for. Inputs, lane by lane: docs/formats/jpeg-dense.md, regressions.
 */
import { EDGE_PREDICTIONS, INTERIOR_PREDICTIONS, NO_RECORD } from "../memory.ts";
import { dotScalars, dotVectors, sumPairs, total, Values } from "./lines.ts";
import {
  above,
  aboveLeft,
  aboveRight,
  first,
  here,
  left,
  productAt,
  R_COLUMNS,
  R_ROWS,
  second,
} from "./records.ts";
import {
  dcWeights,
  EDGE_LANES,
  EDGE_PAIRS_BYTES,
  edgePairs,
  edges,
  INTERIOR_LANES,
  INTERIOR_PAIRS_BYTES,
  interior,
  interiorPairs,
  weight,
} from "./weights.ts";

/** Rows that are made for this block: bit v. */
let rowsMade: u32 = 0;

/** Forgets the last block. */
// @ts-ignore: decorator
@inline
export function beginPredictions(): void {
  rowsMade = 0;
}

/** Of the interior coefficient at (u, v). */
// @ts-ignore: decorator
@inline
export function predictInterior(u: usize, v: usize): i32 {
  if (((rowsMade >> <u32>v) & 1) == 0) predictRow(v);
  const raster = 8 * v + u;
  const sum = fourLines(
    above + R_COLUMNS + 16 * u,
    left + R_ROWS + 16 * v,
    here + R_COLUMNS + 16 * u,
    here + R_ROWS + 16 * v,
    interior + 2 * INTERIOR_LANES * raster,
  );
  return sum + load<i32>(INTERIOR_PREDICTIONS + 4 * raster);
}

/** What corners and other components say of row `v`. */
function predictRow(v: usize): void {
  rowsMade |= 1 << (<u32>v);
  const at = R_ROWS + 16 * v;
  sumPairs<Values>(
    2,
    INTERIOR_PREDICTIONS + 32 * v,
    interiorPairs + INTERIOR_PAIRS_BYTES * v,
    aboveLeft + at,
    aboveRight + at,
    first + at,
    second + at,
  );
}

/** What corners, sides and other components say of the row's edge, or the column's; before `predictEdge`. */
// @ts-ignore: decorator
@inline
export function beginEdgePredictions(isRow: bool): void {
  const at = isRow ? R_ROWS : R_COLUMNS;
  const side = isRow ? left : above;
  sumPairs<Values>(
    4,
    EDGE_PREDICTIONS,
    edgePairs + (isRow ? 0 : EDGE_PAIRS_BYTES),
    side + at,
    side + at + 16,
    aboveLeft + at,
    aboveLeft + at + 16,
    aboveRight + at,
    second + at,
    first + at,
    NO_RECORD,
  );
}

/** Of the i-th coefficient of the row's edge or the column's. */
// @ts-ignore: decorator
@inline
export function predictEdge(isRow: bool, i: usize): i32 {
  const weights = edges + 2 * EDGE_LANES * ((isRow ? 0 : 8) + i);
  const beyond = isRow ? above + R_COLUMNS + 16 * i : left + R_ROWS + 16 * i;
  const own = here + 16 * i + (isRow ? R_COLUMNS : R_ROWS);
  // The place of the coefficient itself, which is still zero in its line, is another input's.
  let sum = twoLines(beyond, own, weights) + load<i32>(EDGE_PREDICTIONS + 4 * i);
  const line = here + (isRow ? R_ROWS : R_COLUMNS);
  if (i > 1) sum += <i32>load<i16>(line + 2 * i - 2) * weight(weights, 21);
  if (i > 2) sum += <i32>load<i16>(line + 2 * i - 4) * weight(weights, 22);
  return sum;
}

/** The sum of four lines of eight, each with its eight weights behind the last's. */
// @ts-ignore: decorator
@inline
function fourLines(a: usize, b: usize, c: usize, d: usize, weights: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const ab = i32x4.add(dotVectors(a, weights), dotVectors(b, weights + 16));
    const cd = i32x4.add(dotVectors(c, weights + 32), dotVectors(d, weights + 48));
    return total(i32x4.add(ab, cd));
  }
  const ab = dotScalars(a, weights) + dotScalars(b, weights + 16);
  return ab + dotScalars(c, weights + 32) + dotScalars(d, weights + 48);
}

// @ts-ignore: decorator
@inline
function twoLines(a: usize, b: usize, weights: usize): i32 {
  if (ASC_FEATURE_SIMD)
    return total(i32x4.add(dotVectors(a, weights), dotVectors(b, weights + 16)));
  return dotScalars(a, weights) + dotScalars(b, weights + 16);
}

/** Of the DC, as a difference from `base`, given the DCs of the neighbours, which say nothing where these are
 * missing. */
export function predictDc(
  base: i32,
  dcAbove: i32,
  dcLeft: i32,
  dcAboveLeft: i32,
  dcAboveRight: i32,
  dcSecondAbove: i32,
  dcSecondLeft: i32,
): i32 {
  const weights = dcWeights;
  let sum = clamped(dcAbove - dcLeft) * weight(weights, 0);
  sum += clamped(dcAboveLeft - base) * weight(weights, 8);
  sum += clamped(dcAboveRight - base) * weight(weights, 16);
  sum += clamped(dcSecondLeft - dcLeft) * weight(weights, 24);
  sum += clamped(dcSecondAbove - dcAbove) * weight(weights, 32);
  sum += sidesOfDc(weights);
  sum += productAt(aboveLeft, 1) * weight(weights, 33);
  sum += productAt(aboveLeft, 8) * weight(weights, 34);
  sum += productAt(aboveRight, 1) * weight(weights, 35);
  return sum + productAt(aboveRight, 8) * weight(weights, 36);
}

/** The edges beside the DC: of the blocks above and to the left, and its own. */
// @ts-ignore: decorator
@inline
function sidesOfDc(weights: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const ofAbove = withoutFirst(above + R_COLUMNS, weights);
    const ofLeft = withoutFirst(left + R_ROWS, weights + 16);
    const ofColumn = withoutFirst(here + R_COLUMNS, weights + 32);
    const ofRow = withoutFirst(here + R_ROWS, weights + 48);
    return total(i32x4.add(i32x4.add(ofAbove, ofLeft), i32x4.add(ofColumn, ofRow)));
  }
  let sum: i32 = 0;
  for (let j: usize = 1; j < 8; j++) {
    sum += productAt(above, 8 * j) * weight(weights, j);
    sum += productAt(left, j) * weight(weights, 8 + j);
    sum += productAt(here, 8 * j) * weight(weights, 16 + j);
    sum += productAt(here, j) * weight(weights, 24 + j);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function withoutFirst(line: usize, weights: usize): v128 {
  return i32x4.dot_i16x8_s(i16x8.replace_lane(v128.load(line), 0, 0), v128.load(weights));
}

// @ts-ignore: decorator
@inline
function clamped(n: i32): i32 {
  return max<i32>(min<i32>(n, 16383), -16384);
}
