/**
 * Range decoder: bytes back into binary decisions, each with a probability of 16 bits. Mirror image of
 * encode.ts.
 *
 *   value   | what the stream says, less the low end of the range |      range   | 2^32 .. 2^64 |
 *
 * The lower part of the range means a one. Whenever the range falls below 2^32, both move up by a
 * word of four bytes. The module is the decoder: one stream at a time. The caller makes sure before each
 * block that the window holds a block's worst case (window.ts); beyond the end of the stream
 * zeros are read. A corrupt stream yields wrong decisions, never a bad address.
 */
import { endOfInput, nextInput, setNextInput } from "../window.ts";

let value: u64 = 0;
let range: u64 = 0;
/** Address of the next byte, and after the last one. */
let next: usize = 0;
let end: usize = 0;

const WORD_BYTES: usize = 4;
const WORD_BITS: u64 = 32;

/** Starts a stream at the input window's next byte, of which it takes eight at once. */
export function beginDecoding(): void {
  resumeDecoding();
  range = ~(<u64>0);
  value = 0;
  refill();
  refill();
  pauseDecoding();
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

/** Bits of the stream that decisions have used so far, counted from any place, rounded up. */
export function decoderBits(): u32 {
  return <u32>(next << 3) + <u32>clz<u64>(range);
}

/** Appends a word to `value`: what lies behind the window's end, where it may be read, counts as zeros. No
 * loop, which engines would unroll at each decision. */
// @ts-ignore: decorator
@inline
function refill(): void {
  const bytes = min<usize>(end - next, WORD_BYTES);
  const mask = <u64>0xffff_ffff_0000_0000 >> ((<u64>bytes) << 3);
  value = (value << WORD_BITS) | (<u64>bswap(load<u32>(next, 0, 1)) & mask);
  next += bytes;
}

/**
 * Decodes one decision. No jump depends on it but the refill's.
 *
 * @param probability - of a one, 1..65535 of 65536
 */
// @ts-ignore: decorator
@inline
export function decodeBit(probability: u32): u32 {
  const bound = (range >> 16) * <u64>probability;
  const isOne = value < bound;
  value -= select<u64>(0, bound, isOne);
  range = select<u64>(bound, range - bound, isOne);
  if (range >> WORD_BITS == 0) {
    range <<= WORD_BITS;
    refill();
  }
  return u32(isOne);
}
