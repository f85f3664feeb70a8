/**
 * Huffman build: counts in, a complete prefix code of limited length out.
 *
 *   counts --sort--> used symbols by count --tree--> depth of each --limit--> lengths --> codes
 *
 * The tree is built in place over the sorted counts (A. Moffat and J. Katajainen, "In-place
 * calculation of minimum-redundancy codes", 1995). Depths beyond the limit are cut to it, which
 * over-fills the code; then the deepest leaf above the limit moves down one level and takes one of
 * the cut ones as its sibling, until the code is exactly full. Readers refuse any other. Where that
 * costs more than a thousandth the best lengths are searched instead (huffman-limit.ts).
 */
import { FAULT_CODE } from "../fault.ts";
import { DIGITS, LENGTH_COUNTS, NEXT_CODES, SORTED, SORTING, TREE } from "../memory.ts";
import { limitLengths } from "./huffman-limit.ts";

/** Counts stay below this; a radix key is count << 9 | symbol. */
const COUNT_BITS: u32 = 23;
export const SYMBOL_BITS: u32 = 9;
const SYMBOL_MASK: u32 = 511;

/**
 * Writes the code length (u8, 0 when unused) of each of `size` symbols to `lengths`.
 * At least one count must be above zero; a single one gets length 1 (incomplete, as deflate
 * allows for distances only: the caller sees to a second symbol where it must).
 *
 * @returns 0, or a negative fault
 */
export function buildLengths(counts: usize, size: i32, limit: i32, lengths: usize): i32 {
  memory.fill(lengths, 0, size);
  const used = collect(counts, size);
  if (used == 0) return -FAULT_CODE;
  if (used == 1) {
    store<u8>(lengths + (load<u32>(SORTED) & SYMBOL_MASK), 1);
    return 0;
  }
  sortByCount(used);
  measureDepths(used);
  countDepths(used, limit);
  if (!fillExactly(limit)) return -FAULT_CODE;
  if (losesMuch(limit)) limitLengths(used, limit);
  assignLengths(used, limit, lengths);
  return 0;
}

let largestCount: u32 = 0;

/** Lists the used symbols as keys in SORTED; returns how many. */
function collect(counts: usize, size: i32): i32 {
  let used = 0;
  let largest: u32 = 0;
  for (let symbol = 0; symbol < size; symbol++) {
    const count = load<u32>(counts + ((<usize>symbol) << 2));
    if (count == 0) continue;
    store<u32>(
      SORTED + ((<usize>used) << 2),
      (min(count, (1 << COUNT_BITS) - 1) << SYMBOL_BITS) | symbol,
    );
    largest |= count;
    used++;
  }
  largestCount = largest;
  return used;
}

/** Sorts the keys in SORTED by count, then symbol: radix sort, eight bits of the count a pass. */
function sortByCount(used: i32): void {
  let source: usize = SORTED;
  let target: usize = SORTING;
  for (let shift: u32 = 0; shift < COUNT_BITS && largestCount >> shift != 0; shift += 8) {
    sortByDigit(source, target, used, shift + SYMBOL_BITS);
    const swap = source;
    source = target;
    target = swap;
  }
  if (source != SORTED) memory.copy(SORTED, source, (<usize>used) << 2);
}

function sortByDigit(source: usize, target: usize, used: i32, shift: u32): void {
  memory.fill(DIGITS, 0, 1024);
  const end = source + ((<usize>used) << 2);
  for (let at = source; at < end; at += 4) {
    const digit = DIGITS + ((<usize>((load<u32>(at) >> shift) & 255)) << 2);
    store<u32>(digit, load<u32>(digit) + 1);
  }
  let place: u32 = 0;
  for (let digit: usize = DIGITS; digit < DIGITS + 1024; digit += 4) {
    const count = load<u32>(digit);
    store<u32>(digit, place);
    place += count;
  }
  for (let at = source; at < end; at += 4) {
    const key = load<u32>(at);
    const digit = DIGITS + ((<usize>((key >> shift) & 255)) << 2);
    const index = load<u32>(digit);
    store<u32>(digit, index + 1);
    store<u32>(target + ((<usize>index) << 2), key);
  }
}

