/**
 * DC: the block's level, last of all, as the difference from what everything else lets expect.
 *
 *   trained   weights on all that is known around it
 *   borders   the levels that smooth borders to the block above and to the left want, each trusted by how
 *             well the trained opinion did along that edge (edge.ts)
 *
 * The prediction is the mean of both; how far they are apart is the context.
 * Contexts: docs/formats/jpeg-dense.md, DC.
 */
import { FAULT_COEFFICIENT, FAULT_STREAM } from "../fault.ts";
import { reads } from "../jpeg/direction.ts";
import { BORDERS_ABOVE, BORDERS_LEFT } from "../memory.ts";
import { keepCoefficient } from "./coefficient.ts";
import { cappedQuantizer, component, ratio, signedRatio } from "./component.ts";
import { use3, use5, useOther } from "./contexts.ts";
import { bitLength, countLevel, logLevel } from "./levels.ts";
import { decide } from "./pairs.ts";
import { predictDc } from "./predictions.ts";
import {
  above,
  aboveLeft,
  aboveRight,
  hasAbove,
  hasLeft,
  here,
  left,
  R_DC_LENGTH,
  second,
  secondAbove,
  secondLeft,
} from "./records.ts";
import { decideLength } from "./rows.ts";
import {
  bitPlace,
  DC_BITS_PLACE,
  DC_BITS_PREFIX,
  DC_BITS_UNSURE,
  DC_COUNT,
  DC_FIRST,
  DC_OTHER,
  DC_PLACES,
  DC_SECOND,
  DC_SIGN_BORDERS,
  DC_SIGN_ROUNDING,
  DC_SIGN_SIZE,
  DC_SUM,
  DC_UNSURE,
  DC_UPPER,
  ESCAPE_DC,
  OTHER_UPPER,
  PAIR_BYTES,
  ROW_BYTES,
  tables,
} from "./tables.ts";
import { WEIGHT_BITS } from "./weights.ts";

const VALUE_LIMIT: i32 = 32767;
/** Levels beyond it are as good as that: 32768 quantizers, in 1/4096. */
const RATIO_LIMIT: u32 = 1 << 27;

/** Eighths of a quantizer that the rounded prediction lies above the exact one, and a half. */
let eighths: usize = 0;
/** The rounded prediction. */
let level: i32 = 0;
/** How unsure: by what the edges missed, by the borders' and by both opinions' distance. */
let missedLevel: usize = 0;
let bordersLevel: usize = 0;
let opinionsLevel: usize = 0;
let sumOfLevels: u32 = 0;
let missedAndBorders: u32 = 0;
/** Signed distances, over the quantizer: of the borders in halves, of the opinions in quarters. */
let borderHalves: usize = 0;
let opinionQuarters: usize = 0;

/** Codes the DC of a block with `count` coefficients in its interior, along whose edges the trained opinion
 * missed by so much. @returns 0, or a negative fault */
export function codeDc<D>(block: usize, count: u32, missedAbove: u32, missedLeft: u32): i32 {
  predict(missedAbove, missedLeft);
  const value = reads<D>() ? 0 : <i32>load<i16>(block);
  const difference = value - level;
  const magnitude = <u32>abs<i32>(difference);
  const a = missedLevel;
  const b = bordersLevel;
  const c = opinionsLevel;
  use5(
    tables + DC_UNSURE + ROW_BYTES * (24 * a + b),
    tables + DC_SUM + ROW_BYTES * logLevel(sumOfLevels),
    tables + DC_FIRST + ROW_BYTES * (24 * a + c),
    tables + DC_SECOND + ROW_BYTES * (24 * b + c),
    tables + DC_COUNT + ROW_BYTES * (24 * countLevel(count) + b),
  );
  const longer = tables + ESCAPE_DC;
  const given = <i32>bitLength(magnitude);
  const isLast = component == 2;
  if (isLast) {
    const surprise = 21 * <usize>load<u8>(second, R_DC_LENGTH);
    const unsure = logLevel(missedAndBorders) >> 1;
    useOther(tables + DC_OTHER + ROW_BYTES * (surprise + min<usize>(unsure, 20)));
  }
  const length = decideLength<D>(5, isLast, DC_UPPER, OTHER_UPPER, longer, given);
  store<u8>(here, <u8>min(length, 11), R_DC_LENGTH);
  let result = level;
  if (length > 0) {
    const coded = codeBits<D>(<u32>length, magnitude);
    const isPositive = codeSign<D>(coded, u32(difference > 0));
    result += isPositive ? <i32>coded : -(<i32>coded);
    if (abs<i32>(result) > VALUE_LIMIT) return reads<D>() ? -FAULT_STREAM : -FAULT_COEFFICIENT;
  }
  if (result != 0) keepCoefficient<D>(block, 0, <u32>abs<i32>(result), u32(result > 0));
  return 0;
}

