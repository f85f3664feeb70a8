/**
 * Pixels: the DC of a block from the borders it shares with the block above and the one to the left.
 *
 *   renderPixels      all coefficients but the DC, through the inverse DCT: 8 times the pixels
 *   predictDc         the level at which the borders would meet smoothly, and how sure that is
 *   keepBorders       what the blocks below and to the right will need of this one
 *
 * The transform is the integer one of the original program (rows, then columns); its rounding is
 * part of the format. Pixels wrap to 16 bits.
 */
import { BLOCK_BOTTOM } from "../jpeg/frame.ts";
import { PIXEL_SCRATCH, quantizer, quantizersInUse } from "./predict.ts";

// 2048 * sqrt(2) * cos(i * pi / 16).
const W1: i32 = 2841;
const W2: i32 = 2676;
const W3: i32 = 2408;
const W5: i32 = 1609;
const W6: i32 = 1108;
const W7: i32 = 565;

/** Pixels of the block without its DC, times 8. i16[8][8]. */
const PIXELS: usize = PIXEL_SCRATCH;
/** Right edge of the block to the left, as the next DC wants it. i16[8]. */
const RIGHT: usize = PIXELS + 128;
/** Numbers between the two passes, and transposed. i32[8][8] twice. */
const BETWEEN: usize = RIGHT + 16;
const TURNED: usize = BETWEEN + 256;

/** What a block of one level is without its DC: the transform's rounding. */
const FLAT_PIXEL: i16 = 4;

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

/** Pixels of a block that has no coefficient but the DC. */
export function renderFlat(): void {
  if (ASC_FEATURE_SIMD) {
    const flat = i16x8.splat(FLAT_PIXEL);
    for (let place: usize = 0; place < 128; place += 16) v128.store(PIXELS + place, flat);
  } else {
    for (let place: usize = 0; place < 128; place += 2) store<i16>(PIXELS + place, FLAT_PIXEL);
  }
}

/** Pixels of the block without its DC. */
export function renderPixels(block: usize): void {
  if (ASC_FEATURE_SIMD) {
    renderVectors(block);
  } else {
    renderScalars(block);
  }
}

function renderScalars(block: usize): void {
  for (let v: usize = 0; v < 8; v++) {
    const at = BETWEEN + 32 * v;
    for (let u: usize = 0; u < 8; u++) {
      const r = 8 * v + u;
      store<i32>(at + 4 * u, r == 0 ? 0 : <i32>load<i16>(block + 2 * r) * quantizer(r));
    }
    transformScalars(at, 4, true);
  }
  for (let u: usize = 0; u < 8; u++) transformScalars(BETWEEN + 4 * u, 32, false);
  for (let r: usize = 0; r < 64; r++) {
    store<i16>(PIXELS + 2 * r, <i16>load<i32>(BETWEEN + 4 * r));
  }
}

/** One transform of eight numbers, `step` bytes apart, in place. */
// @ts-ignore: decorator
@inline
function transformScalars(at: usize, step: usize, rows: bool): void {
  const lift = rows ? 11 : 8;
  const rounding = rows ? 0 : 4;
  const shift = rows ? 0 : 3;
  const final = rows ? 8 : 11;
  let x0 = (load<i32>(at) << lift) + (rows ? 128 : 8192);
  let x1 = load<i32>(at + 4 * step) << lift;
  let x2 = load<i32>(at + 6 * step);
  let x3 = load<i32>(at + 2 * step);
  let x4 = load<i32>(at + step);
  let x5 = load<i32>(at + 7 * step);
  let x6 = load<i32>(at + 5 * step);
  let x7 = load<i32>(at + 3 * step);
  let t = W7 * (x4 + x5) + rounding;
  x4 = (t + (W1 - W7) * x4) >> shift;
  x5 = (t - (W1 + W7) * x5) >> shift;
  t = W3 * (x6 + x7) + rounding;
  x6 = (t - (W3 - W5) * x6) >> shift;
  x7 = (t - (W3 + W5) * x7) >> shift;
  t = x0 + x1;
  x0 -= x1;
  x1 = W6 * (x3 + x2) + rounding;
  x2 = (x1 - (W2 + W6) * x2) >> shift;
  x3 = (x1 + (W2 - W6) * x3) >> shift;
  x1 = x4 + x6;
  x4 -= x6;
  x6 = x5 + x7;
  x5 -= x7;
  x7 = t + x3;
  const x8 = t - x3;
  x3 = x0 + x2;
  x0 -= x2;
  x2 = (181 * (x4 + x5) + 128) >> 8;
  x4 = (181 * (x4 - x5) + 128) >> 8;
  store<i32>(at, (x7 + x1) >> final);
  store<i32>(at + step, (x3 + x2) >> final);
  store<i32>(at + 2 * step, (x0 + x4) >> final);
  store<i32>(at + 3 * step, (x8 + x6) >> final);
  store<i32>(at + 4 * step, (x8 - x6) >> final);
  store<i32>(at + 5 * step, (x0 - x4) >> final);
  store<i32>(at + 6 * step, (x3 - x2) >> final);
  store<i32>(at + 7 * step, (x7 - x1) >> final);
}

