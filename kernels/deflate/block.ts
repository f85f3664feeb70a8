/**
 * Block: one stretch of input becomes one deflate block, in the cheapest of four forms.
 *
 *   open      the code of the block before fits: no header at all, that block simply goes on
 *   dynamic   a code of its own: header of 40-90 bytes, then symbols
 *   fixed     the code every reader knows; only worth a look for small blocks
 *   stored    the bytes as they are (stored.ts)
 *
 * All sizes are computed exactly before a bit is written; they choose the form, and the writer is
 * held to them afterwards. Input bytes are literals but for the runs listed in RUNS, which become
 * matches at distance 1, so each distance code has one symbol.
 */
import { alignBits, beginBits, bitsSince, putBits, putEntry } from "../bits/lsb.ts";
import { FAULT_BIT_COUNT, FAULT_COVERAGE, FAULT_OUTPUT_FULL } from "../fault.ts";
import {
  BLOCK_COUNTS,
  ENTRIES,
  LENGTHS,
  OPEN_LENGTHS,
  OUTPUT_BYTES,
  SYMBOL_SLOTS,
} from "../memory.ts";
import { planHeader, putHeader } from "./header.ts";
import { assignCodes, buildLengths } from "./huffman-build.ts";
import { encodeLiterals, forgetPairs, prepareLiterals } from "./literals.ts";
import { lengthExtra, lengthExtraBits, lengthSymbol, runMatches, runRest } from "./run.ts";
import { beginStored, putStored, storedBytes, storedSize, storeLater } from "./stored.ts";

/** No literal code is longer: two of them fit an entry of pairs. Costs 0.01 % against 15. */
const CODE_LIMIT: i32 = 13;

/** Literal/length symbols that deflate has. */
const SYMBOLS: i32 = 286;
const END_OF_BLOCK: i32 = 256;
const LONGEST_MATCH: i32 = 285;

/** Above this many bytes a fixed block never wins: its header saves 90 bytes at most. */
const FIXED_BYTES_MAXIMUM: usize = 4096;

/** A coded block must save this many bits, unless it is all there is. That pays for what it costs
 * to break a row of stored blocks and for the marker that ends a job, so no input ever grows by
 * more than its stored form does. */
const SAVED_BITS_MINIMUM: u64 = 64;

/** An empty fixed block, which ends a stream whose last block could not know that it was. */
const EMPTY_BLOCK_BITS: u64 = 10;

/** More than any block takes. */
const TOO_MANY_BITS: u64 = 1 << 40;

const FORM_OPEN: i32 = 0;
const FORM_DYNAMIC: i32 = 1;
const FORM_FIXED: i32 = 2;

/** The code in ENTRIES and OPEN_LENGTHS is that of a block which has begun and not ended. */
let codeOpen: bool = false;
/** Bits of a distance in it: 1 in a dynamic block, 5 in a fixed one. */
let distanceBits: u64 = 1;
/** Address of the first block. */
let outputStart: usize = 0;
/** The final bit has been written. */
let finalWritten: bool = false;

/** Matches of the block at hand and their extra bits. */
let matches: u64 = 0;
let extraBits: u64 = 0;

/** Starts a stream or a part of one at `target`, where OUTPUT_BYTES are free. */
export function beginBlocks(target: usize): void {
  outputStart = target;
  beginBits(target);
  codeOpen = false;
  finalWritten = false;
  forgetPairs();
  beginStored();
}

/**
 * Writes the block [from, end), or keeps it to be stored. Its symbols are counted in
 * BLOCK_COUNTS, its runs are those listed in [firstRun, lastRun).
 *
 * @param last - it is the last block of the stream
 * @param alone - it is all that the stream holds
 * @returns 0 or a negative fault
 */
export function writeBlock(
  from: usize,
  end: usize,
  firstRun: usize,
  lastRun: usize,
  last: bool,
  alone: bool,
): i32 {
  store<u32>(BLOCK_COUNTS + (END_OF_BLOCK << 2), 1);
  sumMatches(firstRun, lastRun);
  const fault = buildLengths(BLOCK_COUNTS, SYMBOLS, CODE_LIMIT, LENGTHS);
  if (fault < 0) return fault;
  const headerBits = planHeader();
  if (headerBits < 0) return <i32>headerBits;

  let form = FORM_DYNAMIC;
  let bits = 3 + <u64>headerBits + costWith(LENGTHS) + extraBits + matches;
  if (end - from <= FIXED_BYTES_MAXIMUM) {
    const fixedBits = 3 + costFixed() + extraBits + 5 * matches;
    if (fixedBits < bits) {
      bits = fixedBits;
      form = FORM_FIXED;
    }
  }
  if (codeOpen && storedBytes() == 0) {
    const symbolBits = costWith(OPEN_LENGTHS) + extraBits + distanceBits * matches;
    const openBits = symbolBits + (last ? EMPTY_BLOCK_BITS : 0);
    if (openBits <= bits) {
      bits = openBits;
      form = FORM_OPEN;
    }
  }

  const plainBits = (<u64>(end - from)) << 3;
  const worthCoding =
    alone && last ? bits < plainBits + 40 : bits + SAVED_BITS_MINIMUM <= plainBits;
  if (!worthCoding) {
    storeLater(from, end);
    return 0;
  }
  if ((bitsSince(outputStart) + bits) >> 3 > OUTPUT_BYTES - 32 - storedSize())
    return -FAULT_OUTPUT_FULL;
  if (form != FORM_OPEN) openCode(form, last);
  return writeSymbols(from, end, firstRun, lastRun);
}

