/**
 * Command: how runs, types, lengths, distances and dictionary words are coded, as nibbles that four
 * rows foresee, and raw bits where there is nothing to foresee.
 *
 *   count      0..12 | 13, nibble | 14, two nibbles | 15, 24 raw bits        runs and lengths
 *   distance   octaves (2 bits of its bit length) | which octave, two or three bits below its
 *              top bit | raw bits | its last four bits
 *
 * What rows see: the last types, lengths, runs and distances, the bytes before and the byte that the
 * last distance would give. Tables of rows lie in COMMAND_ROWS, one for each input of each kind.
 */
import {
  COMMAND_ROW_BYTES,
  COMMAND_ROWS,
  FIRST_ROWS,
  FRESH_ROW,
  RATES,
  UNIT,
  WEIGHTS,
} from "../memory.ts";
import { HASTY_RATES, ROW_BYTES, shapedRow } from "../rans/cdf.ts";
import { reads } from "./direction.ts";
import { claimRow, codeMixed, codeSingle, OWN } from "./mix.ts";
import { COMMAND_RATE, ratesOf } from "./parameters.ts";
import { codeRaw } from "./symbol.ts";
import { KIND_BYTES } from "./weights.ts";

/** Weight sets: the first four are the literals'. */
const RUN_WEIGHTS: usize = WEIGHTS + 4 * KIND_BYTES;
const TYPE_WEIGHTS: usize = RUN_WEIGHTS + KIND_BYTES;
const LENGTH_WEIGHTS: usize = TYPE_WEIGHTS + KIND_BYTES;
const OCTAVE_WEIGHTS: usize = LENGTH_WEIGHTS + 4 * KIND_BYTES;
const FINE_WEIGHTS: usize = OCTAVE_WEIGHTS + KIND_BYTES;
const LAST_WEIGHTS: usize = FINE_WEIGHTS + KIND_BYTES;

// Tables of rows, by number of rows.
const RUN_0: usize = COMMAND_ROWS;
const RUN_1: usize = RUN_0 + 32 * 128;
const RUN_2: usize = RUN_1 + 32 * 512;
const RUN_3: usize = RUN_2 + 32 * 512;
const RUN_MORE: usize = RUN_3 + 32 * 512;
const TYPE_0: usize = RUN_MORE + 32 * 64;
const TYPE_1: usize = TYPE_0 + 32 * 256;
const TYPE_2: usize = TYPE_1 + 32 * 1024;
const TYPE_3: usize = TYPE_2 + 32 * 512;
const LENGTH_0: usize = TYPE_3 + 32 * 512;
const LENGTH_1: usize = LENGTH_0 + 32 * 32;
const LENGTH_2: usize = LENGTH_1 + 32 * 768;
const LENGTH_3: usize = LENGTH_2 + 32 * 192;
const LENGTH_MORE: usize = LENGTH_3 + 32 * 768;
const OCTAVE_0: usize = LENGTH_MORE + 32 * 192;
const OCTAVE_1: usize = OCTAVE_0 + 32 * 16;
const OCTAVE_2: usize = OCTAVE_1 + 32 * 256;
const OCTAVE_3: usize = OCTAVE_2 + 32 * 512;
const FINE_0: usize = OCTAVE_3 + 32 * 1024;
const FINE_1: usize = FINE_0 + 32 * 64;
const FINE_2: usize = FINE_1 + 32 * 256;
const FINE_3: usize = FINE_2 + 32 * 256;
const LAST_0: usize = FINE_3 + 32 * 1024;
const LAST_1: usize = LAST_0 + 32 * 32;
const LAST_2: usize = LAST_1 + 32 * 512;
const LAST_3: usize = LAST_2 + 32 * 256;
const WORD_LENGTH: usize = LAST_3 + 32 * 1024;
const WORD_MORE: usize = WORD_LENGTH + 32 * 1;
const TRANSFORM_HIGH: usize = WORD_MORE + 32 * 16;
const TRANSFORM_LOW: usize = TRANSFORM_HIGH + 32 * 1;
const HINT_KIND: usize = TRANSFORM_LOW + 32 * 16;
const HINT_HIGH: usize = HINT_KIND + 32 * 1;
const HINT_LOW: usize = HINT_HIGH + 32 * 16;
const ROWS_END: usize = HINT_LOW + 32 * 16;

