/**
 * SQLite schema: the tables of the metadata, their sums, and how a database is opened.
 *
 *   buckets --< objects      awaiting: versions with chunks that wait to be coded
 *   chunks  --- blobs        totals, codec_totals: sums, kept by triggers; notes: of chores
 *
 * Hashes are 32 bytes, keys are text compared by their UTF-8 bytes (SQLite's own order). The sums
 * and `blobs.pointers` (how many chunk rows point to a blob) are kept by triggers, so no statement can
 * forget them and a rolled-back operation takes its part with it.
 */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { PithError } from "../../core/errors.ts";

/** "Pith" in the file's header: tells the database from others. */
const APPLICATION_ID = 0x50697468;
const SCHEMA_VERSION = 2;

const SQLITE_CORRUPT = 11;
const SQLITE_NOT_A_DATABASE = 26;
const SQLITE_FULL = 13;
const SQLITE_READ_ONLY = 8;

/** The tables of version 1; what came later is in UPGRADES. */
const TABLES = `
CREATE TABLE buckets (
  name TEXT PRIMARY KEY,
  created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE objects (
  bucket TEXT NOT NULL REFERENCES buckets (name),
  key TEXT NOT NULL,
  version TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  etag TEXT NOT NULL,
  modified_ms INTEGER NOT NULL,
  headers TEXT NOT NULL,
  user_metadata TEXT NOT NULL,
  manifest BLOB NOT NULL,
  PRIMARY KEY (bucket, key)
) STRICT, WITHOUT ROWID;

-- Never re-used numbers: a reservation of a row that was deleted stays invalid for ever.
CREATE TABLE blobs (
  reservation INTEGER PRIMARY KEY AUTOINCREMENT,
  name BLOB NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  deleting INTEGER NOT NULL,
  keep_until_ms INTEGER NOT NULL,
  pointers INTEGER NOT NULL CHECK (pointers >= 0)
) STRICT;
CREATE INDEX blobs_garbage ON blobs (keep_until_ms, name) WHERE pointers = 0 AND deleting = 0;
CREATE INDEX blobs_deleting ON blobs (name) WHERE deleting = 1;

CREATE TABLE chunks (
  sha256 BLOB PRIMARY KEY,
  bytes INTEGER NOT NULL,
  uses INTEGER NOT NULL CHECK (uses >= 0),
  keep_until_ms INTEGER NOT NULL,
  blob BLOB NOT NULL,
  blob_bytes INTEGER NOT NULL,
  codec INTEGER NOT NULL,
  codec_version INTEGER NOT NULL,
  plain INTEGER NOT NULL,
  writer TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chunks_garbage ON chunks (keep_until_ms, sha256) WHERE uses = 0;

CREATE TABLE awaiting (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  version TEXT NOT NULL UNIQUE,
  bucket TEXT NOT NULL,
  key TEXT NOT NULL
) STRICT;

CREATE TABLE totals (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  buckets INTEGER NOT NULL,
  objects INTEGER NOT NULL,
  object_bytes INTEGER NOT NULL,
  chunks INTEGER NOT NULL,
  chunk_bytes INTEGER NOT NULL,
  blobs INTEGER NOT NULL,
  blob_bytes INTEGER NOT NULL,
  awaiting INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0);

CREATE TABLE codec_totals (
  codec INTEGER NOT NULL,
  codec_version INTEGER NOT NULL,
  chunks INTEGER NOT NULL,
  plain_bytes INTEGER NOT NULL,
  stored_bytes INTEGER NOT NULL,
  PRIMARY KEY (codec, codec_version)
) STRICT, WITHOUT ROWID;
`;

