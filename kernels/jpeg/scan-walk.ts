/**
 * Walk: the order of the blocks of a scan, the same for reading and writing, sequential and
 * progressive.
 *
 *   several components   MCU row = mcuColumns MCUs of h * v blocks of each component
 *   one component        MCU row = v lines of blocks, each block an MCU, as far as the picture goes
 *
 *   SCAN_BLOCKS   one record for each block of an MCU; its address for MCU x is at + x * step
 *
 * Rows are MCU rows of the frame in both cases. A row of a scan of one component is up to v rows of
 * blocks, without the blocks that only fill up MCUs. Restarts count MCUs, thus blocks in a scan of
 * one component. Whoever walks codes the `mcuBlocks` blocks of MCU `mcuColumn` and calls `stepMcu`.
 * Source: ITU-T T.81, annex A.2.
 */
import { FAULT_CALL } from "../fault.ts";
import { DC_PREDICTORS, SCAN_BLOCKS } from "../memory.ts";
import {
  BLOCK_BYTES,
  blockColumns,
  components,
  horizontalFactor,
  mcuColumns,
  mcuRows,
  rowAddress,
  scanColumns,
  scanRows,
  verticalFactor,
} from "./frame.ts";
import { tableAddress } from "./huffman-table.ts";
import {
  SCAN_AC_TABLE,
  SCAN_COMPONENT,
  SCAN_COMPONENTS,
  SCAN_DC_TABLE,
  SCAN_RESTART_INTERVAL,
  scanField,
} from "./scan.ts";

// A record of SCAN_BLOCKS: u32 each.
const RECORD_BYTES: usize = 32;
/** Address of the block in the first MCU of the line, and bytes to the one in the next MCU. */
const RECORD_AT: usize = 0;
const RECORD_STEP: usize = 4;
/** Address of the component's DC predictor, i32. */
const RECORD_PREDICTOR: usize = 8;
const RECORD_DC_TABLE: usize = 12;
const RECORD_AC_TABLE: usize = 16;
const RECORD_COMPONENT: usize = 20;
/** Row and column of the block within the MCU. */
const RECORD_ROW: usize = 24;
const RECORD_COLUMN: usize = 28;

// What `stepMcu` says, added up.

/** A restart is due: before the next MCU, which may be in the next row. */
export const STEP_RESTART: i32 = 1;
/** That was the row's last MCU. */
export const STEP_ROW: i32 = 2;
/** That was the scan's last MCU; no restart is due after it. */
export const STEP_END: i32 = 4;

/** Blocks in an MCU, 1..64. */
export let mcuBlocks: i32 = 0;
/** The MCU row, and the MCU in the line, that come next. */
export let mcuRow: i32 = 0;
export let mcuColumn: i32 = 0;
/** Restarts that were due before the next MCU. */
export let restartsDue: i32 = 0;
/** MCUs of the scan before the next one. Blocks of all of them fit 32 bits, as h * v of the largest
 * component makes the picture's MCUs fewer. */
let mcusBefore: u32 = 0;

/** Lines of the row and MCUs of a line; a scan of several components has one line a row. */
export let line: i32 = 0;
let lines: i32 = 0;
let lineMcus: i32 = 0;
let isSingle: bool = false;
let restartInterval: i32 = 0;
let untilRestart: i32 = 0;

/**
 * Takes the scan that SCAN describes, from MCU row `row` on. DC predictors stay as they are.
 *
 * @returns 0, or FAULT_CALL when SCAN or the row has no meaning in the open frame
 */
export function beginWalk(row: i32): i32 {
  const count = scanField(SCAN_COMPONENTS);
  if (count < 1 || count > components) return -FAULT_CALL;
  if (row < 0 || row >= mcuRows) return -FAULT_CALL;
  isSingle = count == 1;
  mcuBlocks = 0;
  let seen: i32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const c = scanField(SCAN_COMPONENT + i);
    const dcTable = scanField(SCAN_DC_TABLE + i);
    const acTable = scanField(SCAN_AC_TABLE + i);
    if (c < 0 || c >= components || seen & (1 << c)) return -FAULT_CALL;
    if (dcTable < 0 || dcTable > 3 || acTable < 0 || acTable > 3) return -FAULT_CALL;
    seen |= 1 << c;
    addBlocks(c, tableAddress(dcTable), tableAddress(4 + acTable));
  }
  restartInterval = max(scanField(SCAN_RESTART_INTERVAL), 0);
  mcuRow = row;
  beginRow();
  countRestarts();
  return 0;
}

/** Adds the records of one component; four components of 16 blocks fill SCAN_BLOCKS. */
function addBlocks(c: i32, dcTable: usize, acTable: usize): void {
  const h = isSingle ? 1 : horizontalFactor(c);
  const v = isSingle ? 1 : verticalFactor(c);
  for (let s: i32 = 0; s < h * v; s++) {
    const record = blockRecord(mcuBlocks);
    store<u32>(record, <u32>(h * <i32>BLOCK_BYTES), RECORD_STEP);
    store<u32>(record, <u32>predictorAddress(c), RECORD_PREDICTOR);
    store<u32>(record, <u32>dcTable, RECORD_DC_TABLE);
    store<u32>(record, <u32>acTable, RECORD_AC_TABLE);
    store<i32>(record, c, RECORD_COMPONENT);
    store<i32>(record, s / h, RECORD_ROW);
    store<i32>(record, s % h, RECORD_COLUMN);
    mcuBlocks += 1;
  }
}

