/**
 * Edge: the seven coefficients of the first row, or of the first column, until the last that is not zero.
 *
 *   count    a tree of three bits
 *   length   with two opinions of what the value is: a trained one, and that of smooth borders
 *   sign     then the bits below the leading one, first bit first, with the distance from both opinions
 *
 * How badly the trained one did over the edge tells how far the DC's prediction can be trusted (dc.ts).
 * Contexts: docs/formats/jpeg-dense.md, edges.
 */
import { FAULT_COEFFICIENT, FAULT_STREAM } from "../fault.ts";
import { reads } from "../jpeg/direction.ts";
import { BORDERS_ABOVE, BORDERS_LEFT, OWN_MAGNITUDES } from "../memory.ts";
import { keepCoefficient, OWN_LINE } from "./coefficient.ts";
import {
  cappedColumn,
  cappedQuantizer,
  cappedQuantizers,
  isColour,
  productOf,
  quotient,
  signedRatio,
  sizeOver,
} from "./component.ts";
import { use4, use5, use6, useOther } from "./contexts.ts";
import { beginEdgeEstimates, edgeEstimate, magnitudeWeights, term } from "./estimates.ts";
import { columnLine, LENGTH_LIMIT_AC, rowLine } from "./interior.ts";
import { bitLength, logLevel, sumLevel } from "./levels.ts";
import { decide, decideTree } from "./pairs.ts";
import { beginEdgePredictions, predictEdge } from "./predictions.ts";
import {
  above,
  aboveLeft,
  aboveRight,
  first,
  hasAbove,
  hasLeft,
  here,
  left,
  magnitudeOf,
  R_COLUMN_COUNT,
  R_COLUMN_SUM,
  R_ROW_COUNT,
  R_ROW_SUM,
  second,
  signOf,
} from "./records.ts";
import { decideLength } from "./rows.ts";
import {
  bitPlace,
  EDGE_BITS_BOTH,
  EDGE_BITS_MEAN,
  EDGE_BITS_PLACE,
  EDGE_BITS_SCALE,
  EDGE_BITS_SIGNED,
  EDGE_BORDER,
  EDGE_BOTH,
  EDGE_COUNT_CORNERS,
  EDGE_COUNT_DIRECTION,
  EDGE_COUNT_INNER,
  EDGE_COUNT_LINE,
  EDGE_COUNT_NEAR,
  EDGE_COUNT_OTHER,
  EDGE_COUNT_SIDE,
  EDGE_NEAR,
  EDGE_OTHER,
  EDGE_OWN,
  EDGE_SCALE,
  EDGE_SIGN_BORDER,
  EDGE_SIGN_OTHER,
  EDGE_SIGN_SCALE,
  EDGE_SIGN_SIZE,
  EDGE_SIGNED,
  EDGE_UPPER,
  ESCAPE_EDGE,
  HALF_LEVELS,
  OTHER_UPPER,
  PAIR_BYTES,
  PLACES,
  ROW_BYTES,
  tables,
} from "./tables.ts";
import { WEIGHT_BITS } from "./weights.ts";

/** The first row's edge, the first column's. */
export class Row {}
export class Column {}

const INPUT_LIMIT: i32 = 16383;
/** Both opinions are cut to 4096 quantizers, in 1/4096 of one. */
const RATIO_LIMIT: u32 = 1 << 24;
const TREE_BYTES: usize = 8 * PAIR_BYTES;

/** Sum of what the trained opinion missed over the last edge, in units of products. */
export let missed: u32 = 0;
/** Sum of its magnitudes. */
export let edgeSum: u32 = 0;

// Of the coefficient that is being coded: the trained opinion and that of the borders, over its
// quantizer, in 1/4096; its expected magnitude, in 1/16 of the quantizer, and the level of that.
let predicted: i32 = 0;
let smooth: i32 = 0;
let expected: u32 = 0;
let scale: usize = 0;

/** Address of the border sum that the i-th coefficient must meet. */
// @ts-ignore: decorator
@inline
function borderOf<Edge>(i: usize): usize {
  return 4 * i + (idof<Edge>() == idof<Row>() ? BORDERS_ABOVE : BORDERS_LEFT);
}

/** Magnitude at place `i` of the `line`-th line beside the edge. */
// @ts-ignore: decorator
@inline
function ownBeside<Edge>(i: usize, line: usize): u32 {
  const isRow = idof<Edge>() == idof<Row>();
  const u = isRow ? i : line;
  const v = isRow ? line : i;
  return load<u16>(OWN_MAGNITUDES + OWN_LINE * (v + 2) + 2 * (u + 2));
}

/** Codes how many of the edge's coefficients are not zero. `count` is the interior's, `rowCount` the row's
 * edge's, 0 before that is known. */
