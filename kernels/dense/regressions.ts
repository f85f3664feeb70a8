/**
 * Regressions: what a coefficient probably is, by trained weights on what is known around it.
 *
 *   predictInterior, predictEdge, predictDc   the value, from signed neighbours
 *   estimate                                  the magnitude, from the neighbours' magnitudes
 *
 * Weights are i16 with 12 bits behind the point, as the host has written them; the sum of their magnitudes
 * is bounded when they are taken, so that no sum of products leaves 32 bits. Inputs, lane by lane:
 * docs/formats/jpeg-dense.md, regressions.
 */
import { FAULT_CALL } from "../fault.ts";
import { DENSE_REGRESSIONS, ESTIMATES, MAGNITUDE_PAIRS } from "../memory.ts";
import {
  above,
  aboveLeft,
  aboveRight,
  first,
  here,
  left,
  R_COLUMNS,
  R_CROSSES,
  R_ROWS,
  second,
  secondAbove,
  secondLeft,
} from "./records.ts";

const INTERIOR_LANES: usize = 40;
const EDGE_LANES: usize = 24;
const DC_LANES: usize = 40;
const MAGNITUDE_LANES: usize = 24;
/** Where each kind of weights begins. */
const INTERIOR: usize = DENSE_REGRESSIONS;
const EDGES: usize = INTERIOR + 2 * 2 * 64 * INTERIOR_LANES;
const DC: usize = EDGES + 2 * 2 * 2 * 8 * EDGE_LANES;
const MAGNITUDES: usize = DC + 2 * 2 * DC_LANES;

/** Products of two neighbours' magnitudes each, for a row of a block. */
const PAIRS: usize = 6;
const PAIR_BYTES: usize = 32;
const PAIRS_OF_ROW: usize = PAIRS * PAIR_BYTES;
const PAIRS_OF_CLASS: usize = 8 * PAIRS_OF_ROW;

/** Bits behind the point of weights. */
export const WEIGHT_BITS: i32 = 12;
/** Largest magnitude of an input, and of a sum of four. */
const INPUT_LIMIT: i64 = 16384;
const CROSS_LIMIT: i64 = 32767;

// Weights of the component that is being coded.
let interior: usize = INTERIOR;
let edges: usize = EDGES;
let dcWeights: usize = DC;
let magnitudes: usize = MAGNITUDES;
let pairs: usize = MAGNITUDE_PAIRS;
/** Its quantizers, i16[64], at most 16383. */
let quantizers: usize = 0;

/** Takes the weights. @returns 0, or a negative fault when sums could leave 32 bits */
export function takeWeights(): i32 {
  for (let i: usize = 0; i < 2 * 64; i++) {
    if (!isBounded(INTERIOR + 2 * INTERIOR_LANES * i, INTERIOR_LANES)) return -FAULT_CALL;
  }
  for (let i: usize = 0; i < 2 * 2 * 8; i++) {
    if (!isBounded(EDGES + 2 * EDGE_LANES * i, EDGE_LANES)) return -FAULT_CALL;
  }
  for (let i: usize = 0; i < 2; i++) {
    if (!isBounded(DC + 2 * DC_LANES * i, DC_LANES)) return -FAULT_CALL;
  }
  for (let i: usize = 0; i < 3 * 64; i++) {
    if (!isBounded(MAGNITUDES + 2 * MAGNITUDE_LANES * i, MAGNITUDE_LANES)) return -FAULT_CALL;
  }
  for (let colour: usize = 0; colour < 3; colour++) makePairs(colour);
  return 0;
}

function isBounded(weights: usize, lanes: usize): bool {
  let sum: i64 = 0;
  for (let lane: usize = 0; lane < lanes; lane++) {
    const isCross = lanes == MAGNITUDE_LANES && (lane == 6 || lane == 7);
    const limit = isCross ? CROSS_LIMIT : INPUT_LIMIT;
    sum += limit * <i64>abs<i32>(<i32>load<i16>(weights + 2 * lane));
  }
  return sum <= 0x7fffffff;
}

/** Lays the neighbours' weights out as `estimateRow` multiplies them: two inputs beside each other. */
function makePairs(colour: usize): void {
  for (let v: usize = 0; v < 8; v++) {
    for (let pair: usize = 0; pair < PAIRS; pair++) {
      for (let lane: usize = 0; lane < 16; lane++) {
        const raster = 8 * v + (lane >> 1);
        const input = 2 * pair + (lane & 1);
        const from = MAGNITUDES + 2 * ((64 * colour + raster) * MAGNITUDE_LANES + input);
        const weight = input < 11 ? load<i16>(from) : 0;
        const to = MAGNITUDE_PAIRS + PAIRS_OF_CLASS * colour + PAIRS_OF_ROW * v;
        store<i16>(to + PAIR_BYTES * pair + 2 * lane, weight);
      }
    }
  }
}

