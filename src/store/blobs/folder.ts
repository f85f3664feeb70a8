/**
 * Blobs in a folder: one file a blob, spread over 65,536 sub-folders.
 *
 *   blobs/ab/cd/abcd1234...   a blob, named by its 64 hexadecimal digits
 *   blobs/tmp/                files that are being written; emptied at every start
 *
 * A put writes a temporary file, flushes it, renames it and flushes every folder that gained an
 * entry: after a crash a blob is whole under its name or not there. Files with other names are
 * left alone. One process owns the folder (lock.ts).
 */
import { constants } from "node:fs";
import { lstat, open, readdir, readFile, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { assertThat, PithError } from "../../core/errors.ts";
import { BLOB_BYTES_MAXIMUM } from "../../core/limits.ts";
import {
  diskFault,
  ensureFolder,
  errorCode,
  flushFolder,
  makeFolder,
  writeWhole,
} from "../disk.ts";
import type { BlobEntry, Blobs } from "./blobs.ts";

const TEMPORARY_FOLDER = "tmp";

/** Opening a pipe waits for its other end, for ever and on a thread that others need. */
const READ_AT_ONCE = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens the driver on `folder`, which is made if it is not there, and removes what a crash left
 * half written.
 *
 * @throws PithError "DiskFull", "ReadOnly" or "StoreIo"
 */
export async function openFolderBlobs(folder: string): Promise<Blobs> {
  try {
    await makeFolder(folder);
    await rm(join(folder, TEMPORARY_FOLDER), { recursive: true, force: true });
    await makeFolder(join(folder, TEMPORARY_FOLDER));
  } catch (error) {
    throw diskFault(error, { folder });
  }
  return new FolderBlobs(folder);
}

class FolderBlobs implements Blobs {
  readonly #folder: string;
  /** Sub-folders whose entry in the folder above is known to be durable. */
  readonly #durable = new Set<string>();
  /** Puts under way: a second put of a name waits for the first, which writes the same bytes. */
  readonly #writing = new Map<string, Promise<void>>();
  #written = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(name: string, bytes: Uint8Array, replace = false): Promise<void> {
    const before = this.#writing.get(name);
    if (before !== undefined && !replace) return await before;
    // The put before this one may leave a damaged blob where it is, for its length is right.
    const write = Promise.allSettled([before]).then(() => this.#write(name, bytes, replace));
    this.#writing.set(name, write);
    try {
      await write;
    } finally {
      if (this.#writing.get(name) === write) this.#writing.delete(name);
    }
  }

  async #write(name: string, bytes: Uint8Array, replace: boolean): Promise<void> {
    const { file, outer, inner } = this.#placeOf(name);
    try {
      if (!this.#durable.has(inner)) {
        await ensureFolder(outer);
        await ensureFolder(inner);
      }
      if (replace || (await sizeOf(file)) !== bytes.length) {
        this.#written += 1;
        const temporary = join(this.#folder, TEMPORARY_FOLDER, `${this.#written}-${name}`);
        await writeWhole(file, temporary, bytes);
      }
      await this.#flush(outer, inner);
    } catch (error) {
      // Whatever happened to the folders, the next put looks again.
      this.#durable.delete(inner);
      this.#durable.delete(outer);
      throw diskFault(error, { blob: name });
    }
  }

  /**
   * Makes a new entry of `inner` durable, and the folders themselves where that is not known. Also for
   * a file that was there: a crash may have come between its rename and this. At once, because file
   * systems with a journal write one entry of it for all.
   */
  async #flush(outer: string, inner: string): Promise<void> {
    const flushes = [flushFolder(inner)];
    if (!this.#durable.has(inner)) flushes.push(flushFolder(outer));
    if (!this.#durable.has(outer)) flushes.push(flushFolder(this.#folder));
    await Promise.all(flushes);
    this.#durable.add(inner);
    this.#durable.add(outer);
  }

  async get(name: string): Promise<Uint8Array> {
    const { file } = this.#placeOf(name);
    try {
      const handle = await open(file, READ_AT_ONCE);
      try {
        const entry = await handle.stat();
        const { size } = entry;
        if (!entry.isFile()) throw new PithError("BlobCorrupt", { blob: name, why: "not a file" });
        if (size > BLOB_BYTES_MAXIMUM) throw new PithError("BlobCorrupt", { blob: name, size });
        const bytes = await readFile(handle);
        return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (errorCode(error) === "ENOENT") throw new PithError("BlobMissing", { blob: name }, error);
      throw PithError.from(error, "StoreIo", { blob: name });
    }
  }

  async size(name: string): Promise<number | undefined> {
    try {
      return await sizeOf(this.#placeOf(name).file);
    } catch (error) {
      throw PithError.from(error, "StoreIo", { blob: name });
    }
  }

  async delete(name: string): Promise<void> {
    const { file, inner } = this.#placeOf(name);
    try {
      await unlink(file);
      await flushFolder(inner);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw diskFault(error, { blob: name });
    }
  }

  async list(after: string, limit: number): Promise<BlobEntry[]> {
    const entries: BlobEntry[] = [];
    try {
      for (const outer of await namesIn(this.#folder, /^[0-9a-f]{2}$/, after.slice(0, 2))) {
        const from = outer === after.slice(0, 2) ? after.slice(2, 4) : "";
        for (const inner of await namesIn(join(this.#folder, outer), /^[0-9a-f]{2}$/, from)) {
          for (const name of await namesIn(
            join(this.#folder, outer, inner),
            /^[0-9a-f]{64}$/,
            "",
          )) {
            if (name <= after || !name.startsWith(outer + inner)) continue;
            if (entries.length >= limit) return entries;
            // A link that leads nowhere is to be listed as well, not to end the listing.
            const bytes = await sizeOf(join(this.#folder, outer, inner, name), lstat);
            if (bytes !== undefined) entries.push({ name, bytes });
          }
        }
      }
    } catch (error) {
      throw PithError.from(error, "StoreIo", { folder: this.#folder });
    }
    return entries;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
  }

  #placeOf(name: string): { file: string; outer: string; inner: string } {
    assertThat(/^[0-9a-f]{64}$/.test(name), "a blob's name is a SHA-256", { name });
    const outer = join(this.#folder, name.slice(0, 2));
    const inner = join(outer, name.slice(2, 4));
    return { file: join(inner, name), outer, inner };
  }
}

/** The file's length, undefined when there is none. */
async function sizeOf(file: string, look = stat): Promise<number | undefined> {
  try {
    return (await look(file)).size;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Names in a folder that fit the pattern, from `first` on, sorted; none when it is not there. */
async function namesIn(folder: string, pattern: RegExp, first: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
  return names.filter((name) => pattern.test(name) && name >= first).sort();
}
