/**
 * Mix: codes a nibble by the weighted mean of four rows, and teaches rows and weights.
 *
 *   rows      r0 (fewest circumstances) ... r3        each says how likely every symbol is
 *   weights   one set of four for each kind of symbol and each combination of how often the rows
 *             were used, since a row that has seen nothing deserves no trust
 *   mixture   ramp + sum of row * weight / 32768      sixteen bounds; the ramp keeps all apart
 *
 * A row that was never touched begins as a copy of the row before it. After a symbol each weight
 * moves by how much better its row foresaw the symbol than the mixture did, an exponentiated
 * gradient step in integers; their sum is at most 32767, so that no bound of the mixture passes 32767. Source: docs/formats/divans.md, mixing.
 */
import { FRESH_ROW, MIXED, PICKS, RECIPROCALS } from "../memory.ts";
import { freshRow, inheritRow, learnRow, ROW_BYTES, SCALE } from "../rans/cdf.ts";
import { slot } from "../rans/coder.ts";
import { reads } from "./direction.ts";
import { codeVectors } from "./mix-vector.ts";
import { fillFrequencyPrices, frequencyPrice, passSymbol } from "./symbol.ts";
import {
  EACH_MAXIMUM,
  fillBuckets,
  GAIN_MAXIMUM,
  WEIGHT_LEARNED_MINIMUM,
  WEIGHT_SUM,
  weightsOf,
} from "./weights.ts";

/** Mark of rows that nobody else could own. */
export const OWN: u32 = 1;

/** Fills the tables that depend on nothing. */
export function fillMixTables(): void {
  freshRow(FRESH_ROW);
  store<u16>(MIXED, <u16>SCALE, 32);
  fillBuckets();
  for (let step: u32 = 0; step < 1024; step++) {
    store<u32>(RECIPROCALS + (step << 2), (1 << 20) / (32 * step + 16));
  }
  for (let symbol: u32 = 0; symbol < 16; symbol++) {
    const picks = PICKS + (symbol << 5);
    memory.fill(picks, 0, 32);
    if (symbol > 0) store<i16>(picks + (symbol << 1), -1);
    if (symbol < 15) store<i16>(picks + (symbol << 1), 1, 2);
  }
  fillFrequencyPrices();
}

/** Sees to it that a row belongs to `mark`: else it begins as a copy of `parent`. */
// @ts-ignore: decorator
@inline
export function claimRow(row: usize, parent: usize, mark: u32): usize {
  if (load<u8>(row, 1) != <u8>mark) inheritRow(row, parent, mark);
  return row;
}

/**
 * The row of a pair that belongs to `mark`. When neither does, the one that was used less is taken
 * and begins as a copy of `parent`; the other loses some of its count, so that it is not there for
 * ever.
 */
// @ts-ignore: decorator
@inline
export function claimOfPair(pair: usize, parent: usize, mark: u32): usize {
  // Which of the two it is cannot be foreseen, so no jump depends on it.
  const isSecond = u32(load<u8>(pair, 33) == <u8>mark);
  if (u32(load<u8>(pair, 1) == <u8>mark) | isSecond) return pair + (isSecond << 5);
  return takeOfPair(pair, parent, mark);
}

function takeOfPair(pair: usize, parent: usize, mark: u32): usize {
  const takesFirst = load<u8>(pair) <= load<u8>(pair, 32);
  const taken = takesFirst ? pair : pair + ROW_BYTES;
  const kept = takesFirst ? pair + ROW_BYTES : pair;
  const count: u32 = load<u8>(kept);
  store<u8>(kept, <u8>(count - (count > 64 ? count >> 4 : u32(count > 3))));
  inheritRow(taken, parent, mark);
  return taken;
}

/** The row of a pair that belongs to `mark`, or `parent` when neither does. */
// @ts-ignore: decorator
@inline
export function ownerOfPair(pair: usize, parent: usize, mark: u32): usize {
  if (load<u8>(pair, 1) == <u8>mark) return pair;
  return load<u8>(pair, 33) == <u8>mark ? pair + ROW_BYTES : parent;
}

