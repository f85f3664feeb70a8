/**
 * Segment: the walk over the rows of blocks that one model codes, the same for both directions.
 *
 *   MCU row   | last component ... | first component |     each v rows of blocks, top down     Lepton
 *             | first component ... | last component |                                         dense
 *
 * The walk can stop before any block, when a window runs low, and goes on there. Reading stores the
 * rows for the JPEG's writer, which takes an MCU row as soon as it is whole; writing finds in the
 * store what the JPEG's reader has put there. Order of rows and where they end: docs/formats/lepton.md.
 */
import { FAULT_CALL } from "../fault.ts";
import { hasOutputRoom, isInputFinal } from "../window.ts";
import { isLepton, reads } from "./direction.ts";
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
} from "./frame.ts";
import {
  beginCoding,
  beginRow,
  codeBlock,
  codedBlockBytes,
  codingRest,
  endRow,
  finishCoding,
  firstComponent,
  nextComponent,
  pauseCoding,
  resumeCoding,
  selectComponent,
} from "./model.ts";
import { STATUS_DONE, STATUS_INPUT, STATUS_OUTPUT, STATUS_ROW } from "./scan.ts";

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

/** Starts a segment of the MCU rows [first, end); the last one ends where the picture does. */
export function beginSegment<D, M>(first: i32, end: i32, last: bool): i32 {
  if (first < 0 || end < first || end > mcuRows) return -FAULT_CALL;
  firstMcuRow = first;
  endMcuRow = end;
  isLast = last;
  isOver = !last && first == end;
  goToRow<M>(first);
  return beginCoding<D, M>();
}

/** Whether the segment has no row any more. */
export function segmentIsOver(): bool {
  return isOver;
}

/** Ends the coded bytes of a segment that is being written. */
export function finishSegment<M>(): void {
  finishCoding<M>();
}

/**
 * Codes the rest of the MCU row in which the walk stands.
 *
 * @returns STATUS_ROW when the row is coded, STATUS_DONE when the segment ended before it,
 *   STATUS_INPUT or STATUS_OUTPUT when a window runs low, or a negative fault
 */
export function codeMcuRow<D, M>(): i32 {
  if (isOver) return STATUS_DONE;
  const isFresh = component == firstComponent<M>() && k == 0 && column == 0;
  if (!isLepton<M>() && isFresh && nothingIsLeft()) {
    isOver = true;
    return STATUS_DONE;
  }
  resumeCoding<D, M>();
  if (reads<D>() && isFresh) clearMcuRow(mcuRow);
  const status = codeRows<D, M>();
  pauseCoding<D, M>();
  return status;
}

function codeRows<D, M>(): i32 {
  while (component >= 0 && component < components) {
    const v = verticalFactor(component);
    selectComponent<M>(component);
    for (; k < v; k++) {
      const y = mcuRow * v + k;
      if (y >= codedRows(component)) {
        if (isLepton<M>() && nothingFollows()) {
          isOver = true;
          return STATUS_DONE;
        }
        endRow<M>(y, 0);
        continue;
      }
      const status = codeRow<D, M>(y, y - firstMcuRow * v);
      if (status != 0) return status;
      column = 0;
    }
    k = 0;
    component = nextComponent<M>(component);
  }
  goToRow<M>(mcuRow + 1);
  return STATUS_ROW;
}

/** Codes the rest of row `y` of the component. @returns 0, a status, or a negative fault */
// @ts-ignore: decorator
@inline
function codeRow<D, M>(y: i32, rowsAbove: i32): i32 {
  const columns = blockColumns(component);
  // A row that lies wholly behind the coded blocks codes its first block all the same.
  const end = min(columns, max(column + 1, codedBlocks(component) - y * columns));
  const hasAbove = rowsAbove > 0;
  let block = rowAddress(component, y) + BLOCK_BYTES * <usize>column;
  let above = hasAbove ? rowAddress(component, y - 1) + BLOCK_BYTES * <usize>column : 0;
  const step = hasAbove ? BLOCK_BYTES : 0;
  beginRow<M>(y, rowsAbove);
  while (column < end) {
    if (reads<D>()) {
      if (codingRest<M>() < codedBlockBytes<M>() && !isInputFinal()) return STATUS_INPUT;
    } else {
      pauseCoding<D, M>();
      if (!hasOutputRoom(codedBlockBytes<M>())) return STATUS_OUTPUT;
    }
    const fault = codeBlock<D, M>(block, above, column);
    if (fault != 0) return fault;
    column += 1;
    block += BLOCK_BYTES;
    above += step;
  }
  endRow<M>(y, end);
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

/** Whether no component has rows left. */
function nothingIsLeft(): bool {
  for (let c: i32 = 0; c < components; c++) {
    if (mcuRow * verticalFactor(c) < codedRows(c)) return false;
  }
  return true;
}

function goToRow<M>(row: i32): void {
  mcuRow = row;
  component = firstComponent<M>();
  k = 0;
  column = 0;
  if (row >= mcuRows || (!isLast && row >= endMcuRow)) isOver = true;
}
