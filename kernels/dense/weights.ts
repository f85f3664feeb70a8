/**
 * Weights: the trained numbers that inputs are multiplied with, as the host has written them, and the same
 * laid out for whole lines (lines.ts).
 *
 *   interior     i16[2][64][40]      by class (luminance and the like, colour), raster
 *   edges        i16[2][2][8][24]    by class, row's edge or column's, place
 *   DC           i16[2][40]
 *   magnitudes   i16[3][64][24]      of component 0, 1, 2
 *
 * Weights have 12 bits behind the point; the sum of their magnitudes is bounded when they are taken, so that
 * no sum of products leaves 32 bits. Inputs, lane by lane: docs/formats/jpeg-dense.md, regressions.
 */
import { FAULT_CALL } from "../fault.ts";
import {
  DENSE_REGRESSIONS,
  EDGE_MAGNITUDE_PAIRS,
  EDGE_PAIRS,
  INTERIOR_PAIRS,
  MAGNITUDE_PAIRS,
  OWN_WEIGHTS,
} from "../memory.ts";
import { PAIR_WEIGHTS_BYTES } from "./lines.ts";

export const INTERIOR_LANES: usize = 40;
export const EDGE_LANES: usize = 24;
const DC_LANES: usize = 40;
export const MAGNITUDE_LANES: usize = 24;
/** Where each kind of weights begins. */
const INTERIOR: usize = DENSE_REGRESSIONS;
const EDGES: usize = INTERIOR + 2 * 2 * 64 * INTERIOR_LANES;
const DC: usize = EDGES + 2 * 2 * 2 * 8 * EDGE_LANES;
const MAGNITUDES: usize = DC + 2 * 2 * DC_LANES;

/** Pairs of lines: of a row of interior values, of an edge's values, of a row or column of magnitudes that
 * neighbours tell, of an edge of magnitudes that its own block tells. */
export const INTERIOR_PAIRS_BYTES: usize = 2 * PAIR_WEIGHTS_BYTES;
export const EDGE_PAIRS_BYTES: usize = 4 * PAIR_WEIGHTS_BYTES;
export const MAGNITUDE_PAIRS_BYTES: usize = 6 * PAIR_WEIGHTS_BYTES;
export const EDGE_MAGNITUDE_PAIRS_BYTES: usize = 3 * PAIR_WEIGHTS_BYTES;
/** Lines of magnitudes: eight rows, and the first column. */
export const MAGNITUDE_LINES: usize = 9;
export const FIRST_COLUMN: usize = 8;
/** What an interior magnitude has of its own block: eight places beside it. */
export const OWN_WEIGHTS_BYTES: usize = 16;

/** Bits behind the point of weights. */
export const WEIGHT_BITS: i32 = 12;
/** Largest magnitude of an input, and of a sum of four. */
const INPUT_LIMIT: i64 = 16384;
const CROSS_LIMIT: i64 = 32767;
/** No input: its weight is zero. */
const NONE: usize = MAGNITUDE_LANES;

// Weights of the component that is being coded.
export let interior: usize = INTERIOR;
export let edges: usize = EDGES;
export let dcWeights: usize = DC;
export let magnitudes: usize = MAGNITUDES;
export let interiorPairs: usize = INTERIOR_PAIRS;
export let edgePairs: usize = EDGE_PAIRS;
export let magnitudePairs: usize = MAGNITUDE_PAIRS;
export let edgeMagnitudePairs: usize = EDGE_MAGNITUDE_PAIRS;
export let ownWeights: usize = OWN_WEIGHTS;

/** Takes the weights. @returns 0, or a negative fault when sums could leave 32 bits */
export function takeWeights(): i32 {
  for (let i: usize = 0; i < 2 * 64; i++) {
    if (!isBounded(INTERIOR + 2 * INTERIOR_LANES * i, INTERIOR_LANES)) return -FAULT_CALL;
  }
  for (let i: usize = 0; i < 2 * 2 * 8; i++) {
    if (!isBounded(EDGES + 2 * EDGE_LANES * i, EDGE_LANES)) return -FAULT_CALL;
  }
  for (let i: usize = 0; i < 2; i++) {
    if (!isBounded(DC + 2 * DC_LANES * i, DC_LANES)) return -FAULT_CALL;
  }
  for (let i: usize = 0; i < 3 * 64; i++) {
    if (!isBounded(MAGNITUDES + 2 * MAGNITUDE_LANES * i, MAGNITUDE_LANES)) return -FAULT_CALL;
  }
  for (let colour: usize = 0; colour < 2; colour++) layOutValues(colour);
  for (let third: usize = 0; third < 3; third++) layOutMagnitudes(third);
  return 0;
}

function isBounded(weights: usize, lanes: usize): bool {
  let sum: i64 = 0;
  for (let lane: usize = 0; lane < lanes; lane++) {
    const isCross = lanes == MAGNITUDE_LANES && (lane == 6 || lane == 7);
    const limit = isCross ? CROSS_LIMIT : INPUT_LIMIT;
    sum += limit * <i64>abs<i32>(<i32>load<i16>(weights + 2 * lane));
  }
  return sum <= 0x7fffffff;
}

/** Writes a pair of lines' weights: inputs `a` and `b` of eight coefficients, whose weights lie `step` bytes
 * apart from `from` on. */