/**
 * Codes a nibble by rows that are claimed. `kind` is the address of the kind's weight sets, `rates` of a table of rates.
 * Returns the symbol.
 */
export function codeMixed<D>(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  kind: usize,
  rates: usize,
  given: u32,
): u32 {
  if (ASC_FEATURE_SIMD) return codeVectors<D>(r0, r1, r2, r3, kind, rates, given);
  const weights = weightsOf(kind, load<u8>(r0), load<u8>(r1), load<u8>(r2), load<u8>(r3));
  mix(r0, r1, r2, r3, weights);
  const symbol = reads<D>() ? find(slot()) : given;
  const bound = MIXED + (symbol << 1);
  const start: u32 = load<u16>(bound);
  const frequency = <u32>load<u16>(bound, 2) - start;
  passSymbol<D>(start, frequency);

  learnWeights(r0, r1, r2, r3, weights, symbol, frequency);
  learnRow(r0, symbol, rates);
  learnRow(r1, symbol, rates);
  learnRow(r2, symbol, rates);
  learnRow(r3, symbol, rates);
  return symbol;
}

/** What `codeMixed` would cost now, in 1/64 bit; nothing is learnt, and no row is changed. */
export function priceMixed(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  kind: usize,
  symbol: u32,
): u32 {
  const weights = weightsOf(kind, load<u8>(r0), load<u8>(r1), load<u8>(r2), load<u8>(r3));
  mix(r0, r1, r2, r3, weights);
  const bound = MIXED + (symbol << 1);
  return frequencyPrice(<u32>load<u16>(bound, 2) - <u32>load<u16>(bound));
}

/** Codes a nibble by one row. */
export function codeSingle<D>(row: usize, rates: usize, given: u32): u32 {
  claimRow(row, FRESH_ROW, OWN);
  copyRamped(row);
  const symbol = reads<D>() ? find(slot()) : given;
  const bound = MIXED + (symbol << 1);
  const start: u32 = load<u16>(bound);
  const frequency = <u32>load<u16>(bound, 2) - start;
  passSymbol<D>(start, frequency);
  learnRow(row, symbol, rates);
  return symbol;
}

/** Fills MIXED with the mixture's bounds. */
// @ts-ignore: decorator
@inline
function mix(r0: usize, r1: usize, r2: usize, r3: usize, weights: usize): void {
  if (ASC_FEATURE_SIMD) {
    const w0 = v128.load_splat<i16>(weights);
    const w1 = v128.load_splat<i16>(weights, 4);
    const w2 = v128.load_splat<i16>(weights, 8);
    const w3 = v128.load_splat<i16>(weights, 12);
    let low = i16x8(0, 1, 2, 3, 4, 5, 6, 7);
    let high = i16x8(8, 9, 10, 11, 12, 13, 14, 15);
    low = i16x8.add(low, i16x8.q15mulr_sat_s(v128.load(r0), w0));
    high = i16x8.add(high, i16x8.q15mulr_sat_s(v128.load(r0, 16), w0));
    low = i16x8.add(low, i16x8.q15mulr_sat_s(v128.load(r1), w1));
    high = i16x8.add(high, i16x8.q15mulr_sat_s(v128.load(r1, 16), w1));
    low = i16x8.add(low, i16x8.q15mulr_sat_s(v128.load(r2), w2));
    high = i16x8.add(high, i16x8.q15mulr_sat_s(v128.load(r2, 16), w2));
    low = i16x8.add(low, i16x8.q15mulr_sat_s(v128.load(r3), w3));
    high = i16x8.add(high, i16x8.q15mulr_sat_s(v128.load(r3, 16), w3));
    v128.store(MIXED, i16x8.replace_lane(low, 0, 0));
    v128.store(MIXED, high, 16);
  } else {
    const w0 = load<i32>(weights);
    const w1 = load<i32>(weights, 4);
    const w2 = load<i32>(weights, 8);
    const w3 = load<i32>(weights, 12);
    store<u16>(MIXED, 0);
    for (let lane: u32 = 1; lane < 16; lane++) {
      const at = (<usize>lane) << 1;
      const bound =
        <i32>lane +
        ((load<i16>(r0 + at) * w0 + 0x4000) >> 15) +
        ((load<i16>(r1 + at) * w1 + 0x4000) >> 15) +
        ((load<i16>(r2 + at) * w2 + 0x4000) >> 15) +
        ((load<i16>(r3 + at) * w3 + 0x4000) >> 15);
      store<u16>(MIXED + at, <u16>bound);
    }
  }
}

