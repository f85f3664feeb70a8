/**
 * First prices: what a parse is told before the coder has measured anything.
 *
 * Literals cost what their own bytes suggest: each is priced by the counts of the bytes that
 * followed the same two bytes before, blended with those that followed the same one byte, blended
 * with those of all bytes. All bytes teach, also those that matches will cover. Commands cost about
 * what the coder measured, on average over eight files of the corpus, after two passes. From the
 * second pass on its own figures replace all this.
 */
import { COMMANDS, LITERAL_PRICES, UNIT } from "../memory.ts";
import {
  BIT,
  LENGTH_CLASSES,
  LENGTH_PRICES,
  LENGTHS,
  LOW_PRICES,
  RUN_CLASSES,
  RUN_PRICES,
  RUNS,
  SLOT_PRICES,
  SLOTS,
  TRANSFORM_PRICES,
  TYPE_DICT,
  TYPE_HINT,
  TYPE_MATCH,
  TYPE_PRICES,
  TYPE_REP0,
  TYPES,
  WORD_PRICES,
} from "./prices.ts";

/** Counts of each byte after any, after each byte and after each hash of two, then the sums of
 * these tables' rows. They lie where commands will. u16[256] a row. */
const COUNTS: usize = COMMANDS;
const HASH2_BITS: u32 = 14;
const ROWS: usize = 1 + 256 + (1 << HASH2_BITS);
const SUMS: usize = COUNTS + 2 * 256 * ROWS;
const COUNTS_BYTES: usize = (2 * 256 + 4) * ROWS;

/** What a byte adds to its counts, and the sum at which a row is halved. */
const STEP: u32 = 24;
const SUM_MAXIMUM: u32 = 16384;
/** What the blend of a row begins with, taken from the row of the shorter context. */
const TRUST: u32 = 48;

/** Literals that follow a match are harder to guess than bytes are in all: no price is lower. */
const LITERAL_PRICE_MINIMUM: u32 = BIT / 4;

let unitBytes: u32 = 0;
let position: u32 = 0;

/** Fills the tables of command prices and prepares for the literals of the unit at UNIT. Must not
 * come while matches are being found: both use the room of the commands. */
export function beginFirstPrices(bytes: u32): void {
  unitBytes = bytes;
  position = 0;
  memory.fill(COUNTS, 0, COUNTS_BYTES);
  for (let type: u32 = 0; type < TYPES; type++) {
    fillRuns(type);
    for (let run: u32 = 0; run < RUN_CLASSES; run++) fillTypes(type, run);
  }
  fillLengths();
  fillDistances();
  fillWords();
}

/** Prices the next `count` bytes as literals; returns the position reached. */
export function firstLiteralPrices(count: u32): u32 {
  const end = <u32>min<u64>(unitBytes, <u64>position + count);
  for (; position < end; position++) {
    const here = UNIT + position;
    const value: u32 = load<u8>(here);
    const before: u32 = position < 1 ? 0 : load<u8>(here - 1);
    const earlier: u32 = position < 2 ? 0 : load<u8>(here - 2);
    const hash = (((before << 8) | earlier) * 0x9e3779b1) >> (32 - HASH2_BITS);
    const order0 = learn(0, value, 256);
    const order1 = learn(1 + before, value, order0);
    const order2 = learn(257 + hash, value, order1);
    const price = max<u32>(bitsOf(order2), LITERAL_PRICE_MINIMUM);
    store<u16>(LITERAL_PRICES + (position << 1), price);
  }
  return position;
}

/** The probability (16 bits) of a value in a row, blended with what the shorter context says;
 * then the row learns it. */
// @ts-ignore: decorator
@inline
function learn(row: usize, value: u32, shorter: u32): u32 {
  const counts = COUNTS + (row << 9);
  const slot = counts + (value << 1);
  const sum = load<u32>(SUMS + (row << 2));
  const count: u32 = load<u16>(slot);
  store<u16>(slot, count + STEP);
  store<u32>(SUMS + (row << 2), sum + STEP);
  if (sum + STEP > SUM_MAXIMUM) halve(row);
  return ((count << 16) + TRUST * shorter) / (sum + TRUST);
}

function halve(row: usize): void {
  const counts = COUNTS + (row << 9);
  let sum: u32 = 0;
  for (let slot = counts; slot < counts + 512; slot += 2) {
    const half = <u32>load<u16>(slot) >> 1;
    store<u16>(slot, half);
    sum += half;
  }
  store<u32>(SUMS + (row << 2), sum);
}

