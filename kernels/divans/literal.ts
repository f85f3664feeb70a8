/**
 * Literal: one byte as two nibbles, each foreseen by four rows that see different circumstances.
 *
 *   history   the eight bytes before; an input sees those that its mask names
 *   others    matched byte, byte above, column, whether a copy came before
 *   key       a product of both; its upper bits pick the row of the high nibble in the input's
 *             table, seven others mark the row as this context's
 *
 * The low nibble's key is the high one's moved by a step for each high nibble. A row that belongs to
 * another context is taken from it, and begins anew as a copy of the row of the input before.
 */
import { FRESH_ROW, LITERAL_ROWS, UNIT, WEIGHTS } from "../memory.ts";
import { ROW_BYTES } from "../rans/cdf.ts";
import { claimOfPair, codeMixed, ownerOfPair, priceMixed } from "./mix.ts";
import {
  HISTORY_MASKS,
  LITERAL_RATE,
  OTHER_MASKS,
  parameter,
  ROW_BITS,
  ROW_BITS_MAXIMUM,
  ROW_BITS_MINIMUM,
  ratesOf,
  SEES_MATCHED,
  STRIDE,
  STRIDE_MAXIMUM,
  widened,
  widenedFromTop,
} from "./parameters.ts";
import { KIND_BYTES } from "./weights.ts";

/** Weight sets of high nibbles, apart behind a copy; of low ones, apart where the high one is that of
 * the matched byte. */
const HIGH: usize = WEIGHTS;
const LOW: usize = WEIGHTS + 2 * KIND_BYTES;

/** Odd numbers whose products scatter. */
const SCATTER_HISTORY: u64 = 0x9e3779b97f4a7c15;
const SCATTER_OTHERS: u64 = 0xd6e8feb86659fd93;
const SCATTER_KEY: u64 = 0xff51afd7ed558ccd;
const SCATTER_HIGH: u64 = 0xc2b2ae3d27d4eb4f;

/** Spreads the letters of a word; how far back a word is looked for. */
const WORD_FACTOR: u32 = 0x2c9277b5;
const WORD_LETTERS: usize = 24;

let history0: u64 = 0;
let history1: u64 = 0;
let history2: u64 = 0;
let history3: u64 = 0;
let others0: u64 = 0;
let others1: u64 = 0;
let others2: u64 = 0;
let others3: u64 = 0;
/** The eight bytes before `historyEnd`. */
let lately: u64 = 0;
let historyEnd: usize = 0;
let stride: u32 = 0;
/** The address that columns are counted from. */
let origin: usize = UNIT;
let rates: usize = 0;
/** Whether rows of the last two inputs begin as copies: not where they see the matched byte, which
 * says something else than the inputs before them. */
let inherits2: bool = false;
let inherits3: bool = false;
/** Whether any input sees words; the hash of the word that reaches up to `wordEnd`. */
let seesWord: bool = false;
let word: u32 = 0;
let wordEnd: usize = 0;
/** The byte that the last distance would give. */
let matched: u32 = 0;
/** Where each input's rows begin, and what leaves of a key the number of a pair. */
let table0: usize = 0;
let table1: usize = 0;
let table2: usize = 0;
let table3: usize = 0;
let pairShift: u64 = 0;
/** Keys of the nibble that is being coded, one for each input. */
let key0: u64 = 0;
let key1: u64 = 0;
let key2: u64 = 0;
let key3: u64 = 0;

/** Says where the bytes begin that are coded next. */
export function beginLiteralsAt(address: usize): void {
  origin = address;
}

/** Takes the unit's parameters and forgets what rows have learnt. */
export function beginLiterals(): void {
  history0 = widenedFromTop(parameter(HISTORY_MASKS));
  history1 = widenedFromTop(parameter(HISTORY_MASKS + 1));
  history2 = widenedFromTop(parameter(HISTORY_MASKS + 2));
  history3 = widenedFromTop(parameter(HISTORY_MASKS + 3));
  others0 = widened(parameter(OTHER_MASKS));
  others1 = widened(parameter(OTHER_MASKS + 1));
  others2 = widened(parameter(OTHER_MASKS + 2));
  others3 = widened(parameter(OTHER_MASKS + 3));
  inherits2 = !(parameter(OTHER_MASKS + 2) & SEES_MATCHED);
  inherits3 = !(parameter(OTHER_MASKS + 3) & SEES_MATCHED);
  historyEnd = 0;
  seesWord = (others0 | others1 | others2 | others3) >> 32 != 0;
  wordEnd = 0;
  stride = min<u32>(parameter(STRIDE), STRIDE_MAXIMUM);
  rates = ratesOf(LITERAL_RATE);
  const bits = min<u32>(max<u32>(parameter(ROW_BITS), ROW_BITS_MINIMUM), ROW_BITS_MAXIMUM);
  const tableBytes: usize = (<usize>ROW_BYTES) << bits;
  pairShift = 65 - bits;
  table0 = LITERAL_ROWS;
  table1 = table0 + tableBytes;
  table2 = table1 + tableBytes;
  table3 = table2 + tableBytes;
  memory.fill(LITERAL_ROWS, 0, 4 * tableBytes);
}

