/**
 * Lazy parse: commands in one pass over the unit, for an effort that has no time to weigh them all.
 *
 *   position        the best of its four recent distances and of the strings in its bucket
 *   the next one    is its best better by more than the literal in between? then that one, and so on
 *   a copy          reaches back over literals that its distance gives as well; what it covers is put into
 *                   the buckets and not looked at
 *
 * How good a copy is: what its bytes cost as literals (estimate.ts) less about what it costs. Work is
 * bounded on any input: strings are compared up to NICE bytes, at most CANDIDATES of them a position, and
 * one that reaches NICE is taken whole, at once.
 */
import { UNIT } from "../memory.ts";
import { addTo, alikeIn, beginBuckets, bucketOf, hashAt, positionIn } from "./buckets.ts";
import { ESTIMATE_BIT, estimateLiterals, estimateOf } from "./estimate.ts";
import { matchLength } from "./match.ts";
import { beginPath, passLiterals, pathRecent, pathRun, takeCopy } from "./path.ts";
import { TYPE_MATCH, TYPE_REP0 } from "./prices.ts";

/** Bytes of the shortest string from a new distance: those that are hashed. */
const STRING_BYTES: u32 = 4;
/** Strings of a bucket that are compared at a position. All sixteen made the corpus 0.3 % smaller, and what
 * they cost in parsing they saved half of in coding. */
const CANDIDATES: u32 = 8;
/** Strings are compared up to so many bytes. */
const NICE: u32 = 96;
/** Of what a longer copy covers, so much at its end is put into buckets. */
const COVERED_MAXIMUM: u32 = 256;

/** In a run of 2^6 literals every second position is looked at, in one twice as long every third, then every
 * fourth: where nothing was found, little will be, and copies reach back. */
const RUN_SHIFT: u32 = 6;
const PASSED_MORE: u32 = 3;

/** What copies cost, with the time that they take; that of a new distance without its bits. */
const REP0_COST: i32 = 8 * ESTIMATE_BIT;
const REP_COST: i32 = 10 * ESTIMATE_BIT;
const MATCH_COST: i32 = 12 * ESTIMATE_BIT;
/** How much better a later copy must be. */
const LATER_COST: i32 = ESTIMATE_BIT;

let unitBytes: u32 = 0;
let position: u32 = 0;
/** The best copy at the position that was looked at last. */
let length: u32 = 0;
let distance: u32 = 0;
let type: u32 = 0;
let gain: i32 = 0;

/** Prepares for the unit at UNIT. */
export function beginLazyParse(bytes: u32): void {
  unitBytes = bytes;
  position = 0;
  beginBuckets(bytes);
  estimateLiterals(bytes);
  beginPath();
}

/** Parses `count` more bytes or some more; returns the position reached, which is the unit's length at
 * the end. Then all commands stand at COMMANDS (path.ts). */
export function parseLazily(count: u32): u32 {
  const until = <u32>min<u64>(unitBytes, <u64>position + count);
  while (position < until) {
    look(position);
    if (gain <= 0) {
      const passed = min<u32>(
        1 + min<u32>(pathRun() >> RUN_SHIFT, PASSED_MORE),
        unitBytes - position,
      );
      passLiterals(passed);
      position += passed;
      continue;
    }
    takeBest();
  }
  return position;
}

/** Lets a copy begin earlier, by the literals before it that its distance gives as well. */
// @ts-ignore: decorator
@inline
function reachBack(): void {
  while (
    pathRun() != 0 &&
    position > distance &&
    load<u8>(UNIT + position - 1) == load<u8>(UNIT + position - 1 - distance)
  ) {
    passLiterals(-1);
    position--;
    length++;
  }
}

/** Takes the copy that was found, or one that begins a little later and is better. */
function takeBest(): void {
  while (length < NICE) {
    const nowLength = length;
    const nowDistance = distance;
    const nowType = type;
    const nowGain = gain;
    look(position + 1);
    if (gain <= nowGain + LATER_COST) {
      length = nowLength;
      distance = nowDistance;
      type = nowType;
      cover(position + 2, position + length);
      reachBack();
      takeCopy(type, length, distance);
      position += length;
      return;
    }
    passLiterals(1);
    position++;
  }
  const here = UNIT + position;
  length = matchLength(here, here - distance, NICE, unitBytes - position);
  cover(position + 1, position + length);
  reachBack();
  takeCopy(type, length, distance);
  position += length;
}

/** Puts positions into buckets. */
function cover(start: u32, end: u32): void {
  const last = min<u32>(end, unitBytes - min<u32>(unitBytes, STRING_BYTES));
  const first = max<u32>(start, end - min<u32>(end, COVERED_MAXIMUM));
  for (let at = first; at < last; at++) {
    const hash = hashAt(UNIT + at);
    addTo(bucketOf(hash), hash, at);
  }
}

/** Finds the best copy at a position, and puts the position into its bucket. */
function look(at: u32): void {
  gain = 0;
  length = 0;
  if (at + STRING_BYTES > unitBytes) return;
  const limit = min<u32>(NICE, unitBytes - at);
  lookAtRecent(at, limit);
  const here = UNIT + at;
  const hash = hashAt(here);
  const bucket = bucketOf(hash);
  if (length < limit) {
    let alike = alikeIn(bucket, hash);
    let longest = max<u32>(length, STRING_BYTES - 1);
    for (let left = CANDIDATES; alike != 0 && left != 0; left--) {
      const from = positionIn(bucket, ctz(alike));
      alike &= alike - 1;
      const there = UNIT + from;
      if (load<u32>(there + longest - 3, 0, 1) != load<u32>(here + longest - 3, 0, 1)) continue;
      if (from >= at) continue;
      const found = matchLength(here, there, 0, limit);
      if (found <= longest) continue;
      longest = found;
      propose(at, found, at - from);
      if (found == limit) break;
    }
  }
  addTo(bucket, hash, at);
}

// @ts-ignore: decorator
@inline
function lookAtRecent(at: u32, limit: u32): void {
  const start: u32 = load<u16>(UNIT + at, 0, 1);
  repeat(at, limit, start, pathRecent(0), TYPE_REP0, REP0_COST);
  repeat(at, limit, start, pathRecent(1), TYPE_REP0 + 1, REP_COST);
  repeat(at, limit, start, pathRecent(2), TYPE_REP0 + 2, REP_COST);
  repeat(at, limit, start, pathRecent(3), TYPE_REP0 + 3, REP_COST);
}

/** Takes a string from a recent distance for the best if it is. */
// @ts-ignore: decorator
@inline
function repeat(at: u32, limit: u32, start: u32, recent: u32, kind: u32, cost: i32): void {
  const here = UNIT + at;
  if (recent > at || load<u16>(here - recent, 0, 1) != start) return;
  const found = matchLength(here, here - recent, 2, limit);
  const value = <i32>estimateOf(at, found) - cost;
  if (value <= gain) return;
  gain = value;
  length = found;
  distance = recent;
  type = kind;
}

/** Takes a string from a new distance for the best if it is. */
// @ts-ignore: decorator
@inline
function propose(at: u32, found: u32, back: u32): void {
  const cost = MATCH_COST + <i32>((31 - clz(back)) * ESTIMATE_BIT);
  const value = <i32>estimateOf(at, found) - cost;
  if (value <= gain) return;
  gain = value;
  length = found;
  distance = back;
  type = TYPE_MATCH;
}
