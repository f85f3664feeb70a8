/**
 * Coder: two rANS states of 32 bits that take turns, words of 16 bits.
 *
 *   block    | state 0 | state 1 | words ...        symbol i of a block uses state i & 1
 *
 * A symbol is an interval [start, start + frequency) of 32768. Decoding reads words forwards;
 * encoding must run backwards, so intervals wait in SYMBOLS until a block is closed. Both states
 * begin (for the encoder) and end (for the decoder) at LOWEST: a check that costs nothing.
 */
import { SYMBOL_BYTES, SYMBOLS } from "../memory.ts";
import { SCALE, SCALE_BITS } from "./cdf.ts";

/** States are at least this between symbols. */
const LOWEST: u32 = 1 << 16;
/** Bytes of the two states at the head of a block. */
export const STATE_BYTES: usize = 8;
/** Raw bits that one symbol can carry. */
export const RAW_BITS_MAXIMUM: u32 = SCALE_BITS;
/** Where the words of a block are written from, downwards. */
const WORDS_END: usize = SYMBOLS + SYMBOL_BYTES;
/** Intervals that a block can hold: the lower half of SYMBOLS, since each makes one word at most. */
export const SYMBOL_CAPACITY: u32 = <u32>(SYMBOL_BYTES / 8);

/** The state whose turn it is, and the other one. */
let state: u32 = 0;
let waiting: u32 = 0;
/** Address of the next word, and after the block's last byte. */
let next: usize = 0;
let end: usize = 0;
/** Where reading stops moving on: two words past the end. */
let limit: usize = 0;
/** Address for the next interval. */
let filled: usize = SYMBOLS;

/** Begins to decode the block at `block`. */
export function openBlock(block: usize, bytes: usize): void {
  state = load<u32>(block);
  waiting = load<u32>(block, 4);
  next = block + STATE_BYTES;
  end = block + bytes;
  limit = end + 4;
}

/** Whether more words were asked for than the block has. */
// @ts-ignore: decorator
@inline
export function blockIsShort(): bool {
  return next > end;
}

/** Whether a block was read to its last word and no further, and its states came back. */
export function blockIsSound(): bool {
  return state == LOWEST && waiting == LOWEST && next == end;
}

/** What the next symbol's interval must hold. */
// @ts-ignore: decorator
@inline
export function slot(): u32 {
  return state & (SCALE - 1);
}

/** Takes the symbol that was found for `slot()`. */
// @ts-ignore: decorator
@inline
export function advance(start: u32, frequency: u32): void {
  const now = frequency * (state >> SCALE_BITS) + (state & (SCALE - 1)) - start;
  // Whether a word is due is close to random, so no jump depends on it. Past the end zeros or
  // whatever stands there is read: blockIsSound tells.
  const isDue = u32(now < LOWEST);
  const refilled = (now << 16) | load<u16>(next);
  next = min<usize>(next + (isDue << 1), limit);
  state = waiting;
  waiting = isDue ? refilled : now;
}

/** Begins to gather the symbols of a block. */
// @ts-ignore: decorator
@inline
export function beginGathering(): void {
  filled = SYMBOLS;
}

/** Symbols of the block so far. */
// @ts-ignore: decorator
@inline
export function gathered(): u32 {
  return <u32>((filled - SYMBOLS) >> 2);
}

/** Adds a symbol to the block; there must be room. */
// @ts-ignore: decorator
@inline
export function gather(start: u32, frequency: u32): void {
  store<u32>(filled, start | (frequency << 16));
  filled += 4;
}

/** Codes what was gathered to `target`. Returns the block's size in bytes. */
export function closeBlock(target: usize): usize {
  const count = gathered();
  let even = LOWEST;
  let odd = LOWEST;
  let word = WORDS_END;
  for (let i = <i32>count - 1; i >= 0; i--) {
    const interval = load<u32>(SYMBOLS + ((<usize>i) << 2));
    const start = interval & 0xffff;
    const frequency = interval >> 16;
    let now = i & 1 ? odd : even;
    if (now >= frequency << 17) {
      word -= 2;
      store<u16>(word, <u16>now);
      now >>= 16;
    }
    now = ((now / frequency) << SCALE_BITS) + (now % frequency) + start;
    if (i & 1) odd = now;
    else even = now;
  }
  store<u32>(target, even);
  store<u32>(target, odd, 4);
  memory.copy(target + STATE_BYTES, word, WORDS_END - word);
  return STATE_BYTES + (WORDS_END - word);
}
