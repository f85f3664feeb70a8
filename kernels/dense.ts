/**
 * The dense kernel: JPEG scans to coefficients and back, and coefficients to the dense model's segments
 * and back. This file is all that the host sees: the calls of lepton.ts, for another model.
 */
import { settledSize } from "./carry.ts";
import { setRateFloor } from "./dense/additive.ts";
import { fillInteriorOrder } from "./dense/block.ts";
import { fillLevels } from "./dense/levels.ts";
import { fillFresh } from "./dense/priors.ts";
import { setKeeping } from "./dense/segment-model.ts";
import { TABLE_BYTES } from "./dense/tables.ts";
import { takeWeights } from "./dense/weights.ts";
import { deviationsAddress, oddRestartsAddress, paddingsAddress } from "./jpeg/deviations.ts";
import { Dense, Measuring, Reading, Writing } from "./jpeg/direction.ts";
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
import {
  DENSE_MODEL,
  DENSE_PICTURE,
  DENSE_PRIORS,
  DENSE_RECORD_BYTES,
  DENSE_REGRESSIONS,
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
  const fault = layOut(DENSE_PICTURE, DENSE_RECORD_BYTES);
  if (fault != 0) return fault;
  fillZigzag();
  fillInteriorOrder();
  fillLevels();
  fillFresh();
  return 0;
}

/** Clears what jobs have left in memory. What was trained stays. */
export function wipe(): void {
  wipeJobs();
  memory.fill(DENSE_MODEL, 0, DENSE_PRIORS - DENSE_MODEL);
}

// What was trained.

/** Where the host writes the weights of the regressions, before `takeRegressions`. i16[10576]. */
export function regressionsAddress(): usize {
  return DENSE_REGRESSIONS;
}

/** Takes the weights. @returns 0, or a negative fault when sums could leave 32 bits */
export function takeRegressions(): i32 {
  return takeWeights();
}

/** Where the host writes what the tables begin as. */
export function priorsAddress(): usize {
  return DENSE_PRIORS;
}

/** Bytes of the tables. */
export function priorsBytes(): usize {
  return TABLE_BYTES;
}

/** Where the tables themselves lie; for training. */
export function modelAddress(): usize {
  return DENSE_MODEL;
}

/** Sets whether segments go on with the tables of the one before, and the lowest rate; for training. */
export function setTraining(keeps: i32, rateFloor: i32): void {
  setKeeping(keeps != 0);
  setRateFloor(rateFloor);
}

// Segments.

/** Takes the quantizers that the host wrote; a zero counts as a one. @returns 0 */
export function openModel(): i32 {
  return takeQuantizers<Dense>(false);
}

/** Starts reading a segment of MCU rows [first, end) from the input window. */
export function beginSegmentRead(first: i32, end: i32, last: i32): i32 {
  return openSegment<Reading, Dense>(first, end, last != 0);
}

/** Reads the coefficients of one MCU row into the store. @returns a status or a negative fault */
export function readSegmentRow(): i32 {
  return codeMcuRow<Reading, Dense>();
}

/** The same, and charges the bits to the accounts: u32[3] at `accountsAddress`, of interiors, edges and
 * DCs, which a wipe empties. */
export function measureSegmentRow(): i32 {
  return codeMcuRow<Measuring, Dense>();
}

/** Starts writing a segment to the output window. */
export function beginSegmentWrite(first: i32, end: i32, last: i32): i32 {
  return openSegment<Writing, Dense>(first, end, last != 0);
}

/** Codes the coefficients of one MCU row in the store. @returns a status or a negative fault */
export function writeSegmentRow(): i32 {
  return codeMcuRow<Writing, Dense>();
}

/** One MCU row from the segment to the scan (jpeg/jobs.ts). @returns a status or a negative fault */
export function decodeRow(): i32 {
  return segmentRowToScan<Dense>();
}

/** One MCU row from the scan to the segment. @returns a status or a negative fault */
export function encodeRow(): i32 {
  return scanRowToSegment<Dense>();
}

/** Bytes of the output window that no carry can change any more. */
export function settledOutput(): usize {
  return settledSize();
}

/** Ends the segment that is being written. */
export function endSegmentWrite(): i32 {
  finishSegment<Dense>();
  return 0;
}
