/**
 * Unit: the walk over a unit's commands, one source for both directions.
 *
 *   run | literals ... | type | length, distance | run | ...
 *
 * A unit is cut into blocks of coded symbols. A block may end behind any literal and any copy, also
 * within a run; the walk stops there and goes on in the next block where it stood (`phase`). Behind
 * the unit's last byte nothing is coded. When bytes are read, every distance, length and word is
 * checked where it is formed.
 */
import { FAULT_CALL, FAULT_COMMANDS } from "../fault.ts";
import { COMMAND_BYTES, COMMANDS, PARSER, PARSER_BYTES, UNIT, UNIT_BYTES } from "../memory.ts";
import { blockIsShort, gathered, SYMBOL_CAPACITY } from "../rans/coder.ts";
import {
  beginCommands,
  codeDistance,
  codeHintByte,
  codeHintKind,
  codeLength,
  codeRun,
  codeType,
  codeWord,
  HINT,
  lastDistance,
  MATCH,
  REP_FIRST,
  REPS,
  recall,
  recentOf,
  WORD,
} from "./command.ts";
import {
  countDistance,
  countHint,
  countLength,
  countLiteral,
  countRun,
  countType,
  countWord,
  priceLiteralAs,
} from "./counts.ts";
import { wordBytes, writeWord } from "./dictionary.ts";
import { prices, reads } from "./direction.ts";
import { beginLiterals, codeLiteral, priceLiteral } from "./literal.ts";
import { PRIMED, parameter, UNIT_LENGTH } from "./parameters.ts";
import { readPrimer } from "./primer.ts";
import { codeRaw, takeSpent } from "./symbol.ts";
import { resetWeights } from "./weights.ts";

/** Kinds of command, as src/ir/command.ts numbers them. */
const INSERT: u32 = 0;
const COPY: u32 = 1;
const DICT: u32 = 2;
/** Inserts of bytes that nothing can be known about ("rndins"). */
const RAW: u32 = 8;
/** Symbols of a block, about; a block ends at the first byte behind. */
const BLOCK_SYMBOLS: u32 = 1 << 17;
/** Bytes of a raw insert at most: one symbol each, a block must hold them. */
const RAW_BYTES_MAXIMUM: u32 = 0xffff;
/** Bytes of a hint at most: two symbols each, a block must hold them. */
const HINT_BYTES_MAXIMUM: u32 = 0xf000;
/** What hints of a unit may come to, each with HINT_COST beside its bytes: nothing else bounds the time that
 * they take (src/core/limits.ts). */
const HINT_COST: u32 = 16;
const HINT_COSTS_MAXIMUM: u32 = 1 << 20;

/** Where the walk stands. */
const PHASE_RUN: u32 = 0;
const PHASE_LITERALS: u32 = 1;
const PHASE_TYPE: u32 = 2;

let phase: u32 = 0;
/** Address of the next byte, and after the last. */
let at: usize = UNIT;
let unitEnd: usize = UNIT;
/** Literals of this run, and how many are left. */
let run: u32 = 0;
let left: u32 = 0;
/** Whether the byte before came from a copy. */
let first: u32 = 0;
/** The next command in COMMANDS, and the end of them; when reading, where commands are noted, or 0. */
let command: usize = 0;
let commandEnd: usize = 0;
let noting: bool = false;
/** Where the bytes of noted hints go. */
let hintEnd: usize = PARSER;
/** What the unit's hints have come to. */
let hintCosts: u32 = 0;

/** Begins a walk over the unit whose parameters are set. Returns 0 or a fault. */
export function beginUnit(commands: u32, note: bool): i32 {
  const length = parameter(UNIT_LENGTH);
  if (length > <u32>UNIT_BYTES || commands > <u32>(COMMAND_BYTES / 8)) return -FAULT_CALL;
  at = UNIT;
  unitEnd = UNIT + length;
  phase = PHASE_RUN;
  run = 0;
  left = 0;
  first = 0;
  command = COMMANDS;
  commandEnd = COMMANDS + ((<usize>commands) << 3);
  noting = note;
  hintEnd = PARSER;
  hintCosts = 0;
  memory.fill(UNIT - 1024, 0, 1024);
  beginCommands();
  resetWeights();
  beginLiterals();
  if (parameter(PRIMED)) readPrimer();
  return 0;
}

/** Bytes of the unit that the walk has passed. */
export function unitPosition(): u32 {
  return <u32>(at - UNIT);
}

