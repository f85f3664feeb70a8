/**
 * The fixed parts of a .pith file: header, metadata and index, byte by byte. Writing, reading from
 * front to back and reading at a place are in pith-write.ts, pith-read.ts and pith-open.ts.
 *
 * Format: docs/formats/pith-file.md.
 */
import { crc32 } from "node:zlib";
import { concatenate, viewOf } from "../core/bytes.ts";
import { assertThat, type FaultFacts, PithError } from "../core/errors.ts";
import { PITH_FRAMES_MAXIMUM, PITH_METADATA_BYTES_MAXIMUM } from "../core/limits.ts";

/** First bytes of a .pith file. */
export const PITH_MAGIC: readonly number[] = [0xf0, 0x50, 0x54, 0x48, 0x0d, 0x0a, 0x1a, 0x0a];
/** "\xf0PIX" and "XIP\xf0" read as little-endian integers. */
const INDEX_MAGIC = 0x58_49_50_f0;
const END_MAGIC = 0xf0_50_49_58;
const FORMAT_VERSION = 1;

/** Header bytes before the metadata, from which its length is known. */
export const PITH_FIXED_BYTES = 16;
const CRC_BYTES = 4;
/** Index bytes before the entries, of an entry, and after the entries. */
export const INDEX_START_BYTES = 8;
const INDEX_ENTRY_BYTES = 12;
export const INDEX_TAIL_BYTES = 28;

const TAG_NAME = 1;
const TAG_MODIFIED = 2;
const TAG_MODE = 3;
const NAME_BYTES_MAXIMUM = 4096;

/** What a .pith file may keep of the file that it was made from. */
export interface PithMetadata {
  /** Base name, without folders. */
  readonly name?: string | undefined;
  /** Milliseconds since 1970, whole. */
  readonly modifiedMs?: number | undefined;
  /** Unix mode, 0..0o7777. */
  readonly mode?: number | undefined;
}

/** One frame as the index knows it. */
export interface PithEntry {
  readonly frameBytes: number;
  readonly plainBytes: number;
  /** CRC-32 of the frame's header: ties the entry to its frame. */
  readonly headerCrc32: number;
}

/**
 * Writes a header.
 *
 * @throws PithError "BadUsage" when a piece of metadata is outside the format's limits
 */
export function encodePithHeader(metadata: PithMetadata = {}): Uint8Array<ArrayBuffer> {
  const records = encodeMetadata(metadata);
  const header = new Uint8Array(PITH_FIXED_BYTES + records.length + CRC_BYTES);
  const view = viewOf(header);
  header.set(PITH_MAGIC);
  header[8] = FORMAT_VERSION;
  view.setUint32(12, records.length, true);
  header.set(records, PITH_FIXED_BYTES);
  const covered = header.length - CRC_BYTES;
  view.setUint32(covered, crc32(header.subarray(0, covered)), true);
  return header;
}

/**
 * The header's length, read from its first PITH_FIXED_BYTES.
 *
 * @param start - those bytes, or all there are
 * @throws PithError "NotPith" when no .pith file begins so, with a word on damage by text copies;
 *   "PithTruncated" when too few bytes are there
 */
export function pithHeaderBytes(start: Uint8Array): number {
  const magic = start.subarray(0, PITH_MAGIC.length);
  if (magic.length === 0 || magic.some((byte, i) => byte !== PITH_MAGIC[i])) {
    const damagedAsText = magic[1] === 0x50 && magic[2] === 0x54 && magic[3] === 0x48;
    const what = damagedAsText ? { what: "the file was copied as text, which damages it" } : {};
    throw new PithError("NotPith", what);
  }
  if (start.length < PITH_FIXED_BYTES) throw new PithError("PithTruncated");
  const metadataBytes = viewOf(start).getUint32(12, true);
  if (metadataBytes > PITH_METADATA_BYTES_MAXIMUM) {
    throw corrupt("the metadata are too long", { metadataBytes });
  }
  return PITH_FIXED_BYTES + metadataBytes + CRC_BYTES;
}

/**
 * Reads and checks a whole header.
 *
 * @throws PithError "NotPith", "PithVersion" or "FrameCorrupt"
 */
export function decodePithHeader(header: Uint8Array): PithMetadata {
  const length = pithHeaderBytes(header);
  assertThat(header.length === length, "a header is read whole");
  const view = viewOf(header);
  const covered = length - CRC_BYTES;
  if (crc32(header.subarray(0, covered)) !== view.getUint32(covered, true)) {
    throw corrupt("the file header's checksum is wrong");
  }
  if (header[8] !== FORMAT_VERSION) throw new PithError("PithVersion", { version: header[8] });
  if ((view.getUint32(8, true) & 0xffff_ff00) !== 0) throw corrupt("reserved bytes are not zero");
  return decodeMetadata(header.subarray(PITH_FIXED_BYTES, covered));
}

