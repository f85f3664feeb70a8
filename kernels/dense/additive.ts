/**
 * Additive: the arithmetic of the model. The logit of a decision is the sum of a parameter from each of its
 * contexts; what was wrong about it afterwards moves all of these, each at a rate of its own,
 * which falls with every use. This is logistic regression on one-hot features.
 *
 *   logit   sum of theta               P = squash(logit)       (levels.ts)
 *   theta   += error * eta             error = bit - P, in 1/2048; saturating at 16 bits
 *   eta     -= eta * eta * 5 / 16      down to a floor: eta = 0.4 * 8 / (8 + uses)
 *
 * Contexts are named by addresses in the variables below before a decision is coded. An exponent
 * is decided for all its steps at once: rows of eight in one vector. Source: docs/formats/jpeg-dense.md.
 */

import { reads } from "../jpeg/direction.ts";
import { VISITED } from "../memory.ts";
import { decodeBit } from "../range/decode.ts";
import { encodeBit } from "../range/encode.ts";
import { squash } from "./levels.ts";
import { LENGTH_LIMIT, PAIR_BYTES, ROW_STEPS } from "./tables.ts";

/** Addresses of the contexts of the next decision: rows, or pairs. */
let c0: usize = 0;
let c1: usize = 0;
let c2: usize = 0;
let c3: usize = 0;
let c4: usize = 0;
let c5: usize = 0;
let c6: usize = 0;
/** Of one more context, where other components have something to say. */
let otherContext: usize = 0;

/** What a rate loses by a use, of 32768ths of its square. */
const RATE_LOSS: i32 = 10240;
/** Rates do not fall below it: 0.03 over five contexts. Training goes on lower. */
const RATE_FLOOR: i32 = 197;
let floor: i32 = RATE_FLOOR;

/** Sets the lowest rate; for training alone. */
export function setRateFloor(rate: i32): void {
  floor = rate;
}

// @ts-ignore: decorator
@inline
export function use2(a: usize, b: usize): void {
  c0 = a;
  c1 = b;
}
// @ts-ignore: decorator
@inline
export function use3(a: usize, b: usize, c: usize): void {
  use2(a, b);
  c2 = c;
}
// @ts-ignore: decorator
@inline
export function use4(a: usize, b: usize, c: usize, d: usize): void {
  use3(a, b, c);
  c3 = d;
}
// @ts-ignore: decorator
@inline
export function use5(a: usize, b: usize, c: usize, d: usize, e: usize): void {
  use4(a, b, c, d);
  c4 = e;
}
// @ts-ignore: decorator
@inline
export function use6(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize): void {
  use5(a, b, c, d, e);
  c5 = f;
}
// @ts-ignore: decorator
@inline
export function use7(a: usize, b: usize, c: usize, d: usize, e: usize, f: usize, g: usize): void {
  use6(a, b, c, d, e, f);
  c6 = g;
}

/** Names the context that decisions have in addition when told so. */
// @ts-ignore: decorator
@inline
export function useOther(context: usize): void {
  otherContext = context;
}

/** Codes a decision with the first `count` contexts, which are pairs, and the other one when `hasOther`.
 * Returns the decision. */
// @ts-ignore: decorator
@inline
export function decide<D>(count: i32, hasOther: bool, given: u32): u32 {
  return decideAt<D>(count, hasOther, 0, given);
}

/** A number of `bits` bits, first bit first, with a pair for each node of the contexts' trees. */
// @ts-ignore: decorator
@inline
export function decideTree<D>(count: i32, bits: u32, given: u32): u32 {
  let node: u32 = 1;
  for (let i = bits; i > 0; i--) {
    const at = PAIR_BYTES * <usize>node;
    node = (node << 1) | decideAt<D>(count, false, at, (given >> (i - 1)) & 1);
  }
  return node - (1 << bits);
}

/** Codes a decision with the pairs `at` bytes behind the contexts. */
// @ts-ignore: decorator
@inline
function decideAt<D>(count: i32, hasOther: bool, at: usize, given: u32): u32 {
  return ASC_FEATURE_SIMD
    ? pairVectors<D>(count, hasOther, at, given)
    : pairScalars<D>(count, hasOther, at, given);
}

