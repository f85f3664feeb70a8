/**
 * Borders: the DC of a block from the borders it shares with the block above and the one to the left.
 *
 *   predictDc      the level at which the borders would meet smoothly, and how sure that is
 *   keepBorders    what the blocks below and to the right will need of this one
 *
 * Each of the eight pixels along a border, with the one further inside, is a witness of what the DC
 * should be; both sides go on half a step beyond their edge. Pixels are those of transform.ts, 8 times
 * the real ones; sums of them wrap to 16 bits, which is part of the format.
 */
import { BLOCK_BOTTOM } from "../jpeg/frame.ts";
import { quantizer } from "./predict.ts";
import { PIXELS, RIGHT } from "./transform.ts";

/** Offset on both sides of a border. */
const OFFSET: i32 = 1024;

/** Arithmetic on differences of pixels: 16 bits where set, as the original's vector builds have it. */
let narrowBorders: bool = true;
let narrowGradients: bool = true;

/** How unsure the last prediction is: by the spread of its witnesses, by their disagreement. */
export let spread: i32 = 0;
export let disagreement: i32 = 0;

/** Sets how differences of pixels are taken: in 16 bits, or exactly. */
export function setArithmetic(borders: bool, gradients: bool): void {
  narrowBorders = borders;
  narrowGradients = gradients;
}

/** Half of a difference of two pixels, towards zero. */
// @ts-ignore: decorator
@inline
function halfDifference(a: i32, b: i32, narrow: bool): i32 {
  const difference = narrow ? <i32>(<i16>(a - b)) : a - b;
  return difference / 2;
}

/** What the border at pixel `near` (address), with `far` one further inside, says of the DC; `outside`
 * is what the neighbour has kept. */
// @ts-ignore: decorator
@inline
function witness(outside: i32, near: usize, far: usize): i32 {
  const pixel = <i32>load<i16>(near);
  const inside = <i32>load<i16>(far);
  return <i32>(<i16>(outside - (pixel + OFFSET) - halfDifference(pixel, inside, narrowGradients)));
}

/**
 * Predicts the DC from the borders, after `renderPixels`. Sets `spread` and `disagreement`.
 *
 * @param hasLeft - whether `keepBorders` was called for the block to the left
 * @param above - the block above, 0 for none
 * @returns the prediction, in units of the quantizer
 */
export function predictDc(hasLeft: bool, above: usize): i32 {
  if (ASC_FEATURE_SIMD) {
    if (hasLeft && above != 0 && narrowGradients) return predictVectors(above);
  }
  return predictScalars(hasLeft, above);
}

function predictScalars(hasLeft: bool, above: usize): i32 {
  spread = 0;
  disagreement = 0;
  if (!hasLeft && above == 0) return 0;
  let leftSum: i32 = 0;
  let aboveSum: i32 = 0;
  let least: i32 = 0x7fffffff;
  let most: i32 = -0x80000000;
  if (hasLeft) {
    for (let i: usize = 0; i < 8; i++) {
      const near = PIXELS + 16 * i;
      const error = witness(<i32>load<i16>(RIGHT + 2 * i), near, near + 2);
      leftSum += error;
      least = min(least, error);
      most = max(most, error);
    }
  }
  if (above != 0) {
    for (let i: usize = 0; i < 8; i++) {
      const near = PIXELS + 2 * i;
      const error = witness(<i32>load<i16>(above + 2 * i, BLOCK_BOTTOM), near, near + 16);
      aboveSum += error;
      least = min(least, error);
      most = max(most, error);
    }
  }
  if (!hasLeft) leftSum = aboveSum;
  if (above == 0) aboveSum = leftSum;
  return conclude(leftSum, aboveSum, most - least);
}

/** The same with both neighbours. */
// @ts-ignore: decorator
@inline
function predictVectors(above: usize): i32 {
  const offset = i16x8.splat(<i16>OFFSET);
  const first = v128.load(PIXELS);
  const fromAbove = errors(v128.load(above, BLOCK_BOTTOM), first, v128.load(PIXELS, 16), offset);
  const fromLeft = errors(v128.load(RIGHT), column(0), column(1), offset);
  const leftSum = sumOf(fromLeft);
  const aboveSum = sumOf(fromAbove);
  let least = i16x8.min_s(fromLeft, fromAbove);
  let most = i16x8.max_s(fromLeft, fromAbove);
  least = i16x8.min_s(least, i16x8.shuffle(least, least, 4, 5, 6, 7, 0, 1, 2, 3));
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 4, 5, 6, 7, 0, 1, 2, 3));
  least = i16x8.min_s(least, i16x8.shuffle(least, least, 2, 3, 0, 1, 6, 7, 4, 5));
  most = i16x8.max_s(most, i16x8.shuffle(most, most, 2, 3, 0, 1, 6, 7, 4, 5));
  const low = min<i32>(i16x8.extract_lane_s(least, 0), i16x8.extract_lane_s(least, 1));
  const high = max<i32>(i16x8.extract_lane_s(most, 0), i16x8.extract_lane_s(most, 1));
  return conclude(leftSum, aboveSum, high - low);
}

