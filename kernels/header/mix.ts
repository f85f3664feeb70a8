/**
 * Mix: one probability out of eight logits, by weights that learn which of them to trust.
 *
 *   logit = mean of two sums of weight x input        one set of weights by what the matches say,
 *   weight += input x (what came - what it said)      the other by the bits of the byte so far
 *
 * Each set learns by its own error. Bounds: a weight stays within 8 (2^19 in 1/65536), an input within
 * LOGIT_MAXIMUM, so a sum of eight shifted products stays below 2^31.
 */
import { squash } from "./logistic.ts";
import { INPUTS, LANES, LOGIT_MAXIMUM, MATCH_WEIGHTS, NODE_WEIGHTS } from "./regions.ts";

/** A quarter, in 1/65536. */
const FRESH: i32 = 16384;
const WEIGHT_MAXIMUM: i32 = (1 << 19) - 1;
/** Fraction bits that products lose before they are summed, and the rest. */
const PRODUCT_SHIFT: i32 = 3;
const SUM_SHIFT: i32 = 13;
/** How fast weights learn: 5/8 of an error. */
const RATE: i32 = 10;
const RATE_SHIFT: i32 = 4;
const STEP_SHIFT: i32 = 14;
const STEP_HALF: i32 = 1 << 13;

/** The weights that this bit uses, and what each set said alone. */
let first: usize = MATCH_WEIGHTS;
let second: usize = NODE_WEIGHTS;
let firstLogit: i32 = 0;
let secondLogit: i32 = 0;

/** Forgets everything. */
export function clearWeights(): void {
  const end = NODE_WEIGHTS + 4 * 8 * 256;
  for (let at = MATCH_WEIGHTS; at < end; at += 4) store<i32>(at, FRESH);
}

// @ts-ignore: decorator
@inline
function clamped(logit: i32): i32 {
  return min<i32>(max<i32>(logit, -LOGIT_MAXIMUM), LOGIT_MAXIMUM);
}

// @ts-ignore: decorator
@inline
function sumOf(weights: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    const inputs = v128.load(INPUTS);
    const low = i32x4.mul(
      i32x4.extend_low_i16x8_s(inputs),
      i32x4.shr_s(v128.load(weights), PRODUCT_SHIFT),
    );
    const high = i32x4.mul(
      i32x4.extend_high_i16x8_s(inputs),
      i32x4.shr_s(v128.load(weights, 16), PRODUCT_SHIFT),
    );
    const four = i32x4.add(low, high);
    const two = i32x4.add(four, i32x4.shuffle(four, four, 2, 3, 0, 1));
    return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
  }
  let sum: i32 = 0;
  for (let i: usize = 0; i < <usize>LANES; i++) {
    sum += <i32>load<i16>(INPUTS + 2 * i) * (load<i32>(weights + 4 * i) >> PRODUCT_SHIFT);
  }
  return sum;
}

/**
 * Mixes the inputs.
 *
 * @param kind - what the matches say, 0..17
 * @param node - 1 and the bits of the byte so far, 1..255
 * @returns the probability of a one, 1..65535
 */
// @ts-ignore: decorator
@inline
export function mix(kind: u32, node: u32): i32 {
  first = MATCH_WEIGHTS + 32 * <usize>kind;
  second = NODE_WEIGHTS + 32 * <usize>node;
  firstLogit = clamped(sumOf(first) >> SUM_SHIFT);
  secondLogit = clamped(sumOf(second) >> SUM_SHIFT);
  return squash((firstLogit + secondLogit) >> 1);
}

// @ts-ignore: decorator
@inline
function teach(weights: usize, error: i32): void {
  const rate = (error * RATE) >> RATE_SHIFT;
  if (ASC_FEATURE_SIMD) {
    const inputs = v128.load(INPUTS);
    const rates = i32x4.splat(rate);
    const half = i32x4.splat(STEP_HALF);
    const most = i32x4.splat(WEIGHT_MAXIMUM);
    const least = i32x4.splat(-WEIGHT_MAXIMUM);
    let step = i32x4.add(i32x4.mul(i32x4.extend_low_i16x8_s(inputs), rates), half);
    let next = i32x4.add(v128.load(weights), i32x4.shr_s(step, STEP_SHIFT));
    v128.store(weights, i32x4.max_s(i32x4.min_s(next, most), least));
    step = i32x4.add(i32x4.mul(i32x4.extend_high_i16x8_s(inputs), rates), half);
    next = i32x4.add(v128.load(weights, 16), i32x4.shr_s(step, STEP_SHIFT));
    v128.store(weights, i32x4.max_s(i32x4.min_s(next, most), least), 16);
    return;
  }
  for (let i: usize = 0; i < <usize>LANES; i++) {
    const step = (<i32>load<i16>(INPUTS + 2 * i) * rate + STEP_HALF) >> STEP_SHIFT;
    const next = load<i32>(weights + 4 * i) + step;
    store<i32>(weights + 4 * i, max<i32>(min<i32>(next, WEIGHT_MAXIMUM), -WEIGHT_MAXIMUM));
  }
}

/** Teaches both sets what came. */
// @ts-ignore: decorator
@inline
export function teachWeights(bit: u32): void {
  const target = (<i32>bit) << 16;
  teach(first, target - squash(firstLogit));
  teach(second, target - squash(secondLogit));
}
