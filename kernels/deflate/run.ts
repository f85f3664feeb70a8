/**
 * Runs: stretches of one byte value, found before anything is counted.
 *
 *   input   a b c c c c c c c c c c c c d ...
 *   run           |<--- covered ---->|        the first c stays a literal
 *
 * A run is coded as matches at distance 1: each covers up to 258 bytes for the price of one symbol
 * and one bit. This needs no window beyond one byte and no search: one comparison of 16 bytes in
 * each 64 of the input. What is found need not be counted or coded byte by byte, which pays for
 * the looks.
 *
 * The list in RUNS holds, in order, the address and length of what the matches cover: always 3 or
 * more bytes, always a sum of match lengths that deflate has, always preceded by the same byte.
 */
import { RUN_BYTES_MINIMUM, RUNS } from "../memory.ts";

/** Longest match that deflate has. */
const MATCH_BYTES: usize = 258;

/** Distance of the looks. A run of 80 bytes holds 17 bytes from a multiple of 64 on wherever it
 * lies; a shorter one is found when it happens to. Looking every 32 bytes takes 1.5 % longer in
 * all and makes the corpus 0.012 % smaller. */
const LOOK_BYTES: usize = 64;

/** End of the list while it is made. */
let listEnd: usize = 0;

/** Lists the runs of [from, end) and returns the address of the end of the list. */
export function findRuns(from: usize, end: usize): usize {
  listEnd = RUNS;
  let at = from;
  let floor = from; // nothing before it may be covered: it belongs to the run before
  while (at + 17 <= end) {
    if (startsRun(at)) {
      const runEnd = endOfRun(at, end);
      const start = startOfRun(at, floor);
      if (runEnd - start >= RUN_BYTES_MINIMUM) list(start, runEnd);
      floor = runEnd;
      at += (runEnd - at) & ~(LOOK_BYTES - 1);
    }
    at += LOOK_BYTES;
  }
  return listEnd;
}

/** Whether the 17 bytes at `at` are equal: 16 bytes equal the 16 that follow one later. */
// @ts-ignore: decorator
@inline
function startsRun(at: usize): bool {
  if (ASC_FEATURE_SIMD) {
    return !v128.any_true(v128.xor(v128.load(at, 0, 1), v128.load(at, 1, 1)));
  }
  const first = load<u64>(at, 0, 1) ^ load<u64>(at, 1, 1);
  const other = load<u64>(at, 8, 1) ^ load<u64>(at, 9, 1);
  return (first | other) == 0;
}

function startOfRun(at: usize, floor: usize): usize {
  const value = load<u8>(at);
  let start = at;
  while (start > floor && load<u8>(start - 1) == value) start--;
  return start;
}

function endOfRun(from: usize, end: usize): usize {
  const value = load<u8>(from);
  const word = <u64>value * 0x0101010101010101;
  let at = from + 17;
  while (at + 8 <= end && load<u64>(at, 0, 1) == word) at += 8;
  while (at < end && load<u8>(at) == value) at++;
  return at;
}

/** Adds the run [start, end). One or two bytes beyond whole matches are left to be literals. */
function list(start: usize, end: usize): void {
  let covered = end - start - 1;
  const rest = covered % MATCH_BYTES;
  if (rest < 3) covered -= rest;
  store<u32>(listEnd, <u32>(start + 1));
  store<u32>(listEnd, <u32>covered, 4);
  listEnd += 8;
}

/** Symbol of a match of `length` bytes, 3..258. */
export function lengthSymbol(length: u32): u32 {
  if (length == 258) return 285;
  const offset = length - 3;
  const bits = lengthExtraBits(length);
  return 257 + 4 * bits + (offset >> bits);
}

/** How many extra bits follow the symbol of a match of `length` bytes. */
export function lengthExtraBits(length: u32): u32 {
  const offset = length - 3;
  return offset < 8 || length == 258 ? 0 : 29 - clz(offset);
}

/** The extra bits themselves. */
export function lengthExtra(length: u32): u32 {
  return (length - 3) & ((1 << lengthExtraBits(length)) - 1);
}

/** Whole matches of 258 bytes in a run that covers `covered` bytes; what is left is one match
 * of `runRest` bytes, or none when that is zero. */
// @ts-ignore: decorator
@inline
export function runMatches(covered: u32): u32 {
  return covered / 258;
}
// @ts-ignore: decorator
@inline
export function runRest(covered: u32): u32 {
  return covered % 258;
}