/** Selects the weights of component `c`, whose quantizers (i16[64], raster) lie at `table`. */
export function selectWeights(c: i32, table: usize): void {
  const colour: usize = c == 1 || c == 2 ? 1 : 0;
  interior = INTERIOR + colour * 2 * 64 * INTERIOR_LANES;
  edges = EDGES + colour * 2 * 2 * 8 * EDGE_LANES;
  dcWeights = DC + colour * 2 * DC_LANES;
  const third: usize = colour == 0 ? 0 : <usize>c;
  magnitudes = MAGNITUDES + third * 2 * 64 * MAGNITUDE_LANES;
  pairs = MAGNITUDE_PAIRS + third * PAIRS_OF_CLASS;
  quantizers = table;
}

// @ts-ignore: decorator
@inline
function product(record: usize, raster: usize): i32 {
  return <i32>load<i16>(record + 2 * raster, R_ROWS);
}

// @ts-ignore: decorator
@inline
function weight(weights: usize, lane: usize): i32 {
  return <i32>load<i16>(weights + 2 * lane);
}

/** Sum of the products of eight lanes. */
// @ts-ignore: decorator
@inline
function dotScalars(line: usize, weights: usize): i32 {
  let sum: i32 = 0;
  for (let j: usize = 0; j < 8; j++) {
    sum += <i32>load<i16>(line + 2 * j) * <i32>load<i16>(weights + 2 * j);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function dotVectors(line: usize, weights: usize): v128 {
  return i32x4.dot_i16x8_s(v128.load(line), v128.load(weights));
}

// @ts-ignore: decorator
@inline
function total(lanes: v128): i32 {
  const halves = i32x4.add(lanes, i32x4.shuffle(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
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

/** What the interior coefficient at (u, v) times its quantizer probably is, in 1/4096. */
// @ts-ignore: decorator
@inline
export function predictInterior(u: usize, v: usize): i32 {
  const raster = 8 * v + u;
  const weights = interior + 2 * INTERIOR_LANES * raster;
  const sum = fourLines(
    above + R_COLUMNS + 16 * u,
    left + R_ROWS + 16 * v,
    here + R_COLUMNS + 16 * u,
    here + R_ROWS + 16 * v,
    weights,
  );
  const corners =
    product(aboveLeft, raster) * weight(weights, 32) +
    product(aboveRight, raster) * weight(weights, 33);
  const others =
    product(first, raster) * weight(weights, 34) + product(second, raster) * weight(weights, 35);
  return sum + corners + others;
}

/** The same of the i-th coefficient of the row's edge or the column's. */
// @ts-ignore: decorator
@inline
export function predictEdge(isRow: bool, i: usize): i32 {
  const step: usize = isRow ? 1 : 8;
  const across: usize = isRow ? 8 : 1;
  const raster = step * i;
  const weights = edges + 2 * EDGE_LANES * ((isRow ? 0 : 8) + i);
  const beyond = isRow ? above + R_COLUMNS + 16 * i : left + R_ROWS + 16 * i;
  const own = here + 16 * i + (isRow ? R_COLUMNS : R_ROWS);
  // The place of the coefficient itself, which is still zero in its line, is another input's.
  const sum = twoLines(beyond, own, weights);
  const side = isRow ? left : above;
  let rest = product(second, raster) * weight(weights, 8);
  rest += product(side, raster) * weight(weights, 16);
  rest += product(side, raster + across) * weight(weights, 17);
  rest += product(aboveLeft, raster) * weight(weights, 18);
  rest += product(aboveRight, raster) * weight(weights, 19);
  rest += product(aboveLeft, raster + across) * weight(weights, 20);
  if (i > 1) rest += product(here, raster - step) * weight(weights, 21);
  if (i > 2) rest += product(here, raster - 2 * step) * weight(weights, 22);
  return sum + rest + product(first, raster) * weight(weights, 23);
}

/** The same of the DC, given those of the neighbours, which say nothing where they are missing. */
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
  for (let j: usize = 1; j < 8; j++) {
    sum += product(above, 8 * j) * weight(weights, j);
    sum += product(left, j) * weight(weights, 8 + j);
    sum += product(here, 8 * j) * weight(weights, 16 + j);
    sum += product(here, j) * weight(weights, 24 + j);
  }
  sum += product(aboveLeft, 1) * weight(weights, 33) + product(aboveLeft, 8) * weight(weights, 34);
  sum +=
    product(aboveRight, 1) * weight(weights, 35) + product(aboveRight, 8) * weight(weights, 36);
  return sum;
}

// @ts-ignore: decorator
@inline
function clamped(n: i32): i32 {
  return max<i32>(min<i32>(n, 16383), -16384);
}

/** Weight `lane` of the magnitude at `raster`. */
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

/** Rows whose estimates are made for this block: bit v. */
let rowsMade: u32 = 0;

/** Forgets the estimates of the last block. */
// @ts-ignore: decorator
@inline
export function beginEstimates(): void {
  rowsMade = 0;
}

/** The neighbours' part of the estimate of a magnitude, in 1/4096. */
// @ts-ignore: decorator
@inline
export function neighboursEstimate(raster: usize): i32 {
  const v = raster >> 3;
  if (((rowsMade >> <u32>v) & 1) == 0) estimateRow(v);
  return load<i32>(ESTIMATES + 4 * raster);
}

/** Makes the estimates of row `v`. */
function estimateRow(v: usize): void {
  rowsMade |= 1 << (<u32>v);
  if (ASC_FEATURE_SIMD) {
    estimateVectors(v);
    return;
  }
  for (let u: usize = 0; u < 8; u++) {
    const raster = 8 * v + u;
    const weights = magnitudeWeights(raster);
    let sum = magnitude(above, raster) * weight(weights, 0);
    sum += magnitude(left, raster) * weight(weights, 1);
    sum += magnitude(aboveLeft, raster) * weight(weights, 2);
    sum += magnitude(aboveRight, raster) * weight(weights, 3);
    sum += magnitude(secondAbove, raster) * weight(weights, 4);
    sum += magnitude(secondLeft, raster) * weight(weights, 5);
    sum += <i32>load<i16>(above + 2 * raster, R_CROSSES) * weight(weights, 6);
    sum += <i32>load<i16>(left + 2 * raster, R_CROSSES) * weight(weights, 7);
    sum += magnitude(first, raster) * weight(weights, 8);
    sum += magnitude(second, raster) * weight(weights, 9);
    sum += <i32>load<i16>(quantizers + 2 * raster) * weight(weights, 10);
    store<i32>(ESTIMATES + 4 * raster, sum);
  }
}

// @ts-ignore: decorator
@inline
function magnitude(record: usize, raster: usize): i32 {
  return abs<i32>(product(record, raster));
}

// @ts-ignore: decorator
@inline
function estimateVectors(v: usize): void {
  const at = 16 * v;
  const weights = pairs + PAIRS_OF_ROW * v;
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  let a = i16x8.abs(v128.load(above + at, R_ROWS));
  let b = i16x8.abs(v128.load(left + at, R_ROWS));
  low = i32x4.add(low, lowPairs(a, b, weights));
  high = i32x4.add(high, highPairs(a, b, weights));
  a = i16x8.abs(v128.load(aboveLeft + at, R_ROWS));
  b = i16x8.abs(v128.load(aboveRight + at, R_ROWS));
  low = i32x4.add(low, lowPairs(a, b, weights + PAIR_BYTES));
  high = i32x4.add(high, highPairs(a, b, weights + PAIR_BYTES));
  a = i16x8.abs(v128.load(secondAbove + at, R_ROWS));
  b = i16x8.abs(v128.load(secondLeft + at, R_ROWS));
  low = i32x4.add(low, lowPairs(a, b, weights + 2 * PAIR_BYTES));
  high = i32x4.add(high, highPairs(a, b, weights + 2 * PAIR_BYTES));
  a = v128.load(above + at, R_CROSSES);
  b = v128.load(left + at, R_CROSSES);
  low = i32x4.add(low, lowPairs(a, b, weights + 3 * PAIR_BYTES));
  high = i32x4.add(high, highPairs(a, b, weights + 3 * PAIR_BYTES));
  a = i16x8.abs(v128.load(first + at, R_ROWS));
  b = i16x8.abs(v128.load(second + at, R_ROWS));
  low = i32x4.add(low, lowPairs(a, b, weights + 4 * PAIR_BYTES));
  high = i32x4.add(high, highPairs(a, b, weights + 4 * PAIR_BYTES));
  a = v128.load(quantizers + at);
  b = i16x8.splat(0);
  low = i32x4.add(low, lowPairs(a, b, weights + 5 * PAIR_BYTES));
  high = i32x4.add(high, highPairs(a, b, weights + 5 * PAIR_BYTES));
  v128.store(ESTIMATES + 32 * v, low);
  v128.store(ESTIMATES + 32 * v, high, 16);
}

/** Products of the first four of two inputs with the weights that lie in turn, added up. */
// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128, weights: usize): v128 {
  const inputs = i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  return i32x4.dot_i16x8_s(inputs, v128.load(weights));
}

/** Of the last four. */
// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128, weights: usize): v128 {
  const inputs = i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  return i32x4.dot_i16x8_s(inputs, v128.load(weights, 16));
}
