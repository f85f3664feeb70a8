/**
 * Wrapper: what gzip and zlib put before and after the deflate blocks.
 *
 *   gzip   1F 8B 08 00, MTIME 0, XFL, OS 255   blocks   CRC-32, length mod 2^32   little-endian
 *   zlib   78 FLG                              blocks   Adler-32                  big-endian
 *
 * Nothing in them varies but by the level, so equal input gives equal bytes. Sources: RFC 1952,
 * RFC 1950; docs/formats/deflate-output.md has an example.
 */
import { viewOf } from "../core/bytes.ts";
import type { DeflateFormat, DeflateLevel } from "./options.ts";

/** Header and trailer of the larger wrapper. */
export const WRAPPER_BYTES_MAXIMUM = 18;

/** What stands before the blocks. */
export function headerOf(format: DeflateFormat, level: DeflateLevel): Uint8Array<ArrayBuffer> {
  if (format === "raw") return new Uint8Array(0);
  if (format === "gzip") {
    return Uint8Array.of(0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, extraFlags(level), 255);
  }
  // Method 8 with a window of 32 KiB; two bits of level; a check that makes it a multiple of 31.
  const plain = 0x7800 | (zlibLevel(level) << 6);
  return Uint8Array.of(0x78, (plain & 0xff) | (31 - (plain % 31)));
}

/** What stands after the blocks, for a checksum and a count of plain bytes. */
export function trailerOf(
  format: DeflateFormat,
  checksum: number,
  plainBytes: number,
): Uint8Array<ArrayBuffer> {
  if (format === "raw") return new Uint8Array(0);
  const trailer = new Uint8Array(format === "gzip" ? 8 : 4);
  const view = viewOf(trailer);
  if (format === "gzip") {
    view.setUint32(0, checksum, true);
    view.setUint32(4, plainBytes % 2 ** 32, true);
  } else {
    view.setUint32(0, checksum, false);
  }
  return trailer;
}

/** XFL: 4 says fastest, 2 says slowest. */
function extraFlags(level: DeflateLevel): number {
  if (level === "huffman" || level === 1) return 4;
  return level === 9 ? 2 : 0;
}

function zlibLevel(level: DeflateLevel): number {
  if (level === "huffman" || level === 1) return 0;
  if (level < 6) return 1;
  return level === 6 ? 2 : 3;
}
