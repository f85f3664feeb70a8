/**
 * The deflate kernel: linear-time deflate, Huffman coding without match search, and the checksums
 * of gzip and zlib. This file is all that the host sees.
 *
 *   begin()                     once after instantiation
 *   reserve(size)               makes the output window larger than one call needs
 *   encode(size, flags, offset) bytes at inputAddress() -> deflate blocks at outputAddress() + offset
 *   crc32(size, seed), adler32  checksums of the bytes at inputAddress()
 *   wipe()                      between the jobs of different owners
 *
 * One call takes at most inputBytes() and is independent of all calls before it, so jobs may run
 * in any order and on any number of instances. Time is linear in `size` for every input. Results
 * below zero are negative faults (fault.ts), except for the checksums, which are bare u32.
 */

import { adler32Of, crc32Of, fillChecksumTables } from "./deflate/checksum.ts";
import { fillLogarithms } from "./deflate/cost.ts";
import { buildLengths } from "./deflate/huffman-build.ts";
import { encodeInput } from "./deflate/split.ts";
import { FAULT_CALL, FAULT_INPUT_SIZE, FAULT_MEMORY, FAULT_OUTPUT_FULL } from "./fault.ts";
import {
  DEFLATE_BYTES,
  INPUT,
  INPUT_BYTES,
  LANES,
  OUTPUT,
  OUTPUT_BYTES,
  PAGE_BYTES,
  RUNS,
  SMALL_END,
  SPARE_BYTES,
} from "./memory.ts";

/** Flag of `encode`: the stream ends with this call. */
const FLAG_LAST: u32 = 1;
/** Flag of `encode`: blocks of 64 KiB instead of merged units. */
const FLAG_FIXED_BLOCKS: u32 = 2;

/** No output window is larger: 64 MiB. */
const OUTPUT_BYTES_MAXIMUM: usize = 64 << 20;

/** Size of the output window. */
let outputBytes: usize = OUTPUT_BYTES;

/** `begin` has been called. */
let begun: bool = false;

/** How far input and output have reached since the last wipe, in bytes. */
let inputReached: usize = 0;
let outputReached: usize = 0;

/** Takes the memory of the map and fills the tables that depend on no input.
 * @returns 0, or a negative fault when the memory may not grow that far */
export function begin(): i32 {
  const pages = <i32>((DEFLATE_BYTES + PAGE_BYTES - 1) / PAGE_BYTES);
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return -FAULT_MEMORY;
  fillLogarithms();
  fillChecksumTables();
  begun = true;
  return 0;
}

/** Bytes of output window that a call needs from its offset on. */
export function jobOutputBytes(): usize {
  return OUTPUT_BYTES;
}

/** Address of the input window. */
export function inputAddress(): usize {
  return INPUT;
}

/** Size of the input window, in bytes. */
export function inputBytes(): usize {
  return INPUT_BYTES;
}

/** Address of the output window. */
export function outputAddress(): usize {
  return OUTPUT;
}

/** Makes the output window hold `size` bytes at least, so that the output of several calls can lie
 * in it side by side. @returns 0, or a negative fault when the memory may not grow that far */
export function reserve(size: usize): i32 {
  if (size <= outputBytes) return 0;
  if (size > OUTPUT_BYTES_MAXIMUM) return -FAULT_CALL;
  const pages = <i32>((OUTPUT + size + SPARE_BYTES + PAGE_BYTES - 1) / PAGE_BYTES);
  const missing = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return -FAULT_MEMORY;
  outputBytes = size;
  return 0;
}

/**
 * Encodes the first `size` bytes of the input window as whole deflate blocks, from a byte boundary
 * to a byte boundary.
 *
 * @param offset - where in the output window they go; room for a whole job must follow
 * @returns their bytes, at most size + 5 * ceil(size / 65535), or 2 for none
 */
export function encode(size: usize, flags: u32, offset: usize): i32 {
  if (!begun || flags > (FLAG_LAST | FLAG_FIXED_BLOCKS)) return -FAULT_CALL;
  if (size > INPUT_BYTES) return -FAULT_INPUT_SIZE;
  if (offset > outputBytes - OUTPUT_BYTES) return -FAULT_OUTPUT_FULL;
  inputReached = max(inputReached, size);
  const last = (flags & FLAG_LAST) != 0;
  const result = encodeInput(size, OUTPUT + offset, last, (flags & FLAG_FIXED_BLOCKS) != 0);
  outputReached = max(outputReached, offset + (result < 0 ? OUTPUT_BYTES : <usize>result));
  return result;
}

/** CRC-32 of the first `size` bytes of the input window, going on from `seed` (0 at first). */
export function crc32(size: usize, seed: u32): u32 {
  const reached = min(size, INPUT_BYTES);
  inputReached = max(inputReached, reached);
  return crc32Of(INPUT, INPUT + reached, seed);
}

/** Adler-32 of the first `size` bytes of the input window, going on from `seed` (1 at first). */
export function adler32(size: usize, seed: u32): u32 {
  const reached = min(size, INPUT_BYTES);
  inputReached = max(inputReached, reached);
  return adler32Of(INPUT, INPUT + reached, seed);
}

/** The code builder alone, for its tests: u32 counts of `size` symbols (at most 288) at the input
 * window, code lengths to the output window as u8. @returns 0 or a negative fault */
export function codeLengths(size: i32, limit: i32): i32 {
  if (size < 1 || size > 288 || limit < 1 || limit > 15) return -FAULT_CALL;
  return buildLengths(INPUT, size, limit, OUTPUT);
}

/** Clears what jobs have left in memory: windows as far as they were used, and all tables that
 * depend on input. About 30 microseconds after a full job. */
export function wipe(): void {
  memory.fill(LANES, 0, SMALL_END - LANES);
  memory.fill(RUNS, 0, INPUT - RUNS);
  memory.fill(INPUT, 0, inputReached);
  memory.fill(OUTPUT, 0, min(outputReached + SPARE_BYTES, outputBytes));
  inputReached = 0;
  outputReached = 0;
}