/** What eight witnesses say; see `witness`. */
// @ts-ignore: decorator
@inline
function errors(outside: v128, near: v128, far: v128, offset: v128): v128 {
  const level = i16x8.sub(outside, i16x8.add(near, offset));
  return i16x8.sub(level, halves(i16x8.sub(near, far)));
}

/** Halves, towards zero. */
// @ts-ignore: decorator
@inline
function halves(numbers: v128): v128 {
  return i16x8.shr_s(i16x8.add(numbers, i16x8.shr_u(numbers, 15)), 1);
}

// @ts-ignore: decorator
@inline
function sumOf(numbers: v128): i32 {
  const pairs = i32x4.extadd_pairwise_i16x8_s(numbers);
  const both = i32x4.add(pairs, i32x4.shuffle(pairs, pairs, 2, 3, 0, 1));
  return i32x4.extract_lane(both, 0) + i32x4.extract_lane(both, 1);
}

/** Column `x` of the pixels; one of the first two or the last two. */
// @ts-ignore: decorator
@inline
function column(x: i32): v128 {
  const low = halfColumns(PIXELS, x);
  const high = halfColumns(PIXELS + 64, x);
  return x & 1 ? i64x2.shuffle(low, high, 1, 3) : i64x2.shuffle(low, high, 0, 2);
}

/** Two columns of four rows: those of the pair that holds `x`. */
// @ts-ignore: decorator
@inline
function halfColumns(at: usize, x: i32): v128 {
  const a = v128.load(at);
  const b = v128.load(at, 16);
  const c = v128.load(at, 32);
  const d = v128.load(at, 48);
  if (x < 2) {
    const ab = i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
    const cd = i16x8.shuffle(c, d, 0, 8, 1, 9, 2, 10, 3, 11);
    return i32x4.shuffle(ab, cd, 0, 4, 1, 5);
  }
  const ab = i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  const cd = i16x8.shuffle(c, d, 4, 12, 5, 13, 6, 14, 7, 15);
  return i32x4.shuffle(ab, cd, 2, 6, 3, 7);
}

/** The prediction from both sums and the distance between the witnesses that differ most. */
// @ts-ignore: decorator
@inline
function conclude(leftSum: i32, aboveSum: i32, distance: i32): i32 {
  const average = (leftSum + aboveSum) >> 1;
  spread = distance >> 3;
  const fromLeft = leftSum - average;
  const fromAbove = aboveSum - average;
  const far = abs(fromLeft) < abs(fromAbove) ? fromLeft : fromAbove;
  disagreement = far >> 3;
  const q = quantizer(0);
  return ((q == 0 ? 0 : average / q) + 4) >> 3;
}

/** Keeps the bottom edge of the block with `dc` in the block, the right edge for the next. */
export function keepBorders(block: usize, dc: i32): void {
  const level = dc * quantizer(0) + OFFSET;
  if (ASC_FEATURE_SIMD) {
    if (narrowBorders) {
      const levels = i16x8.splat(<i16>level);
      const bottom = v128.load(PIXELS, 112);
      const below = i16x8.add(bottom, halves(i16x8.sub(bottom, v128.load(PIXELS, 96))));
      v128.store(block, i16x8.add(below, levels), BLOCK_BOTTOM);
      const right = column(7);
      const beside = i16x8.add(right, halves(i16x8.sub(right, column(6))));
      v128.store(RIGHT, i16x8.add(beside, levels));
      return;
    }
  }
  for (let i: usize = 0; i < 8; i++) {
    const bottom = PIXELS + 112 + 2 * i;
    store<i16>(block + 2 * i, <i16>(level + border(bottom, bottom - 16)), BLOCK_BOTTOM);
    const right = PIXELS + 16 * i + 14;
    store<i16>(RIGHT + 2 * i, <i16>(level + border(right, right - 2)));
  }
}

/** A border pixel, and half a step further on. */
// @ts-ignore: decorator
@inline
function border(near: usize, far: usize): i32 {
  const pixel = <i32>load<i16>(near);
  return pixel + halfDifference(pixel, <i32>load<i16>(far), narrowBorders);
}
