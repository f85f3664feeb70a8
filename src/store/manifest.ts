/**
 * Manifest: the ordered chunks of one object version, as bytes.
 *
 *   object bytes   |---- 4 MiB ----|---- 4 MiB ----|-- rest --|
 *   manifest       [sha256, size]  [sha256, size]  [sha256, size]
 *
 * A manifest is immutable: a new put makes a new one. It names chunks by the SHA-256 of their
 * plain bytes and knows nothing of codecs or blobs; where a chunk's bytes are now is the chunk row's
 * business (meta/meta.ts), so coding a chunk anew changes no manifest. Byte by byte:
 * docs/formats/manifest.md.
 */
import { crc32 } from "node:zlib";
import { viewOf } from "../core/bytes.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { CHUNK_BYTES_MAXIMUM, OBJECT_BYTES_MAXIMUM } from "../core/limits.ts";

const MAGIC = 0x4e414d50; // "PMAN", little-endian
const FORMAT_VERSION = 1;
const HEADER_BYTES = 20;
const ENTRY_BYTES = 36;
const TRAILER_BYTES = 4;

/** One chunk of an object. */
export interface ManifestChunk {
  /** Lower-case hexadecimal SHA-256 of the plain bytes. */
  readonly sha256: string;
  /** Length of the plain bytes, 1..CHUNK_BYTES_MAXIMUM. */
  readonly bytes: number;
}

/**
 * The manifest of an object that consists of these chunks, in order.
 *
 * @param chunks - none for an empty object
 * @returns 24 bytes plus 36 for each chunk; the same chunks give the same bytes
 */
export function encodeManifest(chunks: readonly ManifestChunk[]): Uint8Array<ArrayBuffer> {
  const size = HEADER_BYTES + chunks.length * ENTRY_BYTES + TRAILER_BYTES;
  const manifest = new Uint8Array(size);
  const view = viewOf(manifest);
  let at = HEADER_BYTES;
  let total = 0;
  for (const { sha256, bytes } of chunks) {
    // Buffer stops at the first character that is no digit: the length tells.
    const hash = Buffer.from(sha256, "hex");
    assertThat(hash.length === 32, "a chunk is named by 32 bytes", { sha256 });
    assertThat(bytes >= 1 && bytes <= CHUNK_BYTES_MAXIMUM, "a chunk keeps to the limit", { bytes });
    manifest.set(hash, at);
    view.setUint32(at + 32, bytes, true);
    at += ENTRY_BYTES;
    total += bytes;
  }
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FORMAT_VERSION);
  view.setUint32(8, chunks.length, true);
  view.setBigUint64(12, BigInt(total), true);
  view.setUint32(at, crc32(manifest.subarray(0, at)), true);
  return manifest;
}

/**
 * The chunks that a manifest lists.
 *
 * @throws PithError "ManifestCorrupt" unless these are exactly the bytes of a manifest. Takes no
 *   more memory than the bytes themselves justify.
 */
export function decodeManifest(manifest: Uint8Array): ManifestChunk[] {
  const { view, count, total } = readHeader(manifest);
  const chunks: ManifestChunk[] = [];
  const hexadecimal = Buffer.from(manifest.buffer, manifest.byteOffset, manifest.length);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    const bytes = view.getUint32(at + 32, true);
    if (bytes < 1 || bytes > CHUNK_BYTES_MAXIMUM)
      throw corrupt("chunk length", { index: i, bytes });
    chunks.push({ sha256: hexadecimal.toString("hex", at, at + 32), bytes });
    sum += bytes;
  }
  if (sum !== total) throw corrupt("total length", { total, sum });
  return chunks;
}

function readHeader(manifest: Uint8Array): { view: DataView; count: number; total: number } {
  const { length } = manifest;
  if (length < HEADER_BYTES + TRAILER_BYTES) throw corrupt("too short", { length });
  const view = viewOf(manifest);
  if (view.getUint32(0, true) !== MAGIC) throw corrupt("magic", {});
  const version = view.getUint8(4);
  if (version !== FORMAT_VERSION) throw corrupt("format version", { version });
  const count = view.getUint32(8, true);
  if (length !== HEADER_BYTES + count * ENTRY_BYTES + TRAILER_BYTES) {
    throw corrupt("length and count", { length, count });
  }
  const end = length - TRAILER_BYTES;
  if (view.getUint32(end, true) !== crc32(manifest.subarray(0, end))) throw corrupt("CRC-32", {});
  if (view.getUint8(5) !== 0 || view.getUint16(6, true) !== 0) throw corrupt("reserved bytes", {});
  const total = Number(view.getBigUint64(12, true));
  if (total > OBJECT_BYTES_MAXIMUM) throw corrupt("object length", { total });
  return { view, count, total };
}

function corrupt(where: string, facts: Record<string, number>): PithError {
  return new PithError("ManifestCorrupt", { where, ...facts });
}