/** Types of command; numbers as in lz/prices.ts. */
export const MATCH: u32 = 0;
export const REP_FIRST: u32 = 1;
export const WORD: u32 = 5;
export const HINT: u32 = 6;
/** Recent distances that have a type each. */
export const REPS: u32 = 4;

// What rows of commands begin with, as measured over the first 16 KiB and 16 KiB from the middle of
// files of many kinds.
const FIRST_RUN: usize = FIRST_ROWS;
const FIRST_TYPE: usize = FIRST_ROWS + 32;
const FIRST_LENGTH: usize = FIRST_ROWS + 2 * 32;
const FIRST_REP_LENGTH: usize = FIRST_ROWS + 3 * 32;
const FIRST_OCTAVE: usize = FIRST_ROWS + 4 * 32;
const FIRST_FINE: usize = FIRST_ROWS + 5 * 32;

/** Fills the rows that commands begin with. */
export function fillFirstRows(): void {
  shapedRow(FIRST_RUN, 0x1684446577a8acef);
  shapedRow(FIRST_TYPE, 0x0000000000c66aef);
  shapedRow(FIRST_LENGTH, 0x9ff9abcbcceeedfd);
  shapedRow(FIRST_REP_LENGTH, 0x6dd79a898abcafed);
  shapedRow(FIRST_OCTAVE, 0x000088889efffea5);
  shapedRow(FIRST_FINE, 0xcddedeefddddddef);
}

/** Pairs of octaves beyond the first distance: up to 2^23. */
const OCTAVE_PAIRS: u32 = 11;
/** Longest run or length of a copy. */
const COUNT_BITS: u32 = 24;
/** Top bit of the farthest distance; of more, raw bits would be more than one symbol carries. */
const TOP_MAXIMUM: u32 = 21;

let rates: usize = 0;
/** Rates of the rows of runs, types and octaves, which may have a hasty beginning. */
let hastyRates: usize = 0;
/** The last types, three bits each, newest lowest. */
let types: u32 = 0;
/** The last two runs, three bits each. */
let runs: u32 = 0;
/** The last length, 15 at most. */
let lastLength: u32 = 0;
/** Octave groups of the last two distances, four bits each. */
let octaves: u32 = 0;
/** The recent distances, newest first. */
let recent0: u32 = 1;
let recent1: u32 = 1;
let recent2: u32 = 1;
let recent3: u32 = 1;

/** Forgets all. */
export function beginCommands(): void {
  memory.fill(COMMAND_ROWS, 0, ROWS_END - COMMAND_ROWS);
  hastyRates = ratesOf(COMMAND_RATE);
  const isHasty = hastyRates >= RATES + HASTY_RATES && hastyRates < RATES + 2 * HASTY_RATES;
  rates = isHasty ? hastyRates - HASTY_RATES : hastyRates;
  types = 0;
  runs = 0;
  lastLength = 0;
  octaves = 0;
  recent0 = 1;
  recent1 = 2;
  recent2 = 3;
  recent3 = 4;
}

/** Whether the tables fit their region; asked once. */
export function commandRowsFit(): bool {
  return ROWS_END <= COMMAND_ROWS + COMMAND_ROW_BYTES;
}

/** The last distance. */
// @ts-ignore: decorator
@inline
export function lastDistance(): u32 {
  return recent0;
}

/** The last type. */
// @ts-ignore: decorator
@inline
export function lastType(): u32 {
  return types & 7;
}

/** The type before the last. */
// @ts-ignore: decorator
@inline
export function typeBefore(): u32 {
  return (types >> 3) & 7;
}

