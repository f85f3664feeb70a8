/**
 * The doors of the reader: one array, an iterable of pieces, or a web stream.
 *
 * All three decode the same way (read.ts) and throw the same errors. In Node the work is done by
 * node:zlib, elsewhere by our own decoder; nothing else differs. The other direction is
 * deflate.ts.
 */
import { concatenate } from "../core/bytes.ts";
import type { ByteSource } from "../core/intake.ts";
import { INFLATE_OUTPUT_BYTES_MAXIMUM } from "../core/limits.ts";
import { streamPair } from "../core/stream-pair.ts";
import { portableEngine } from "./inflate-portable.ts";
import { type InflateSteps, tellingEngine } from "./inflate-telling.ts";
import { zlibEngine, zlibWholeEngine } from "./inflate-zlib.ts";
import { type InflateOptions, readWith } from "./read.ts";

const engine = zlibEngine ?? portableEngine;
const engineForOneArray = zlibWholeEngine ?? portableEngine;

/**
 * Decodes one gzip file (all its members), zlib stream or raw deflate stream.
 *
 * @param bytes - the compressed bytes, whole; not changed, not kept
 * @param options - format, limits, what may follow; see InflateOptions
 * @returns all decoded bytes, or nothing: on any error no part of them is returned
 * @throws PithError kind "input": DeflateTruncated, DeflateCorrupt, GzipHeader, GzipChecksum,
 *   TrailingBytes, Aborted, InvalidArgument; kind "limit": OutputLimit
 *
 * Cost: 350-600 MB/s of output in Node, 150-300 in browsers; memory twice the output.
 *
 * @example
 * const plain = await inflate(gzipped, { maxOutputBytes: 10_000_000 });
 */
export async function inflate(
  bytes: Uint8Array,
  options: InflateOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const maxOutputBytes = options.maxOutputBytes ?? INFLATE_OUTPUT_BYTES_MAXIMUM;
  const pieces: Uint8Array[] = [];
  const all = { ...options, maxOutputBytes };
  for await (const piece of readWith(engineForOneArray, bytes, all)) pieces.push(piece);
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1 && ownsItsBuffer(only)) {
    return new Uint8Array(only.buffer);
  }
  return concatenate(pieces);
}

/** Whether an array is all of its buffer, and so needs no copy to be given away. */
function ownsItsBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer && bytes.length === bytes.buffer.byteLength;
}

/**
 * Decodes while the compressed bytes come.
 *
 * @param source - bytes, an iterable of pieces (a Node stream is one), or a web stream; left
 *   early when the loop is left or an error is thrown
 * @param options - as for `inflate`, but without a limit on the output unless one is given
 * @returns pieces of at most 128 KiB, the caller's to keep. They come before the checksum
 *   behind them is checked: only after the loop has ended without an error are they proven.
 * @throws PithError as `inflate`, and whatever the source throws, unchanged
 *
 * Memory: about 400 KB, whatever the expansion and however the source is cut.
 */
export function inflateIterable(
  source: ByteSource,
  options: InflateOptions = {},
): AsyncIterableIterator<Uint8Array> {
  return readWith(engine, source, options);
}

/**
 * Decodes whatever `inflateIterable` does, and tells on the way what the streams say: each literal,
 * each match.
 *
 * @param source - as for `inflateIterable`
 * @param steps - told each step, at the latest before its bytes leave; what it throws ends the work
 * @param options - as for `inflateIterable`
 * @returns the decoded bytes, as `inflateIterable` does
 * @throws PithError as `inflateIterable`
 *
 * Cost: some 50 MB/s of output, everywhere.
 */
export function inflateSteps(
  source: ByteSource,
  steps: InflateSteps,
  options: InflateOptions = {},
): AsyncIterableIterator<Uint8Array> {
  return readWith(tellingEngine(steps), source, options);
}

/**
 * A pair of web streams: compressed bytes into `writable`, decoded bytes out of `readable`.
 *
 * @param options - as for `inflateIterable`
 * @returns for `pipeThrough`; an error shows on both sides. Nothing is read ahead: a
 *   stream that is not read takes no more than it is given.
 *
 * @example
 * const plain = response.body.pipeThrough(inflateStream({ format: "gzip" }));
 */
export function inflateStream(
  options: InflateOptions = {},
): TransformStream<Uint8Array, Uint8Array> {
  return streamPair(options.signal, (source, signal) =>
    readWith(engine, source, { ...options, signal }),
  );
}