/** Four pairs in a vector, four in another: the first contexts, the last ones and the other. */
// @ts-ignore: decorator
@inline
function pairVectors<D>(count: i32, hasOther: bool, at: usize, given: u32): u32 {
  let low = v128.load32_zero(c0 + at);
  let high = i64x2.splat(0);
  if (count > 1) low = v128.load_lane<u32>(c1 + at, low, 1);
  if (count > 2) low = v128.load_lane<u32>(c2 + at, low, 2);
  if (count > 3) low = v128.load_lane<u32>(c3 + at, low, 3);
  if (count > 4) high = v128.load32_zero(c4 + at);
  if (count > 5) high = v128.load_lane<u32>(c5 + at, high, 1);
  if (count > 6) high = v128.load_lane<u32>(c6 + at, high, 2);
  if (hasOther) high = v128.load_lane<u32>(otherContext + at, high, 3);
  const isLong = count > 4 || hasOther;
  const logits = i32x4.splat(1);
  let sums = i32x4.dot_i16x8_s(low, logits);
  if (isLong) sums = i32x4.add(sums, i32x4.dot_i16x8_s(high, logits));
  sums = i32x4.add(sums, i32x4.shuffle(sums, sums, 2, 3, 0, 1));
  const sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  const probability = squash(sum);
  const bit = code<D>(probability, given);
  const errors = i16x8.splat(<i16>errorOf(bit, probability));
  low = learnedPairs(low, errors);
  v128.store_lane<u32>(c0 + at, low, 0);
  if (count > 1) v128.store_lane<u32>(c1 + at, low, 1);
  if (count > 2) v128.store_lane<u32>(c2 + at, low, 2);
  if (count > 3) v128.store_lane<u32>(c3 + at, low, 3);
  if (isLong) high = learnedPairs(high, errors);
  if (count > 4) v128.store_lane<u32>(c4 + at, high, 0);
  if (count > 5) v128.store_lane<u32>(c5 + at, high, 1);
  if (count > 6) v128.store_lane<u32>(c6 + at, high, 2);
  if (hasOther) v128.store_lane<u32>(otherContext + at, high, 3);
  return bit;
}

/** Four pairs after a decision: logits in even lanes, rates in odd ones. */
// @ts-ignore: decorator
@inline
function learnedPairs(pairs: v128, errors: v128): v128 {
  const steps = i16x8.q15mulr_sat_s(errors, i32x4.shr_u(pairs, 16));
  const squares = i16x8.q15mulr_sat_s(pairs, pairs);
  const loss = i16x8.q15mulr_sat_s(squares, i32x4.splat(RATE_LOSS << 16));
  const moved = i16x8.sub(i16x8.add_sat_s(pairs, steps), loss);
  return i16x8.max_s(moved, i32x4.splat((floor << 16) | 0x8000));
}

// @ts-ignore: decorator
@inline
function pairScalars<D>(count: i32, hasOther: bool, at: usize, given: u32): u32 {
  let sum = theta(c0 + at);
  if (count > 1) sum += theta(c1 + at);
  if (count > 2) sum += theta(c2 + at);
  if (count > 3) sum += theta(c3 + at);
  if (count > 4) sum += theta(c4 + at);
  if (count > 5) sum += theta(c5 + at);
  if (count > 6) sum += theta(c6 + at);
  if (hasOther) sum += theta(otherContext + at);
  const probability = squash(sum);
  const bit = code<D>(probability, given);
  const error = errorOf(bit, probability);
  learn(c0 + at, error);
  if (count > 1) learn(c1 + at, error);
  if (count > 2) learn(c2 + at, error);
  if (count > 3) learn(c3 + at, error);
  if (count > 4) learn(c4 + at, error);
  if (count > 5) learn(c5 + at, error);
  if (count > 6) learn(c6 + at, error);
  if (hasOther) learn(otherContext + at, error);
  return bit;
}

/**
 * Codes an exponent with the first `count` contexts, which are rows, and the other one when `hasOther`: a one
 * for each step, a zero at its end. Beyond the rows' eight steps pairs at `longer` go on.
 */
// @ts-ignore: decorator
@inline
export function decideLength<D>(count: i32, hasOther: bool, longer: usize, given: i32): i32 {
  const length = ASC_FEATURE_SIMD
    ? rowVectors<D>(count, hasOther, given)
    : rowScalars<D>(count, hasOther, given);
  return length < ROW_STEPS ? length : goFurther<D>(longer, given);
}

function goFurther<D>(longer: usize, given: i32): i32 {
  let length = ROW_STEPS;
  for (; length < LENGTH_LIMIT; length++) {
    c0 = longer + PAIR_BYTES * <usize>(length - ROW_STEPS);
    if (decide<D>(1, false, u32(given > length)) == 0) break;
  }
  return length;
}

