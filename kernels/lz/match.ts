/**
 * Match finder: for each position of the unit, the longest earlier strings that repeat there.
 *
 *   MATCH_COUNTS   | 0 | 0 | 2 | 1 | ...            how many matches each position has
 *   MATCHES        | 3 at 17 | 9 at 4012 | 5 at 3   length << 22 | distance, position by position
 *
 * The list of a position grows in length and in distance: each entry is the nearest string of its
 * length. Found with binary trees, one for each hash of four bytes: a tree holds the positions of
 * its hash, sorted by the strings that begin there, the newest at the root. A new position becomes
 * the root, and the walk that splits the old tree around it meets, for each length, the nearest
 * string first. Tables of the newest position by two and by three bytes find what is shorter.
 * The whole unit is the window. Source of the idea: LZMA's "bt4".
 *
 * Lengths stop at `niceLength`, which bounds every comparison; the parser looks further where it
 * needs to. Steps down a tree stop at `depth`.
 */
import { MATCH_BYTES, MATCH_COUNTS, MATCH_TREES, MATCHES, PARSER, UNIT } from "../memory.ts";

/** Newest position, plus one, by the first two bytes, by a hash of three and by one of four. */
const NEWEST2: usize = PARSER;
const NEWEST3: usize = NEWEST2 + 4 * 65536;
const HASH3_BITS: u32 = 18;
const NEWEST4: usize = NEWEST3 + (4 << HASH3_BITS);
const HASH4_BITS: u32 = 20;
const NEWEST_BYTES: usize = 4 * 65536 + (4 << HASH3_BITS) + (4 << HASH4_BITS);

/** A distance takes the lower 22 bits of a match, a length the 10 above. */
export const DISTANCE_BITS: u32 = 22;
export const MATCH_LENGTH_MAXIMUM: u32 = 1023;

/** Two bytes from further away cost more than as literals, and so do three. */
const DISTANCE2_MAXIMUM: u32 = 1 << 14;
const DISTANCE3_MAXIMUM: u32 = 1 << 19;

/** Most matches that a position may list. */
const LISTED_MAXIMUM: u32 = 64;

/** What begin was told. */
let unitBytes: u32 = 0;
let depth: u32 = 0;
let niceLength: u32 = 0;
/** The next position to look at. */
let position: u32 = 0;
/** Where its list begins, and how far lists may reach: one is written before it is cut. */
let listStart: usize = 0;
const LISTS_END: usize = MATCHES + MATCH_BYTES - 4 * <usize>LISTED_MAXIMUM;

/**
 * Prepares for the unit at UNIT.
 *
 * @param bytes - the unit's length, at most UNIT_BYTES
 * @param steps - steps down a tree, 1 upwards: what it finds against what it costs
 * @param nice - longest length that is looked for, 4..MATCH_LENGTH_MAXIMUM
 */
export function beginMatches(bytes: u32, steps: u32, nice: u32): void {
  unitBytes = bytes;
  depth = max<u32>(steps, 1);
  niceLength = min<u32>(max<u32>(nice, 4), MATCH_LENGTH_MAXIMUM);
  position = 0;
  listStart = MATCHES;
  memory.fill(NEWEST2, 0, NEWEST_BYTES);
}

/** Finds the matches of the next `count` positions; returns the position that was reached, which
 * is the unit's length at the end. */
export function findMatches(count: u32): u32 {
  const end = <u32>min<u64>(unitBytes, <u64>position + count);
  for (; position < end; position++) {
    const limit = min<u32>(niceLength, unitBytes - position);
    const listEnd = limit < 4 ? listStart : findAt(limit);
    const found = <u32>((listEnd - listStart) >> 2);
    const kept = min<u32>(found, roomAt(position));
    if (kept < found && kept > 0) {
      // The longest is worth most, and the shortest are the nearest.
      store<u32>(listStart + ((kept - 1) << 2), load<u32>(listEnd - 4));
    }
    store<u8>(MATCH_COUNTS + position, kept);
    listStart += kept << 2;
  }
  return position;
}

/** How many matches the position may list: four times its share of the room that is left, so that
 * the last position finds room too. */
