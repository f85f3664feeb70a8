/**
 * Lock: one process owns a data folder.
 *
 * The lock is SQLite's exclusive lock on DATA/lock.db, which the system holds for the process and lets
 * go of when the process ends, however it ends: no stale lock after kill -9, no race between two
 * starters. DATA/owner.json says who holds it, for people; it decides nothing.
 *
 * Nothing but SQLite may open lock.db in this process: closing any other handle on it would let go of
 * the lock. On network file systems the lock is as good as their locks are.
 */
import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PithError } from "../core/errors.ts";
import { diskFault, errorCode } from "./disk.ts";
import { databaseFault } from "./meta/sqlite-schema.ts";

const LOCK_FILE = "lock.db";
const OWNER_FILE = "owner.json";
const SQLITE_BUSY = 5;

export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process, or fails at once.
 *
 * @param nowMs - for the note about the owner
 * @throws PithError "StoreLocked" with the owner's `pid`; "ReadOnly", "DiskFull" or "StoreIo"
 */
export function lockFolder(folder: string, nowMs: number): FolderLock {
  let database: DatabaseSync | undefined;
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw diskFault(error, { folder });
  }
  try {
    database = new DatabaseSync(join(folder, LOCK_FILE), { timeout: 0 });
    // The journal in memory: taking the lock then writes nothing.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw new PithError("StoreLocked", { folder, ...readOwner(folder) }, error);
    throw lockFault(error, folder);
  }
  const held = database;
  try {
    writeOwner(folder, nowMs);
  } catch (error) {
    held.close();
    throw diskFault(error, { folder });
  }
  return { release: () => held.close() };
}

/** What keeps the lock from being taken; damage to its file is no damage to the metadata. */
function lockFault(error: unknown, folder: string): PithError {
  const file = join(folder, LOCK_FILE);
  const fault = databaseFault(error, { file });
  if (fault.code !== "DatabaseDamaged") return fault;
  const why = "not a lock; it holds nothing: delete it while no Pith uses this folder";
  return new PithError("StoreIo", { file, why }, error);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;
}

function writeOwner(folder: string, nowMs: number): void {
  const owner = { pid: process.pid, host: hostname(), since: new Date(nowMs).toISOString() };
  writeFileSync(join(folder, OWNER_FILE), `${JSON.stringify(owner)}\n`);
}

/** What the owner wrote about itself; nothing when it was caught in the middle of writing. */
function readOwner(folder: string): { pid?: number; since?: string } {
  try {
    const owner: unknown = JSON.parse(readFileSync(join(folder, OWNER_FILE), "utf8"));
    if (typeof owner !== "object" || owner === null) return {};
    return {
      ...("pid" in owner && typeof owner.pid === "number" ? { pid: owner.pid } : {}),
      ...("since" in owner && typeof owner.since === "string" ? { since: owner.since } : {}),
    };
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return {};
    throw diskFault(error, { folder });
  }
}