/** Collects the entries of the frames as they are written or read. */
export class IndexEntries {
  #bytes = new Uint8Array(16 * INDEX_ENTRY_BYTES);
  #count = 0;
  plainBytes = 0;
  framesBytes = 0;

  get count(): number {
    return this.#count;
  }

  /** @throws PithError "OutputLimit" beyond PITH_FRAMES_MAXIMUM */
  add(entry: PithEntry): void {
    if (this.#count >= PITH_FRAMES_MAXIMUM) {
      throw new PithError("OutputLimit", { what: "too many frames", count: this.#count });
    }
    const at = this.#count * INDEX_ENTRY_BYTES;
    if (at === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const view = viewOf(this.#bytes);
    view.setUint32(at, entry.frameBytes, true);
    view.setUint32(at + 4, entry.plainBytes, true);
    view.setUint32(at + 8, entry.headerCrc32, true);
    this.#count += 1;
    this.plainBytes += entry.plainBytes;
    this.framesBytes += entry.frameBytes;
  }

  at(index: number): PithEntry {
    assertThat(index >= 0 && index < this.#count, "an entry is in the index", { index });
    const view = viewOf(this.#bytes);
    const at = index * INDEX_ENTRY_BYTES;
    return {
      frameBytes: view.getUint32(at, true),
      plainBytes: view.getUint32(at + 4, true),
      headerCrc32: view.getUint32(at + 8, true),
    };
  }

  /** The index of a file whose header has this length. */
  encode(headerBytes: number): Uint8Array<ArrayBuffer> {
    const entriesBytes = this.#count * INDEX_ENTRY_BYTES;
    const index = new Uint8Array(INDEX_START_BYTES + entriesBytes + INDEX_TAIL_BYTES);
    const view = viewOf(index);
    view.setUint32(0, INDEX_MAGIC, true);
    view.setUint32(4, this.#count, true);
    index.set(this.#bytes.subarray(0, entriesBytes), INDEX_START_BYTES);
    const tail = INDEX_START_BYTES + entriesBytes;
    view.setBigUint64(tail, BigInt(this.plainBytes), true);
    view.setBigUint64(tail + 8, BigInt(headerBytes + this.framesBytes + index.length), true);
    view.setUint32(tail + 16, index.length, true);
    view.setUint32(tail + 20, crc32(index.subarray(0, tail + 20)), true);
    view.setUint32(tail + 24, END_MAGIC, true);
    return index;
  }
}

/** Where the index of a file lies, from the file's last INDEX_TAIL_BYTES. */
export interface IndexPlace {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Finds the index of a file by its end.
 *
 * @param tail - the file's last INDEX_TAIL_BYTES
 * @throws PithError "PithTruncated" when the file does not end as it should, which a truncated one
 *   does not, nor one that other bytes follow
 */
export function findIndex(tail: Uint8Array, fileBytes: number): IndexPlace {
  const view = viewOf(tail);
  const end = view.getUint32(24, true);
  const bytes = view.getUint32(16, true);
  const known = view.getBigUint64(8, true);
  if (end !== END_MAGIC || known !== BigInt(fileBytes)) {
    throw new PithError("PithTruncated", { what: "truncated, or followed by other bytes" });
  }
  const least = INDEX_START_BYTES + INDEX_TAIL_BYTES;
  const most = least + PITH_FRAMES_MAXIMUM * INDEX_ENTRY_BYTES;
  if (bytes < least || bytes > most || bytes > fileBytes) {
    throw corrupt("the index has no possible length", { bytes });
  }
  return { offset: fileBytes - bytes, bytes };
}

/**
 * Reads and checks a whole index.
 *
 * @param headerBytes - length of the file's header
 * @throws PithError "FrameCorrupt"
 */
export function decodeIndex(index: Uint8Array, headerBytes: number): IndexEntries {
  const count = indexCount(index);
  const length = INDEX_START_BYTES + count * INDEX_ENTRY_BYTES + INDEX_TAIL_BYTES;
  if (index.length !== length) throw corrupt("the index has the wrong length");
  const entries = new IndexEntries();
  const view = viewOf(index);
  for (let i = 0; i < count; i++) {
    const at = INDEX_START_BYTES + i * INDEX_ENTRY_BYTES;
    entries.add({
      frameBytes: view.getUint32(at, true),
      plainBytes: view.getUint32(at + 4, true),
      headerCrc32: view.getUint32(at + 8, true),
    });
  }
  requireSame(index, entries.encode(headerBytes));
  return entries;
}

/** Whether an index begins with these four bytes. */
export function isIndexStart(start: Uint8Array): boolean {
  return viewOf(start).getUint32(0, true) === INDEX_MAGIC;
}

/**
 * The number of entries, read from the index's first INDEX_START_BYTES.
 *
 * @throws PithError "FrameCorrupt"
 */
export function indexCount(start: Uint8Array): number {
  const view = viewOf(start);
  const count = view.getUint32(4, true);
  if (!isIndexStart(start) || count > PITH_FRAMES_MAXIMUM) {
    throw corrupt("no index begins here", { count });
  }
  return count;
}

/** An index has one form: it is right when it is what the writer would write. */
export function requireSame(index: Uint8Array, expected: Uint8Array): void {
  for (let i = 0; i < expected.length; i++) {
    if (index[i] !== expected[i])
      throw corrupt("the index does not agree with the file", { at: i });
  }
}

function encodeMetadata(metadata: PithMetadata): Uint8Array {
  const { name, modifiedMs, mode } = metadata;
  const records: Uint8Array[] = [];
  if (name !== undefined) {
    const bytes = new TextEncoder().encode(name);
    requireThat(isPlainName(name) && bytes.length <= NAME_BYTES_MAXIMUM, { name });
    records.push(record(TAG_NAME, bytes));
  }
  if (modifiedMs !== undefined) {
    requireThat(Number.isSafeInteger(modifiedMs), { modifiedMs });
    const value = new Uint8Array(8);
    viewOf(value).setBigInt64(0, BigInt(modifiedMs), true);
    records.push(record(TAG_MODIFIED, value));
  }
  if (mode !== undefined) {
    requireThat(Number.isInteger(mode) && mode >= 0 && mode <= 0o7777, { mode });
    const value = new Uint8Array(2);
    viewOf(value).setUint16(0, mode, true);
    records.push(record(TAG_MODE, value));
  }
  return concatenate(records);
}

function record(tag: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(3 + value.length);
  bytes[0] = tag;
  viewOf(bytes).setUint16(1, value.length, true);
  bytes.set(value, 3);
  return bytes;
}

function decodeMetadata(bytes: Uint8Array): PithMetadata {
  const view = viewOf(bytes);
  let metadata: PithMetadata = {};
  let tagBefore = 0;
  for (let at = 0; at < bytes.length; ) {
    if (at + 3 > bytes.length) throw corrupt("a metadata record is cut");
    const tag = view.getUint8(at);
    const length = view.getUint16(at + 1, true);
    const value = bytes.subarray(at + 3, at + 3 + length);
    if (tag <= tagBefore || value.length !== length) throw corrupt("a metadata record is wrong");
    metadata = { ...metadata, ...decodeRecord(tag, value) };
    tagBefore = tag;
    at += 3 + length;
  }
  return metadata;
}

function decodeRecord(tag: number, value: Uint8Array): PithMetadata {
  if (tag === TAG_NAME) {
    const name = decodeText(value);
    if (name === undefined || !isPlainName(name) || value.length > NAME_BYTES_MAXIMUM) {
      throw corrupt("not a file's name");
    }
    return { name };
  }
  if (tag === TAG_MODIFIED) {
    if (value.length !== 8) throw corrupt("a metadata record is wrong");
    const modified = viewOf(value).getBigInt64(0, true);
    const modifiedMs = Number(modified);
    if (!Number.isSafeInteger(modifiedMs)) throw corrupt("not a time");
    return { modifiedMs };
  }
  if (tag === TAG_MODE) {
    if (value.length !== 2) throw corrupt("a metadata record is wrong");
    const mode = viewOf(value).getUint16(0, true);
    if (mode > 0o7777) throw corrupt("not a mode");
    return { mode };
  }
  return {};
}

/** The text of well-formed UTF-8. */
function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A name that cannot lead out of the folder where it is used. */
function isPlainName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}

function requireThat(holds: boolean, facts: FaultFacts): void {
  if (!holds) throw new PithError("BadUsage", { what: "metadata outside their limits", ...facts });
}

function corrupt(what: string, facts: FaultFacts = {}): PithError {
  return new PithError("FrameCorrupt", { what, ...facts });
}
