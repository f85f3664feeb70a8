/**
 * Segment: the walk over the rows of blocks that one model codes, the same for both directions.
 *
 *   MCU row   | last component ... | first component |     each v rows of blocks, top down
 *
 * The walk can stop before any block, when a window runs low, and goes on there. Reading stores the
 * rows for the JPEG's writer, which takes an MCU row as soon as it is whole; writing finds in the
 * store what the JPEG's reader has put there. Order of rows and where they end: docs/formats/lepton.md.
 */
import {
  beginDecoding,
  decodeBin,
  decoderRest,
  pauseDecoding,
  resumeDecoding,
} from "../bool/decode.ts";
import {
  beginEncoding,
  encodeStart,
  finishEncoding,
  pauseEncoding,
  resumeEncoding,
} from "../bool/encode.ts";
import { FAULT_CALL, FAULT_STREAM } from "../fault.ts";
import {
  BLOCK_BYTES,
  blockColumns,
  clearMcuRow,
  codedBlocks,
  codedRows,
  components,
  mcuRows,
  rowAddress,
  verticalFactor,
} from "../jpeg/frame.ts";
import { STATUS_DONE, STATUS_INPUT, STATUS_OUTPUT, STATUS_ROW } from "../jpeg/scan.ts";
import { BLOCK_SCRATCH } from "../memory.ts";
import { hasOutputRoom, isInputFinal } from "../window.ts";
import { codeBlock } from "./block.ts";
import { freshModel, reads, selectClass } from "./model.ts";
import { makePredictions, selectPredictions } from "./predict.ts";

/** More than any block takes: some 1,450 bins of 7 bits at most. */
const CODED_BLOCK_BYTES: usize = 1536;

/** MCU rows of the segment. */
let firstMcuRow: i32 = 0;
let endMcuRow: i32 = 0;
/** Whether the picture ends with this segment, wherever that is. */
let isLast: bool = false;

// Where the walk stands: before block `column` of row `k` of component `c` in `mcuRow`.
let mcuRow: i32 = 0;
let component: i32 = 0;
let k: i32 = 0;
let column: i32 = 0;
let isOver: bool = true;

/** Makes the tables of all components from the quantizers that the host has written. */
export function takeQuantizers(strict: bool): i32 {
  for (let c: i32 = 0; c < components; c++) {
    const fault = makePredictions(c, strict);
    if (fault != 0) return fault;
  }
  return 0;
}

/** Starts a segment of the MCU rows [first, end); the last one ends where the picture does. */
export function beginSegment<D>(first: i32, end: i32, last: bool): i32 {
  if (first < 0 || end < first || end > mcuRows) return -FAULT_CALL;
  firstMcuRow = first;
  endMcuRow = end;
  isLast = last;
  isOver = !last && first == end;
  goToRow(first);
  freshModel();
  if (reads<D>()) {
    beginDecoding();
    // The first bin of a segment is always a zero; any branch that is fresh will do.
    store<u16>(BLOCK_SCRATCH, 0x0101);
    const start = decodeBin(BLOCK_SCRATCH);
    pauseDecoding();
    if (start != 0) return -FAULT_STREAM;
  } else {
    beginEncoding();
    encodeStart();
  }
  return 0;
}

/** MCU row in which the walk stands. */
export function segmentMcuRow(): i32 {
  return mcuRow;
}

/** Whether the segment has no row any more. */
export function segmentIsOver(): bool {
  return isOver;
}

/** Ends the coded bytes of a segment that is being written. */
export function finishSegment(): void {
  resumeEncoding();
  finishEncoding();
}

/**
 * Codes the rest of the MCU row in which the walk stands.
 *
 * @returns STATUS_ROW when the row is coded, STATUS_DONE when the segment ended before it,
 *   STATUS_INPUT or STATUS_OUTPUT when a window runs low, or a negative fault
 */
export function codeMcuRow<D>(): i32 {
  if (isOver) return STATUS_DONE;
  if (reads<D>()) {
    resumeDecoding();
    if (component == components - 1 && k == 0 && column == 0) clearMcuRow(mcuRow);
  } else {
    resumeEncoding();
  }
  const status = codeRows<D>();
  if (reads<D>()) pauseDecoding();
  else pauseEncoding();
  return status;
}

function codeRows<D>(): i32 {
  while (component >= 0) {
    const v = verticalFactor(component);
    selectClass(component == 0 ? 0 : 1);
    selectPredictions(component);
    for (; k < v; k++) {
      const y = mcuRow * v + k;
      if (y >= codedRows(component)) {
        if (nothingFollows()) {
          isOver = true;
          return STATUS_DONE;
        }
        continue;
      }
      const status = codeRow<D>(y, mcuRow > firstMcuRow || k > 0);
      if (status != 0) return status;
      column = 0;
    }
    k = 0;
    component -= 1;
  }
  goToRow(mcuRow + 1);
  return STATUS_ROW;
}

/** Codes the rest of row `y` of the component. @returns 0, a status, or a negative fault */
// @ts-ignore: decorator
@inline
function codeRow<D>(y: i32, hasAbove: bool): i32 {
  const columns = blockColumns(component);
  // A row that lies wholly behind the coded blocks codes its first block all the same.
  const end = min(columns, max(column + 1, codedBlocks(component) - y * columns));
  let block = rowAddress(component, y) + BLOCK_BYTES * <usize>column;
  let above = hasAbove ? rowAddress(component, y - 1) + BLOCK_BYTES * <usize>column : 0;
  const step = hasAbove ? BLOCK_BYTES : 0;
  while (column < end) {
    if (reads<D>()) {
      if (decoderRest() < CODED_BLOCK_BYTES && !isInputFinal()) return STATUS_INPUT;
    } else {
      pauseEncoding();
      if (!hasOutputRoom(CODED_BLOCK_BYTES)) return STATUS_OUTPUT;
    }
    const fault = codeBlock<D>(block, column > 0 ? block - BLOCK_BYTES : 0, above);
    if (fault != 0) return fault;
    column += 1;
    block += BLOCK_BYTES;
    above += step;
  }
  return 0;
}

/** Whether a row that is not coded ends the picture: no component but the last has rows left. */
function nothingFollows(): bool {
  const most = components == 1 ? 1 : components - 1;
  for (let c: i32 = 0; c < most; c++) {
    if (mcuRow * verticalFactor(c) < codedRows(c)) return false;
  }
  return true;
}

function goToRow(row: i32): void {
  mcuRow = row;
  component = components - 1;
  k = 0;
  column = 0;
  if (row >= mcuRows || (!isLast && row >= endMcuRow)) isOver = true;
}
