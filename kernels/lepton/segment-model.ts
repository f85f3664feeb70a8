/**
 * Segment model: what the walk over a segment (jpeg/segment.ts) calls of Lepton's model. Each model has
 * these functions.
 *
 *   beginReading, beginWriting     a segment starts afresh: model, coder, first bin
 *   resume..., pause...            at the start and the end of each call of the host
 *   selectComponent, beginRow      before the blocks of a row
 *   codeBlock                      one block, from left to right
 *   endRow                         behind the row's last block
 */
import { beginDecoding, decodeBin, pauseDecoding } from "../bool/decode.ts";
import { beginEncoding, encodeStart } from "../bool/encode.ts";
import { FAULT_STREAM } from "../fault.ts";
import { components } from "../jpeg/frame.ts";
import { BLOCK_SCRATCH } from "../memory.ts";
import { freshModel, selectClass } from "./model.ts";
import { makePredictions, selectPredictions } from "./predict.ts";

/** More than any block takes: some 1,450 bins of 7 bits at most. */
export const CODED_BLOCK_BYTES: usize = 1536;

/** Makes the tables of all components from the quantizers that the host has written. */
export function takeQuantizers(strict: bool): i32 {
  for (let c: i32 = 0; c < components; c++) {
    const fault = makePredictions(c, strict);
    if (fault != 0) return fault;
  }
  return 0;
}

/** Starts a segment that is read from the input window. @returns 0, or a negative fault */
export function beginReading(): i32 {
  freshModel();
  beginDecoding();
  // The first bin of a segment is always a zero; any branch that is fresh will do.
  store<u16>(BLOCK_SCRATCH, 0x0101);
  const start = decodeBin(BLOCK_SCRATCH);
  pauseDecoding();
  return start == 0 ? 0 : -FAULT_STREAM;
}

/** Starts a segment that is written to the output window. */
export function beginWriting(): i32 {
  freshModel();
  beginEncoding();
  encodeStart();
  return 0;
}

/** Takes component `c` for the blocks that follow. */
export function selectComponent(c: i32): void {
  selectClass(c == 0 ? 0 : 1);
  selectPredictions(c);
}
