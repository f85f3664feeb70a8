/**
 * Split: walks over one job's input and decides where blocks begin and end.
 *
 *   input   | unit | unit | unit | unit | unit | ...   16 KiB each, longer where a run crosses
 *   blocks  |------- merged ------|-stored-|---- ...   at most 256 KiB
 *
 * Neighbouring units become one block as long as their joint histogram costs no more than both
 * apart and a header. Units that look incompressible are stored without being counted. With
 * fixed blocks each 64 KiB is a block and nothing is compared: a little faster, a little larger.
 */
import { bitsNext } from "../bits/lsb.ts";
import { BLOCK_COUNTS, INPUT, RUNS, SYMBOL_SLOTS, UNIT_COUNTS } from "../memory.ts";
import { beginBlocks, endBlocks, writeBlock } from "./block.ts";
import {
  COST_SHIFT,
  sumTimesLogarithm,
  sumTimesLogarithmOfBoth,
  symbolsUsed,
  timesLogarithm,
} from "./cost.ts";
import { clearLanes, countBytes, sumLanes } from "./histogram.ts";
import { findRuns, lengthSymbol, runMatches, runRest } from "./run.ts";
import { looksEven } from "./sample.ts";
import { storeLater } from "./stored.ts";

const UNIT_BYTES: usize = 16 * 1024;
const FIXED_BLOCK_BYTES: usize = 64 * 1024;
const BLOCK_BYTES_MAXIMUM: usize = 256 * 1024;

/** What a block of its own costs beside its symbols, in bits, and for each symbol in use: its header
 * and, where many are in use, a little for the time it takes. Against a flat 560 bits the size
 * of the corpus is the same to 0.01 % and binaries are coded 1.11 times as fast. */
const HEADER_BITS: u64 = 200;
const HEADER_SYMBOL_BITS: u64 = 4;

// The block that is being gathered: [blockStart, at), runs from blockRuns on.
let blockStart: usize = 0;
let blockRuns: usize = 0;
let blockSymbols: u32 = 0;
let blockCost: u64 = 0;

// The unit at hand: [at, unitEnd), runs [unitRuns, nextRun).
let at: usize = 0;
let unitEnd: usize = 0;
let unitRuns: usize = 0;
let nextRun: usize = 0;
let unitSymbols: u32 = 0;
let unitCost: u64 = 0;

/**
 * Encodes the first `size` bytes of INPUT as whole deflate blocks at `target`, where OUTPUT_BYTES
 * are free.
 *
 * @param last - the stream ends here; else the part ends on a byte boundary without final bit
 * @param fixedBlocks - blocks of 64 KiB instead of merged units
 * @returns the size of the output, or a negative fault
 */
export function encodeInput(size: usize, target: usize, last: bool, fixedBlocks: bool): i32 {
  const end = INPUT + size;
  const runsEnd = findRuns(INPUT, end);
  beginBlocks(target);
  at = INPUT;
  nextRun = RUNS;
  startBlock();

  // What was costly before may be again: only then is a unit sampled before it is counted.
  let suspect = true;
  while (at < end) {
    takeUnit(end, runsEnd, fixedBlocks ? FIXED_BLOCK_BYTES : UNIT_BYTES);
    if (suspect && nextRun == unitRuns && looksEven(at, unitEnd)) {
      const fault = finishBlock(false, false);
      if (fault < 0) return fault;
      storeLater(at, unitEnd);
      at = unitEnd;
      startBlock();
      continue;
    }
    countUnit();
    suspect = (unitCost >> COST_SHIFT) * 16 >= <u64>(unitEnd - at) * (8 * 15);
    if (at > blockStart && (fixedBlocks || !mergeUnit())) {
      const fault = finishBlock(false, false);
      if (fault < 0) return fault;
    }
    if (at == blockStart) adoptUnit();
    at = unitEnd;
  }
  const fault = finishBlock(last, blockStart == INPUT);
  if (fault < 0) return fault;
  const endFault = endBlocks(last);
  if (endFault < 0) return endFault;
  return <i32>(bitsNext() - target);
}

