/**
 * Frame: the picture's geometry and the store of its coefficients.
 *
 *   component c   blockColumns[c] = mcuColumns * h     blockRows[c] = mcuRows * v
 *   store         rows of blocks of component 0, then of component 1, ...
 *   block         | 64 coefficients, raster | mask | interior count | bottom edge |   160 bytes
 *   records       what the dense model keeps of blocks, a ring of three rows or more for each component
 *
 * The store holds either a few MCU rows in turn (row y lies at y mod its rows), enough for a single
 * scan, or all rows from `firstMcuRow` on, for pictures of several scans. The host writes FRAME and
 * calls `openFrame`, which checks every field, takes the memory and lays out store and windows.
 */
import { FAULT_CALL, FAULT_DIMENSIONS, FAULT_MEMORY } from "../fault.ts";
import { COMPONENTS, FRAME, PAGE_BYTES } from "../memory.ts";
import { openWindows, windowsEnd } from "../window.ts";

/** A block: 64 coefficients as i16 in raster order (index 8 * v + u), then what the model keeps. */
export const BLOCK_BYTES: usize = 160;
/** u64: bit z is set when the coefficient of zigzag index z is not zero. */
export const BLOCK_MASK: usize = 128;
/** u8: how many of the 49 interior coefficients are not zero. */
export const BLOCK_COUNT: usize = 136;
/** i16[8]: the pixels that the block below predicts its DC from (lepton/borders.ts). */
export const BLOCK_BOTTOM: usize = 144;

/** Two MCU rows suffice where rows are coded and written one after the other. */
const RING_MCU_ROWS: i32 = 2;

/** The whole memory of a kernel: 4096 pages. */
const MEMORY_BYTES_MAXIMUM: u64 = 4096 * 65536;

// Fields of FRAME, as indices of i32.
const FIELD_COMPONENTS: usize = 0;
const FIELD_MCU_COLUMNS: usize = 1;
const FIELD_MCU_ROWS: usize = 2;
const FIELD_WIDTH: usize = 3;
const FIELD_HEIGHT: usize = 4;
/** MCU rows in the store, 0 for a ring. */
const FIELD_STORE_MCU_ROWS: usize = 5;
/** First MCU row of a store that is no ring. */
const FIELD_FIRST_MCU_ROW: usize = 6;
const FIELD_INPUT_BYTES: usize = 7;
const FIELD_OUTPUT_BYTES: usize = 8;
/** Four fields for each component: h, v, coded blocks (all of them unless the scan ends early). */
const FIELD_OF_COMPONENTS: usize = 16;

// Fields of a record in COMPONENTS, in bytes.
const COMPONENT_BYTES: usize = 64;
const C_H: usize = 0;
const C_V: usize = 4;
const C_COLUMNS: usize = 8;
const C_ROWS: usize = 12;
const C_CODED_BLOCKS: usize = 16;
const C_CODED_ROWS: usize = 20;
const C_STORE: usize = 24;
const C_STORE_ROWS: usize = 28;
const C_FIRST_ROW: usize = 32;
const C_SCAN_COLUMNS: usize = 36;
const C_SCAN_ROWS: usize = 40;
const C_RECORDS: usize = 44;

export let components: i32 = 0;
export let mcuColumns: i32 = 0;
export let mcuRows: i32 = 0;

/** Where store, records and windows begin, and the bytes of a record: each module has its own. */
let picture: usize = 0;
let recordBytes: usize = 0;
/** End of store and records, of which jobs leave traces. */
let storeEnd: usize = 0;

/** Rows of records that a component has at least: that of a block and two above it. Other components
 * see the rows of their own MCU row, which are as many as the factor v. */
const RECORD_ROWS_MINIMUM: i32 = 3;
/** Records begin on borders of cache lines. */
const RECORD_ALIGNMENT: u64 = 64;

/**
 * Lays out memory for a module, once.
 *
 * @param at - where its static regions end
 * @param bytes - what its model keeps of each block beside the store, 0 for nothing
 * @returns 0, or a negative fault when the memory may not grow that far
 */
export function layOut(at: usize, bytes: usize): i32 {
  picture = at;
  recordBytes = bytes;
  storeEnd = at;
  return growTo(at);
}

