/**
 * Sequential scans written: coefficients in the store to the entropy-coded data of a JPEG. Mirror
 * image of scan-read.ts.
 *
 *   beginScanWrite    takes SCAN and HANDOFF, at any MCU row
 *   writeMcuRow       one MCU row from the store; HANDOFF then describes the next
 *   finishScanWrite   ends the data: padding at the image's end, else an incomplete byte is dropped,
 *                     because its bits are the overhang of the segment that goes on there
 *
 * Blocks need their coefficients and BLOCK_MASK, which says where they are not zero. What a canonical
 * writer would not do is done where the host says so (deviations.ts).
 */
import {
  beginWriter,
  bitsPending,
  dropPending,
  free,
  holdPending,
  pending,
  pendingByte,
  putWord,
  resumeWriter,
  suspendWriter,
  writeBits,
  writerAddress,
  writerHas,
} from "../bits/msb-write.ts";
import { FAULT_CALL, FAULT_NO_CODE } from "../fault.ts";
import { ZIGZAG } from "../memory.ts";
import { nextOutput, outputPosition } from "../window.ts";
import { beginDeviations, deviatesHere, deviationZeros, passDeviation } from "./deviations.ts";
import { BLOCK_MASK, codedBlocks } from "./frame.ts";
import { writingEntryOf } from "./huffman-table.ts";
import { restartsThere, writePadding, writeRestart } from "./restart.ts";
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
  STATUS_DONE,
  STATUS_OUTPUT,
  STATUS_ROW,
  scanField,
  setHandoffField,
} from "./scan.ts";
import { lastBlock } from "./scan-break.ts";
import {
  beginWalk,
  blockAddress,
  blockIndex,
  blockRecord,
  blocksBefore,
  mcuBlocks,
  mcuRow,
  predictorAddress,
  recordAcTable,
  recordComponent,
  recordDcTable,
  recordPredictor,
  STEP_END,
  STEP_RESTART,
  STEP_ROW,
  stepMcu,
} from "./scan-walk.ts";

/** Most bytes of a block: 31 bits of DC, 63 times 27 bits, every byte stuffed. */
const BLOCK_STREAM_BYTES: usize = 512;
/** Padding and up to two markers. */
const RESTART_STREAM_BYTES: usize = 8;

export const SIXTEEN_ZEROS: i32 = 0xf0;
const END_OF_BLOCK: i32 = 0;

/** Whether rows are left, and whether a scan is open at all. */
let isOpen: bool = false;
let isDone: bool = false;
/** Position of a byte in the stream that HANDOFF speaks of, minus that in the window's stream. */
let positionBias: i32 = 0;

/** Begins at the MCU row that HANDOFF describes. @returns 0 or a negative fault */
export function beginScanWrite(): i32 {
  isOpen = false;
  const overhangBits = handoffField(HANDOFF_OVERHANG_BITS);
  if (overhangBits < 0 || overhangBits > 7) return -FAULT_CALL;
  const fault = beginWalk(handoffField(HANDOFF_ROW));
  if (fault < 0) return fault;
  for (let c: i32 = 0; c < 4; c++) {
    store<i32>(predictorAddress(c), <i32>(<i16>handoffField(HANDOFF_DC + c)));
  }
  positionBias = handoffField(HANDOFF_BYTE) - <i32>outputPosition(nextOutput());
  beginWriter(handoffField(HANDOFF_OVERHANG), overhangBits);
  beginDeviations(blocksBefore(0));
  isOpen = true;
  isDone = false;
  return 0;
}

/**
 * Writes the next MCU row of the store. The bits of a byte that is not complete stay behind.
 *
 * @returns STATUS_ROW, STATUS_DONE with the last row, STATUS_OUTPUT to be called again when the
 *   window has more room, or a negative fault. An MCU is written when all that it can take has
 *   room: 512 bytes for each of its blocks and a restart, so that 64 KiB suffice for any scan
 */
export function writeMcuRow(): i32 {
  if (!isOpen || isDone) return -FAULT_CALL;
  resumeWriter();
  const status = writeMcus();
  suspendWriter();
  if (status < 0) isOpen = false;
  if (status == STATUS_DONE) isDone = true;
  if (status == STATUS_ROW || status == STATUS_DONE) describeHandoff();
  return status;
}

function writeMcus(): i32 {
  const mcuBytes = BLOCK_STREAM_BYTES * <usize>mcuBlocks + RESTART_STREAM_BYTES;
  while (writerHas(mcuBytes)) {
    const first = blocksBefore(0);
    for (let i: i32 = 0; i < mcuBlocks; i++) {
      const record = blockRecord(i);
      const zeros = deviatesHere(first + i) ? takeZeros() : 0;
      if (!writeBlock(record, zeros) && !mayBreakOff(record)) return -FAULT_NO_CODE;
    }
    const step = stepMcu();
    if (step == 0) continue;
    if (step & STEP_RESTART) writeRestart();
    if (step & STEP_END) return STATUS_DONE;
    if (step & STEP_ROW) return STATUS_ROW;
  }
  return STATUS_OUTPUT;
}

