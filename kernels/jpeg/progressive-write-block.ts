/**
 * Progressive writer: the blocks, one kind of scan after the other. Mirror image of
 * progressive-read-block.ts.
 *
 *   run           blocks whose band is empty from some index on, not yet written
 *   CORRECTIONS   the bits of their coefficients that were not zero before; they follow the run
 *
 * A refinement scan may keep up to 32,767 blocks waiting for the end of their run, so what waits goes
 * out piece by piece as the output window has room (`flushRun`). While a call here answers
 * STATUS_OUTPUT nothing of the block is written, and the same block comes again.
 *
 * Where a file ended early, reading has filled up what was missing, and some of that may have no code
 * in the tables. It lies behind the cut: such a symbol is left out there (`mayLeaveOut`), and is a
 * fault anywhere else.
 *
 * Source: ITU-T T.81, G.1.2.
 */
import { writeBits, writerHas } from "../bits/msb-write.ts";
import { FAULT_NO_CODE } from "../fault.ts";
import { CORRECTIONS } from "../memory.ts";
import { deviatesHere, deviationZeros } from "./deviations.ts";
import { BLOCK_MASK } from "./frame.ts";
import { tableAddress, writingEntryOf } from "./huffman-table.ts";
import {
  AC_BITS_MAXIMUM,
  band,
  coefficientAt,
  finalIndex,
  firstIndex,
  low,
  PROGRESSIVE_MCU_BYTES,
  runMaximum,
} from "./progressive-scan.ts";
import { SCAN_AC_TABLE, SCAN_EARLY_END, STATUS_DONE, STATUS_OUTPUT, scanField } from "./scan.ts";
import { blocksBefore, recordAcTable, recordDcTable, recordPredictor } from "./scan-walk.ts";
import { bitsOf, SIXTEEN_ZEROS, sizeOf } from "./scan-write.ts";

/** Blocks in the run. */
let run: i32 = 0;
/** Bits in CORRECTIONS, and how many of them are written; none are before the run's symbol is. */
let waiting: i32 = 0;
let sent: i32 = 0;
let isFlushing: bool = false;

/** Forgets a run, as at the scan's start. */
export function dropRuns(): void {
  run = 0;
  waiting = 0;
  sent = 0;
  isFlushing = false;
}

/** Whether the run can take no further block, does not take the next one, or is being written. */
export function runMustEnd(): bool {
  return (
    isFlushing ||
    (run > 0 && (run == runMaximum || (deviatesHere(blocksBefore(0)) && deviationZeros() == 0)))
  );
}

/**
 * Writes the run, if there is one, and the bits that wait for it.
 *
 * @returns STATUS_DONE, and there is room for an MCU; STATUS_OUTPUT to be called again; a fault
 */
export function flushRun(): i32 {
  if (run > 0) {
    const size = sizeOf(run) - 1;
    const table = tableAddress(4 + scanField(SCAN_AC_TABLE));
    if (!writeSymbol(table, size << 4)) return -FAULT_NO_CODE;
    writeBits(run & ((1 << size) - 1), size);
    run = 0;
    isFlushing = true;
  }
  while (sent < waiting) {
    if (!writerHas(PROGRESSIVE_MCU_BYTES)) return STATUS_OUTPUT;
    const count = min(waiting - sent, 32);
    const word = bswap(load<u32>(CORRECTIONS + <usize>(sent >> 3)));
    writeBits(word >> (32 - count), count);
    sent += count;
  }
  waiting = 0;
  sent = 0;
  isFlushing = false;
  return writerHas(PROGRESSIVE_MCU_BYTES) ? STATUS_DONE : STATUS_OUTPUT;
}

export function writeDcFirst(block: usize, record: usize): i32 {
  const predictor = recordPredictor(record);
  const dc = <i32>load<i16>(block) >> low;
  const difference = <i32>(<i16>(dc - load<i32>(predictor)));
  store<i32>(predictor, dc);
  const size = sizeOf(difference);
  const entry = writingEntryOf(recordDcTable(record), size);
  if (entry == 0) return mayLeaveOut() ? STATUS_DONE : -FAULT_NO_CODE;
  writeBits(((entry >> 5) << size) | bitsOf(difference, size), (entry & 31) + size);
  return STATUS_DONE;
}

