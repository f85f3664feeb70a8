/**
 * Meta: what is stored under which name, and where its bytes are.
 *
 *   bucket --< object (one current version) -- manifest: chunk, chunk, chunk
 *                                                          |
 *                       chunk row: SHA-256 of plain bytes -> its current blob
 *                                                          |
 *                       blob row: SHA-256 of stored bytes, held or being deleted
 *
 * This is the contract that every driver fulfils (memory, SQLite; PostgreSQL later); suite.ts is its
 * test. Every method is atomic and, once resolved, durable. Time is passed in.
 *
 * How nothing is lost while garbage is collected: chunk and blob rows carry `keepUntilMs`.
 * Whoever is going to need a row (a put that met a stored chunk, a get that reads) claims it,
 * which moves that time on; the collector removes only rows that nothing references and whose time
 * has passed. A blob's name may come back while it is being deleted: `reserveBlob` then says
 * "deleting" and the put waits for the collector to finish. A put that slept so long that its
 * reserved blob was collected, and perhaps reserved again by another put that has not written
 * it yet, must not point a chunk to it: each reservation has a number that is never used twice, and
 * putChunk and swapChunk refuse a number that is not the blob row's any more. So at all times the blob
 * of every chunk row is held and has been written.
 *
 * At most one collector runs at a time on one store: two that share the list of blobs being deleted
 * could delete a blob that came back in between.
 */

export interface BucketRow {
  readonly name: string;
  readonly createdMs: number;
}

/** Standard headers that are kept with an object and given back as they came. */
export interface ObjectHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
}

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

/** One object as a listing shows it. */
export interface ObjectEntry extends ObjectName {
  /** Names this version of the object, unique in the store. */
  readonly version: string;
  readonly bytes: number;
  /** Lower-case hexadecimal MD5 of the plain bytes. */
  readonly etag: string;
  readonly modifiedMs: number;
}

/** One version of an object. */
export interface ObjectRow extends ObjectEntry {
  readonly headers: ObjectHeaders;
  /** Names in lower case, without the `x-amz-meta-` prefix. */
  readonly userMetadata: Readonly<Record<string, string>>;
  /** Encoded by store/manifest.ts: the chunks in order. */
  readonly manifest: Uint8Array;
}

/** "plain" chunks were acknowledged as they came and wait to be coded. */
export type ChunkState = "coded" | "plain";

/** Where a chunk's bytes are now. */
export interface ChunkPlace {
  /** Name of the blob that holds its frame. */
  readonly blob: string;
  readonly blobBytes: number;
  readonly codec: number;
  /** What the coder gave as `storedAs`: the codec's version, and the frame's filter above its low byte. */
  readonly codecVersion: number;
  readonly state: ChunkState;
  /** Which way of coding the chunk went through last (tried.ts); 0 for none. */
  readonly tried: number;
  /** The build that wrote the frame, for people; no reader depends on it. */
  readonly writer: string;
}

export interface ChunkRow extends ChunkPlace {
  readonly sha256: string;
  /** Length of the plain bytes. */
  readonly bytes: number;
  /** How often manifests name this chunk. */
  readonly references: number;
  readonly keepUntilMs: number;
}

export interface BlobRow {
  readonly name: string;
  readonly bytes: number;
  readonly state: "held" | "deleting";
  readonly keepUntilMs: number;
}

/** What must hold for a write to go through; each part that is given must hold. */
export interface Condition {
  /** The current version must have one of these ETags; "*" any version at all. */
  readonly ifMatch?: readonly string[];
  /** The current version must have none of these ETags; "*" there must be none. */
  readonly ifNoneMatch?: readonly string[];
}

export interface ListQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** "" for none: else keys that hold it after the prefix are folded into one common prefix. */
  readonly delimiter: string;
  /** Only keys and common prefixes after this one, in order of UTF-8 bytes. */
  readonly after: string;
  /** Keys and common prefixes together, 0..LIST_KEYS_MAXIMUM. */
  readonly limit: number;
}

export interface ListPage {
  readonly objects: readonly ObjectEntry[];
  readonly prefixes: readonly string[];
  /** `after` of the next page, or undefined when this is the last one. */
  readonly next: string | undefined;
}

export interface CodecTotals {
  readonly codec: number;
  /** As in ChunkPlace. */
  readonly codecVersion: number;
  readonly chunks: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
}

/** The same methods as plain calls: drivers do the work on one thread, one call after the other. */
export type MetaMethod = Exclude<keyof Meta, "close">;
export type MetaCalls = {
  readonly [Method in MetaMethod]: (
    ...parameters: Parameters<Meta[Method]>
  ) => Awaited<ReturnType<Meta[Method]>>;
};

/** Sums kept up to date with every change: reading them costs the same at any size. */
export interface Totals {
  readonly buckets: number;
  readonly objects: number;
  /** Sum of the objects' lengths. */
  readonly objectBytes: number;
  readonly chunks: number;
  /** Sum of the chunks' plain lengths, each chunk once. */
  readonly chunkBytes: number;
  readonly blobs: number;
  /** Sum of the blobs' lengths, garbage that waits for its collection included. */
  readonly blobBytes: number;
  /** Objects with chunks that wait to be coded. */
  readonly awaiting: number;
  readonly codecs: readonly CodecTotals[];
}

export interface Meta {
  /** @throws PithError "BucketExists" */
  createBucket(name: string, nowMs: number): Promise<void>;
  /** @throws PithError "NoSuchBucket" or "BucketNotEmpty" */
  deleteBucket(name: string): Promise<void>;
  getBucket(name: string): Promise<BucketRow | undefined>;
  /** All buckets in order of name. */
  listBuckets(): Promise<BucketRow[]>;

