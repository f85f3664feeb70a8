/**
 * SQLite copy worker: copies a metadata database as it is at one moment, and checks the copy.
 *
 * A thread of its own, because checking reads all of it. The source may be in use by this process;
 * it is only read. The copy is one file, without a log beside it. Loaded by backup.ts only.
 */
import { backup, DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { PithError } from "../../core/errors.ts";
import { checkDatabase, databaseFault } from "./sqlite-schema.ts";

export interface BackupOrder {
  readonly from: string;
  /** A file that is not there yet. */
  readonly to: string;
  /** True drops the rows of chunks and blobs that nothing uses, so that nothing removes their files. */
  readonly forgetGarbage: boolean;
}

/** All pages in one step: a copy in several would begin again with every write in between. */
const EVERY_PAGE = 2 ** 31 - 1;

/** @throws PithError "DatabaseDamaged", "DiskFull", "ReadOnly" or "StoreIo" */
async function copy({ from, to, forgetGarbage }: BackupOrder): Promise<void> {
  try {
    const source = new DatabaseSync(from, { readOnly: true });
    try {
      await backup(source, to, { rate: EVERY_PAGE });
    } finally {
      source.close();
    }
    const target = new DatabaseSync(to);
    try {
      target.exec("PRAGMA journal_mode = DELETE");
      checkDatabase(target, to);
      const empty = target.prepare("PRAGMA user_version").get()?.["user_version"] === 0;
      if (empty) throw new PithError("DatabaseDamaged", { file: to, why: "empty" });
      if (forgetGarbage) {
        target.exec(`BEGIN;
          DELETE FROM chunks WHERE uses = 0;
          DELETE FROM blobs WHERE pointers = 0;
          COMMIT`);
      }
    } finally {
      target.close();
    }
  } catch (error) {
    throw databaseFault(error, { from, to });
  }
}

if (parentPort !== null) {
  const port = parentPort;
  try {
    await copy(workerData as BackupOrder);
    port.postMessage(null);
  } catch (error) {
    port.postMessage(PithError.from(error, "StoreIo").toPlain());
  }
}
