/**
 * Backup list: which copies of the metadata there are.
 *
 * A backup's name is the moment it was made: `meta-20261121T081628123Z.db`.
 */
import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { diskFault, errorCode } from "./disk.ts";

export const BACKUPS_FOLDER = "backups";
const BACKUP_NAME = /^meta-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.db$/;

export interface BackupEntry {
  /** The file's name in DATA/backups; names sort by time. */
  readonly name: string;
  readonly bytes: number;
  readonly createdMs: number;
}

/** The backups of a data folder, oldest first; the store need not be open. @throws PithError "StoreIo" */
export async function listBackups(folder: string): Promise<BackupEntry[]> {
  const backups = join(resolve(folder), BACKUPS_FOLDER);
  try {
    const names = (await readdir(backups)).filter((name) => BACKUP_NAME.test(name)).sort();
    return await Promise.all(names.map((name) => entryOf(backups, name)));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw diskFault(error, { folder: backups });
  }
}

export async function newestBackup(folder: string): Promise<BackupEntry | undefined> {
  return (await listBackups(folder)).at(-1);
}

/** What is known of one backup. @throws the system's error */
export async function entryOf(backups: string, name: string): Promise<BackupEntry> {
  const { size } = await stat(join(backups, name));
  const [, year, month, day, hour, minute, second, ms] = BACKUP_NAME.exec(name) ?? [];
  const createdMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return { name, bytes: size, createdMs };
}
