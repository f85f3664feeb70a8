/**
 * Progressive scan: what its reader and its writer share.
 *
 *   frame         DC of all components, bits 1 up | AC 1..5, bits 2 up | ... | DC bit 0 | AC bit 0
 *   a scan        one band of zigzag indices of one component (DC: of several), from bit `low` up
 *                 the first time, one bit more each time it comes again
 *
 * A scan is one of four kinds: DC or AC, first pass or refinement. SCAN says which; here it is
 * checked and taken apart; whether it follows from the scans before is looked at in
 * progressive-store.ts.
 *
 * The blocks follow each other as in any scan (scan-walk.ts). Source: ITU-T T.81, annex G.
 */
import { FAULT_SCAN } from "../fault.ts";
import { ZIGZAG } from "../memory.ts";
import { tableAddress, writingEntryOf } from "./huffman-table.ts";
import {
  SCAN_AC_TABLE,
  SCAN_COMPONENTS,
  SCAN_HIGH,
  SCAN_LOW,
  SCAN_SPECTRAL_END,
  SCAN_SPECTRAL_START,
  scanField,
} from "./scan.ts";
import { beginWalk, resetPredictors } from "./scan-walk.ts";

export const DC_FIRST: i32 = 0;
export const DC_REFINEMENT: i32 = 1;
export const AC_FIRST: i32 = 2;
export const AC_REFINEMENT: i32 = 3;

/**
 * Bytes that an MCU takes at most, with a restart behind it: 64 blocks with a DC of 16 bits for
 * the code and 15 for the value, or a block with 63 coefficients of 16 and 11 bits, an end-of-band
 * run of 16 and 14 bits before it; 252 bytes, each of which may be stuffed.
 */
export const PROGRESSIVE_MCU_BYTES: usize = 576;

/** Most bits of the magnitude of an AC coefficient. */
export const AC_BITS_MAXIMUM: i32 = 11;

/** Largest shift that a scan header may name (T.81, table B.3). */
const SHIFT_MAXIMUM: i32 = 13;

/** The scan: its kind, its band as zigzag indices and as a mask of them, its lowest bit. */
export let kind: i32 = DC_FIRST;
export let firstIndex: i32 = 0;
export let finalIndex: i32 = 0;
export let band: u64 = 1;
export let low: i32 = 0;
/** The longest end-of-band run that its table can say, 0 for none. A writer ends runs there, and
 * nowhere else while empty blocks follow. */
export let runMaximum: i32 = 0;

/**
 * Takes the scan that SCAN describes, and starts the walk over it.
 *
 * @returns 0, or FAULT_CALL for what has no meaning in the open frame, FAULT_SCAN for what
 *   is no part of a spectrum
 */
export function takeProgressiveScan(): i32 {
  const fault = beginWalk(0);
  if (fault < 0) return fault;
  resetPredictors();
  firstIndex = scanField(SCAN_SPECTRAL_START);
  finalIndex = scanField(SCAN_SPECTRAL_END);
  low = scanField(SCAN_LOW);
  if (<u32>low > <u32>SHIFT_MAXIMUM) return -FAULT_SCAN;
  if (<u32>finalIndex > 63 || <u32>firstIndex > <u32>finalIndex) return -FAULT_SCAN;
  const isDc = firstIndex == 0;
  if (isDc ? finalIndex != 0 : scanField(SCAN_COMPONENTS) != 1) return -FAULT_SCAN;

  // All indices up to the final one, less those before the first one. 2 << 63 is 0.
  band = (((<u64>2) << (<u64>finalIndex)) - 1) & ~(((<u64>1) << (<u64>firstIndex)) - 1);
  const isFirst = scanField(SCAN_HIGH) == 0;
  kind = isDc ? (isFirst ? DC_FIRST : DC_REFINEMENT) : isFirst ? AC_FIRST : AC_REFINEMENT;
  runMaximum = isDc ? 0 : longestRun(tableAddress(4 + scanField(SCAN_AC_TABLE)));
  return 0;
}

/** A symbol s << 4 says a run of 1 << s blocks and more, up to the next power of two. */
function longestRun(table: usize): i32 {
  for (let s: i32 = 14; s >= 0; s--) {
    if (writingEntryOf(table, s << 4) != 0) return (2 << s) - 1;
  }
  return 0;
}

/** Address of the coefficient of zigzag index `k`, 0..63. */
// @ts-ignore: decorator
@inline
export function coefficientAt(block: usize, k: i32): usize {
  return block + ((<usize>load<u8>(ZIGZAG + k)) << 1);
}