/** Commands that reading has noted, or that writing has taken. */
export function commandCount(): u32 {
  return <u32>((command - COMMANDS) >> 3);
}

/**
 * Walks on: reading up to `stop` bytes of the unit, writing until the block is full or the unit ends.
 * Returns 0, or a fault.
 */
export function walk<D>(stop: u32): i32 {
  const target = reads<D>() ? UNIT + stop : unitEnd;
  if (target > unitEnd) return -FAULT_CALL;
  while (at < target) {
    if (phase == PHASE_RUN) startRun<D>();
    if (phase == PHASE_LITERALS) {
      if (left > <u32>(unitEnd - at)) return -FAULT_COMMANDS;
      while (left) {
        passLiteral<D>();
        left--;
        if (blockEnds<D>(target)) return 0;
      }
      phase = PHASE_TYPE;
    }
    const before = at;
    const fault = passCommand<D>(target);
    if (fault) return fault;
    // Behind a hint no block ends: its reader has stopped at the byte before.
    if (at != before && blockEnds<D>(target)) return 0;
  }
  return 0;
}

/** Whether the walk pauses behind a byte. */
// @ts-ignore: decorator
@inline
function blockEnds<D>(target: usize): bool {
  if (at == target) return true;
  return !reads<D>() && !prices<D>() && gathered() >= BLOCK_SYMBOLS;
}

// @ts-ignore: decorator
@inline
function startRun<D>(): void {
  let given: u32 = 0;
  if (!reads<D>()) given = takeInserts();
  run = codeRun<D>(at, given);
  if (prices<D>()) countRun(given, takeSpent());
  left = run;
  phase = PHASE_LITERALS;
  if (reads<D>() && run && noting) note(INSERT, run, 0);
}

/** Takes the inserts that are next, and says how many bytes they make. */
function takeInserts(): u32 {
  let bytes: u32 = 0;
  while (command < commandEnd) {
    const word = load<u32>(command);
    if ((word & 15) != INSERT) break;
    bytes += word >> 4;
    command += 8;
  }
  return bytes;
}

// @ts-ignore: decorator
@inline
function passLiteral<D>(): void {
  const byte = codeLiteral<D>(at, lastDistance(), first, load<u8>(at));
  if (reads<D>()) store<u8>(at, <u8>byte);
  if (prices<D>()) countLiteral(at, takeSpent());
  at++;
  first = 0;
}

/** Passes a command that is no insert. Returns 0 or a fault. */
function passCommand<D>(target: usize): i32 {
  let word: u32 = 0;
  let operand: u32 = 0;
  let given: u32 = 0;
  if (!reads<D>()) {
    if (command >= commandEnd) return -FAULT_CALL;
    word = load<u32>(command);
    operand = load<u32>(command, 4);
    command += 8;
    given = typeOf(word & 15, operand);
  }
  const type = codeType<D>(at, run, given);
  if (prices<D>()) countType(type, run, takeSpent());
  phase = PHASE_RUN;
  if (type >= HINT) {
    // Hints make no bytes: without this a damaged block could go on for ever.
    if (type > HINT || (reads<D>() && blockIsShort())) return -FAULT_COMMANDS;
    const kind = codeHintKind<D>(word & 15);
    if (kind == RAW) return passRaw<D>(target, word >> 4);
    const fault = passHint<D>(kind, word >> 4, operand);
    if (prices<D>()) countHint(takeSpent());
    return fault;
  }
  first = 1;
  if (type == WORD) return passWord<D>(target, word >> 4, operand);
  return passCopy<D>(target, type, word >> 4, operand);
}

/** The type that codes a command. */
function typeOf(kind: u32, operand: u32): u32 {
  if (kind == COPY) {
    const recent = recentOf(operand);
    return recent < REPS ? REP_FIRST + recent : MATCH;
  }
  return kind == DICT ? WORD : HINT;
}

function passCopy<D>(target: usize, type: u32, givenLength: u32, givenDistance: u32): i32 {
  const previous = lastDistance();
  // A new distance needs two bytes; the writer's commands keep that (src/divans).
  if (!reads<D>() && type == MATCH && givenLength < 2) return -FAULT_CALL;
  const length = codeLength<D>(at, type, givenLength);
  if (prices<D>()) countLength(type, length, takeSpent());
  let distance: u32 = 0;
  if (type == MATCH) {
    distance = codeDistance<D>(at, length, givenDistance);
    if (prices<D>()) countDistance(length, distance, takeSpent());
  } else {
    distance = recall(type - REP_FIRST);
  }
  if (distance - 1 >= <u32>(at - UNIT) || length > <u32>(target - at)) {
    return reads<D>() ? -FAULT_COMMANDS : -FAULT_CALL;
  }
  if (reads<D>()) {
    copyBytes(at, distance, length);
    if (noting) note(COPY, length, distance);
  }
  if (prices<D>()) estimateLiterals(at, previous, length);
  at += length;
  return 0;
}