/** An empty block begins at `at`. */
function startBlock(): void {
  blockStart = at;
  blockRuns = nextRun;
}

/** Sets the bounds of the next unit; a run that begins in it belongs to it whole. */
function takeUnit(end: usize, runsEnd: usize, size: usize): void {
  unitEnd = min(at + size, end);
  unitRuns = nextRun;
  while (nextRun < runsEnd && <usize>load<u32>(nextRun) < unitEnd) {
    const runEnd = <usize>load<u32>(nextRun) + load<u32>(nextRun, 4);
    unitEnd = max(unitEnd, runEnd);
    nextRun += 8;
  }
}

/** Counts the unit's literals and matches in UNIT_COUNTS and sets its cost. */
function countUnit(): void {
  clearLanes();
  memory.fill(UNIT_COUNTS + 4 * 256, 0, 4 * (SYMBOL_SLOTS - 256));
  let from = at;
  let symbols: u32 = 0;
  for (let run = unitRuns; run < nextRun; run += 8) {
    const start = <usize>load<u32>(run);
    const covered = load<u32>(run, 4);
    countBytes(from, start);
    symbols += <u32>(start - from) + countMatches(covered);
    from = start + covered;
  }
  countBytes(from, unitEnd);
  symbols += <u32>(unitEnd - from);
  sumLanes(UNIT_COUNTS);
  unitSymbols = symbols;
  unitCost = timesLogarithm(symbols) - sumTimesLogarithm(UNIT_COUNTS);
}

/** Counts the matches of a run; returns how many there are. */
function countMatches(covered: u32): u32 {
  const whole = runMatches(covered);
  const rest = runRest(covered);
  bump(285, whole);
  if (rest == 0) return whole;
  bump(lengthSymbol(rest), 1);
  return whole + 1;
}

function bump(symbol: u32, count: u32): void {
  const slot = UNIT_COUNTS + ((<usize>symbol) << 2);
  store<u32>(slot, load<u32>(slot) + count);
}

/** Adds the unit to the block when that costs no more than a block of its own. */
function mergeUnit(): bool {
  if (unitEnd - blockStart > BLOCK_BYTES_MAXIMUM) return false;
  const symbols = blockSymbols + unitSymbols;
  const cost = timesLogarithm(symbols) - sumTimesLogarithmOfBoth(BLOCK_COUNTS, UNIT_COUNTS);
  const header = HEADER_BITS + HEADER_SYMBOL_BITS * symbolsUsed();
  if (cost > blockCost + unitCost + (header << COST_SHIFT)) return false;
  for (let offset: usize = 0; offset < 4 * SYMBOL_SLOTS; offset += 4) {
    const sum = load<u32>(BLOCK_COUNTS + offset) + load<u32>(UNIT_COUNTS + offset);
    store<u32>(BLOCK_COUNTS + offset, sum);
  }
  blockSymbols = symbols;
  blockCost = cost;
  return true;
}

/** The unit becomes the block. */
function adoptUnit(): void {
  memory.copy(BLOCK_COUNTS, UNIT_COUNTS, 4 * SYMBOL_SLOTS);
  blockSymbols = unitSymbols;
  blockCost = unitCost;
}

/** Writes the block [blockStart, at) where it is not empty; the next one begins at `at`. */
function finishBlock(last: bool, alone: bool): i32 {
  let fault = 0;
  if (at > blockStart) {
    // Runs of the unit at hand begin at `at` or later: they belong to the next block.
    const runs = at == unitEnd ? nextRun : unitRuns;
    fault = writeBlock(blockStart, at, blockRuns, runs, last, alone);
    blockRuns = runs;
  }
  blockStart = at;
  return fault;
}
