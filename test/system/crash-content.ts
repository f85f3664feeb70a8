/**
 * Contents for crash tests: the writer that is killed and the reader that looks afterwards make
 * the same bytes from the same two numbers.
 */
import { viewOf } from "../../src/core/bytes.ts";
import { seeded } from "../random.ts";

const BLOCK_BYTES = 64 * 1024;
const blocks = new Map<number, Uint8Array>();

/**
 * `size` bytes of content number `seed`: structure that codecs can use, no two blocks alike. Two
 * sizes of one content share every whole chunk.
 */
export function contentOf(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const block = blocks.get(seed) ?? seeded(seed).content(BLOCK_BYTES);
  blocks.set(seed, block);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += BLOCK_BYTES) {
    bytes.set(block.subarray(0, Math.min(BLOCK_BYTES, size - at)), at);
    if (size - at >= 4) viewOf(bytes).setUint32(at, at);
  }
  return bytes;
}
