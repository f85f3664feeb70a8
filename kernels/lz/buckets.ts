/**
 * Buckets: the newest positions of each hash of four bytes, for a search that looks at few of them.
 *
 *   HEADS     | 3 | 15 | ...                     which entry of a bucket is the newest
 *   BUCKETS   | 16 entries | 16 entries | ...    position | 10 more bits of the hash << 22
 *
 * A bucket is one line of a cache, its entries a ring. The bits beside a position tell strings that share
 * a bucket apart, all sixteen at once, so that what is looked at in the unit nearly always begins with the
 * same four bytes.
 */
import { MATCHES } from "../memory.ts";

/** Entries of a bucket; one a lane of four vectors. */
const ENTRIES: u32 = 16;
const BUCKET_SHIFT: usize = 6;
/** A position takes the lower bits of an entry. */
const POSITION_BITS: u32 = 22;
const POSITION_MASK: u32 = (1 << POSITION_BITS) - 1;

/** log2 of how many buckets there are, at most and for the smallest units. 2^14 are a megabyte, which stays
 * in the second cache level: 2^16 made the corpus 0.3 % smaller and parsing take 1.7 times as long. */
const BUCKET_BITS_MAXIMUM: u32 = 14;
const BUCKET_BITS_MINIMUM: u32 = 8;

/** Where a search would list its matches. */
const BUCKETS: usize = MATCHES;
const HEADS: usize = BUCKETS + ((<usize>1) << (<usize>BUCKET_BITS_MAXIMUM + BUCKET_SHIFT));
export const BUCKETS_END: usize = HEADS + (1 << BUCKET_BITS_MAXIMUM);

const SCATTER: u32 = 0x9e3779b1;

let bucketBits: u32 = BUCKET_BITS_MAXIMUM;

/** Forgets all; there will be so many positions. */
export function beginBuckets(bytes: u32): void {
  const wanted = 32 - clz(bytes >> 3);
  bucketBits = min<u32>(max<u32>(wanted, BUCKET_BITS_MINIMUM), BUCKET_BITS_MAXIMUM);
  memory.fill(BUCKETS, 0, (<usize>1) << (<usize>bucketBits + BUCKET_SHIFT));
  memory.fill(HEADS, 0, (<usize>1) << bucketBits);
}

/** The hash of the four bytes at an address. */
// @ts-ignore: decorator
@inline
export function hashAt(here: usize): u32 {
  return load<u32>(here, 0, 1) * SCATTER;
}

// @ts-ignore: decorator
@inline
export function bucketOf(hash: u32): usize {
  return BUCKETS + ((<usize>(hash >> (32 - bucketBits))) << BUCKET_SHIFT);
}

/** Which entries of a bucket may begin as the hashed string does: bit 0 the newest. */
// @ts-ignore: decorator
@inline
export function alikeIn(bucket: usize, hash: u32): u32 {
  const tag = tagOf(hash);
  const head: u32 = load<u8>(headOf(bucket));
  let found: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    const tags = i32x4.splat(tag);
    const bound = i32x4.splat(1 << POSITION_BITS);
    const first = i32x4.lt_u(v128.xor(v128.load(bucket), tags), bound);
    const second = i32x4.lt_u(v128.xor(v128.load(bucket, 16), tags), bound);
    const third = i32x4.lt_u(v128.xor(v128.load(bucket, 32), tags), bound);
    const fourth = i32x4.lt_u(v128.xor(v128.load(bucket, 48), tags), bound);
    const lower = i16x8.narrow_i32x4_s(first, second);
    const upper = i16x8.narrow_i32x4_s(third, fourth);
    found = i8x16.bitmask(i8x16.narrow_i16x8_s(lower, upper));
  } else {
    for (let entry: u32 = 0; entry < ENTRIES; entry++) {
      const isAlike = u32((load<u32>(bucket + (entry << 2)) ^ tag) < 1 << POSITION_BITS);
      found |= isAlike << entry;
    }
  }
  return ((found | (found << ENTRIES)) >> head) & 0xffff;
}

/** The position of an entry, by its age. */
// @ts-ignore: decorator
@inline
export function positionIn(bucket: usize, age: u32): u32 {
  const head: u32 = load<u8>(headOf(bucket));
  return load<u32>(bucket + (((head + age) & (ENTRIES - 1)) << 2)) & POSITION_MASK;
}

/** Makes a position the newest of its bucket. */
// @ts-ignore: decorator
@inline
export function addTo(bucket: usize, hash: u32, position: u32): void {
  const place = headOf(bucket);
  const head = (<u32>load<u8>(place) - 1) & (ENTRIES - 1);
  store<u8>(place, <u8>head);
  store<u32>(bucket + (head << 2), position | tagOf(hash));
}

// @ts-ignore: decorator
@inline
function headOf(bucket: usize): usize {
  return HEADS + ((bucket - BUCKETS) >> BUCKET_SHIFT);
}

/** The bits of a hash that an entry keeps, below those that name the bucket. */
// @ts-ignore: decorator
@inline
function tagOf(hash: u32): u32 {
  return (hash << bucketBits) & ~POSITION_MASK;
}
