/**
 * Access: what put, get, ls, rm and the caretaking commands need of a store, wherever it is.
 *
 *   --server URL   service-access.ts   the running service, over its HTTP
 *   --data DIR     folder-access.ts    the data folder itself, when no service owns it
 *
 * The commands are written against this contract alone, so both ways behave alike.
 */

/** One object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** Lower-case hexadecimal MD5 of the plain bytes, without quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
}

export interface ListedBucket {
  readonly name: string;
  readonly createdMs: number;
}

export interface Listing {
  readonly objects: readonly ListedObject[];
  /** Common prefixes, each ending in the delimiter. */
  readonly prefixes: readonly string[];
  /** What to ask for next, undefined at the end. */
  readonly next: string | undefined;
}

/** An object on its way out. The body must be read to its end or given up with `return`. */
export interface OpenObject extends ListedObject {
  /** Names in lower case, without the `x-amz-meta-` prefix. */
  readonly userMetadata: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The bytes of an object on its way in; opened again when a try has to be repeated. */
export interface PutBody {
  readonly bytes: number;
  open(): AsyncIterable<Uint8Array>;
}

export interface PutAttributes {
  readonly contentType: string;
  readonly userMetadata: Readonly<Record<string, string>>;
}

/** Sums of a store, for `pith stats`. */
export interface StoreFigures {
  readonly buckets: number;
  readonly objects: number;
  /** Sum of the objects' lengths. */
  readonly plainBytes: number;
  readonly chunks: number;
  /** Sum of the chunks' plain lengths, equal chunks once. */
  readonly chunkBytes: number;
  readonly blobs: number;
  /** Sum of the blobs' lengths: what the store takes. */
  readonly storedBytes: number;
  /** Objects that wait to be coded. */
  readonly awaiting: number;
  readonly codecs: readonly CodecFigures[];
}

export interface CodecFigures {
  readonly codec: string;
  readonly chunks: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
}

/** What a check found. */
export interface CheckFindings {
  readonly objects: number;
  readonly chunks: number;
  readonly blobs: number;
  /** Leftovers that the next collection takes away. */
  readonly collectable: number;
  /** One line each: what is damaged, and which objects it hurts. */
  readonly damage: readonly string[];
}

export interface CollectFigures {
  readonly chunks: number;
  readonly blobs: number;
  readonly bytes: number;
}

export interface BackupEntry {
  readonly name: string;
  readonly bytes: number;
  readonly createdMs: number;
}

export interface Access {
  /** For messages: the address or the folder. */
  readonly place: string;
  listBuckets(): Promise<readonly ListedBucket[]>;
  hasBucket(bucket: string): Promise<boolean>;
  /** @throws PithError "BucketExists", "BadBucketName" */
  createBucket(bucket: string): Promise<void>;
  /** @throws PithError "NoSuchBucket", "BucketNotEmpty" */
  deleteBucket(bucket: string): Promise<void>;
  /** A page of objects in order of keys; `from` is the `next` of the page before. */
  list(
    bucket: string,
    prefix: string,
    delimiter: string,
    from: string | undefined,
  ): Promise<Listing>;
  /** The object's entry, undefined when there is none. @throws PithError "NoSuchBucket" */
  find(bucket: string, key: string): Promise<ListedObject | undefined>;
  /** @returns the ETag: the MD5 of the bytes that were stored */
  put(bucket: string, key: string, body: PutBody, attributes: PutAttributes): Promise<string>;
  /** @throws PithError "NoSuchKey", "NoSuchBucket" */
  get(bucket: string, key: string): Promise<OpenObject>;
  /** No error when there is no such object. */
  delete(bucket: string, key: string): Promise<void>;
  figures(): Promise<StoreFigures>;
  check(deep: boolean): Promise<CheckFindings>;
  collect(graceMs: number | undefined): Promise<CollectFigures>;
  backup(): Promise<BackupEntry>;
  listBackups(): Promise<readonly BackupEntry[]>;
  /** The codecs that are switched off for new writes. */
  disabledCodecs(): Promise<readonly string[]>;
  /** Switches a codec off for new writes, or on again. */
  switchCodec(codec: string, enabled: boolean): Promise<void>;
  close(): Promise<void>;
}
