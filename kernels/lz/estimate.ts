/**
 * Estimate: about what each byte of the unit costs as a literal, from a sample, for a parse that asks
 * once a copy.
 *
 *   sample    pieces of the unit: how often each byte follows each other one
 *   ESTIMATES price of a byte behind another, 1/16 bit                              u8[256][256]
 *   SUMS      what the bytes before each position cost together, 1/16 bit           u32[unit + 1]
 *
 * Each count is blended with that of the byte alone. The coder knows more and pays less: its share is
 * taken once and for all.
 */
import { COUNTS, UNIT } from "../memory.ts";
import { BUCKETS_END } from "./buckets.ts";

/** Prices are in 1/16 bit. */
export const ESTIMATE_BIT: u32 = 16;

/** What the coder pays of such a price, in 1/16; and what is added for the time that a literal takes. Sizes
 * hardly hang on either: with 12 and 6, 11 and 8 or 13 and 2 all within 0.1 %. */
const SHARE: u32 = 13;
const TIME: u32 = 6;

const PAIRS: usize = BUCKETS_END;
const ESTIMATES: usize = PAIRS + 2 * 65536;
export const SUMS: usize = ESTIMATES + 65536;
/** How often each byte came. u32[256]. */
const SINGLES: usize = COUNTS;

/** A sample of 256 KiB: counting all of 4 MiB would take longer than adding up. */
const PIECES: u32 = 64;
const PIECE_BYTES: u32 = 4096;
/** What the single byte's share weighs beside the pairs. */
const TRUST: u32 = 6;

/** Estimates all bytes of a unit. */
export function estimateLiterals(bytes: u32): void {
  memory.fill(PAIRS, 0, 2 * 65536);
  memory.fill(SINGLES, 0, 4 * 256);
  if (bytes <= PIECES * PIECE_BYTES) {
    countPairs(1, bytes);
  } else {
    const step = (bytes - PIECE_BYTES) / (PIECES - 1);
    for (let piece: u32 = 0; piece < PIECES; piece++) {
      const start = max<u32>(piece * step, 1);
      countPairs(start, min<u32>(start + PIECE_BYTES, bytes));
    }
  }
  fillEstimates();
  let sum: u32 = 0;
  let before: usize = 0;
  for (let at: usize = 0; at < bytes; at++) {
    store<u32>(SUMS + (at << 2), sum);
    const byte: usize = load<u8>(UNIT + at);
    sum += load<u8>(ESTIMATES + ((before << 8) | byte));
    before = byte;
  }
  store<u32>(SUMS + ((<usize>bytes) << 2), sum);
}

/** What so many bytes from a position on cost. */
// @ts-ignore: decorator
@inline
export function estimateOf(position: u32, bytes: u32): u32 {
  const sum = SUMS + ((<usize>position) << 2);
  return load<u32>(sum + ((<usize>bytes) << 2)) - load<u32>(sum);
}

function countPairs(start: u32, end: u32): void {
  for (let at = UNIT + start; at < UNIT + end; at++) {
    const before: u32 = load<u8>(at - 1);
    const byte: u32 = load<u8>(at);
    const pair = PAIRS + (((before << 8) | byte) << 1);
    store<u16>(pair, min<u32>(<u32>load<u16>(pair) + 1, 0xffff));
    const single = SINGLES + (byte << 2);
    store<u32>(single, load<u32>(single) + 1);
  }
}

function fillEstimates(): void {
  let total: u32 = 0;
  for (let byte: u32 = 0; byte < 256; byte++) total += load<u32>(SINGLES + (byte << 2)) + 1;
  for (let before: u32 = 0; before < 256; before++) {
    const row = PAIRS + (before << 9);
    let sum: u32 = 0;
    for (let byte: u32 = 0; byte < 256; byte++) sum += load<u16>(row + (byte << 1));
    const whole = bitsOf((sum + TRUST) << 8);
    for (let byte: u32 = 0; byte < 256; byte++) {
      const single = ((TRUST << 8) * (load<u32>(SINGLES + (byte << 2)) + 1)) / total;
      const share = ((<u32>load<u16>(row + (byte << 1))) << 8) + single;
      const price = (((whole - bitsOf(max<u32>(share, 1))) * SHARE) >> 4) + TIME;
      store<u8>(ESTIMATES + ((before << 8) | byte), <u8>min<u32>(price, 255));
    }
  }
}

/** log2, in 1/16: the fraction is that of a straight line, which errs by less than a tenth of a bit. */
function bitsOf(count: u32): u32 {
  const top = 31 - clz(count);
  const below = top < 4 ? count << (4 - top) : count >> (top - 4);
  return (top << 4) | (below & 15);
}
