/**
 * Parse: the cheapest commands for the unit, by forward dynamic programming with several
 * arrivals at each position.
 *
 *   unit      |------ committed ------|-------- window --------|-- look-ahead --|
 *   commands  | insert copy copy ...  |  arrivals (arrival.ts) |
 *
 * Each arrival at a position goes on by a literal, by its four recent distances at all their
 * lengths; the one that matches are cheapest for goes on by all matches at all their lengths, and
 * that is exact: what follows a match depends on where it came from only through older distances.
 * Costs are those of prices.ts. At the window's end the cheapest path is taken back to its start, its
 * commands are written except those over the look-ahead, and a new window begins where they end.
 * A string of `niceLength` bytes and more ends the window where it begins and is taken whole:
 * that bounds the work on any input.
 */

import { BECOMES_MAXIMUM, findWords, indexDictionary, wordsFound } from "./dictionary-match.ts";
import { LITERAL_PRICES, MATCH_COUNTS, MATCHES, UNIT } from "../memory.ts";
import {
  arrive,
  arriveByLiteral,
  beginArrivals,
  COST_NONE,
  clearArrivals,
  costOf,
  isLiteral,
  nodeAt,
  nodeBefore,
  originOf,
  reachTo,
  recentOf,
  runOf,
  SLOT_BYTES,
  setPast,
  slotsEnd,
  typeOf,
} from "./arrival.ts";
import { DISTANCE_BITS, MATCH_LENGTH_MAXIMUM, matchLength } from "./match.ts";
import { beginPath, followPath, pathRecent, pathRun, pathType, takeCopy } from "./path.ts";
import {
  distancePrice,
  LENGTH_CLASSES,
  LENGTH_PRICES,
  LENGTHS,
  lengthPrice,
  runPrice,
  TRANSFORM_PRICES,
  TYPE_DICT,
  TYPE_MATCH,
  TYPE_REP0,
  typePrice,
  WORD_PRICES,
} from "./prices.ts";

/** Positions of a window, and how far beyond its end the best path is looked for. Repeating
 * 512 of 16,384 costs 3 % of the time. */
const WINDOW: u32 = 16384;
const LOOK_AHEAD: u32 = 512;

/** Cost of the window's first position: a literal that makes its run a likelier one may lower a cost, but
 * never below zero. */
const FIRST_COST: u32 = 1 << 20;

/** What begin was told. */
let unitBytes: u32 = 0;
let niceLength: u32 = 0;
let dictionaryEnd: u32 = 0;
/** The position where the window begins: all before it is written. */
let base: u32 = 0;
/** Where the list of matches of `base` begins. */
let baseList: usize = 0;

