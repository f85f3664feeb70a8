/**
 * Records: what is kept of each coded block for those that follow, in a ring of block rows a component.
 *
 *   | coefficients times quantizers, rows | the same, columns | border sums | counts | crosses |   480 bytes
 *
 * A block sees eight others: above, left, the corners above, the ones behind (two above, two to the left), and of
 * chrominance the block of luminance and of the first chrominance at the same place. What is missing is a
 * record of zeros. Source: docs/formats/jpeg-dense.md, neighbours.
 */
import {
  blockColumns,
  blockRows,
  horizontalFactor,
  recordRows,
  recordsAddress,
  verticalFactor,
} from "../jpeg/frame.ts";
import { BORDERS_ABOVE, BORDERS_LEFT, DENSE_RECORD_BYTES, NO_RECORD } from "../memory.ts";

/** i16[64]: coefficient times quantizer by 8 * v + u, and by 8 * u + v. */
export const R_ROWS: usize = 0;
export const R_COLUMNS: usize = 128;
/** i32[8] twice: what the lower border is made of, by u, and the right one, by v. */
export const R_BOTTOM: usize = 256;
export const R_RIGHT: usize = 288;
/** u8 each: how many of the interior, the row's edge, the column's edge; bits of the DC's surprise. */
export const R_COUNT: usize = 320;
export const R_ROW_COUNT: usize = 321;
export const R_COLUMN_COUNT: usize = 322;
export const R_DC_LENGTH: usize = 323;
/** u8 each: sums of magnitudes, 255 at most: of the row's edge, the column's, the interior's first five. */
export const R_ROW_SUM: usize = 324;
export const R_COLUMN_SUM: usize = 325;
export const R_LOW_SUM: usize = 326;
/** i16[64]: sum of the magnitudes of the four places beside each, but of the DC. */
export const R_CROSSES: usize = 336;
/** i16[8]: those of the first column again. */
export const R_COLUMN_CROSSES: usize = 464;

/** Records of the block that is being coded and of those it sees. */
export let here: usize = NO_RECORD;
export let above: usize = NO_RECORD;
export let left: usize = NO_RECORD;
export let aboveLeft: usize = NO_RECORD;
export let aboveRight: usize = NO_RECORD;
export let secondAbove: usize = NO_RECORD;
export let secondLeft: usize = NO_RECORD;
/** The block of component 0, and of component 1, at this place. */
export let first: usize = NO_RECORD;
export let second: usize = NO_RECORD;
export let hasAbove: bool = false;
export let hasLeft: bool = false;

let component: i32 = 0;
let columns: i32 = 0;
/** Rows of records; 0 where the segment has none. */
let hereRow: usize = 0;
let aboveRow: usize = 0;
let secondAboveRow: usize = 0;
let firstRow: usize = 0;
let secondRow: usize = 0;
/** Column of the first component's block: column * factor / divisor, at most the limit. */
let firstFactor: i32 = 1;
let firstDivisor: i32 = 1;
let firstLimit: i32 = 0;
/** Place of the block that `first` names. */
let firstX: i32 = 0;
let firstY: i32 = 0;

/** The 8-point DCT's first and last row, times 4096: what each coefficient adds to a block's borders. */
// @ts-ignore: decorator
@inline
export function borderWeight(i: usize): i32 {
  if (i < 4) return i < 2 ? (i == 0 ? 1448 : 2009) : i == 2 ? 1892 : 1703;
  return i < 6 ? (i == 4 ? 1448 : 1138) : i == 6 ? 784 : 400;
}

/** Goes to row `y` of component `c`, above which the segment has `rowsAbove` rows. */
export function beginRecordRow(c: i32, y: i32, rowsAbove: i32): void {
  component = c;
  columns = blockColumns(c);
  hereRow = recordRow(c, y);
  hasAbove = rowsAbove > 0;
  aboveRow = hasAbove ? recordRow(c, y - 1) : 0;
  secondAboveRow = rowsAbove > 1 ? recordRow(c, y - 2) : aboveRow;
  firstRow = 0;
  secondRow = 0;
  if (c != 1 && c != 2) return;
  firstFactor = horizontalFactor(0);
  firstDivisor = horizontalFactor(c);
  firstLimit = blockColumns(0) - 1;
  firstY = min((y * verticalFactor(0)) / verticalFactor(c), blockRows(0) - 1);
  firstRow = recordRow(0, firstY);
  if (c == 1) return;
  const isAlike =
    horizontalFactor(1) == horizontalFactor(2) && verticalFactor(1) == verticalFactor(2);
  if (isAlike) secondRow = recordRow(1, y);
}

