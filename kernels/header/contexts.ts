/**
 * Contexts: what the bytes before say of the next bit, each by a probability of its own.
 *
 *   0..3   the last one to four bytes
 *   4      the last byte, and those 12 and 24 back: entries of a TIFF directory are 12 bytes long
 *   5      the bytes 2 and 4 back: samples of 16 bits
 *
 * A slot is check << 24 | probability of a one, 18 bits, << 6 | how often it has learnt. Slots of four
 * bits of a byte lie in one line of sixteen, which contexts share: a slot whose check is another's
 * begins afresh.
 */
import { pullOf, stretch } from "./logistic.ts";
import { byteBack } from "./match.ts";
import { CONTEXTS, HASHES, INPUTS, LINES, PLACES, SLOT_COUNT, SLOTS } from "./regions.ts";

/** What each slot is at first: one half, with no check that could be right by more than chance. */
const FRESH: u32 = 1 << 23;
/** Times after which a slot learns no slower. */
const COUNT_MAXIMUM: u32 = 60;

/** Forgets everything. */
export function clearContexts(): void {
  const end = SLOTS + 4 * <usize>CONTEXTS * SLOT_COUNT;
  for (let at = SLOTS; at < end; at += 4) store<u32>(at, FRESH);
}

// @ts-ignore: decorator
@inline
function mixed(value: u32): u32 {
  let hash = value * 0x9e3779b1;
  hash ^= hash >> 15;
  hash *= 0x85ebca77;
  return hash ^ (hash >> 13);
}

// @ts-ignore: decorator
@inline
function setHash(context: usize, value: u32): void {
  store<u32>(HASHES + 4 * context, mixed(value + <u32>context * 0x2545f491));
}

/** Finds the contexts of the next byte. */
export function beginContexts(): void {
  const last = byteBack(1);
  const second = byteBack(2);
  const pair = last | (second << 8);
  const triple = pair | (byteBack(3) << 16);
  const fourth = byteBack(4);
  setHash(0, last + 1);
  setHash(1, pair);
  setHash(2, triple);
  setHash(3, triple | (fourth << 24));
  setHash(4, last | (byteBack(12) << 8) | (byteBack(24) << 16));
  setHash(5, second | (fourth << 8));
}

/** Finds the lines of the next four bits; `node` is 1 and the bits of the byte so far. */
export function beginLines(node: u32): void {
  for (let context: usize = 0; context < <usize>CONTEXTS; context++) {
    const hash = load<u32>(HASHES + 4 * context);
    store<u32>(LINES + 4 * context, mixed(hash + node * 0x3d4d51cb));
  }
}

// @ts-ignore: decorator
@inline
function predictOne(context: usize, node: u32): void {
  const line = load<u32>(LINES + 4 * context);
  const index = (line & 0xfff0) | ((node * 5 + (line >> 20)) & 15);
  const place = SLOTS + 4 * (context * SLOT_COUNT + <usize>index);
  const check = ((line >> 24) + node * 0x1d) & 255;
  let slot = load<u32>(place);
  if (slot >> 24 != check) {
    slot = (check << 24) | FRESH;
    store<u32>(place, slot);
  }
  store<u32>(PLACES + 4 * context, <u32>place);
  store<i16>(INPUTS + 2 * context, <i16>stretch((slot >> 12) & 4095));
}

/** Gives the logit of each context; `node` is 1 and the bits so far of these four. */
// @ts-ignore: decorator
@inline
export function predictContexts(node: u32): void {
  predictOne(0, node);
  predictOne(1, node);
  predictOne(2, node);
  predictOne(3, node);
  predictOne(4, node);
  predictOne(5, node);
}

// @ts-ignore: decorator
@inline
function teachOne(context: usize, target: i32): void {
  const place = <usize>load<u32>(PLACES + 4 * context);
  const slot = load<u32>(place);
  const count = slot & 63;
  const probability = <i32>((slot >> 6) & 0x3ffff);
  // The product passes 32 bits.
  const step = <i32>((<i64>(target - probability) * <i64>pullOf(count)) >> 16);
  const next = (<u32>(probability + step)) << 6;
  store<u32>(place, (slot & 0xff000000) | next | (count + u32(count < COUNT_MAXIMUM)));
}

/** Teaches each context what came. */
// @ts-ignore: decorator
@inline
export function teachContexts(bit: u32): void {
  const target = bit ? 0x3ffff : 0;
  teachOne(0, target);
  teachOne(1, target);
  teachOne(2, target);
  teachOne(3, target);
  teachOne(4, target);
  teachOne(5, target);
}
