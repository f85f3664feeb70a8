/**
 * Literals: bytes in, their codes out. Three quarters of all time go here and into the histogram.
 *
 *   entry     | code, bit-reversed ...... | length |      u32: code << 6 | length
 *                       26 bits             6 bits
 *
 * A table of pairs (PAIRS, 256 KiB) gives both codes and their joint length for two literals at
 * once; it fits 32 bits because no code is longer than 13. Entries are used raw as shift counts:
 * wasm takes a count modulo 64, which is the length. Several pairs are joined before one store of
 * eight bytes: four symbols are at most 52 bits and always fit with the 7 that may be pending.
 * Where codes are short on average eight symbols go at once, and the rare group that does not
 * fit goes in two halves.
 */
import { bitsAccumulator, bitsNext, bitsPending, putEntry, resumeBits } from "../bits/lsb.ts";
import { ENTRIES, PAIRS, POWERS } from "../memory.ts";

/** Whether PAIRS holds the pairs of the open code. */
let pairsReady: bool = false;

/** Whether codes are short enough, on average, for eight at once. */
let eightAtOnce: bool = false;

/** Mean bits per literal up to which eight go at once: below it the branch is nearly always
 * right (at 6.2 bits one group in ten needs two halves). */
const EIGHT_MEAN_TENTHS: u64 = 61;

/** Forgets the pairs: ENTRIES hold another code now. */
export function forgetPairs(): void {
  pairsReady = false;
}

/**
 * Gets ready to encode `count` literals that take `bits` bits in all with the open code.
 *
 * Building the table costs a row of groups per used symbol, so it is skipped where the block is
 * too short to earn that back. A group of 16 entries costs as much as 8 literals gain, and as much
 * again by what the table drives out of the cache: at 8, layer.tar takes 1.035 times as long.
 */
export function prepareLiterals(count: u32, bits: u64): void {
  eightAtOnce = bits * 10 <= <u64>count * EIGHT_MEAN_TENTHS;
  if (pairsReady) return;
  let rows: u32 = 0;
  let groups: u32 = 0;
  for (let group: usize = 0; group < 256; group += 16) {
    let used: u32 = 0;
    for (let symbol = group; symbol < group + 16; symbol++) {
      if (load<u32>(ENTRIES + (symbol << 2)) != 0) used++;
    }
    rows += used;
    if (used > 0) groups++;
  }
  if (rows * groups < count >> 4) buildPairs();
}

/** Pair of first literal a and second literal b: code(a) | code(b) << length(a), lengths added.
 * The shift by a's length is a multiplication by its power of two, which vectors have. */
function buildPairs(): void {
  for (let offset: usize = 0; offset < 1024; offset += 4) {
    const length = load<u32>(ENTRIES + offset) & 63;
    store<u32>(POWERS + offset, 1 << length);
  }
  for (let second: usize = 0; second < 256; second++) {
    const entry = load<u32>(ENTRIES + (second << 2));
    if (entry != 0) buildRow(PAIRS + (second << 10), entry & 63, entry & ~63);
  }
  pairsReady = true;
}

function buildRow(row: usize, length: u32, code: u32): void {
  for (let group: usize = 0; group < 1024; group += 64) {
    if (ASC_FEATURE_SIMD) {
      const first = v128.or(v128.load(ENTRIES + group), v128.load(ENTRIES + group, 16));
      const other = v128.or(v128.load(ENTRIES + group, 32), v128.load(ENTRIES + group, 48));
      if (!v128.any_true(v128.or(first, other))) continue;
      const lengths = i32x4.splat(length);
      const codes = i32x4.splat(code);
      for (let at = group; at < group + 64; at += 16) {
        const shifted = i32x4.mul(codes, v128.load(POWERS + at));
        const entries = i32x4.add(v128.load(ENTRIES + at), lengths);
        v128.store(row + at, i32x4.add(entries, shifted));
      }
    } else {
      for (let at = group; at < group + 64; at += 4) {
        const entry = load<u32>(ENTRIES + at);
        store<u32>(row + at, entry + length + code * load<u32>(POWERS + at));
      }
    }
  }
}

/** Encodes the literals of [from, end) with the open code. All of them have a code. */
export function encodeLiterals(from: usize, end: usize): void {
  let at = from;
  if (pairsReady) {
    at = eightAtOnce ? encodeEights(at, end) : encodeFours(at, end);
  } else {
    at = encodeSingles(at, end);
  }
  while (at < end) {
    putEntry(load<u32>(ENTRIES + ((<usize>load<u8>(at)) << 2)));
    at++;
  }
}