function growTo(end: usize): i32 {
  const missing = <i32>((end + PAGE_BYTES - 1) / PAGE_BYTES) - memory.size();
  return missing > 0 && memory.grow(missing) < 0 ? -FAULT_MEMORY : 0;
}

/**
 * Takes the picture that FRAME describes.
 *
 * @returns 0, or a negative fault; FAULT_DIMENSIONS when store and windows do not fit
 */
export function openFrame(): i32 {
  components = field(FIELD_COMPONENTS);
  mcuColumns = field(FIELD_MCU_COLUMNS);
  mcuRows = field(FIELD_MCU_ROWS);
  const width = field(FIELD_WIDTH);
  const height = field(FIELD_HEIGHT);
  const storeMcuRows = field(FIELD_STORE_MCU_ROWS);
  const isRing = storeMcuRows == 0;
  if (components < 1 || components > 4) return -FAULT_CALL;
  if (!within(mcuColumns, 1, 65536) || !within(mcuRows, 1, 65536)) return -FAULT_CALL;
  if (!within(width, 1, 65535) || !within(height, 1, 65535)) return -FAULT_CALL;
  if (!within(storeMcuRows, 0, mcuRows)) return -FAULT_CALL;
  if (!within(field(FIELD_FIRST_MCU_ROW), 0, mcuRows - storeMcuRows)) return -FAULT_CALL;

  let hMaximum: i32 = 1;
  let vMaximum: i32 = 1;
  for (let c: i32 = 0; c < components; c++) {
    const given = FIELD_OF_COMPONENTS + 4 * <usize>c;
    if (!within(field(given), 1, 4) || !within(field(given + 1), 1, 4)) return -FAULT_CALL;
    hMaximum = max(hMaximum, field(given));
    vMaximum = max(vMaximum, field(given + 1));
  }
  let address: u64 = picture;
  for (let c: i32 = 0; c < components; c++) {
    const given = FIELD_OF_COMPONENTS + 4 * <usize>c;
    const record = COMPONENTS + COMPONENT_BYTES * <usize>c;
    const h = field(given);
    const v = field(given + 1);
    const columns = mcuColumns * h;
    const rows = mcuRows * v;
    const codedBlocks = field(given + 2);
    if (<u64>columns * <u64>rows > 0x7fffffff) return -FAULT_DIMENSIONS;
    if (!within(codedBlocks, 0, columns * rows)) return -FAULT_CALL;
    store<i32>(record, h, C_H);
    store<i32>(record, v, C_V);
    store<i32>(record, columns, C_COLUMNS);
    store<i32>(record, rows, C_ROWS);
    store<u32>(record, <u32>address, C_STORE);
    const storeRows = (isRing ? RING_MCU_ROWS : storeMcuRows) * v;
    store<i32>(record, storeRows, C_STORE_ROWS);
    store<i32>(record, isRing ? 0 : field(FIELD_FIRST_MCU_ROW) * v, C_FIRST_ROW);
    store<i32>(record, (width * h + 8 * hMaximum - 1) / (8 * hMaximum), C_SCAN_COLUMNS);
    store<i32>(record, (height * v + 8 * vMaximum - 1) / (8 * vMaximum), C_SCAN_ROWS);
    if (scanColumns(c) > columns || scanRows(c) > rows) return -FAULT_CALL;
    setCodedBlocks(c, codedBlocks);
    address += <u64>columns * <u64>storeRows * BLOCK_BYTES;
    if (address > MEMORY_BYTES_MAXIMUM) return -FAULT_DIMENSIONS;
  }
  if (recordBytes > 0) {
    address = placeRecords(address);
    if (address > MEMORY_BYTES_MAXIMUM) return -FAULT_DIMENSIONS;
  }
  return takeMemory(<usize>address);
}

/** Lays the records of all components from `start` on. @returns their end */
function placeRecords(start: u64): u64 {
  let address = (start + RECORD_ALIGNMENT - 1) & ~(RECORD_ALIGNMENT - 1);
  for (let c: i32 = 0; c < components; c++) {
    store<u32>(COMPONENTS + COMPONENT_BYTES * <usize>c, <u32>address, C_RECORDS);
    address += <u64>recordRows(c) * <u64>blockColumns(c) * recordBytes;
  }
  return address;
}

