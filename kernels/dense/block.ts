/**
 * Block: the walk over the 64 coefficients of one block, the same for both directions.
 *
 *   1  how many of the 49 interior coefficients are not zero
 *   2  these, in zigzag order, until the last of them (interior.ts)
 *   3  the first row's edge, then the first column's (edge.ts)
 *   4  the DC (dc.ts)
 *
 * Reading fills the block, which holds zeros before; writing finds it filled. What later blocks need of this
 * one goes to its record. Source: docs/formats/jpeg-dense.md, the model.
 */

import { FAULT_STREAM } from "../fault.ts";
import { beginCharges, charge, DC_BITS, EDGE_BITS, INTERIOR_BITS } from "../jpeg/accounts.ts";
import { Measuring, reads } from "../jpeg/direction.ts";
import { BLOCK_MASK } from "../jpeg/frame.ts";
import { INTERIOR_ORDER, ZIGZAG } from "../memory.ts";
import { decoderBits } from "../range/decode.ts";
import { beginCoefficients, mask } from "./coefficient.ts";
import { component } from "./component.ts";
import { use7 } from "./contexts.ts";
import { codeDc } from "./dc.ts";
import { Column, codeEdge, codeEdgeCount, edgeSum, missed, Row } from "./edge.ts";
import { beginEstimates } from "./estimates.ts";
import { codeInterior, lowSum } from "./interior.ts";
import { countLevel, sumLevel, wideLevel } from "./levels.ts";
import { decideTree } from "./pairs.ts";
import { beginPredictions } from "./predictions.ts";
import {
  above,
  aboveLeft,
  aboveRight,
  beginRecord,
  endRecord,
  firstCount,
  here,
  left,
  R_COLUMN_COUNT,
  R_COLUMN_SUM,
  R_COUNT,
  R_LOW_SUM,
  R_ROW_COUNT,
  R_ROW_SUM,
  second,
  secondAbove,
  secondLeft,
} from "./records.ts";
import {
  COUNT_ABOVE,
  COUNT_ALL,
  COUNT_LEFT,
  COUNT_LOW,
  COUNT_NEAR,
  COUNT_OTHER,
  COUNT_WIDE,
  PAIR_BYTES,
  tables,
} from "./tables.ts";

const INTERIOR_COUNT: u32 = 49;
const TREE_BYTES: usize = 64 * PAIR_BYTES;

/** Bits of a block's mask, which go by zigzag index: the first row's edge, the first column's. */
const ROW_MASK: u64 = 0x1800_c062;
const COLUMN_MASK: u64 = 0x8_0030_060c;
const INTERIOR_MASK: u64 = ~(ROW_MASK | COLUMN_MASK | 1);

/** Charges what was decoded since the last charge to a class, when that is wanted. */
// @ts-ignore: decorator
@inline
function chargeTo<D>(account: usize): void {
  if (idof<D>() == idof<Measuring>()) charge(account, decoderBits());
}

/** Fills the table that depends on no input. */
export function fillInteriorOrder(): void {
  let at = INTERIOR_ORDER;
  for (let z: usize = 0; z < 64; z++) {
    const raster = load<u8>(ZIGZAG + z);
    if (raster <= 8 || (raster & 7) == 0) continue;
    store<u8>(at, raster);
    at += 1;
  }
}

/** Codes the block in `column` of the row that the records stand in. @returns 0, or a negative fault */
export function codeBlock<D>(block: usize, column: i32): i32 {
  const known = reads<D>() ? 0 : load<u64>(block, BLOCK_MASK);
  if (idof<D>() == idof<Measuring>()) beginCharges(decoderBits());
  beginRecord(column);
  beginCoefficients(known);
  beginEstimates();
  beginPredictions();

  chooseCount();
  const count = decideTree<D>(7, 6, <u32>popcnt<u64>(known & INTERIOR_MASK));
  if (count > INTERIOR_COUNT) return -FAULT_STREAM;
  let fault = codeInterior<D>(block, count);
  if (fault != 0) return fault;
  chargeTo<D>(INTERIOR_BITS);

  const rowCount = codeEdgeCount<D, Row>(count, 0, <u32>popcnt<u64>(known & ROW_MASK));
  fault = codeEdge<D, Row>(block, rowCount);
  if (fault != 0) return fault;
  const missedAbove = missed;
  store<u8>(here, <u8>min<u32>(edgeSum, 255), R_ROW_SUM);
  const givenColumn = <u32>popcnt<u64>(known & COLUMN_MASK);
  const columnCount = codeEdgeCount<D, Column>(count, rowCount, givenColumn);
  fault = codeEdge<D, Column>(block, columnCount);
  if (fault != 0) return fault;
  store<u8>(here, <u8>min<u32>(edgeSum, 255), R_COLUMN_SUM);
  chargeTo<D>(EDGE_BITS);

  fault = codeDc<D>(block, count, missedAbove, missed);
  if (fault != 0) return fault;
  chargeTo<D>(DC_BITS);
  if (reads<D>()) store<u64>(block, mask, BLOCK_MASK);
  store<u8>(here, <u8>count, R_COUNT);
  store<u8>(here, <u8>min<u32>(lowSum, 255), R_LOW_SUM);
  store<u8>(here, <u8>rowCount, R_ROW_COUNT);
  store<u8>(here, <u8>columnCount, R_COLUMN_COUNT);
  endRecord();
  return 0;
}

/** Names the contexts of the interior's count. */
function chooseCount(): void {
  const ofLeft: u32 = load<u8>(left, R_COUNT);
  const ofAbove: u32 = load<u8>(above, R_COUNT);
  const corners: u32 = <u32>load<u8>(aboveLeft, R_COUNT) + load<u8>(aboveRight, R_COUNT);
  const behind: u32 = <u32>load<u8>(secondAbove, R_COUNT) + load<u8>(secondLeft, R_COUNT);
  const sides = ofLeft + ofAbove;
  const other = otherCount();
  const all = sides + corners + behind + other;
  const low = 11 * sumLevel(lowOf(above, aboveRight)) + sumLevel(lowOf(left, aboveLeft));
  const wide = wideLevel((3 * sides + corners + 4) >> 3);
  use7(
    tables + COUNT_NEAR + TREE_BYTES * countLevel((sides + 1) >> 1),
    tables + COUNT_OTHER + TREE_BYTES * (9 * countLevel(other) + <usize>min<u32>(sides / 10, 8)),
    tables + COUNT_WIDE + TREE_BYTES * (7 * wide + <usize>min<u32>(other >> 3, 6)),
    tables + COUNT_LEFT + TREE_BYTES * (13 * wideLevel(ofLeft) + <usize>(ofAbove >> 2)),
    tables +
      COUNT_ABOVE +
      TREE_BYTES * (13 * wideLevel(ofAbove) + <usize>(load<u8>(aboveRight, R_COUNT) >> 2)),
    tables + COUNT_ALL + TREE_BYTES * <usize>min<u32>(all / 6, 63),
    tables + COUNT_LOW + TREE_BYTES * low,
  );
}

/** The interior's count where chrominance can look: at luminance, or at the other chrominance. */
// @ts-ignore: decorator
@inline
function otherCount(): u32 {
  if (component == 1) return firstCount();
  if (component == 2) return load<u8>(second, R_COUNT);
  return 0;
}

/** Low frequencies of a block, and half of another's. */
// @ts-ignore: decorator
@inline
function lowOf(near: usize, far: usize): u32 {
  return <u32>load<u8>(near, R_LOW_SUM) + (load<u8>(far, R_LOW_SUM) >> 1);
}
