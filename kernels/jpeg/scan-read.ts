/**
 * Sequential scans read: the entropy-coded data of a JPEG to coefficients in the store.
 *
 *   beginScanRead    takes SCAN and HANDOFF; the input window's next byte is the one HANDOFF names
 *   readMcuRow       one MCU row to the store; HANDOFF then describes the next
 *   indexMcuRow      the same without the store, faster: finds where rows start
 *
 * Only what the writer (scan-write.ts) puts out again as it was is accepted; what differs is noted where
 * the host asks for it (deviations.ts), and else a fault.
 * Where data run out, at the end of the stream or at a marker, the missing bits are zeros as far as the
 * block goes, and the scan ends early there: coefficients behind are zero. The last block may then
 * hold a one at the end of a run that the zeros made too long, as both Lepton programs have it.
 */
import {
  beginReader,
  bitsTaken,
  dataEnd,
  moveReader,
  readerAddress,
  readerHas,
  resumeReader,
  suspendReader,
} from "../bits/msb-read.ts";
import { FAULT_CALL, FAULT_RESTART } from "../fault.ts";
import { inputPosition, nextInput } from "../window.ts";
import { beginNotes } from "./deviations.ts";
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
import { lastBlock, lastBlockStarted } from "./scan-break.ts";
import {
  BLOCK_LAST,
  BLOCK_READ,
  BLOCK_STREAM_BYTES,
  Indexing,
  readBlock,
  Storing,
} from "./scan-read-block.ts";
import {
  atRowStart,
  beginWalk,
  blockRecord,
  clearWalkRow,
  mcuBlocks,
  mcuRow,
  predictorAddress,
  STEP_END,
  STEP_RESTART,
  STEP_ROW,
  stepMcu,
} from "./scan-walk.ts";

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
  beginNotes();
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
 *   window: 512 bytes for each of its blocks and a restart, so that 64 KiB suffice for any scan
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
