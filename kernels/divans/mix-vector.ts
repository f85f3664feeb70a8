/**
 * Mix in vectors: mix.ts with a row in two vectors of eight lanes, all of it held in registers from
 * the mixture to the lesson. Reading rows again for each step took 10 % longer (docs/performance.md).
 */
import { CDF_TARGETS, MIXED, PICKS, RECIPROCALS } from "../memory.ts";
import { SCALE } from "../rans/cdf.ts";
import { slot } from "../rans/coder.ts";
import { reads } from "./direction.ts";
import { passSymbol } from "./symbol.ts";
import {
  EACH_MAXIMUM,
  GAIN_MAXIMUM,
  WEIGHT_LEARNED_MINIMUM,
  WEIGHT_SUM,
  weightsOf,
} from "./weights.ts";

/** `codeMixed` of mix.ts. */
// @ts-ignore: decorator
@inline
export function codeVectors<D>(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  kind: usize,
  rates: usize,
  given: u32,
): u32 {
  const n0: u32 = load<u8>(r0);
  const n1: u32 = load<u8>(r1);
  const n2: u32 = load<u8>(r2);
  const n3: u32 = load<u8>(r3);
  const weights = weightsOf(kind, n0, n1, n2, n3);
  const a0 = v128.load(r0);
  const b0 = v128.load(r0, 16);
  const a1 = v128.load(r1);
  const b1 = v128.load(r1, 16);
  const a2 = v128.load(r2);
  const b2 = v128.load(r2, 16);
  const a3 = v128.load(r3);
  const b3 = v128.load(r3, 16);
  const w0 = v128.load_splat<i16>(weights);
  const w1 = v128.load_splat<i16>(weights, 4);
  const w2 = v128.load_splat<i16>(weights, 8);
  const w3 = v128.load_splat<i16>(weights, 12);
  const lowMean = i16x8.add(mean(a0, w0, a1, w1), mean(a2, w2, a3, w3));
  const low = i16x8.replace_lane(i16x8.add(lowMean, i16x8(0, 1, 2, 3, 4, 5, 6, 7)), 0, 0);
  const highMean = i16x8.add(mean(b0, w0, b1, w1), mean(b2, w2, b3, w3));
  const high = i16x8.add(highMean, i16x8(8, 9, 10, 11, 12, 13, 14, 15));
  v128.store(MIXED, low);
  v128.store(MIXED, high, 16);
  const symbol = reads<D>() ? symbolAt(low, high, slot()) : given;
  const bound = MIXED + (symbol << 1);
  const start: u32 = load<u16>(bound);
  const frequency = <u32>load<u16>(bound, 2) - start;
  passSymbol<D>(start, frequency);

  const reciprocal: i32 = load<i32>(RECIPROCALS + ((frequency >> 5) << 2));
  const last: i32 = symbol == 15 ? <i32>SCALE : 0;
  const pickLow = v128.load(PICKS + (symbol << 5));
  const pickHigh = v128.load(PICKS + (symbol << 5), 16);
  const d0 = i32x4.add(i32x4.dot_i16x8_s(a0, pickLow), i32x4.dot_i16x8_s(b0, pickHigh));
  const d1 = i32x4.add(i32x4.dot_i16x8_s(a1, pickLow), i32x4.dot_i16x8_s(b1, pickHigh));
  const d2 = i32x4.add(i32x4.dot_i16x8_s(a2, pickLow), i32x4.dot_i16x8_s(b2, pickHigh));
  const d3 = i32x4.add(i32x4.dot_i16x8_s(a3, pickLow), i32x4.dot_i16x8_s(b3, pickHigh));
  const targetLow = v128.load(CDF_TARGETS + (symbol << 5));
  const targetHigh = v128.load(CDF_TARGETS + (symbol << 5), 16);
  teach(r0, a0, b0, targetLow, targetHigh, n0, rates);
  teach(r1, a1, b1, targetLow, targetHigh, n1, rates);
  teach(r2, a2, b2, targetLow, targetHigh, n2, rates);
  teach(r3, a3, b3, targetLow, targetHigh, n3, rates);

  const d01 = halved(d0, d1);
  const d23 = halved(d2, d3);
  const shares = i32x4.add(v128.shuffle<i64>(d01, d23, 0, 2), v128.shuffle<i64>(d01, d23, 1, 3));
  learnVector(weights, i32x4.add(shares, i32x4.splat(last - <i32>frequency)), reciprocal);
  return symbol;
}

/** Two rows' part of a mixture. */
// @ts-ignore: decorator
@inline
function mean(first: v128, firstWeight: v128, second: v128, secondWeight: v128): v128 {
  return i16x8.add(
    i16x8.q15mulr_sat_s(first, firstWeight),
    i16x8.q15mulr_sat_s(second, secondWeight),
  );
}

/** The symbol whose bounds hold `place`. */
// @ts-ignore: decorator
@inline
function symbolAt(low: v128, high: v128, place: u32): u32 {
  const places = i16x8.splat(<i16>place);
  const isBelow = i8x16.narrow_i16x8_s(i16x8.le_s(low, places), i16x8.le_s(high, places));
  return 31 - clz(i8x16.bitmask(isBelow));
}

/** Sums of two vectors half added up: two lanes of each. */
// @ts-ignore: decorator
@inline
function halved(first: v128, second: v128): v128 {
  return i32x4.add(
    v128.shuffle<i32>(first, second, 0, 4, 1, 5),
    v128.shuffle<i32>(first, second, 2, 6, 3, 7),
  );
}

/** Teaches a row that is at hand as two vectors. */
// @ts-ignore: decorator
@inline
function teach(
  row: usize,
  low: v128,
  high: v128,
  targetLow: v128,
  targetHigh: v128,
  count: u32,
  rates: usize,
): void {
  const rate: i32 = load<u8>(rates + count);
  const lane: u32 = <u32>load<u16>(row) + u32(count < 255);
  const pulled = i16x8.add(low, i16x8.shr_s(i16x8.sub(targetLow, low), rate));
  v128.store(row, i16x8.replace_lane(pulled, 0, <i16>lane));
  v128.store(row, i16x8.add(high, i16x8.shr_s(i16x8.sub(targetHigh, high), rate)), 16);
}

/** Teaches a weight set by what each row's share had over the mixture's. */
// @ts-ignore: decorator
@inline
function learnVector(weights: usize, missed: v128, reciprocal: i32): void {
  const gain = i32x4.min_s(
    i32x4.shr_s(i32x4.mul(missed, i32x4.splat(reciprocal)), 10),
    i32x4.splat(GAIN_MAXIMUM),
  );
  let now = v128.load(weights);
  now = i32x4.add(now, i32x4.shr_s(i32x4.mul(now, gain), 16));
  now = i32x4.max_s(now, i32x4.splat(WEIGHT_LEARNED_MINIMUM));
  let sum = i32x4.add(now, v128.shuffle<i32>(now, now, 2, 3, 0, 1));
  sum = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 1, 0, 3, 2));
  const over = i32x4.sub(sum, i32x4.splat(WEIGHT_SUM));
  const each = i32x4.min_s(
    i32x4.shr_s(i32x4.add(over, i32x4.splat(3)), 2),
    i32x4.splat(EACH_MAXIMUM),
  );
  const rest = i32x4.max_s(i32x4.sub(over, i32x4.shl(each, 2)), i32x4.splat(0));
  const large = i32x4.gt_s(now, i32x4.splat(WEIGHT_SUM >> 2));
  v128.store(weights, i32x4.sub(i32x4.sub(now, each), v128.and(rest, large)));
}
