/**
 * Counts: what a pricing walk made of the unit, and the prices that follow from it.
 *
 *   COUNTS     | runs | types | lengths | slots | low bits | words | transforms |    u32
 *   ACCOUNTS   what runs, literals, types, lengths, distances, words and hints cost, 1/64 bit, u64
 *
 * Prices are those of an order-0 code with these counts, in the states that a parser can keep
 * track of (lz/prices.ts); those of literals are what each byte did cost or would have cost.
 */
import {
  LENGTH_CLASSES,
  LENGTH_PRICES,
  LENGTHS,
  LOW_PRICES,
  RUN_CLASSES,
  RUN_PRICES,
  RUNS,
  SLOT_PRICES,
  SLOTS,
  slotOf,
  TRANSFORM_PRICES,
  TYPE_PRICES,
  TYPES,
  WORD_PRICES,
} from "../lz/prices.ts";
import { COUNTS, LITERAL_PRICES, UNIT } from "../memory.ts";
import { countNibble, lastType, leastLength, typeBefore, wordBits } from "./command.ts";
import { logarithm } from "./symbol.ts";

/** Sums of prices, by what they were paid for. */
export const ACCOUNTS: usize = COUNTS;
const ACCOUNT_RUNS: u32 = 0;
const ACCOUNT_LITERALS: u32 = 1;
const ACCOUNT_TYPES: u32 = 2;
const ACCOUNT_LENGTHS: u32 = 3;
const ACCOUNT_DISTANCES: u32 = 4;
const ACCOUNT_WORDS: u32 = 5;
const ACCOUNT_HINTS: u32 = 6;
const ACCOUNTS_END: usize = ACCOUNTS + 8 * 8;

/** Counts of classes of runs and lengths (0..12, 13..28, 29..284, more). */
const CLASSES: u32 = 16;
const RUN_COUNTS: usize = ACCOUNTS_END;
const TYPE_COUNTS: usize = RUN_COUNTS + 4 * TYPES * CLASSES;
const LENGTH_COUNTS: usize = TYPE_COUNTS + 4 * TYPES * RUN_CLASSES * TYPES;
const SLOT_COUNTS: usize = LENGTH_COUNTS + 4 * 3 * CLASSES;
const LOW_COUNTS: usize = SLOT_COUNTS + 4 * LENGTH_CLASSES * SLOTS;
const WORD_COUNTS: usize = LOW_COUNTS + 4 * 32 * 16;
const TRANSFORM_COUNTS: usize = WORD_COUNTS + 4 * 32;
const COUNTS_END: usize = TRANSFORM_COUNTS + 4 * 128;

/** Bits of a number of a run or length that its class leaves open: 13 and 14; 15 is rare. */
const CLASS_13_BITS: u32 = 4;
const CLASS_14_BITS: u32 = 7;
const CLASS_15_BITS: u32 = 24;
const PRICE_MAXIMUM: u32 = 0x7fff;
/** Prices are in 1/64 bit. */
const PRICE_BITS: u32 = 6;

/** Forgets all counts. */
export function beginCounts(): void {
  memory.fill(COUNTS, 0, COUNTS_END - COUNTS);
}

export function countRun(run: u32, price: u32): void {
  pay(ACCOUNT_RUNS, price);
  bump(RUN_COUNTS, lastType() * CLASSES + countNibble(run));
}

export function countLiteral(at: usize, price: u32): void {
  pay(ACCOUNT_LITERALS, price);
  priceLiteralAs(at, price);
}

/** Says what the byte at `at` costs as a literal. */
export function priceLiteralAs(at: usize, price: u32): void {
  store<u16>(LITERAL_PRICES + ((at - UNIT) << 1), <u16>min<u32>(price, PRICE_MAXIMUM));
}

export function countType(type: u32, run: u32, price: u32): void {
  pay(ACCOUNT_TYPES, price);
  const runClass = min<u32>(run, RUN_CLASSES - 1);
  bump(TYPE_COUNTS, (typeBefore() * RUN_CLASSES + runClass) * TYPES + type);
}

export function countLength(type: u32, length: u32, price: u32): void {
  pay(ACCOUNT_LENGTHS, price);
  bump(LENGTH_COUNTS, min<u32>(type, 2) * CLASSES + countNibble(length - leastLength(type)));
}

export function countDistance(length: u32, distance: u32, price: u32): void {
  pay(ACCOUNT_DISTANCES, price);
  const slot = slotOf(distance);
  bump(SLOT_COUNTS, min<u32>(length - 2, LENGTH_CLASSES - 1) * SLOTS + slot);
  bump(LOW_COUNTS, (min<u32>(slot, 31) << 4) + (distance & 15));
}

