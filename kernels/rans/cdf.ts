/**
 * CDF: an adaptive row for one nibble. Sixteen lanes of 16 bits, 32 bytes:
 *
 *   lane     0       1        2       ...    15
 *   holds    count   bound 1  bound 2 ...    bound 15
 *
 * Bound s is the lower end of symbol s in units of 1/32768; bound 0 is always 0, so its lane keeps
 * how often the row was used (1 when fresh, 0 when never touched, 255 at most) in its lower byte, and in
 * its upper byte whatever tells a row's owner from others that hash to the same place. A symbol
 * pulls each bound a power of two nearer to where it would be if nothing else ever came; the count
 * says which power. Bounds stay ordered and at most 32744, so that a ramp of one per symbol leaves none of
 * them without a share.
 */
import { CDF_TARGETS, RATES } from "../memory.ts";

/** Bytes in a row. */
export const ROW_BYTES: usize = 32;
/** log2 of the sum of all shares. */
export const SCALE_BITS: u32 = 15;
export const SCALE: u32 = 1 << SCALE_BITS;
/** Room that the bounds leave below SCALE, for the ramp and for rounding. */
const MARGIN: i32 = 24;
/** Space between neighbouring bounds that nothing can close. */
const STEP: i32 = 8;
/** Largest count. */
const COUNT_MAXIMUM: u32 = 255;
/** Slowest rates that there are tables for: RATE_FIRST.., one table of 256 bytes each, for each
 * profile. */
export const RATE_FIRST: u32 = 4;
export const RATE_TABLES: u32 = 5;
/** Profiles of how rates fall with the count. */
const HASTY: u32 = 1;
const CALM: u32 = 2;
export const PROFILES: u32 = 3;
/** From a table for steady rows to that for hasty ones. */
export const HASTY_RATES: usize = (<usize>RATE_TABLES) << 8;

/** Fills the targets and the tables of rates. */
export function fillRows(): void {
  for (let symbol: i32 = 0; symbol < 16; symbol++) {
    for (let lane: i32 = 0; lane < 16; lane++) {
      const low = STEP * lane;
      const high = <i32>SCALE - MARGIN - STEP * (15 - lane);
      store<i16>(CDF_TARGETS + (((symbol << 4) + lane) << 1), <i16>(lane <= symbol ? low : high));
    }
  }
  for (let table: u32 = 0; table < PROFILES * RATE_TABLES; table++) {
    const slowest = RATE_FIRST + (table % RATE_TABLES);
    for (let count: u32 = 0; count < 256; count++) {
      const rate = min<u32>(rateOf(count, table / RATE_TABLES), slowest);
      store<u8>(RATES + (table << 8) + count, <u8>rate);
    }
  }
}

/**
 * The power of two by which a row of that count learns. Steady rows average what they see, calm ones
 * still slower; hasty ones, for rows that begin as copies of others, belong wholly to the first
 * symbol they see.
 */
function rateOf(count: u32, profile: u32): u32 {
  if (profile == HASTY) {
    if (count <= 1) return 0;
    if (count <= 3) return 1;
    if (count <= 6) return 2;
    if (count <= 12) return 3;
    if (count <= 30) return 4;
    if (count <= 80) return 5;
    if (count <= 200) return 6;
  } else if (profile == CALM) {
    if (count <= 6) return 2;
    if (count <= 17) return 3;
    if (count <= 40) return 4;
    if (count <= 90) return 5;
    if (count <= 220) return 6;
  } else {
    if (count <= 2) return 2;
    if (count <= 5) return 3;
    if (count <= 14) return 4;
    if (count <= 40) return 5;
    if (count <= 110) return 6;
  }
  return count < COUNT_MAXIMUM ? 7 : 8;
}

/** Makes a row that knows nothing: all symbols alike. */
export function freshRow(row: usize): void {
  store<u16>(row, 1);
  for (let lane: u32 = 1; lane < 16; lane++) {
    store<u16>(row + (lane << 1), <u16>(lane * ((SCALE - <u32>MARGIN) / 16)));
  }
}

/**
 * Makes a row with a shape: four bits a symbol, symbol 0 lowest; a share doubles with every two steps.
 */
export function shapedRow(row: usize, shape: u64): void {
  let sum: u32 = 0;
  for (let symbol: u32 = 0; symbol < 16; symbol++) sum += shareOf(shape, symbol);
  const room = SCALE - <u32>MARGIN - 16 * <u32>STEP;
  let before: u32 = 0;
  store<u16>(row, 1);
  for (let symbol: u32 = 1; symbol < 16; symbol++) {
    before += shareOf(shape, symbol - 1);
    store<u16>(row + (symbol << 1), <u16>(<u32>STEP * symbol + <u32>((<u64>room * before) / sum)));
  }
}

function shareOf(shape: u64, symbol: u32): u32 {
  const steps = <u32>(shape >> ((<u64>symbol) << 2)) & 15;
  return (steps & 1 ? 181 : 128) << (steps >> 1);
}

/** Makes `row` what `parent` is, with a fresh count and an owner's mark. */
// @ts-ignore: decorator
@inline
export function inheritRow(row: usize, parent: usize, mark: u32): void {
  const lane = 1 | (mark << 8);
  if (ASC_FEATURE_SIMD) {
    // One store for lane 0 and its neighbours: a load of all of them would wait for two.
    v128.store(row, i16x8.replace_lane(v128.load(parent), 0, <i16>lane));
    v128.store(row, v128.load(parent, 16), 16);
  } else {
    store<u64>(row, (load<u64>(parent) & ~(<u64>0xffff)) | lane);
    store<u64>(row, load<u64>(parent, 8), 8);
    store<u64>(row, load<u64>(parent, 16), 16);
    store<u64>(row, load<u64>(parent, 24), 24);
  }
}

/** Teaches a row a symbol; `rates` is the address of a table of rates. */
// @ts-ignore: decorator
@inline
export function learnRow(row: usize, symbol: u32, rates: usize): void {
  const count: u32 = load<u8>(row);
  const rate: i32 = load<u8>(rates + count);
  const target = CDF_TARGETS + (symbol << 5);
  const lane: u32 = <u32>load<u16>(row) + u32(count < COUNT_MAXIMUM);
  if (ASC_FEATURE_SIMD) {
    const low = v128.load(row);
    const high = v128.load(row, 16);
    const pullLow = i16x8.shr_s(i16x8.sub(v128.load(target), low), rate);
    const pullHigh = i16x8.shr_s(i16x8.sub(v128.load(target, 16), high), rate);
    v128.store(row, i16x8.replace_lane(i16x8.add(low, pullLow), 0, <i16>lane));
    v128.store(row, i16x8.add(high, pullHigh), 16);
  } else {
    for (let at: usize = 2; at < ROW_BYTES; at += 2) {
      const bound: i32 = load<i16>(row + at);
      store<i16>(row + at, <i16>(bound + ((load<i16>(target + at) - bound) >> rate)));
    }
    store<u16>(row, <u16>lane);
  }
}
