/**
 * Restarts: what stands between the coded MCUs of a scan, for reading and for writing. Padding up to
 * a whole byte, restart markers, and the surplus of them at the scan's end.
 *
 *   MCUs | padding | FF D0 | MCUs | padding | FF D1 | ... | MCUs | padding | FF D7 FF D0 | other marker
 *                                                            surplus markers
 *
 * A Lepton file holds one pattern of padding bits, and how many restart markers a scan has: the first
 * so many of those that are due are there, the others are missing, though the interval ends all the
 * same. Whatever differs from that cannot be put back and is a fault; but padding may be mixed, and a
 * restart have another marker, two or none, where notes of it can be made (deviations.ts).
 */
import {
  bitsTaken,
  dropBits,
  fillReader,
  held,
  moveReader,
  readerAddress,
  readerEnd,
  ready,
} from "../bits/msb-read.ts";
import { padWriter, writeMarker } from "../bits/msb-write.ts";
import { FAULT_PADDING, FAULT_RESTART } from "../fault.ts";
import { AS_DUE, markersOf, notePadding, noteRestart, paddingOf, restartOf } from "./deviations.ts";
import {
  SCAN_NOTES,
  SCAN_RESTARTS,
  SCAN_SEEN_MIXED,
  SCAN_SEEN_PADDING,
  SCAN_SEEN_RESTARTS,
  SCAN_SEEN_SURPLUS,
  scanField,
  setScanField,
} from "./scan.ts";
import { resetPredictors, restartsDue } from "./scan-walk.ts";

/** Code of the first of the eight restart markers. */
const RST0: i32 = 0xd0;
/** Bytes that `readRestart` may look at. */
export const RESTART_BYTES: usize = 6;
/** What stands in SCAN_SEEN_PADDING while no padding was seen. */
const PADDING_UNSEEN: i32 = 0xff;

/** Takes the bits that fill up the byte before the next restart. @returns 0, or a fault when they
 * differ from those before, and no note can be made of it */
function readPaddingBefore(restart: i32): i32 {
  const count = bitsTaken() == 0 ? 0 : 8 - bitsTaken();
  const known = scanField(SCAN_SEEN_PADDING);
  if (count == 0) {
    notePadding(restart, known & 0x7f);
    return 0;
  }
  if (ready < 8) fillReader();
  let pattern: i32 = 0;
  for (let k: i32 = 0; k < 7; k++) {
    const bit = <i32>(held >> (63 - min(k, count - 1))) & 1;
    pattern |= bit << k;
  }
  dropBits(count);
  const isNoted = notePadding(restart, pattern);
  if (known == PADDING_UNSEEN) setScanField(SCAN_SEEN_PADDING, pattern);
  else if ((known ^ pattern) & ((1 << count) - 1)) {
    if (!isNoted) return -FAULT_PADDING;
    setScanField(SCAN_SEEN_MIXED, 1);
  }
  return 0;
}

/** Takes the padding at the scan's end. @returns 0, or a fault when it differs from that before */
export function readPadding(): i32 {
  return readPaddingBefore(restartsDue);
}

/** Takes padding and marker of a restart that is due, after `stepMcu` has counted it. */
export function readRestart(): i32 {
  const fault = readPaddingBefore(restartsDue - 1);
  if (fault < 0) return fault;
  resetPredictors();
  const seen = scanField(SCAN_SEEN_RESTARTS);
  const number = takeMarker();
  if (number < 0) return 0; // missing: all that follow must be missing too, unless that is noted
  const second = scanField(SCAN_NOTES) != 0 ? takeMarker() : -1;
  const isAsDue = seen == restartsDue - 1 && number == (seen & 7) && second < 0;
  if (!isAsDue && !noteOdd(seen, number, second)) return -FAULT_RESTART;
  setScanField(SCAN_SEEN_RESTARTS, restartsDue);
  return 0;
}

/** Takes a restart marker, on a byte boundary. @returns its number, -1 when none comes next */
function takeMarker(): i32 {
  const code = markerCode();
  if ((code & ~7) != RST0) return -1;
  moveReader(readerAddress() + 2);
  return code & 7;
}

/** Notes that a restart has other markers than due, or that those before it from `seen` on have none.
 * @returns whether there is room for it */
function noteOdd(seen: i32, number: i32, second: i32): bool {
  for (let restart = seen; restart < restartsDue - 1; restart++) {
    if (!noteRestart(restart, 0)) return false;
  }
  const markers = second < 0 ? 1 | (number << 2) : 2 | (number << 2) | (second << 5);
  return noteRestart(restartsDue - 1, markers);
}

/** Takes one surplus marker, on a byte boundary at the scan's end. @returns whether there was one.
 * Looks at two bytes. */
export function readSurplus(): bool {
  const surplus = scanField(SCAN_SEEN_SURPLUS);
  if (markerCode() != RST0 + ((restartsDue + surplus) & 7)) return false;
  setScanField(SCAN_SEEN_SURPLUS, surplus + 1);
  setScanField(SCAN_SEEN_RESTARTS, scanField(SCAN_SEEN_RESTARTS) + 1);
  moveReader(readerAddress() + 2);
  return true;
}

/** Whether a restart marker stands at `address`, in the window or behind it. */
export function isRestartAt(address: usize): bool {
  return (codeAt(address) & ~7) == RST0;
}

/** Code of the marker that comes next, on a byte boundary; 0 when none does. */
export function markerCode(): i32 {
  return codeAt(readerAddress());
}

function codeAt(address: usize): i32 {
  if (address + 2 > readerEnd() || load<u8>(address) != 0xff) return 0;
  return load<u8>(address + 1);
}

/** Writes padding and, unless the file is without it, marker of a restart that is due, after
 * `stepMcu` has counted it. */
export function writeRestart(): void {
  padWriter(paddingOf(restartsDue - 1));
  resetPredictors();
  const restart = restartOf(restartsDue - 1);
  if (restart == AS_DUE) {
    if (restartsThere() == restartsDue) writeMarker(RST0 + ((restartsDue - 1) & 7));
    return;
  }
  for (let i: i32 = 0; i < markersOf(restart); i++) {
    writeMarker(RST0 + ((restart >> (2 + 3 * i)) & 7));
  }
}

/** Writes the padding at the scan's end. */
export function writePadding(): void {
  padWriter(paddingOf(restartsDue));
}

/** Restart markers before the next MCU in the scan that is written. */
export function restartsThere(): i32 {
  const given = scanField(SCAN_RESTARTS);
  return given < 0 ? restartsDue : min(given, restartsDue);
}
