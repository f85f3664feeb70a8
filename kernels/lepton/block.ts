/**
 * Block: the walk over the 64 coefficients of one block, the same for both directions.
 *
 *   1  how many of the 49 interior coefficients are not zero
 *   2  these, in zigzag order, until the last of them
 *   3  the first row's edge, then the first column's: how many, then each
 *   4  the DC, predicted from the pixels of all the others
 *
 * Reading fills the block, which holds zeros before; writing finds it filled. What later blocks
 * need of this one (count, borders) is kept either way. Source: docs/formats/lepton.md, the model.
 */

import { decoderBits } from "../bool/decode.ts";
import { FAULT_COEFFICIENT, FAULT_STREAM, FAULT_ZERO_QUANTIZER } from "../fault.ts";
import { beginCharges, charge, DC_BITS, EDGE_BITS, INTERIOR_BITS } from "../jpeg/accounts.ts";
import { Measuring, reads } from "../jpeg/direction.ts";
import { BLOCK_BYTES, BLOCK_COUNT, BLOCK_MASK } from "../jpeg/frame.ts";
import { BLOCK_TABLES, UNZIGZAG, ZIGZAG } from "../memory.ts";
import { disagreement, keepBorders, predictDc, spread } from "./borders.ts";
import {
  bin,
  COUNT_7X7_BIN,
  COUNT_EDGE_INNER,
  COUNT_EDGE_OUTER,
  count7x7,
  countColumn,
  countRow,
  EXPONENT_7X7_BIN,
  EXPONENT_7X7_Z,
  EXPONENT_DC,
  EXPONENT_DC_FIRST,
  EXPONENT_EDGE_COUNT,
  EXPONENT_EDGE_POSITION,
  exponent7x7,
  exponentEdge,
  RESIDUAL_DC,
  RESIDUAL_RASTER,
  ROW_BYTES,
  residual,
  residualBits,
  SIGN_FIRST,
  sign,
  THRESHOLD_LENGTH,
  THRESHOLD_PREDICTION,
  threshold,
  tree,
  unary,
} from "./model.ts";
import {
  columnPrediction,
  edgeThreshold,
  predictColumn,
  predictInterior,
  predictRow,
  priorOf,
  quantizer,
  rowPrediction,
} from "./predict.ts";
import { renderFlat, renderPixels } from "./transform.ts";

/** Coefficients of the interior, and the table of their raster indices in zigzag order. u8[64]. */
const INTERIOR_COUNT: i32 = 49;
const INTERIOR: usize = BLOCK_TABLES;
/** The ten classes of a count of coefficients. u8[64]. */
const BINS: usize = INTERIOR + 64;

/** Bits of a block's mask, which go by zigzag index: the first row's edge, the first column's. */
const ROW_MASK: u64 = 0x1800_c062;
const COLUMN_MASK: u64 = 0x8_0030_060c;
const INTERIOR_MASK: u64 = ~(ROW_MASK | COLUMN_MASK | 1);

/** Where the DC wraps, and by how much. */
const DC_LIMIT: i32 = 1024;
const DC_PERIOD: i32 = 2049;
/** What eleven bits hold, and ten. Interior coefficients have one bit less, so that the cap of the
 * prior, in which the two existing programs differ, never matters. */
const MAGNITUDE_LIMIT: u32 = 2047;
const MAGNITUDE_LIMIT_7X7: u32 = 1023;
/** Nodes of a tree of edge bits that have branches of their own. */
const THRESHOLD_NODE_LIMIT: u32 = 127;

/** The first row, the first column. */
class Row {}
class Column {}

/** Classes of the prior of an interior coefficient: 10 caps it at 1023, 11 does not cap it. */
let priorLimit: i32 = 10;

/** Mask of the block that is being coded: complete from the start when writing. */
let mask: u64 = 0;
/** Largest u and v of its interior coefficients that are not zero. */
let reachU: i32 = 0;
let reachV: i32 = 0;
/** Its DC. */
let dc: i32 = 0;

/** Charges what was decoded since the last charge to a class, when that is wanted. */
// @ts-ignore: decorator
@inline
function chargeTo<D>(account: usize): void {
  if (idof<D>() == idof<Measuring>()) charge(account, decoderBits());
}

/** Fills the tables that depend on no input. */
export function fillBlockTables(): void {
  let at = INTERIOR;
  for (let z: usize = 0; z < 64; z++) {
    const r = load<u8>(ZIGZAG + z);
    if (r > 8 && (r & 7) != 0) {
      store<u8>(at, r);
      at += 1;
    }
  }
  for (let count: i32 = 0; count < 64; count++) store<u8>(BINS + <usize>count, binOf(count));
}

function binOf(count: i32): u8 {
  if (count < 4) return <u8>count;
  if (count <= 5) return 4;
  if (count <= 8) return 5;
  if (count <= 12) return 6;
  if (count <= 20) return 7;
  return count <= 31 ? 8 : 9;
}

