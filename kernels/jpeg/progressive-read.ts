/**
 * Progressive reader: one scan after another from the input window into the store.
 *
 *   scan   | MCU | MCU | ... | padding | RST | MCU | ... | padding | surplus RSTs | other marker
 *
 * A scan must be what progressive-write.ts makes of its coefficients. Where a symbol shows that it
 * is not (zeros written out, runs cut short), that is noted (deviations.ts), or the scan is refused at
 * once. Where data run out, what
 * the zeros behind them decode to is kept up to the end of the block, and the scan ends.
 *
 * The blocks are in progressive-read-block.ts, restarts in restart.ts.
 */
import {
  beginReader,
  dataEnd,
  ranOut,
  readerAddress,
  readerEnd,
  readerHas,
  resumeReader,
  suspendReader,
} from "../bits/msb-read.ts";
import { FAULT_CALL, FAULT_EOB_RUN, FAULT_RESTART } from "../fault.ts";
import { inputPosition, isInputFinal, nextInput } from "../window.ts";
import { beginNotes } from "./deviations.ts";
import {
  endRuns,
  isBehindRun,
  passRun,
  readAcFirst,
  readAcRefinement,
  readDcFirst,
  readDcRefinement,
  runLeft,
  stopRun,
} from "./progressive-read-block.ts";
import {
  AC_FIRST,
  DC_FIRST,
  DC_REFINEMENT,
  kind,
  PROGRESSIVE_MCU_BYTES,
  takeProgressiveScan,
} from "./progressive-scan.ts";
import { notePass } from "./progressive-store.ts";
import { isRestartAt, readPadding, readRestart, readSurplus } from "./restart.ts";
import {
  HANDOFF_BYTE,
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
  setScanField,
} from "./scan.ts";
import { lastBlock, lastBlockStarted } from "./scan-break.ts";
import {
  blockAddressAhead,
  blockRecord,
  mcuBlocks,
  mcusAhead,
  passMcus,
  STEP_END,
  STEP_RESTART,
  STEP_ROW,
} from "./scan-walk.ts";

class DcFirst {}
class DcRefinement {}
class AcFirst {}
class AcRefinement {}

// What comes next in the scan.
const NEXT_MCU: i32 = 0;
const NEXT_RESTART: i32 = 1;
/** Padding, then surplus restart markers. */
const NEXT_PADDING: i32 = 2;
const NEXT_SURPLUS: i32 = 3;
const NEXT_NOTHING: i32 = 4;

let upcoming: i32 = NEXT_NOTHING;

/** Position of a byte in the stream that HANDOFF speaks of, minus that in the window's stream. */
let positionBias: i32 = 0;

/**
 * Starts reading the scan that SCAN describes, at the next byte of the input window, which is the one
 * HANDOFF names. The store must hold all rows of the picture.
 *
 * @returns 0, or a negative fault
 */
export function beginProgressiveRead(): i32 {
  upcoming = NEXT_NOTHING;
  let fault = takeProgressiveScan();
  if (fault == 0) fault = notePass();
  if (fault < 0) return fault;
  setScanField(SCAN_SEEN_RESTARTS, 0);
  setScanField(SCAN_SEEN_SURPLUS, 0);
  setScanField(SCAN_SEEN_EARLY_END, 0);
  beginNotes();
  endRuns();
  positionBias = handoffField(HANDOFF_BYTE) - <i32>inputPosition(nextInput());
  beginReader(0);
  upcoming = NEXT_MCU;
  return 0;
}

/**
 * Reads on to the end of an MCU row of the frame.
 *
 * @returns STATUS_ROW, STATUS_DONE behind the scan and its surplus restart markers, STATUS_INPUT
 *   anywhere between, or a negative fault
 */
export function readProgressiveRow(): i32 {
  if (upcoming == NEXT_NOTHING) return -FAULT_CALL;
  resumeReader();
  const status = readScan();
  suspendReader();
  if (status < 0) upcoming = NEXT_NOTHING;
  return status;
}

function readScan(): i32 {
  if (upcoming < NEXT_PADDING) {
    const status = readRowOfKind();
    if (status != STATUS_DONE || upcoming == NEXT_NOTHING) return status;
  }
  return readEnd();
}

function readRowOfKind(): i32 {
  if (kind == DC_FIRST) return readRow<DcFirst>();
  if (kind == DC_REFINEMENT) return readRow<DcRefinement>();
  if (kind == AC_FIRST) return readRow<AcFirst>();
  return readRow<AcRefinement>();
}

