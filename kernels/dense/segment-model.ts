/**
 * Segment model: what the walk over a segment (jpeg/segment.ts) calls of the dense model. Each model has
 * these functions; lepton/segment-model.ts says when they are called.
 */
import { decoderRest, pauseDecoding, resumeDecoding } from "../bool/decode.ts";
import {
  finishEncoding,
  pauseEncoding,
  resumeEncoding,
  settledSize as settledEncodingSize,
} from "../bool/encode.ts";
import { BLOCK_BYTES, components, rowAddress } from "../jpeg/frame.ts";
import { codeBlock as codeLeptonBlock } from "../lepton/block.ts";
import {
  beginReading as beginLeptonReading,
  beginWriting as beginLeptonWriting,
  selectComponent as selectLeptonComponent,
  takeQuantizers as takeLeptonQuantizers,
} from "../lepton/segment-model.ts";

/** More than any block takes. */
export const CODED_BLOCK_BYTES: usize = 1536;

/** The component that is being coded. */
let component: i32 = 0;
/** Difference of addresses of a block and the one above it, or 0. */
let aboveBytes: usize = 0;

/** Takes the quantizers of all components, which the host has written. @returns 0, or a negative fault: a
 * zero among them is one where `strict` says so */
export function takeQuantizers(strict: bool): i32 {
  if (components == 0) return 0;
  return takeLeptonQuantizers(strict);
}

/** Starts a segment that is read from the input window. @returns 0, or a negative fault */
export function beginReading(): i32 {
  return beginLeptonReading();
}

/** Starts a segment that is written to the output window. @returns 0, or a negative fault */
export function beginWriting(): i32 {
  return beginLeptonWriting();
}

/** Takes the input window up as it is now. */
export function resumeReading(): void {
  resumeDecoding();
}

/** Tells the input window how far it was read. */
export function pauseReading(): void {
  pauseDecoding();
}

/** Bytes in the input window that were not taken up. */
// @ts-ignore: decorator
@inline
export function readingRest(): usize {
  return decoderRest();
}

/** Takes the output window up as it is now. */
export function resumeWriting(): void {
  resumeEncoding();
}

/** Tells the output window how far it was written. */
export function pauseWriting(): void {
  pauseEncoding();
}

/** Writes what is still in the coder: the segment's end. */
export function finishWriting(): void {
  finishEncoding();
}

/** Bytes of the output window that no carry can change any more. */
export function settledSize(): usize {
  return settledEncodingSize();
}

/** Takes component `c` for the rows that follow. */
export function selectComponent(c: i32): void {
  component = c;
  selectLeptonComponent(c);
}

/** Goes to block `column` of row `y`, above which the segment has `rowsAbove` rows of this component. Also
 * when the walk goes on in the middle of a row. */
export function beginRow(y: i32, column: i32, rowsAbove: i32): void {
  const row = rowAddress(component, y);
  aboveBytes = rowsAbove > 0 ? row - rowAddress(component, y - 1) : 0;
  if (column < 0) aboveBytes = 0;
}

/** Codes the block in `column`. Reading, it holds zeros before, and its coefficients and mask after.
 * @returns 0, or a negative fault */
// @ts-ignore: decorator
@inline
export function codeBlock<D>(block: usize, column: i32): i32 {
  const above = aboveBytes == 0 ? 0 : block - aboveBytes;
  return codeLeptonBlock<D>(block, column > 0 ? block - BLOCK_BYTES : 0, above);
}

/** Behind the last coded block of row `y`, of which the blocks before `end` were coded; with 0 where the
 * row is not coded at all. */
export function endRow(y: i32, end: i32): void {
  if (y < 0 || end < 0) component = 0;
}
