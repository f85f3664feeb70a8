/**
 * The Lepton kernel: JPEG scans to coefficients and back, and coefficients to Lepton's
 * arithmetic-coded segments and back. This file is all that the host sees.
 *
 *   begin()                       once after instantiation
 *   openFrame()                   takes the picture that the host wrote to FRAME
 *   makeHuffmanTable(slot, ...)   takes the Huffman table that it wrote to HUFFMAN_SPECS
 *   ...Address(), feedInput, ...  the windows (window.ts)
 *   wipe()                        between the jobs of different owners
 *
 * Calls do a bounded piece of work and say how they stand (STATUS_* of jpeg/scan.ts), or give
 * a negative fault (fault.ts). dense.ts has the same calls for the dense model; what both do alike is
 * in jpeg/jobs.ts.
 */

import { fillProbabilities } from "./bool/branch.ts";
import { settledSize } from "./carry.ts";
import { deviationsAddress, oddRestartsAddress, paddingsAddress } from "./jpeg/deviations.ts";
import { Lepton, Measuring, Reading, Writing } from "./jpeg/direction.ts";
import { layOut, openFrame } from "./jpeg/frame.ts";
import {
  accountsAddress,
  endScanWrite,
  frameAddress,
  handoffAddress,
  huffmanSpecsAddress,
  makeHuffmanTable,
  pictureAddress,
  quantizersAddress,
  scanAddress,
} from "./jpeg/host.ts";
import {
  clearPicture,
  fillZigzag,
  openSegment,
  scanRowToSegment,
  segmentRowToScan,
  setBlocks,
  wipeJobs,
} from "./jpeg/jobs.ts";
import { takeQuantizers } from "./jpeg/model.ts";
import { beginProgressiveRead, readProgressiveRow } from "./jpeg/progressive-read.ts";
import { sealStore } from "./jpeg/progressive-store.ts";
import { beginProgressiveWrite, writeProgressiveRow } from "./jpeg/progressive-write.ts";
import { beginScanRead, indexMcuRow, readMcuRow } from "./jpeg/scan-read.ts";
import { beginScanWrite, writeMcuRow } from "./jpeg/scan-write.ts";
import { codeMcuRow, finishSegment } from "./jpeg/segment.ts";
import { fillBlockTables, setPriorCap } from "./lepton/block.ts";
import { setArithmetic } from "./lepton/borders.ts";
import {
  BLOCK_SCRATCH,
  LEPTON_PICTURE,
  MODEL,
  MODEL_BYTES,
  PREDICTIONS,
  PROBABILITIES,
} from "./memory.ts";
import {
  dropOutput,
  feedInput,
  inputRoom,
  makeInputRoom,
  outputFilled,
  outputStart,
  restartInput,
  restartOutput,
} from "./window.ts";

export {
  accountsAddress,
  beginProgressiveRead,
  beginProgressiveWrite,
  beginScanRead,
  beginScanWrite,
  clearPicture,
  deviationsAddress,
  dropOutput,
  endScanWrite,
  feedInput,
  frameAddress,
  handoffAddress,
  huffmanSpecsAddress,
  indexMcuRow,
  inputRoom,
  makeHuffmanTable,
  makeInputRoom,
  oddRestartsAddress,
  openFrame,
  outputFilled,
  outputStart,
  paddingsAddress,
  pictureAddress,
  quantizersAddress,
  readMcuRow,
  readProgressiveRow,
  restartInput,
  restartOutput,
  scanAddress,
  sealStore,
  setBlocks,
  writeMcuRow,
  writeProgressiveRow,
};

/** Takes the memory of the static map and fills the tables that depend on no input.
 * @returns 0, or a negative fault when the memory may not grow that far */
export function begin(): i32 {
  const fault = layOut(LEPTON_PICTURE, 0);
  if (fault != 0) return fault;
  fillZigzag();
  fillBlockTables();
  fillProbabilities();
  return 0;
}

/** Clears what jobs have left in memory. About half a millisecond after a photo. */
export function wipe(): void {
  wipeJobs();
  memory.fill(PREDICTIONS, 0, PROBABILITIES - PREDICTIONS);
  memory.fill(MODEL, 0, MODEL_BYTES);
  memory.fill(BLOCK_SCRATCH, 0, LEPTON_PICTURE - BLOCK_SCRATCH);
}

// Segments.

/** Takes the quantizers that the host wrote. @returns 0, or a negative fault: a zero among them is
 * one where `strict` is 1 */
export function openModel(strict: i32, borders: i32, gradients: i32, capped: i32): i32 {
  setArithmetic(borders != 0, gradients != 0);
  setPriorCap(capped != 0);
  return takeQuantizers<Lepton>(strict != 0);
}

/** Starts reading a segment of MCU rows [first, end) from the input window. */
export function beginSegmentRead(first: i32, end: i32, last: i32): i32 {
  return openSegment<Reading, Lepton>(first, end, last != 0);
}

/** Reads the coefficients of one MCU row into the store. @returns a status or a negative fault */
export function readSegmentRow(): i32 {
  return codeMcuRow<Reading, Lepton>();
}

/** The same, and charges the bits to the accounts: u32[3] at `accountsAddress`, of interiors, edges and
 * DCs, which a wipe empties. */
export function measureSegmentRow(): i32 {
  return codeMcuRow<Measuring, Lepton>();
}

/** Starts writing a segment to the output window. */
export function beginSegmentWrite(first: i32, end: i32, last: i32): i32 {
  return openSegment<Writing, Lepton>(first, end, last != 0);
}

/** Codes the coefficients of one MCU row in the store. @returns a status or a negative fault */
export function writeSegmentRow(): i32 {
  return codeMcuRow<Writing, Lepton>();
}

/** One MCU row from the segment to the scan (jpeg/jobs.ts). @returns a status or a negative fault */
export function decodeRow(): i32 {
  return segmentRowToScan<Lepton>();
}

/** One MCU row from the scan to the segment. @returns a status or a negative fault */
export function encodeRow(): i32 {
  return scanRowToSegment<Lepton>();
}

/** Bytes of the output window that no carry can change any more. */
export function settledOutput(): usize {
  return settledSize();
}

/** Ends the segment that is being written. */
export function endSegmentWrite(): i32 {
  finishSegment<Lepton>();
  return 0;
}