/** The same, four rows or four columns at a time. */
function renderVectors(block: usize): void {
  const table = quantizersInUse();
  for (let v: usize = 0; v < 8; v++) {
    const row = v128.load(block + 16 * v);
    let low = i32x4.mul(i32x4.extend_low_i16x8_s(row), v128.load(table + 32 * v));
    if (v == 0) low = i32x4.replace_lane(low, 0, 0);
    v128.store(BETWEEN + 32 * v, low);
    const high = i32x4.extend_high_i16x8_s(row);
    v128.store(BETWEEN + 32 * v + 16, i32x4.mul(high, v128.load(table + 32 * v + 16)));
  }
  turn(BETWEEN, TURNED);
  transformVectors(TURNED, true);
  transformVectors(TURNED + 16, true);
  turn(TURNED, BETWEEN);
  transformVectors(BETWEEN, false);
  transformVectors(BETWEEN + 16, false);
  for (let v: usize = 0; v < 8; v++) {
    const low = v128.load(BETWEEN + 32 * v);
    const high = v128.load(BETWEEN + 32 * v + 16);
    v128.store(PIXELS + 16 * v, i16x8.shuffle(low, high, 0, 2, 4, 6, 8, 10, 12, 14));
  }
}

/** Transposes i32[8][8]. */
// @ts-ignore: decorator
@inline
function turn(from: usize, to: usize): void {
  turnQuarter(from, to);
  turnQuarter(from + 16, to + 128);
  turnQuarter(from + 128, to + 16);
  turnQuarter(from + 144, to + 144);
}

// @ts-ignore: decorator
@inline
function turnQuarter(from: usize, to: usize): void {
  const a = v128.load(from);
  const b = v128.load(from, 32);
  const c = v128.load(from, 64);
  const d = v128.load(from, 96);
  const abLow = i32x4.shuffle(a, b, 0, 4, 1, 5);
  const abHigh = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cdLow = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const cdHigh = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(abLow, cdLow, 0, 2));
  v128.store(to, i64x2.shuffle(abLow, cdLow, 1, 3), 32);
  v128.store(to, i64x2.shuffle(abHigh, cdHigh, 0, 2), 64);
  v128.store(to, i64x2.shuffle(abHigh, cdHigh, 1, 3), 96);
}

/** Four transforms side by side, in place; the eight numbers of each are 32 bytes apart. */
// @ts-ignore: decorator
@inline
function transformVectors(at: usize, rows: bool): void {
  const lift = rows ? 11 : 8;
  const rounding = i32x4.splat(rows ? 0 : 4);
  const shift = rows ? 0 : 3;
  const final = rows ? 8 : 11;
  let x0 = i32x4.add(i32x4.shl(v128.load(at), lift), i32x4.splat(rows ? 128 : 8192));
  let x1 = i32x4.shl(v128.load(at, 128), lift);
  let x2 = v128.load(at, 192);
  let x3 = v128.load(at, 64);
  let x4 = v128.load(at, 32);
  let x5 = v128.load(at, 224);
  let x6 = v128.load(at, 160);
  let x7 = v128.load(at, 96);
  let t = i32x4.add(times(W7, i32x4.add(x4, x5)), rounding);
  x4 = i32x4.shr_s(i32x4.add(t, times(W1 - W7, x4)), shift);
  x5 = i32x4.shr_s(i32x4.sub(t, times(W1 + W7, x5)), shift);
  t = i32x4.add(times(W3, i32x4.add(x6, x7)), rounding);
  x6 = i32x4.shr_s(i32x4.sub(t, times(W3 - W5, x6)), shift);
  x7 = i32x4.shr_s(i32x4.sub(t, times(W3 + W5, x7)), shift);
  t = i32x4.add(x0, x1);
  x0 = i32x4.sub(x0, x1);
  x1 = i32x4.add(times(W6, i32x4.add(x3, x2)), rounding);
  x2 = i32x4.shr_s(i32x4.sub(x1, times(W2 + W6, x2)), shift);
  x3 = i32x4.shr_s(i32x4.add(x1, times(W2 - W6, x3)), shift);
  x1 = i32x4.add(x4, x6);
  x4 = i32x4.sub(x4, x6);
  x6 = i32x4.add(x5, x7);
  x5 = i32x4.sub(x5, x7);
  x7 = i32x4.add(t, x3);
  const x8 = i32x4.sub(t, x3);
  x3 = i32x4.add(x0, x2);
  x0 = i32x4.sub(x0, x2);
  const half = i32x4.splat(128);
  x2 = i32x4.shr_s(i32x4.add(times(181, i32x4.add(x4, x5)), half), 8);
  x4 = i32x4.shr_s(i32x4.add(times(181, i32x4.sub(x4, x5)), half), 8);
  v128.store(at, i32x4.shr_s(i32x4.add(x7, x1), final));
  v128.store(at, i32x4.shr_s(i32x4.add(x3, x2), final), 32);
  v128.store(at, i32x4.shr_s(i32x4.add(x0, x4), final), 64);
  v128.store(at, i32x4.shr_s(i32x4.add(x8, x6), final), 96);
  v128.store(at, i32x4.shr_s(i32x4.sub(x8, x6), final), 128);
  v128.store(at, i32x4.shr_s(i32x4.sub(x0, x4), final), 160);
  v128.store(at, i32x4.shr_s(i32x4.sub(x3, x2), final), 192);
  v128.store(at, i32x4.shr_s(i32x4.sub(x7, x1), final), 224);
}

// @ts-ignore: decorator
@inline
function times(factor: i32, vector: v128): v128 {
  return i32x4.mul(i32x4.splat(factor), vector);
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
  const average = (leftSum + aboveSum) >> 1;
  spread = (most - least) >> 3;
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