/** Encodes groups of eight literals, one store each four; returns where it stopped. */
function encodeFours(from: usize, end: usize): usize {
  let bits = bitsAccumulator();
  let count = bitsPending();
  let next = bitsNext();
  let at = from;
  while (at + 8 <= end) {
    const first = pairOf(load<u16>(at, 0, 1));
    const second = pairOf(load<u16>(at, 2, 1));
    bits |= joined(first, second) << count;
    store<u64>(next, bits, 0, 1);
    count += first + second;
    next += <usize>((count >> 3) & 7);
    bits >>= count & 56;
    count &= 7;

    const third = pairOf(load<u16>(at, 4, 1));
    const fourth = pairOf(load<u16>(at, 6, 1));
    bits |= joined(third, fourth) << count;
    store<u64>(next, bits, 0, 1);
    count += third + fourth;
    next += <usize>((count >> 3) & 7);
    bits >>= count & 56;
    count &= 7;
    at += 8;
  }
  resumeBits(bits, count, next);
  return at;
}

/** Encodes groups of eight literals, one store each where they fit; returns where it stopped. */
function encodeEights(from: usize, end: usize): usize {
  let bits = bitsAccumulator();
  let count = bitsPending();
  let next = bitsNext();
  let at = from;
  while (at + 8 <= end) {
    const first = pairOf(load<u16>(at, 0, 1));
    const second = pairOf(load<u16>(at, 2, 1));
    const third = pairOf(load<u16>(at, 4, 1));
    const fourth = pairOf(load<u16>(at, 6, 1));
    const half = first + second;
    const rest = third + fourth;
    const low = joined(first, second);
    const high = joined(third, fourth);
    const size = (half & 63) + (rest & 63);
    bits |= low << count;
    if (size > 56) {
      store<u64>(next, bits, 0, 1);
      count += half;
      next += <usize>((count >> 3) & 7);
      bits >>= count & 56;
      count &= 7;
      bits |= high << count;
      count += rest & 63;
    } else {
      bits |= high << (count + half);
      count += size;
    }
    store<u64>(next, bits, 0, 1);
    next += <usize>((count >> 3) & 7);
    bits >>= count & 56;
    count &= 7;
    at += 8;
  }
  resumeBits(bits, count, next);
  return at;
}

/** The same without pairs: one look-up a literal, one store each four. */
function encodeSingles(from: usize, end: usize): usize {
  let bits = bitsAccumulator();
  let count = bitsPending();
  let next = bitsNext();
  let at = from;
  while (at + 8 <= end) {
    const first = entryOf(load<u8>(at, 0));
    const second = entryOf(load<u8>(at, 1));
    const third = entryOf(load<u8>(at, 2));
    const fourth = entryOf(load<u8>(at, 3));
    bits |= (joined(first, second) | (joined(third, fourth) << (first + second))) << count;
    store<u64>(next, bits, 0, 1);
    count += first + second + third + fourth;
    next += <usize>((count >> 3) & 7);
    bits >>= count & 56;
    count &= 7;

    const fifth = entryOf(load<u8>(at, 4));
    const sixth = entryOf(load<u8>(at, 5));
    const seventh = entryOf(load<u8>(at, 6));
    const eighth = entryOf(load<u8>(at, 7));
    bits |= (joined(fifth, sixth) | (joined(seventh, eighth) << (fifth + sixth))) << count;
    store<u64>(next, bits, 0, 1);
    count += fifth + sixth + seventh + eighth;
    next += <usize>((count >> 3) & 7);
    bits >>= count & 56;
    count &= 7;
    at += 8;
  }
  resumeBits(bits, count, next);
  return at;
}

/** The pair of two literals. Loading each pair from the input by itself is 1.02 times as fast in
 * all as taking four of them out of a word. */
// @ts-ignore: decorator
@inline
function pairOf(literals: u16): u64 {
  return load<u32>((<usize>literals) << 2, PAIRS);
}

// @ts-ignore: decorator
@inline
function entryOf(literal: u8): u64 {
  return load<u32>((<usize>literal) << 2, ENTRIES);
}

/** Codes of two entries, the second above the first. */
// @ts-ignore: decorator
@inline
function joined(first: u64, second: u64): u64 {
  return (first >> 6) | ((second >> 6) << first);
}