// @ts-ignore: decorator
@inline
function byteAt(address: usize): u32 {
  return load<u8>(address);
}

/** Codes a nibble by four rows of tables in which each context has its own. */
// @ts-ignore: decorator
@inline
function codeClaimed<D>(
  r0: usize,
  r1: usize,
  r2: usize,
  r3: usize,
  weights: usize,
  rates: usize,
  begin: usize,
  given: u32,
): u32 {
  claimRow(r0, begin, OWN);
  claimRow(r1, r0, OWN);
  claimRow(r2, r1, OWN);
  claimRow(r3, r2, OWN);
  return codeMixed<D>(r0, r1, r2, r3, weights, rates, given);
}

/** Codes how many literals come before the next copy, at `at`. */
export function codeRun<D>(at: usize, given: u32): u32 {
  const before = byteAt(at - 1);
  const matched = byteAt(at - recent0);
  const last = types & 7;
  const r0 = RUN_0 + (((last << 4) | lastLength) << 5);
  const r1 = RUN_1 + (((last == MATCH ? 0 : 256) | before) << 5);
  const r2 = RUN_2 + (((last << 6) | runs) << 5);
  const r3 = RUN_3 + (((last == MATCH ? 0 : 256) | matched) << 5);
  const first = codeClaimed<D>(
    r0,
    r1,
    r2,
    r3,
    RUN_WEIGHTS,
    hastyRates,
    FIRST_RUN,
    countNibble(given),
  );
  const run = codeMore<D>(first, RUN_MORE, given);
  runs = ((runs << 3) | min<u32>(run, 7)) & 63;
  return run;
}

/** Codes the type of the command at `at`, after `run` literals. */
export function codeType<D>(at: usize, run: u32, given: u32): u32 {
  const before = byteAt(at - 1);
  const matched = byteAt(at - recent0);
  const length = min<u32>(run, 3);
  // Whether the byte before is what the last distance would have given.
  const agreed = u32(before == byteAt(at - 1 - recent0));
  const r0 = TYPE_0 + (((length << 6) | (types & 63)) << 5);
  const r1 = TYPE_1 + (((agreed << 9) | (min<u32>(run, 7) << 6) | (types & 63)) << 5);
  const r2 = TYPE_2 + (((run ? 256 : 0) | before) << 5);
  const r3 = TYPE_3 + (((run ? 256 : 0) | matched) << 5);
  const type = codeClaimed<D>(r0, r1, r2, r3, TYPE_WEIGHTS, hastyRates, FIRST_TYPE, given);
  types = ((types << 3) | type) & 511;
  return type;
}

/** The shortest copy of a type: a new distance is not worth one byte. */
// @ts-ignore: decorator
@inline
export function leastLength(type: u32): u32 {
  return type == MATCH ? 2 : 1;
}

/** Codes the length of a copy of type `type` (codeType has told it) that starts at `at`. */
export function codeLength<D>(at: usize, type: u32, given: u32): u32 {
  const kind = min<u32>(type, 2);
  const least = leastLength(type);
  const before = byteAt(at - 1);
  const matched = byteAt(at - recent0);
  const r0 = LENGTH_0 + (((kind << 3) | ((types >> 3) & 7)) << 5);
  const r1 = LENGTH_1 + (((kind << 8) | before) << 5);
  const r2 = LENGTH_2 + (((kind << 6) | ((runs & 7) << 3) | (lastLength >> 1)) << 5);
  const r3 = LENGTH_3 + (((kind << 8) | matched) << 5);
  const weights = LENGTH_WEIGHTS + (kind ? KIND_BYTES : 0);
  const coded = given - least;
  const first = codeClaimed<D>(
    r0,
    r1,
    r2,
    r3,
    weights,
    rates,
    kind ? FIRST_REP_LENGTH : FIRST_LENGTH,
    countNibble(coded),
  );
  const more = LENGTH_MORE + ((kind * 64) << 5);
  const length = codeMore<D>(first, more, coded) + least;
  lastLength = min<u32>(length, 15);
  return length;
}

