/**
 * Meta in memory: for tests, and for a store that is meant to be forgotten.
 *
 * Written for plainness, not for size: sums and garbage are found by looking at every row. It is
 * the second opinion on the SQLite driver, which must answer alike (meta.test.ts). Each method
 * checks everything before it changes anything, which makes it atomic.
 */
import { PithError } from "../../core/errors.ts";
import { checkCondition } from "./condition.ts";
import type {
  BlobRow,
  ChunkPlace,
  ChunkRow,
  CodecTotals,
  Condition,
  ListPage,
  ListQuery,
  Meta,
  MetaCalls,
  ObjectName,
  ObjectRow,
  Totals,
} from "./meta.ts";
import { compareUtf8, listPage } from "./order.ts";
import { type ReferenceChange, referenceChanges } from "./references.ts";

interface Bucket {
  readonly name: string;
  readonly createdMs: number;
  readonly objects: Map<string, ObjectRow>;
}
interface Blob extends BlobRow {
  readonly reservation: number;
}

/** A driver that holds nothing yet. */
export function memoryMeta(): Meta {
  const tables = new MemoryTables();
  const call =
    <P extends unknown[], R>(method: (...parameters: P) => R) =>
    async (...parameters: P): Promise<R> =>
      method.apply(tables, parameters);
  return {
    createBucket: call(tables.createBucket),
    deleteBucket: call(tables.deleteBucket),
    getBucket: call(tables.getBucket),
    listBuckets: call(tables.listBuckets),
    putObject: call(tables.putObject),
    deleteObject: call(tables.deleteObject),
    getObject: call(tables.getObject),
    listObjects: call(tables.listObjects),
    getChunks: call(tables.getChunks),
    claimChunks: call(tables.claimChunks),
    reserveBlob: call(tables.reserveBlob),
    putChunk: call(tables.putChunk),
    swapChunk: call(tables.swapChunk),
    markTried: call(tables.markTried),
    replaceManifest: call(tables.replaceManifest),
    collectChunks: call(tables.collectChunks),
    takeGarbage: call(tables.takeGarbage),
    finishGarbage: call(tables.finishGarbage),
    listAwaiting: call(tables.listAwaiting),
    finishAwaiting: call(tables.finishAwaiting),
    scanObjects: call(tables.scanObjects),
    scanChunks: call(tables.scanChunks),
    scanBlobs: call(tables.scanBlobs),
    totals: call(tables.totals),
    getNote: call(tables.getNote),
    putNote: call(tables.putNote),
    close: async () => {},
  };
}

class MemoryTables implements MetaCalls {
  readonly #buckets = new Map<string, Bucket>();
  readonly #chunks = new Map<string, ChunkRow>();
  readonly #blobs = new Map<string, Blob>();
  /** Versions that wait to be coded, oldest first. */
  readonly #awaiting = new Map<string, ObjectName>();
  readonly #notes = new Map<string, string>();
  #reservations = 0;

