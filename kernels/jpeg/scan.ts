/**
 * Scan: the records in which host and kernel speak of one scan of a JPEG, and of the places where
 * it can be taken up.
 *
 *   SCAN      the host fills the first part; reading the scan fills the second
 *   HANDOFF   where the next MCU row stands: what a segment's record in a Lepton file holds
 *
 * Reading and writing are in scan-read.ts and scan-write.ts.
 */
import { HANDOFF, SCAN } from "../memory.ts";

// What a call of the kernel says besides faults.

/** All that was to be done is done. */
export const STATUS_DONE: i32 = 0;
/** An MCU row is done, and more is to come. */
export const STATUS_ROW: i32 = 1;
/** The input window holds too little to go on. */
export const STATUS_INPUT: i32 = 2;
/** The output window has too little room to go on. */
export const STATUS_OUTPUT: i32 = 3;

// Fields of SCAN, as indices of i32. The host writes these.

/** Components in the scan, 1..4, then their indices in the frame, in the scan's order. */
export const SCAN_COMPONENTS: usize = 0;
export const SCAN_COMPONENT: usize = 1;
/** Ids 0..3 of each one's DC table, then AC table, in the scan's order. */
export const SCAN_DC_TABLE: usize = 5;
export const SCAN_AC_TABLE: usize = 9;
/** Spectral selection and successive approximation; 0, 63, 0, 0 for a sequential scan. */
export const SCAN_SPECTRAL_START: usize = 13;
export const SCAN_SPECTRAL_END: usize = 14;
export const SCAN_HIGH: usize = 15;
export const SCAN_LOW: usize = 16;
/** MCUs between restarts, 0 for none. */
export const SCAN_RESTART_INTERVAL: usize = 17;
/** Whether the frame is progressive. */
export const SCAN_PROGRESSIVE: usize = 18;
/** Writing: the k-th padding bit is bit k of this. */
export const SCAN_PADDING: usize = 19;
/** Writing: how many restart markers there are; -1 for all that are due. */
export const SCAN_RESTARTS: usize = 20;
/** Writing a progressive scan: whether the JPEG ended early. What has no code is left out then, for
 * it lies behind the place where the host cuts. */
export const SCAN_EARLY_END: usize = 21;
/** Reading: note what no canonical writer makes (deviations.ts), instead of refusing it. */
export const SCAN_NOTES: usize = 22;
/** Writing: entries of PADDINGS, of DEVIATIONS and of ODD_RESTARTS. */
export const SCAN_PADDINGS: usize = 23;
export const SCAN_DEVIATIONS: usize = 36;
export const SCAN_ODD_RESTARTS: usize = 37;

// Reading writes these.

/** Padding as P0D has it: bits 0..6 from the first padding seen, its last bit repeated. 0xFF while
 * none was seen. The host sets it before the first scan; it goes on from scan to scan. */
export const SCAN_SEEN_PADDING: usize = 24;
/** Restart markers in the scan, surplus ones included. */
export const SCAN_SEEN_RESTARTS: usize = 25;
/** Restart markers directly before the marker that ended the scan, beyond those that are due. */
export const SCAN_SEEN_SURPLUS: usize = 26;
/** Whether the data ended before the picture was complete. */
export const SCAN_SEEN_EARLY_END: usize = 27;
/** For each component of the frame: index of the last block started before the data ended, or
 * of its last block. */
export const SCAN_SEEN_LAST_BLOCK: usize = 28;
/** Position in the input stream of the first byte after the scan's data (of the marker that ended
 * it, or the end of the input). */
export const SCAN_SEEN_END: usize = 32;
/** Whether paddings differ; how many of them, and how many deviations, were noted. */
export const SCAN_SEEN_MIXED: usize = 33;
export const SCAN_SEEN_PADDINGS: usize = 34;
export const SCAN_SEEN_DEVIATIONS: usize = 35;
/** Entries of ODD_RESTARTS, 0 when all restarts are as due. */
export const SCAN_SEEN_ODD_RESTARTS: usize = 38;

// Fields of HANDOFF, as indices of i32.

/** MCU row of the frame that comes next, in scans of one component too (scan-walk.ts). */
export const HANDOFF_ROW: usize = 0;
/** Position in the stream of the byte that holds its first bit. */
export const HANDOFF_BYTE: usize = 1;
/** That byte's bits that belong to the row before, on top, the others zero; and how many. */
export const HANDOFF_OVERHANG: usize = 2;
export const HANDOFF_OVERHANG_BITS: usize = 3;
/** DC of each component's last block; 0 right after a restart. */
export const HANDOFF_DC: usize = 4;
/** Restart markers of the scan before this place, surplus ones not included. */
export const HANDOFF_RESTARTS: usize = 8;

// @ts-ignore: decorator
@inline
export function scanField(index: usize): i32 {
  return load<i32>(SCAN + 4 * index);
}

// @ts-ignore: decorator
@inline
export function setScanField(index: usize, value: i32): void {
  store<i32>(SCAN + 4 * index, value);
}

// @ts-ignore: decorator
@inline
export function handoffField(index: usize): i32 {
  return load<i32>(HANDOFF + 4 * index);
}

// @ts-ignore: decorator
@inline
export function setHandoffField(index: usize, value: i32): void {
  store<i32>(HANDOFF + 4 * index, value);
}