function recordRow(c: i32, y: i32): usize {
  const row = <usize>(y % recordRows(c));
  return recordsAddress(c) + row * <usize>blockColumns(c) * DENSE_RECORD_BYTES;
}

/** Goes to the block in `column`, and empties its record. */
export function beginRecord(column: i32): void {
  const at = <usize>column * DENSE_RECORD_BYTES;
  here = hereRow + at;
  clear(here, DENSE_RECORD_BYTES);
  hasLeft = column > 0;
  left = hasLeft ? here - DENSE_RECORD_BYTES : NO_RECORD;
  secondLeft = column > 1 ? left - DENSE_RECORD_BYTES : left;
  above = NO_RECORD;
  aboveLeft = NO_RECORD;
  aboveRight = NO_RECORD;
  secondAbove = NO_RECORD;
  if (aboveRow != 0) {
    above = aboveRow + at;
    secondAbove = secondAboveRow + at;
    aboveRight = column + 1 < columns ? above + DENSE_RECORD_BYTES : above;
    if (hasLeft) aboveLeft = above - DENSE_RECORD_BYTES;
  }
  first = NO_RECORD;
  second = NO_RECORD;
  if (firstRow != 0) {
    firstX = min((column * firstFactor) / firstDivisor, firstLimit);
    first = firstRow + <usize>firstX * DENSE_RECORD_BYTES;
  }
  if (secondRow != 0) second = secondRow + at;
  for (let i: usize = 0; i < 32; i += 8) {
    store<u64>(BORDERS_ABOVE + i, load<u64>(above + i, R_BOTTOM));
    store<u64>(BORDERS_LEFT + i, load<u64>(left + i, R_RIGHT));
  }
}

/** Zeroes a few bytes, a multiple of 16: a call of memory.fill would take longer. */
// @ts-ignore: decorator
@inline
export function clear(at: usize, size: usize): void {
  for (let end = at + size; at < end; at += 16) {
    if (ASC_FEATURE_SIMD) {
      v128.store(at, i64x2.splat(0));
    } else {
      store<u64>(at, 0);
      store<u64>(at, 0, 8);
    }
  }
}

/** Empties the records of row `y` of component `c` from column `end` on: blocks that are not coded. */
export function endRecordRow(c: i32, y: i32, end: i32): void {
  const missing = blockColumns(c) - end;
  if (missing <= 0) return;
  const at = recordRow(c, y) + <usize>end * DENSE_RECORD_BYTES;
  memory.fill(at, 0, <usize>missing * DENSE_RECORD_BYTES);
}

/** Mean count of the interiors of component 0 that lie under this block. */
export function firstCount(): u32 {
  if (firstRow == 0) return 0;
  const across = max(firstFactor / firstDivisor, 1);
  const down = max(verticalFactor(0) / verticalFactor(component), 1);
  let sum: u32 = 0;
  for (let k: i32 = 0; k < down; k++) {
    const row = recordRow(0, min(firstY + k, blockRows(0) - 1));
    for (let i: i32 = 0; i < across; i++) {
      const x = <usize>min(firstX + i, firstLimit);
      sum += load<u8>(row + x * DENSE_RECORD_BYTES, R_COUNT);
    }
  }
  return sum / <u32>(across * down);
}

/** A product in a record. */
// @ts-ignore: decorator
@inline
export function productAt(record: usize, raster: usize): i32 {
  return <i32>load<i16>(record + 2 * raster, R_ROWS);
}

/** Magnitude of a product in a record. */
// @ts-ignore: decorator
@inline
export function magnitudeOf(record: usize, raster: usize): u32 {
  return <u32>abs<i32>(productAt(record, raster));
}

/** 0 for none, 1 for a positive one, 2 for a negative one. */
// @ts-ignore: decorator
@inline
export function signOf(record: usize, raster: usize): usize {
  const product = productAt(record, raster);
  return usize(product > 0) + 2 * usize(product < 0);
}

