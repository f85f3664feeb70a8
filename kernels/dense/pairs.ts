/**
 * Pairs: decisions of which each context knows one thing: signs, bits of numbers and of magnitudes.
 *
 *   vector   | logit | rate | logit | rate | ...     four contexts, i16 each
 */
import { code, errorOf, floor, RATE_SHIFT, saturated, scaled, slower, theta } from "./additive.ts";
import { c0, c1, c2, c3, c4, c5, c6, otherContext } from "./contexts.ts";
import { squash } from "./levels.ts";
import { PAIR_BYTES } from "./tables.ts";

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
  let sums = i32x4.dot_i16x8_s(i16x8.shr_s(low, 1), logits);
  if (isLong) sums = i32x4.add(sums, i32x4.dot_i16x8_s(i16x8.shr_s(high, 1), logits));
  sums = i32x4.add(sums, i32x4.shuffle(sums, sums, 2, 3, 0, 1));
  const sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  const probability = squash(saturated(sum));
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
  const shares = v128.and(i16x8.shr_s(pairs, RATE_SHIFT), i32x4.splat(0xffff_0000));
  const loss = i16x8.q15mulr_sat_s(pairs, shares);
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
  const probability = squash(saturated(sum));
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

// @ts-ignore: decorator
@inline
function learn(at: usize, error: i32): void {
  const pair = load<u32>(at);
  const rate = <i32>(pair >> 16);
  const logit = saturated(<i32>(<i16>pair) + scaled(error, rate));
  store<u32>(at, (<u32>logit & 0xffff) | ((<u32>slower(rate)) << 16));
}
