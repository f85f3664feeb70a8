/**
 * Weights: how much each of four rows counts in a mixture.
 *
 * One set of four for each kind of symbol and each combination of how often the rows were used, since
 * a row that has seen little deserves little trust. What a set learns is in mix.ts.
 */
import { BUCKETS, WEIGHT_BYTES, WEIGHTS } from "../memory.ts";

/** Combinations of four buckets of two bits. */
const COMBINATIONS: u32 = 256;
/** Bytes of the weight sets of one kind of symbol. */
export const KIND_BYTES: usize = <usize>COMBINATIONS * 16;
/** How many kinds of symbols have weights of their own. */
export const KINDS: u32 = <u32>(WEIGHT_BYTES / KIND_BYTES);
/** What the weights of a set sum up to. */
export const WEIGHT_SUM: i32 = 32767;
/** Learning leaves at least this of a weight; evening out the sum takes at most that of each, and the
 * rest of the large ones. */
export const WEIGHT_LEARNED_MINIMUM: i32 = 256;
export const EACH_MAXIMUM: i32 = 192;
/** A weight grows by this share at most, in 1/65536. */
export const GAIN_MAXIMUM: i32 = 16383;

/** Fills the table of buckets. */
export function fillBuckets(): void {
  for (let count: u32 = 0; count < 256; count++) {
    store<u8>(BUCKETS + count, <u8>(u32(count > 1) + u32(count > 4) + u32(count > 16)));
  }
}

/** All weight sets as they begin: the more a row was used, the more it weighs. */
export function resetWeights(): void {
  for (let combination: u32 = 0; combination < COMBINATIONS; combination++) {
    let sum: u32 = 0;
    for (let row: u32 = 0; row < 4; row++) sum += trust((combination >> (2 * row)) & 3, row);
    const weights = WEIGHTS + (combination << 4);
    for (let row: u32 = 0; row < 4; row++) {
      const weight = (<u32>WEIGHT_SUM * trust((combination >> (2 * row)) & 3, row)) / sum;
      store<i32>(weights + (row << 2), max<i32>(<i32>weight, WEIGHT_LEARNED_MINIMUM));
    }
  }
  for (let kind: u32 = 1; kind < KINDS; kind++) {
    memory.copy(WEIGHTS + <usize>kind * KIND_BYTES, WEIGHTS, KIND_BYTES);
  }
}

/** Weight of a row at first, up to a factor: by the bucket of its count and its place. */
function trust(bucket: u32, row: u32): u32 {
  const byBucket: u32 = bucket == 0 ? 2 : bucket == 1 ? 6 : bucket == 2 ? 12 : 16;
  return byBucket * (4 + row);
}

/** The weight set of a kind for rows of these counts. */
// @ts-ignore: decorator
@inline
export function weightsOf(kind: usize, n0: u32, n1: u32, n2: u32, n3: u32): usize {
  const combination: u32 =
    load<u8>(BUCKETS + n0) |
    (load<u8>(BUCKETS + n1) << 2) |
    (load<u8>(BUCKETS + n2) << 4) |
    (load<u8>(BUCKETS + n3) << 6);
  return kind + (combination << 4);
}