/** Price of a probability of 16 bits. log2(1 + x) is taken as x * (1.3465 - 0.3465 x), which is
 * within a hundredth of a bit. */
// @ts-ignore: decorator
@inline
function bitsOf(probability: u32): u32 {
  const known = max<u32>(probability, 1);
  const top = 31 - clz(known);
  const rest = ((known << (14 - min<u32>(top, 14))) >> (max<u32>(top, 14) - 14)) & 0x3fff;
  const fraction = (rest * (22061 - ((5677 * rest) >> 14))) >> 14; // 14 bits
  return 16 * BIT - top * BIT - ((fraction * BIT) >> 14);
}

/** Few literals are likeliest; the classes are those of the coder's symbols. */
function fillRuns(last: u32): void {
  for (let run: u32 = 0; run < RUNS; run++) {
    let price: u32 = 110 + 45 * run;
    if (run == 0) price = last == TYPE_MATCH ? 93 : last == TYPE_DICT ? 75 : 130;
    if (run > 7) price = run < 13 ? 470 : run < 29 ? 640 : 1000;
    store<u16>(RUN_PRICES + ((last * RUNS + run) << 1), price);
  }
}

/** The last distance is likely once more after literals, and hardly without any. */
function fillTypes(last: u32, run: u32): void {
  const afterRep = last >= TYPE_REP0 && last < TYPE_DICT;
  for (let type: u32 = 0; type < TYPES; type++) {
    let price: u32 = afterRep ? 105 : 60;
    if (type == TYPE_MATCH && run == 0) price = 40;
    if (type == TYPE_REP0) price = afterRep ? (run ? 120 : 550) : run ? 150 : 900;
    if (type > TYPE_REP0) price = (afterRep ? 230 : 350) + 50 * (type - TYPE_REP0);
    if (type == TYPE_DICT) price = last == TYPE_DICT ? 110 : 350;
    if (type >= TYPE_HINT) price = 12 * BIT;
    store<u16>(TYPE_PRICES + (((last * RUN_CLASSES + run) * TYPES + type) << 1), price);
  }
}

/** Short lengths are likeliest; the classes are those of the coder's symbols. */
function fillLengths(): void {
  for (let type: u32 = 0; type < 3; type++) {
    for (let length: u32 = 1; length < LENGTHS; length++) {
      let price: u32 = type ? 200 : 270;
      if (length > 3) price = 260 + 18 * length;
      if (length > 13) price = length < 30 ? 545 : length < 286 ? 800 : 1600;
      store<u16>(LENGTH_PRICES + ((type * LENGTHS + length) << 1), price);
    }
  }
}

/** Two bytes seldom come from far away, and long strings seldom from near by. */
function fillDistances(): void {
  for (let lengthClass: u32 = 0; lengthClass < LENGTH_CLASSES; lengthClass++) {
    for (let slot: u32 = 0; slot < SLOTS; slot++) {
      const extra = slot < 4 ? 0 : (slot >> 1) - 1;
      const raw = slot < 8 ? extra : extra > 4 ? extra - 4 : 0;
      let price: u32 = 300 + 15 * lengthClass;
      if (slot < 8) price += (slot < 4 ? 200 : 50) + 80 * lengthClass;
      if (slot > 15) price += (slot - 15) * (3 - lengthClass) * 7;
      store<u16>(SLOT_PRICES + ((lengthClass * SLOTS + slot) << 1), price + raw * BIT);
    }
  }
  for (let slot: u32 = 0; slot < 32; slot++) {
    const bits = slot < 10 ? 3 : 4;
    for (let low: u32 = 0; low < 16; low++) {
      store<u16>(LOW_PRICES + ((slot * 16 + low) << 1), bits * BIT - 8);
    }
  }
}

/** A word's length and number, then what is made of it: mostly nothing, or a space behind. */
function fillWords(): void {
  for (let length: u32 = 0; length < 32; length++) {
    store<u16>(WORD_PRICES + (length << 1), 800 + 16 * min<u32>(length, 16));
  }
  for (let transform: u32 = 0; transform < 128; transform++) {
    const price: u32 = transform == 0 ? 128 : transform < 12 ? 460 : transform < 48 ? 560 : 680;
    store<u16>(TRANSFORM_PRICES + (transform << 1), price);
  }
}