function layPair(to: usize, from: usize, step: usize, a: usize, b: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    store<i16>(to + 4 * i, a == NONE ? 0 : load<i16>(from + step * i + 2 * a));
    store<i16>(to + 4 * i + 2, b == NONE ? 0 : load<i16>(from + step * i + 2 * b));
  }
}

function layOutValues(colour: usize): void {
  const step = 2 * INTERIOR_LANES;
  for (let v: usize = 0; v < 8; v++) {
    const from = INTERIOR + step * (64 * colour + 8 * v);
    const to = INTERIOR_PAIRS + INTERIOR_PAIRS_BYTES * (8 * colour + v);
    layPair(to, from, step, 32, 33);
    layPair(to + PAIR_WEIGHTS_BYTES, from, step, 34, 35);
  }
  for (let edge: usize = 0; edge < 2; edge++) {
    const from = EDGES + 2 * EDGE_LANES * 8 * (2 * colour + edge);
    const to = EDGE_PAIRS + EDGE_PAIRS_BYTES * (2 * colour + edge);
    layPair(to, from, 2 * EDGE_LANES, 16, 17);
    layPair(to + PAIR_WEIGHTS_BYTES, from, 2 * EDGE_LANES, 18, 20);
    layPair(to + 2 * PAIR_WEIGHTS_BYTES, from, 2 * EDGE_LANES, 19, 8);
    layPair(to + 3 * PAIR_WEIGHTS_BYTES, from, 2 * EDGE_LANES, 23, NONE);
  }
}

function layOutMagnitudes(third: usize): void {
  const all = MAGNITUDES + 2 * MAGNITUDE_LANES * 64 * third;
  for (let line: usize = 0; line < MAGNITUDE_LINES; line++) {
    const from = line == FIRST_COLUMN ? all : all + 2 * MAGNITUDE_LANES * 8 * line;
    const step = 2 * MAGNITUDE_LANES * (line == FIRST_COLUMN ? 8 : 1);
    const to = MAGNITUDE_PAIRS + MAGNITUDE_PAIRS_BYTES * (MAGNITUDE_LINES * third + line);
    for (let pair: usize = 0; pair < 6; pair++) {
      const second = pair < 5 ? 2 * pair + 1 : NONE;
      layPair(to + PAIR_WEIGHTS_BYTES * pair, from, step, 2 * pair, second);
    }
  }
  for (let edge: usize = 0; edge < 2; edge++) {
    const step = 2 * MAGNITUDE_LANES * (edge == 0 ? 1 : 8);
    const to = EDGE_MAGNITUDE_PAIRS + EDGE_MAGNITUDE_PAIRS_BYTES * (2 * third + edge);
    layPair(to, all, step, 11, 12);
    layPair(to + PAIR_WEIGHTS_BYTES, all, step, 15, 16);
    layPair(to + 2 * PAIR_WEIGHTS_BYTES, all, step, edge == 0 ? NONE : 17, 22);
    // The first coefficient has none before it, the last none behind it.
    store<i16>(to + PAIR_WEIGHTS_BYTES + 4, 0);
    store<i16>(to + PAIR_WEIGHTS_BYTES + 4 * 7 + 2, 0);
    store<i16>(to + 2 * PAIR_WEIGHTS_BYTES + 4 * 7 + 2, 0);
  }
  for (let raster: usize = 0; raster < 64; raster++) {
    layOutOwn(OWN_WEIGHTS + OWN_WEIGHTS_BYTES * (64 * third + raster), all, raster);
  }
}

/** Four places of the line above and of its own: from three to the left on. */
function layOutOwn(to: usize, all: usize, raster: usize): void {
  const from = all + 2 * MAGNITUDE_LANES * raster;
  memory.fill(to, 0, OWN_WEIGHTS_BYTES);
  store<i16>(to, load<i16>(from, 2 * 13), 4);
  store<i16>(to, load<i16>(from, 2 * 12), 6);
  store<i16>(to, load<i16>(from, 2 * 14), 10);
  store<i16>(to, load<i16>(from, 2 * 11), 12);
}

/** Selects the weights of component `c`. */
export function selectWeights(c: i32): void {
  const colour: usize = c == 1 || c == 2 ? 1 : 0;
  interior = INTERIOR + colour * 2 * 64 * INTERIOR_LANES;
  edges = EDGES + colour * 2 * 2 * 8 * EDGE_LANES;
  dcWeights = DC + colour * 2 * DC_LANES;
  interiorPairs = INTERIOR_PAIRS + colour * 8 * INTERIOR_PAIRS_BYTES;
  edgePairs = EDGE_PAIRS + colour * 2 * EDGE_PAIRS_BYTES;
  const third: usize = colour == 0 ? 0 : <usize>c;
  magnitudes = MAGNITUDES + third * 2 * 64 * MAGNITUDE_LANES;
  magnitudePairs = MAGNITUDE_PAIRS + third * MAGNITUDE_LINES * MAGNITUDE_PAIRS_BYTES;
  edgeMagnitudePairs = EDGE_MAGNITUDE_PAIRS + third * 2 * EDGE_MAGNITUDE_PAIRS_BYTES;
  ownWeights = OWN_WEIGHTS + third * 64 * OWN_WEIGHTS_BYTES;
}

/** One weight. */
// @ts-ignore: decorator
@inline
export function weight(weights: usize, lane: usize): i32 {
  return <i32>load<i16>(weights + 2 * lane);
}