// @ts-ignore: decorator
@inline
function rowVectors<D>(count: i32, hasOther: bool, given: i32): i32 {
  let sums = v128.load(c0);
  if (count > 1) sums = i16x8.add_sat_s(sums, v128.load(c1));
  if (count > 2) sums = i16x8.add_sat_s(sums, v128.load(c2));
  if (count > 3) sums = i16x8.add_sat_s(sums, v128.load(c3));
  if (count > 4) sums = i16x8.add_sat_s(sums, v128.load(c4));
  if (count > 5) sums = i16x8.add_sat_s(sums, v128.load(c5));
  if (hasOther) sums = i16x8.add_sat_s(sums, v128.load(otherContext));
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
        if (bit) {
          visited = 5;
          length = 4;
          probability = squash(i16x8.extract_lane_s(sums, 4));
          bit = code<D>(probability, u32(given > 4));
          errors = i16x8.replace_lane(errors, 4, <i16>errorOf(bit, probability));
          if (bit) {
            visited = 6;
            length = 5;
            probability = squash(i16x8.extract_lane_s(sums, 5));
            bit = code<D>(probability, u32(given > 5));
            errors = i16x8.replace_lane(errors, 5, <i16>errorOf(bit, probability));
            if (bit) {
              visited = 7;
              length = 6;
              probability = squash(i16x8.extract_lane_s(sums, 6));
              bit = code<D>(probability, u32(given > 6));
              errors = i16x8.replace_lane(errors, 6, <i16>errorOf(bit, probability));
              if (bit) {
                visited = 8;
                length = 7;
                probability = squash(i16x8.extract_lane_s(sums, 7));
                bit = code<D>(probability, u32(given > 7));
                errors = i16x8.replace_lane(errors, 7, <i16>errorOf(bit, probability));
                if (bit) length = 8;
              }
            }
          }
        }
      }
    }
  }
  learnRows(count, hasOther, errors, visited);
  return length;
}

// @ts-ignore: decorator
@inline
function learnRows(count: i32, hasOther: bool, errors: v128, visited: usize): void {
  const mask = v128.load(VISITED + 16 * visited);
  learnRow(c0, errors, mask);
  if (count > 1) learnRow(c1, errors, mask);
  if (count > 2) learnRow(c2, errors, mask);
  if (count > 3) learnRow(c3, errors, mask);
  if (count > 4) learnRow(c4, errors, mask);
  if (count > 5) learnRow(c5, errors, mask);
  if (hasOther) learnRow(otherContext, errors, mask);
}

// @ts-ignore: decorator
@inline
function learnRow(row: usize, errors: v128, mask: v128): void {
  const rates = v128.load(row, 16);
  v128.store(row, i16x8.add_sat_s(v128.load(row), i16x8.q15mulr_sat_s(errors, rates)));
  const squares = i16x8.q15mulr_sat_s(rates, rates);
  const loss = i16x8.q15mulr_sat_s(squares, i16x8.splat(<i16>RATE_LOSS));
  const less = i16x8.sub(rates, v128.and(loss, mask));
  v128.store(row, i16x8.max_s(less, i16x8.splat(<i16>floor)), 16);
}

/** The same, lane by lane. */
// @ts-ignore: decorator
@inline
function rowScalars<D>(count: i32, hasOther: bool, given: i32): i32 {
  let length: i32 = 0;
  for (; length < ROW_STEPS; length++) {
    const lane = 2 * <usize>length;
    let sum = <i32>load<i16>(c0 + lane);
    if (count > 1) sum = saturated(sum + <i32>load<i16>(c1 + lane));
    if (count > 2) sum = saturated(sum + <i32>load<i16>(c2 + lane));
    if (count > 3) sum = saturated(sum + <i32>load<i16>(c3 + lane));
    if (count > 4) sum = saturated(sum + <i32>load<i16>(c4 + lane));
    if (count > 5) sum = saturated(sum + <i32>load<i16>(c5 + lane));
    if (hasOther) sum = saturated(sum + <i32>load<i16>(otherContext + lane));
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
  const rate = <i32>load<i16>(at, 16);
  store<i16>(at, <i16>saturated(<i32>load<i16>(at) + scaled(error, rate)));
  store<i16>(at, <i16>slower(rate), 16);
}

/** What the pair at `at` adds to a logit. */
// @ts-ignore: decorator
@inline
function theta(at: usize): i32 {
  return <i32>load<i16>(at);
}

// @ts-ignore: decorator
@inline
function learn(at: usize, error: i32): void {
  const pair = load<u32>(at);
  const rate = <i32>(pair >> 16);
  const logit = saturated(<i32>(<i16>pair) + scaled(error, rate));
  store<u32>(at, (<u32>logit & 0xffff) | ((<u32>slower(rate)) << 16));
}

// @ts-ignore: decorator
@inline
function slower(rate: i32): i32 {
  return max<i32>(rate - scaled(scaled(rate, rate), RATE_LOSS), floor);
}

/** Product of two fractions of 32768, rounded. */
// @ts-ignore: decorator
@inline
function scaled(a: i32, b: i32): i32 {
  return (a * b + 0x4000) >> 15;
}

// @ts-ignore: decorator
@inline
function saturated(n: i32): i32 {
  return max<i32>(min<i32>(n, 32767), -32768);
}

/** How far the probability of a one was off, in 1/2048. */
// @ts-ignore: decorator
@inline
function errorOf(bit: u32, probability: u32): i32 {
  return (<i32>(bit << 16) - <i32>probability) >> 5;
}

// @ts-ignore: decorator
@inline
function code<D>(probability: u32, given: u32): u32 {
  if (reads<D>()) return decodeBit(probability);
  encodeBit(probability, given);
  return given;
}
