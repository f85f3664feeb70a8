/**
 * Access: what put, get, ls, rm and the caretaking commands need of a store, wherever it is.
 *
 *   --server URL   service-access.ts   the running service, over its HTTP
 *   --data DIR     folder-access.ts    the data folder itself, when no service owns it
 *
 * The commands are written against this contract alone, so both ways behave alike.
 */

import type { BackupEntry, CheckReport, CollectReport, Store } from "../store/index.ts";

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

/** A store at a glance, for `pith stats`. */
export interface StoreFigures {
  readonly buckets: number;
  readonly objects: number;
  /** Sum of the objects' lengths. */
  readonly plainBytes: number;
  /** Sum of the blobs' lengths: what the store takes, garbage included. */
  readonly storedBytes: number;
  /** Objects that wait to be coded. */
  readonly awaiting: number;
  readonly codecs: readonly CodecFigures[];
  /** Codecs that are switched off for new writes. */
  readonly disabledCodecs: readonly string[];
  /** What became of chunks at each codec since the service started; nothing where none runs. */
  readonly outcomes: readonly CodecOutcomeFigures[];
  /** Faults since the service started, by code; nothing where no service runs. */
  readonly faults: Readonly<Record<string, number>>;
  /** All that is known, as it came: for --json. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface CodecFigures {
  readonly name: string;
  /** What came before the codec; not there where nothing did. */
  readonly filter?: string;
  readonly chunks: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
}

/** How often a codec coded, refused or failed at a chunk for one reason. */
export interface CodecOutcomeFigures {
  readonly codec: string;
  readonly outcome: string;
  readonly code: string;
  readonly filter?: string;
  readonly chunks: number;
}

export interface CollectWishes {
  /** Collects what has been garbage for this long; the store's own grace time unless given. */
  readonly graceMs?: number | undefined;
  /** Also removes blobs on the disk that the metadata does not know. */
  readonly orphans?: boolean | undefined;
}

/** What is to be coded anew, and how. */
export type RecodeWishes = Omit<
  NonNullable<Parameters<Store["recode"]>[0]>,
  "background" | "onProgress"
>;

/** How far a recoding is, or how it ended. */
export type RecodeStatus = NonNullable<Awaited<ReturnType<Store["recoding"]>>>;

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
  check(deep: boolean): Promise<CheckReport>;
  /** @throws PithError "BadUsage" for what a running service does not offer */
  collect(wishes: CollectWishes): Promise<CollectReport>;
  /**
   * Codes what is stored anew. A folder resolves at the end, a service at the beginning.
   *
   * @param onProgress - told now and then, by a folder
   */
  recode(
    wishes: RecodeWishes,
    onProgress: (counts: RecodeStatus["counts"]) => void,
  ): Promise<RecodeStatus>;
  /** The recoding under way, or the last; undefined when there was none. */
  recoding(): Promise<RecodeStatus | undefined>;
  /** Ends the recoding under way; it can go on later. */
  stopRecoding(): Promise<RecodeStatus | undefined>;
  backup(): Promise<BackupEntry>;
  listBackups(): Promise<readonly BackupEntry[]>;
  /** Switches a codec off for new writes, or on again. */
  switchCodec(codec: string, enabled: boolean): Promise<void>;
  close(): Promise<void>;
}
