/**
 * Predict: what a block's coefficients probably are, from the blocks around it.
 *
 *   interior   a weighted mean of the neighbours' magnitudes at the same place
 *   edges      the value with which the pixels would go on smoothly over the border: for the first
 *              row from the block above, for the first column from the block to the left
 *
 * The DC is predicted from pixels (transform.ts, borders.ts). All arithmetic is on 32-bit integers that wrap.
 * Tables depend on the component's quantization table and are made once a job (`makePredictions`).
 */
import { FAULT_ZERO_QUANTIZER } from "../fault.ts";
import { BLOCK_SCRATCH, PREDICTION_BYTES, PREDICTIONS, QUANTIZERS } from "../memory.ts";

/** Quantizers, raster order. i32[64]. */
const P_QUANTIZERS: usize = 0;
/** Weight of coefficient (v, u) in the sum of the first row's edge u, and of the first column's
 * edge v. i32[8][8] twice. */
const P_ROW_WEIGHTS: usize = 256;
const P_COLUMN_WEIGHTS: usize = 512;
/** 2^36 over each quantizer, rounded up: exact for dividends to 2^18. u64[64]. */
const P_RECIPROCALS: usize = 768;
/** How many low bits of an edge are coded without looking at the prediction. u8[64]. */
const P_THRESHOLDS: usize = 1280;
/** Quantizers of the transposed block. i32[64]. */
const P_TRANSPOSED: usize = 1344;

const RECIPROCAL_BITS: u64 = 36;

/** The prior of each coefficient, raster order. u16[64]. */
const PRIORS: usize = BLOCK_SCRATCH;
/** Edge sums of the first row by u, of the first column by v. i32[8] twice. */
const ROW_SUMS: usize = PRIORS + 128;
const COLUMN_SUMS: usize = ROW_SUMS + 32;
/** For transform.ts and borders.ts. */
export const PIXEL_SCRATCH: usize = COLUMN_SUMS + 32;

/** The tables of the component that is being coded. */
let tables: usize = PREDICTIONS;

/** cos(i * pi / 16) scaled to 8192 at i = 0 and by the square root of two elsewhere. */
// @ts-ignore: decorator
@inline
function edgeCosine(i: i32): i32 {
  if (i == 0 || i == 4) return 8192;
  if (i == 1) return 11363;
  if (i == 2) return 10703;
  if (i == 3) return 9633;
  if (i == 5) return 6436;
  return i == 6 ? 4433 : 2260;
}

/** Largest magnitude that an edge of raster index `r` can have, times its quantizer. */
function edgeMaximum(r: i32): i32 {
  if (r == 1) return 931;
  if (r == 8) return 932;
  if (r == 2 || r == 16) return 985;
  if (r == 3) return 968;
  if (r == 24) return 967;
  if (r == 5) return 968;
  if (r == 40) return 969;
  return 1020;
}

/** Makes the tables of component `c` from its quantizers.
 * @returns 0, or FAULT_ZERO_QUANTIZER, negative, when one is zero and `strict` says so */
export function makePredictions(c: i32, strict: bool): i32 {
  const at = PREDICTIONS + <usize>c * PREDICTION_BYTES;
  let zeros: bool = false;
  for (let r: i32 = 0; r < 64; r++) {
    const q = <i32>load<u16>(QUANTIZERS + 128 * <usize>c + 2 * <usize>r);
    const v = r >> 3;
    const u = r & 7;
    const place: usize = 4 * <usize>r;
    zeros = zeros || q == 0;
    store<i32>(at + P_QUANTIZERS + place, q);
    store<i32>(at + P_TRANSPOSED + 4 * <usize>(8 * u + v), q);
    store<i32>(at + P_ROW_WEIGHTS + place, edgeCosine(v) * q);
    store<i32>(at + P_COLUMN_WEIGHTS + place, edgeCosine(u) * q);
    const one = (<u64>1) << RECIPROCAL_BITS;
    store<u64>(at + P_RECIPROCALS + 2 * place, q == 0 ? 0 : (one + <u64>(q - 1)) / <u64>q);
    const most = edgeMaximum(r);
    const steps: u32 = q == 0 ? most - 1 : <u16>((most + q - 1) / q);
    store<u8>(at + P_THRESHOLDS + <usize>r, <u8>max(0, 32 - <i32>clz<u32>(steps) - 7));
  }
  return zeros && strict ? -FAULT_ZERO_QUANTIZER : 0;
}

