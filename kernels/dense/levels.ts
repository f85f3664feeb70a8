/**
 * Levels: the coarse scales on which contexts see numbers, and the curve that makes a probability of a
 * logit. All are tables that depend on no input.
 *
 *   logLevel     floor(4 * log2(1 + n / 3)) of 0..4095          0..41
 *   countLevel   of a count of coefficients, 0..49              0..11
 *   wideLevel    the same, finer                                0..24
 *   sumLevel     of a sum of magnitudes                         0..10
 *
 * Source: docs/formats/jpeg-dense.md, levels.
 */
import { COUNT_LEVELS, LOG_LEVELS, LOSING, SQUASH, SUM_LEVELS, WIDE_LEVELS } from "../memory.ts";

/** Largest number that `logLevel` tells from smaller ones. */
const LOG_LIMIT: u32 = 4095;
const SUM_LIMIT: u32 = 127;

/** Fills the tables. */
export function fillLevels(): void {
  fillSquash();
  let level: u32 = 0;
  for (let n: u64 = 0; n <= LOG_LIMIT; n++) {
    // The next level begins where (1 + n / 3)^4 reaches the next power of two.
    const square = (n + 3) * (n + 3);
    while (square * square >= (<u64>81) << (level + 1)) level += 1;
    store<u8>(LOG_LEVELS + <usize>n, <u8>level);
  }
  for (let n: u32 = 0; n < 64; n++) {
    store<u8>(COUNT_LEVELS + <usize>n, <u8>countLevelOf(n));
    store<u8>(WIDE_LEVELS + <usize>n, <u8>(n < 16 ? n : min<u32>(16 + ((n - 16) >> 2), 24)));
  }
  for (let n: u32 = 0; n <= SUM_LIMIT; n++) {
    store<u8>(SUM_LEVELS + <usize>n, <u8>sumLevelOf(n));
  }
  for (let visited: usize = 0; visited <= 4; visited++) {
    for (let lane: usize = 0; lane < 8; lane++) {
      const isRate = lane >= 4 && lane < 4 + visited;
      store<i16>(LOSING + 16 * visited + 2 * lane, isRate ? -1 : 0);
    }
  }
}

/** 65536 / (1 + e^(-x / 256)) for x from -2048 to 2047, never nearer than 32 to either end. */
function fillSquash(): void {
  // e^(-1/256) and 1, with 31 bits behind the point.
  const step: u64 = 2139111403;
  const one: u64 = (<u64>1) << 31;
  let power = one;
  for (let x: usize = 0; x <= 2048; x++) {
    const sum = one + power;
    let p = <u32>(((one << 16) + (sum >> 1)) / sum);
    p = min<u32>(p, 65504);
    if (x < 2048) store<u16>(SQUASH + 2 * (2048 + x), <u16>p);
    if (x > 0) store<u16>(SQUASH + 2 * (2048 - x), <u16>(65536 - p));
    power = (power * step + (one >> 1)) >> 31;
  }
}

/** Number of 1 2 3 4 6 9 13 18 24 31 39 that `n` reaches. */
function countLevelOf(n: u32): u32 {
  if (n < 4) return n;
  if (n < 6) return 4;
  if (n < 9) return 5;
  if (n < 13) return 6;
  if (n < 18) return 7;
  if (n < 24) return 8;
  if (n < 31) return 9;
  return n < 39 ? 10 : 11;
}

/** Number of 1 2 3 4 6 9 14 22 36 70 that `n` reaches. */
function sumLevelOf(n: u32): u32 {
  if (n < 4) return n;
  if (n < 6) return 4;
  if (n < 9) return 5;
  if (n < 14) return 6;
  if (n < 22) return 7;
  if (n < 36) return 8;
  return n < 70 ? 9 : 10;
}

// @ts-ignore: decorator
@inline
export function logLevel(n: u32): usize {
  return load<u8>(LOG_LEVELS + <usize>min<u32>(n, LOG_LIMIT));
}

/** Of a count of at most 63. */
// @ts-ignore: decorator
@inline
export function countLevel(n: u32): usize {
  return load<u8>(COUNT_LEVELS + <usize>n);
}

/** Of a count of at most 63. */
// @ts-ignore: decorator
@inline
export function wideLevel(n: u32): usize {
  return load<u8>(WIDE_LEVELS + <usize>n);
}

// @ts-ignore: decorator
@inline
export function sumLevel(n: u32): usize {
  return load<u8>(SUM_LEVELS + <usize>min<u32>(n, SUM_LIMIT));
}

/** Bits of a number: 0 for 0. */
// @ts-ignore: decorator
@inline
export function bitLength(n: u32): u32 {
  return 32 - clz<u32>(n);
}

/** Probability of a one, of 65536, by a sum of logits in 1/4096 that fits 16 bits. */
// @ts-ignore: decorator
@inline
export function squash(sum: i32): u32 {
  return <u32>load<u16>(SQUASH + 4096 + 2 * <usize>(sum >> 4));
}
