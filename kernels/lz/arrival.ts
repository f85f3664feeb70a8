/**
 * Arrivals: the ways in which a parse can reach each position of its window, cheapest first.
 *
 *   NODES   | position 0: slot 0, slot 1, ... | position 1: slot 0, ... | ...      16 bytes a slot
 *   pasts   | the same, for what is worked out once the parse gets there  | ...    16 bytes a slot
 *
 *   node    cost | last distance | node it came from, with type and flag | run or word
 *   past    three more recent distances | node that follows on the path taken
 *
 * A node whose flag is set came by a literal, and counts the run; one without it came by a command
 * of its type, and names the word if it is one of the dictionary. Its type is that of the last
 * command either way. Two arrivals at a position whose last distance and type agree differ in
 * too little to keep both: the cheaper one stays.
 */
import { PARSER, PARSER_BYTES } from "../memory.ts";

export const ARRIVALS_MAXIMUM: u32 = 8;

/** Bytes of a slot. Addresses of nodes have four bits to spare: type and flag. */
export const SLOT_BYTES: usize = 16;
const TYPE_MASK: u32 = 7;
const LITERAL_FLAG: u32 = 8;

/** A quarter of the parser's region is for other tables. */
const NODES: usize = PARSER;
const NODES_BYTES: usize = (PARSER_BYTES / 8) * 3;
/** From a node to its past. */
const TO_PAST: usize = NODES_BYTES;
/** What other tables of the parser may take. */
export const PARSER_TABLES: usize = NODES + 2 * NODES_BYTES;

/** Positions that fit whatever the number of slots. */
export const POSITIONS_MAXIMUM: u32 = <u32>(NODES_BYTES / SLOT_BYTES / ARRIVALS_MAXIMUM);

/** A cost that no arrival has. */
export const COST_NONE: u32 = 0xffffffff;

/** Bytes of all slots of a position, and from its first slot to its last. */
let positionBytes: usize = SLOT_BYTES;
let lastSlot: usize = 0;
/** Positions below this one are ready for arrivals. */
let ready: u32 = 0;

/** Sets the number of arrivals that a position keeps. */
export function beginArrivals(slots: u32): void {
  const count = min<u32>(max<u32>(slots, 1), ARRIVALS_MAXIMUM);
  positionBytes = <usize>count * SLOT_BYTES;
  lastSlot = positionBytes - SLOT_BYTES;
}

/** Forgets all arrivals. */
// @ts-ignore: decorator
@inline
export function clearArrivals(): void {
  ready = 0;
}

/** Makes sure that positions up to and with `at` can take arrivals. */
// @ts-ignore: decorator
@inline
export function reachTo(at: u32): void {
  if (at >= ready) makeReady(at);
}

/** Costs of all ones: nobody has arrived. Some positions ahead, so that calls are few. */
function makeReady(at: u32): void {
  const end = min<u32>(at + 256, POSITIONS_MAXIMUM);
  memory.fill(nodeAt(ready), 0xff, <usize>(end - ready) * positionBytes);
  ready = end;
}

/** The first slot of a position. */
// @ts-ignore: decorator
@inline
export function nodeAt(at: u32): usize {
  return NODES + <usize>at * positionBytes;
}

/** The position of a node. */
export function positionOf(node: usize): u32 {
  return <u32>((node - NODES) / positionBytes);
}

/** The address behind the last slot of a position. */
// @ts-ignore: decorator
@inline
export function slotsEnd(node: usize): usize {
  return node + positionBytes;
}

/** The first slot of the position `count` further on. */
// @ts-ignore: decorator
@inline
export function nodeAhead(first: usize, count: u32): usize {
  return first + <usize>count * positionBytes;
}

/** The first slot of the position before. */
// @ts-ignore: decorator
@inline
export function nodeBefore(first: usize): usize {
  return first - positionBytes;
}