// @ts-ignore: decorator
@inline
function roomAt(at: u32): u32 {
  const room = <u32>((LISTS_END - listStart) >> 2);
  if (room >= 16 * (unitBytes - at)) return LISTED_MAXIMUM;
  const share = (4 * room) / (unitBytes - at);
  return min<u32>(min<u32>(share, room), LISTED_MAXIMUM);
}

/** Lists the matches at `position` from `listStart` on and makes it the newest of its strings;
 * returns the end of the list. */
function findAt(limit: u32): usize {
  const here = UNIT + position;
  const bytes = load<u32>(here, 0, 1);
  const newest2 = NEWEST2 + ((bytes & 0xffff) << 2);
  const newest3 = NEWEST3 + ((((bytes << 8) * 0x9e3779b1) >> (32 - HASH3_BITS)) << 2);
  const newest4 = NEWEST4 + (((bytes * 0x9e3779b1) >> (32 - HASH4_BITS)) << 2);
  const near2 = load<u32>(newest2);
  const near3 = load<u32>(newest3);
  const near4 = load<u32>(newest4);
  const next = position + 1;
  store<u32>(newest2, next);
  store<u32>(newest3, next);
  store<u32>(newest4, next);

  let listEnd = listStart;
  let longest: u32 = 1;
  if (near2 != 0) {
    const distance = next - near2;
    longest = matchLength(here, here - distance, 2, limit);
    if (longest > 2 || distance <= DISTANCE2_MAXIMUM) listEnd = list(listEnd, longest, distance);
  }
  if (near3 != 0 && longest < 3 && ((load<u32>(UNIT + near3 - 1, 0, 1) ^ bytes) & 0xffffff) == 0) {
    const distance = next - near3;
    longest = matchLength(here, here - distance, 3, limit);
    if (longest > 3 || distance <= DISTANCE3_MAXIMUM) listEnd = list(listEnd, longest, distance);
  }
  return walkTree(near4, longest, limit, listEnd);
}

/** Splits the tree under `newest` around the position; lists what is longer than `longest`. */
function walkTree(newest: u32, longest: u32, limit: u32, listEnd: usize): usize {
  const here = UNIT + position;
  let below = MATCH_TREES + (position << 3); // link to strings that sort before this one
  let above = below + 4; // and after
  let lengthBelow: u32 = 0; // bytes shared with the last string on either side
  let lengthAbove: u32 = 0;
  let candidate = newest;
  for (let steps = depth; candidate != 0 && steps != 0; steps--) {
    const links = MATCH_TREES + ((candidate - 1) << 3);
    const there = UNIT + candidate - 1;
    const length = matchLength(here, there, min<u32>(lengthBelow, lengthAbove), limit);
    if (length > longest) {
      longest = length;
      listEnd = list(listEnd, length, <u32>(here - there));
    }
    if (length == limit) {
      // As good as equal: the new position takes the old one's place.
      store<u32>(below, load<u32>(links));
      store<u32>(above, load<u32>(links, 4));
      return listEnd;
    }
    if (load<u8>(there + length) < load<u8>(here + length)) {
      store<u32>(below, candidate);
      below = links + 4;
      candidate = load<u32>(below);
      lengthBelow = length;
    } else {
      store<u32>(above, candidate);
      above = links;
      candidate = load<u32>(above);
      lengthAbove = length;
    }
  }
  store<u32>(below, 0);
  store<u32>(above, 0);
  return listEnd;
}

// @ts-ignore: decorator
@inline
function list(listEnd: usize, length: u32, distance: u32): usize {
  if (listEnd - listStart >= LISTED_MAXIMUM << 2) {
    store<u32>(listEnd - 4, (length << DISTANCE_BITS) | distance);
    return listEnd;
  }
  store<u32>(listEnd, (length << DISTANCE_BITS) | distance);
  return listEnd + 4;
}

/** How many bytes at two addresses agree: at least `known`, at most `limit`. Reads up to seven
 * bytes further. */
// @ts-ignore: decorator
@inline
export function matchLength(first: usize, second: usize, known: u32, limit: u32): u32 {
  let length = known;
  while (length < limit) {
    const difference = load<u64>(first + length, 0, 1) ^ load<u64>(second + length, 0, 1);
    if (difference != 0) return min<u32>(limit, length + <u32>(ctz(difference) >> 3));
    length += 8;
  }
  return limit;
}
