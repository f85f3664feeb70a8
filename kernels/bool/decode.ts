/**
 * Boolean decoder: Lepton's arithmetic-coded bytes back into bins (one bin = one binary
 * decision). Mirror image of encode.ts. Source: RFC 6386, section 7.
 *
 * The module is the decoder: one segment at a time, state in the variables below. The caller makes
 * sure before each block that the window holds a block's worst case (window.ts); beyond the end of
 * the stream it reads zeros. A corrupt segment yields wrong bins, never a bad address.
 */
import { endOfInput, nextInput, setNextInput } from "../window.ts";
import { learn, probabilityOfZero } from "./branch.ts";

/** The window's bits that are not used yet, first bit on top. */
let value: u64 = 0;
/** 128..255 between calls. */
let range: u32 = 0;
/** Bits in `value` that came from the stream, or from beyond its end. */
let ready: i32 = 0;
/** Address of the next byte, and after the last one. */
let next: usize = 0;
let end: usize = 0;

/** Starts a segment at the input window's next byte. */
export function beginDecoding(): void {
  value = 0;
  range = 255;
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

  // The split is in 1..range - 1: neither outcome is ever impossible.
  const split: u32 = 1 + (((range - 1) * probabilityOfZero(counts)) >> 8);
  const bigSplit: u64 = (<u64>split) << 56;
  const bit: u32 = <u32>(value >= bigSplit);
  if (bit) {
    value -= bigSplit;
    range -= split;
  } else {
    range = split;
  }

  // Bring the range back to 128..255; it lost at most 7 bits, so 8 ready bits always suffice.
  const shift = clz<u32>(range) - 24;
  range <<= shift;
  value <<= <u64>shift;
  ready -= shift;

  learn(branch, counts, bit);
  return bit;
}

/** The same for a bin that is close to random: without a jump that depends on it. */
// @ts-ignore: decorator
@inline
export function decodeRandomBin(branch: usize): u32 {
  if (ready < 8) refill();
  const counts: u32 = load<u16>(branch);
  const split: u32 = 1 + (((range - 1) * probabilityOfZero(counts)) >> 8);
  const bigSplit: u64 = (<u64>split) << 56;
  const bit: u32 = <u32>(value >= bigSplit);
  const mask: u32 = 0 - bit;
  value -= bigSplit & (0 - <u64>bit);
  range = split + ((range - split - split) & mask);
  const shift = clz<u32>(range) - 24;
  range <<= shift;
  value <<= <u64>shift;
  ready -= shift;
  learn(branch, counts, bit);
  return bit;
}