/** Makes the prediction and all that contexts want of it. */
function predict(missedAbove: u32, missedLeft: u32): void {
  let trained: i64 = 0;
  let fromAbove: i64 = 0;
  let fromLeft: i64 = 0;
  let borders: i64 = 0;
  let missed: u32 = missedAbove + missedLeft;
  if (hasAbove || hasLeft) {
    trained = trainedLevel();
    fromAbove = ((<i64>load<i32>(BORDERS_ABOVE)) << WEIGHT_BITS) / 1448;
    fromLeft = ((<i64>load<i32>(BORDERS_LEFT)) << WEIGHT_BITS) / 1448;
    let distrustAbove = missedAbove;
    let distrustLeft = missedLeft;
    if (!hasAbove) {
      fromAbove = fromLeft;
      distrustAbove = missedLeft;
    }
    if (!hasLeft) {
      fromLeft = fromAbove;
      distrustLeft = missedAbove;
    }
    missed = distrustAbove + distrustLeft;
    const least = <i64>cappedQuantizer(0) + 1;
    const above = <i64>distrustAbove + least;
    const left = <i64>distrustLeft + least;
    borders = (fromAbove * left + fromLeft * above) / (above + left);
  }
  const exact = signedRatio(0, cut((trained + borders) >> 1), RATIO_LIMIT) >> 9;
  level = (exact + 4) >> 3;
  eighths = <usize>((exact + 4) & 7);

  const apart = signedRatio(0, cut(fromAbove - fromLeft), RATIO_LIMIT);
  const opinions = signedRatio(0, cut(trained - borders), RATIO_LIMIT);
  const missedRatio = ratio(0, min<u32>(4 * missed, 1 << 28));
  const bordersRatio = <u32>abs<i32>(apart) >> 9;
  const opinionsRatio = <u32>abs<i32>(opinions) >> 9;
  missedLevel = min<usize>(logLevel(missedRatio) >> 1, 23);
  bordersLevel = min<usize>(logLevel(bordersRatio) >> 1, 23);
  opinionsLevel = min<usize>(logLevel(opinionsRatio) >> 1, 23);
  missedAndBorders = (missedRatio >> 1) + (bordersRatio >> 1);
  sumOfLevels = missedAndBorders + opinionsRatio;
  borderHalves = <usize>(max<i32>(min<i32>((2 * apart) >> 12, 12), -12) + 12);
  opinionQuarters = <usize>(max<i32>(min<i32>((4 * opinions) >> 12, 8), -8) + 8);
}

/** The trained opinion of the DC times its quantizer, in 1/4096. */
function trainedLevel(): i64 {
  let dcAbove = <i32>load<i16>(above);
  let dcLeft = <i32>load<i16>(left);
  if (!hasAbove) dcAbove = dcLeft;
  if (!hasLeft) dcLeft = dcAbove;
  const base = (dcAbove + dcLeft) >> 1;
  const both = hasAbove && hasLeft;
  const sum = predictDc(
    base,
    dcAbove,
    dcLeft,
    both ? <i32>load<i16>(aboveLeft) : base,
    hasAbove ? <i32>load<i16>(aboveRight) : base,
    hasAbove ? <i32>load<i16>(secondAbove) : dcAbove,
    hasLeft ? <i32>load<i16>(secondLeft) : dcLeft,
  );
  return ((<i64>base) << WEIGHT_BITS) + sum;
}

// @ts-ignore: decorator
@inline
function cut(n: i64): i32 {
  return <i32>max<i64>(min<i64>(n, 0x7fffffff), -0x7fffffff);
}

/** The bits of the magnitude below its leading one. Returns the magnitude. */
// @ts-ignore: decorator
@inline
function codeBits<D>(length: u32, magnitude: u32): u32 {
  let coded: u32 = 1;
  for (let j = <i32>length - 2; j >= 0; j--) {
    const place = bitPlace(length, j);
    const top = 24 * <usize>min<u32>(coded, 15) + bordersLevel;
    use3(
      tables + DC_BITS_PLACE + PAIR_BYTES * place,
      tables + DC_BITS_UNSURE + PAIR_BYTES * (DC_PLACES * missedLevel + place),
      tables + DC_BITS_PREFIX + PAIR_BYTES * (4 * top + <usize>min(j, 3)),
    );
    coded = (coded << 1) | decide<D>(3, false, (magnitude >> j) & 1);
  }
  return coded;
}

/** The sign: 1 for a positive difference. */
// @ts-ignore: decorator
@inline
function codeSign<D>(magnitude: u32, given: u32): u32 {
  const size = <usize>min<u32>(magnitude - 1, 3);
  use3(
    tables + DC_SIGN_ROUNDING + PAIR_BYTES * (24 * eighths + bordersLevel),
    tables + DC_SIGN_BORDERS + PAIR_BYTES * (17 * borderHalves + opinionQuarters),
    tables + DC_SIGN_SIZE + PAIR_BYTES * ((8 * size + eighths) * 17 + opinionQuarters),
  );
  return decide<D>(3, false, given);
}
