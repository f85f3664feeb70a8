/**
 * SQLite batch: many operations, one transaction, one flush of the disk.
 *
 * Group commit: whatever arrived while the last transaction was being flushed shares the next one,
 * each operation in a savepoint of its own, so that one which fails takes back its own changes only.
 * Nobody is answered before the flush, except those who only read. When SQLite itself fails in the
 * middle (disk full, a constraint), the transaction is rolled back and each operation tried again
 * alone: one is to blame, the others go through.
 */
import type { DatabaseSync } from "node:sqlite";
import { PithError } from "../../core/errors.ts";
import type { MetaCalls, MetaMethod } from "./meta.ts";
import { chunkTables } from "./sqlite-chunks.ts";
import { bucketCalls, noteCalls, objectCalls, totalsCall } from "./sqlite-objects.ts";
import { databaseFault } from "./sqlite-schema.ts";

/** One operation: a method of the contract with what it was called with. */
export interface Operation {
  readonly method: MetaMethod;
  readonly parameters: readonly unknown[];
}

/** What became of an operation. */
export type Outcome = { readonly value: unknown } | { readonly error: PithError };

/** Methods that change nothing: they need no transaction and wait for no flush. */
const READERS: ReadonlySet<MetaMethod> = new Set<MetaMethod>([
  "getBucket",
  "listBuckets",
  "getObject",
  "listObjects",
  "getChunks",
  "listAwaiting",
  "scanObjects",
  "scanChunks",
  "scanBlobs",
  "totals",
  "getNote",
]);

export function isReader(operation: Operation): boolean {
  return READERS.has(operation.method);
}

export interface Batches {
  /** Answers one operation that only reads. */
  read(operation: Operation): Outcome;
  /** Applies the operations in order; all are durable, or failed, when it returns. */
  write(operations: readonly Operation[]): Outcome[];
}

export function openBatches(database: DatabaseSync): Batches {
  const chunks = chunkTables(database);
  const calls: MetaCalls = {
    ...bucketCalls(database),
    ...objectCalls(database, chunks),
    ...totalsCall(database),
    ...noteCalls(database),
    ...chunks.calls,
  };
  // Parameters were checked by the types of the contract on the other side of the port.
  const run = ({ method, parameters }: Operation): unknown =>
    (calls[method] as (...given: readonly unknown[]) => unknown)(...parameters);

  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  const savepoint = database.prepare("SAVEPOINT operation");
  const release = database.prepare("RELEASE operation");
  const undo = database.prepare("ROLLBACK TO operation");

  /** @throws SQLite's own error; a PithError becomes the operation's outcome */
  const attempt = (operation: Operation): Outcome => {
    savepoint.run();
    try {
      const value = run(operation);
      release.run();
      return { value };
    } catch (error) {
      if (!(error instanceof PithError)) throw error;
      undo.run();
      release.run();
      return { error };
    }
  };
  const together = (operations: readonly Operation[]): Outcome[] => {
    try {
      begin.run();
      const outcomes = operations.map(attempt);
      commit.run();
      return outcomes;
    } catch (error) {
      // SQLite ends the transaction by itself after some errors.
      if (database.isTransaction) rollback.run();
      throw error;
    }
  };
  const write = (operations: readonly Operation[]): Outcome[] => {
    try {
      return together(operations);
    } catch (error) {
      if (operations.length > 1) return operations.flatMap((operation) => write([operation]));
      return [{ error: databaseFault(error, { method: operations[0]?.method }) }];
    }
  };
  return {
    write,
    read: (operation) => {
      try {
        return { value: run(operation) };
      } catch (error) {
        return { error: databaseFault(error, { method: operation.method }) };
      }
    },
  };
}
