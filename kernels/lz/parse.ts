/**
 * Parse: the cheapest commands for the unit, by forward dynamic programming with several
 * arrivals at each position.
 *
 *   unit      |------ committed ------|-------- window --------|-- look-ahead --|
 *   commands  | insert copy copy ...  |  arrivals (arrival.ts) |
 *
 * From each arrival the ways on are tried (go-on.ts), at the costs of prices.ts. At the window's
 * end the cheapest path is taken back to its start, its commands are written except those over the
 * look-ahead, and a new window begins where they end. A string of `niceLength` bytes and more ends
 * the window where it begins and is taken whole: that bounds the work on any input.
 */

import { MATCH_COUNTS, MATCHES, UNIT } from "../memory.ts";
import {
  arriveByLiteral,
  beginArrivals,
  COST_NONE,
  clearArrivals,
  costOf,
  isLiteral,
  nodeAt,
  originOf,
  reachTo,
  recentOf,
  SLOT_BYTES,
  setPast,
  slotsEnd,
  typeOf,
} from "./arrival.ts";
import { BECOMES_MAXIMUM, indexDictionary } from "./dictionary-match.ts";
import {
  beginGoingOn,
  goOn,
  goOnByWords,
  longDistance,
  longLength,
  longOrigin,
  longType,
} from "./go-on.ts";
import { MATCH_LENGTH_MAXIMUM } from "./match.ts";
import { beginPath, followPath, pathRecent, pathRun, pathType, takeCopy } from "./path.ts";
import { TYPE_MATCH, TYPE_REP0 } from "./prices.ts";

/** Positions of a window, and how far beyond its end the best path is looked for. Repeating
 * 512 of 16,384 costs 3 % of the time. */
const WINDOW: u32 = 16384;
const LOOK_AHEAD: u32 = 512;

/** Cost of the window's first position: a literal that makes its run a likelier one may lower a
 * cost, but never below zero. */
const FIRST_COST: u32 = 1 << 20;

/** What begin was told. */
let unitBytes: u32 = 0;
let niceLength: u32 = 0;
let dictionaryEnd: u32 = 0;
/** The position where the window begins: all before it is written. */
let base: u32 = 0;
/** Where the list of matches of `base` begins. */
let baseList: usize = 0;

/**
 * Prepares to parse the unit at UNIT, whose matches have been found.
 *
 * @param bytes - the unit's length
 * @param arrivals - how many ways to reach a position are kept, 1..ARRIVALS_MAXIMUM
 * @param nice - strings this long are taken whole, 16..MATCH_LENGTH_MAXIMUM
 * @param wordsEnd - from this position on, words of the dictionary are not looked for
 */
export function beginParse(bytes: u32, arrivals: u32, nice: u32, wordsEnd: u32): void {
  unitBytes = bytes;
  niceLength = min<u32>(max<u32>(nice, 16), MATCH_LENGTH_MAXIMUM);
  beginGoingOn(niceLength);
  base = 0;
  baseList = MATCHES;
  beginArrivals(arrivals);
  beginPath();
  dictionaryEnd = wordsEnd;
  if (wordsEnd) indexDictionary();
}

/** Parses `count` more bytes or some more; returns the position reached, which is the unit's length
 * at the end. Then all commands stand at COMMANDS (path.ts). */
export function parse(count: u32): u32 {
  const until = <u32>min<u64>(unitBytes, <u64>base + count);
  while (base < until) parseWindow();
  return base;
}

function parseWindow(): void {
  const rest = unitBytes - base;
  const end = min<u32>(rest, WINDOW + LOOK_AHEAD);
  clearArrivals();
  reachTo(0);
  arriveByLiteral(nodeAt(0), FIRST_COST, pathRecent(0), 0, pathType(), pathRun());
  let list = baseList;
  for (let at: u32 = 0; at < end; at++) {
    const first = nodeAt(at);
    reachTo(at + max<u32>(niceLength, BECOMES_MAXIMUM));
    settle(first);
    const listEnd = list + ((<usize>load<u8>(MATCH_COUNTS + base + at)) << 2);
    const here = UNIT + base + at;
    goOn(first, here, rest - at, list, listEnd);
    if (base + at < dictionaryEnd) goOnByWords(first, base + at, rest - at);
    if (longLength() != 0) {
      advance(followPath(longOrigin(), COST_NONE));
      takeCopy(longType(), longLength(), longDistance());
      advance(longLength());
      return;
    }
    list = listEnd;
  }
  settle(nodeAt(end));
  advance(followPath(nodeAt(end), end == rest ? COST_NONE : WINDOW));
}

/** Moves `base` over what has been written. */
function advance(count: u32): void {
  const end = MATCH_COUNTS + base + count;
  for (let at = MATCH_COUNTS + base; at < end; at++) baseList += (<usize>load<u8>(at)) << 2;
  base += count;
}

/** Works out the recent distances of the arrivals at a position, which no longer change. */
function settle(first: usize): void {
  const end = slotsEnd(first);
  for (let node = first; node < end && costOf(node) != COST_NONE; node += SLOT_BYTES) {
    const origin = originOf(node);
    if (origin == 0) {
      setPast(node, pathRecent(1), pathRecent(2), pathRecent(3));
      continue;
    }
    const type = typeOf(node);
    const moved = isLiteral(node) || type > TYPE_REP0 + 3 ? 0 : movedBy(type);
    setPast(
      node,
      recentOf(origin, moved > 0 ? 0 : 1),
      recentOf(origin, moved > 1 ? 1 : 2),
      recentOf(origin, moved > 2 ? 2 : 3),
    );
  }
}

/** How many of the recent distances a copy of this type moves back by one. */
// @ts-ignore: decorator
@inline
function movedBy(type: u32): u32 {
  return type == TYPE_MATCH ? 3 : type - TYPE_REP0;
}