export function countWord(operand: u32, price: u32): void {
  pay(ACCOUNT_WORDS, price);
  bump(WORD_COUNTS, (operand >> 16) & 31);
  bump(TRANSFORM_COUNTS, (operand >> 24) & 127);
}

export function countHint(price: u32): void {
  pay(ACCOUNT_HINTS, price);
}

/** Makes prices of the counts. */
export function settlePrices(): void {
  for (let type: u32 = 0; type < TYPES; type++) {
    settleClasses(RUN_COUNTS + 4 * type * CLASSES, RUN_PRICES + 2 * type * RUNS, RUNS, 0);
    for (let runClass: u32 = 0; runClass < RUN_CLASSES; runClass++) {
      const row = type * RUN_CLASSES + runClass;
      settle(TYPE_COUNTS + 4 * row * TYPES, TYPE_PRICES + 2 * row * TYPES, TYPES);
    }
  }
  for (let kind: u32 = 0; kind < 3; kind++) {
    const least = leastLength(kind);
    settleClasses(
      LENGTH_COUNTS + 4 * kind * CLASSES,
      LENGTH_PRICES + 2 * kind * LENGTHS,
      LENGTHS,
      least,
    );
  }
  for (let lengthClass: u32 = 0; lengthClass < LENGTH_CLASSES; lengthClass++) {
    const prices = SLOT_PRICES + 2 * lengthClass * SLOTS;
    settle(SLOT_COUNTS + 4 * lengthClass * SLOTS, prices, SLOTS);
    for (let slot: u32 = 4; slot < SLOTS; slot++) {
      const top = slot >> 1;
      const raw = top < 4 ? top - 1 : top < 6 ? 0 : top - 5;
      const price = prices + (slot << 1);
      store<u16>(price, <u16>(<u32>load<u16>(price) + (raw << 6)));
    }
  }
  for (let slot: u32 = 0; slot < 32; slot++) {
    settle(LOW_COUNTS + 64 * slot, LOW_PRICES + 32 * slot, 16);
  }
  settle(WORD_COUNTS, WORD_PRICES, 32);
  for (let length: u32 = 4; length < 25; length++) {
    const price = WORD_PRICES + (length << 1);
    store<u16>(price, <u16>(<u32>load<u16>(price) + (wordBits(length) << 6)));
  }
  settle(TRANSFORM_COUNTS, TRANSFORM_PRICES, 128);
}

/** Prices of `size` symbols by their counts. */
function settle(counts: usize, prices: usize, size: u32): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < size; i++) sum += smooth(load<u32>(counts + (i << 2)));
  const whole = logarithm(sum, PRICE_BITS);
  for (let i: u32 = 0; i < size; i++) {
    const price = whole - logarithm(smooth(load<u32>(counts + (i << 2))), PRICE_BITS);
    store<u16>(prices + (i << 1), <u16>min<u32>(price, PRICE_MAXIMUM));
  }
}

/** Prices of runs or lengths (`least` and longer) by the counts of their classes. */
function settleClasses(counts: usize, prices: usize, size: u32, least: u32): void {
  let sum: u32 = 0;
  for (let i: u32 = 0; i < CLASSES; i++) sum += smooth(load<u32>(counts + (i << 2)));
  const whole = logarithm(sum, PRICE_BITS);
  for (let number: u32 = least; number < size; number++) {
    const kind = countNibble(number - least);
    let price = whole - logarithm(smooth(load<u32>(counts + (kind << 2))), PRICE_BITS);
    if (kind == 13) price += CLASS_13_BITS << 6;
    if (kind == 14) price += CLASS_14_BITS << 6;
    if (kind == 15) price += CLASS_15_BITS << 6;
    store<u16>(prices + (number << 1), <u16>min<u32>(price, PRICE_MAXIMUM));
  }
}

/** A count as it is weighed: what never came could come. */
// @ts-ignore: decorator
@inline
function smooth(count: u32): u32 {
  return 4 * count + 1;
}

// @ts-ignore: decorator
@inline
function pay(account: u32, price: u32): void {
  const sum = ACCOUNTS + (account << 3);
  store<u64>(sum, load<u64>(sum) + price);
}

// @ts-ignore: decorator
@inline
function bump(counts: usize, index: u32): void {
  const count = counts + (index << 2);
  store<u32>(count, load<u32>(count) + 1);
}