const TRIGGERS = `
CREATE TRIGGER bucket_in AFTER INSERT ON buckets BEGIN
  UPDATE totals SET buckets = buckets + 1;
END;
CREATE TRIGGER bucket_out AFTER DELETE ON buckets BEGIN
  UPDATE totals SET buckets = buckets - 1;
END;
CREATE TRIGGER object_in AFTER INSERT ON objects BEGIN
  UPDATE totals SET objects = objects + 1, object_bytes = object_bytes + new.bytes;
END;
CREATE TRIGGER object_out AFTER DELETE ON objects BEGIN
  UPDATE totals SET objects = objects - 1, object_bytes = object_bytes - old.bytes;
END;
CREATE TRIGGER awaiting_in AFTER INSERT ON awaiting BEGIN
  UPDATE totals SET awaiting = awaiting + 1;
END;
CREATE TRIGGER awaiting_out AFTER DELETE ON awaiting BEGIN
  UPDATE totals SET awaiting = awaiting - 1;
END;
CREATE TRIGGER blob_in AFTER INSERT ON blobs BEGIN
  UPDATE totals SET blobs = blobs + 1, blob_bytes = blob_bytes + new.bytes;
END;
CREATE TRIGGER blob_out AFTER DELETE ON blobs BEGIN
  UPDATE totals SET blobs = blobs - 1, blob_bytes = blob_bytes - old.bytes;
END;
CREATE TRIGGER chunk_in AFTER INSERT ON chunks BEGIN
  UPDATE totals SET chunks = chunks + 1, chunk_bytes = chunk_bytes + new.bytes;
  UPDATE blobs SET pointers = pointers + 1 WHERE name = new.blob;
  INSERT INTO codec_totals VALUES (new.codec, new.codec_version, 1, new.bytes, new.blob_bytes)
    ON CONFLICT DO UPDATE SET chunks = chunks + 1, plain_bytes = plain_bytes + new.bytes,
      stored_bytes = stored_bytes + new.blob_bytes;
END;
CREATE TRIGGER chunk_out AFTER DELETE ON chunks BEGIN
  UPDATE totals SET chunks = chunks - 1, chunk_bytes = chunk_bytes - old.bytes;
  UPDATE blobs SET pointers = pointers - 1 WHERE name = old.blob;
  UPDATE codec_totals SET chunks = chunks - 1, plain_bytes = plain_bytes - old.bytes,
    stored_bytes = stored_bytes - old.blob_bytes
    WHERE codec = old.codec AND codec_version = old.codec_version;
END;
CREATE TRIGGER chunk_moved AFTER UPDATE OF blob, blob_bytes, codec, codec_version ON chunks BEGIN
  UPDATE blobs SET pointers = pointers - 1 WHERE name = old.blob;
  UPDATE blobs SET pointers = pointers + 1 WHERE name = new.blob;
  UPDATE codec_totals SET chunks = chunks - 1, plain_bytes = plain_bytes - old.bytes,
    stored_bytes = stored_bytes - old.blob_bytes
    WHERE codec = old.codec AND codec_version = old.codec_version;
  INSERT INTO codec_totals VALUES (new.codec, new.codec_version, 1, new.bytes, new.blob_bytes)
    ON CONFLICT DO UPDATE SET chunks = chunks + 1, plain_bytes = plain_bytes + new.bytes,
      stored_bytes = stored_bytes + new.blob_bytes;
END;
`;

/** What makes a database of version `from` one of the next. New ones go the same way. */
const UPGRADES: readonly { readonly from: number; readonly statements: string }[] = [
  {
    from: 1,
    statements: `
ALTER TABLE chunks ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`,
  },
];

/**
 * Opens the metadata database for the one thread that uses it.
 *
 * @param create - true makes it when the file is not there or empty; false takes that as damage
 * @throws PithError "DatabaseDamaged" when the file is missing, is no database of ours or fails
 *   SQLite's quick check; "VersionGate" when a later build wrote it; "DiskFull", "ReadOnly", "StoreIo"
 *
 * A database of an earlier version becomes one of this version, wholly or not at all. Costs one
 * read of the whole database.
 */
export function openDatabase(file: string, create: boolean): DatabaseSync {
  if (!create && !existsSync(file))
    throw new PithError("DatabaseDamaged", { file, why: "missing" });
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // SQLite takes a file that lost all its bytes for a new database.
    const make = create && isEmpty(database);
    if (!make) checkDatabase(database, file);
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA cache_size = -32768;
      PRAGMA journal_size_limit = 67108864;
    `);
    if (make) createTables(database);
    upgrade(database);
    return database;
  } catch (error) {
    database?.close();
    throw databaseFault(error, { file });
  }
}

/**
 * Looks whether an open database is one of ours, whole, and of a version that we know.
 *
 * @throws PithError "DatabaseDamaged" or "VersionGate"; SQLite's own error for what is no database
 */
export function checkDatabase(database: DatabaseSync, file: string): void {
  if (isEmpty(database)) throw new PithError("DatabaseDamaged", { file, why: "empty" });
  const id = pragma(database, "application_id");
  const version = pragma(database, "user_version");
  if (id !== APPLICATION_ID) throw new PithError("DatabaseDamaged", { file, why: "not ours" });
  if (!(Number(version) >= 1 && Number(version) <= SCHEMA_VERSION)) {
    throw new PithError("VersionGate", { file, schema: version, readable: SCHEMA_VERSION });
  }
  const found = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found !== "ok") throw new PithError("DatabaseDamaged", { file, why: String(found) });
}

/** The fault that an error of SQLite means; a PithError stays as it is. */
export function databaseFault(error: unknown, facts: Readonly<Record<string, unknown>>): PithError {
  const number = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  switch (number) {
    case SQLITE_CORRUPT:
    case SQLITE_NOT_A_DATABASE:
      return PithError.from(error, "DatabaseDamaged", facts);
    case SQLITE_FULL:
      return PithError.from(error, "DiskFull", facts);
    case SQLITE_READ_ONLY:
      return PithError.from(error, "ReadOnly", facts);
    default:
      return PithError.from(error, "StoreIo", facts);
  }
}

/** Whether nobody has made anything in it yet. */
function isEmpty(database: DatabaseSync): boolean {
  const tables = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.["count"];
  return tables === 0 && pragma(database, "user_version") === 0;
}

function createTables(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE; ${TABLES} ${TRIGGERS}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = 1;
    COMMIT;`);
}

function upgrade(database: DatabaseSync): void {
  for (const { from, statements } of UPGRADES) {
    if (pragma(database, "user_version") !== from) continue;
    database.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${from + 1}; COMMIT;`);
  }
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name];
}