/** @returns STATUS_DONE behind the last MCU, otherwise as `readProgressiveRow` */
function readRow<Kind>(): i32 {
  while (readerHas(PROGRESSIVE_MCU_BYTES)) {
    if (upcoming == NEXT_RESTART) {
      const fault = readRestart();
      if (fault < 0) return fault;
      endRuns();
      upcoming = NEXT_MCU;
    }
    const count = min(mcusAhead(), mcusHeld());
    let passed: i32 = 0;
    while (passed < count) {
      if (idof<Kind>() == idof<AcFirst>()) {
        // Blocks that a run covers are as they should be.
        const covered = passRun(count - passed);
        passed += covered;
        if (covered > 0) continue;
      }
      for (let i: i32 = 0; i < mcuBlocks; i++) {
        const fault = readBlock<Kind>(blockRecord(i), passed);
        if (ranOut()) {
          passMcus(passed);
          return endEarly(i + 1, fault < 0);
        }
        if (fault < 0) return fault;
      }
      passed += 1;
    }
    const step = passMcus(count);
    if (step == 0) continue;
    // No run goes over a restart, nor beyond the last block.
    if (step & (STEP_RESTART | STEP_END) && runLeft() > 0) return -FAULT_EOB_RUN;
    if (step & STEP_RESTART) upcoming = NEXT_RESTART;
    if (step & STEP_END) {
      upcoming = NEXT_PADDING;
      return STATUS_DONE;
    }
    if (step & STEP_ROW) return STATUS_ROW;
  }
  return STATUS_INPUT;
}

/** MCUs that the window holds for certain, whatever they take; 0 when that cannot be said of one. */
function mcusHeld(): i32 {
  if (isInputFinal()) return i32.MAX_VALUE;
  return <i32>((readerEnd() - dataEnd()) / PROGRESSIVE_MCU_BYTES);
}

// @ts-ignore: decorator
@inline
function readBlock<Kind>(record: usize, ahead: i32): i32 {
  const block = blockAddressAhead(record, ahead);
  if (idof<Kind>() == idof<DcFirst>()) return readDcFirst(block, record);
  if (idof<Kind>() == idof<DcRefinement>()) return readDcRefinement(block);
  if (idof<Kind>() == idof<AcFirst>()) return readAcFirst(block, record, ahead);
  return readAcRefinement(block, record, ahead);
}

/** Takes the end of a scan that has all its MCUs. */
function readEnd(): i32 {
  if (upcoming == NEXT_PADDING) {
    if (!readerHas(2)) return STATUS_INPUT;
    const fault = readPadding();
    if (fault < 0) return fault;
    upcoming = NEXT_SURPLUS;
  }
  do {
    if (!readerHas(2)) return STATUS_INPUT;
  } while (readSurplus());
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const c = scanField(SCAN_COMPONENT + i);
    setScanField(SCAN_SEEN_LAST_BLOCK + <usize>c, lastBlock(c));
  }
  return finish(readerAddress());
}

/**
 * Ends a scan whose data ran out.
 *
 * @param started - blocks of the MCU that were started
 * @param isBroken - whether the last of them could not be read to its end
 */
function endEarly(started: i32, isBroken: bool): i32 {
  // A restart marker within an interval: the writer would put it elsewhere.
  if (isRestartAt(dataEnd())) return -FAULT_RESTART;
  setScanField(SCAN_SEEN_EARLY_END, 1);
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const c = scanField(SCAN_COMPONENT + i);
    setScanField(SCAN_SEEN_LAST_BLOCK + <usize>c, lastBlockStarted(c, started));
  }
  if (isBehindRun()) keepRun(isBroken ? 0 : runLeft() + 1);
  return finish(dataEnd());
}

/**
 * Keeps the last run as long as it is. All blocks behind it are empty now, and written again it would
 * go on over them, and begin with a symbol that is not the one in the data. Thus the next block
 * that it does not cover gets a coefficient.
 *
 * @param ahead - how many MCUs that block is from the next one
 */
function keepRun(ahead: i32): void {
  while (ahead > 0) {
    const count = min(ahead, mcusAhead());
    ahead -= count;
    // There a run ends anyway.
    if (passMcus(count) & (STEP_RESTART | STEP_END)) return;
  }
  stopRun(blockAddressAhead(blockRecord(0), 0));
}

function finish(end: usize): i32 {
  setScanField(SCAN_SEEN_END, <i32>inputPosition(end) + positionBias);
  upcoming = NEXT_NOTHING;
  return STATUS_DONE;
}
