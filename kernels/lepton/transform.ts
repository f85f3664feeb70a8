/**
 * Transform: the pixels of a block without its DC, by the inverse DCT of the original program.
 *
 * It goes over the rows, then over the columns, in 32-bit integers that wrap; its rounding is part of
 * the format. Pixels come out 8 times too large and are kept as 16 bits. Source: docs/formats/lepton.md.
 */
import { PIXEL_SCRATCH, quantizer, quantizersInUse } from "./predict.ts";

// 2048 * sqrt(2) * cos(i * pi / 16).
const W1: i32 = 2841;
const W2: i32 = 2676;
const W3: i32 = 2408;
const W5: i32 = 1609;
const W6: i32 = 1108;
const W7: i32 = 565;

/** Pixels of the block without its DC, times 8. i16[8][8]. */
export const PIXELS: usize = PIXEL_SCRATCH;
/** Right edge of the block to the left, as the next DC wants it (borders.ts). i16[8]. */
export const RIGHT: usize = PIXELS + 128;
/** Numbers between the two passes, and transposed. i32[8][8] twice. */
const BETWEEN: usize = RIGHT + 16;
const TURNED: usize = BETWEEN + 256;

/** What a block of one level is without its DC: the transform's rounding. */
const FLAT_PIXEL: i16 = 4;

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
