/**
 * Sequential scans read: the entropy-coded data of a JPEG to coefficients in the store.
 *
 *   beginScanRead    takes SCAN and HANDOFF; the input window's next byte is the one HANDOFF names
 *   readMcuRow       one MCU row to the store; HANDOFF then describes the next
 *   indexMcuRow      the same without the store, faster: finds where rows start
 *
 * Only what the writer (scan-write.ts) puts out again as it was is accepted; what differs is a fault.
 * Where data run out, at the end of the stream or at a marker, the missing bits are zeros as far as the
 * block goes, and the scan ends early there: coefficients behind are zero. The last block may then
 * hold a one at the end of a run that the zeros made too long, as both Lepton programs have it.
 *
 * The loop over coefficients keeps the reader's bits in locals. With them in the reader's module
 * variables a symbol has to wait for the store of the one before.
 */
import {
  beginReader,
  bitsTaken,
  borrowed,
  dataEnd,
  fillReader,
  held,
  holdBits,
  moveReader,
  readerAddress,
  readerHas,
  ready,
  resumeReader,
  suspendReader,
} from "../bits/msb-read.ts";
import {
  FAULT_CALL,
  FAULT_COEFFICIENT,
  FAULT_HUFFMAN_CODE,
  FAULT_RESTART,
  FAULT_ZERO_RUN,
} from "../fault.ts";
import { ZIGZAG } from "../memory.ts";
import { inputPosition, nextInput } from "../window.ts";
import { BLOCK_MASK } from "./frame.ts";
import {
  ENTRY_INVALID,
  ENTRY_LONG,
  ENTRY_SPECIAL,
  longEntryOf,
  readingEntryOf,
} from "./huffman-table.ts";
import { isRestartAt, RESTART_BYTES, readPadding, readRestart, readSurplus } from "./restart.ts";
import {
  HANDOFF_BYTE,
  HANDOFF_DC,
  HANDOFF_OVERHANG,
  HANDOFF_OVERHANG_BITS,
  HANDOFF_RESTARTS,
  HANDOFF_ROW,
  handoffField,
  SCAN_COMPONENT,
  SCAN_COMPONENTS,
  SCAN_SEEN_EARLY_END,
  SCAN_SEEN_END,
  SCAN_SEEN_LAST_BLOCK,
  SCAN_SEEN_RESTARTS,
  SCAN_SEEN_SURPLUS,
  STATUS_DONE,
  STATUS_INPUT,
  STATUS_ROW,
  scanField,
  setHandoffField,
  setScanField,
} from "./scan.ts";
import {
  atRowStart,
  beginWalk,
  blockAddress,
  blockRecord,
  clearWalkRow,
  lastBlock,
  lastBlockStarted,
  mcuBlocks,
  mcuRow,
  predictorAddress,
  recordAcTable,
  recordDcTable,
  recordPredictor,
  STEP_END,
  STEP_RESTART,
  STEP_ROW,
  stepMcu,
} from "./scan-walk.ts";

/** Most bytes of a block: 31 bits of DC, 63 times 27 bits, every byte stuffed. */
const BLOCK_STREAM_BYTES: usize = 512;

/** What a block is but for a fault: read, the last one, or not there because data ran out before. */
const BLOCK_READ: i32 = 0;
const BLOCK_LAST: i32 = 1;
const BLOCK_ABSENT: i32 = 2;

/** Whether coefficients go to the store. */
class Storing {}
class Indexing {}

const PHASE_IDLE: i32 = 0;
const PHASE_ROWS: i32 = 1;
/** All blocks are read; surplus restart markers may follow. */
const PHASE_TAIL: i32 = 2;
let phase: i32 = PHASE_IDLE;

/** Position of a byte in the stream that HANDOFF speaks of, minus that in the window's stream. */
let positionBias: i32 = 0;

