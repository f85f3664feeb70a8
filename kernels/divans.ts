/**
 * The DivANS kernel: a unit of bytes to commands, commands to coded blocks, and back. This file is
 * all that the host sees.
 *
 *   begin()                            once after instantiation; then the dictionary is put in place
 *   unitAddress(), parameterAddress()  where the host writes what is to be coded, and how
 *   beginEncoding(), encodeBlock()     commands to blocks, one a call
 *   beginDecoding(), decodeBlock()     and back
 *   findMatches(), parse(), ...        bytes to commands (lz/)
 *   wipe()                             between the jobs of different owners
 *
 * Calls do a bounded piece of work, and give a negative fault (fault.ts) when something is wrong.
 */

import { commandRowsFit, fillFirstRows } from "./divans/command.ts";
import { ACCOUNTS, beginCounts, settlePrices } from "./divans/counts.ts";
import { Pricing, Reading, Writing } from "./divans/direction.ts";
import { fillMixTables } from "./divans/mix.ts";
import { parameter, UNIT_LENGTH } from "./divans/parameters.ts";
import { beginUnit, commandCount, unitPosition, walk } from "./divans/unit.ts";
import { FAULT_CALL, FAULT_COMMANDS, FAULT_MEMORY } from "./fault.ts";
import { SUMS } from "./lz/estimate.ts";
import { beginFirstPrices as beginGuesses, firstLiteralPrices } from "./lz/first-prices.ts";
import { beginLazyParse as beginOnePass, parseLazily } from "./lz/lazy.ts";
import { beginMatches as beginMatchLists, findMatches } from "./lz/match.ts";
import { beginParse, parse } from "./lz/parse.ts";
import { endPath as endCommands } from "./lz/path.ts";
import { forbidShort } from "./lz/prices.ts";
import {
  CODED,
  CODED_BYTES,
  COMMAND_BYTES,
  COMMAND_ROWS,
  COMMANDS,
  COUNT_BYTES,
  COUNTS,
  DICTIONARY,
  DIVANS_DECODER_BYTES,
  LITERAL_PRICES,
  MATCH_BYTES,
  MATCH_COUNTS,
  MATCHES,
  PAGE_BYTES,
  PARAMETERS,
  PARSER,
  PRICES,
  SYMBOL_BYTES,
  SYMBOLS,
  UNIT,
  UNIT_BYTES,
  WEIGHTS,
} from "./memory.ts";
import { fillRows } from "./rans/cdf.ts";
import { beginGathering, blockIsSound, closeBlock, openBlock, STATE_BYTES } from "./rans/coder.ts";

export {
  beginParse,
  findMatches,
  firstLiteralPrices,
  forbidShort,
  parse,
  parseLazily,
  settlePrices,
};

/** Reads and writes go up to this far beyond a unit. */
const UNIT_SPARE_BYTES: usize = 1024;
/** Room that the primer takes where blocks come to lie (divans/primer.ts). */
const PRIMER_BYTES: usize = 65536;
/** Room that first prices take of that of commands (lz/first-prices.ts). */
const FIRST_PRICE_BYTES: usize = 9 << 20;
/** Matches of a position, at most 64 of four bytes. */
const MATCHES_A_BYTE: usize = 256;

/** Fills the tables. Returns 0 or a fault. */
export function begin(): i32 {
  const fault = reserve(DIVANS_DECODER_BYTES);
  if (fault) return fault;
  if (!commandRowsFit()) return -FAULT_MEMORY;
  fillRows();
  fillFirstRows();
  fillMixTables();
  return 0;
}

/** Takes the memory that encoding needs beyond decoding. Returns 0 or a fault. */
export function reserveEncoder(): i32 {
  return reserve(MATCHES + MATCH_BYTES);
}

function reserve(bytes: usize): i32 {
  const missing = <i32>((bytes + PAGE_BYTES - 1) / PAGE_BYTES) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return -FAULT_MEMORY;
  return 0;
}

/** The most that jobs since the last wipe may have touched: bytes of a unit, of a block, commands. */
let unitBytes: usize = 0;
let blockBytes: usize = 0;
let commandBytes: usize = 0;
/** Whether nothing but parses in one pass and coding came since then, which leave most of an encoder's
 * memory alone; and whether there was such a parse. */
let isOnePass: bool = true;
let wasParsed: bool = false;

/** Clears what a job left; tables and dictionary stay. What no job has touched is zero as it is, and
 * clearing all of an encoder's memory would take longer than a small unit. */
export function wipe(): void {
  const unit = unitBytes + UNIT_SPARE_BYTES;
  memory.fill(PARAMETERS, 0, 256);
  memory.fill(WEIGHTS, 0, DICTIONARY - WEIGHTS);
  memory.fill(COMMAND_ROWS, 0, UNIT - COMMAND_ROWS);
  memory.fill(UNIT, 0, min<usize>(unit, CODED - UNIT));
  memory.fill(CODED, 0, min<usize>(blockBytes + PRIMER_BYTES, CODED_BYTES));
  if (<usize>memory.size() * PAGE_BYTES >= MATCHES + MATCH_BYTES) {
    memory.fill(SYMBOLS, 0, SYMBOL_BYTES);
    if (isOnePass) wipeOnePass(unit);
    else wipeSearch(unit);
  }
  isOnePass = true;
  wasParsed = false;
  unitBytes = 0;
  blockBytes = 0;
  commandBytes = 0;
}

