/**
 * Path: the commands that a parse has settled on, written in order, and the state they leave.
 *
 *   arrivals   first node -> ... -> last node        linked backwards; turned around here
 *   COMMANDS   insert 5 | copy 12, 40 | copy 3, 7 | ...      two words each (src/ir/command.ts)
 *
 * Literals are counted until a command or the end of the unit closes their run, so that no two
 * inserts are neighbours.
 */

import { COMMANDS } from "../memory.ts";
import {
  isLiteral,
  nextOf,
  originOf,
  positionOf,
  recentOf,
  setNext,
  typeOf,
  wordOf,
} from "./arrival.ts";
import { FIRST_RECENT, TYPE_DICT, TYPE_MATCH, TYPE_REP0 } from "./prices.ts";

/** Kinds of command, as src/ir/command.ts numbers them. */
const KIND_INSERT: u32 = 0;
const KIND_COPY: u32 = 1;
const KIND_DICT: u32 = 2;
const KIND_BITS: u32 = 4;

/** Type of the last command, literals since, recent distances: the state at the path's end. */
let type: u32 = 0;
let run: u32 = 0;
let recent0: u32 = 0;
let recent1: u32 = 0;
let recent2: u32 = 0;
let recent3: u32 = 0;
/** Where the next command goes. */
let commandEnd: usize = 0;

export function beginPath(): void {
  type = TYPE_MATCH;
  run = 0;
  recent0 = FIRST_RECENT;
  recent1 = FIRST_RECENT + 1;
  recent2 = FIRST_RECENT + 2;
  recent3 = FIRST_RECENT + 3;
  commandEnd = COMMANDS;
}

// @ts-ignore: decorator
@inline
export function pathType(): u32 {
  return type;
}

/** Literals since the last command, which no insert holds yet. */
// @ts-ignore: decorator
@inline
export function pathRun(): u32 {
  return run;
}

export function pathRecent(index: u32): u32 {
  if (index < 2) return index == 0 ? recent0 : recent1;
  return index == 2 ? recent2 : recent3;
}

/** Writes the commands on the way to `last`, up to the first that ends at window position `through`
 * or later; returns the position where it ends. */
export function followPath(last: usize, through: u32): u32 {
  let node = last;
  for (let origin = originOf(node); origin != 0; origin = originOf(node)) {
    setNext(origin, node);
    node = origin;
  }
  let at: u32 = 0;
  while (node != last && at < through) {
    const next = nextOf(node);
    const nextAt = positionOf(next);
    if (isLiteral(next)) run++;
    else take(next, nextAt - at);
    node = next;
    at = nextAt;
  }
  recent0 = recentOf(node, 0);
  recent1 = recentOf(node, 1);
  recent2 = recentOf(node, 2);
  recent3 = recentOf(node, 3);
  return at;
}

function take(node: usize, length: u32): void {
  type = typeOf(node);
  if (type == TYPE_DICT) write(KIND_DICT, length, wordOf(node));
  else write(KIND_COPY, length, recentOf(node, 0));
}

/** Adds literals to the run that waits. */
// @ts-ignore: decorator
@inline
export function passLiterals(count: u32): void {
  run += count;
}

/** Writes a copy that follows the path's end. */
export function takeCopy(copyType: u32, length: u32, distance: u32): void {
  type = copyType;
  write(KIND_COPY, length, distance);
  if (type == TYPE_REP0) return;
  if (type == TYPE_MATCH || type == TYPE_REP0 + 3) recent3 = recent2;
  if (type == TYPE_MATCH || type >= TYPE_REP0 + 2) recent2 = recent1;
  recent1 = recent0;
  recent0 = distance;
}

function write(kind: u32, length: u32, operand: u32): void {
  closeRun();
  store<u32>(commandEnd, kind | (length << KIND_BITS));
  store<u32>(commandEnd, operand, 4);
  commandEnd += 8;
}

/** Writes the literals that wait, if any, as an insert. */
function closeRun(): void {
  if (run == 0) return;
  store<u32>(commandEnd, KIND_INSERT | (run << KIND_BITS));
  store<u32>(commandEnd, 0, 4);
  commandEnd += 8;
  run = 0;
}

/** The unit is parsed: closes its last run; returns how many commands there are. */
export function endPath(): u32 {
  closeRun();
  return <u32>((commandEnd - COMMANDS) >> 3);
}
