/**
 * Reading a .pith file from front to back, as it comes through a pipe.
 *
 *   source -> header -> frame -> [ checked and decoded, CHUNKS_IN_FLIGHT at once ] -> yield, in order
 *                       index -> compared with what was read
 *
 * Frames come out as soon as each is proved whole; that none is missing, added or exchanged is
 * known at the index, so a reader that must not act on half a file waits for the end.
 */
import { PithError } from "../core/errors.ts";
import { CHUNKS_IN_FLIGHT } from "../core/limits.ts";
import { ByteReader } from "./byte-reader.ts";
import type { Coder, ToldChunk } from "./coder.ts";
import { stampFilter } from "./filtering.ts";
import {
  decodeFrameHeader,
  FRAME_FIXED_BYTES,
  type FrameHeader,
  frameHeaderBytes,
} from "./frame.ts";
import {
  decodePithHeader,
  INDEX_START_BYTES,
  IndexEntries,
  indexCount,
  isIndexStart,
  PITH_FIXED_BYTES,
  type PithMetadata,
  pithHeaderBytes,
  requireSame,
} from "./pith-format.ts";

export interface ExpandOptions {
  /** Told what the file keeps of its plain file, before the first byte comes. */
  readonly onMetadata?: ((metadata: PithMetadata) => void) | undefined;
  /** Plain bytes at most; beyond it the reading ends with "OutputLimit". Default no limit. */
  readonly maximumBytes?: number | undefined;
  /** Told of each chunk as its frame is read, before it is decoded. */
  readonly onChunk?: ((chunk: ToldChunk) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The plain bytes of a .pith file.
 *
 * @throws PithError "NotPith", "PithVersion", "PithTruncated", "FrameCorrupt", "CodecUnknown",
 *   "TrailingBytes", "OutputLimit", "Aborted", or what the source throws
 */
export async function* readPith(
  coder: Coder,
  source: AsyncIterable<Uint8Array>,
  options: ExpandOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { maximumBytes = Number.POSITIVE_INFINITY, onChunk, signal } = options;
  const reader = new ByteReader(source);
  const decoding: Promise<Uint8Array>[] = [];
  try {
    const headerBytes = await readHeader(reader, options);
    const entries = new IndexEntries();
    for (;;) {
      if (signal?.aborted) throw new PithError("Aborted", {}, signal.reason);
      const read = await readFrame(reader, entries);
      if (read === undefined) break;
      const { frame, header } = read;
      if (entries.plainBytes > maximumBytes) throw new PithError("OutputLimit", { maximumBytes });
      if (decoding.length >= CHUNKS_IN_FLIGHT)
        yield await (decoding.shift() as Promise<Uint8Array>);
      onChunk?.(tellChunk(coder, header));
      const decoded = coder.decode(frame);
      // Heard when its turn comes.
      decoded.catch(() => undefined);
      decoding.push(decoded);
    }
    for (const decoded of decoding) yield await decoded;
    await readIndex(reader, entries, headerBytes);
  } finally {
    await reader.close();
  }
}

async function readHeader(reader: ByteReader, options: ExpandOptions): Promise<number> {
  const start = new Uint8Array(PITH_FIXED_BYTES);
  const startBytes = await reader.fill(start);
  const header = new Uint8Array(pithHeaderBytes(start.subarray(0, startBytes)));
  header.set(start);
  await reader.need(header.subarray(PITH_FIXED_BYTES));
  const metadata = decodePithHeader(header);
  options.onMetadata?.(metadata);
  return header.length;
}

/** The next whole frame, noted in `entries`; undefined when the index begins, its start taken. */
async function readFrame(
  reader: ByteReader,
  entries: IndexEntries,
): Promise<{ frame: Uint8Array; header: FrameHeader } | undefined> {
  const start = new Uint8Array(FRAME_FIXED_BYTES);
  await reader.need(start.subarray(0, 4));
  if (isIndexStart(start)) return undefined;
  await reader.need(start.subarray(4));
  const head = new Uint8Array(frameHeaderBytes(start));
  head.set(start);
  await reader.need(head.subarray(FRAME_FIXED_BYTES));
  const header = decodeFrameHeader(head);
  const { frameBytes, plainBytes, headerCrc32 } = header;
  entries.add({ frameBytes, plainBytes, headerCrc32 });
  const frame = new Uint8Array(frameBytes);
  frame.set(head);
  await reader.need(frame.subarray(head.length));
  return { frame, header };
}

/** What a header says of its chunk; a codec that this build has not goes by its number. */
function tellChunk({ codecs }: Coder, header: FrameHeader): ToldChunk {
  const { plainBytes, frameBytes, codec: id, codecVersion: version } = header;
  const name = codecs.find((codec) => codec.id === id)?.name ?? `codec ${id}`;
  const filter = stampFilter(header.filter);
  return { plainBytes, frameBytes, codec: { id, name, version }, filter };
}

/** Reads the rest of the index and the end of the source. */
async function readIndex(
  reader: ByteReader,
  entries: IndexEntries,
  headerBytes: number,
): Promise<void> {
  const expected = entries.encode(headerBytes);
  const index = new Uint8Array(expected.length);
  index.set(expected.subarray(0, 4));
  await reader.need(index.subarray(4, INDEX_START_BYTES));
  const count = indexCount(index);
  if (count !== entries.count) {
    throw new PithError("FrameCorrupt", { what: "frames are missing", count, seen: entries.count });
  }
  await reader.need(index.subarray(INDEX_START_BYTES));
  requireSame(index, expected);
  if (!(await reader.isAtEnd())) {
    const bytes = headerBytes + entries.framesBytes + index.length;
    throw new PithError("TrailingBytes", { after: bytes });
  }
}
