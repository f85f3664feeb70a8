/**
 * Going on: all that may follow the arrivals at one position.
 *
 *   each arrival   a literal; its four recent distances, at all their lengths; dictionary words
 *   one of them    all matches, at all their lengths
 *
 * Matches go on from the arrival that they are cheapest for. That loses nothing but older
 * distances: what reaches a position by a match at one distance is one kind of arrival, of which
 * the cheapest stays (arrival.ts).
 */
import { LITERAL_PRICES, UNIT } from "../memory.ts";
import {
  arrive,
  arriveByLiteral,
  COST_NONE,
  costOf,
  nodeAhead,
  nodeBefore,
  recentOf,
  runOf,
  SLOT_BYTES,
  slotsEnd,
  typeOf,
} from "./arrival.ts";
import { findWords, wordsFound } from "./dictionary-match.ts";
import { DISTANCE_BITS, matchLength } from "./match.ts";
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

/** Strings this long are taken whole. */
let niceLength: u32 = 0;
/** Address after the unit's last byte. */
let unitEnd: usize = UNIT;

/** The best string of `niceLength` bytes or more at the position: where it comes from, how. */
let bestOrigin: usize = 0;
let bestType: u32 = 0;
let bestDistance: u32 = 0;
let bestLength: u32 = 0;
let bestScore: u32 = 0;

export function beginGoingOn(nice: u32): void {
  niceLength = nice;
}

/**
 * All ways on, words apart, from the arrivals at a position.
 *
 * @param first - its first slot
 * @param here - the address of its byte
 * @param rest - bytes from there to the unit's end
 * @param list - its matches, up to `listEnd`
 */
export function goOn(first: usize, here: usize, rest: u32, list: usize, listEnd: usize): void {
  const end = slotsEnd(first);
  const literal: u32 = load<u16>(LITERAL_PRICES + ((here - UNIT) << 1));
  const next = end; // the first slot of the next position
  unitEnd = here + rest;
  bestLength = 0;
  let best: usize = 0;
  let bestCost: u32 = COST_NONE;
  for (let node = first; node < end && costOf(node) != COST_NONE; node += SLOT_BYTES) {
    const cost = costOf(node);
    const type = typeOf(node);
    const run = runOf(node);
    const toLiteral = literal + runPrice(type, run + 1) - runPrice(type, run);
    arriveByLiteral(next, cost + toLiteral, recentOf(node, 0), node, type, run + 1);
    for (let index: u32 = 0; index < 4; index++) {
      repeat(first, node, here, index, cost + typePrice(type, run, TYPE_REP0 + index));
    }
    const toMatch = cost + typePrice(type, run, TYPE_MATCH);
    if (toMatch < bestCost) {
      best = node;
      bestCost = toMatch;
    }
  }
  if (list < listEnd) goOnByMatches(first, best, here, bestCost, list, listEnd);
}

/** Goes on from a node by one of its recent distances, unless an arrival before it did so for no
 * more. `cost` includes the type. */
// @ts-ignore: decorator
@inline
function repeat(first: usize, node: usize, here: usize, index: u32, cost: u32): void {
  const distance = recentOf(node, index);
  const limit = limitAt(here);
  if (distance > <u32>(here - UNIT)) return;
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
  let target = nodeAhead(first, length);
  for (let taken = length; taken > (index == 0 ? 0 : 1); taken--) {
    arrive(target, paid + load<u16>(prices + (taken << 1)), distance, node, type, 0);
    target = nodeBefore(target);
  }
}

/** Goes on from a node by all matches of the position. `cost` includes the type. */
function goOnByMatches(
  first: usize,
  node: usize,
  here: usize,
  cost: u32,
  list: usize,
  listEnd: usize,
): void {
  const limit = limitAt(here);
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
      arrive(nodeAhead(first, taken), price, distance, node, TYPE_MATCH, 0);
    }
    if (taken > length) continue;
    const placed = paid + distancePrice(taken, distance);
    let target = nodeAhead(first, taken);
    for (; taken <= length; taken++) {
      const price = placed + load<u16>(LENGTH_PRICES + (taken << 1));
      arrive(target, price, distance, node, TYPE_MATCH, 0);
      target = slotsEnd(target);
    }
  }
}

/** Goes on from all arrivals at a position by all words of the dictionary. */
export function goOnByWords(first: usize, position: u32, rest: u32): void {
  const wordsEnd = findWords(position, rest);
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
      arrive(nodeAhead(first, load<u32>(entry)), cost, recentOf(node, 0), node, TYPE_DICT, word);
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

/** How far to look from `here`. */
// @ts-ignore: decorator
@inline
function limitAt(here: usize): u32 {
  return min<u32>(niceLength, <u32>(unitEnd - here));
}

/** A string that reaches `niceLength`: how good it is at its whole length. */
function noteLong(node: usize, type: u32, distance: u32, cost: u32, here: usize): void {
  const limit = <u32>(unitEnd - here);
  const length = matchLength(here, here - distance, niceLength, limit);
  // What is left uncovered costs at least a thirtysecond of a bit a byte.
  const score = cost + lengthPrice(type, length) + 2 * (limit - length);
  if (bestLength != 0 && score >= bestScore) return;
  bestOrigin = node;
  bestType = type;
  bestDistance = distance;
  bestLength = length;
  bestScore = score;
}

/** Bytes of the best long string at the last position that was gone on from, 0 for none. */
// @ts-ignore: decorator
@inline
export function longLength(): u32 {
  return bestLength;
}

export function longDistance(): u32 {
  return bestDistance;
}

export function longType(): u32 {
  return bestType;
}

export function longOrigin(): usize {
  return bestOrigin;
}