export function writeDcRefinement(block: usize): i32 {
  writeBits((<u32>load<i16>(block) >> low) & 1, 1);
  return STATUS_DONE;
}

export function writeAcFirst(block: usize, record: usize): i32 {
  const table = recordAcTable(record);
  let k = firstIndex; // after the last coefficient that is written
  for (let left = placesAbove(block); left != 0; left &= left - 1) {
    const place = <i32>ctz(left);
    const value = shifted(<i32>load<i16>(coefficientAt(block, place)));
    if (run > 0) {
      const status = flushRun();
      if (status != STATUS_DONE) return status;
    }
    let zeros = place - k;
    for (; zeros > 15; zeros -= 16) {
      if (!writeSymbol(table, SIXTEEN_ZEROS)) return -FAULT_NO_CODE;
    }
    const size = sizeOf(value);
    const entry = writingEntryOf(table, (zeros << 4) | (size & 15));
    k = place + 1;
    if (entry != 0 && size <= AC_BITS_MAXIMUM) {
      writeBits((entry >> 5) | bitsOf(value, size), entry & 31);
    } else if (!mayLeaveOut()) return -FAULT_NO_CODE;
  }
  if (k > finalIndex) return STATUS_DONE;
  const extra = deviatesHere(blocksBefore(0)) ? deviationZeros() : 0;
  if (extra > 0 && run > 0) {
    const status = flushRun();
    if (status != STATUS_DONE) return status;
  }
  for (let i: i32 = 0; i < extra; i++) {
    if (!writeSymbol(table, SIXTEEN_ZEROS)) return -FAULT_NO_CODE;
  }
  return lengthenRun(0, 0);
}

/** The places in the band whose coefficients are not zero from bit `low` up. */
function placesAbove(block: usize): u64 {
  let places = load<u64>(block, BLOCK_MASK) & band;
  if (low == 0) return places;
  // Those that are zero are taken out without a branch, for there is no telling which they are.
  for (let left = places; left != 0; left &= left - 1) {
    const value = <i32>load<i16>(coefficientAt(block, <i32>ctz(left)));
    const isZero: u64 = (value < 0 ? -value : value) >> low == 0 ? 1 : 0;
    places ^= left & -left & -isZero;
  }
  return places;
}

export function writeAcRefinement(block: usize, record: usize): i32 {
  // By place in the band: what is not zero, what was zero until now, what is odd or positive.
  let known: u64 = 0;
  let fresh: u64 = 0;
  let bits: u64 = 0;
  for (let left = load<u64>(block, BLOCK_MASK) & band; left != 0; left &= left - 1) {
    const place = left & -left;
    const value = <i32>load<i16>(coefficientAt(block, <i32>ctz(left)));
    const magnitude = <u32>(value < 0 ? -value : value) >> low;
    // Without branches: these bits are random. A positive sign is 1.
    const isFresh: u64 = magnitude == 1 ? 1 : 0;
    const isKnown: u64 = magnitude == 0 ? 0 : 1;
    const bit = <u64>(magnitude & 1) ^ (isFresh & (<u64>value >> 63));
    known |= place & -isKnown;
    fresh |= place & -isFresh;
    bits |= place & -bit;
  }
  const extra = deviatesHere(blocksBefore(0)) ? deviationZeros() : 0;
  // A block without new coefficients has but corrections, and they wait with the run.
  if (fresh == 0 && extra == 0) return lengthenRun(known, bits);
  if (run > 0) {
    const status = flushRun();
    if (status != STATUS_DONE) return status;
  }
  const table = recordAcTable(record);
  let tail = writeFresh(table, known, fresh, bits);
  for (let i: i32 = 0; i < extra && tail >= 0; i++) tail = writeZeros(table, known, bits, tail);
  if (tail < 0) return -FAULT_NO_CODE;
  if (tail > finalIndex) return STATUS_DONE;
  return lengthenRun(known & ~(((<u64>1) << (<u64>tail)) - 1), bits);
}

/**
 * Writes out sixteen coefficients from index `k` on that stay zero, and what was known between them.
 *
 * @returns the index after the last of them, or -1 where there are not so many, or no code
 */
