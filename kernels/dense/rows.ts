/**
 * Rows: exponents. A row tells of each step whether the exponent is longer; a one for each, a zero at
 * its end. The first four steps of all contexts are loaded, added up and learnt at once; the next four, which few
 * exponents reach, lie in rows of their own, so that caches hold what is used.
 *
 *   row   | logit | logit | logit | logit | rate | rate | rate | rate |     i16 each, 16 bytes
 */

import { LOSING } from "../memory.ts";
import {
  code,
  errorOf,
  RATE_SHIFT,
  rowFloors,
  saturated,
  scaled,
  slower,
  theta,
} from "./additive.ts";
import { c0, c1, c2, c3, c4, c5, goUp, otherContext, use1 } from "./contexts.ts";
import { squash } from "./levels.ts";
import { decide } from "./pairs.ts";
import { LENGTH_LIMIT, PAIR_BYTES, ROW_RATES, ROW_STEPS } from "./tables.ts";

/**
 * Codes an exponent with the first `count` contexts, which are rows, and the other one when `hasOther`. Upper steps
 * lie `upper` bytes behind, the other context's `otherUpper`; beyond these, pairs at `longer` go on.
 */
// @ts-ignore: decorator
@inline
export function decideLength<D>(
  count: i32,
  hasOther: bool,
  upper: usize,
  otherUpper: usize,
  longer: usize,
  given: i32,
): i32 {
  const length = decideSteps<D>(count, hasOther, given);
  if (length < ROW_STEPS) return length;
  goUp(upper, otherUpper);
  return ROW_STEPS + goFurther<D>(count, hasOther, longer, given - ROW_STEPS);
}

function goFurther<D>(count: i32, hasOther: bool, longer: usize, given: i32): i32 {
  let length = decideSteps<D>(count, hasOther, given);
  if (length < ROW_STEPS) return length;
  for (; length < LENGTH_LIMIT - ROW_STEPS; length++) {
    use1(longer + PAIR_BYTES * <usize>(length - ROW_STEPS));
    if (decide<D>(1, false, u32(given > length)) == 0) break;
  }
  return length;
}

/** Four steps: how many of them are ones. */
// @ts-ignore: decorator
@inline
function decideSteps<D>(count: i32, hasOther: bool, given: i32): i32 {
  return ASC_FEATURE_SIMD
    ? stepVectors<D>(count, hasOther, given)
    : stepScalars<D>(count, hasOther, given);
}

// @ts-ignore: decorator
@inline
function stepVectors<D>(count: i32, hasOther: bool, given: i32): i32 {
  let sums = half(c0);
  if (count > 1) sums = i16x8.add_sat_s(sums, half(c1));
  if (count > 2) sums = i16x8.add_sat_s(sums, half(c2));
  if (count > 3) sums = i16x8.add_sat_s(sums, half(c3));
  if (count > 4) sums = i16x8.add_sat_s(sums, half(c4));
  if (count > 5) sums = i16x8.add_sat_s(sums, half(c5));
  if (hasOther) sums = i16x8.add_sat_s(sums, half(otherContext));
  let errors = i16x8.splat(0);
  let length: i32 = 0;
  let visited: usize = 1;
  let probability = squash(i16x8.extract_lane_s(sums, 0));
  let bit = code<D>(probability, u32(given > 0));
  errors = i16x8.replace_lane(errors, 0, <i16>errorOf(bit, probability));
  if (bit) {
    visited = 2;
    length = 1;
    probability = squash(i16x8.extract_lane_s(sums, 1));
    bit = code<D>(probability, u32(given > 1));
    errors = i16x8.replace_lane(errors, 1, <i16>errorOf(bit, probability));
    if (bit) {
      visited = 3;
      length = 2;
      probability = squash(i16x8.extract_lane_s(sums, 2));
      bit = code<D>(probability, u32(given > 2));
      errors = i16x8.replace_lane(errors, 2, <i16>errorOf(bit, probability));
      if (bit) {
        visited = 4;
        length = 3;
        probability = squash(i16x8.extract_lane_s(sums, 3));
        bit = code<D>(probability, u32(given > 3));
        errors = i16x8.replace_lane(errors, 3, <i16>errorOf(bit, probability));
        if (bit) length = 4;
      }
    }
  }
  learnRows(count, hasOther, errors, visited);
  return length;
}

/** What the row at `at` adds to the logits of steps. */
// @ts-ignore: decorator
@inline
function half(at: usize): v128 {
  return i16x8.shr_s(v128.load(at), 1);
}

// @ts-ignore: decorator
@inline
function learnRows(count: i32, hasOther: bool, errors: v128, visited: usize): void {
  const losing = v128.load(LOSING + 16 * visited);
  learnRow(c0, errors, losing);
  if (count > 1) learnRow(c1, errors, losing);
  if (count > 2) learnRow(c2, errors, losing);
  if (count > 3) learnRow(c3, errors, losing);
  if (count > 4) learnRow(c4, errors, losing);
  if (count > 5) learnRow(c5, errors, losing);
  if (hasOther) learnRow(otherContext, errors, losing);
}

/** Errors lie in the lanes of logits, the mask of those that lose in the lanes of rates; zeros in the others. */
// @ts-ignore: decorator
@inline
function learnRow(at: usize, errors: v128, losing: v128): void {
  const row = v128.load(at);
  const rates = i16x8.shuffle(row, i64x2.splat(0), 4, 5, 6, 7, 8, 9, 10, 11);
  const moved = i16x8.add_sat_s(row, i16x8.q15mulr_sat_s(errors, rates));
  const loss = i16x8.q15mulr_sat_s(row, v128.and(i16x8.shr_s(row, RATE_SHIFT), losing));
  const least = i64x2.replace_lane(i64x2.splat(0x8000_8000_8000_8000), 1, rowFloors);
  v128.store(at, i16x8.max_s(i16x8.sub(moved, loss), least));
}

/** The same, lane by lane. */
// @ts-ignore: decorator
@inline
function stepScalars<D>(count: i32, hasOther: bool, given: i32): i32 {
  let length: i32 = 0;
  for (; length < ROW_STEPS; length++) {
    const lane = 2 * <usize>length;
    let sum = theta(c0 + lane);
    if (count > 1) sum = saturated(sum + theta(c1 + lane));
    if (count > 2) sum = saturated(sum + theta(c2 + lane));
    if (count > 3) sum = saturated(sum + theta(c3 + lane));
    if (count > 4) sum = saturated(sum + theta(c4 + lane));
    if (count > 5) sum = saturated(sum + theta(c5 + lane));
    if (hasOther) sum = saturated(sum + theta(otherContext + lane));
    const probability = squash(sum);
    const bit = code<D>(probability, u32(given > length));
    const error = errorOf(bit, probability);
    learnLane(c0 + lane, error);
    if (count > 1) learnLane(c1 + lane, error);
    if (count > 2) learnLane(c2 + lane, error);
    if (count > 3) learnLane(c3 + lane, error);
    if (count > 4) learnLane(c4 + lane, error);
    if (count > 5) learnLane(c5 + lane, error);
    if (hasOther) learnLane(otherContext + lane, error);
    if (bit == 0) break;
  }
  return length;
}

// @ts-ignore: decorator
@inline
function learnLane(at: usize, error: i32): void {
  const rate = <i32>load<i16>(at, ROW_RATES);
  store<i16>(at, <i16>saturated(<i32>load<i16>(at) + scaled(error, rate)));
  store<i16>(at, <i16>slower(rate), ROW_RATES);
}