/** Sets whether priors are capped, as dropbox/lepton has it, or not, as lepton_jpeg_rust. */
export function setPriorCap(capped: bool): void {
  priorLimit = capped ? 10 : 11;
}

/**
 * Codes one block.
 *
 * @param left - the block to the left, coded just before; 0 for none
 * @param above - the block above; 0 for none
 * @returns 0, or a negative fault
 */
export function codeBlock<D>(block: usize, left: usize, above: usize): i32 {
  mask = reads<D>() ? 0 : load<u64>(block, BLOCK_MASK);
  if (idof<D>() == idof<Measuring>()) beginCharges(decoderBits());

  const given = <u32>popcnt<u64>(mask & INTERIOR_MASK);
  const count = <i32>tree<D>(count7x7 + COUNT_7X7_BIN * context(left, above), 6, given);
  if (count > INTERIOR_COUNT) return -FAULT_STREAM;
  store<u8>(block, <u8>count, BLOCK_COUNT);

  reachU = 0;
  reachV = 0;
  if (count > 0) {
    predictInterior(left, above, above - BLOCK_BYTES);
    const fault = codeInterior<D>(block, count);
    if (fault != 0) return fault;
  }

  chargeTo<D>(INTERIOR_BITS);
  const seventh = <usize>((count + 3) / 7);
  const rowBins = countRow + COUNT_EDGE_OUTER * <usize>reachU + COUNT_EDGE_INNER * seventh;
  const rowCount = <i32>tree<D>(rowBins, 3, <u32>popcnt<u64>(mask & ROW_MASK));
  if (rowCount > 0) {
    predictRow(block, above);
    const fault = codeEdge<D, Row>(block, rowCount);
    if (fault != 0) return fault;
  }
  const columnBins = countColumn + COUNT_EDGE_OUTER * <usize>reachV + COUNT_EDGE_INNER * seventh;
  const columnCount = <i32>tree<D>(columnBins, 3, <u32>popcnt<u64>(mask & COLUMN_MASK));
  if (columnCount > 0) {
    predictColumn(block, left);
    const fault = codeEdge<D, Column>(block, columnCount);
    if (fault != 0) return fault;
  }

  chargeTo<D>(EDGE_BITS);
  if (count + rowCount + columnCount == 0) renderFlat();
  else renderPixels(block);
  const prediction = predictDc(left != 0, above);
  dc = <i32>load<i16>(block);
  const fault = codeDc<D>(prediction);
  if (fault != 0) return fault;
  chargeTo<D>(DC_BITS);
  if (reads<D>()) {
    store<i16>(block, <i16>dc);
    store<u64>(block, mask | u64(dc != 0), BLOCK_MASK);
  }
  keepBorders(block, dc);
  return 0;
}

/** Class of the mean of the neighbours' counts of interior coefficients. */
// @ts-ignore: decorator
@inline
function context(left: usize, above: usize): usize {
  let sum: u32 = 0;
  if (left != 0) sum += load<u8>(left, BLOCK_COUNT);
  if (above != 0) sum += load<u8>(above, BLOCK_COUNT);
  const both = left != 0 && above != 0;
  return bins(both ? (sum + 2) >> 2 : (sum + 1) >> 1);
}

// @ts-ignore: decorator
@inline
function bins(count: u32): usize {
  return load<u8>(BINS + count);
}

// @ts-ignore: decorator
@inline
function bitLength(value: u32): i32 {
  return 32 - <i32>clz<u32>(value);
}