/** Sets `matches` and `extraBits` for the listed runs. */
function sumMatches(firstRun: usize, lastRun: usize): void {
  matches = 0;
  extraBits = 0;
  for (let run = firstRun; run < lastRun; run += 8) {
    const covered = load<u32>(run, 4);
    const rest = runRest(covered);
    matches += runMatches(covered);
    if (rest > 0) {
      matches += 1;
      extraBits += lengthExtraBits(rest);
    }
  }
}

/** Bits of all symbols in BLOCK_COUNTS with the code of these lengths; TOO_MANY_BITS when one of
 * them has no code. */
function costWith(lengths: usize): u64 {
  let bits: u64 = 0;
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    const count = load<u32>(BLOCK_COUNTS + (symbol << 2));
    const length = load<u8>(lengths + symbol);
    if (length == 0 && count > 0) return TOO_MANY_BITS;
    bits += <u64>count * length;
  }
  return bits;
}

function costFixed(): u64 {
  let bits: u64 = 0;
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    bits += <u64>load<u32>(BLOCK_COUNTS + (symbol << 2)) * fixedLength(symbol);
  }
  return bits;
}

/** Code length of a symbol in the fixed code. RFC 1951, section 3.2.6. */
function fixedLength(symbol: i32): u32 {
  if (symbol < 144) return 8;
  if (symbol < 256) return 9;
  return symbol < 280 ? 7 : 8;
}

/** Ends what is open, and begins a block with the code of LENGTHS or the fixed one. */
function openCode(form: i32, last: bool): void {
  closeCode();
  putStored(false);
  putBits(last ? 1 : 0, 1);
  if (form == FORM_DYNAMIC) {
    putBits(2, 2);
    putHeader();
    memory.copy(OPEN_LENGTHS, LENGTHS, SYMBOLS);
    memory.fill(OPEN_LENGTHS + SYMBOLS, 0, SYMBOL_SLOTS - SYMBOLS);
    distanceBits = 1;
  } else {
    putBits(1, 2);
    for (let symbol = 0; symbol < SYMBOL_SLOTS; symbol++) {
      store<u8>(OPEN_LENGTHS + symbol, fixedLength(symbol));
    }
    distanceBits = 5;
  }
  assignCodes(OPEN_LENGTHS, SYMBOL_SLOTS, ENTRIES);
  forgetPairs();
  codeOpen = true;
  finalWritten = last;
}

/** Writes the end-of-block symbol where a block is open. */
function closeCode(): void {
  if (!codeOpen) return;
  putEntry(load<u32>(ENTRIES + (END_OF_BLOCK << 2)));
  codeOpen = false;
}

/** Writes all symbols but the end of block with the open code, and checks their size. */
function writeSymbols(from: usize, end: usize, firstRun: usize, lastRun: usize): i32 {
  const endBits = load<u8>(OPEN_LENGTHS + END_OF_BLOCK);
  const expected = costWith(OPEN_LENGTHS) - endBits + extraBits + distanceBits * matches;
  const before = bitsSince(outputStart);
  let literals: u32 = 0;
  let literalBits: u64 = 0;
  for (let symbol = 0; symbol < 256; symbol++) {
    const count = load<u32>(BLOCK_COUNTS + (symbol << 2));
    literals += count;
    literalBits += <u64>count * load<u8>(OPEN_LENGTHS + symbol);
  }
  prepareLiterals(literals, literalBits);

  let at = from;
  for (let run = firstRun; run < lastRun; run += 8) {
    const start = <usize>load<u32>(run);
    const covered = load<u32>(run, 4);
    if (start < at || start + covered > end) return -FAULT_COVERAGE;
    encodeLiterals(at, start);
    putRun(covered);
    at = start + covered;
  }
  encodeLiterals(at, end);
  return bitsSince(outputStart) - before == expected ? 0 : -FAULT_BIT_COUNT;
}

/** Writes the matches of a run; the distance, 1, is all zero bits in every code. */
function putRun(covered: u32): void {
  const longest = load<u32>(ENTRIES + (LONGEST_MATCH << 2));
  for (let left = runMatches(covered); left > 0; left--) {
    putBits(longest >> 6, (longest & 63) + distanceBits);
  }
  const rest = runRest(covered);
  if (rest > 0) {
    putEntry(load<u32>(ENTRIES + ((<usize>lengthSymbol(rest)) << 2)));
    putBits(lengthExtra(rest), lengthExtraBits(rest) + distanceBits);
  }
}

/**
 * Ends the stream (`last`), or the part: on a byte boundary, so that parts can be joined. After
 * coded symbols that takes an empty stored block as a marker; after a stored block, or with
 * nothing written, it takes nothing.
 *
 * @returns 0 or a negative fault
 */
export function endBlocks(last: bool): i32 {
  if ((bitsSince(outputStart) >> 3) + storedSize() + 32 > OUTPUT_BYTES) return -FAULT_OUTPUT_FULL;
  const coded = codeOpen;
  closeCode();
  if (storedBytes() > 0) {
    putStored(last);
  } else if (last) {
    if (!finalWritten) putBits(0b0000000_01_1, EMPTY_BLOCK_BITS);
    alignBits();
  } else if (coded) {
    putBits(0, 3);
    alignBits();
    putBits(0xffff0000, 32);
  }
  return 0;
}
