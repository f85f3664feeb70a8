/**
 * Data to stdout, as fast as its reader takes it.
 */
import { once } from "node:events";
import type { Writable } from "node:stream";

/**
 * Writes all of `bytes`; stdout stays open for what comes after.
 *
 * @returns how many they were
 */
export async function writeOut(
  bytes: AsyncIterable<Uint8Array>,
  stdout: Writable,
): Promise<number> {
  let count = 0;
  for await (const piece of bytes) {
    count += piece.length;
    if (!stdout.write(piece)) await once(stdout, "drain");
  }
  return count;
}
