/**
 * Data folder: where everything of a store lies, and how it is opened and made.
 *
 *   format.json   says that this is a store, and of which format version; written last
 *   lock.db       the lock (lock.ts); owner.json beside it says who holds it
 *   meta.db       the metadata (with meta.db-wal and meta.db-shm while it is open)
 *   blobs/        the blobs (blobs/folder.ts)
 *   backups/      copies of the metadata (backup.ts); damaged/ what a restore put aside
 *
 * A folder with a format file but without its database is damaged, never empty. Byte by byte:
 * docs/formats/data-folder.md.
 */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PithError } from "../core/errors.ts";
import { newestBackup } from "./backup-list.ts";
import type { Blobs } from "./blobs/blobs.ts";
import { openFolderBlobs } from "./blobs/folder.ts";
import type { Clock } from "./clock.ts";
import { diskFault, errorCode, flushFolder, writeWhole } from "./disk.ts";
import { type FolderLock, lockFolder } from "./lock.ts";
import type { Meta } from "./meta/meta.ts";
import { openSqliteMeta } from "./meta/sqlite.ts";

const FORMAT_FILE = "format.json";
const FORMAT_VERSION = 1;
export const DATABASE_FILE = "meta.db";
const BLOBS_FOLDER = "blobs";

/** What may lie in a folder whose first opening was interrupted, and the service's codec switch. */
const FIRST_FILES =
  /^(lock\.db|owner\.json|codecs-off|blobs|format\.json\.new|meta\.db(-wal|-shm|-journal)?)$/;

export interface OpenFolder {
  readonly folder: string;
  readonly meta: Meta;
  readonly blobs: Blobs;
  readonly lock: FolderLock;
}

/**
 * Takes a data folder and opens what is in it; an empty or missing folder becomes a new store.
 *
 * @throws PithError "StoreLocked", "DatabaseDamaged" (with the newest backup, when there is one),
 *   "VersionGate" for a later format, "BadConfig" for a folder of something else, "ReadOnly",
 *   "DiskFull" or "StoreIo"
 */
export async function openFolder(path: string, clock: Clock): Promise<OpenFolder> {
  const folder = resolve(path);
  const lock = await takeFolder(folder, clock);
  try {
    const fresh = await isFresh(folder);
    const meta = await openMeta(folder, fresh);
    try {
      const blobs = await openFolderBlobs(join(folder, BLOBS_FOLDER));
      if (fresh) await writeFormat(folder, clock.nowMs());
      return { folder, meta, blobs, lock };
    } catch (error) {
      await meta.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Makes the folder if need be, and locks it. @throws as openFolder */
export async function takeFolder(folder: string, clock: Clock): Promise<FolderLock> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskFault(error, { folder });
  }
  return lockFolder(folder, clock.nowMs());
}

/**
 * Whether this is a store that is yet to be made.
 *
 * @throws PithError "BadConfig" when something else lies here, "VersionGate" for a later format
 */
async function isFresh(folder: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(join(folder, FORMAT_FILE), "utf8");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw diskFault(error, { folder });
    const others = (await readdir(folder)).filter((name) => !FIRST_FILES.test(name));
    if (others.length === 0) return true;
    const why = "the folder holds other files and no store";
    throw new PithError("BadConfig", { folder, why, for: others.slice(0, 3).join(", ") });
  }
  const version = /"version":\s*(\d+)/.exec(text)?.[1];
  if (version === String(FORMAT_VERSION)) return false;
  if (version === undefined) {
    throw new PithError("BadConfig", { folder, why: `${FORMAT_FILE} names no version` });
  }
  const facts = { folder, version: Number(version), readable: FORMAT_VERSION };
  throw new PithError("VersionGate", facts);
}

async function openMeta(folder: string, fresh: boolean): Promise<Meta> {
  try {
    return await openSqliteMeta(join(folder, DATABASE_FILE), fresh);
  } catch (error) {
    if (!(error instanceof PithError) || error.code !== "DatabaseDamaged") throw error;
    const newest = await newestBackup(folder);
    const remedy =
      newest === undefined
        ? "there is no backup"
        : `stop here, keep a copy of the folder, then restore ${newest.name}: pith backup --restore --data ${folder}`;
    const backup = newest === undefined ? {} : { backup: newest.name };
    throw new PithError("DatabaseDamaged", { ...error.facts, ...backup, remedy }, error);
  }
}

/** The last step of making a store: from now on a missing database is damage. */
async function writeFormat(folder: string, nowMs: number): Promise<void> {
  const file = join(folder, FORMAT_FILE);
  const created = new Date(nowMs).toISOString();
  const text = JSON.stringify({ format: "pith store", version: FORMAT_VERSION, created });
  try {
    await writeWhole(file, `${file}.new`, new TextEncoder().encode(`${text}\n`));
    await flushFolder(folder);
  } catch (error) {
    throw diskFault(error, { folder });
  }
}
