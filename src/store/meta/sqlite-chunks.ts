/**
 * SQLite driver, second half: chunks, blobs and garbage.
 *
 * Each method runs inside the savepoint of its caller (sqlite-worker.ts): what it changed before it
 * throws is undone there.
 */
import type { DatabaseSync } from "node:sqlite";
import { PithError } from "../../core/errors.ts";
import type { ChunkPlace, ChunkRow, MetaCalls } from "./meta.ts";
import type { ReferenceChange } from "./references.ts";
import { blobRow, type Columns, chunkRow, hashBytes, number } from "./sqlite-rows.ts";

type ChunkMethod =
  | "getChunks"
  | "claimChunks"
  | "reserveBlob"
  | "putChunk"
  | "swapChunk"
  | "markTried"
  | "collectChunks"
  | "takeGarbage"
  | "finishGarbage"
  | "scanChunks"
  | "scanBlobs";

export interface ChunkTables {
  readonly calls: Pick<MetaCalls, ChunkMethod>;
  /**
   * Applies what a change of manifests means.
   *
   * @returns whether a chunk that is needed waits to be coded
   * @throws PithError "ChunkGone" when a needed chunk has no row
   */
  changeReferences(changes: readonly ReferenceChange[], keepUntilMs: number): boolean;
}

export function chunkTables(database: DatabaseSync): ChunkTables {
  const one = database.prepare("SELECT * FROM chunks WHERE sha256 = ?");
  const insert = database.prepare("INSERT INTO chunks VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)");
  const move = database.prepare(`UPDATE chunks SET blob = ?, blob_bytes = ?, codec = ?,
    codec_version = ?, plain = ?, writer = ?, tried = ? WHERE sha256 = ?`);
  const mark = database.prepare("UPDATE chunks SET tried = ? WHERE sha256 = ? AND blob = ?");
  const count = database.prepare("UPDATE chunks SET uses = uses + ? WHERE sha256 = ?");
  const keepChunk = database.prepare(
    "UPDATE chunks SET keep_until_ms = ?1 WHERE sha256 = ?2 AND keep_until_ms < ?1",
  );
  const keepBlob = database.prepare(
    "UPDATE blobs SET keep_until_ms = ?1 WHERE name = ?2 AND keep_until_ms < ?1",
  );
  const blob = database.prepare("SELECT reservation, deleting FROM blobs WHERE name = ?");
  const reserve = database.prepare("INSERT INTO blobs VALUES (NULL, ?, ?, 0, ?, 0)");

  const getChunk = (sha256: string): ChunkRow | undefined => {
    const columns = one.get(hashBytes(sha256));
    return columns && chunkRow(columns);
  };
  const keep = (row: ChunkRow, untilMs: number): ChunkRow => {
    keepChunk.run(untilMs, hashBytes(row.sha256));
    keepBlob.run(untilMs, hashBytes(row.blob));
    return { ...row, keepUntilMs: Math.max(row.keepUntilMs, untilMs) };
  };
  const checkReservation = (name: string, reservation: number): void => {
    const columns = blob.get(hashBytes(name));
    const held = columns !== undefined && number(columns, "deleting") === 0;
    if (!held || number(columns, "reservation") !== reservation) {
      throw new PithError("ChunkGone", { blob: name });
    }
  };
  const calls: Pick<MetaCalls, ChunkMethod> = {
    ...garbageCalls(database),
    getChunks: (sha256s) => sha256s.map(getChunk),
    claimChunks: (sha256s, keepUntilMs) =>
      sha256s.map((sha256) => {
        const row = getChunk(sha256);
        return row && keep(row, keepUntilMs);
      }),
    reserveBlob: (name, bytes, keepUntilMs) => {
      const columns = blob.get(hashBytes(name));
      if (columns === undefined) {
        return Number(reserve.run(hashBytes(name), bytes, keepUntilMs).lastInsertRowid);
      }
      if (number(columns, "deleting") === 1) return "deleting";
      keepBlob.run(keepUntilMs, hashBytes(name));
      return number(columns, "reservation");
    },
    putChunk: (sha256, bytes, place, reservation, keepUntilMs) => {
      checkReservation(place.blob, reservation);
      const row = getChunk(sha256);
      if (row === undefined) {
        insert.run(hashBytes(sha256), bytes, keepUntilMs, ...placeColumns(place));
      }
      const there = row ?? { sha256, bytes, ...placeOf(place), references: 0, keepUntilMs };
      return keep(there, keepUntilMs);
    },
    swapChunk: (sha256, fromBlob, place, reservation, keepUntilMs) => {
      checkReservation(place.blob, reservation);
      const row = getChunk(sha256);
      if (row?.blob !== fromBlob) return false;
      keep(row, keepUntilMs);
      move.run(...placeColumns(place), hashBytes(sha256));
      keepBlob.run(keepUntilMs, hashBytes(place.blob));
      return true;
    },
    markTried: (marked, tried) => {
      for (const { sha256, blob: at } of marked) mark.run(tried, hashBytes(sha256), hashBytes(at));
    },
  };
  return {
    calls,
    changeReferences(changes, keepUntilMs): boolean {
      let waits = false;
      for (const { sha256, by, needed } of changes) {
        const row = getChunk(sha256);
        if (needed && row === undefined) throw new PithError("ChunkGone", { sha256 });
        if (needed && row?.state === "plain") waits = true;
        if (row === undefined || by === 0) continue;
        count.run(by, hashBytes(sha256));
        if (row.references + by === 0) keep(row, keepUntilMs);
      }
      return waits;
    },
  };
}