function writeZeros(table: usize, known: u64, bits: u64, k: i32): i32 {
  if (k > finalIndex) return -1;
  const from = ~(((<u64>1) << (<u64>k)) - 1);
  let places = band & ~known & from;
  for (let i: i32 = 0; i < 15; i++) places &= places - 1;
  if (places == 0) return -1;
  const place = places & -places;
  if (!writeSymbol(table, SIXTEEN_ZEROS)) return -1;
  for (let left = known & from & (place - 1); left != 0; left &= left - 1) {
    writeBits(<u32>((bits >> ctz(left)) & 1), 1);
  }
  return <i32>ctz(place) + 1;
}

/**
 * Writes a block up to the last coefficient that was zero until now. What was known before goes
 * behind the next symbol.
 *
 * @returns the index after that coefficient, or -1 where a symbol has no code
 */
function writeFresh(table: usize, known: u64, fresh: u64, bits: u64): i32 {
  let zeros: i32 = 0;
  let k = firstIndex;
  /** Corrections that wait for a symbol. */
  let corrections: u64 = 0;
  let count: i32 = 0;
  for (let left = known; fresh != 0; left &= left - 1) {
    const place = <i32>ctz(left);
    const bit = (bits >> <u64>place) & 1;
    zeros += place - k;
    k = place + 1;
    for (; zeros > 15; zeros -= 16) {
      if (!writeSymbol(table, SIXTEEN_ZEROS)) return -1;
      writeLong(corrections, count);
      corrections = 0;
      count = 0;
    }
    if (((fresh >> <u64>place) & 1) == 0) {
      corrections = (corrections << 1) | bit;
      count += 1;
      continue;
    }
    if (!writeSymbol(table, (zeros << 4) | 1, <u32>bit)) return -1;
    writeLong(corrections, count);
    corrections = 0;
    count = 0;
    zeros = 0;
    fresh &= fresh - 1;
  }
  return k;
}

/**
 * Counts a block in, and puts a bit for each coefficient of `known` behind those that wait: at most
 * 63 for each of the run's blocks, and no run is longer than CORRECTIONS has room for.
 *
 * @returns STATUS_DONE, or a fault when the table knows no runs
 */
function lengthenRun(known: u64, bits: u64): i32 {
  if (runMaximum == 0) return mayLeaveOut() ? STATUS_DONE : -FAULT_NO_CODE;
  run += 1;
  if (known == 0) return STATUS_DONE;
  const count = <i32>popcnt(known);
  let word: u64 = 0;
  for (let left = known; left != 0; left &= left - 1) {
    word = (word << 1) | ((bits >> ctz(left)) & 1);
  }
  if (count > 32) appendWaiting(word >> 32, count - 32);
  appendWaiting(word & 0xffffffff, min(count, 32));
  return STATUS_DONE;
}

/** Appends 1..32 bits to those that wait. Below the last one its word holds zeros. */
function appendWaiting(bits: u64, count: i32): void {
  const address = CORRECTIONS + <usize>(waiting >> 3);
  const used = waiting & 7;
  const before: u64 = used == 0 ? 0 : load<u8>(address);
  const below = <u64>(64 - used - count);
  store<u64>(address, bswap((before << 56) | (bits << below)), 0, 1);
  waiting += count;
}

/** Appends 0..63 bits. */
function writeLong(bits: u64, count: i32): void {
  if (count > 32) writeBits(<u32>(bits >> 32), count - 32);
  writeBits(<u32>bits, min(count, 32));
}

/** Appends a symbol and, if it says so, one bit of a value. @returns false where that is a fault */
// @ts-ignore: decorator
@inline
function writeSymbol(table: usize, symbol: i32, bit: u32 = 0): bool {
  const entry = writingEntryOf(table, symbol);
  if (entry == 0) return mayLeaveOut();
  writeBits((entry >> 5) | bit, entry & 31);
  return true;
}

/** Whether a symbol without a code is no fault. */
function mayLeaveOut(): bool {
  return scanField(SCAN_EARLY_END) != 0;
}

/** A coefficient without its bits below `low`; its magnitude is shifted, not its value. */
// @ts-ignore: decorator
@inline
function shifted(value: i32): i32 {
  const sign = value >> 31;
  return ((((value ^ sign) - sign) >> low) ^ sign) - sign;
}