/** The interior: exponents with a bin each for most zeros, until `count` others have come. */
// @ts-ignore: decorator
@inline
function codeInterior<D>(block: usize, count: i32): i32 {
  let remaining = count;
  let group = bins(remaining);
  let exponents = exponent7x7 + EXPONENT_7X7_BIN * group;
  for (let z: usize = 0; remaining > 0; z++, exponents += EXPONENT_7X7_Z) {
    if (z == INTERIOR_COUNT) return -FAULT_STREAM;
    const r = <usize>load<u8>(INTERIOR + z);
    const value = reads<D>() ? 0 : <i32>load<i16>(block + 2 * r);
    const magnitude = <u32>abs(value);
    if (!reads<D>() && magnitude > MAGNITUDE_LIMIT_7X7) return -FAULT_COEFFICIENT;
    const prior = <usize>min(bitLength(priorOf(r)), priorLimit);
    const length = unary<D>(exponents + ROW_BYTES * prior, bitLength(magnitude));
    if (length == 0) continue;

    const isPositive = bin<D>(sign, u32(value > 0));
    const residuals = residual + RESIDUAL_RASTER * r + ROW_BYTES * group;
    const coded = residualBits<D>(residuals, length - 2, 1, magnitude);
    if (reads<D>()) keepCoefficient(block, r, coded, isPositive);
    reachU = max(reachU, <i32>r & 7);
    reachV = max(reachV, <i32>r >> 3);
    remaining -= 1;
    group = bins(remaining);
    exponents = exponent7x7 + EXPONENT_7X7_BIN * group + EXPONENT_7X7_Z * z;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function keepCoefficient(block: usize, r: usize, magnitude: u32, isPositive: u32): void {
  const signed = <i32>magnitude - (((<i32>magnitude) << 1) & (<i32>isPositive - 1));
  store<i16>(block + 2 * r, <i16>signed);
  mask |= (<u64>1) << (<u64>load<u8>(UNZIGZAG + r));
}

/** One edge: seven coefficients of the first row, or of the first column, until `count` of them
 * were not zero. */
function codeEdge<D, Edge>(block: usize, count: i32): i32 {
  const isRow = idof<Edge>() == idof<Row>();
  let remaining = count;
  for (let j: usize = 1; remaining > 0; j++) {
    if (j == 8) return -FAULT_STREAM;
    const r = isRow ? j : 8 * j;
    const position = isRow ? j - 1 : j + 6;
    const value = reads<D>() ? 0 : <i32>load<i16>(block + 2 * r);
    const magnitude = <u32>abs(value);
    if (!reads<D>()) {
      if (magnitude > MAGNITUDE_LIMIT) return -FAULT_COEFFICIENT;
      // The existing programs divide by it here.
      if (quantizer(r) == 0) return -FAULT_ZERO_QUANTIZER;
    }
    const prediction = isRow ? rowPrediction(j) : columnPrediction(j);
    const expected = <u32>abs(prediction);
    const prior = <usize>bitLength(min<u32>(expected, 1023));
    const row = EXPONENT_EDGE_COUNT * <usize>remaining + EXPONENT_EDGE_POSITION * position;
    const length = unary<D>(exponentEdge + row + ROW_BYTES * prior, bitLength(magnitude));
    if (length == 0) continue;

    const direction = <i32>(<i16>prediction);
    const third: usize = direction == 0 ? 0 : direction > 0 ? 1 : 2;
    const isPositive = bin<D>(sign + SIGN_FIRST * third + 2 * prior, u32(value > 0));
    const residuals = residual + RESIDUAL_RASTER * r + ROW_BYTES * <usize>remaining;
    const coded = codeEdgeBits<D>(residuals, edgeThreshold(r), expected, length, magnitude);
    if (reads<D>()) keepCoefficient(block, r, coded, isPositive);
    remaining -= 1;
  }
  return 0;
}

/** The bits of an edge's magnitude below its leading one: those above the threshold by what the
 * prediction says, the others by their number. */
// @ts-ignore: decorator
@inline
function codeEdgeBits<D>(
  residuals: usize,
  lowBits: i32,
  expected: u32,
  length: i32,
  magnitude: u32,
): u32 {
  let coded: u32 = 1;
  let i = length - 2;
  if (i >= lowBits) {
    const near = <usize>min<u32>((expected & 0xffff) >> lowBits, 255);
    const long = <usize>min(length - lowBits, 7);
    const nodes = threshold + THRESHOLD_PREDICTION * near + THRESHOLD_LENGTH * long;
    let node: u32 = 1;
    for (; i >= lowBits; i--) {
      const bit = bin<D>(nodes + 2 * <usize>node, (magnitude >> i) & 1);
      coded = (coded << 1) | bit;
      node = min<u32>((node << 1) | bit, THRESHOLD_NODE_LIMIT);
    }
  }
  return residualBits<D>(residuals, i, coded, magnitude);
}

/** The DC's difference from its prediction, modulo the period. */
// @ts-ignore: decorator
@inline
function codeDc<D>(prediction: i32): i32 {
  const sure = <usize>min(bitLength(<u32>abs(spread)), 11);
  const agreed = <usize>bitLength(<u32>abs(disagreement));
  let value: i32 = 0;
  if (!reads<D>()) {
    value = wrapped(dc - prediction);
    if (<u32>abs(value) > MAGNITUDE_LIMIT || wrapped(value + prediction) != dc)
      return -FAULT_COEFFICIENT;
  }
  const magnitude = <u32>abs(value);
  const exponents = EXPONENT_DC + EXPONENT_DC_FIRST * sure + ROW_BYTES * agreed;
  const length = unary<D>(exponents, bitLength(magnitude));
  if (reads<D>()) dc = wrapped(prediction);
  if (length == 0) return 0;

  const third: usize = disagreement == 0 ? 3 : disagreement > 0 ? 2 : 1;
  const isPositive = bin<D>(sign + 2 * third, u32(value > 0));
  const residuals = RESIDUAL_DC + ROW_BYTES * sure;
  const coded = <i32>residualBits<D>(residuals, length - 2, 1, magnitude);
  if (reads<D>()) dc = wrapped((isPositive ? coded : -coded) + prediction);
  return 0;
}

// @ts-ignore: decorator
@inline
function wrapped(value: i32): i32 {
  const raised = value < -DC_LIMIT ? value + DC_PERIOD : value;
  return raised > DC_LIMIT ? raised - DC_PERIOD : raised;
}