/** Fills MIXED with one row's bounds. */
// @ts-ignore: decorator
@inline
function copyRamped(row: usize): void {
  if (ASC_FEATURE_SIMD) {
    const low = i16x8.add(v128.load(row), i16x8(0, 1, 2, 3, 4, 5, 6, 7));
    const high = i16x8.add(v128.load(row, 16), i16x8(8, 9, 10, 11, 12, 13, 14, 15));
    v128.store(MIXED, i16x8.replace_lane(low, 0, 0));
    v128.store(MIXED, high, 16);
  } else {
    store<u16>(MIXED, 0);
    for (let lane: u32 = 1; lane < 16; lane++) {
      const at = (<usize>lane) << 1;
      store<u16>(MIXED + at, <u16>(load<u16>(row + at) + lane));
    }
  }
}

/** The symbol of MIXED that holds `place`, 0..32767. */
// @ts-ignore: decorator
@inline
function find(place: u32): u32 {
  if (ASC_FEATURE_SIMD) {
    const places = i16x8.splat(<i16>place);
    const low = i16x8.le_s(v128.load(MIXED), places);
    const high = i16x8.le_s(v128.load(MIXED, 16), places);
    return 31 - clz(i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)));
  } else {
    let symbol: u32 = 0;
    for (let lane: u32 = 1; lane < 16; lane++) {
      symbol += u32(<u32>load<u16>(MIXED + (lane << 1)) <= place);
    }
    return symbol;
  }
}

/** Moves the weights towards the rows that foresaw `symbol` better than the mixture did. */
// @ts-ignore: decorator
@inline
function learnWeights(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  weights: usize,
  symbol: u32,
  frequency: u32,
): void {
  const reciprocal: i32 = load<i32>(RECIPROCALS + ((frequency >> 5) << 2));
  const n0 = learned(r0, load<i32>(weights), symbol, <i32>frequency, reciprocal);
  const n1 = learned(r1, load<i32>(weights, 4), symbol, <i32>frequency, reciprocal);
  const n2 = learned(r2, load<i32>(weights, 8), symbol, <i32>frequency, reciprocal);
  const n3 = learned(r3, load<i32>(weights, 12), symbol, <i32>frequency, reciprocal);
  const over = n0 + n1 + n2 + n3 - WEIGHT_SUM;
  const each = min<i32>((over + 3) >> 2, EACH_MAXIMUM);
  const rest = max<i32>(over - 4 * each, 0);
  store<i32>(weights, n0 - each - (n0 > WEIGHT_SUM >> 2 ? rest : 0));
  store<i32>(weights, n1 - each - (n1 > WEIGHT_SUM >> 2 ? rest : 0), 4);
  store<i32>(weights, n2 - each - (n2 > WEIGHT_SUM >> 2 ? rest : 0), 8);
  store<i32>(weights, n3 - each - (n3 > WEIGHT_SUM >> 2 ? rest : 0), 12);
}

/** One weight after a symbol that its row gave a share of its own. */
function learned(row: usize, weight: i32, symbol: u32, frequency: i32, reciprocal: i32): i32 {
  const lower: i32 = symbol == 0 ? 0 : load<i16>(row + (symbol << 1));
  const upper: i32 = symbol == 15 ? <i32>SCALE : load<i16>(row + (symbol << 1), 2);
  const missed = upper - lower - frequency;
  const gain = min<i32>((missed * reciprocal) >> 10, GAIN_MAXIMUM);
  return max<i32>(weight + ((weight * gain) >> 16), WEIGHT_LEARNED_MINIMUM);
}
