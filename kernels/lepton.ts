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
 * a negative fault (fault.ts).
 */
import { fillProbabilities } from "./bool/branch.ts";
import { settledSize } from "./bool/encode.ts";
import { FAULT_CALL, FAULT_MEMORY } from "./fault.ts";
import { clearStore, components, openFrame, setCodedBlocks } from "./jpeg/frame.ts";
import { makeTable } from "./jpeg/huffman-table.ts";
import { beginProgressiveRead, readProgressiveRow } from "./jpeg/progressive-read.ts";
import { clearPasses, sealStore } from "./jpeg/progressive-store.ts";
import { beginProgressiveWrite, writeProgressiveRow } from "./jpeg/progressive-write.ts";
import {
  SCAN_SEEN_EARLY_END,
  SCAN_SEEN_LAST_BLOCK,
  STATUS_DONE,
  STATUS_INPUT,
  STATUS_OUTPUT,
  STATUS_ROW,
  scanField,
} from "./jpeg/scan.ts";
import { beginScanRead, indexMcuRow, readMcuRow } from "./jpeg/scan-read.ts";
import { beginScanWrite, finishScanWrite, writeMcuRow } from "./jpeg/scan-write.ts";
import { fillBlockTables, setPriorCap } from "./lepton/block.ts";
import { setArithmetic } from "./lepton/borders.ts";
import { Measuring, Reading, Writing } from "./lepton/model.ts";
import {
  beginSegment,
  codeMcuRow,
  finishSegment,
  segmentIsOver,
  takeQuantizers,
} from "./lepton/segment.ts";
import {
  ACCOUNTS,
  BLOCK_SCRATCH,
  FRAME,
  HANDOFF,
  HUFFMAN_SPECS,
  MODEL,
  MODEL_BYTES,
  PAGE_BYTES,
  PICTURE,
  PROBABILITIES,
  QUANTIZERS,
  SCAN,
  SCAN_BLOCKS,
  UNZIGZAG,
  ZIGZAG,
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
  wipeWindows,
} from "./window.ts";

export {
  beginScanRead,
  beginScanWrite,
  dropOutput,
  feedInput,
  indexMcuRow,
  inputRoom,
  makeInputRoom,
  openFrame,
  outputFilled,
  outputStart,
  readMcuRow,
  restartInput,
  restartOutput,
  writeMcuRow,
};

/** Takes the memory of the static map and fills the tables that depend on no input.
 * @returns 0, or a negative fault when the memory may not grow that far */
export function begin(): i32 {
  const missing = <i32>((PICTURE + PAGE_BYTES - 1) / PAGE_BYTES) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return -FAULT_MEMORY;
  fillZigzag();
  fillBlockTables();
  fillProbabilities();
  return 0;
}

/** Raster index of each zigzag index: diagonals, in turn upwards and downwards. */
function fillZigzag(): void {
  let z: i32 = 0;
  for (let diagonal: i32 = 0; diagonal < 15; diagonal++) {
    for (let i: i32 = 0; i <= diagonal; i++) {
      const u = diagonal & 1 ? diagonal - i : i;
      const v = diagonal - u;
      if (u > 7 || v > 7) continue;
      const raster = 8 * v + u;
      store<u8>(ZIGZAG + z, <u8>raster);
      store<u8>(UNZIGZAG + raster, <u8>z);
      z += 1;
    }
  }
}

/** Clears what jobs have left in memory. About half a millisecond after a photo. */
export function wipe(): void {
  memory.fill(FRAME, 0, ZIGZAG - FRAME);
  memory.fill(SCAN_BLOCKS, 0, PROBABILITIES - SCAN_BLOCKS);
  memory.fill(MODEL, 0, MODEL_BYTES);
  memory.fill(BLOCK_SCRATCH, 0, PICTURE - BLOCK_SCRATCH);
  clearStore();
  clearPasses();
  wipeWindows();
}

// Where the host writes what it says, and reads what the kernel says.

export function frameAddress(): usize {
  return FRAME;
}
export function scanAddress(): usize {
  return SCAN;
}
export function handoffAddress(): usize {
  return HANDOFF;
}
export function quantizersAddress(): usize {
  return QUANTIZERS;
}
export function huffmanSpecsAddress(): usize {
  return HUFFMAN_SPECS;
}

// Segments.

/** Sets how many blocks of component `c` are coded. @returns 0, or a negative fault */
export function setBlocks(c: i32, blocks: i32): i32 {
  if (c < 0 || c >= components || blocks < 0) return -FAULT_CALL;
  setCodedBlocks(c, blocks);
  return 0;
}

