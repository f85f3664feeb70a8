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
import { beginUnit, commandCount, unitPosition, walk } from "./divans/unit.ts";
import { FAULT_CALL, FAULT_COMMANDS, FAULT_MEMORY } from "./fault.ts";
import { beginFirstPrices, firstLiteralPrices } from "./lz/first-prices.ts";
import { beginMatches, findMatches } from "./lz/match.ts";
import { beginParse, parse } from "./lz/parse.ts";
import { endPath } from "./lz/path.ts";
import { forbidShort } from "./lz/prices.ts";
import {
  CODED,
  CODED_BYTES,
  COMMANDS,
  DICTIONARY,
  DIVANS_DECODER_BYTES,
  LITERAL_PRICES,
  MATCH_BYTES,
  MATCHES,
  PAGE_BYTES,
  PARAMETERS,
  PARSER,
  PRICES,
  UNIT,
  WEIGHTS,
} from "./memory.ts";
import { fillRows } from "./rans/cdf.ts";
import { beginGathering, blockIsSound, closeBlock, openBlock, STATE_BYTES } from "./rans/coder.ts";

export {
  beginFirstPrices,
  beginMatches,
  beginParse,
  endPath,
  findMatches,
  firstLiteralPrices,
  forbidShort,
  parse,
  settlePrices,
};

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

/** Clears what a job left; tables and dictionary stay. */
export function wipe(): void {
  const end = <usize>memory.size() * PAGE_BYTES;
  memory.fill(PARAMETERS, 0, 256);
  memory.fill(WEIGHTS, 0, DICTIONARY - WEIGHTS);
  const rest = DICTIONARY + 126656;
  memory.fill(rest, 0, end - rest);
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

/** Begins to code the unit by `commands` commands. Returns 0 or a fault. */
export function beginEncoding(commands: u32): i32 {
  return beginUnit(commands, false);
}

/** Codes the next block of the unit to CODED. Returns its size in bytes, or a fault. */
export function encodeBlock(): i32 {
  beginGathering();
  const fault = walk<Writing>(0);
  if (fault) return fault;
  return <i32>closeBlock(CODED);
}

/** Prices the unit by `commands` commands, from the first byte to the last. Returns 0 or a fault. */
export function priceUnit(commands: u32): i32 {
  const fault = beginUnit(commands, false);
  if (fault) return fault;
  beginCounts();
  return walk<Pricing>(0);
}

/** Begins to decode the unit whose parameters are set; `note` keeps its commands. */
export function beginDecoding(note: bool): i32 {
  return beginUnit(0, note);
}

/**
 * Decodes the block of `bytes` bytes at CODED, which makes the unit's bytes up to `stop`. Returns 0
 * or a fault.
 */
export function decodeBlock(bytes: u32, stop: u32): i32 {
  if (bytes > <u32>CODED_BYTES) return -FAULT_CALL;
  if (bytes < <u32>STATE_BYTES || stop <= unitPosition()) return -FAULT_COMMANDS;
  openBlock(CODED, bytes);
  const fault = walk<Reading>(stop);
  if (fault) return fault;
  return blockIsSound() ? 0 : -FAULT_COMMANDS;
}