function wipeOnePass(unit: usize): void {
  memory.fill(COUNTS, 0, COUNT_BYTES);
  memory.fill(COMMANDS, 0, min<usize>(commandBytes, COMMAND_BYTES));
  if (wasParsed) memory.fill(MATCHES, 0, SUMS - MATCHES + 4 * unit);
}

function wipeSearch(unit: usize): void {
  memory.fill(LITERAL_PRICES, 0, min<usize>(2 * unit, 2 * UNIT_BYTES));
  memory.fill(PRICES, 0, COMMANDS - PRICES);
  const commands = max<usize>(max<usize>(commandBytes, 8 * unit), FIRST_PRICE_BYTES);
  memory.fill(COMMANDS, 0, min<usize>(commands, COMMAND_BYTES));
  memory.fill(MATCH_COUNTS, 0, min<usize>(unit, UNIT_BYTES));
  const matches = max<usize>(MATCHES_A_BYTE * unit, SUMS - MATCHES + 4 * unit);
  memory.fill(MATCHES, 0, min<usize>(matches, MATCH_BYTES));
}

/** Prices for a first parse (lz/first-prices.ts). */
export function beginFirstPrices(bytes: u32): void {
  isOnePass = false;
  beginGuesses(bytes);
}

/** Begins to look for matches in the unit (lz/match.ts). */
export function beginMatches(bytes: u32, depth: u32, nice: u32): void {
  isOnePass = false;
  unitBytes = max<usize>(unitBytes, bytes);
  beginMatchLists(bytes, depth, nice);
}

/** Begins to parse the unit in one pass (lz/lazy.ts). */
export function beginLazyParse(bytes: u32): void {
  unitBytes = max<usize>(unitBytes, bytes);
  wasParsed = true;
  beginOnePass(bytes);
}

/** The unit is parsed: says how many commands there are. */
export function endPath(): u32 {
  const commands = endCommands();
  commandBytes = max<usize>(commandBytes, (<usize>commands) << 3);
  return commands;
}

export function parameterAddress(): usize {
  return PARAMETERS;
}
export function dictionaryAddress(): usize {
  return DICTIONARY;
}
export function unitAddress(): usize {
  return UNIT;
}
export function codedAddress(): usize {
  return CODED;
}
export function commandAddress(): usize {
  return COMMANDS;
}
export function hintAddress(): usize {
  isOnePass = false;
  return PARSER;
}
export function accountAddress(): usize {
  return ACCOUNTS;
}
export function literalPriceAddress(): usize {
  return LITERAL_PRICES;
}
export function priceAddress(): usize {
  return PRICES;
}

export { commandCount, unitPosition };

/** Remembers what a walk will touch. */
function touch(commands: u32): void {
  unitBytes = max<usize>(unitBytes, parameter(UNIT_LENGTH));
  commandBytes = max<usize>(commandBytes, (<usize>commands) << 3);
}

/** Begins to code the unit by `commands` commands. Returns 0 or a fault. */
export function beginEncoding(commands: u32): i32 {
  touch(commands);
  return beginUnit(commands, false);
}

/** Codes the next block of the unit to CODED. Returns its size in bytes, or a fault. */
export function encodeBlock(): i32 {
  beginGathering();
  const fault = walk<Writing>(0);
  if (fault) return fault;
  const bytes = closeBlock(CODED);
  blockBytes = max<usize>(blockBytes, bytes);
  return <i32>bytes;
}

/** Prices the unit by `commands` commands, from the first byte to the last. Returns 0 or a fault. */
export function priceUnit(commands: u32): i32 {
  touch(commands);
  isOnePass = false;
  const fault = beginUnit(commands, false);
  if (fault) return fault;
  beginCounts();
  return walk<Pricing>(0);
}

/** Begins to decode the unit whose parameters are set; `note` keeps its commands. */
export function beginDecoding(note: bool): i32 {
  isOnePass = false;
  touch(note ? <u32>(COMMAND_BYTES / 8) : 0);
  return beginUnit(0, note);
}

/**
 * Decodes the block of `bytes` bytes at CODED, which makes the unit's bytes up to `stop`. Returns 0
 * or a fault.
 */
export function decodeBlock(bytes: u32, stop: u32): i32 {
  if (bytes > <u32>CODED_BYTES) return -FAULT_CALL;
  if (bytes < <u32>STATE_BYTES || stop <= unitPosition()) return -FAULT_COMMANDS;
  blockBytes = max<usize>(blockBytes, bytes);
  openBlock(CODED, bytes);
  const fault = walk<Reading>(stop);
  if (fault) return fault;
  return blockIsSound() ? 0 : -FAULT_COMMANDS;
}
