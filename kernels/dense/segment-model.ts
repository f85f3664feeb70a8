/**
 * Segment model: what the walk over a segment (jpeg/segment.ts) calls of the dense model. Each model has
 * these functions; lepton/segment-model.ts says when they are called.
 */
import { beginDecoding } from "../range/decode.ts";
import { beginEncoding } from "../range/encode.ts";
import { codeBlock as codeDenseBlock } from "./block.ts";
import { component, makeComponents, selectDenseComponent } from "./component.ts";
import { copyPriors } from "./priors.ts";
import { beginRecordRow, endRecordRow } from "./records.ts";

/** More than any block takes: some 2,100 decisions of 11 bits at most. */
export const CODED_BLOCK_BYTES: usize = 4096;

/** Whether tables go on from one segment to the next. */
let keepsTables: bool = false;

/** Sets whether segments go on with the tables as they are: for training alone. */
export function setKeeping(keeps: bool): void {
  keepsTables = keeps;
}

/** Takes the quantizers of all components, which the host has written. */
export function takeQuantizers(): i32 {
  makeComponents();
  return 0;
}

/** Starts a segment that is read from the input window. */
export function beginReading(): i32 {
  beginTables();
  beginDecoding();
  return 0;
}

/** Starts a segment that is written to the output window. */
export function beginWriting(): i32 {
  beginTables();
  beginEncoding();
  return 0;
}

function beginTables(): void {
  if (!keepsTables) copyPriors();
}

/** Takes component `c` for the rows that follow. */
export function selectComponent(c: i32): void {
  selectDenseComponent(c);
}

/** Goes to row `y`, above which the segment has `rowsAbove` rows of this component. Also when the
 * walk goes on in the middle of a row. */
export function beginRow(y: i32, rowsAbove: i32): void {
  beginRecordRow(component, y, rowsAbove);
}

/** Codes the block in `column`. Reading, it holds zeros before, and its coefficients and mask after.
 * @returns 0, or a negative fault */
// @ts-ignore: decorator
@inline
export function codeBlock<D>(block: usize, column: i32): i32 {
  return codeDenseBlock<D>(block, column);
}

/** Behind the last coded block of row `y`, of which the blocks before `end` were coded; with 0 where the
 * row is not coded at all. */
export function endRow(y: i32, end: i32): void {
  endRecordRow(component, y, end);
}