// @ts-ignore: decorator
@inline
export function costOf(node: usize): u32 {
  return load<u32>(node);
}

// @ts-ignore: decorator
@inline
export function typeOf(node: usize): u32 {
  return load<u32>(node, 8) & TYPE_MASK;
}

/** Literals since the last command. */
// @ts-ignore: decorator
@inline
export function runOf(node: usize): u32 {
  return load<u32>(node, 8) & LITERAL_FLAG ? load<u32>(node, 12) : 0;
}

// @ts-ignore: decorator
@inline
export function isLiteral(node: usize): bool {
  return (load<u32>(node, 8) & LITERAL_FLAG) != 0;
}

/** The word of a node of TYPE_DICT that is no literal. */
// @ts-ignore: decorator
@inline
export function wordOf(node: usize): u32 {
  return load<u32>(node, 12);
}

/** The node it came from; 0 for the first. */
// @ts-ignore: decorator
@inline
export function originOf(node: usize): usize {
  return load<u32>(node, 8) & ~(TYPE_MASK | LITERAL_FLAG);
}

/** Recent distance 0..3; 1..3 only after `setPast`. */
// @ts-ignore: decorator
@inline
export function recentOf(node: usize, index: u32): u32 {
  return index == 0 ? load<u32>(node, 4) : load<u32>(node + TO_PAST - 4 + (index << 2));
}

// @ts-ignore: decorator
@inline
export function setPast(node: usize, second: u32, third: u32, fourth: u32): void {
  const past = node + TO_PAST;
  store<u32>(past, second);
  store<u32>(past, third, 4);
  store<u32>(past, fourth, 8);
}

/** The path taken: the node that follows. */
// @ts-ignore: decorator
@inline
export function setNext(node: usize, next: usize): void {
  store<u32>(node + TO_PAST, <u32>next, 12);
}

// @ts-ignore: decorator
@inline
export function nextOf(node: usize): usize {
  return load<u32>(node + TO_PAST, 12);
}

/** Someone arrives by a command: at the position of `first`, from `origin`. */
// @ts-ignore: decorator
@inline
export function arrive(
  first: usize,
  cost: u32,
  distance: u32,
  origin: usize,
  type: u32,
  word: u32,
): void {
  if (cost < load<u32>(first + lastSlot)) insert(first, cost, distance, <u32>origin | type, word);
}

/** Someone arrives by a literal. */
// @ts-ignore: decorator
@inline
export function arriveByLiteral(
  first: usize,
  cost: u32,
  distance: u32,
  origin: usize,
  type: u32,
  run: u32,
): void {
  if (cost < load<u32>(first + lastSlot)) {
    insert(first, cost, distance, <u32>origin | type | LITERAL_FLAG, run);
  }
}

/** Places an arrival that is cheaper than the last slot's, unless one like it is no dearer. */
function insert(first: usize, cost: u32, distance: u32, origin: u32, extra: u32): void {
  const last = first + lastSlot;
  let slot = first;
  for (; load<u32>(slot) <= cost; slot += SLOT_BYTES) {
    if (alike(slot, distance, origin)) return;
  }
  // What is like it but dearer goes, otherwise the last.
  let gone = slot;
  while (gone < last && !alike(gone, distance, origin)) gone += SLOT_BYTES;
  for (; gone > slot; gone -= SLOT_BYTES) {
    store<u64>(gone, load<u64>(gone - SLOT_BYTES));
    store<u64>(gone, load<u64>(gone - SLOT_BYTES, 8), 8);
  }
  store<u32>(slot, cost);
  store<u32>(slot, distance, 4);
  store<u32>(slot, origin, 8);
  store<u32>(slot, extra, 12);
}

// @ts-ignore: decorator
@inline
function alike(node: usize, distance: u32, origin: u32): bool {
  return load<u32>(node, 4) == distance && ((load<u32>(node, 8) ^ origin) & 15) == 0;
}
