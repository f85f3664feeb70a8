/**
 * Huffman limit: the best code lengths up to a limit, for the few histograms where cutting and
 * repairing (huffman-build.ts) costs too much.
 *
 *   length 13   leaves                      a b c d e f ...          sorted by count
 *   length 12   leaves and pairs of those   a (ab) b c (cd) ...      sorted again
 *   ...
 *   length 1    the first 2n - 2 of this list are taken, with all that is packed in them
 *
 * A leaf's length is how many lists it is taken from. Only how many of each list are leaves need be
 * known to tell, so a list keeps its weights for one step and its marks for good. Takes about
 * 20 microseconds for 286 symbols. Source: L. Larmore and D. Hirschberg, "A fast algorithm for
 * optimal length-limited Huffman codes" (package-merge), 1990.
 */
import { LENGTH_COUNTS, PACKAGE_MARKS, PACKAGES, SORTED } from "../memory.ts";
import { SYMBOL_BITS } from "./huffman-build.ts";

/** Entries that a list may have: leaves and half as many pairs as the list before has entries. */
const LIST_SLOTS: usize = 576;

/**
 * Writes how many of the `used` symbols in SORTED (ascending counts) get each length to
 * LENGTH_COUNTS. There must be 2 symbols at least and room for all: used <= 1 << limit.
 */
export function limitLengths(used: i32, limit: i32): void {
  let previous = PACKAGES;
  let list = PACKAGES + 4 * LIST_SLOTS;
  let size = 0;
  for (let level = 0; level < limit; level++) {
    size = mergeList(used, previous, size, list, PACKAGE_MARKS + <usize>level * LIST_SLOTS);
    const swap = previous;
    previous = list;
    list = swap;
  }
  memory.fill(LENGTH_COUNTS, 0, 4 * 32);
  countTaken(used, limit);
}

/** Merges the leaves with pairs of the previous list's entries; returns the size of the list. */
function mergeList(used: i32, previous: usize, previousSize: i32, list: usize, marks: usize): i32 {
  const pairs = previousSize >> 1;
  let leaf = 0;
  let pair = 0;
  let size = 0;
  while (leaf < used || pair < pairs) {
    const leafWeight = leaf < used ? weightOf(leaf) : u32.MAX_VALUE;
    const pairWeight = pair < pairs ? pairOf(previous, pair) : u32.MAX_VALUE;
    const isPair = pairWeight < leafWeight;
    store<u32>(list + ((<usize>size) << 2), isPair ? pairWeight : leafWeight);
    store<u8>(marks + size, isPair ? 1 : 0);
    if (isPair) pair++;
    else leaf++;
    size++;
  }
  return size;
}

function weightOf(leaf: i32): u32 {
  return load<u32>(SORTED + ((<usize>leaf) << 2)) >> SYMBOL_BITS;
}

function pairOf(list: usize, pair: i32): u32 {
  const at = list + ((<usize>pair) << 3);
  return load<u32>(at) + load<u32>(at, 4);
}

/** Goes back from length 1: the leaves that a list gives have at least that length. */
function countTaken(used: i32, limit: i32): void {
  let taken = 2 * used - 2;
  let longer = used; // leaves of at least the length before
  for (let length = 1; length <= limit && taken > 0; length++) {
    const marks = PACKAGE_MARKS + <usize>(limit - length) * LIST_SLOTS;
    let pairs = 0;
    for (let i = 0; i < taken; i++) pairs += load<u8>(marks + i);
    const leaves = taken - pairs;
    if (length > 1) store<u32>(LENGTH_COUNTS + ((<usize>(length - 1)) << 2), longer - leaves);
    longer = leaves;
    taken = 2 * pairs;
    store<u32>(LENGTH_COUNTS + ((<usize>length) << 2), longer);
  }
}