/** Keeps a coefficient that is not zero, times its quantizer. */
// @ts-ignore: decorator
@inline
export function keepProduct(u: usize, v: usize, product: i32): void {
  store<i16>(here + 2 * (8 * v + u), <i16>product, R_ROWS);
  store<i16>(here + 2 * (8 * u + v), <i16>product, R_COLUMNS);
  lessBorder(BORDERS_ABOVE + 4 * u, borderWeight(v) * product);
  lessBorder(BORDERS_LEFT + 4 * v, borderWeight(u) * product);
}

// @ts-ignore: decorator
@inline
function lessBorder(at: usize, amount: i32): void {
  store<i32>(at, load<i32>(at) - amount);
}

/** Makes border sums and crosses of the block when all of it is coded. */
export function endRecord(): void {
  if (ASC_FEATURE_SIMD) endVectors();
  else endScalars();
}

function endScalars(): void {
  for (let i: usize = 0; i < 8; i++) {
    let bottom: i32 = 0;
    let right: i32 = 0;
    for (let j: usize = 0; j < 8; j++) {
      const weight = j & 1 ? -borderWeight(j) : borderWeight(j);
      bottom += weight * <i32>load<i16>(here + 2 * (8 * j + i), R_ROWS);
      right += weight * <i32>load<i16>(here + 2 * (8 * i + j), R_ROWS);
    }
    store<i32>(here + 4 * i, bottom, R_BOTTOM);
    store<i32>(here + 4 * i, right, R_RIGHT);
  }
  for (let v: i32 = 0; v < 8; v++) {
    for (let u: i32 = 0; u < 8; u++) {
      let sum = magnitudeAt(u - 1, v) + magnitudeAt(u + 1, v);
      sum += magnitudeAt(u, v - 1) + magnitudeAt(u, v + 1);
      store<i16>(here + 2 * <usize>(8 * v + u), <i16>min<i32>(sum, 32767), R_CROSSES);
    }
    store<i16>(here + 2 * <usize>v, load<i16>(here + 16 * <usize>v, R_CROSSES), R_COLUMN_CROSSES);
  }
}

function magnitudeAt(u: i32, v: i32): i32 {
  if (u < 0 || v < 0 || u > 7 || v > 7 || (u | v) == 0) return 0;
  return abs<i32>(<i32>load<i16>(here + 2 * <usize>(8 * v + u), R_ROWS));
}

function endVectors(): void {
  borderSums(here + R_ROWS, here + R_BOTTOM);
  borderSums(here + R_COLUMNS, here + R_RIGHT);
  let before = i16x8.splat(0);
  let line = i16x8.replace_lane(i16x8.abs(v128.load(here, R_ROWS)), 0, 0);
  const none = i16x8.splat(0);
  for (let v: usize = 0; v < 8; v++) {
    const behind = v < 7 ? i16x8.abs(v128.load(here + 16 * (v + 1), R_ROWS)) : none;
    const sides = i16x8.add_sat_s(
      i16x8.shuffle(line, none, 8, 0, 1, 2, 3, 4, 5, 6),
      i16x8.shuffle(line, none, 1, 2, 3, 4, 5, 6, 7, 8),
    );
    v128.store(here + 16 * v, i16x8.add_sat_s(sides, i16x8.add_sat_s(before, behind)), R_CROSSES);
    before = line;
    line = behind;
  }
  const column = i16x8.replace_lane(i16x8.abs(v128.load(here, R_COLUMNS)), 0, 0);
  const beside = i16x8.abs(v128.load(here + 16, R_COLUMNS));
  const ends = i16x8.add_sat_s(
    i16x8.shuffle(column, none, 8, 0, 1, 2, 3, 4, 5, 6),
    i16x8.shuffle(column, none, 1, 2, 3, 4, 5, 6, 7, 8),
  );
  v128.store(here, i16x8.add_sat_s(beside, ends), R_COLUMN_CROSSES);
}

// @ts-ignore: decorator
@inline
function borderSums(lines: usize, sums: usize): void {
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  for (let j: usize = 0; j < 8; j++) {
    const weight = i16x8.splat(<i16>(j & 1 ? -borderWeight(j) : borderWeight(j)));
    const line = v128.load(lines + 16 * j);
    low = i32x4.add(low, i32x4.extmul_low_i16x8_s(line, weight));
    high = i32x4.add(high, i32x4.extmul_high_i16x8_s(line, weight));
  }
  v128.store(sums, low);
  v128.store(sums, high, 16);
}