/** Takes the quantizers that the host wrote. @returns 0, or a negative fault: a zero among them is
 * one where `strict` is 1 */
export function openModel(strict: i32, borders: i32, gradients: i32, capped: i32): i32 {
  setArithmetic(borders != 0, gradients != 0);
  setPriorCap(capped != 0);
  return takeQuantizers(strict != 0);
}

/** Starts reading a segment of MCU rows [first, end) from the input window. */
export function beginSegmentRead(first: i32, end: i32, last: i32): i32 {
  rowWaits = false;
  return beginSegment<Reading>(first, end, last != 0);
}

/** Reads the coefficients of one MCU row into the store. @returns a status or a negative fault */
export function readSegmentRow(): i32 {
  return codeMcuRow<Reading>();
}

/** The same, and charges the bits to the accounts: u32[3] at `accountsAddress`, of interiors, edges and
 * DCs, which a wipe empties. */
export function measureSegmentRow(): i32 {
  return codeMcuRow<Measuring>();
}

export function accountsAddress(): usize {
  return ACCOUNTS;
}

/** Starts writing a segment to the output window. */
export function beginSegmentWrite(first: i32, end: i32, last: i32): i32 {
  rowWaits = false;
  return beginSegment<Writing>(first, end, last != 0);
}

/** Codes the coefficients of one MCU row in the store. @returns a status or a negative fault */
export function writeSegmentRow(): i32 {
  return codeMcuRow<Writing>();
}

/** Whether an MCU row lies in the store that was read and waits to be written. */
let rowWaits: bool = false;
/** Whether the scan has no row after that one. */
let scanIsOver: bool = false;

/**
 * One MCU row of a single scan, from the segment in the input window to the scan's data in the output
 * window, after `beginSegmentRead` and `beginScanWrite`.
 *
 * @returns STATUS_ROW; STATUS_DONE when the segment has no row any more; STATUS_INPUT or STATUS_OUTPUT
 *   to be called again, or a negative fault
 */
export function decodeRow(): i32 {
  if (!rowWaits) {
    const status = codeMcuRow<Reading>();
    if (status != STATUS_ROW) return status;
    rowWaits = true;
  }
  const status = writeMcuRow();
  if (status == STATUS_OUTPUT || status < 0) return status;
  rowWaits = false;
  return STATUS_ROW;
}

/** The other way round, after `beginScanRead` and `beginSegmentWrite`. Statuses as above; the scan's
 * results stand in SCAN at its end. */
export function encodeRow(): i32 {
  if (segmentIsOver()) return STATUS_DONE;
  if (!rowWaits) {
    const status = readMcuRow();
    if (status == STATUS_INPUT || status < 0) return status;
    scanIsOver = status == STATUS_DONE;
    if (scanIsOver && scanField(SCAN_SEEN_EARLY_END) != 0) takeEarlyEnd();
    rowWaits = true;
  }
  const status = codeMcuRow<Writing>();
  if (status == STATUS_OUTPUT || status < 0) return status;
  rowWaits = false;
  return scanIsOver ? STATUS_DONE : status;
}

/** Has the model code the blocks that the data reach, and no more. */
function takeEarlyEnd(): void {
  for (let c: i32 = 0; c < components; c++) {
    setCodedBlocks(c, scanField(SCAN_SEEN_LAST_BLOCK + c) + 1);
  }
}

/** Bytes of the output window that no carry can change any more. */
export function settledOutput(): usize {
  return settledSize();
}

/** Ends the segment that is being written. */
export function endSegmentWrite(): i32 {
  finishSegment();
  return 0;
}

/** Address of the store's first block. */
export function pictureAddress(): usize {
  return PICTURE;
}

// Scans.

/** Makes the Huffman tables of a slot, class * 4 + id; `relaxed` takes an over-full one, as decoding
 * must. @returns 0, or a negative fault */
export function makeHuffmanTable(slot: i32, relaxed: i32): i32 {
  return makeTable(slot, relaxed != 0);
}

/** Ends a scan that is being written, at the image's end with padding. @returns a status or a
 * negative fault */
export function endScanWrite(isImageEnd: i32): i32 {
  return finishScanWrite(isImageEnd != 0);
}

// Progressive scans.

/** Empties the store, and forgets which scans were read into it. */
export function clearPicture(): void {
  clearStore();
  clearPasses();
}

export {
  beginProgressiveRead,
  beginProgressiveWrite,
  readProgressiveRow,
  sealStore,
  writeProgressiveRow,
};
