/**
 * Disk: the few things that the store does with files so that they outlive a crash.
 *
 * A file is durable when its bytes and the folder's entry for it have both been flushed. Failures of
 * the disk become faults here: no space, not writable, or anything else.
 */
import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { type FaultCode, type FaultFacts, PithError } from "../core/errors.ts";

const FAULT_OF_ERROR: Readonly<Record<string, FaultCode>> = {
  ENOSPC: "DiskFull",
  EDQUOT: "DiskFull",
  EROFS: "ReadOnly",
  EACCES: "ReadOnly",
  EPERM: "ReadOnly",
};

/** The fault that a failed file operation means; a PithError stays as it is. */
export function diskFault(error: unknown, facts: FaultFacts): PithError {
  return PithError.from(error, FAULT_OF_ERROR[errorCode(error) ?? ""] ?? "StoreIo", facts);
}

/** The system's name of an error, for example "ENOENT". */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** How many bytes can still be written to a folder's disk, and how many it has. @throws PithError */
export async function roomOf(folder: string): Promise<{ freeBytes: number; bytes: number }> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { freeBytes: bavail * bsize, bytes: blocks * bsize };
  } catch (error) {
    throw diskFault(error, { folder });
  }
}

/** Flushes a folder's entries. @throws the system's error */
export async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes a file's bytes. @throws the system's error */
export async function flushFile(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Makes a folder in one that is there, if it is not there yet, and flushes that one.
 *
 * @throws the system's error
 */
export async function makeFolder(folder: string): Promise<void> {
  await ensureFolder(folder);
  await flushFolder(dirname(folder));
}

/** Makes a folder in one that is there, if it is not there yet. @throws the system's error */
export async function ensureFolder(folder: string): Promise<void> {
  try {
    // Not recursive: on a disk that cannot be written Node 24.21 then says ENOENT instead of EROFS.
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  }
}

/**
 * Writes a file so that after a crash it is whole or not there: bytes to `temporary`, flushed,
 * renamed. The caller flushes the folder.
 *
 * @param temporary - a path on the same file system that nobody else uses; gone afterwards
 * @throws the system's error
 */
export async function writeWhole(
  file: string,
  temporary: string,
  bytes: Uint8Array,
): Promise<void> {
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    try {
      await rm(temporary, { force: true });
    } catch (also) {
      // Temporary files are removed at the next start; what went wrong first is what counts.
      if (error instanceof Error && error.cause === undefined) error.cause = also;
    }
    throw error;
  }
}
