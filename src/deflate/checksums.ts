/**
 * Checksums of the containers around deflate: CRC-32 for gzip, Adler-32 for zlib.
 *
 * Both run on from an earlier value, so bytes can come in pieces. CRC-32 is the platform's own
 * where node:zlib has it, else four tables that take four bytes a step. Sources: RFC 1952
 * section 8, RFC 1950 section 8.
 */
import { platformZlib } from "./inflate-zlib.ts";

/** A checksum of bytes that come in pieces. */
export interface Checksum {
  /** The value before any byte. */
  readonly initial: number;
  /** The value after `bytes`, when it was `before` in front of them; both 0..2^32-1. */
  update(bytes: Uint8Array, before: number): number;
}

/** CRC-32: about 5 GB/s in Node, 0.5 GB/s in a browser. */
export const crc32: Checksum = {
  initial: 0,
  update: (bytes, before) => platformZlib?.crc32(bytes, before) ?? crc32ByTables(bytes, before),
};

/** Adler-32: about 1 GB/s. */
export const adler32: Checksum = { initial: 1, update: adler32Update };

const CRC32_POLYNOMIAL = 0xedb88320;
const crcTables: readonly Int32Array[] = makeCrcTables();

/** CRC-32 without the platform's help; the same values as `crc32`. */
export function crc32ByTables(bytes: Uint8Array, before: number): number {
  const [last, third, second, first] = crcTables as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  let crc = ~before;
  let at = 0;
  for (const whole = bytes.length - 3; at < whole; at += 4) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (first[crc & 255] as number) ^
      (second[(crc >>> 8) & 255] as number) ^
      (third[(crc >>> 16) & 255] as number) ^
      (last[crc >>> 24] as number);
  }
  for (; at < bytes.length; at++) {
    crc = (crc >>> 8) ^ (last[(crc ^ (bytes[at] as number)) & 255] as number);
  }
  return ~crc >>> 0;
}

/** Table n tells what a byte does to the CRC when n zero bytes follow it. */
function makeCrcTables(): Int32Array[] {
  const last = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
    last[byte] = crc;
  }
  const followedByZero = (crc: number): number => (crc >>> 8) ^ (last[crc & 255] as number);
  const third = last.map(followedByZero);
  const second = third.map(followedByZero);
  return [last, third, second, second.map(followedByZero)];
}

const ADLER_MODULUS = 65521;
/** Sums of this many bytes stay below 2^32 before they must be reduced. */
const ADLER_BYTES_MAXIMUM = 5552;

function adler32Update(bytes: Uint8Array, before: number): number {
  let low = before & 0xffff;
  let high = before >>> 16;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + ADLER_BYTES_MAXIMUM, bytes.length);
    for (; at < end; at++) {
      low += bytes[at] as number;
      high += low;
    }
    low %= ADLER_MODULUS;
    high %= ADLER_MODULUS;
  }
  return ((high << 16) | low) >>> 0;
}