export function codeEdgeCount<D, Edge>(count: u32, rowCount: u32, given: u32): u32 {
  const isRow = idof<Edge>() == idof<Row>();
  const at = tables + (isRow ? 0 : EDGE_COUNT_DIRECTION);
  const field = isRow ? R_ROW_COUNT : R_COLUMN_COUNT;
  const ofAbove: usize = hasAbove ? load<u8>(above + field) : 8;
  const ofLeft: usize = hasLeft ? load<u8>(left + field) : 8;
  const near = isRow ? ofAbove : ofLeft;
  const side = isRow ? ofLeft : ofAbove;
  const other = <usize>load<u8>(first + field);
  const line = <usize>(isRow ? rowLine : columnLine);
  const sums = isRow ? R_ROW_SUM : R_COLUMN_SUM;
  const corners = sumLevel(<u32>load<u8>(aboveLeft + sums) + load<u8>(aboveRight + sums));
  const n0 = <usize>rowCount;
  use6(
    at + EDGE_COUNT_NEAR + TREE_BYTES * (<usize>((count + 3) / 7) * 9 + near),
    at + EDGE_COUNT_INNER + TREE_BYTES * ((near * 9 + side) * 12 + min<usize>(line, 11)),
    at + EDGE_COUNT_SIDE + TREE_BYTES * (<usize>count * 9 + side),
    at + EDGE_COUNT_OTHER + TREE_BYTES * ((n0 * 9 + near) * 9 + other),
    at +
      EDGE_COUNT_LINE +
      TREE_BYTES * ((min<usize>(line, 15) * 8 + n0) * 8 + <usize>min<u32>(count >> 2, 7)),
    at + EDGE_COUNT_CORNERS + TREE_BYTES * (corners * 9 + near),
  );
  return decideTree<D>(6, 3, given);
}

/** Codes an edge of `count` coefficients, and makes `missed` and `edgeSum`. @returns 0, or a negative fault */
export function codeEdge<D, Edge>(block: usize, count: u32): i32 {
  const isRow = idof<Edge>() == idof<Row>();
  const step: usize = isRow ? 1 : 8;
  let remaining = count;
  let before: u32 = 0;
  missed = 0;
  edgeSum = 0;
  beginEdgePredictions(isRow);
  if (count > 0) beginEdgeEstimates(isRow, isRow ? cappedQuantizers() : cappedColumn());
  for (let i: usize = 1; i < 8; i++) {
    const raster = step * i;
    const sum = predictEdge(isRow, i);
    const whole = sum >> WEIGHT_BITS;
    if (remaining == 0) {
      missed += <u32>abs<i32>(whole);
      continue;
    }
    const value = reads<D>() ? 0 : <i32>load<i16>(block + 2 * raster);
    const magnitude = <u32>abs<i32>(value);
    expect<Edge>(raster, i, sum, remaining, before);
    chooseLength<Edge>(i, raster, remaining, before);
    const longer = tables + ESCAPE_EDGE;
    const given = <i32>bitLength(magnitude);
    const length = decideLength<D>(6, isColour, EDGE_UPPER, OTHER_UPPER, longer, given);
    before = 0;
    if (length == 0) {
      missed += <u32>abs<i32>(whole);
      continue;
    }
    if (length > LENGTH_LIMIT_AC) return reads<D>() ? -FAULT_STREAM : -FAULT_COEFFICIENT;
    const isPositive = codeSign<D, Edge>(i, raster, <u32>length, u32(value > 0));
    before = codeBits<D>(i, <u32>length, isPositive, magnitude);
    edgeSum += before;
    keepCoefficient<D>(block, raster, before, isPositive);
    const product = productOf(raster, isPositive ? <i32>before : -(<i32>before));
    missed += <u32>abs<i32>(whole - product);
    remaining -= 1;
  }
  return remaining == 0 ? 0 : -FAULT_STREAM;
}

/** Makes both opinions, `expected` and `scale`. `before` is the magnitude of the coefficient before. */
// @ts-ignore: decorator
@inline
function expect<Edge>(raster: usize, i: usize, sum: i32, remaining: u32, before: u32): void {
  const isRow = idof<Edge>() == idof<Row>();
  const step: usize = isRow ? 1 : 8;
  const border = load<i32>(borderOf<Edge>(i)) / 1448;
  const whole = sum >> WEIGHT_BITS;
  predicted = signedRatio(raster, sum, RATIO_LIMIT);
  const level = max<i32>(min<i32>(border, 262143), -262144) << WEIGHT_BITS;
  smooth = signedRatio(raster, level, RATIO_LIMIT);
  const q = cappedQuantizer(raster);
  const weights = magnitudeWeights(raster);
  let estimate = edgeEstimate(i);
  if (i > 1) estimate += term(weights, 13, magnitudeOf(here, raster - step));
  if (i > 2) estimate += term(weights, 14, magnitudeOf(here, raster - 2 * step));
  const share = <i32>((<u32>q * remaining) / (8 - <u32>i));
  estimate += term(weights, 18, min<i32>(share, INPUT_LIMIT));
  if (before != 0) estimate += term(weights, 19, q);
  estimate += term(weights, 20, min<i32>(abs<i32>(whole), INPUT_LIMIT));
  estimate += term(weights, 21, min<i32>(abs<i32>(border - whole), INPUT_LIMIT));
  expected = min<u32>(quotient(raster, <u32>max<i32>(estimate, 0) >> 8), 4095);
  scale = logLevel(expected);
}

