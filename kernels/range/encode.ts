/**
 * Range encoder: binary decisions, each with a probability of 16 bits, into bytes. Mirror image of
 * decode.ts.
 *
 *   low     | start of the range, its top word next to leave |      range   | 2^32 .. 2^64 |
 *
 * A carry can still change bytes that were written, back to the last one that is not FF; the
 * host takes what is settled only (`settledSize`). The sum of all that is added stays below the first
 * range, so no carry leaves the stream.
 */
import { carryBefore } from "../carry.ts";
import { nextOutput, setNextOutput } from "../window.ts";

let low: u64 = 0;
let range: u64 = 0;
/** Address of the next byte. */
let next: usize = 0;

const WORD_BYTES: usize = 4;
const WORD_BITS: u64 = 32;

/** Starts a stream at the output window's next byte. */
export function beginEncoding(): void {
  low = 0;
  range = ~(<u64>0);
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

/**
 * Encodes one decision.
 *
 * @param probability - of a one, 1..65535 of 65536
 */
// @ts-ignore: decorator
@inline
export function encodeBit(probability: u32, bit: u32): void {
  const bound = (range >> 16) * <u64>probability;
  const before = low;
  low += select<u64>(0, bound, bit != 0);
  if (low < before) carryBefore(next);
  range = select<u64>(bound, range - bound, bit != 0);
  if (range >> WORD_BITS == 0) {
    store<u32>(next, bswap(<u32>(low >> WORD_BITS)), 0, 1);
    next += WORD_BYTES;
    low <<= WORD_BITS;
    range <<= WORD_BITS;
  }
}

/** Ends the stream: writes as few bytes as name a place in the range when zeros follow them. */
export function finishEncoding(): void {
  let bytes: u64 = 0;
  let place = low;
  // With more zeros below, a place within the range is harder to find, but shorter.
  for (; bytes < 8; bytes++) {
    const below = bytes == 0 ? ~(<u64>0) : ~(<u64>0) >> (bytes << 3);
    place = (low + below) & ~below;
    if (place - low < range) break;
  }
  if (place < low) carryBefore(next);
  store<u64>(next, bswap(place), 0, 1);
  next += <usize>bytes;
  pauseEncoding();
}
