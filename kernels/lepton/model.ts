/**
 * Model: where each branch lies, and the ways to code a number with branches.
 *
 *   interior     how many, then by position: exponent, sign, residual bits
 *   edges        the same, 7 of the first row and 7 of the first column
 *   DC           exponent, sign, residual bits of what the prediction missed
 *
 * Exponents are unary in rows of up to 11 branches; a row takes 32 bytes, so it never crosses a
 * cache line. All arrays but those of the DC's exponent and residual exist for two colour classes:
 * the first component and the others. Names and dimensions: docs/formats/lepton.md, the model.
 */
import { FRESH_BRANCH } from "../bool/branch.ts";
import { decodeBin, decodeUnary } from "../bool/decode.ts";
import { encodeBin } from "../bool/encode.ts";
import { reads } from "../jpeg/direction.ts";
import { MODEL } from "../memory.ts";

/** Bytes of a row of exponent branches, or of residual branches. */
export const ROW_BYTES: usize = 32;
/** Bins of an exponent. */
const EXPONENT_BINS: i32 = 11;

/** Steps in EXPONENT_7X7: by z, by bin of what remains. */
export const EXPONENT_7X7_Z: usize = 12 * ROW_BYTES;
export const EXPONENT_7X7_BIN: usize = 49 * EXPONENT_7X7_Z;
const EXPONENT_7X7_CLASS: usize = 10 * EXPONENT_7X7_BIN;
/** Steps in EXPONENT_EDGE: by position, by what remains. */
export const EXPONENT_EDGE_POSITION: usize = 12 * ROW_BYTES;
export const EXPONENT_EDGE_COUNT: usize = 14 * EXPONENT_EDGE_POSITION;
const EXPONENT_EDGE_CLASS: usize = 8 * EXPONENT_EDGE_COUNT;
/** Steps in COUNT_7X7 and in the counts of the edges. */
export const COUNT_7X7_BIN: usize = 2 * 64;
const COUNT_7X7_CLASS: usize = 10 * COUNT_7X7_BIN;
export const COUNT_EDGE_INNER: usize = 2 * 8;
export const COUNT_EDGE_OUTER: usize = 8 * COUNT_EDGE_INNER;
const COUNT_EDGE_CLASS: usize = 8 * COUNT_EDGE_OUTER;
/** Steps in RESIDUAL: by raster index, by what remains. */
export const RESIDUAL_RASTER: usize = 10 * ROW_BYTES;
const RESIDUAL_CLASS: usize = 64 * RESIDUAL_RASTER;
/** Steps in THRESHOLD: by prediction, by length. */
export const THRESHOLD_LENGTH: usize = 2 * 128;
export const THRESHOLD_PREDICTION: usize = 8 * THRESHOLD_LENGTH;
const THRESHOLD_CLASS: usize = 256 * THRESHOLD_PREDICTION;
/** Steps in SIGN. */
export const SIGN_FIRST: usize = 2 * 12;
const SIGN_CLASS: usize = 4 * SIGN_FIRST;
/** Steps in EXPONENT_DC. */
export const EXPONENT_DC_FIRST: usize = 17 * ROW_BYTES;

const EXPONENT_7X7: usize = MODEL;
const EXPONENT_EDGE: usize = EXPONENT_7X7 + 2 * EXPONENT_7X7_CLASS;
const RESIDUAL: usize = EXPONENT_EDGE + 2 * EXPONENT_EDGE_CLASS;
export const EXPONENT_DC: usize = RESIDUAL + 2 * RESIDUAL_CLASS;
export const RESIDUAL_DC: usize = EXPONENT_DC + 12 * EXPONENT_DC_FIRST;
const COUNT_7X7: usize = RESIDUAL_DC + 12 * ROW_BYTES;
const COUNT_ROW: usize = COUNT_7X7 + 2 * COUNT_7X7_CLASS;
const COUNT_COLUMN: usize = COUNT_ROW + 2 * COUNT_EDGE_CLASS;
const SIGN: usize = COUNT_COLUMN + 2 * COUNT_EDGE_CLASS;
const THRESHOLD: usize = SIGN + 2 * SIGN_CLASS + 32;
const MODEL_END: usize = THRESHOLD + 2 * THRESHOLD_CLASS;

// The arrays of the colour class that is being coded.
export let exponent7x7: usize = 0;
export let exponentEdge: usize = 0;
export let residual: usize = 0;
export let count7x7: usize = 0;
export let countRow: usize = 0;
export let countColumn: usize = 0;
export let sign: usize = 0;
export let threshold: usize = 0;

/** Makes all branches fresh: what each segment starts with. */
export function freshModel(): void {
  store<u16>(MODEL, FRESH_BRANCH);
  memory.fill(MODEL, <u8>FRESH_BRANCH, MODEL_END - MODEL);
}

/** Selects the arrays of a colour class: 0 for the first component, 1 for the others. */
export function selectClass(colour: i32): void {
  const k = <usize>colour;
  exponent7x7 = EXPONENT_7X7 + k * EXPONENT_7X7_CLASS;
  exponentEdge = EXPONENT_EDGE + k * EXPONENT_EDGE_CLASS;
  residual = RESIDUAL + k * RESIDUAL_CLASS;
  count7x7 = COUNT_7X7 + k * COUNT_7X7_CLASS;
  countRow = COUNT_ROW + k * COUNT_EDGE_CLASS;
  countColumn = COUNT_COLUMN + k * COUNT_EDGE_CLASS;
  sign = SIGN + k * SIGN_CLASS;
  threshold = THRESHOLD + k * THRESHOLD_CLASS;
}

/** One bin in direction D: decodes it, or encodes `bit`. Returns the bin either way. */
// @ts-ignore: decorator
@inline
export function bin<D>(branch: usize, bit: u32): u32 {
  if (reads<D>()) return decodeBin(branch);
  encodeBin(branch, bit);
  return bit;
}

/** A number of `bits` bits, first bit first, with a branch for each node of the tree. */
// @ts-ignore: decorator
@inline
export function tree<D>(branches: usize, bits: u32, value: u32): u32 {
  let node: u32 = 1;
  for (let i = bits; i > 0; i--) {
    node = (node << 1) | bin<D>(branches + 2 * <usize>node, (value >> (i - 1)) & 1);
  }
  return node - (1 << bits);
}

/** A length 0..11: a one for each step, a zero at its end; eleven ones need none. */
// @ts-ignore: decorator
@inline
export function unary<D>(branches: usize, length: i32): i32 {
  if (reads<D>()) return decodeUnary(branches, EXPONENT_BINS);
  let i: i32 = 0;
  while (bin<D>(branches + 2 * <usize>i, u32(length > i))) {
    i += 1;
    if (i == EXPONENT_BINS) break;
  }
  return i;
}

/** Appends to `prefix`, the bits of a magnitude from its leading one on, those from bit `from` down to
 * 0, each with the branch of its number. */
// @ts-ignore: decorator
@inline
export function residualBits<D>(branches: usize, from: i32, prefix: u32, value: u32): u32 {
  let result = prefix;
  for (let i = from; i >= 0; i--) {
    result = (result << 1) | bin<D>(branches + 2 * <usize>i, (value >> i) & 1);
  }
  return result;
}