/** Finds the keys of the high nibble at `at`. */
// @ts-ignore: decorator
@inline
function look(at: usize, distance: u32, first: u32): void {
  // The bytes before, kept at hand: reading eight that were just written one by one would wait.
  const history = at == historyEnd ? lately : load<u64>(at - 8, 0, 1);
  lately = history;
  matched = load<u8>(at - distance);
  let others: u64 = matched;
  if (stride) {
    others |= (<u64>load<u8>(at - stride)) << 8;
    others |= (<u64>min<u32>(<u32>(at - origin) % stride, 255)) << 16;
  }
  others |= (<u64>first) << 24;
  if (seesWord) others |= (<u64>wordAt(at)) << 32;
  key0 = keyOf(history & history0, others & others0);
  key1 = keyOf(history & history1, others & others1);
  key2 = keyOf(history & history2, others & others2);
  key3 = keyOf(history & history3, others & others3);
}

/** A hash of the letters right before `at`, upper and lower case alike. */
// @ts-ignore: decorator
@inline
function wordAt(at: usize): u32 {
  if (wordEnd + 1 == at) word = wordWith(word, load<u8>(wordEnd));
  else if (wordEnd != at) word = wordBefore(at);
  wordEnd = at;
  return word;
}

/** The same found by looking back. */
function wordBefore(at: usize): u32 {
  let begin = at;
  while (at - begin < WORD_LETTERS && isLetter(load<u8>(begin - 1))) begin--;
  let hash: u32 = 0;
  while (begin < at) hash = wordWith(hash, load<u8>(begin++));
  return hash;
}

/** The hash of a word and a byte more; 0 behind what is no letter. */
// @ts-ignore: decorator
@inline
function wordWith(hash: u32, byte: u32): u32 {
  return isLetter(byte) ? (hash + (byte | 32)) * WORD_FACTOR : 0;
}

/** Whether a byte belongs to a word: a letter of ASCII, or a part of one beyond. */
// @ts-ignore: decorator
@inline
function isLetter(byte: u32): bool {
  return (byte | 32) - 97 < 26 || byte >= 128;
}

// @ts-ignore: decorator
@inline
function keyOf(history: u64, others: u64): u64 {
  const key = history * SCATTER_HISTORY + others * SCATTER_OTHERS;
  return (key ^ (key >> 32)) * SCATTER_KEY;
}

/** Goes on to the low nibble. */
// @ts-ignore: decorator
@inline
function lookLower(high: u32): void {
  const step = (<u64>high + 1) * SCATTER_HIGH;
  key0 += step;
  key1 += step;
  key2 += step;
  key3 += step;
}

/** Codes the byte at `at`. `first` is 1 behind a copy, `distance` the last one. Returns it. */
export function codeLiteral<D>(at: usize, distance: u32, first: u32, given: u32): u32 {
  look(at, distance, first);
  const high = codeNibble<D>(HIGH + (first ? KIND_BYTES : 0), given >> 4);
  lookLower(high);
  const byte =
    (high << 4) | codeNibble<D>(LOW + (high == matched >> 4 ? KIND_BYTES : 0), given & 15);
  lately = (lately >> 8) | ((<u64>byte) << 56);
  historyEnd = at + 1;
  return byte;
}

// @ts-ignore: decorator
@inline
function codeNibble<D>(kind: usize, given: u32): u32 {
  const r0 = claimOfPair(pair0(), FRESH_ROW, markOf(key0));
  const r1 = claimOfPair(pair1(), r0, markOf(key1));
  const r2 = claimOfPair(pair2(), inherits2 ? r1 : FRESH_ROW, markOf(key2));
  const r3 = claimOfPair(pair3(), inherits3 ? r2 : FRESH_ROW, markOf(key3));
  return codeMixed<D>(r0, r1, r2, r3, kind, rates, given);
}

/** What `codeLiteral` would cost now, in 1/64 bit; nothing is learnt. */
export function priceLiteral(at: usize, distance: u32, first: u32, given: u32): u32 {
  look(at, distance, first);
  const high = given >> 4;
  const price = priceNibble(HIGH + (first ? KIND_BYTES : 0), high);
  lookLower(high);
  return price + priceNibble(LOW + (high == matched >> 4 ? KIND_BYTES : 0), given & 15);
}

// @ts-ignore: decorator
@inline
function priceNibble(kind: usize, given: u32): u32 {
  const r0 = ownerOfPair(pair0(), FRESH_ROW, markOf(key0));
  const r1 = ownerOfPair(pair1(), r0, markOf(key1));
  const r2 = ownerOfPair(pair2(), inherits2 ? r1 : FRESH_ROW, markOf(key2));
  const r3 = ownerOfPair(pair3(), inherits3 ? r2 : FRESH_ROW, markOf(key3));
  return priceMixed(r0, r1, r2, r3, kind, given);
}

/** What tells contexts that share a row apart; never 0. */
// @ts-ignore: decorator
@inline
function markOf(key: u64): u32 {
  return 0x80 | (<u32>(key >> 32) & 0x7f);
}

// @ts-ignore: decorator
@inline
function pair0(): usize {
  return table0 + ((<usize>(key0 >> pairShift)) << 6);
}

// @ts-ignore: decorator
@inline
function pair1(): usize {
  return table1 + ((<usize>(key1 >> pairShift)) << 6);
}

// @ts-ignore: decorator
@inline
function pair2(): usize {
  return table2 + ((<usize>(key2 >> pairShift)) << 6);
}

// @ts-ignore: decorator
@inline
function pair3(): usize {
  return table3 + ((<usize>(key3 >> pairShift)) << 6);
}
