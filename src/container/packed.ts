/**
 * A cheap look at whether a chunk is packed already (JPEG, video, archives, ciphertext), so
 * that a match search of 25 to 90 MB/s is not spent on bytes that will be stored anyway.
 *
 *   chunk   |-- head --|   .sample.   .sample.   ...   .sample.   |
 *
 * The head of a photo (its metadata, a preview) often shrinks although the rest does not, so it is
 * tried whole and counts for itself; eight samples stand for the rest. All are packed by the
 * fastest level, which sees repeats and skewed bytes as the search itself does. Together 96 KiB,
 * 1 to 3 ms.
 */
import { deflateRawSync } from "node:zlib";
import { SAVED_SHARE_MINIMUM } from "../core/limits.ts";

const HEAD_BYTES = 32 * 1024;
const SAMPLE_BYTES = 8 * 1024;
const SAMPLES = 8;

/** Below this size the whole chunk is tried: the samples would be most of it. */
const SAMPLED_BYTES_MINIMUM = 2 * (HEAD_BYTES + SAMPLES * SAMPLE_BYTES);

/**
 * Whether packing this chunk would most likely save less than SAVED_SHARE_MINIMUM.
 *
 * @returns false for short chunks, which are not worth a look
 */
export function looksPacked(chunk: Uint8Array): boolean {
  if (chunk.length < SAMPLED_BYTES_MINIMUM) return false;
  const head = savedIn(chunk.subarray(0, HEAD_BYTES));
  const rest = chunk.subarray(HEAD_BYTES);
  const part = Math.floor(rest.length / SAMPLES);
  let sampled = 0;
  for (let i = 0; i < SAMPLES; i++) {
    const from = i * part + ((part - SAMPLE_BYTES) >> 1);
    sampled += savedIn(rest.subarray(from, from + SAMPLE_BYTES));
  }
  const saved = head + (sampled * rest.length) / (SAMPLES * SAMPLE_BYTES);
  return saved < chunk.length * SAVED_SHARE_MINIMUM;
}

/** Bytes that the fastest level saves. */
function savedIn(bytes: Uint8Array): number {
  return Math.max(0, bytes.length - deflateRawSync(bytes, { level: 1 }).length);
}