/** Selects the tables of a component. */
export function selectPredictions(c: i32): void {
  tables = PREDICTIONS + <usize>c * PREDICTION_BYTES;
}

// @ts-ignore: decorator
@inline
export function quantizer(r: usize): i32 {
  return load<i32>(tables + P_QUANTIZERS + 4 * r);
}

/** Address of i32[64], the quantizers in raster order. */
// @ts-ignore: decorator
@inline
export function quantizersInUse(): usize {
  return tables + P_QUANTIZERS;
}

/** The same for the transposed block. */
// @ts-ignore: decorator
@inline
export function transposedQuantizersInUse(): usize {
  return tables + P_TRANSPOSED;
}

// @ts-ignore: decorator
@inline
export function edgeThreshold(r: usize): i32 {
  return load<u8>(tables + P_THRESHOLDS + r);
}

/** The prior of the coefficient at raster index `r`. */
// @ts-ignore: decorator
@inline
export function priorOf(r: usize): u32 {
  return load<u16>(PRIORS + 2 * r);
}

/** Works out the priors of all interior coefficients. A neighbour that is missing is 0. */
export function predictInterior(left: usize, above: usize, aboveLeft: usize): void {
  if (left != 0 && above != 0) {
    predictFromThree(left, above, aboveLeft);
  } else if (left != 0 || above != 0) {
    predictFromOne(left + above);
  } else {
    memory.fill(PRIORS, 0, 128);
  }
}

/** (13 * (left + above) + 6 * aboveLeft) >> 5, magnitudes to 2047: no sum passes 16 bits. */
// @ts-ignore: decorator
@inline
function predictFromThree(left: usize, above: usize, aboveLeft: usize): void {
  if (ASC_FEATURE_SIMD) {
    const thirteen = i16x8.splat(13);
    const six = i16x8.splat(6);
    for (let place: usize = 16; place < 128; place += 16) {
      const sum = i16x8.add(
        i16x8.abs(v128.load(left + place)),
        i16x8.abs(v128.load(above + place)),
      );
      const corner = i16x8.mul(i16x8.abs(v128.load(aboveLeft + place)), six);
      v128.store(PRIORS + place, i16x8.shr_u(i16x8.add(i16x8.mul(sum, thirteen), corner), 5));
    }
  } else {
    for (let place: usize = 16; place < 128; place += 2) {
      const sum = magnitudeAt(left + place) + magnitudeAt(above + place);
      const prior = (13 * sum + 6 * magnitudeAt(aboveLeft + place)) >> 5;
      store<u16>(PRIORS + place, <u16>prior);
    }
  }
}

// @ts-ignore: decorator
@inline
function predictFromOne(neighbour: usize): void {
  if (ASC_FEATURE_SIMD) {
    for (let place: usize = 16; place < 128; place += 16) {
      v128.store(PRIORS + place, i16x8.abs(v128.load(neighbour + place)));
    }
  } else {
    for (let place: usize = 16; place < 128; place += 2) {
      store<u16>(PRIORS + place, <u16>magnitudeAt(neighbour + place));
    }
  }
}

// @ts-ignore: decorator
@inline
function magnitudeAt(address: usize): i32 {
  const value = <i32>load<i16>(address);
  return value < 0 ? -value : value;
}

/** Prediction of the edge at raster index `r`, from its sum: the sum over 8192 * quantizer, rounded
 * towards zero. A quantizer of zero predicts zero. */
// @ts-ignore: decorator
@inline
function fromSum(sum: i32, r: usize): i32 {
  const magnitude = <u64>(<u32>(sum < 0 ? -sum : sum) >> 13);
  const quotient = (magnitude * load<u64>(tables + P_RECIPROCALS + 8 * r)) >> RECIPROCAL_BITS;
  return sum < 0 ? -(<i32>quotient) : <i32>quotient;
}

/** Prediction of edge `u` of the first row, after `predictRow`. */
// @ts-ignore: decorator
@inline
export function rowPrediction(u: usize): i32 {
  return fromSum(load<i32>(ROW_SUMS + 4 * u), u);
}

/** Prediction of edge `v` of the first column, after `predictColumn`. */
// @ts-ignore: decorator
@inline
export function columnPrediction(v: usize): i32 {
  return fromSum(load<i32>(COLUMN_SUMS + 4 * v), 8 * v);
}