/** Codes the distance of a new match of `length` bytes at `at`, and makes it the last one. Returns it, or
 * 0 when there is no such. */
export function codeDistance<D>(at: usize, length: u32, given: u32): u32 {
  const before = byteAt(at - 1);
  const lengthClass = min<u32>(length - 2, 3);
  const top: u32 = reads<D>() ? 0 : 31 - clz(given);
  // Octaves in pairs: 1; 2, 3; 4..15; 16..63; ...
  const o0 = OCTAVE_0 + (min<u32>(length - 2, 15) << 5);
  const o1 = OCTAVE_1 + ((((octaves & 15) << 4) | min<u32>(length - 2, 15)) << 5);
  const o2 = OCTAVE_2 + (((min<u32>(length - 2, 1) << 8) | before) << 5);
  const o3 = OCTAVE_3 + (((lengthClass << 8) | octaves) << 5);
  const pair = codeClaimed<D>(
    o0,
    o1,
    o2,
    o3,
    OCTAVE_WEIGHTS,
    hastyRates,
    FIRST_OCTAVE,
    (top + 1) >> 1,
  );

  // A damaged block can ask for octaves that no unit has.
  if (reads<D>() && pair > OCTAVE_PAIRS) return 0;
  // Which of the two octaves, and up to three bits below the top bit (fewer in the first octaves).
  const f0 = FINE_0 + (((pair << 2) | lengthClass) << 5);
  const f1 = FINE_1 + (((pair << 4) | (octaves & 15)) << 5);
  const f2 = FINE_2 + (((pair << 4) | (before >> 4)) << 5);
  const f3 =
    FINE_3 + (((pair << 6) | ((<u32>(at - UNIT) & 3) << 4) | min<u32>(length - 2, 15)) << 5);
  let distance: u32 = 1;
  if (pair > 0) {
    const fine = reads<D>() ? 0 : fineOf(given, top);
    const found = codeClaimed<D>(f0, f1, f2, f3, FINE_WEIGHTS, rates, FIRST_FINE, fine);
    distance = codeRest<D>(at, 2 * pair - 1 + (found >> 3), found & 7, given);
  }
  octaves = ((octaves << 4) | pair) & 255;
  recent3 = recent2;
  recent2 = recent1;
  recent1 = recent0;
  recent0 = distance;
  return distance;
}

/** Which octave of its pair a distance lies in, and the three bits below its top bit. */
// @ts-ignore: decorator
@inline
function fineOf(distance: u32, top: u32): u32 {
  const upper = top >= 3 ? distance >> (top - 3) : distance << (3 - top);
  return ((~top & 1) << 3) | (upper & 7);
}

/** Codes what is left below the four upper bits of a distance: raw bits, then the last four. */
// @ts-ignore: decorator
@inline
function codeRest<D>(at: usize, top: u32, upper: u32, given: u32): u32 {
  if (top <= 3) return (8 | upper) >> (3 - top);
  if (top > TOP_MAXIMUM) return 0xffffffff; // from before the unit: refused where copies are
  const left = top - 3;
  const low = min<u32>(left, 4);
  const raw = left - low;
  let distance = 8 | upper;
  if (raw) distance = (distance << raw) | codeRaw<D>(raw, (given >> low) & ((1 << raw) - 1));
  const l0 = LAST_0 + (top << 5);
  const l1 = LAST_1 + (((top << 4) | (recent0 & 15)) << 5);
  const l2 = LAST_2 + ((((<u32>(at - UNIT) & 15) << 4) | (recent1 & 15)) << 5);
  const l3 = LAST_3 + (((top << 5) | ((<u32>(at - UNIT) & 3) << 3) | upper) << 5);
  const last = codeClaimed<D>(
    l0,
    l1,
    l2,
    l3,
    LAST_WEIGHTS,
    rates,
    FRESH_ROW,
    given & ((1 << low) - 1),
  );
  return (distance << low) | (last & ((1 << low) - 1));
}

