/**
 * Reading a .pith file at any place: by its index, touching only the frames that are needed.
 *
 * Opening takes three reads: the header's start, the end, the index. Format:
 * docs/formats/pith-file.md.
 */
import { PithError } from "../core/errors.ts";
import type { CodecStamp, Coder } from "./coder.ts";
import { type FilterStamp, stampFilter } from "./filtering.ts";
import {
  decodeFrameHeader,
  FRAME_FIXED_BYTES,
  type FrameHeader,
  frameHeaderBytes,
} from "./frame.ts";
import {
  decodeIndex,
  decodePithHeader,
  findIndex,
  INDEX_TAIL_BYTES,
  type IndexEntries,
  PITH_FIXED_BYTES,
  type PithMetadata,
  pithHeaderBytes,
} from "./pith-format.ts";

/** Bytes that can be read at any place: a file, a blob, an array. */
export interface RandomAccess {
  /** Length of the whole. */
  readonly bytes: number;
  /** Exactly the bytes from `offset` on, `length` of them; the caller stays within `bytes`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** One frame of an open file, known by its header. */
export interface PithFrame {
  /** Where its chunk begins in the plain file. */
  readonly plainOffset: number;
  readonly plainBytes: number;
  /** Where it begins in the .pith file. */
  readonly frameOffset: number;
  readonly frameBytes: number;
  /** Where its payload begins, which goes on to its end. */
  readonly payloadOffset: number;
  /** Lower-case hexadecimal SHA-256 of its plain bytes. */
  readonly sha256: string;
  readonly codec: Omit<CodecStamp, "name">;
  /** What came before the codec; undefined for nothing. */
  readonly filter: FilterStamp | undefined;
}

export interface PithFile {
  readonly metadata: PithMetadata;
  /** Length of the plain file. */
  readonly plainBytes: number;
  readonly frameCount: number;
  /** Reads the headers of all frames, one after the other; decodes nothing. */
  frames(): AsyncGenerator<PithFrame, void, undefined>;
  /**
   * Plain bytes from `from` up to, not including, `to`; decodes only the frames they lie in.
   *
   * @throws PithError "RangeNotSatisfiable" outside 0 <= from <= to <= plainBytes, kind "corrupt"
   *   for damage in those frames
   */
  read(from: number, to: number): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Opens a .pith file.
 *
 * @throws PithError "NotPith", "PithVersion", "PithTruncated" (also when other bytes follow its end)
 *   or "FrameCorrupt"; what `file.read` throws
 */
export async function openPithFile(coder: Coder, file: RandomAccess): Promise<PithFile> {
  const start = await readAt(file, 0, Math.min(PITH_FIXED_BYTES, file.bytes));
  const headerBytes = pithHeaderBytes(start);
  const metadata = decodePithHeader(await readAt(file, 0, headerBytes));
  if (file.bytes < headerBytes + INDEX_TAIL_BYTES) throw new PithError("PithTruncated");
  const tail = await readAt(file, file.bytes - INDEX_TAIL_BYTES, INDEX_TAIL_BYTES);
  const place = findIndex(tail, file.bytes);
  const entries = decodeIndex(await readAt(file, place.offset, place.bytes), headerBytes);
  return new OpenFile(coder, file, metadata, entries, headerBytes);
}

class OpenFile implements PithFile {
  readonly metadata: PithMetadata;
  readonly #coder: Coder;
  readonly #file: RandomAccess;
  readonly #entries: IndexEntries;
  readonly #headerBytes: number;

  constructor(
    coder: Coder,
    file: RandomAccess,
    metadata: PithMetadata,
    entries: IndexEntries,
    headerBytes: number,
  ) {
    this.metadata = metadata;
    this.#coder = coder;
    this.#file = file;
    this.#entries = entries;
    this.#headerBytes = headerBytes;
  }

  get plainBytes(): number {
    return this.#entries.plainBytes;
  }

  get frameCount(): number {
    return this.#entries.count;
  }

  async *frames(): AsyncGenerator<PithFrame, void, undefined> {
    for (const { index, plainOffset, frameOffset } of this.#places()) {
      const start = await readAt(this.#file, frameOffset, FRAME_FIXED_BYTES);
      const whole = await readAt(this.#file, frameOffset, frameHeaderBytes(start));
      const {
        codec: id,
        codecVersion,
        sha256,
        plainBytes,
        frameBytes,
        headerBytes,
        filter: filterBytes,
      } = this.#headerOf(whole, index);
      const codec = { id, version: codecVersion };
      const filter = stampFilter(filterBytes);
      const payloadOffset = frameOffset + headerBytes;
      const place = { plainOffset, plainBytes, frameOffset, frameBytes, payloadOffset };
      yield { ...place, sha256, codec, filter };
    }
  }

  async *read(from: number, to: number): AsyncGenerator<Uint8Array, void, undefined> {
    const inside = Number.isSafeInteger(from) && Number.isSafeInteger(to);
    if (!inside || from < 0 || from > to || to > this.plainBytes) {
      throw new PithError("RangeNotSatisfiable", { from, to, plainBytes: this.plainBytes });
    }
    for (const { index, plainOffset, frameOffset } of this.#places()) {
      const { plainBytes, frameBytes } = this.#entries.at(index);
      if (plainOffset >= to) return;
      if (plainOffset + plainBytes <= from) continue;
      const frame = await readAt(this.#file, frameOffset, frameBytes);
      const { sha256 } = this.#headerOf(frame, index);
      const plain = await this.#coder.decode(frame, sha256);
      yield plain.subarray(Math.max(0, from - plainOffset), Math.min(plainBytes, to - plainOffset));
    }
  }

  /** Where each frame and its chunk begin. */
  *#places(): Generator<{ index: number; plainOffset: number; frameOffset: number }> {
    let plainOffset = 0;
    let frameOffset = this.#headerBytes;
    for (let index = 0; index < this.#entries.count; index++) {
      yield { index, plainOffset, frameOffset };
      const { plainBytes, frameBytes } = this.#entries.at(index);
      plainOffset += plainBytes;
      frameOffset += frameBytes;
    }
  }

  /** The header that begins `bytes`, which must be that of the entry. */
  #headerOf(bytes: Uint8Array, index: number): FrameHeader {
    const header = decodeFrameHeader(bytes);
    const entry = this.#entries.at(index);
    const same =
      header.headerCrc32 === entry.headerCrc32 &&
      header.frameBytes === entry.frameBytes &&
      header.plainBytes === entry.plainBytes;
    if (!same) throw new PithError("FrameCorrupt", { what: "not the frame of the index", index });
    return header;
  }
}

async function readAt(file: RandomAccess, offset: number, length: number): Promise<Uint8Array> {
  if (offset + length > file.bytes) {
    throw new PithError("PithTruncated", { missing: offset + length - file.bytes });
  }
  const bytes = await file.read(offset, length);
  if (bytes.length !== length) throw new PithError("PithTruncated", { offset, length });
  return bytes;
}