  /**
   * Makes `row` the current version under its key and drops the one before it.
   *
   * References of the manifest's chunks go up, those of the replaced version go down; chunks that
   * nothing references any more are kept until `keepUntilMs`. When one of the chunks is in state
   * "plain" the object joins the list of those that wait to be coded.
   *
   * @returns the version that was replaced
   * @throws PithError "NoSuchBucket", "PreconditionFailed" (also "NoSuchKey" for an `ifMatch` on
   *   nothing), or "ChunkGone" when a chunk of the manifest has no row: nothing is changed then
   */
  putObject(
    row: ObjectRow,
    condition: Condition,
    keepUntilMs: number,
  ): Promise<ObjectRow | undefined>;

  /**
   * Drops the object.
   *
   * @returns what was dropped, undefined when there was nothing
   * @throws PithError "NoSuchBucket" or "PreconditionFailed" (also "NoSuchKey" for an `ifMatch` on
   *   nothing)
   */
  deleteObject(
    bucket: string,
    key: string,
    condition: Condition,
    keepUntilMs: number,
  ): Promise<ObjectRow | undefined>;

  /** @throws PithError "NoSuchBucket" or "NoSuchKey" */
  getObject(bucket: string, key: string): Promise<ObjectRow>;

  /** A page of objects in order of their keys' UTF-8 bytes. @throws PithError "NoSuchBucket" */
  listObjects(query: ListQuery): Promise<ListPage>;

  /** The rows of these chunks, in the order asked; undefined where there is none. */
  getChunks(sha256s: readonly string[]): Promise<(ChunkRow | undefined)[]>;

  /** Like getChunks, and keeps those chunks and their blobs at least until `keepUntilMs`. */
  claimChunks(sha256s: readonly string[], keepUntilMs: number): Promise<(ChunkRow | undefined)[]>;

  /**
   * Announces a blob before its bytes are written, so that nothing on the disk is unknown. A
   * blob that is held already is kept at least until `keepUntilMs`.
   *
   * @returns the reservation's number, the same for everyone as long as the row lives; or
   *   "deleting" when the collector is removing a blob of this name right now: nothing was changed,
   *   ask again when it has finished
   */
  reserveBlob(name: string, bytes: number, keepUntilMs: number): Promise<number | "deleting">;

  /**
   * Inserts a chunk whose blob has been reserved and written. A row that is there already wins
   * (the blob that lost is garbage from then on), and is kept with its blob until `keepUntilMs`.
   *
   * @param reservation - from reserveBlob
   * @returns the row that is there afterwards
   * @throws PithError "ChunkGone" when the blob is not held under that reservation any more
   */
  putChunk(
    sha256: string,
    bytes: number,
    place: ChunkPlace,
    reservation: number,
    keepUntilMs: number,
  ): Promise<ChunkRow>;

  /**
   * Points a chunk to another blob if it still points to `fromBlob`; the chunk and both blobs are
   * kept until `keepUntilMs`. The two blobs may be the same, when only the state changes.
   *
   * @param reservation - from reserveBlob, for the new blob
   * @returns whether it did
   * @throws PithError "ChunkGone" when the new blob is not held under that reservation any more
   */
  swapChunk(
    sha256: string,
    fromBlob: string,
    place: ChunkPlace,
    reservation: number,
    keepUntilMs: number,
  ): Promise<boolean>;

  /**
   * Notes of chunks which way of coding they went through; of each only if it still points to `blob`.
   */
  markTried(
    chunks: readonly { readonly sha256: string; readonly blob: string }[],
    tried: number,
  ): Promise<void>;

  /**
   * Gives a version another manifest, for the same bytes cut or coded another way, and takes it off
   * the list of those that wait. References move as in putObject.
   *
   * @returns whether `version` is still the current one; nothing is changed when it is not
   * @throws PithError "ChunkGone" when a chunk of the manifest has no row: nothing is changed then
   */
  replaceManifest(
    at: ObjectName,
    version: string,
    manifest: Uint8Array,
    keepUntilMs: number,
  ): Promise<boolean>;

  /** Removes up to `limit` chunks that nothing references and whose time has passed. */
  collectChunks(nowMs: number, limit: number): Promise<ChunkRow[]>;

  /**
   * Marks up to `limit` blobs as being deleted: first those that are in that state already (left
   * by a crash or a failed deletion), then those that no chunk points to and whose time has passed.
   * From now on their names are refused to puts. Asked again before finishGarbage it gives the
   * same ones again.
   */
  takeGarbage(nowMs: number, limit: number): Promise<BlobRow[]>;

  /** Forgets blobs that were taken as garbage and are gone from the blobs driver. */
  finishGarbage(names: readonly string[]): Promise<void>;

  /** Up to `limit` objects with chunks that wait to be coded, oldest first. */
  listAwaiting(limit: number): Promise<ObjectRow[]>;

  /** Takes a version off the list of those that wait; no error when it is not on it. */
  finishAwaiting(version: string): Promise<void>;

  /** Pages through every object, in order of bucket and key, for checks. */
  scanObjects(after: ObjectName | undefined, limit: number): Promise<ObjectRow[]>;
  /** Pages through every chunk in order of hash, after `after` ("" for the first page). */
  scanChunks(after: string, limit: number): Promise<ChunkRow[]>;
  /** Pages through every blob in order of name, after `after` ("" for the first page). */
  scanBlobs(after: string, limit: number): Promise<BlobRow[]>;

  totals(): Promise<Totals>;

  /** What a chore has noted under a name, undefined when nothing. */
  getNote(name: string): Promise<string | undefined>;
  /** Keeps a note in the place of the one before it. */
  putNote(name: string, text: string): Promise<void>;

  close(): Promise<void>;
}
