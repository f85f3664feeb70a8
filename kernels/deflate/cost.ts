/**
 * Cost: how many bits a histogram needs at least, in fixed point.
 *
 * The entropy of counts c with sum N is N log2 N - sum of c log2 c bits. It decides where blocks
 * are cut (deflate/split.ts), so it reaches the output and is computed in integers: logarithms
 * with 16 fraction bits from a table of 4,096, larger numbers by shifting them into the table.
 */
import { LOGARITHMS, SYMBOL_SLOTS } from "../memory.ts";

/** Fraction bits of a cost: one bit of output is 1 << COST_SHIFT. */
export const COST_SHIFT: u64 = 16;

/** log2(e) in fixed point: the slope of x log2 x is log2 x + log2 e. */
const LOG2_E: u64 = 94548;

const TABLE_SIZE: u32 = 4096;

/** Writes the table of logarithms, by repeated squaring of a number in 1..2 (30 bits below the
 * point): each squaring that passes 2 gives a one bit. About 50 microseconds, once an instance. */
export function fillLogarithms(): void {
  store<u32>(LOGARITHMS, 0);
  store<u32>(LOGARITHMS + 4, 0);
  for (let number: u32 = 2; number < TABLE_SIZE; number++) {
    let logarithm: u32;
    if ((number & 1) == 0) {
      logarithm = load<u32>(LOGARITHMS + ((<usize>(number >> 1)) << 2)) + (1 << 16);
    } else {
      const whole = 31 - clz(number);
      logarithm = whole << 16;
      let rest = (<u64>number) << (30 - whole);
      for (let bit: u32 = 1 << 15; bit > 0; bit >>= 1) {
        rest = (rest * rest) >> 30;
        if (rest >= 1 << 31) {
          rest >>= 1;
          logarithm |= bit;
        }
      }
    }
    store<u32>(LOGARITHMS + ((<usize>number) << 2), logarithm);
  }
}

/** number * log2(number) in fixed point; 0 for 0. Numbers up to 2^24. */
// @ts-ignore: decorator
@inline
export function timesLogarithm(number: u32): u64 {
  if (number < TABLE_SIZE) {
    return <u64>number * load<u32>(LOGARITHMS + ((<usize>number) << 2));
  }
  return timesLargeLogarithm(number);
}

function timesLargeLogarithm(number: u32): u64 {
  const shift = 20 - clz(number);
  const top = number >> shift;
  const rest = number - (top << shift);
  const logarithm = load<u32>(LOGARITHMS + ((<usize>top) << 2)) + (shift << 16);
  return <u64>number * logarithm + <u64>rest * LOG2_E;
}

/** Sum of c log2 c over the counts at `counts`. */
export function sumTimesLogarithm(counts: usize): u64 {
  let sum: u64 = 0;
  for (let at = counts; at < counts + 4 * SYMBOL_SLOTS; at += 16) {
    if (ASC_FEATURE_SIMD) {
      if (!v128.any_true(v128.load(at))) continue;
    }
    sum += timesLogarithm(load<u32>(at)) + timesLogarithm(load<u32>(at, 4));
    sum += timesLogarithm(load<u32>(at, 8)) + timesLogarithm(load<u32>(at, 12));
  }
  return sum;
}

/** Symbols that the last call of sumTimesLogarithmOfBoth found in use. */
let usedSymbols: u32 = 0;

export function symbolsUsed(): u32 {
  return usedSymbols;
}

/** The same over the sums of two tables of counts; also counts the symbols in use. */
export function sumTimesLogarithmOfBoth(first: usize, other: usize): u64 {
  let sum: u64 = 0;
  let used: u32 = 0;
  for (let offset: usize = 0; offset < 4 * SYMBOL_SLOTS; offset += 16) {
    if (ASC_FEATURE_SIMD) {
      if (!v128.any_true(v128.or(v128.load(first + offset), v128.load(other + offset)))) continue;
    }
    for (let at = offset; at < offset + 16; at += 4) {
      const count = load<u32>(first + at) + load<u32>(other + at);
      sum += timesLogarithm(count);
      used += count != 0 ? 1 : 0;
    }
  }
  usedSymbols = used;
  return sum;
}