// @ts-ignore: decorator
@inline
function node(index: i32): u32 {
  return load<u32>(TREE + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
function setNode(index: i32, value: u32): void {
  store<u32>(TREE + ((<usize>index) << 2), value);
}

/** Fills TREE with the depth of each leaf, in the order of SORTED (deepest first). */
function measureDepths(used: i32): void {
  for (let i = 0; i < used; i++) {
    setNode(i, load<u32>(SORTED + ((<usize>i) << 2)) >> SYMBOL_BITS);
  }

  // Join the two lightest, leaves or joints; a joint's slot then holds its parent's index.
  let leaf = 0;
  let root = 0;
  for (let joint = 0; joint < used - 1; joint++) {
    let weight: u32 = 0;
    for (let half = 0; half < 2; half++) {
      if (leaf >= used || (root < joint && node(root) < node(leaf))) {
        weight += node(root);
        setNode(root, joint);
        root++;
      } else {
        weight += node(leaf);
        leaf++;
      }
    }
    setNode(joint, weight);
  }

  // Parents to depths of joints, from the root down.
  setNode(used - 2, 0);
  for (let joint = used - 3; joint >= 0; joint--) setNode(joint, node(node(joint)) + 1);

  // Depths of joints to depths of leaves.
  let joint = used - 2;
  let next = used - 1;
  let open = 1; // places free at this depth
  let depth: u32 = 0;
  while (open > 0) {
    let joints = 0;
    while (joint >= 0 && node(joint) == depth) {
      joints++;
      joint--;
    }
    for (let leaves = open - joints; leaves > 0; leaves--) setNode(next--, depth);
    open = 2 * joints;
    depth++;
  }
}

// @ts-ignore: decorator
@inline
function lengthCount(length: i32): usize {
  return LENGTH_COUNTS + ((<usize>length) << 2);
}

/** Counts the leaves of each depth in LENGTH_COUNTS, depths beyond `limit` as `limit`. */
function countDepths(used: i32, limit: i32): void {
  memory.fill(LENGTH_COUNTS, 0, 4 * 32);
  for (let i = 0; i < used; i++) {
    const at = lengthCount(min(<i32>node(i), limit));
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Moves leaves down until the code is exactly full; false when it cannot be. */
function fillExactly(limit: i32): bool {
  const full: u32 = 1 << limit;
  let sum: u32 = 0;
  for (let length = 1; length <= limit; length++) {
    sum += load<u32>(lengthCount(length)) << (limit - length);
  }
  while (sum > full) {
    let length = limit - 1;
    while (length > 0 && load<u32>(lengthCount(length)) == 0) length--;
    if (length == 0) return false;
    // A leaf at `length` becomes a pair below it; a leaf at the limit is the pair's other half.
    store<u32>(lengthCount(length), load<u32>(lengthCount(length)) - 1);
    store<u32>(lengthCount(length + 1), load<u32>(lengthCount(length + 1)) + 2);
    store<u32>(lengthCount(limit), load<u32>(lengthCount(limit)) - 1);
    sum--;
  }
  return sum == full;
}

/** Whether cutting depths to the limit made the code longer by more than a thousandth. */
function losesMuch(limit: i32): bool {
  if (<i32>node(0) <= limit) return false;
  let bits: u64 = 0;
  let lost: i64 = 0;
  let i = 0;
  for (let length = limit; length > 0; length--) {
    for (let left = load<u32>(lengthCount(length)); left > 0; left--) {
      const count = load<u32>(SORTED + ((<usize>i) << 2)) >> SYMBOL_BITS;
      bits += <u64>count * length;
      lost += <i64>count * (length - <i32>node(i));
      i++;
    }
  }
  return <u64>lost * 1000 > bits;
}

/** Hands out the lengths: rarest symbols first, longest lengths first. */
function assignLengths(used: i32, limit: i32, lengths: usize): void {
  let i = 0;
  for (let length = limit; length > 0; length--) {
    for (let count = load<u32>(lengthCount(length)); count > 0 && i < used; count--) {
      store<u8>(lengths + (load<u32>(SORTED + ((<usize>i) << 2)) & SYMBOL_MASK), length);
      i++;
    }
  }
}

/** Writes the entry (bit-reversed canonical code << 6 | length) of each symbol to `entries`. */
export function assignCodes(lengths: usize, size: i32, entries: usize): void {
  memory.fill(LENGTH_COUNTS, 0, 4 * 32);
  for (let symbol = 0; symbol < size; symbol++) {
    const at = lengthCount(load<u8>(lengths + symbol));
    store<u32>(at, load<u32>(at) + 1);
  }
  let code: u32 = 0;
  store<u32>(LENGTH_COUNTS, 0);
  for (let length = 1; length <= 15; length++) {
    code = (code + load<u32>(lengthCount(length - 1))) << 1;
    store<u32>(NEXT_CODES + ((<usize>length) << 2), code);
  }
  for (let symbol = 0; symbol < size; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    let entry: u32 = 0;
    if (length > 0) {
      const next = NEXT_CODES + ((<usize>length) << 2);
      const plain = load<u32>(next);
      store<u32>(next, plain + 1);
      entry = (reversed(plain, length) << 6) | length;
    }
    store<u32>(entries + ((<usize>symbol) << 2), entry);
  }
}

/** The low `count` bits of `bits` in opposite order; count is 1..16. */
// @ts-ignore: decorator
@inline
function reversed(bits: u32, count: u32): u32 {
  let turned = bits;
  turned = ((turned & 0x5555) << 1) | ((turned >> 1) & 0x5555);
  turned = ((turned & 0x3333) << 2) | ((turned >> 2) & 0x3333);
  turned = ((turned & 0x0f0f) << 4) | ((turned >> 4) & 0x0f0f);
  turned = ((turned & 0x00ff) << 8) | ((turned >> 8) & 0x00ff);
  return turned >> (16 - count);
}
