/**
 * Boolean decoder: Lepton's arithmetic-coded bytes back into bins (one bin = one binary
 * decision). Mirror image of encode.ts. Source: RFC 6386, section 7.
 *
 * The module is the decoder: one segment at a time, state in the variables below. The caller makes
 * sure before each block that the window holds a block's worst case (window.ts); beyond the end of
 * the stream it reads zeros. A corrupt segment yields wrong bins, never a bad address.
 */
import { endOfInput, nextInput, setNextInput } from "../window.ts";
import { learn, learnOne, learnZero, probabilityOfZero } from "./branch.ts";

/** The window's bits that are not used yet, first bit on top. */
let value: u64 = 0;
/** The range, 128..255 between calls, in the top byte. */
let range: u64 = 0;
/** (range - 1) << 48: times a probability, its top byte is the split less one. */
let step: u64 = 0;
/** Bits in `value` that came from the stream, or from beyond its end. */
let ready: i32 = 0;
/** Address of the next byte, and after the last one. */
let next: usize = 0;
let end: usize = 0;

/** The top byte, and one in it. */
const TOP: u64 = 0xff << 56;
const UNIT: u64 = 1 << 56;

/** Starts a segment at the input window's next byte. */
export function beginDecoding(): void {
  value = 0;
  range = 255 << 56;
  step = 254 << 48;
  ready = 0;
  resumeDecoding();
}

/** Takes the window up as it is now. To be called at the start of each call of the host. */
export function resumeDecoding(): void {
  next = nextInput();
  end = endOfInput();
}

/** Tells the window how far it was read. To be called at the end of each call of the host. */
export function pauseDecoding(): void {
  setNextInput(min(next, end));
}

/** Bytes in the window that were not taken up. */
// @ts-ignore: decorator
@inline
export function decoderRest(): usize {
  return end - min(next, end);
}

/** Fills `value` to 57 bits at least. */
function refill(): void {
  if (next + 8 <= end) {
    const bytes = bswap(load<u64>(next, 0, 1));
    value |= bytes >> <u64>ready;
    const taken = (63 - ready) >> 3;
    next += <usize>taken;
    ready += taken << 3;
    // Bits that were not counted are those of the next byte: the same come again at the next refill.
    return;
  }
  while (ready <= 56) {
    if (next < end) {
      value |= (<u64>load<u8>(next)) << (56 - <u64>ready);
      next += 1;
    }
    ready += 8;
  }
}

/** Decodes one bin with the branch at `branch`, teaches the branch what came, returns 0 or 1. */
// @ts-ignore: decorator
@inline
export function decodeBin(branch: usize): u32 {
  if (ready < 8) refill();
  const counts: u32 = load<u16>(branch);
  const split = ((step * <u64>probabilityOfZero(counts)) & TOP) + UNIT;
  let bit: u32;
  if (value >= split) {
    value -= split;
    range -= split;
    learnOne(branch, counts);
    bit = 1;
  } else {
    range = split;
    learnZero(branch, counts);
    bit = 0;
  }
  rescale();
  return bit;
}

/** Brings the range back to 128..255; it lost 7 bits at most, so 8 ready bits always suffice. */
// @ts-ignore: decorator
@inline
function rescale(): void {
  const shift = clz<u64>(range);
  value <<= shift;
  step = ((range >> 8) << shift) - (UNIT >> 8);
  range <<= shift;
  ready -= <i32>shift;
}

/** The same for a bin that is close to random: without a jump that depends on it. */
// @ts-ignore: decorator
@inline
export function decodeRandomBin(branch: usize): u32 {
  if (ready < 8) refill();
  const counts: u32 = load<u16>(branch);
  const split = ((step * <u64>probabilityOfZero(counts)) & TOP) + UNIT;
  const rest = range - split;
  const less = value - split;
  const isOne = value >= split;
  range = select<u64>(rest, split, isOne);
  value = select<u64>(less, value, isOne);
  rescale();
  learn(branch, counts, <u32>isOne);
  return <u32>isOne;
}

/** Counts ones up to the first zero, or up to `most`; each bin has a branch of its own. One jump a
 * bin, where `decodeBin` in a loop would take two. */
// @ts-ignore: decorator
@inline
export function decodeUnary(branches: usize, most: i32): i32 {
  let i: i32 = 0;
  let branch = branches;
  do {
    if (ready < 8) refill();
    const counts: u32 = load<u16>(branch);
    const split = ((step * <u64>probabilityOfZero(counts)) & TOP) + UNIT;
    if (value < split) {
      range = split;
      learnZero(branch, counts);
      rescale();
      return i;
    }
    value -= split;
    range -= split;
    learnOne(branch, counts);
    rescale();
    i += 1;
    branch += 2;
  } while (i < most);
  return i;
}