/** Makes the recent distance `which` (0..3) the last one. Returns it. */
export function recall(which: u32): u32 {
  if (which == 0) return recent0;
  let distance = recent1;
  if (which > 1) {
    distance = recent2;
    if (which > 2) {
      distance = recent3;
      recent3 = recent2;
    }
    recent2 = recent1;
  }
  recent1 = recent0;
  recent0 = distance;
  return distance;
}

/** Which recent distance this one is: 0..3, or REPS when none. */
export function recentOf(distance: u32): u32 {
  if (distance == recent0) return 0;
  if (distance == recent1) return 1;
  if (distance == recent2) return 2;
  if (distance == recent3) return 3;
  return REPS;
}

/** Codes a dictionary word: length 4..24, number of that length, transform. The operand of
 * COMMANDS: word | length << 16 | transform << 24. */
export function codeWord<D>(given: u32): u32 {
  const coded = ((given >> 16) & 0xff) - 4;
  const first = codeSingle<D>(WORD_LENGTH, rates, min<u32>(coded, 15));
  let length: u32 = first;
  if (first == 15) length = 15 + codeSingle<D>(WORD_MORE, rates, coded - 15);
  length += 4;
  const word = codeRaw<D>(wordBits(length), given & 0xffff);
  const high = codeSingle<D>(TRANSFORM_HIGH, rates, given >> 28);
  const low = codeSingle<D>(TRANSFORM_LOW + (high << 5), rates, (given >> 24) & 15);
  lastLength = min<u32>(length, 15);
  return word | (length << 16) | (((high << 4) | low) << 24);
}

/** Bits of the number of a dictionary word, by its length; 0 where there are none. */
export function wordBits(length: u32): u32 {
  if (length < 4 || length > 24) return 0;
  // Four bits each: 10 10 11 11 10 10 10 10 10 9 9 8 7 7 8 7 for 4..19, 7 6 6 5 5 for 20..24.
  if (length < 20) return <u32>((<u64>0x7877899aaaaabbaa >> ((<u64>(length - 4)) << 2)) & 15);
  return (0x55667 >> ((length - 20) << 2)) & 15;
}

/** Codes the kind of a hint: that of its command, 3..7. */
export function codeHintKind<D>(given: u32): u32 {
  return codeSingle<D>(HINT_KIND, rates, given);
}

/** Codes a byte of a hint, given the one before. */
export function codeHintByte<D>(before: u32, given: u32): u32 {
  const high = codeSingle<D>(HINT_HIGH + ((before & 15) << 5), rates, given >> 4);
  const low = codeSingle<D>(HINT_LOW + (high << 5), rates, given & 15);
  return (high << 4) | low;
}

/** The first nibble of a count. */
// @ts-ignore: decorator
@inline
export function countNibble(count: u32): u32 {
  if (count < 13) return count;
  if (count < 29) return 13;
  return count < 285 ? 14 : 15;
}

/** Codes the rest of a count behind its first nibble; `more` is the address of 64 rows. */
// @ts-ignore: decorator
@inline
function codeMore<D>(first: u32, more: usize, given: u32): u32 {
  if (first < 13) return first;
  if (first == 13) return 13 + codeSingle<D>(more, rates, given - 13);
  if (first == 14) {
    const high = codeSingle<D>(more + ROW_BYTES, rates, (given - 29) >> 4);
    const low = codeSingle<D>(more + ((2 + high) << 5), rates, (given - 29) & 15);
    return 29 + (high << 4) + low;
  }
  const upper = codeRaw<D>(COUNT_BITS / 2, given >> (COUNT_BITS / 2));
  const lower = codeRaw<D>(COUNT_BITS / 2, given & ((1 << (COUNT_BITS / 2)) - 1));
  return (upper << (COUNT_BITS / 2)) | lower;
}
