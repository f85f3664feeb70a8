/**
 * SQLite driver, first half: buckets, objects, listings, what waits to be coded, sums and notes.
 *
 * Each method runs inside the savepoint of its caller (sqlite-worker.ts): what it changed before it
 * throws is undone there.
 */
import type { DatabaseSync } from "node:sqlite";
import { assertThat, PithError } from "../../core/errors.ts";
import { checkCondition } from "./condition.ts";
import type { BucketRow, CodecTotals, MetaCalls, ObjectRow, Totals } from "./meta.ts";
import { listPage } from "./order.ts";
import { referenceChanges } from "./references.ts";
import type { ChunkTables } from "./sqlite-chunks.ts";
import { type Columns, number, objectEntry, objectRow, text } from "./sqlite-rows.ts";

type BucketMethod = "createBucket" | "deleteBucket" | "getBucket" | "listBuckets";
type ObjectMethod =
  | "putObject"
  | "deleteObject"
  | "getObject"
  | "listObjects"
  | "replaceManifest"
  | "listAwaiting"
  | "finishAwaiting"
  | "scanObjects";

const ENTRY_COLUMNS = "bucket, key, version, bytes, etag, modified_ms";

export function bucketCalls(database: DatabaseSync): Pick<MetaCalls, BucketMethod> {
  const insert = database.prepare("INSERT OR IGNORE INTO buckets VALUES (?, ?)");
  const holds = database.prepare("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1");
  const remove = database.prepare("DELETE FROM buckets WHERE name = ?");
  const one = database.prepare("SELECT * FROM buckets WHERE name = ?");
  const all = database.prepare("SELECT * FROM buckets ORDER BY name");
  return {
    createBucket: (name, nowMs) => {
      const { changes } = insert.run(name, nowMs);
      if (Number(changes) === 0) throw new PithError("BucketExists", { bucket: name });
    },
    deleteBucket: (name) => {
      if (one.get(name) === undefined) throw new PithError("NoSuchBucket", { bucket: name });
      if (holds.get(name) !== undefined) throw new PithError("BucketNotEmpty", { bucket: name });
      remove.run(name);
    },
    getBucket: (name) => {
      const columns = one.get(name);
      return columns && bucketRow(columns);
    },
    listBuckets: () => all.all().map(bucketRow),
  };
}