/** Names the contexts of the length. */
// @ts-ignore: decorator
@inline
function chooseLength<Edge>(i: usize, raster: usize, remaining: u32, before: u32): void {
  const place = i - 1;
  const rest = <usize>remaining;
  const size = <u32>abs<i32>(predicted);
  const level = logLevel(size >> 8) >> 1;
  const half = scale >> 1;
  const isRow = idof<Edge>() == idof<Row>();
  const inner = <usize>(
    min<u32>(sizeOver(isRow ? raster + 8 : raster + 1, ownBeside<Edge>(i, 1)), 7)
  );
  const own = (place * 8 + <usize>min<u32>(before, 7)) * 8 + inner;
  let near = 13 * (magnitudeOf(above, raster) + magnitudeOf(left, raster));
  near += 6 * magnitudeOf(aboveLeft, raster);
  const around = sumLevel(sizeOver(raster, near >> 4));
  const borderBits = <usize>min<u32>(bitLength(<u32>abs<i32>(smooth) >> 9), 11);
  use6(
    tables + EDGE_SIGNED + ROW_BYTES * ((place * HALF_LEVELS + level) * 8 + rest),
    tables + EDGE_SCALE + ROW_BYTES * ((place * HALF_LEVELS + half) * 8 + rest),
    tables + EDGE_BOTH + ROW_BYTES * (level * HALF_LEVELS + half),
    tables + EDGE_OWN + ROW_BYTES * own,
    tables + EDGE_NEAR + ROW_BYTES * ((place * 11 + around) * 8 + rest),
    tables + EDGE_BORDER + ROW_BYTES * ((place * 12 + borderBits) * HALF_LEVELS + level),
  );
  if (!isColour) return;
  const firstSize = <usize>min<u32>(sizeOver(raster, magnitudeOf(first, raster)), 7);
  const secondSize = <usize>min<u32>(sizeOver(raster, magnitudeOf(second, raster)), 7);
  const row = ((place * 8 + firstSize) * 8 + secondSize) * 8 + min<usize>(scale / 5, 7);
  useOther(tables + EDGE_OTHER + ROW_BYTES * row);
}

/** The sign: 1 for a positive one. */
// @ts-ignore: decorator
@inline
function codeSign<D, Edge>(i: usize, raster: usize, length: u32, given: u32): u32 {
  const place = i - 1;
  const isRow = idof<Edge>() == idof<Row>();
  const eighths = within((8 * predicted + 2048) >> 12, 31);
  const halves = within((2 * smooth) >> 12, 10);
  const softened = (12 * predicted) / (32 + <i32>expected);
  const scaled = within((32 * softened + 2048) >> 12, 24);
  const coarse = within((2 * predicted) >> 12, 6);
  const side = signOf(isRow ? left : above, raster);
  const other = (coarse * 3 + side) * 3 + signOf(second, raster);
  use4(
    tables + EDGE_SIGN_SIZE + PAIR_BYTES * (eighths * 4 + <usize>min<u32>(length - 1, 3)),
    tables + EDGE_SIGN_BORDER + PAIR_BYTES * (place * 21 + halves),
    tables + EDGE_SIGN_SCALE + PAIR_BYTES * (scaled * 7 + place),
    tables + EDGE_SIGN_OTHER + PAIR_BYTES * (other * 7 + place),
  );
  return decide<D>(4, false, given);
}

/** `n` cut to -most..most, as 0..2 * most. */
// @ts-ignore: decorator
@inline
function within(n: i32, most: i32): usize {
  return <usize>(max<i32>(min<i32>(n, most), -most) + most);
}

/** The bits of the magnitude below its leading one. Returns the magnitude. */
// @ts-ignore: decorator
@inline
function codeBits<D>(i: usize, length: u32, isPositive: u32, magnitude: u32): u32 {
  const towards = isPositive ? predicted : -predicted;
  const mean = (towards + (isPositive ? smooth : -smooth)) >> 1;
  let coded: u32 = 1;
  for (let j = <i32>length - 2; j >= 0; j--) {
    const middle = (<i32>((2 * coded + 1) << j)) << 12;
    const near = within(((towards - middle) * 4 + (1 << (11 + j))) >> (12 + j), 16);
    const far = within(((mean - middle) * 4 + (1 << (11 + j))) >> (12 + j), 16);
    const place = bitPlace(length, j);
    use5(
      tables + EDGE_BITS_PLACE + PAIR_BYTES * (PLACES * (i - 1) + place),
      tables + EDGE_BITS_SIGNED + PAIR_BYTES * (16 * near + <usize>j),
      tables + EDGE_BITS_MEAN + PAIR_BYTES * (PLACES * far + place),
      tables + EDGE_BITS_SCALE + PAIR_BYTES * (PLACES * (scale >> 1) + place),
      tables +
        EDGE_BITS_BOTH +
        PAIR_BYTES * ((12 * near + min<usize>(scale >> 2, 11)) * 4 + <usize>min(j, 3)),
    );
    coded = (coded << 1) | decide<D>(5, false, (magnitude >> j) & 1);
  }
  return coded;
}
