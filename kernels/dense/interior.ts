/**
 * Interior: the 49 coefficients off both edges, in zigzag order, until the last that is not zero.
 *
 *   length   with how far from zero it is expected to be: by a trained estimate, by its own block
 *   bits     below the leading one, first bit first
 *   sign     last: with the magnitude, predictions tell more of it
 *
 * Contexts: docs/formats/jpeg-dense.md, interior.
 */
import { FAULT_COEFFICIENT, FAULT_STREAM } from "../fault.ts";
import { reads } from "../jpeg/direction.ts";
import { BORDERS_ABOVE, BORDERS_LEFT, INTERIOR_ORDER, OWN_MAGNITUDES } from "../memory.ts";
import { keepCoefficient, OWN_LINE } from "./coefficient.ts";
import {
  cappedQuantizer,
  cappedQuantizers,
  component,
  isColour,
  quotient,
  ratio,
  sizeOver,
} from "./component.ts";
import { use3, use5, useOther } from "./contexts.ts";
import { magnitudeWeights, near, neighboursEstimate, ownEstimate, term } from "./estimates.ts";
import { bitLength, countLevel, logLevel, sumLevel } from "./levels.ts";
import { decide } from "./pairs.ts";
import { predictInterior } from "./predictions.ts";
import { above, first, left, magnitudeOf, R_ROWS, second, signOf } from "./records.ts";
import { decideLength } from "./rows.ts";
import {
  BITS_PLACE,
  BITS_PREFIX,
  BITS_SCALE,
  bitPlace,
  ESCAPE_INTERIOR,
  HALF_LEVELS,
  INTERIOR_OTHER,
  INTERIOR_OWN,
  INTERIOR_SCALE,
  INTERIOR_SIGNED,
  INTERIOR_UPPER,
  OTHER_UPPER,
  PAIR_BYTES,
  PLACES,
  ROW_BYTES,
  SIGN_BORDERS,
  SIGN_NEIGHBOURS,
  SIGN_OTHER,
  SIGN_PLACE,
  SIGN_SCALED,
  SIGN_SIZE,
  tables,
} from "./tables.ts";
import { WEIGHT_BITS } from "./weights.ts";

const INTERIOR_COUNT: u32 = 49;
/** Of the interior, so many count as low frequencies. */
const LOW_COUNT: usize = 5;
/** The longest magnitude: 15 bits. */
export const LENGTH_LIMIT_AC: i32 = 15;
/** Predictions beyond 4096 quantizers are as good as that. */
const RATIO_LIMIT: u32 = 1 << 24;
const INPUT_LIMIT: i32 = 16383;

/** Sums of magnitudes: beside the row's edge, beside the column's, of low frequencies. */
export let rowLine: u32 = 0;
export let columnLine: u32 = 0;
export let lowSum: u32 = 0;

/** The signed prediction of the coefficient that is being coded, over its quantizer, in 1/4096. */
let predicted: u32 = 0;
let isPredictedNegative: bool = false;
/** Its expected magnitude, in 1/16 of the quantizer, and the level of that. */
let expected: u32 = 0;
let scale: usize = 0;

/** Codes the interior of a block that has `count` coefficients in it. @returns 0, or a negative fault */
export function codeInterior<D>(block: usize, count: u32): i32 {
  rowLine = 0;
  columnLine = 0;
  lowSum = 0;
  let remaining = count;
  let isBehindOne: bool = false;
  for (let z: usize = 0; remaining > 0; z++) {
    if (z == INTERIOR_COUNT) return -FAULT_STREAM;
    const raster = <usize>load<u8>(INTERIOR_ORDER + z);
    const u = raster & 7;
    const v = raster >> 3;
    const value = reads<D>() ? 0 : <i32>load<i16>(block + 2 * raster);
    const magnitude = <u32>abs<i32>(value);
    expect(raster, u, v, remaining, INTERIOR_COUNT - <u32>z, isBehindOne);
    chooseLength(z, raster, remaining);
    const longer = tables + ESCAPE_INTERIOR;
    const given = <i32>bitLength(magnitude);
    const length = decideLength<D>(3, isColour, INTERIOR_UPPER, OTHER_UPPER, longer, given);
    isBehindOne = length > 0;
    if (length == 0) continue;
    if (length > LENGTH_LIMIT_AC) return reads<D>() ? -FAULT_STREAM : -FAULT_COEFFICIENT;
    const coded = codeBits<D>(z, <u32>length, magnitude);
    const isPositive = codeSign<D>(z, raster, u, v, coded, u32(value > 0));
    keepCoefficient<D>(block, raster, coded, isPositive);
    rowLine += v == 1 ? coded : 0;
    columnLine += u == 1 ? coded : 0;
    lowSum += z < LOW_COUNT ? coded : 0;
    remaining -= 1;
  }
  return 0;
}

/** Makes `predicted`, `expected` and `scale`. */
// @ts-ignore: decorator
@inline
function expect(
  raster: usize,
  u: usize,
  v: usize,
  remaining: u32,
  rest: u32,
  isBehindOne: bool,
): void {
  const sum = predictInterior(u, v);
  const size = <u32>abs<i32>(sum);
  isPredictedNegative = sum < 0;
  predicted = min<u32>(ratio(raster, size), RATIO_LIMIT);
  const q = cappedQuantizer(raster);
  const weights = magnitudeWeights(raster);
  const own = OWN_MAGNITUDES + OWN_LINE * (v + 2) + 2 * (u + 2);
  let estimate = neighboursEstimate(raster, cappedQuantizers()) + ownEstimate(raster, own);
  estimate += term(weights, 18, min<i32>(<i32>((<u32>q * remaining) / rest), INPUT_LIMIT));
  if (isBehindOne) estimate += term(weights, 19, q);
  const whole = <i32>abs<i32>(sum >> WEIGHT_BITS);
  estimate += term(weights, 20, min<i32>(whole, INPUT_LIMIT));
  takeEstimate(raster, estimate);
}

