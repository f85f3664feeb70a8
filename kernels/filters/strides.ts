/**
 * Strides: how often a byte equals the byte a stride before it, for many strides at once.
 *
 *   unit    .........|---- sample ----|.........      a stretch of STRIDE_MARK_BYTES
 *   marks            ff ff 00 ff 00 ff                00 where the byte is the unit's most frequent one
 *
 * The most frequent byte is left out because the background of a picture or the padding of a table
 * repeats at every stride. The host calls this for several samples and reads the sums.
 */
import { STRIDE_COUNTS, STRIDE_MARK_BYTES, STRIDE_MARKS, STRIDE_SLOTS } from "../memory.ts";

/** Sets all counts to zero. */
export function clearStrides(): void {
  memory.fill(STRIDE_COUNTS, 0, 4 * <usize>STRIDE_SLOTS);
}

/**
 * Adds the counts of the sample at `at` for the strides up to `final`; as many bytes lie before it.
 *
 * @returns how many of its bytes are not `common`
 */
export function countStrides(at: usize, common: u32, final: u32): i32 {
  let marked = 0;
  for (let i: usize = 0; i < STRIDE_MARK_BYTES; i++) {
    const counts = load<u8>(at + i) != common;
    store<u8>(STRIDE_MARKS + i, counts ? 0xff : 0);
    marked += i32(counts);
  }
  for (let stride: u32 = 1; stride <= final; stride++) {
    const slot = STRIDE_COUNTS + ((<usize>stride) << 2);
    store<u32>(slot, load<u32>(slot) + equalBytes(at, at - <usize>stride));
  }
  return marked;
}

/** How many marked bytes of the sample equal those at `other`. */
// @ts-ignore: decorator
@inline
function equalBytes(at: usize, other: usize): u32 {
  let count: u32 = 0;
  if (ASC_FEATURE_SIMD) {
    let sums = i16x8.splat(0);
    for (let i: usize = 0; i < STRIDE_MARK_BYTES; i += 64) {
      // A lane of bytes counts to four, down from 0, before it is widened.
      let lanes = equal16(at + i, other + i, STRIDE_MARKS + i);
      lanes = i8x16.add(lanes, equal16(at + i + 16, other + i + 16, STRIDE_MARKS + i + 16));
      lanes = i8x16.add(lanes, equal16(at + i + 32, other + i + 32, STRIDE_MARKS + i + 32));
      lanes = i8x16.add(lanes, equal16(at + i + 48, other + i + 48, STRIDE_MARKS + i + 48));
      sums = i16x8.sub(sums, i16x8.extadd_pairwise_i8x16_s(lanes));
    }
    const wide = i32x4.extadd_pairwise_i16x8_s(sums);
    count = i32x4.extract_lane(wide, 0) + i32x4.extract_lane(wide, 1);
    count += i32x4.extract_lane(wide, 2) + i32x4.extract_lane(wide, 3);
  } else {
    for (let i: usize = 0; i < STRIDE_MARK_BYTES; i += 8) {
      const differs = load<u64>(at + i, 0, 1) ^ load<u64>(other + i, 0, 1);
      // The top bit of each byte that is not zero; exact, no carry passes a byte.
      const low = 0x7f7f7f7f7f7f7f7f;
      const set = (((differs & low) + low) | differs) & ~low;
      const equal = ~set & ~low & load<u64>(STRIDE_MARKS + i, 0, 1);
      count += <u32>popcnt<u64>(equal);
    }
  }
  return count;
}

// @ts-ignore: decorator
@inline
function equal16(at: usize, other: usize, marks: usize): v128 {
  return v128.and(i8x16.eq(v128.load(at), v128.load(other)), v128.load(marks));
}
