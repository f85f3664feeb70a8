/**
 * Backup: copies of the metadata while the store is in use, and the way back from one.
 *
 *   DATA/backups/meta-20261121T081628123Z.db    one file each, whole or not there, newest last
 *   DATA/damaged/20261121T091500000Z/           what a restore put aside
 *
 * A backup holds metadata only; blobs are immutable and stay where they are. What a restored database
 * does not know (objects younger than the backup) is gone from the listings, but its blobs stay on
 * the disk until somebody asks for their removal: collect.ts never touches files without a row. For
 * the same reason a restore forgets what was garbage when the backup was made: an object that came
 * later may have used it again.
 */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { PithError, type PlainFault } from "../core/errors.ts";
import { BACKUPS_KEPT } from "../core/limits.ts";
import { BACKUPS_FOLDER, type BackupEntry, entryOf, listBackups } from "./backup-list.ts";
import { type Clock, systemClock } from "./clock.ts";
import { DATABASE_FILE, takeFolder } from "./data-folder.ts";
import { diskFault, errorCode, flushFile, flushFolder, makeFolder } from "./disk.ts";
import type { BackupOrder } from "./meta/sqlite-copy-worker.ts";

const DAMAGED_FOLDER = "damaged";

/**
 * Copies the metadata of an open store, checks the copy, and forgets all but the newest
 * BACKUPS_KEPT; where there is no room for it, all but the newest make place. Puts and gets go on
 * meanwhile; the copy is of one moment.
 *
 * @throws PithError "DiskFull", "ReadOnly", "StoreIo", or "DatabaseDamaged" when the copy is not whole
 */
export async function makeBackup(folder: string, nowMs: number): Promise<BackupEntry> {
  const backups = join(folder, BACKUPS_FOLDER);
  try {
    await makeFolder(backups);
    await removeHalves(backups);
    const name = await freeName(backups, nowMs);
    const half = join(backups, `${name}.new`);
    const order = { from: join(folder, DATABASE_FILE), to: half, forgetGarbage: false };
    try {
      await copyDatabase(order);
    } catch (error) {
      if (!(error instanceof PithError) || error.code !== "DiskFull") throw error;
      await removeHalves(backups);
      await prune(folder, backups, 1);
      await copyDatabase(order);
    }
    await flushFile(half);
    await rename(half, join(backups, name));
    await flushFolder(backups);
    await prune(folder, backups, BACKUPS_KEPT);
    return await entryOf(backups, name);
  } catch (error) {
    throw diskFault(error, { folder: backups });
  }
}

/**
 * Puts a backup in the place of the metadata of a store that nobody has open; the files that were
 * there are kept in DATA/damaged. Interrupted, it leaves a folder that refuses to open until it is
 * run again.
 *
 * @param options.name - a name from listBackups; the newest unless given
 * @returns the backup that is the metadata now
 * @throws PithError "StoreLocked", "BadUsage" when there is no such backup, "DatabaseDamaged" when it
 *   is not whole itself, "DiskFull", "ReadOnly" or "StoreIo"
 */
export async function restoreBackup(
  path: string,
  options: { readonly name?: string | undefined; readonly clock?: Clock | undefined } = {},
): Promise<BackupEntry> {
  const folder = resolve(path);
  const clock = options.clock ?? systemClock;
  const all = await listBackups(folder);
  const { name } = options;
  const entry = name === undefined ? all.at(-1) : all.find((backup) => backup.name === name);
  if (entry === undefined) {
    throw new PithError("BadUsage", { why: "there is no such backup", folder, name });
  }
  const lock = await takeFolder(folder, clock);
  try {
    const fresh = join(folder, `${DATABASE_FILE}.new`);
    await rm(fresh, { force: true });
    // Copied by SQLite, which reads and checks every page of it.
    const from = join(folder, BACKUPS_FOLDER, entry.name);
    await copyDatabase({ from, to: fresh, forgetGarbage: true });
    await flushFile(fresh);
    await putAside(folder, clock.nowMs());
    await rename(fresh, join(folder, DATABASE_FILE));
    await flushFolder(folder);
    return entry;
  } catch (error) {
    throw diskFault(error, { folder });
  } finally {
    lock.release();
  }
}

/** The database first: without it nothing opens, so a log of another database is never replayed. */
async function putAside(folder: string, nowMs: number): Promise<void> {
  const aside = join(folder, DAMAGED_FOLDER, stampOf(nowMs));
  await mkdir(aside, { recursive: true });
  for (const suffix of ["", "-wal", "-shm", "-journal"]) {
    const name = `${DATABASE_FILE}${suffix}`;
    try {
      await rename(join(folder, name), join(aside, name));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
    await flushFolder(folder);
  }
  await flushFolder(aside);
}

/** Copies and checks a database in a worker of its own, which ends with it. */
function copyDatabase(order: BackupOrder): Promise<void> {
  const file = `./meta/sqlite-copy-worker${extname(import.meta.filename)}`;
  const worker = new Worker(new URL(file, import.meta.url), { workerData: order });
  return new Promise((done, fail) => {
    worker.on("message", (fault: PlainFault | null) => {
      if (fault !== null) fail(PithError.fromPlain(fault));
    });
    worker.on("error", (error) => fail(PithError.from(error, "StoreIo", { ...order })));
    // After a fault or an error this changes nothing.
    worker.on("exit", () => done());
  });
}

async function removeHalves(backups: string): Promise<void> {
  for (const name of await readdir(backups)) {
    if (/^meta-.*\.db\.new(-wal|-shm|-journal)?$/.test(name)) await rm(join(backups, name));
  }
}

async function freeName(backups: string, nowMs: number): Promise<string> {
  const taken = new Set(await readdir(backups));
  for (let ms = nowMs; ; ms++) {
    const name = `meta-${stampOf(ms)}.db`;
    if (!taken.has(name)) return name;
  }
}

async function prune(folder: string, backups: string, kept: number): Promise<void> {
  const all = await listBackups(folder);
  for (const { name } of all.slice(0, -kept)) await rm(join(backups, name));
}

/** For example 20261121T081628123Z. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:.]/g, "");
}