export function objectCalls(
  database: DatabaseSync,
  chunks: ChunkTables,
): Pick<MetaCalls, ObjectMethod> {
  const bucket = database.prepare("SELECT 1 FROM buckets WHERE name = ?");
  const one = database.prepare("SELECT * FROM objects WHERE bucket = ? AND key = ?");
  const insert = database.prepare("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const remove = database.prepare("DELETE FROM objects WHERE bucket = ? AND key = ?");
  const recut = database.prepare("UPDATE objects SET manifest = ? WHERE bucket = ? AND key = ?");
  const wait = database.prepare("INSERT INTO awaiting VALUES (NULL, ?, ?, ?)");
  const done = database.prepare("DELETE FROM awaiting WHERE version = ?");
  const waiting = database.prepare(`SELECT objects.* FROM awaiting
    JOIN objects ON objects.bucket = awaiting.bucket AND objects.key = awaiting.key
    ORDER BY awaiting.place LIMIT ?`);
  const scan = database.prepare(`SELECT * FROM objects WHERE (bucket, key) > (?, ?)
    ORDER BY bucket, key LIMIT ?`);
  const from = database.prepare(`SELECT ${ENTRY_COLUMNS} FROM objects
    WHERE bucket = ? AND key >= ? ORDER BY key`);
  const after = database.prepare(`SELECT ${ENTRY_COLUMNS} FROM objects
    WHERE bucket = ? AND key > ? ORDER BY key`);

  const needBucket = (name: string): void => {
    if (bucket.get(name) === undefined) throw new PithError("NoSuchBucket", { bucket: name });
  };
  const current = (name: string, key: string): ObjectRow | undefined => {
    const columns = one.get(name, key);
    return columns && objectRow(columns);
  };
  return {
    putObject: (row, condition, keepUntilMs) => {
      needBucket(row.bucket);
      const previous = current(row.bucket, row.key);
      checkCondition(condition, previous);
      const changes = referenceChanges(previous?.manifest, row.manifest);
      const waits = chunks.changeReferences(changes, keepUntilMs);
      if (previous !== undefined) {
        remove.run(row.bucket, row.key);
        done.run(previous.version);
      }
      insert.run(...objectColumns(row));
      if (waits) wait.run(row.version, row.bucket, row.key);
      return previous;
    },
    deleteObject: (name, key, condition, keepUntilMs) => {
      needBucket(name);
      const previous = current(name, key);
      checkCondition(condition, previous);
      if (previous === undefined) return undefined;
      chunks.changeReferences(referenceChanges(previous.manifest, undefined), keepUntilMs);
      remove.run(name, key);
      done.run(previous.version);
      return previous;
    },
    getObject: (name, key) => {
      const row = current(name, key);
      if (row !== undefined) return row;
      needBucket(name);
      throw new PithError("NoSuchKey", { bucket: name, key });
    },
    listObjects: (query) => {
      needBucket(query.bucket);
      return listPage(query, function* ({ key, inclusive }) {
        for (const columns of (inclusive ? from : after).iterate(query.bucket, key)) {
          yield objectEntry(columns);
        }
      });
    },
    replaceManifest: (at, version, manifest, keepUntilMs) => {
      const row = current(at.bucket, at.key);
      if (row?.version !== version) return false;
      chunks.changeReferences(referenceChanges(row.manifest, manifest), keepUntilMs);
      recut.run(manifest, at.bucket, at.key);
      done.run(version);
      return true;
    },
    listAwaiting: (limit) => waiting.all(limit).map(objectRow),
    finishAwaiting: (version) => void done.run(version),
    scanObjects: (position, limit) =>
      scan.all(position?.bucket ?? "", position?.key ?? "", limit).map(objectRow),
  };
}

export function totalsCall(database: DatabaseSync): Pick<MetaCalls, "totals"> {
  const totals = database.prepare("SELECT * FROM totals");
  const codecs = database.prepare(
    "SELECT * FROM codec_totals WHERE chunks > 0 ORDER BY codec, codec_version",
  );
  return {
    totals: (): Totals => {
      const columns = totals.get();
      assertThat(columns !== undefined, "the sums are there");
      return {
        buckets: number(columns, "buckets"),
        objects: number(columns, "objects"),
        objectBytes: number(columns, "object_bytes"),
        chunks: number(columns, "chunks"),
        chunkBytes: number(columns, "chunk_bytes"),
        blobs: number(columns, "blobs"),
        blobBytes: number(columns, "blob_bytes"),
        awaiting: number(columns, "awaiting"),
        codecs: codecs.all().map(codecRow),
      };
    },
  };
}

export function noteCalls(database: DatabaseSync): Pick<MetaCalls, "getNote" | "putNote"> {
  const one = database.prepare("SELECT text FROM notes WHERE name = ?");
  const put = database.prepare("INSERT OR REPLACE INTO notes VALUES (?, ?)");
  return {
    getNote: (name) => {
      const columns = one.get(name);
      return columns && text(columns, "text");
    },
    putNote: (name, words) => void put.run(name, words),
  };
}

function objectColumns(
  row: ObjectRow,
): [string, string, string, number, string, number, string, string, Uint8Array] {
  const { bucket, key, version, bytes, etag, modifiedMs, headers, userMetadata, manifest } = row;
  const texts: [string, string] = [JSON.stringify(headers), JSON.stringify(userMetadata)];
  return [bucket, key, version, bytes, etag, modifiedMs, ...texts, manifest];
}

function bucketRow(columns: Columns): BucketRow {
  return { name: text(columns, "name"), createdMs: number(columns, "created_ms") };
}

function codecRow(columns: Columns): CodecTotals {
  return {
    codec: number(columns, "codec"),
    codecVersion: number(columns, "codec_version"),
    chunks: number(columns, "chunks"),
    plainBytes: number(columns, "plain_bytes"),
    storedBytes: number(columns, "stored_bytes"),
  };
}
