/**
 * Jobs: what the modules of both models do alike, for the entries lepton.ts and dense.ts. Generic where
 * it reaches the model.
 */

import { FAULT_CALL } from "../fault.ts";
import { FRAME, PADDINGS, SCAN_BLOCKS, UNZIGZAG, ZIGZAG } from "../memory.ts";
import { wipeWindows } from "../window.ts";
import { wipeNotes } from "./deviations.ts";
import { Reading, Writing } from "./direction.ts";
import { clearStore, components, setCodedBlocks } from "./frame.ts";
import { clearPasses } from "./progressive-store.ts";
import {
  SCAN_SEEN_EARLY_END,
  SCAN_SEEN_LAST_BLOCK,
  STATUS_DONE,
  STATUS_INPUT,
  STATUS_OUTPUT,
  STATUS_ROW,
  scanField,
} from "./scan.ts";
import { readMcuRow } from "./scan-read.ts";
import { writeMcuRow } from "./scan-write.ts";
import { beginSegment, codeMcuRow, segmentIsOver } from "./segment.ts";

/** Whether an MCU row lies in the store that was read and waits to be written. */
let rowWaits: bool = false;
/** Whether the scan has no row after that one. */
let scanIsOver: bool = false;

/** Fills the raster index of each zigzag index: diagonals, in turn upwards and downwards. */
export function fillZigzag(): void {
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

/** Clears what jobs have left outside the model's regions. */
export function wipeJobs(): void {
  memory.fill(FRAME, 0, ZIGZAG - FRAME);
  memory.fill(SCAN_BLOCKS, 0, PADDINGS - SCAN_BLOCKS);
  wipeNotes();
  clearStore();
  clearPasses();
  wipeWindows();
}

/** Sets how many blocks of component `c` are coded. @returns 0, or a negative fault */
export function setBlocks(c: i32, blocks: i32): i32 {
  if (c < 0 || c >= components || blocks < 0) return -FAULT_CALL;
  setCodedBlocks(c, blocks);
  return 0;
}

/** Empties the store, and forgets which scans were read into it. */
export function clearPicture(): void {
  clearStore();
  clearPasses();
}

/** Starts a segment of MCU rows [first, end) in one direction. @returns 0, or a negative fault */
export function openSegment<D, M>(first: i32, end: i32, last: bool): i32 {
  rowWaits = false;
  return beginSegment<D, M>(first, end, last);
}

/**
 * One MCU row of a single scan, from the segment in the input window to the scan's data in the output
 * window, after `openSegment<Reading>` and `beginScanWrite`.
 *
 * @returns STATUS_ROW; STATUS_DONE when the segment has no row any more; STATUS_INPUT or STATUS_OUTPUT
 *   to be called again, or a negative fault
 */
export function segmentRowToScan<M>(): i32 {
  if (!rowWaits) {
    const status = codeMcuRow<Reading, M>();
    if (status != STATUS_ROW) return status;
    rowWaits = true;
  }
  const status = writeMcuRow();
  if (status == STATUS_OUTPUT || status < 0) return status;
  rowWaits = false;
  return STATUS_ROW;
}

/** The other way round, after `beginScanRead` and `openSegment<Writing>`. Statuses as above; the scan's
 * results stand in SCAN at its end. */
export function scanRowToSegment<M>(): i32 {
  if (segmentIsOver()) return STATUS_DONE;
  if (!rowWaits) {
    const status = readMcuRow();
    if (status == STATUS_INPUT || status < 0) return status;
    scanIsOver = status == STATUS_DONE;
    if (scanIsOver && scanField(SCAN_SEEN_EARLY_END) != 0) takeEarlyEnd();
    rowWaits = true;
  }
  const status = codeMcuRow<Writing, M>();
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
