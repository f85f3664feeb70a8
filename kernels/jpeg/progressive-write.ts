/**
 * Progressive writer: the coefficients in the store as one scan after another. Mirror image of
 * progressive-read.ts.
 *
 *   beginProgressiveWrite   takes SCAN
 *   writeProgressiveRow     one MCU row; at the end of the scan what waits, and padding
 *
 * There is one way to write a scan: a run of empty blocks goes on until a coefficient, a restart or
 * the scan's end comes, or the table has no code for a longer one; but where the host says that the
 * scan deviates from it (deviations.ts), it is written as it was. Blocks need their coefficients
 * and BLOCK_MASK. Any coefficients and any scan give bytes or a fault.
 *
 * The blocks are in progressive-write-block.ts, restarts in restart.ts.
 */
import { beginWriter, resumeWriter, suspendWriter, writerHas } from "../bits/msb-write.ts";
import { FAULT_CALL } from "../fault.ts";
import { beginDeviations, deviatesHere, passDeviation } from "./deviations.ts";
import {
  AC_FIRST,
  DC_FIRST,
  DC_REFINEMENT,
  kind,
  PROGRESSIVE_MCU_BYTES,
  takeProgressiveScan,
} from "./progressive-scan.ts";
import {
  dropRuns,
  flushRun,
  runMustEnd,
  writeAcFirst,
  writeAcRefinement,
  writeDcFirst,
  writeDcRefinement,
} from "./progressive-write-block.ts";
import { writePadding, writeRestart } from "./restart.ts";
import { STATUS_DONE, STATUS_OUTPUT, STATUS_ROW } from "./scan.ts";
import {
  blockAddress,
  blockRecord,
  blocksBefore,
  mcuBlocks,
  STEP_END,
  STEP_RESTART,
  STEP_ROW,
  stepMcu,
} from "./scan-walk.ts";

class DcFirst {}
class DcRefinement {}
class AcFirst {}
class AcRefinement {}

// What comes next in the scan.
const NEXT_MCU: i32 = 0;
const NEXT_RESTART: i32 = 1;
const NEXT_END: i32 = 2;
const NEXT_NOTHING: i32 = 3;

let upcoming: i32 = NEXT_NOTHING;

/** Starts writing the scan that SCAN describes. @returns 0, or a negative fault */
export function beginProgressiveWrite(): i32 {
  upcoming = NEXT_NOTHING;
  const fault = takeProgressiveScan();
  if (fault < 0) return fault;
  dropRuns();
  beginWriter(0, 0);
  beginDeviations(0);
  upcoming = NEXT_MCU;
  return 0;
}

/**
 * Writes on to the end of an MCU row of the frame.
 *
 * @returns STATUS_ROW, STATUS_DONE when the scan is complete and padded, STATUS_OUTPUT to be called
 *   again when the window has more room, or a negative fault
 */
export function writeProgressiveRow(): i32 {
  if (upcoming == NEXT_NOTHING) return -FAULT_CALL;
  resumeWriter();
  const status = writeRowOfKind();
  suspendWriter();
  if (status <= STATUS_DONE) upcoming = NEXT_NOTHING;
  return status;
}

function writeRowOfKind(): i32 {
  if (kind == DC_FIRST) return writeRow<DcFirst>();
  if (kind == DC_REFINEMENT) return writeRow<DcRefinement>();
  if (kind == AC_FIRST) return writeRow<AcFirst>();
  return writeRow<AcRefinement>();
}

function writeRow<Kind>(): i32 {
  while (writerHas(PROGRESSIVE_MCU_BYTES)) {
    if (upcoming != NEXT_MCU || runMustEnd()) {
      const status = flushRun();
      if (status != STATUS_DONE) return status;
      if (upcoming == NEXT_END) {
        writePadding();
        return STATUS_DONE;
      }
      if (upcoming == NEXT_RESTART) writeRestart();
      upcoming = NEXT_MCU;
    }
    for (let i: i32 = 0; i < mcuBlocks; i++) {
      const status = writeBlock<Kind>(blockRecord(i));
      if (status != STATUS_DONE) return status;
    }
    if (idof<Kind>() == idof<AcFirst>() || idof<Kind>() == idof<AcRefinement>()) {
      if (deviatesHere(blocksBefore(0))) passDeviation();
    }
    const step = stepMcu();
    if (step == 0) continue;
    if (step & STEP_RESTART) upcoming = NEXT_RESTART;
    if (step & STEP_END) upcoming = NEXT_END;
    else if (step & STEP_ROW) return STATUS_ROW;
  }
  return STATUS_OUTPUT;
}

// @ts-ignore: decorator
@inline
function writeBlock<Kind>(record: usize): i32 {
  const block = blockAddress(record);
  if (idof<Kind>() == idof<DcFirst>()) return writeDcFirst(block, record);
  if (idof<Kind>() == idof<DcRefinement>()) return writeDcRefinement(block);
  if (idof<Kind>() == idof<AcFirst>()) return writeAcFirst(block, record);
  return writeAcRefinement(block, record);
}
