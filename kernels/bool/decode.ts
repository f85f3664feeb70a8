/**
 * Boolean decoder: Lepton's arithmetic-coded bytes back into bins (one bin = one binary
 * decision). Mirror image of encode.ts. Source: RFC 6386, section 7.
 *
 *   value   | bits that are not used yet, first bit on top | 1 | 0 0 0 ... |
 *
 * The module is the decoder: one segment at a time, state in the variables below. The one behind
 * the bits says how many there are, so no bin has to count. The caller makes sure before each block
 * that the window holds a block's worst case (window.ts); beyond the end of the stream zeros are
 * read. A corrupt segment yields wrong bins, never a bad address.
 */
import { endOfInput, nextInput, setNextInput } from "../window.ts";
import {
  learnAtLimit,
  limitProbability,
  ONE_SEEN,
  probabilityOfZero,
  ZERO_SEEN,
} from "./branch.ts";

let value: u64 = 0;
/** 128..255 between calls, in the top byte. */
let range: u32 = 0;
/** Address of the next byte, and after the last one. */
let next: usize = 0;
let end: usize = 0;

/** The top byte, and one in it. */
const TOP: u32 = 0xff << 24;
const UNIT: u32 = 1 << 24;

/** Bytes that a refill takes. */
const REFILL_BYTES: usize = 7;
const REFILL_BITS: u64 = 0xffffffffffffff00;

/** Starts a segment at the input window's next byte. */
export function beginDecoding(): void {
  value = 1 << 63;
  range = 255 << 24;
  resumeDecoding();
}

/** Takes the window up as it is now. To be called at the start of each call of the host. */
export function resumeDecoding(): void {
  next = nextInput();
  end = endOfInput();
}

/** Tells the window how far it was read. To be called at the end of each call of the host. */
export function pauseDecoding(): void {
  setNextInput(next);
}

/** Bytes in the window that were not taken up. */
// @ts-ignore: decorator
@inline
export function decoderRest(): usize {
  return end - next;
}

/** Bits of the stream that bins have used so far, counted from any place. */
export function decoderBits(): u32 {
  return <u32>(next << 3) - (63 - <u32>ctz<u64>(value));
}

/** Appends seven bytes to `value`, which holds less than eight bits. */
function refill(): void {
  const mark = ctz<u64>(value);
  const count = 63 - mark;
  let bytes: u64 = 0;
  if (next + 8 <= end) {
    bytes = bswap(load<u64>(next, 0, 1)) & REFILL_BITS;
    next += REFILL_BYTES;
  } else {
    for (let shift: u64 = 56; shift > 0 && next < end; shift -= 8) {
      bytes |= (<u64>load<u8>(next)) << shift;
      next += 1;
    }
  }
  value = (value ^ ((<u64>1) << mark)) | (bytes >> count) | ((<u64>1) << (7 - count));
}

// @ts-ignore: decorator
@inline
function ensureBits(): void {
  if (value << 8 == 0) refill();
}

/** The split is in 1..range - 1: neither outcome is ever impossible. */
// @ts-ignore: decorator
@inline
function splitAt(probability: u32): u32 {
  return ((((range - UNIT) >> 8) * probability) & TOP) + UNIT;
}

/**
 * Decodes one bin with the branch at `branch`, teaches the branch what came, returns 0 or 1. No jump
 * depends on the bin: most are close to random.
 */
// @ts-ignore: decorator
@inline
export function decodeBin(branch: usize): u32 {
  ensureBits();
  const counts: u32 = load<u16>(branch);
  const probability = probabilityOfZero(counts);
  if (probability == 0) return decodeAtLimit(branch, counts);
  const split = splitAt(probability);
  const top = <u32>(value >> 32);
  const less = value - ((<u64>split) << 32);
  // Compared anew for the range, which the next bin waits for: so it needs no number made of it.
  const part = select<u32>(split, range - split, top < split);
  const isOne = top >= split;
  store<u16>(branch, <u16>(counts + select<u32>(ONE_SEEN, ZERO_SEEN, isOne)));

  // Bring the range back to 128..255; it lost at most 7 bits, so 8 bits always suffice.
  const shift = clz<u32>(part);
  range = part << shift;
  value = select<u64>(less, value, isOne) << (<u64>shift);
  return u32(isOne);
}

/** The same where a count of the branch is at its limit. */
function decodeAtLimit(branch: usize, counts: u32): u32 {
  const split = splitAt(limitProbability(counts));
  const bit = u32(<u32>(value >> 32) >= split);
  if (bit) take(split);
  else leave(split);
  learnAtLimit(branch, counts, bit);
  return bit;
}

/** The range above the split: a one. */
// @ts-ignore: decorator
@inline
function take(split: u32): void {
  const part = range - split;
  const shift = clz<u32>(part);
  range = part << shift;
  value = (value - ((<u64>split) << 32)) << (<u64>shift);
}

/** The range below it: a zero. */
// @ts-ignore: decorator
@inline
function leave(split: u32): void {
  const shift = clz<u32>(split);
  range = split << shift;
  value <<= <u64>shift;
}

/** Counts ones up to the first zero, or up to `most`; each bin has a branch of its own. One jump a
 * bin, where `decodeBin` in a loop would take two steps to the same answer. */
// @ts-ignore: decorator
@inline
export function decodeUnary(branches: usize, most: i32): i32 {
  let branch = branches;
  for (let i: i32 = 0; i < most; i++, branch += 2) {
    ensureBits();
    const counts: u32 = load<u16>(branch);
    const probability = probabilityOfZero(counts);
    if (probability == 0) {
      if (decodeAtLimit(branch, counts) == 0) return i;
      continue;
    }
    const split = splitAt(probability);
    if (<u32>(value >> 32) < split) {
      store<u16>(branch, <u16>(counts + ZERO_SEEN));
      leave(split);
      return i;
    }
    store<u16>(branch, <u16>(counts + ONE_SEEN));
    take(split);
  }
  return most;
}
