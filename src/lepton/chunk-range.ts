/**
 * Chunk range: the Lepton file of some bytes of a JPEG that is all there.
 *
 *   JPEG   | ... passed over ... | range | not looked at |
 *
 * The same file as a session (chunks.ts) makes of a chunk with these bytes.
 */
import { PithError } from "../core/errors.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import { type ChunkEncodeOptions, encodeChunk } from "./chunk-encode.ts";
import { type ChunkRefused, ChunkTracker } from "./chunk-tracker.ts";
import { loadEncoder } from "./kernels.ts";

/** Bytes [start, end) of a JPEG. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Codes a range.
 *
 * @throws PithError "OnlyGarbageNoJpeg" when no row begins in the range; "ProgressiveUnsupported"
 *   when the JPEG has several scans; what else keeps it from being coded
 */
export async function encodeRange(
  jpeg: Uint8Array,
  { start, end }: ByteRange,
  options: ChunkEncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const kernel = await loadEncoder(options.model);
  const tracker = new ChunkTracker(kernel, options.model);
  for (let at = 0; at < start; at += CHUNK_BYTES) {
    tracker.take(jpeg.subarray(at, Math.min(at + CHUNK_BYTES, start)), false);
  }
  const chunk = jpeg.subarray(start, end);
  const plan = tracker.take(chunk, end === jpeg.length);
  const file = "refused" in plan ? plan : await encodeChunk(kernel, plan, chunk, options);
  if ("refused" in file) throw errorOf(file);
  return file;
}

function errorOf({ refused, why }: ChunkRefused): PithError {
  return new PithError(refused, why === undefined ? {} : { why });
}