/** The best string of `niceLength` bytes or more at the position: where it comes from, how. */
let longOrigin: usize = 0;
let longType: u32 = 0;
let longDistance: u32 = 0;
let longLength: u32 = 0;
let longScore: u32 = 0;

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
    longLength = 0;
    goOn(first, at, list, listEnd);
    if (base + at < dictionaryEnd) goOnByWords(first, at, rest - at);
    if (longLength != 0) {
      advance(followPath(longOrigin, COST_NONE));
      takeCopy(longType, longLength, longDistance);
      advance(longLength);
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

/** All ways on from the arrivals at a position. */
function goOn(first: usize, at: u32, list: usize, listEnd: usize): void {
  const end = slotsEnd(first);
  const literal: u32 = load<u16>(LITERAL_PRICES + ((base + at) << 1));
  const next = end; // the first slot of the next position
  const limit = min<u32>(niceLength, unitBytes - base - at);
  let best: usize = 0;
  let bestCost: u32 = COST_NONE;
  for (let node = first; node < end && costOf(node) != COST_NONE; node += SLOT_BYTES) {
    const cost = costOf(node);
    const type = typeOf(node);
    const run = runOf(node);
    const toLiteral = literal + runPrice(type, run + 1) - runPrice(type, run);
    arriveByLiteral(next, cost + toLiteral, recentOf(node, 0), node, type, run + 1);
    for (let index: u32 = 0; index < 4; index++) {
      repeat(first, node, at, index, cost + typePrice(type, run, TYPE_REP0 + index), limit);
    }
    const toMatch = cost + typePrice(type, run, TYPE_MATCH);
    if (toMatch < bestCost) {
      best = node;
      bestCost = toMatch;
    }
  }
  if (list < listEnd) goOnByMatches(best, bestCost, at, list, listEnd, limit);
}

/** Goes on from a node by one of its recent distances, unless an arrival before it did so for no
 * more. `cost` includes the type. */
// @ts-ignore: decorator
@inline
function repeat(first: usize, node: usize, at: u32, index: u32, cost: u32, limit: u32): void {
  const distance = recentOf(node, index);
  const here = UNIT + base + at;
  if (distance > base + at) return;
  if (index == 0 || limit < 2) {
    if (index != 0 || load<u8>(here) != load<u8>(here - distance)) return;
  } else if (load<u16>(here, 0, 1) != load<u16>(here - distance, 0, 1)) return;
  const type = TYPE_REP0 + index;
  for (let other = first; other < node; other += SLOT_BYTES) {
    if (recentOf(other, index) != distance) continue;
    if (costOf(other) + typePrice(typeOf(other), runOf(other), type) <= cost) return;
  }
  const length = matchLength(here, here - distance, 1, limit);
  if (length == niceLength) {
    noteLong(node, type, distance, cost, here);
    return;
  }
  const paid = cost + runPrice(type, 0);
  const prices = LENGTH_PRICES + ((min<u32>(type, 2) * LENGTHS) << 1);
  let target = nodeAt(at + length);
  for (let taken = length; taken > (index == 0 ? 0 : 1); taken--) {
    arrive(target, paid + load<u16>(prices + (taken << 1)), distance, node, type, 0);
    target = nodeBefore(target);
  }
}

/** Goes on from a node by all matches of the position. `cost` includes the type. */
function goOnByMatches(
  node: usize,
  cost: u32,
  at: u32,
  list: usize,
  listEnd: usize,
  limit: u32,
): void {
  const here = UNIT + base + at;
  const paid = cost + runPrice(TYPE_MATCH, 0);
  let taken: u32 = 2;
  for (let entry = list; entry < listEnd; entry += 4) {
    const match = load<u32>(entry);
    const distance = match & ((1 << DISTANCE_BITS) - 1);
    let length = match >> DISTANCE_BITS;
    if (entry + 4 == listEnd) length = matchLength(here, here - distance, length, limit);
    length = min<u32>(length, limit);
    if (length == niceLength) {
      noteLong(node, TYPE_MATCH, distance, cost + distancePrice(length, distance), here);
      return;
    }
    if (isRecent(node, distance)) {
      taken = max<u32>(taken, length + 1);
      continue;
    }
    for (; taken <= length && taken < LENGTH_CLASSES + 1; taken++) {
      const price = paid + distancePrice(taken, distance) + lengthPrice(TYPE_MATCH, taken);
      arrive(nodeAt(at + taken), price, distance, node, TYPE_MATCH, 0);
    }
    if (taken > length) continue;
    const placed = paid + distancePrice(taken, distance);
    let target = nodeAt(at + taken);
    for (; taken <= length; taken++) {
      const price = placed + load<u16>(LENGTH_PRICES + (taken << 1));
      arrive(target, price, distance, node, TYPE_MATCH, 0);
      target = slotsEnd(target);
    }
  }
}

/** Goes on from all arrivals at a position by all words of the dictionary. */
function goOnByWords(first: usize, at: u32, rest: u32): void {
  const wordsEnd = findWords(base + at, rest);
  if (wordsEnd == wordsFound()) return;
  const end = slotsEnd(first);
  for (let node = first; node < end && costOf(node) != COST_NONE; node += SLOT_BYTES) {
    const paid = costOf(node) + typePrice(typeOf(node), runOf(node), TYPE_DICT);
    for (let entry = wordsFound(); entry < wordsEnd; entry += 8) {
      const word = load<u32>(entry, 4);
      const length = (word >> 16) & 0xff;
      const named = load<u16>(WORD_PRICES + (length << 1));
      const changed = load<u16>(TRANSFORM_PRICES + ((word >> 24) << 1));
      const cost = paid + named + changed + runPrice(TYPE_DICT, 0);
      arrive(nodeAt(at + load<u32>(entry)), cost, recentOf(node, 0), node, TYPE_DICT, word);
    }
  }
}

// @ts-ignore: decorator
@inline
function isRecent(node: usize, distance: u32): bool {
  return (
    recentOf(node, 0) == distance ||
    recentOf(node, 1) == distance ||
    recentOf(node, 2) == distance ||
    recentOf(node, 3) == distance
  );
}

/** A string that reaches `niceLength`: how good it is at its whole length. */
function noteLong(node: usize, type: u32, distance: u32, cost: u32, here: usize): void {
  const limit = <u32>(UNIT + unitBytes - here);
  const length = matchLength(here, here - distance, niceLength, limit);
  // What is left uncovered costs at least a thirtysecond of a bit a byte.
  const score = cost + lengthPrice(type, length) + 2 * (limit - length);
  if (longLength != 0 && score >= longScore) return;
  longOrigin = node;
  longType = type;
  longDistance = distance;
  longLength = length;
  longScore = score;
}
