/**
 * Sample: whether a unit looks incompressible, from a sixteenth of its bytes.
 *
 *   KiB 0   [line 0][ ][ ][ ][ ] ...      one line of 64 bytes out of each 1024,
 *   KiB 1   [ ][ ][ ][ ][ ][line 5] ...   at another place each time
 *
 * The counts are compared with an even distribution by their chi-square sum. Even data give about
 * 255 +- 23 whatever the sample size; below the threshold of 345 the unit is stored without a
 * full count. At 1,024 samples (a unit of 16 KiB) a saving of 0.8 % is still noticed. The place
 * rotates because a pattern with period 1,024 would hide all it has from a fixed one.
 */
import { SAMPLE_COUNTS } from "../memory.ts";
import { clearLanes, countBytes, sumLanes } from "./histogram.ts";

const LINE_BYTES: usize = 64;
const STRIDE_BYTES: usize = 1024;

/** Four standard deviations above even data. */
const CHI_SQUARE_LIMIT: u64 = 345;

/** With fewer samples than this the test says little; such units are counted in full. */
const SAMPLES_MINIMUM: u64 = 512;

/** Whether [from, end) looks even. Leaves the lanes (LANES) in disorder. */
export function looksEven(from: usize, end: usize): bool {
  clearLanes();
  let samples: u64 = 0;
  let line: usize = (from >> 14) & 15;
  for (let at = from; at + STRIDE_BYTES <= end; at += STRIDE_BYTES) {
    const place = at + line * LINE_BYTES;
    countBytes(place, place + LINE_BYTES);
    samples += LINE_BYTES;
    line = (line + 5) & 15;
  }
  if (samples < SAMPLES_MINIMUM) return false;
  sumLanes(SAMPLE_COUNTS);

  // chi-square = sum of (count - expected)^2 / expected, expected = samples / 256.
  let squares: u64 = 0;
  for (let offset: usize = 0; offset < 1024; offset += 4) {
    const count = <u64>load<u32>(SAMPLE_COUNTS + offset);
    squares += count * count;
  }
  return squares * 256 < samples * (samples + CHI_SQUARE_LIMIT);
}