/** How far the MCUs and the restarts are at the first MCU of `mcuRow`. */
function countRestarts(): void {
  restartsDue = 0;
  const c = scanField(SCAN_COMPONENT);
  const rowMcus = isSingle ? scanColumns(c) * verticalFactor(c) : mcuColumns;
  const before = <u64>mcuRow * <u64>rowMcus;
  mcusBefore = <u32>before;
  if (restartInterval == 0) return;
  restartsDue = <i32>(before / <u64>restartInterval);
  untilRestart = restartInterval - <i32>(before % <u64>restartInterval);
}

function beginRow(): void {
  const c = scanField(SCAN_COMPONENT);
  const v = verticalFactor(c);
  lines = isSingle ? min(v, scanRows(c) - mcuRow * v) : 1;
  lineMcus = isSingle ? scanColumns(c) : mcuColumns;
  line = 0;
  beginLine();
}

function beginLine(): void {
  mcuColumn = 0;
  for (let i: i32 = 0; i < mcuBlocks; i++) {
    const record = blockRecord(i);
    const c = recordComponent(record);
    const y = mcuRow * verticalFactor(c) + line + load<i32>(record, RECORD_ROW);
    const at = rowAddress(c, y) + BLOCK_BYTES * <usize>load<i32>(record, RECORD_COLUMN);
    store<u32>(record, <u32>at, RECORD_AT);
  }
}

/** Goes on to the next MCU. @returns STEP_* */
export function stepMcu(): i32 {
  return passMcus(1);
}

/** MCUs up to the end of the line or to where a restart is due, at least 1. */
export function mcusAhead(): i32 {
  const count = lineMcus - mcuColumn;
  return restartInterval > 0 ? min(count, untilRestart) : count;
}

/** Goes on by up to `mcusAhead()` MCUs. @returns STEP_* */
export function passMcus(count: i32): i32 {
  if (count == 0) return 0;
  let step: i32 = 0;
  mcuColumn += count;
  mcusBefore += count;
  if (mcuColumn == lineMcus) step = endLine();
  if (restartInterval == 0) return step;
  untilRestart -= count;
  if (untilRestart == 0) {
    untilRestart = restartInterval;
    if ((step & STEP_END) == 0) {
      restartsDue += 1;
      step |= STEP_RESTART;
    }
  }
  return step;
}

function endLine(): i32 {
  line += 1;
  if (line < lines) {
    beginLine();
    return 0;
  }
  mcuRow += 1;
  if (mcuRow == mcuRows) return STEP_ROW | STEP_END;
  beginRow();
  return STEP_ROW;
}

/** Whether the next MCU is the first of its row. */
export function atRowStart(): bool {
  return mcuColumn == 0 && line == 0;
}

// The blocks of the next MCU.

// @ts-ignore: decorator
@inline
export function blockRecord(i: i32): usize {
  return SCAN_BLOCKS + RECORD_BYTES * <usize>i;
}

/** Address of a record's block. */
// @ts-ignore: decorator
@inline
export function blockAddress(record: usize): usize {
  return blockAddressAhead(record, 0);
}

/** The same, `ahead` MCUs after the next one. */
// @ts-ignore: decorator
@inline
export function blockAddressAhead(record: usize, ahead: i32): usize {
  return load<u32>(record, RECORD_AT) + <u32>(mcuColumn + ahead) * load<u32>(record, RECORD_STEP);
}

// @ts-ignore: decorator
@inline
export function recordPredictor(record: usize): usize {
  return load<u32>(record, RECORD_PREDICTOR);
}

// @ts-ignore: decorator
@inline
export function recordDcTable(record: usize): usize {
  return load<u32>(record, RECORD_DC_TABLE);
}

// @ts-ignore: decorator
@inline
export function recordAcTable(record: usize): usize {
  return load<u32>(record, RECORD_AC_TABLE);
}

// @ts-ignore: decorator
@inline
export function recordComponent(record: usize): i32 {
  return load<i32>(record, RECORD_COMPONENT);
}

/** Blocks of the scan before the first one of the MCU that lies `ahead` MCUs after the next one. */
// @ts-ignore: decorator
@inline
export function blocksBefore(ahead: i32): u32 {
  return (mcusBefore + ahead) * <u32>mcuBlocks;
}

/** Blocks of the scan before a record's, `ahead` MCUs after the next one. */
export function blocksBeforeRecord(record: usize, ahead: i32): u32 {
  return blocksBefore(ahead) + <u32>((record - SCAN_BLOCKS) / RECORD_BYTES);
}

/** Index of a record's block in its component, in MCU `mcuColumn`. */
export function blockIndex(record: usize): i32 {
  return indexAt(record, mcuColumn);
}

/** The same in MCU `x` of the line. */
export function indexAt(record: usize, x: i32): i32 {
  const c = recordComponent(record);
  const width = isSingle ? 1 : horizontalFactor(c);
  const row = mcuRow * verticalFactor(c) + line + load<i32>(record, RECORD_ROW);
  return row * blockColumns(c) + x * width + load<i32>(record, RECORD_COLUMN);
}

/** Address of the DC of component `c`'s last block, i32. */
// @ts-ignore: decorator
@inline
export function predictorAddress(c: i32): usize {
  return DC_PREDICTORS + 4 * <usize>c;
}

export function resetPredictors(): void {
  memory.fill(DC_PREDICTORS, 0, 16);
}

/** Zeroes the blocks of the scan's components in the row that comes next. */
export function clearWalkRow(): void {
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const c = scanField(SCAN_COMPONENT + i);
    const size = <usize>blockColumns(c) * BLOCK_BYTES;
    const y = mcuRow * verticalFactor(c);
    for (let k: i32 = 0; k < verticalFactor(c); k++) memory.fill(rowAddress(c, y + k), 0, size);
  }
}