// @ts-ignore: decorator
@inline
function takeEstimate(raster: usize, estimate: i32): void {
  expected = min<u32>(quotient(raster, <u32>max<i32>(estimate, 0) >> 8), 4095);
  scale = logLevel(expected);
}

/** Names the contexts of the length. */
// @ts-ignore: decorator
@inline
function chooseLength(z: usize, raster: usize, remaining: u32): void {
  const around = sizeOver(raster, near);
  const count = countLevel(remaining);
  const signed = min<usize>(logLevel(predicted >> 8) >> 1, 15);
  use3(
    tables + INTERIOR_SCALE + ROW_BYTES * ((z * HALF_LEVELS + (scale >> 1)) * 3 + (count >> 2)),
    tables + INTERIOR_OWN + ROW_BYTES * ((z * 11 + sumLevel(around)) * 12 + count),
    tables + INTERIOR_SIGNED + ROW_BYTES * (scale * 16 + signed),
  );
  if (!isColour) return;
  const firstSize = min<usize>(sizeOver(raster, magnitudeOf(first, raster)), 4);
  const secondSize = min<usize>(sizeOver(raster, magnitudeOf(second, raster)), 4);
  const row = ((z * 5 + firstSize) * 5 + secondSize) * 11 + min<usize>(scale >> 2, 10);
  useOther(tables + INTERIOR_OTHER + ROW_BYTES * row);
}

/** The bits of the magnitude below its leading one. Returns the magnitude. */
// @ts-ignore: decorator
@inline
function codeBits<D>(z: usize, length: u32, magnitude: u32): u32 {
  let coded: u32 = 1;
  for (let j = <i32>length - 2; j >= 0; j--) {
    const place = bitPlace(length, j);
    const top = <usize>(coded < 4 ? coded : 0);
    const size = 8 * <usize>min<u32>(expected >> 3, 127) + <usize>min<u32>(coded, 7);
    use3(
      tables + BITS_PLACE + PAIR_BYTES * (PLACES * z + place),
      tables + BITS_SCALE + PAIR_BYTES * ((PLACES * (scale >> 1) + place) * 4 + top),
      tables + BITS_PREFIX + PAIR_BYTES * (size * 6 + <usize>min(j, 5)),
    );
    coded = (coded << 1) | decide<D>(3, false, (magnitude >> j) & 1);
  }
  return coded;
}

/** The sign: 1 for a positive one. */
// @ts-ignore: decorator
@inline
function codeSign<D>(z: usize, raster: usize, u: usize, v: usize, magnitude: u32, given: u32): u32 {
  const neighbours = 3 * signOf(above, raster) + signOf(left, raster);
  const fromAbove = borderLevel(BORDERS_ABOVE + 4 * u, raster, magnitude);
  const borders = 13 * fromAbove + borderLevel(BORDERS_LEFT + 4 * v, raster, magnitude);
  const share = (6 * predicted) / magnitude;
  const place = signed(min<u32>((share + 2048) >> 12, 20), 20);
  const size = signed(min<u32>((12 * predicted + 2048) >> 12, 24), 24);
  use5(
    tables + SIGN_NEIGHBOURS + PAIR_BYTES * (9 * z + neighbours),
    tables + SIGN_BORDERS + PAIR_BYTES * (169 * z + borders),
    tables + SIGN_SCALED + PAIR_BYTES * (169 * min<usize>(scale >> 3, 3) + borders),
    tables + SIGN_PLACE + PAIR_BYTES * (41 * z + place),
    tables + SIGN_SIZE + PAIR_BYTES * (4 * size + <usize>min<u32>(magnitude - 1, 3)),
  );
  if (isColour) useOther(tables + SIGN_OTHER + PAIR_BYTES * (9 * z + otherSigns(raster)));
  return decide<D>(5, isColour, given);
}

/** What the first component, or both of the others, say of a sign. */
// @ts-ignore: decorator
@inline
function otherSigns(raster: usize): usize {
  if (component == 1) return fifthOf(first, raster);
  return 49 * 9 + 3 * signOf(second, raster) + signOf(first, raster);
}

/** Which sign the prediction has, with `size` of at most `most`: 0 .. 2 * most. */
// @ts-ignore: decorator
@inline
function signed(size: u32, most: u32): usize {
  return <usize>(isPredictedNegative ? most - size : most + size);
}

/** What is left of a border's sum, in quarters of the magnitude: 0..12, 6 for none. */
// @ts-ignore: decorator
@inline
function borderLevel(at: usize, raster: usize, magnitude: u32): usize {
  const rest = load<i32>(at);
  const whole = min<u32>(ratio(raster, <u32>abs<i32>(rest)) >> 10, 6 * magnitude);
  const size = magnitude == 1 ? whole : whole / magnitude;
  return <usize>(rest < 0 ? 6 - size : 6 + size);
}

/** Whether the first component's coefficient is below -2 quantizers, negative, none, positive, above 2: 0..4. */
// @ts-ignore: decorator
@inline
function fifthOf(record: usize, raster: usize): usize {
  const product = <i32>load<i16>(record + 2 * raster, R_ROWS);
  const most = 2 * cappedQuantizer(raster);
  return usize(product >= -most) + usize(product >= 0) + usize(product > 0) + usize(product > most);
}