/** Works out the sums of the first row's edges. `above` is 0 where there is no block. */
export function predictRow(block: usize, above: usize): void {
  if (above == 0) {
    memory.fill(ROW_SUMS, 0, 32);
    return;
  }
  if (ASC_FEATURE_SIMD) {
    const weights = tables + P_ROW_WEIGHTS;
    const first = v128.load(above);
    let low = i32x4.mul(i32x4.extend_low_i16x8_s(first), v128.load(weights));
    let high = i32x4.mul(i32x4.extend_high_i16x8_s(first), v128.load(weights, 16));
    for (let v: usize = 1; v < 8; v++) {
      const there = v128.load(above + 16 * v);
      const here = v128.load(block + 16 * v);
      const signed = v & 1 ? i16x8.neg(i16x8.add(there, here)) : i16x8.sub(there, here);
      const at = weights + 32 * v;
      low = i32x4.add(low, i32x4.mul(i32x4.extend_low_i16x8_s(signed), v128.load(at)));
      high = i32x4.add(high, i32x4.mul(i32x4.extend_high_i16x8_s(signed), v128.load(at, 16)));
    }
    v128.store(ROW_SUMS, low);
    v128.store(ROW_SUMS + 16, high);
  } else {
    for (let u: usize = 1; u < 8; u++) {
      store<i32>(ROW_SUMS + 4 * u, edgeSum(block, above, P_ROW_WEIGHTS, u, 8));
    }
  }
}

/** Works out the sums of the first column's edges. `left` is 0 where there is no block. */
export function predictColumn(block: usize, left: usize): void {
  if (left == 0) {
    memory.fill(COLUMN_SUMS, 0, 32);
    return;
  }
  if (ASC_FEATURE_SIMD) {
    const a = columnParts(block, left, 16);
    const b = columnParts(block, left, 32);
    const c = columnParts(block, left, 48);
    v128.store(COLUMN_SUMS, sumsOfFour(a, a, b, c));
    const d = columnParts(block, left, 64);
    const e = columnParts(block, left, 80);
    const f = columnParts(block, left, 96);
    const g = columnParts(block, left, 112);
    v128.store(COLUMN_SUMS + 16, sumsOfFour(d, e, f, g));
  } else {
    for (let v: usize = 1; v < 8; v++) {
      store<i32>(COLUMN_SUMS + 4 * v, edgeSum(block, left, P_COLUMN_WEIGHTS, 8 * v, 1));
    }
  }
}

/** Four numbers whose sum is the column sum of the row at byte `place` of the block. */
// @ts-ignore: decorator
@inline
function columnParts(block: usize, left: usize, place: usize): v128 {
  // Odd lanes of the neighbour count negatively; lane 0 of this block is not known yet.
  const odd = i16x8(0, -1, 0, -1, 0, -1, 0, -1);
  const known = i16x8(0, -1, -1, -1, -1, -1, -1, -1);
  const there = i16x8.sub(v128.xor(v128.load(left + place), odd), odd);
  const signed = i16x8.sub(there, v128.and(v128.load(block + place), known));
  const at = tables + P_COLUMN_WEIGHTS + 2 * place;
  return i32x4.add(
    i32x4.mul(i32x4.extend_low_i16x8_s(signed), v128.load(at)),
    i32x4.mul(i32x4.extend_high_i16x8_s(signed), v128.load(at, 16)),
  );
}

/** The sums of the lanes of each of four vectors. */
// @ts-ignore: decorator
@inline
function sumsOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 2, 6), i32x4.shuffle(a, b, 1, 5, 3, 7));
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 2, 6), i32x4.shuffle(c, d, 1, 5, 3, 7));
  return i32x4.add(i32x4.shuffle(ab, cd, 0, 1, 4, 5), i32x4.shuffle(ab, cd, 2, 3, 6, 7));
}

/** The sum of one edge at raster index `r`; `step` leads away from the border. */
function edgeSum(block: usize, neighbour: usize, weights: usize, r: usize, step: usize): i32 {
  let sum = <i32>load<i16>(neighbour + 2 * r) * load<i32>(tables + weights + 4 * r);
  for (let i: usize = 1; i < 8; i++) {
    const at = r + i * step;
    const there = <i32>load<i16>(neighbour + 2 * at);
    const here = <i32>load<i16>(block + 2 * at);
    sum += ((i & 1 ? -there : there) - here) * load<i32>(tables + weights + 4 * at);
  }
  return sum;
}
