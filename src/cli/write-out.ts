/**
 * Data to stdout, as fast as its reader takes it.
 */
import { once } from "node:events";
import type { Writable } from "node:stream";

/** Writes all of `bytes`; stdout stays open for what comes after. */
export async function writeOut(bytes: AsyncIterable<Uint8Array>, stdout: Writable): Promise<void> {
  for await (const piece of bytes) {
    if (!stdout.write(piece)) await once(stdout, "drain");
  }
}