/** Begins at the MCU row that HANDOFF describes. @returns 0 or a negative fault */
export function beginScanRead(): i32 {
  phase = PHASE_IDLE;
  const overhangBits = handoffField(HANDOFF_OVERHANG_BITS);
  if (overhangBits < 0 || overhangBits > 7) return -FAULT_CALL;
  const fault = beginWalk(handoffField(HANDOFF_ROW));
  if (fault < 0) return fault;
  for (let c: i32 = 0; c < 4; c++) {
    store<i32>(predictorAddress(c), <i32>(<i16>handoffField(HANDOFF_DC + c)));
  }
  setScanField(SCAN_SEEN_RESTARTS, handoffField(HANDOFF_RESTARTS));
  setScanField(SCAN_SEEN_SURPLUS, 0);
  setScanField(SCAN_SEEN_EARLY_END, 0);
  setScanField(SCAN_SEEN_END, 0);
  positionBias = handoffField(HANDOFF_BYTE) - <i32>inputPosition(nextInput());
  beginReader(overhangBits);
  phase = PHASE_ROWS;
  return 0;
}

/**
 * Reads the next MCU row into the store.
 *
 * @returns STATUS_ROW, STATUS_DONE with the last row, STATUS_INPUT to be called again when the
 *   window holds more, or a negative fault. An MCU is read when all that it can need is in the
 *   window: 512 bytes for each of its blocks and a restart
 */
export function readMcuRow(): i32 {
  return readRow<Storing>();
}

/** The same without coefficients: the store and the row in it stay as they are. */
export function indexMcuRow(): i32 {
  return readRow<Indexing>();
}

function readRow<Mode>(): i32 {
  if (phase == PHASE_IDLE) return -FAULT_CALL;
  resumeReader();
  let status = phase == PHASE_ROWS ? readMcus<Mode>() : STATUS_DONE;
  if (phase == PHASE_TAIL) status = readTail();
  suspendReader();
  if (status <= STATUS_DONE) phase = PHASE_IDLE;
  return status;
}

function readMcus<Mode>(): i32 {
  if (idof<Mode>() == idof<Storing>() && atRowStart()) clearWalkRow();
  const mcuBytes = BLOCK_STREAM_BYTES * <usize>mcuBlocks + RESTART_BYTES;
  while (readerHas(mcuBytes)) {
    for (let i: i32 = 0; i < mcuBlocks; i++) {
      const block = readBlock<Mode>(blockRecord(i));
      if (block == BLOCK_READ) continue;
      return block < 0 ? block : endEarly(block == BLOCK_LAST ? i + 1 : i);
    }
    const step = stepMcu();
    if (step == 0) continue;
    const fault = step & STEP_RESTART ? readRestart() : step & STEP_END ? readPadding() : 0;
    if (fault < 0) return fault;
    if ((step & STEP_ROW) == 0) continue;
    describeHandoff();
    if ((step & STEP_END) == 0) return STATUS_ROW;
    for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
      const c = scanField(SCAN_COMPONENT + i);
      setScanField(SCAN_SEEN_LAST_BLOCK + c, lastBlock(c));
    }
    phase = PHASE_TAIL;
    return STATUS_DONE;
  }
  return STATUS_INPUT;
}

/** Counts the surplus restart markers, two bytes each, up to the first byte that is none. */
function readTail(): i32 {
  moveReader(readerAddress());
  while (readerHas(2)) {
    if (readSurplus()) continue;
    setScanField(SCAN_SEEN_END, positionOf(readerAddress()));
    return STATUS_DONE;
  }
  return STATUS_INPUT;
}

/** Data ran out after the first `started` blocks of the MCU. */
function endEarly(started: i32): i32 {
  // A restart marker within an interval: the writer would put it elsewhere.
  if (isRestartAt(dataEnd())) return -FAULT_RESTART;
  setScanField(SCAN_SEEN_EARLY_END, 1);
  setScanField(SCAN_SEEN_END, positionOf(dataEnd()));
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const c = scanField(SCAN_COMPONENT + i);
    setScanField(SCAN_SEEN_LAST_BLOCK + c, lastBlockStarted(c, started));
  }
  return STATUS_DONE;
}

/** Writes to HANDOFF how things stand before the next row. */
function describeHandoff(): void {
  const address = readerAddress();
  const count = bitsTaken();
  const overhang = count == 0 ? 0 : load<u8>(address) & (0xff00 >> count);
  setHandoffField(HANDOFF_ROW, mcuRow);
  setHandoffField(HANDOFF_BYTE, positionOf(address));
  setHandoffField(HANDOFF_OVERHANG, overhang);
  setHandoffField(HANDOFF_OVERHANG_BITS, count);
  for (let c: i32 = 0; c < 4; c++) {
    setHandoffField(HANDOFF_DC + c, load<i32>(predictorAddress(c)));
  }
  setHandoffField(HANDOFF_RESTARTS, scanField(SCAN_SEEN_RESTARTS));
}