/**
 * Ends what `writeMcuRow` has written.
 *
 * @param isImageEnd - pad the last byte and keep it; else drop it when it is not complete
 * @returns STATUS_DONE, STATUS_OUTPUT to be called again, or FAULT_CALL
 */
export function finishScanWrite(isImageEnd: bool): i32 {
  if (!isOpen) return -FAULT_CALL;
  resumeWriter();
  if (!writerHas(RESTART_STREAM_BYTES)) return STATUS_OUTPUT;
  if (isImageEnd) writePadding();
  else dropPending();
  suspendWriter();
  isOpen = false;
  return STATUS_DONE;
}

/** Writes to HANDOFF how things stand before the next row. */
function describeHandoff(): void {
  setHandoffField(HANDOFF_ROW, mcuRow);
  setHandoffField(HANDOFF_BYTE, <i32>outputPosition(writerAddress()) + positionBias);
  setHandoffField(HANDOFF_OVERHANG, pendingByte());
  setHandoffField(HANDOFF_OVERHANG_BITS, bitsPending());
  for (let c: i32 = 0; c < 4; c++) {
    setHandoffField(HANDOFF_DC + c, load<i32>(predictorAddress(c)));
  }
  setHandoffField(HANDOFF_RESTARTS, restartsThere());
}

/**
 * Whether the rest of a block is of no account, because it lies behind the place where the data of the
 * JPEG ended early. What reading made of missing bits may have no code in the tables, and the zeros
 * behind it neither; the host cuts off there, so that nothing needs to be written in their place.
 */
function mayBreakOff(record: usize): bool {
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const c = scanField(SCAN_COMPONENT + i);
    if (codedBlocks(c) <= lastBlock(c)) return true;
  }
  return blockIndex(record) == lastBlock(recordComponent(record));
}

/** Takes the next deviation. @returns how often sixteen zeros are written out before the block's end */
function takeZeros(): i32 {
  const zeros = deviationZeros();
  passDeviation();
  return zeros;
}

/** Writes one block, `zeros` times sixteen zeros before its end. @returns whether all has codes */
function writeBlock(record: usize, zeros: i32): bool {
  const block = blockAddress(record);
  const predictor = recordPredictor(record);
  const dc = <i32>load<i16>(block);
  const difference = <i32>(<i16>(dc - load<i32>(predictor)));
  store<i32>(predictor, dc);
  const dcSize = sizeOf(difference);
  const dcEntry = writingEntryOf(recordDcTable(record), dcSize);
  if (dcEntry == 0) return false;
  writeBits(((dcEntry >> 5) << dcSize) | bitsOf(difference, dcSize), (dcEntry & 31) + dcSize);

  const acTable = recordAcTable(record);
  let left = load<u64>(block, BLOCK_MASK) & ~1;
  let last: i32 = 0;
  let bits = pending;
  let room = free;
  while (left != 0) {
    const k = <i32>ctz(left);
    left &= left - 1;
    let run = k - last - 1;
    last = k;
    if (run > 15) {
      holdPending(bits, room);
      for (; run > 15; run -= 16) if (!writeSymbol(acTable, SIXTEEN_ZEROS)) return false;
      bits = pending;
      room = free;
    }
    const value = <i32>load<i16>(block + ((<usize>load<u8>(ZIGZAG + k)) << 1));
    const size = sizeOf(value);
    const entry = writingEntryOf(acTable, (run << 4) | (size & 15));
    if (entry == 0 || size > 11) {
      holdPending(bits, room);
      return false;
    }
    // As `writeBits` does.
    const added = (entry >> 5) | bitsOf(value, size);
    const count = <i32>(entry & 31);
    room -= count;
    if (room < 0) {
      putWord((bits << (count + room)) | (<u64>added >> -room));
      room += 64;
      bits = added;
    } else {
      bits = (bits << count) | added;
    }
  }
  holdPending(bits, room);
  if (last == 63) return true;
  for (let i: i32 = 0; i < zeros; i++) if (!writeSymbol(acTable, SIXTEEN_ZEROS)) return false;
  return writeSymbol(acTable, END_OF_BLOCK);
}

/** Writes an AC symbol without value bits. @returns whether it has a code */
function writeSymbol(acTable: usize, symbol: i32): bool {
  const entry = writingEntryOf(acTable, symbol);
  writeBits(entry >> 5, entry & 31);
  return entry != 0;
}

/** Bits in the magnitude of a value. */
// @ts-ignore: decorator
@inline
export function sizeOf(value: i32): i32 {
  const sign = value >> 31;
  return 32 - <i32>clz((value ^ sign) - sign);
}

/** The bits that tell a value of a known size: its own, or one less when it is negative. */
// @ts-ignore: decorator
@inline
export function bitsOf(value: i32, size: i32): u32 {
  return (value + (value >> 31)) & ((1 << size) - 1);
}
