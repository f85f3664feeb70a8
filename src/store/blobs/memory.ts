/**
 * Blobs in memory: for tests, and for a store that is meant to be forgotten.
 *
 * Bytes are copied in and out, so that nobody can change a blob.
 */
import { PithError } from "../../core/errors.ts";
import type { BlobEntry, Blobs } from "./blobs.ts";

/** A driver that holds nothing yet. */
export function memoryBlobs(): Blobs {
  const held = new Map<string, Uint8Array>();
  return {
    async put(name, bytes, replace = false): Promise<void> {
      if (replace || held.get(name)?.length !== bytes.length) held.set(name, bytes.slice());
    },
    async get(name): Promise<Uint8Array> {
      const bytes = held.get(name);
      if (bytes === undefined) throw new PithError("BlobMissing", { blob: name });
      return bytes.slice();
    },
    async size(name): Promise<number | undefined> {
      return held.get(name)?.length;
    },
    async delete(name): Promise<void> {
      held.delete(name);
    },
    async list(after, limit): Promise<BlobEntry[]> {
      const names = [...held.keys()].filter((name) => name > after).sort();
      return names.slice(0, limit).map((name) => ({ name, bytes: held.get(name)?.length ?? 0 }));
    },
    async close(): Promise<void> {
      held.clear();
    },
  };
}
