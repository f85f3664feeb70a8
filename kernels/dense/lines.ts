/**
 * Lines: eight neighbours of eight coefficients, each times a weight of its own, all at once.
 *
 *   line       | i16 | i16 | ...            eight inputs, one for each coefficient
 *   weights    | first's | second's | ...   i16 in turn, for two lines: 32 bytes
 *   sums       | i32 | i32 | ...            eight
 *
 * Weights are bounded when they are taken (weights.ts), so that no sum leaves 32 bits.
 */

/** Lines whose values count, and lines whose magnitudes do. */
export class Values {}
export class Magnitudes {}

/** Bytes of the weights of two lines. */
export const PAIR_WEIGHTS_BYTES: usize = 32;

/** Writes the sums of `count` pairs of lines, 2, 3, 4 or 6, to `to`. */
// @ts-ignore: decorator
@inline
export function sumPairs<Kind>(
  count: i32,
  to: usize,
  weights: usize,
  a0: usize,
  b0: usize,
  a1: usize,
  b1: usize,
  a2: usize = 0,
  b2: usize = 0,
  a3: usize = 0,
  b3: usize = 0,
  a4: usize = 0,
  b4: usize = 0,
  a5: usize = 0,
  b5: usize = 0,
): void {
  if (!ASC_FEATURE_SIMD) {
    for (let i: usize = 0; i < 8; i++) {
      const at = 2 * i;
      let sum = productOfPair<Kind>(a0 + at, b0 + at, weights + 2 * at, 0);
      sum += productOfPair<Kind>(a1 + at, b1 + at, weights + 2 * at, 1);
      if (count > 2) sum += productOfPair<Kind>(a2 + at, b2 + at, weights + 2 * at, 2);
      if (count > 3) sum += productOfPair<Kind>(a3 + at, b3 + at, weights + 2 * at, 3);
      if (count > 4) sum += productOfPair<Kind>(a4 + at, b4 + at, weights + 2 * at, 4);
      if (count > 5) sum += productOfPair<Kind>(a5 + at, b5 + at, weights + 2 * at, 5);
      store<i32>(to + 2 * at, sum);
    }
    return;
  }
  let a = line<Kind>(a0);
  let b = line<Kind>(b0);
  let low = lowPairs(a, b, weights);
  let high = highPairs(a, b, weights);
  a = line<Kind>(a1);
  b = line<Kind>(b1);
  low = i32x4.add(low, lowPairs(a, b, weights + PAIR_WEIGHTS_BYTES));
  high = i32x4.add(high, highPairs(a, b, weights + PAIR_WEIGHTS_BYTES));
  if (count > 2) {
    a = line<Kind>(a2);
    b = line<Kind>(b2);
    low = i32x4.add(low, lowPairs(a, b, weights + 2 * PAIR_WEIGHTS_BYTES));
    high = i32x4.add(high, highPairs(a, b, weights + 2 * PAIR_WEIGHTS_BYTES));
  }
  if (count > 3) {
    a = line<Kind>(a3);
    b = line<Kind>(b3);
    low = i32x4.add(low, lowPairs(a, b, weights + 3 * PAIR_WEIGHTS_BYTES));
    high = i32x4.add(high, highPairs(a, b, weights + 3 * PAIR_WEIGHTS_BYTES));
  }
  if (count > 5) {
    a = line<Kind>(a4);
    b = line<Kind>(b4);
    low = i32x4.add(low, lowPairs(a, b, weights + 4 * PAIR_WEIGHTS_BYTES));
    high = i32x4.add(high, highPairs(a, b, weights + 4 * PAIR_WEIGHTS_BYTES));
    a = line<Kind>(a5);
    b = line<Kind>(b5);
    low = i32x4.add(low, lowPairs(a, b, weights + 5 * PAIR_WEIGHTS_BYTES));
    high = i32x4.add(high, highPairs(a, b, weights + 5 * PAIR_WEIGHTS_BYTES));
  }
  v128.store(to, low);
  v128.store(to, high, 16);
}

// @ts-ignore: decorator
@inline
function line<Kind>(at: usize): v128 {
  return idof<Kind>() == idof<Magnitudes>() ? i16x8.abs(v128.load(at)) : v128.load(at);
}

/** Products of the first four of two lines with weights that lie in turn, added up. */
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

/** The same of one place, of the pair that has so many before it. */
// @ts-ignore: decorator
@inline
function productOfPair<Kind>(a: usize, b: usize, weights: usize, pair: usize): i32 {
  let first = <i32>load<i16>(a);
  let second = <i32>load<i16>(b);
  if (idof<Kind>() == idof<Magnitudes>()) {
    first = abs<i32>(first);
    second = abs<i32>(second);
  }
  const at = weights + PAIR_WEIGHTS_BYTES * pair;
  return first * <i32>load<i16>(at) + second * <i32>load<i16>(at, 2);
}

/** The sum of a line's eight products with eight weights, in four parts. */
// @ts-ignore: decorator
@inline
export function dotVectors(line: usize, weights: usize): v128 {
  return i32x4.dot_i16x8_s(v128.load(line), v128.load(weights));
}

/** The same as a number. */
// @ts-ignore: decorator
@inline
export function dotScalars(line: usize, weights: usize): i32 {
  let sum: i32 = 0;
  for (let j: usize = 0; j < 8; j++) {
    sum += <i32>load<i16>(line + 2 * j) * <i32>load<i16>(weights + 2 * j);
  }
  return sum;
}

/** Sum of four lanes. */
// @ts-ignore: decorator
@inline
export function total(lanes: v128): i32 {
  const halves = i32x4.add(lanes, i32x4.shuffle(lanes, lanes, 2, 3, 0, 1));
  return i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
}
