/**
 * Deviations: what a scan has that no canonical writer makes of its coefficients. They are noted while
 * the scan is read, and put back when it is written.
 *
 *   PADDINGS     | before restart 0 | before restart 1 | ... | at the end |     a pattern each
 *   DEVIATIONS   | block | zeros | block | zeros | ...                       in the scan's order
 *   ODD_RESTARTS | restart 0 | restart 1 | ...                               markers that are there
 *
 *   zeros 1..3   so many times sixteen zeros are written out before the block's end
 *   zeros 0      an end-of-band run ends before this block, which it could have covered
 *
 *   restart      AS_DUE; or bits 0-1: how many markers, then three bits for the number of each
 *
 * Blocks are counted as they stand in the scan. Lepton files have no room for any of this: unless the
 * host asks for notes (SCAN_NOTES), each deviation is a fault.
 */
import { DEVIATION_SLOTS, DEVIATIONS, ODD_RESTARTS, PADDING_SLOTS, PADDINGS } from "../memory.ts";
import {
  SCAN_DEVIATIONS,
  SCAN_NOTES,
  SCAN_ODD_RESTARTS,
  SCAN_PADDING,
  SCAN_PADDINGS,
  SCAN_SEEN_DEVIATIONS,
  SCAN_SEEN_MIXED,
  SCAN_SEEN_ODD_RESTARTS,
  SCAN_SEEN_PADDINGS,
  scanField,
  setScanField,
} from "./scan.ts";

/** More than that many times sixteen zeros do not fit a block. */
const ZEROS_MAXIMUM: u32 = 3;
const NO_BLOCK: u32 = 0xffffffff;

/** Block of the deviation that comes next in the scan that is written. */
let deviationBlock: u32 = NO_BLOCK;
let deviation: i32 = 0;

/** A restart whose marker is the one that is due, or missing as all are that follow. */
export const AS_DUE: i32 = 0xff;
/** Markers of a restart that can be told, and all of their bytes. */
const MARKERS_MAXIMUM: i32 = 2;

/** Entries of the tables that may be in use, for the wipe. */
let restartsUsed: i32 = 0;
let paddingsUsed: i32 = 0;
let deviationsUsed: i32 = 0;

// Reading.

/** Forgets what was noted, as at a scan's start. */
export function beginNotes(): void {
  setScanField(SCAN_SEEN_MIXED, 0);
  setScanField(SCAN_SEEN_PADDINGS, 0);
  setScanField(SCAN_SEEN_DEVIATIONS, 0);
  setScanField(SCAN_SEEN_ODD_RESTARTS, 0);
}

/** Notes the pattern of padding number `ordinal`, which stands for those too that were passed before
 * reading began. @returns whether there is room for it */
export function notePadding(ordinal: i32, pattern: i32): bool {
  if (scanField(SCAN_NOTES) == 0 || ordinal >= PADDING_SLOTS) return false;
  const count = scanField(SCAN_SEEN_PADDINGS);
  if (ordinal > count) memory.fill(PADDINGS + count, <u8>pattern, ordinal - count);
  store<u8>(PADDINGS + ordinal, <u8>pattern);
  setScanField(SCAN_SEEN_PADDINGS, ordinal + 1);
  paddingsUsed = max(paddingsUsed, ordinal + 1);
  return true;
}

/** Notes the markers of restart number `ordinal`. @returns whether there is room for it */
export function noteRestart(ordinal: i32, markers: i32): bool {
  if (scanField(SCAN_NOTES) == 0 || ordinal >= PADDING_SLOTS) return false;
  const count = scanField(SCAN_SEEN_ODD_RESTARTS);
  if (ordinal > count) memory.fill(ODD_RESTARTS + count, <u8>AS_DUE, ordinal - count);
  store<u8>(ODD_RESTARTS + ordinal, <u8>markers);
  setScanField(SCAN_SEEN_ODD_RESTARTS, ordinal + 1);
  restartsUsed = max(restartsUsed, ordinal + 1);
  return true;
}

/** Notes a deviation of a block. @returns whether there is room for it */
export function noteDeviation(block: u32, zeros: u32): bool {
  const count = scanField(SCAN_SEEN_DEVIATIONS);
  if (scanField(SCAN_NOTES) == 0 || count >= DEVIATION_SLOTS) return false;
  const at = DEVIATIONS + 8 * <usize>count;
  store<u32>(at, block);
  store<u32>(at, zeros, 4);
  setScanField(SCAN_SEEN_DEVIATIONS, count + 1);
  deviationsUsed = max(deviationsUsed, count + 1);
  return true;
}

// Writing.

/** The pattern of padding number `ordinal`. */
export function paddingOf(ordinal: i32): i32 {
  const count = min(scanField(SCAN_PADDINGS), PADDING_SLOTS);
  return ordinal < count ? load<u8>(PADDINGS + ordinal) : scanField(SCAN_PADDING);
}

/** What is told of restart number `ordinal`. */
export function restartOf(ordinal: i32): i32 {
  const count = min(scanField(SCAN_ODD_RESTARTS), PADDING_SLOTS);
  return ordinal < count ? load<u8>(ODD_RESTARTS + ordinal) : AS_DUE;
}

/** Markers of a restart that is not as due. */
export function markersOf(restart: i32): i32 {
  return min(restart & 3, MARKERS_MAXIMUM);
}

/** Goes to the first deviation from block `first` on. */
export function beginDeviations(first: u32): void {
  deviation = -1;
  do passDeviation();
  while (deviationBlock < first);
}

/** Goes on to the next one. */
export function passDeviation(): void {
  deviation += 1;
  const count = min(scanField(SCAN_DEVIATIONS), DEVIATION_SLOTS);
  deviationBlock = deviation < count ? load<u32>(DEVIATIONS + 8 * <usize>deviation) : NO_BLOCK;
}

/** Whether the block before which there are so many in the scan is one that deviates. */
// @ts-ignore: decorator
@inline
export function deviatesHere(blocksBefore: u32): bool {
  return blocksBefore == deviationBlock;
}

/** Zeros of the deviation that comes next; there must be one. */
export function deviationZeros(): i32 {
  return <i32>min(load<u32>(DEVIATIONS + 8 * <usize>deviation, 4), ZEROS_MAXIMUM);
}

// Where the host puts what it has noted of a scan, and finds what was noted now.

/** Address of the first `count` patterns. */
export function paddingsAddress(count: i32): usize {
  paddingsUsed = max(paddingsUsed, min(count, PADDING_SLOTS));
  return PADDINGS;
}

/** Address of the first `count` deviations. */
export function deviationsAddress(count: i32): usize {
  deviationsUsed = max(deviationsUsed, min(count, DEVIATION_SLOTS));
  return DEVIATIONS;
}

/** Address of what is told of the first `count` restarts. */
export function oddRestartsAddress(count: i32): usize {
  restartsUsed = max(restartsUsed, min(count, PADDING_SLOTS));
  return ODD_RESTARTS;
}

/** Clears what jobs have left in the tables. */
export function wipeNotes(): void {
  memory.fill(ODD_RESTARTS, 0, restartsUsed);
  restartsUsed = 0;
  memory.fill(PADDINGS, 0, paddingsUsed);
  memory.fill(DEVIATIONS, 0, 8 * <usize>deviationsUsed);
  paddingsUsed = 0;
  deviationsUsed = 0;
}