function passWord<D>(target: usize, givenLength: u32, givenOperand: u32): i32 {
  const operand = codeWord<D>(givenOperand);
  if (prices<D>()) countWord(operand, takeSpent());
  const length = wordBytes(operand);
  if (length == 0 || length > <u32>(target - at)) return reads<D>() ? -FAULT_COMMANDS : -FAULT_CALL;
  if (!reads<D>() && length != givenLength) return -FAULT_CALL;
  if (reads<D>()) {
    writeWord(operand, at);
    if (noting) note(DICT, length, operand);
  }
  if (prices<D>()) estimateLiterals(at, lastDistance(), length);
  at += length;
  return 0;
}

/** Passes bytes that are coded as they are, eight bits each. Returns 0 or a fault. */
function passRaw<D>(target: usize, given: u32): i32 {
  const upper = codeRaw<D>(8, (given >> 8) & 255);
  const length = (upper << 8) | codeRaw<D>(8, given & 255);
  if (length == 0 || length > <u32>(target - at) || given > RAW_BYTES_MAXIMUM) {
    return reads<D>() ? -FAULT_COMMANDS : -FAULT_CALL;
  }
  if (prices<D>()) countHint(takeSpent());
  if (reads<D>() && noting) note(RAW, length, 0);
  first = 0;
  const end = at + length;
  for (; at < end; at++) {
    const byte = codeRaw<D>(8, load<u8>(at));
    if (reads<D>()) store<u8>(at, <u8>byte);
    if (prices<D>()) countLiteral(at, takeSpent());
  }
  return 0;
}

/** Passes the bytes of a hint, which nothing depends on. Returns 0 or a fault. */
function passHint<D>(kind: u32, givenLength: u32, operand: u32): i32 {
  const upper = codeRaw<D>(8, (givenLength >> 8) & 255);
  const length = (upper << 8) | codeRaw<D>(8, givenLength & 255);
  hintCosts += HINT_COST + length;
  if (length > HINT_BYTES_MAXIMUM || hintCosts > HINT_COSTS_MAXIMUM) {
    return reads<D>() ? -FAULT_COMMANDS : -FAULT_CALL;
  }
  if (!reads<D>() && !prices<D>() && gathered() + 2 * length + 64 > SYMBOL_CAPACITY)
    return -FAULT_CALL;
  if (reads<D>() && noting) {
    if (hintEnd + length > PARSER + PARSER_BYTES) return -FAULT_COMMANDS;
    note(kind, length, <u32>(hintEnd - PARSER));
  }
  let before: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const given: u32 = reads<D>() ? 0 : load<u8>(PARSER + operand + i);
    before = codeHintByte<D>(before, given);
    if (reads<D>() && noting) store<u8>(hintEnd++, <u8>before);
  }
  return 0;
}

/** Notes a command that was read. */
function note(kind: u32, length: u32, operand: u32): void {
  if (command + 8 > COMMANDS + COMMAND_BYTES) {
    noting = false;
    return;
  }
  store<u32>(command, kind | (length << 4));
  store<u32>(command, operand, 4);
  command += 8;
}

/** Copies byte after byte; at least eight at once where source and target are apart. */
function copyBytes(to: usize, distance: u32, length: u32): void {
  let from = to - distance;
  const end = to + length;
  if (distance >= 8) {
    // Writes up to seven bytes past the end: they are written again, or lie behind the unit.
    while (to < end) {
      store<u64>(to, load<u64>(from, 0, 1), 0, 1);
      to += 8;
      from += 8;
    }
    return;
  }
  while (to < end) store<u8>(to++, load<u8>(from++));
}

/** Prices the bytes of a copy as if they were literals. */
function estimateLiterals(from: usize, distance: u32, length: u32): void {
  for (let i: u32 = 0; i < length; i++) {
    priceLiteralAs(from + i, priceLiteral(from + i, distance, 0, load<u8>(from + i)));
  }
}
