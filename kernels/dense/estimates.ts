/**
 * Estimates: how large a coefficient times its quantizer probably is, in 1/4096, by trained weights on the
 * magnitudes around it (weights.ts).
 *
 * What does not change while a block is coded is made for a whole row of it, or for an edge, when the first
 * of them is asked for. Inputs, lane by lane: docs/formats/jpeg-dense.md, regressions.
 */
import { EDGE_ESTIMATES, INTERIOR_ESTIMATES, NO_RECORD } from "../memory.ts";
import { OWN_LINE } from "./coefficient.ts";
import { Magnitudes, sumPairs } from "./lines.ts";
import {
  above,
  aboveLeft,
  aboveRight,
  first,
  here,
  left,
  R_COLUMN_CROSSES,
  R_COLUMNS,
  R_CROSSES,
  R_ROWS,
  second,
  secondAbove,
  secondLeft,
} from "./records.ts";
import {
  EDGE_MAGNITUDE_PAIRS_BYTES,
  edgeMagnitudePairs,
  FIRST_COLUMN,
  MAGNITUDE_LANES,
  MAGNITUDE_PAIRS_BYTES,
  magnitudePairs,
  magnitudes,
  OWN_WEIGHTS_BYTES,
  ownWeights,
  weight,
} from "./weights.ts";

/** Second half of what is made for an edge. */
const OWN_EDGE: usize = EDGE_ESTIMATES + 32;

/** Rows that are made for this block: bit v. */
let rowsMade: u32 = 0;
/** Magnitudes around an interior coefficient, nearer ones twice; `ownEstimate` makes it. */
export let near: u32 = 0;

/** Forgets the last block. */
// @ts-ignore: decorator
@inline
export function beginEstimates(): void {
  rowsMade = 0;
}

/** Weights of the magnitude at `raster`. */
// @ts-ignore: decorator
@inline
export function magnitudeWeights(raster: usize): usize {
  return magnitudes + 2 * MAGNITUDE_LANES * raster;
}

/** A weight's product with an input. */
// @ts-ignore: decorator
@inline
export function term(weights: usize, lane: usize, input: i32): i32 {
  return weight(weights, lane) * input;
}

/** The neighbours' part of an interior coefficient's estimate. `quantizers` lie by rows, i16 each. */
// @ts-ignore: decorator
@inline
export function neighboursEstimate(raster: usize, quantizers: usize): i32 {
  const v = raster >> 3;
  if (((rowsMade >> <u32>v) & 1) == 0) estimateRow(v, quantizers);
  return load<i32>(INTERIOR_ESTIMATES + 4 * raster);
}

function estimateRow(v: usize, quantizers: usize): void {
  rowsMade |= 1 << (<u32>v);
  const at = 16 * v;
  estimateLine(
    INTERIOR_ESTIMATES + 2 * at,
    magnitudePairs + MAGNITUDE_PAIRS_BYTES * v,
    R_ROWS + at,
    R_CROSSES + at,
    quantizers + at,
  );
}

/** Estimates of a row or a column, which lies at so many bytes in records. */
// @ts-ignore: decorator
@inline
function estimateLine(
  to: usize,
  weights: usize,
  at: usize,
  crosses: usize,
  quantizers: usize,
): void {
  sumPairs<Magnitudes>(
    6,
    to,
    weights,
    above + at,
    left + at,
    aboveLeft + at,
    aboveRight + at,
    secondAbove + at,
    secondLeft + at,
    above + crosses,
    left + crosses,
    first + at,
    second + at,
    quantizers,
    NO_RECORD,
  );
}

/**
 * The own block's part of an interior coefficient's estimate, by the seven nearest of its magnitudes, of which
 * `own` is its place. Makes `near`.
 *
 * Only those of earlier diagonals are read as vectors: one that was only just written would have to reach
 * memory first.
 */
// @ts-ignore: decorator
@inline
export function ownEstimate(raster: usize, own: usize): i32 {
  const weights = magnitudeWeights(raster);
  const twoOver = <i32>load<u16>(own - 2 * OWN_LINE);
  const below = <i32>load<u16>(own + OWN_LINE - 2);
  const behind = <i32>load<u16>(own - OWN_LINE + 2);
  const rest = term(weights, 15, twoOver) + term(weights, 16, below) + term(weights, 17, behind);
  near = twoOver + below + behind;
  if (ASC_FEATURE_SIMD) {
    const over = v128.load64_zero(own - OWN_LINE - 6);
    const lines = v128.load_lane<u64>(own - 6, over, 1);
    const sums = i32x4.dot_i16x8_s(lines, v128.load(ownWeights + OWN_WEIGHTS_BYTES * raster));
    const nearby = i32x4.dot_i16x8_s(lines, i16x8(0, 0, 1, 2, 0, 1, 2, 0));
    const both = i32x4.add(
      i32x4.shuffle(sums, nearby, 0, 1, 4, 5),
      i32x4.shuffle(sums, nearby, 2, 3, 6, 7),
    );
    near += i32x4.extract_lane(both, 2) + i32x4.extract_lane(both, 3);
    return rest + i32x4.extract_lane(both, 0) + i32x4.extract_lane(both, 1);
  }
  const before = <i32>load<u16>(own - 2);
  const over = <i32>load<u16>(own - OWN_LINE);
  const corner = <i32>load<u16>(own - OWN_LINE - 2);
  const twoBefore = <i32>load<u16>(own - 4);
  near += 2 * (before + over) + corner + twoBefore;
  const sum = term(weights, 11, before) + term(weights, 12, over);
  return rest + sum + term(weights, 13, corner) + term(weights, 14, twoBefore);
}

/** What neighbours and the interior say of the row's edge, or the column's; before `edgeEstimate`. `quantizers`
 * are the edge's, i16 each. */
// @ts-ignore: decorator
@inline
export function beginEdgeEstimates(isRow: bool, quantizers: usize): void {
  const at = isRow ? R_ROWS : R_COLUMNS;
  estimateLine(
    EDGE_ESTIMATES,
    magnitudePairs + (isRow ? 0 : MAGNITUDE_PAIRS_BYTES * FIRST_COLUMN),
    at,
    isRow ? R_CROSSES : R_COLUMN_CROSSES,
    quantizers,
  );
  const next = here + at + 16;
  sumPairs<Magnitudes>(
    3,
    OWN_EDGE,
    edgeMagnitudePairs + (isRow ? 0 : EDGE_MAGNITUDE_PAIRS_BYTES),
    next,
    next + 16,
    next - 2,
    next + 2,
    here + R_ROWS,
    (isRow ? above : left) + at + 2,
  );
}

/** Both for the i-th coefficient of the edge. */
// @ts-ignore: decorator
@inline
export function edgeEstimate(i: usize): i32 {
  return load<i32>(EDGE_ESTIMATES + 4 * i) + load<i32>(OWN_EDGE + 4 * i);
}
