/**
 * Boolean encoder: bins into Lepton's arithmetic-coded bytes. Mirror image of decode.ts.
 * Source: RFC 6386, section 7.
 *
 *   low   | carry | `pending` bits that wait | 8 bits on the scale of range |
 *
 * A carry can still change bytes that were written, back to the last one that is not FF; the
 * host takes what is settled only (`settledSize`). The first bin of every segment is a zero of
 * probability one half, so no carry leaves the segment.
 */
import { carryBefore } from "../carry.ts";
import { nextOutput, setNextOutput } from "../window.ts";
import {
  learnAtLimit,
  limitProbability,
  ONE_SEEN,
  probabilityOfZero,
  ZERO_SEEN,
} from "./branch.ts";

let low: u64 = 0;
/** 128..255 between calls. */
let range: u32 = 0;
/** Bits of `low` above the scale of range, 0..47 between calls. */
let pending: i32 = 0;
/** Address of the next byte. */
let next: usize = 0;

/** Bits that leave at once. */
const FLUSH_BITS: i32 = 48;

/** Starts a segment at the output window's next byte. */
export function beginEncoding(): void {
  low = 0;
  range = 255;
  pending = 0;
  resumeEncoding();
}

/** Takes the window up as it is now. To be called at the start of each call of the host. */
export function resumeEncoding(): void {
  next = nextOutput();
}

/** Tells the window how far it was written. To be called at the end of each call of the host. */
export function pauseEncoding(): void {
  setNextOutput(next);
}

/** Encodes `bit` with the branch at `branch` and teaches the branch. */
// @ts-ignore: decorator
@inline
export function encodeBin(branch: usize, bit: u32): void {
  const counts: u32 = load<u16>(branch);
  let probability = probabilityOfZero(counts);
  if (probability == 0) {
    probability = limitProbability(counts);
    learnAtLimit(branch, counts, bit);
  } else {
    store<u16>(branch, <u16>(counts + select<u32>(ONE_SEEN, ZERO_SEEN, bit != 0)));
  }
  const split: u32 = 1 + (((range - 1) * probability) >> 8);
  low += <u64>select<u32>(split, 0, bit != 0);
  const part = select<u32>(range - split, split, bit != 0);
  const shift = clz<u32>(part) - 24;
  range = part << shift;
  low <<= <u64>shift;
  pending += shift;
  if (pending >= FLUSH_BITS) flush();
}

/** Encodes a zero of probability one half. */
export function encodeStart(): void {
  range = 1 + (((range - 1) * 128) >> 8);
}

/** Writes the 48 bits on top, six bytes. */
function flush(): void {
  const rest = <u64>(pending + 8 - FLUSH_BITS);
  const top = low >> rest;
  if (top >> FLUSH_BITS) carryBefore(next);
  store<u64>(next, bswap(top << (64 - FLUSH_BITS)), 0, 1);
  next += FLUSH_BITS >> 3;
  low &= ((<u64>1) << rest) - 1;
  pending -= FLUSH_BITS;
}

/** Ends the segment: writes the bytes that hold bits, no more; a decoder reads zeros after them. */
export function finishEncoding(): void {
  const bits = <u64>(pending + 8);
  if (low >> bits) carryBefore(next);
  const bytes = (bits + 7) >> 3;
  store<u64>(next, bswap(low << (64 - bits)), 0, 1);
  next += <usize>bytes;
  pauseEncoding();
}
