/**
 * Checksums of the two wrappers of deflate: CRC-32 (gzip) and Adler-32 (zlib).
 *
 * CRC-32 takes sixteen bytes a step with sixteen tables (wasm has no carry-less product): table k
 * holds the checksum of a byte that k zero bytes follow. Adler-32 is two sums; the second adds
 * the first after each byte, so sixteen bytes at once add sixteen times the first and each byte
 * by how often it counts, 16 to 1. Sources: RFC 1952 section 8, RFC 1950 section 8.
 */
import { CHECKSUM_TABLES } from "../memory.ts";

/** The polynomial of CRC-32, bit-reversed. */
const POLYNOMIAL: u32 = 0xedb88320;

/** Largest prime below 65536. */
const ADLER_MODULUS: u32 = 65521;

/** Bytes after which the second sum of Adler-32 must be reduced to stay below 2^32 (5552), rounded
 * down to whole steps. */
const ADLER_STEP_BYTES: usize = 5552 & ~15;

/** Writes the sixteen tables. About 20 microseconds, once an instance. */
export function fillChecksumTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (POLYNOMIAL & (0 - (crc & 1)));
    store<u32>(CHECKSUM_TABLES + (byte << 2), crc);
  }
  for (let offset: usize = 0; offset < 15 * 1024; offset += 4) {
    const crc = load<u32>(CHECKSUM_TABLES + offset);
    const next = (crc >> 8) ^ load<u32>(CHECKSUM_TABLES + ((crc & 255) << 2));
    store<u32>(CHECKSUM_TABLES + offset, next, 1024);
  }
}

/** CRC-32 of [from, end), going on from `seed` (0 at the start). */
export function crc32Of(from: usize, end: usize, seed: u32): u32 {
  let crc = ~seed;
  let at = from;
  while (at + 16 <= end) {
    const first = load<u32>(at, 0, 1) ^ crc;
    const second = load<u32>(at, 4, 1);
    const third = load<u32>(at, 8, 1);
    const fourth = load<u32>(at, 12, 1);
    crc = word(first, 12) ^ word(second, 8) ^ word(third, 4) ^ word(fourth, 0);
    at += 16;
  }
  while (at < end) {
    crc = (crc >> 8) ^ table((crc ^ load<u8>(at)) & 255, 0);
    at++;
  }
  return ~crc;
}

/** Four bytes that `zeros` bytes follow. */
// @ts-ignore: decorator
@inline
function word(bytes: u32, zeros: usize): u32 {
  const low = table(bytes & 255, zeros + 3) ^ table((bytes >> 8) & 255, zeros + 2);
  return low ^ table((bytes >> 16) & 255, zeros + 1) ^ table(bytes >> 24, zeros);
}

// @ts-ignore: decorator
@inline
function table(byte: u32, zeros: usize): u32 {
  return load<u32>(CHECKSUM_TABLES + zeros * 1024 + (byte << 2));
}

/** Adler-32 of [from, end), going on from `seed` (1 at the start). */
export function adler32Of(from: usize, end: usize, seed: u32): u32 {
  let first = seed & 0xffff;
  let second = seed >> 16;
  let at = from;
  while (at < end) {
    const stop = min(end, at + ADLER_STEP_BYTES);
    if (ASC_FEATURE_SIMD) {
      const steps = <u32>((stop - at) >> 4);
      let sums = i32x4.splat(0); // of bytes
      let earlier = i32x4.splat(0); // of `sums` before each step
      let weighted = i32x4.splat(0); // of bytes, each times 16..1
      for (let left = steps; left > 0; left--) {
        const bytes = v128.load(at, 0, 1);
        earlier = i32x4.add(earlier, sums);
        const pairs = i16x8.extadd_pairwise_i8x16_u(bytes);
        sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(pairs));
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        const lowSum = i32x4.dot_i16x8_s(low, i16x8(16, 15, 14, 13, 12, 11, 10, 9));
        const highSum = i32x4.dot_i16x8_s(high, i16x8(8, 7, 6, 5, 4, 3, 2, 1));
        weighted = i32x4.add(weighted, i32x4.add(lowSum, highSum));
        at += 16;
      }
      second += steps * 16 * first + 16 * lanesOf(earlier) + lanesOf(weighted);
      first += lanesOf(sums);
    }
    while (at < stop) {
      first += load<u8>(at);
      second += first;
      at++;
    }
    first %= ADLER_MODULUS;
    second %= ADLER_MODULUS;
  }
  return (second << 16) | first;
}

/** Sum of the four lanes. */
// @ts-ignore: decorator
@inline
function lanesOf(sums: v128): u32 {
  const low = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
  return low + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
}
