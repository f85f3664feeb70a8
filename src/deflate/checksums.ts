/**
 * Checksums of the containers around deflate: CRC-32 for gzip, Adler-32 for zlib.
 *
 * Both run on from an earlier value, so bytes can come in pieces. CRC-32 is the platform's own
 * where node:zlib has it, else a table that takes eight bytes a step. Sources: RFC 1952
 * section 8, RFC 1950 section 8.
 */
import { viewOf } from "../core/bytes.ts";
import { platformZlib } from "./inflate-zlib.ts";

/** A checksum of bytes that come in pieces. */
export interface Checksum {
  /** The value before any byte. */
  readonly initial: number;
  /** The value after `bytes`, when it was `before` in front of them; both 0..2^32-1. */
  update(bytes: Uint8Array, before: number): number;
}

/** CRC-32: about 4 GB/s in Node, 1.5 GB/s in a browser. */
export const crc32: Checksum = {
  initial: 0,
  update: (bytes, before) => platformZlib?.crc32(bytes, before) ?? crc32ByTable(bytes, before),
};

/** Adler-32: about 1 GB/s. */
export const adler32: Checksum = { initial: 1, update: adler32Update };

const CRC32_POLYNOMIAL = 0xedb88320;

/** Entry 256 * n + byte: what a byte does to the CRC when n zero bytes follow it. */
const crcTable: Int32Array = makeCrcTable();

/** CRC-32 without the platform's help; the same values as `crc32`. Eight bytes a step: 1.7 GB/s
 * where four were 0.9 and one 0.4, from one flat table, which is a quarter faster than eight. */
export function crc32ByTable(bytes: Uint8Array, before: number): number {
  const table = crcTable;
  const words = viewOf(bytes);
  let crc = ~before;
  let at = 0;
  for (const whole = bytes.length - 7; at < whole; at += 8) {
    const low = crc ^ words.getInt32(at, true);
    const high = words.getInt32(at + 4, true);
    crc =
      (table[0x700 | (low & 255)] as number) ^
      (table[0x600 | ((low >>> 8) & 255)] as number) ^
      (table[0x500 | ((low >>> 16) & 255)] as number) ^
      (table[0x400 | (low >>> 24)] as number) ^
      (table[0x300 | (high & 255)] as number) ^
      (table[0x200 | ((high >>> 8) & 255)] as number) ^
      (table[0x100 | ((high >>> 16) & 255)] as number) ^
      (table[high >>> 24] as number);
  }
  for (; at < bytes.length; at++) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] as number)) & 255] as number);
  }
  return ~crc >>> 0;
}

function makeCrcTable(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const crc = table[i - 256] as number;
    table[i] = (crc >>> 8) ^ (table[crc & 255] as number);
  }
  return table;
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