/** Grows the memory to hold store and windows, and lays the windows behind the store. */
function takeMemory(end: usize): i32 {
  const inputBytes = field(FIELD_INPUT_BYTES);
  const outputBytes = field(FIELD_OUTPUT_BYTES);
  if (inputBytes < 0 || outputBytes < 0) return -FAULT_CALL;
  const wanted = <u64>end + <u64>inputBytes + <u64>outputBytes + 4 * PAGE_BYTES;
  if (wanted > MEMORY_BYTES_MAXIMUM) return -FAULT_DIMENSIONS;
  storeEnd = end;
  const all = windowsEnd(end, <usize>inputBytes, <usize>outputBytes);
  const fault = growTo(all);
  if (fault != 0) return fault;
  openWindows(end, <usize>inputBytes, <usize>outputBytes);
  return 0;
}

/** Sets how many blocks of a component are coded (all, unless the scan ends early), and from it
 * the rows that are coded: rounded up to whole MCU rows. */
export function setCodedBlocks(c: i32, blocks: i32): void {
  const record = COMPONENTS + COMPONENT_BYTES * <usize>c;
  const columns = blockColumns(c);
  const v = verticalFactor(c);
  let rows = min((blocks + columns - 1) / columns, blockRows(c));
  rows = min(((rows + v - 1) / v) * v, blockRows(c));
  store<i32>(record, blocks, C_CODED_BLOCKS);
  store<i32>(record, rows, C_CODED_ROWS);
}

/** Address of the first block of row `y` of component `c`. The row must be one that the store
 * holds now; any other gives the address of a row all the same. */
export function rowAddress(c: i32, y: i32): usize {
  const record = COMPONENTS + COMPONENT_BYTES * <usize>c;
  const row = <u32>(y - load<i32>(record, C_FIRST_ROW)) % load<u32>(record, C_STORE_ROWS);
  const rowBytes = load<u32>(record, C_COLUMNS) * <u32>BLOCK_BYTES;
  return load<u32>(record, C_STORE) + row * rowBytes;
}

/** Zeroes the blocks of one MCU row of all components. */
export function clearMcuRow(mcuRow: i32): void {
  for (let c: i32 = 0; c < components; c++) {
    const v = verticalFactor(c);
    for (let k: i32 = 0; k < v; k++) {
      const size = <usize>blockColumns(c) * BLOCK_BYTES;
      memory.fill(rowAddress(c, mcuRow * v + k), 0, size);
    }
  }
}

/** Zeroes the whole store, and all records. */
export function clearStore(): void {
  memory.fill(picture, 0, storeEnd - picture);
}

/** Address of the store's first block. */
export function storeAddress(): usize {
  return picture;
}

/** Address of the records of component `c`: a ring of `recordRows(c)` rows of `blockColumns(c)` each. */
// @ts-ignore: decorator
@inline
export function recordsAddress(c: i32): usize {
  return load<u32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_RECORDS);
}

// @ts-ignore: decorator
@inline
export function recordRows(c: i32): i32 {
  return max(RECORD_ROWS_MINIMUM, verticalFactor(c));
}

// @ts-ignore: decorator
@inline
export function horizontalFactor(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_H);
}

// @ts-ignore: decorator
@inline
export function verticalFactor(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_V);
}

/** Blocks in a row of component `c`, padding blocks included. */
// @ts-ignore: decorator
@inline
export function blockColumns(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_COLUMNS);
}

// @ts-ignore: decorator
@inline
export function blockRows(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_ROWS);
}

/** Blocks in a row of a scan of component `c` alone: those that the picture touches. */
// @ts-ignore: decorator
@inline
export function scanColumns(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_SCAN_COLUMNS);
}

// @ts-ignore: decorator
@inline
export function scanRows(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_SCAN_ROWS);
}

/** Blocks of component `c` that are coded, and the rows that they take, in whole MCU rows. */
// @ts-ignore: decorator
@inline
export function codedBlocks(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_CODED_BLOCKS);
}

// @ts-ignore: decorator
@inline
export function codedRows(c: i32): i32 {
  return load<i32>(COMPONENTS + COMPONENT_BYTES * <usize>c, C_CODED_ROWS);
}

// @ts-ignore: decorator
@inline
function field(index: usize): i32 {
  return load<i32>(FRAME + 4 * index);
}

// @ts-ignore: decorator
@inline
function within(value: i32, least: i32, most: i32): bool {
  return value >= least && value <= most;
}