  createBucket(name: string, nowMs: number): void {
    if (this.#buckets.has(name)) throw new PithError("BucketExists", { bucket: name });
    this.#buckets.set(name, { name, createdMs: nowMs, objects: new Map() });
  }

  deleteBucket(name: string): void {
    const { objects } = this.#bucket(name);
    if (objects.size > 0) throw new PithError("BucketNotEmpty", { bucket: name });
    this.#buckets.delete(name);
  }

  getBucket(name: string): { name: string; createdMs: number } | undefined {
    const bucket = this.#buckets.get(name);
    return bucket && { name, createdMs: bucket.createdMs };
  }

  listBuckets(): { name: string; createdMs: number }[] {
    return sortedBy(this.#buckets.values(), (bucket) => bucket.name).map(({ name, createdMs }) => ({
      name,
      createdMs,
    }));
  }

  putObject(row: ObjectRow, condition: Condition, keepUntilMs: number): ObjectRow | undefined {
    const { objects } = this.#bucket(row.bucket);
    const previous = objects.get(row.key);
    checkCondition(condition, previous);
    const changes = referenceChanges(previous?.manifest, row.manifest);
    const waits = this.#changeReferences(changes, keepUntilMs);
    objects.set(row.key, copyOf(row));
    if (previous !== undefined) this.#awaiting.delete(previous.version);
    if (waits) this.#awaiting.set(row.version, { bucket: row.bucket, key: row.key });
    return previous;
  }

  deleteObject(
    bucket: string,
    key: string,
    condition: Condition,
    keepUntilMs: number,
  ): ObjectRow | undefined {
    const { objects } = this.#bucket(bucket);
    const previous = objects.get(key);
    checkCondition(condition, previous);
    if (previous === undefined) return undefined;
    this.#changeReferences(referenceChanges(previous.manifest, undefined), keepUntilMs);
    objects.delete(key);
    this.#awaiting.delete(previous.version);
    return previous;
  }

  getObject(bucket: string, key: string): ObjectRow {
    const row = this.#bucket(bucket).objects.get(key);
    if (row === undefined) throw new PithError("NoSuchKey", { bucket, key });
    return copyOf(row);
  }

  listObjects(query: ListQuery): ListPage {
    const rows = sortedBy(this.#bucket(query.bucket).objects.values(), (row) => row.key);
    return listPage(query, function* ({ key, inclusive }) {
      for (const { headers: _, userMetadata: __, manifest: ___, ...entry } of rows) {
        const order = compareUtf8(entry.key, key);
        if (order > 0 || (inclusive && order === 0)) yield entry;
      }
    });
  }

  getChunks(sha256s: readonly string[]): (ChunkRow | undefined)[] {
    return sha256s.map((sha256) => this.#chunks.get(sha256));
  }

  claimChunks(sha256s: readonly string[], keepUntilMs: number): (ChunkRow | undefined)[] {
    for (const sha256 of sha256s) this.#keepChunk(sha256, keepUntilMs);
    return this.getChunks(sha256s);
  }

  reserveBlob(name: string, bytes: number, keepUntilMs: number): number | "deleting" {
    const blob = this.#blobs.get(name);
    if (blob?.state === "deleting") return "deleting";
    if (blob !== undefined) {
      this.#keepBlob(name, keepUntilMs);
      return blob.reservation;
    }
    this.#reservations += 1;
    const reservation = this.#reservations;
    this.#blobs.set(name, { name, bytes, state: "held", keepUntilMs, reservation });
    return reservation;
  }

  putChunk(
    sha256: string,
    bytes: number,
    place: ChunkPlace,
    reservation: number,
    keepUntilMs: number,
  ): ChunkRow {
    this.#checkReservation(place.blob, reservation);
    const row = this.#chunks.get(sha256);
    if (row === undefined) {
      const fresh = { sha256, bytes, ...placeOf(place), references: 0, keepUntilMs };
      this.#chunks.set(sha256, fresh);
    }
    this.#keepChunk(sha256, keepUntilMs);
    return this.#chunks.get(sha256) as ChunkRow;
  }

  swapChunk(
    sha256: string,
    fromBlob: string,
    place: ChunkPlace,
    reservation: number,
    keepUntilMs: number,
  ): boolean {
    this.#checkReservation(place.blob, reservation);
    const row = this.#chunks.get(sha256);
    if (row?.blob !== fromBlob) return false;
    this.#keepBlob(fromBlob, keepUntilMs);
    this.#chunks.set(sha256, { ...row, ...placeOf(place) });
    this.#keepChunk(sha256, keepUntilMs);
    return true;
  }

  markTried(
    chunks: readonly { readonly sha256: string; readonly blob: string }[],
    tried: number,
  ): void {
    for (const { sha256, blob } of chunks) {
      const row = this.#chunks.get(sha256);
      if (row?.blob === blob) this.#chunks.set(sha256, { ...row, tried });
    }
  }

  replaceManifest(
    { bucket, key }: ObjectName,
    version: string,
    manifest: Uint8Array,
    keepUntilMs: number,
  ): boolean {
    const row = this.#buckets.get(bucket)?.objects.get(key);
    if (row?.version !== version) return false;
    this.#changeReferences(referenceChanges(row.manifest, manifest), keepUntilMs);
    this.#bucket(bucket).objects.set(key, copyOf({ ...row, manifest }));
    this.#awaiting.delete(version);
    return true;
  }

  collectChunks(nowMs: number, limit: number): ChunkRow[] {
    const garbage = sortedBy(this.#chunks.values(), (chunk) => chunk.sha256)
      .filter((chunk) => chunk.references === 0 && chunk.keepUntilMs <= nowMs)
      .sort((first, other) => first.keepUntilMs - other.keepUntilMs)
      .slice(0, limit);
    for (const { sha256 } of garbage) this.#chunks.delete(sha256);
    return garbage;
  }

  takeGarbage(nowMs: number, limit: number): BlobRow[] {
    const pointedTo = new Set(Array.from(this.#chunks.values(), (chunk) => chunk.blob));
    const blobs = sortedBy(this.#blobs.values(), (blob) => blob.name);
    const before = blobs.filter((blob) => blob.state === "deleting");
    const passed = blobs
      .filter((blob) => blob.state === "held" && !pointedTo.has(blob.name))
      .filter((blob) => blob.keepUntilMs <= nowMs)
      .sort((first, other) => first.keepUntilMs - other.keepUntilMs);
    return [...before, ...passed].slice(0, limit).map((blob) => {
      const taken: Blob = { ...blob, state: "deleting" };
      this.#blobs.set(blob.name, taken);
      return rowOf(taken);
    });
  }

  finishGarbage(names: readonly string[]): void {
    for (const name of names) {
      if (this.#blobs.get(name)?.state === "deleting") this.#blobs.delete(name);
    }
  }

  listAwaiting(limit: number): ObjectRow[] {
    const names = Array.from(this.#awaiting.values()).slice(0, limit);
    return names.map(({ bucket, key }) => this.getObject(bucket, key));
  }

  finishAwaiting(version: string): void {
    this.#awaiting.delete(version);
  }

  scanObjects(after: ObjectName | undefined, limit: number): ObjectRow[] {
    const rows: ObjectRow[] = [];
    for (const bucket of sortedBy(this.#buckets.values(), (one) => one.name)) {
      for (const row of sortedBy(bucket.objects.values(), (one) => one.key)) {
        const order =
          after === undefined
            ? 1
            : compareUtf8(row.bucket, after.bucket) || compareUtf8(row.key, after.key);
        if (order > 0 && rows.length < limit) rows.push(copyOf(row));
      }
    }
    return rows;
  }

  scanChunks(after: string, limit: number): ChunkRow[] {
    const rows = sortedBy(this.#chunks.values(), (chunk) => chunk.sha256);
    return rows.filter((chunk) => chunk.sha256 > after).slice(0, limit);
  }

  scanBlobs(after: string, limit: number): BlobRow[] {
    const rows = sortedBy(this.#blobs.values(), (blob) => blob.name);
    return rows
      .filter((blob) => blob.name > after)
      .slice(0, limit)
      .map(rowOf);
  }

  totals(): Totals {
    const objects = Array.from(this.#buckets.values(), (bucket) => [...bucket.objects.values()]);
    const chunks = [...this.#chunks.values()];
    const blobs = [...this.#blobs.values()];
    return {
      buckets: this.#buckets.size,
      objects: objects.flat().length,
      objectBytes: sum(objects.flat(), (row) => row.bytes),
      chunks: chunks.length,
      chunkBytes: sum(chunks, (chunk) => chunk.bytes),
      blobs: blobs.length,
      blobBytes: sum(blobs, (blob) => blob.bytes),
      awaiting: this.#awaiting.size,
      codecs: codecTotals(chunks),
    };
  }

  getNote(name: string): string | undefined {
    return this.#notes.get(name);
  }

  putNote(name: string, text: string): void {
    this.#notes.set(name, text);
  }

  #bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new PithError("NoSuchBucket", { bucket: name });
    return bucket;
  }

  /** Checks first, then changes. @returns whether a chunk that is needed waits to be coded */
  #changeReferences(changes: readonly ReferenceChange[], keepUntilMs: number): boolean {
    let waits = false;
    for (const { sha256, needed } of changes) {
      const row = this.#chunks.get(sha256);
      if (needed && row === undefined) throw new PithError("ChunkGone", { sha256 });
      if (needed && row?.state === "plain") waits = true;
    }
    for (const { sha256, by } of changes) {
      const row = this.#chunks.get(sha256);
      if (row === undefined || by === 0) continue;
      this.#chunks.set(sha256, { ...row, references: row.references + by });
      if (row.references + by === 0) this.#keepChunk(sha256, keepUntilMs);
    }
    return waits;
  }

  #checkReservation(name: string, reservation: number): void {
    const blob = this.#blobs.get(name);
    if (blob?.state !== "held" || blob.reservation !== reservation) {
      throw new PithError("ChunkGone", { blob: name });
    }
  }

  #keepChunk(sha256: string, untilMs: number): void {
    const row = this.#chunks.get(sha256);
    if (row === undefined) return;
    this.#chunks.set(sha256, { ...row, keepUntilMs: Math.max(row.keepUntilMs, untilMs) });
    this.#keepBlob(row.blob, untilMs);
  }

  #keepBlob(name: string, untilMs: number): void {
    const blob = this.#blobs.get(name);
    if (blob === undefined) return;
    this.#blobs.set(name, { ...blob, keepUntilMs: Math.max(blob.keepUntilMs, untilMs) });
  }
}

function codecTotals(chunks: readonly ChunkRow[]): CodecTotals[] {
  const groups = Map.groupBy(chunks, (chunk) => chunk.codec * 65_536 + chunk.codecVersion);
  return [...groups]
    .sort(([first], [other]) => first - other)
    .map(([group, rows]) => ({
      codec: Math.floor(group / 65_536),
      codecVersion: group % 65_536,
      chunks: rows.length,
      plainBytes: sum(rows, (row) => row.bytes),
      storedBytes: sum(rows, (row) => row.blobBytes),
    }));
}

function placeOf(place: ChunkPlace): ChunkPlace {
  const { blob, blobBytes, codec, codecVersion, state, tried, writer } = place;
  return { blob, blobBytes, codec, codecVersion, state, tried, writer };
}

function rowOf({ name, bytes, state, keepUntilMs }: Blob): BlobRow {
  return { name, bytes, state, keepUntilMs };
}

function copyOf(row: ObjectRow): ObjectRow {
  return { ...row, manifest: row.manifest.slice() };
}

function sortedBy<Row>(rows: Iterable<Row>, key: (row: Row) => string): Row[] {
  return [...rows].sort((first, other) => compareUtf8(key(first), key(other)));
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