function positionOf(address: usize): i32 {
  return <i32>inputPosition(address) + positionBias;
}

/** Reads one block. @returns BLOCK_* or a negative fault */
function readBlock<Mode>(record: usize): i32 {
  if (ready < 32) fillReader();
  if (ready <= borrowed) return BLOCK_ABSENT;
  const dcEntry = readingEntryOf(recordDcTable(record), held);
  if (dcEntry & ENTRY_INVALID) return isCut(dcEntry, ready) ? BLOCK_LAST : -FAULT_HUFFMAN_CODE;
  const predictor = recordPredictor(record);
  const dc = <i32>(<i16>(load<i32>(predictor) + coefficientOf(dcEntry, held)));
  store<i32>(predictor, dc);
  let bits = held << dcEntry;
  let count = ready - <i32>(dcEntry & 63);

  const block = blockAddress(record);
  const acTable = recordAcTable(record);
  let mask: u64 = 0;
  let k: i32 = 0; // zigzag index of the last coefficient
  let written: i32 = -1; // of the last zero that was written out
  while (k < 63) {
    if (count < 32) {
      holdBits(bits, count);
      fillReader();
      bits = held;
      count = ready;
    }
    let entry = load<u32>(acTable + (<usize>(bits >> 51) & 0x1ffc));
    if (entry & ENTRY_SPECIAL) {
      if (entry & ENTRY_LONG) entry = longEntryOf(acTable, entry, bits);
      if (entry & ENTRY_SPECIAL) {
        const fault = faultOf(entry);
        if (fault != 0) {
          if (!isCut(entry, count)) return -fault;
          count = borrowed - 1;
          break;
        }
        bits <<= entry;
        count -= <i32>(entry & 63);
        if ((entry & 0xff00) == 0) break; // end of block
        k += 16;
        written = k;
        continue;
      }
    }
    k += <i32>((entry >> 12) & 15) + 1;
    if (k > 63) {
      count -= <i32>(entry & 63);
      written = k;
      break;
    }
    if (idof<Mode>() == idof<Storing>()) {
      store<i16>(block + ((<usize>load<u8>(ZIGZAG + k)) << 1), <i16>coefficientOf(entry, bits));
      mask |= (<u64>1) << k;
    }
    bits <<= entry;
    count -= <i32>(entry & 63);
  }
  holdBits(bits, count);

  if (k == written) {
    // Zeros up to the end that no writer makes, unless they come of bits that are missing.
    if (count >= borrowed) return -FAULT_ZERO_RUN;
    if (idof<Mode>() == idof<Storing>()) store<i16>(block, 1, 2 * 63);
    mask |= (<u64>1) << 63;
  }
  if (idof<Mode>() == idof<Storing>()) {
    store<i16>(block, <i16>dc);
    store<u64>(block, dc == 0 ? mask : mask | 1, BLOCK_MASK);
  }
  return count < borrowed ? BLOCK_LAST : BLOCK_READ;
}

/** The value whose code stands on top of `bits`. */
// @ts-ignore: decorator
@inline
export function coefficientOf(entry: u32, bits: u64): i32 {
  // The first bit of a positive value is 1. Of a negative one all bits are inverted.
  const size = (entry >> 8) & 15;
  const tail = bits << (entry >> 16);
  const positive = <i32>(tail >> 63);
  const value = <i32>((tail >> 1) >> (63 - size));
  return value - (((1 << size) - 1) & (positive - 1));
}

/** What is wrong with an AC entry that has the flag ENTRY_SPECIAL; 0 for end of block and for
 * sixteen zeros. */
function faultOf(entry: u32): i32 {
  if (entry & ENTRY_INVALID) return FAULT_HUFFMAN_CODE;
  const symbol = (entry >> 8) & 0xff;
  if (symbol == 0 || symbol == 0xf0) return 0;
  return symbol & 15 ? FAULT_COEFFICIENT : FAULT_ZERO_RUN;
}

/** Whether bits that are missing may be among those of a code that cannot be. */
function isCut(entry: u32, count: i32): bool {
  const length: i32 = entry & ENTRY_INVALID ? 16 : <i32>(entry & 63);
  return count - borrowed < length;
}
