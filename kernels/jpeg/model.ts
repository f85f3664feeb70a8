/**
 * Model: what the walk over a segment asks of the model that codes it, Lepton's or the dense one.
 *
 *   segment.ts --calls with M--> here --picks at compile time--> lepton/segment-model.ts, bool/
 *                                                           or   dense/segment-model.ts, range/
 *
 * Functions of a model that a module does not name are not in it.
 */
import {
  decoderRest as boolRest,
  pauseDecoding as pauseBoolDecoding,
  resumeDecoding as resumeBoolDecoding,
} from "../bool/decode.ts";
import {
  finishEncoding as finishBoolEncoding,
  pauseEncoding as pauseBoolEncoding,
  resumeEncoding as resumeBoolEncoding,
} from "../bool/encode.ts";
import {
  beginReading as beginDenseReading,
  beginRow as beginDenseRow,
  beginWriting as beginDenseWriting,
  codeBlock as codeDenseBlock,
  CODED_BLOCK_BYTES as DENSE_BLOCK_BYTES,
  endRow as endDenseRow,
  selectComponent as selectDenseComponent,
  takeQuantizers as takeDenseQuantizers,
} from "../dense/segment-model.ts";
import { codeBlock as codeLeptonBlock } from "../lepton/block.ts";
import {
  beginReading as beginLeptonReading,
  beginWriting as beginLeptonWriting,
  CODED_BLOCK_BYTES as LEPTON_BLOCK_BYTES,
  selectComponent as selectLeptonComponent,
  takeQuantizers as takeLeptonQuantizers,
} from "../lepton/segment-model.ts";
import {
  pauseDecoding as pauseRangeDecoding,
  decoderRest as rangeRest,
  resumeDecoding as resumeRangeDecoding,
} from "../range/decode.ts";
import {
  finishEncoding as finishRangeEncoding,
  pauseEncoding as pauseRangeEncoding,
  resumeEncoding as resumeRangeEncoding,
} from "../range/encode.ts";
import { isLepton, reads } from "./direction.ts";
import { BLOCK_BYTES, components } from "./frame.ts";

/** Takes the quantizers that the host has written. @returns 0, or a negative fault: a zero among them is
 * one where `strict` says so */
export function takeQuantizers<M>(strict: bool): i32 {
  return isLepton<M>() ? takeLeptonQuantizers(strict) : takeDenseQuantizers();
}

/** Starts a segment afresh. @returns 0, or a negative fault */
export function beginCoding<D, M>(): i32 {
  if (isLepton<M>()) return reads<D>() ? beginLeptonReading() : beginLeptonWriting();
  return reads<D>() ? beginDenseReading() : beginDenseWriting();
}

/** Takes the window up as it is now. */
// @ts-ignore: decorator
@inline
export function resumeCoding<D, M>(): void {
  if (isLepton<M>()) {
    if (reads<D>()) resumeBoolDecoding();
    else resumeBoolEncoding();
  } else {
    if (reads<D>()) resumeRangeDecoding();
    else resumeRangeEncoding();
  }
}

/** Tells the window how far the coder has come. */
// @ts-ignore: decorator
@inline
export function pauseCoding<D, M>(): void {
  if (isLepton<M>()) {
    if (reads<D>()) pauseBoolDecoding();
    else pauseBoolEncoding();
  } else {
    if (reads<D>()) pauseRangeDecoding();
    else pauseRangeEncoding();
  }
}

/** Writes what is still in the coder: the segment's end. */
export function finishCoding<M>(): void {
  if (isLepton<M>()) {
    resumeBoolEncoding();
    finishBoolEncoding();
  } else {
    resumeRangeEncoding();
    finishRangeEncoding();
  }
}

/** Bytes in the input window that the coder has not taken up. */
// @ts-ignore: decorator
@inline
export function codingRest<M>(): usize {
  return isLepton<M>() ? boolRest() : rangeRest();
}

/** More bytes than any block takes. */
// @ts-ignore: decorator
@inline
export function codedBlockBytes<M>(): usize {
  return isLepton<M>() ? LEPTON_BLOCK_BYTES : DENSE_BLOCK_BYTES;
}

// Components of an MCU row: Lepton's from the last to the first, dense ones from the first to the last.

// @ts-ignore: decorator
@inline
export function firstComponent<M>(): i32 {
  return isLepton<M>() ? components - 1 : 0;
}

// @ts-ignore: decorator
@inline
export function nextComponent<M>(c: i32): i32 {
  return isLepton<M>() ? c - 1 : c + 1;
}

/** Takes component `c` for the rows that follow. */
export function selectComponent<M>(c: i32): void {
  if (isLepton<M>()) selectLeptonComponent(c);
  else selectDenseComponent(c);
}

/** Goes to block `column` of row `y`, above which the segment has `rowsAbove` rows of this component. */
// @ts-ignore: decorator
@inline
export function beginRow<M>(y: i32, rowsAbove: i32): void {
  if (!isLepton<M>()) beginDenseRow(y, rowsAbove);
}

/** Codes the block in `column`, with the block `above` or 0. @returns 0, or a negative fault */
// @ts-ignore: decorator
@inline
export function codeBlock<D, M>(block: usize, above: usize, column: i32): i32 {
  if (isLepton<M>()) return codeLeptonBlock<D>(block, column > 0 ? block - BLOCK_BYTES : 0, above);
  return codeDenseBlock<D>(block, column);
}

/** Behind the last coded block of row `y`, of which the blocks before `end` were coded; with 0 where the
 * row is not coded at all. */
// @ts-ignore: decorator
@inline
export function endRow<M>(y: i32, end: i32): void {
  if (!isLepton<M>()) endDenseRow(y, end);
}