function garbageCalls(
  database: DatabaseSync,
): Pick<MetaCalls, "collectChunks" | "takeGarbage" | "finishGarbage" | "scanChunks" | "scanBlobs"> {
  const unused = database.prepare(`SELECT * FROM chunks WHERE uses = 0 AND keep_until_ms <= ?
    ORDER BY keep_until_ms, sha256 LIMIT ?`);
  const remove = database.prepare("DELETE FROM chunks WHERE sha256 = ? AND uses = 0");
  const deleting = database.prepare("SELECT * FROM blobs WHERE deleting = 1 ORDER BY name LIMIT ?");
  const passed = database.prepare(`SELECT * FROM blobs WHERE pointers = 0 AND deleting = 0
    AND keep_until_ms <= ? ORDER BY keep_until_ms, name LIMIT ?`);
  const mark = database.prepare("UPDATE blobs SET deleting = 1 WHERE name = ?");
  const forget = database.prepare(
    "DELETE FROM blobs WHERE name = ? AND deleting = 1 AND pointers = 0",
  );
  const chunksAfter = database.prepare(
    "SELECT * FROM chunks WHERE sha256 > ? ORDER BY sha256 LIMIT ?",
  );
  const blobsAfter = database.prepare("SELECT * FROM blobs WHERE name > ? ORDER BY name LIMIT ?");
  return {
    collectChunks: (nowMs, limit) => {
      const rows = unused.all(nowMs, limit).map(chunkRow);
      for (const { sha256 } of rows) remove.run(hashBytes(sha256));
      return rows;
    },
    takeGarbage: (nowMs, limit) => {
      const before = deleting.all(limit);
      const now = passed.all(nowMs, limit - before.length);
      for (const { name } of now.map(blobRow)) mark.run(hashBytes(name));
      return [...before, ...now].map((columns: Columns) => ({
        ...blobRow(columns),
        state: "deleting",
      }));
    },
    finishGarbage: (names) => {
      for (const name of names) forget.run(hashBytes(name));
    },
    scanChunks: (after, limit) => chunksAfter.all(boundary(after), limit).map(chunkRow),
    scanBlobs: (after, limit) => blobsAfter.all(boundary(after), limit).map(blobRow),
  };
}

/** The columns of a place in the order of the table. */
function placeColumns(
  place: ChunkPlace,
): [Uint8Array, number, number, number, number, string, number] {
  const { blob, blobBytes, codec, codecVersion, state, writer, tried } = place;
  const plain = state === "plain" ? 1 : 0;
  return [hashBytes(blob), blobBytes, codec, codecVersion, plain, writer, tried];
}

function placeOf(place: ChunkPlace): ChunkPlace {
  const { blob, blobBytes, codec, codecVersion, state, tried, writer } = place;
  return { blob, blobBytes, codec, codecVersion, state, tried, writer };
}

/** Where a scan goes on: "" lies before every hash. */
function boundary(after: string): Uint8Array {
  return after === "" ? new Uint8Array(0) : hashBytes(after);
}
