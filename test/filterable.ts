/**
 * Bytes that general codecs code better behind a filter: records of twelve bytes, each field like the
 * same one of the record before.
 */
import { viewOf } from "../src/core/bytes.ts";
import { seeded } from "./random.ts";

const RECORD_BYTES = 12;

/** Records, the last one cut where `size` says. */
export function filterableBytes(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const random = seeded(seed);
  const records = Math.ceil(size / RECORD_BYTES);
  const bytes = new Uint8Array(records * RECORD_BYTES);
  const view = viewOf(bytes);
  for (let i = 0; i < records; i++) {
    const at = i * RECORD_BYTES;
    view.setUint32(at, 1_000_000 + 37 * i, true);
    view.setUint16(at + 4, 500 + random.upTo(20), true);
    view.setUint32(at + 6, 77_000 + random.upTo(3000), true);
    view.setUint16(at + 10, random.upTo(4), true);
  }
  return bytes.subarray(0, size);
}
