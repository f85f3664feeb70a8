/**
 * Store: objects in buckets, every byte given back.
 *
 * This file says what a store offers, and opens one (open-store.ts); each operation has a file of
 * its own (put.ts, get.ts, collect.ts, check.ts, backup.ts, recode.ts). Where things lie is docs/formats/data-folder.md; how nothing is lost is told in
 * meta/meta.ts.
 */
import type { Coder } from "../container/index.ts";
import type { Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { GRACE_MS } from "../core/limits.ts";
import type { BackupEntry } from "./backup-list.ts";
import type { Blobs } from "./blobs/blobs.ts";
import type { CheckOptions, CheckReport } from "./check.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type CollectOptions, Collector, type CollectReport } from "./collect.ts";
import { openFolder } from "./data-folder.ts";
import type { GetOptions, OpenedObject } from "./get.ts";
import { Keeper } from "./keep.ts";
import type {
  BucketRow,
  Condition,
  ListPage,
  ListQuery,
  Meta,
  ObjectRow,
  Totals,
} from "./meta/meta.ts";
import { OpenStore } from "./open-store.ts";
import type { StoreParts } from "./parts.ts";
import type { PutOptions, WriteMode } from "./put.ts";
import type { RecodeStatus } from "./recode-note.ts";
import type { RecodeOptions } from "./recodings.ts";
import { Writing } from "./writing.ts";

export interface StoreOptions {
  /** The data folder, made when it is not there; or drivers that are open already. */
  readonly folder?: string | undefined;
  readonly drivers?: { readonly meta: Meta; readonly blobs: Blobs } | undefined;
  /** Not closed with the store. Refuses the store when it cannot decode what is in it. */
  readonly coder: Coder;
  /** What puts do unless they say otherwise; "verified" and "default" unless given. */
  readonly mode?: WriteMode | undefined;
  readonly effort?: Effort | undefined;
  /** The build, kept with each chunk for people to look at. */
  readonly writer?: string | undefined;
  /** True: codes what waits, collects and backs up by itself while it is open. */
  readonly chores?: boolean | undefined;
  /** Told of damage and of failures that nobody else hears of. */
  readonly onAlarm?: ((error: PithError) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** How long garbage is kept; GRACE_MS unless given. */
  readonly graceMs?: number | undefined;
}

/** An open store. After `close` everything fails with "StoreIo". */
export interface Store {
  /** @throws PithError "BadBucketName" or "BucketExists" */
  createBucket(bucket: string): Promise<void>;
  /** @throws PithError "NoSuchBucket" or "BucketNotEmpty" */
  deleteBucket(bucket: string): Promise<void>;
  /** @throws PithError "NoSuchBucket" */
  headBucket(bucket: string): Promise<BucketRow>;
  /** All buckets in order of name. */
  listBuckets(): Promise<BucketRow[]>;
  /** Stores an object; see put.ts. */
  putObject(
    bucket: string,
    key: string,
    source: AsyncIterable<Uint8Array>,
    options?: PutOptions,
  ): Promise<ObjectRow>;
  /** Opens an object for reading; see get.ts. */
  getObject(bucket: string, key: string, options?: GetOptions): Promise<OpenedObject>;
  /** The current version without its bytes. @throws PithError "NoSuchBucket" or "NoSuchKey" */
  headObject(bucket: string, key: string): Promise<ObjectRow>;
  /**
   * Removes an object; its chunks are collected after the grace time.
   *
   * @returns what was removed, undefined when there was nothing
   * @throws PithError "NoSuchBucket" or "PreconditionFailed"
   */
  deleteObject(bucket: string, key: string, condition?: Condition): Promise<ObjectRow | undefined>;
  /** Removes each key on its own; the outcome of each, in order: undefined when it is gone. */
  deleteObjects(bucket: string, keys: readonly string[]): Promise<(PithError | undefined)[]>;
  /** A page of objects in order of their keys' UTF-8 bytes. @throws PithError "NoSuchBucket" */
  listObjects(query: ListQuery): Promise<ListPage>;
  /** Sums over the whole store; costs the same at any size. */
  totals(): Promise<Totals>;
  /** Codes one object that was put in mode "async"; false when none waits. */
  recodeNext(): Promise<boolean>;
  /**
   * Codes what is stored anew, densely unless told otherwise, and keeps what saves enough; goes on with
   * one of the same wish that did not come to its end. See recode-run.ts.
   *
   * @returns when it has come to its end, or somebody stopped it
   * @throws PithError "RecodeUnderWay", "NoSuchBucket", "InvalidArgument"; kind "io" when the disk or the
   *   metadata failed: it can go on from there
   */
  recode(options?: RecodeOptions): Promise<RecodeStatus>;
  /** The same, but returns when it has begun. */
  beginRecoding(options?: RecodeOptions): Promise<RecodeStatus>;
  /** The recoding under way, or how the last one ended; undefined when there was none. */
  recoding(): Promise<RecodeStatus | undefined>;
  /** Ends the recoding under way; the next one of its wish goes on from there. */
  stopRecoding(): Promise<RecodeStatus | undefined>;
  /** Removes garbage whose time has passed; see collect.ts. Backs up the metadata before, where the newest
   * backup knows only blobs that a recoding has replaced, or is old and names plain ones (last-backup.ts). */
  collect(options?: CollectOptions): Promise<CollectReport>;
  /** Removes blobs that the metadata does not know, as check listed them. Only ever on request. */
  removeOrphans(
    orphans: readonly { readonly name: string; readonly bytes: number }[],
  ): Promise<CollectReport>;
  /** Looks whether everything is there; see check.ts. */
  check(options?: CheckOptions): Promise<CheckReport>;
  /** Backs up the metadata. @throws PithError "NotImplemented" without a data folder */
  backup(): Promise<BackupEntry>;
  /** Oldest first; none without a data folder. */
  listBackups(): Promise<BackupEntry[]>;
  /** Ends what is under way, and lets go of the data folder. */
  close(): Promise<void>;
}

/**
 * Opens a store: takes the data folder, checks the database, asks the version gate, and finishes
 * deletions that a crash interrupted.
 *
 * @throws PithError "StoreLocked", "DatabaseDamaged", "VersionGate", "BuildIncomplete", "BadConfig",
 *   "ReadOnly", "DiskFull" or "StoreIo"; the folder is free again then
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const clock = options.clock ?? systemClock;
  const { folder, drivers } = options;
  if (drivers !== undefined && folder === undefined) {
    return await start(options, { ...drivers, clock, folder, release: () => {} });
  }
  if (folder === undefined || drivers !== undefined) {
    throw new PithError("BadConfig", { why: "a store needs either a folder or drivers" });
  }
  const opened = await openFolder(folder, clock);
  const { meta, blobs, lock } = opened;
  try {
    const release = (): void => lock.release();
    return await start(options, { meta, blobs, clock, folder: opened.folder, release });
  } catch (error) {
    await Promise.allSettled([meta.close(), blobs.close()]);
    lock.release();
    throw error;
  }
}

/** What a store stands on. */
export interface Base {
  readonly meta: Meta;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly folder: string | undefined;
  readonly release: () => void;
}

async function start(options: StoreOptions, base: Base): Promise<Store> {
  const { meta, blobs, clock } = base;
  const { codecs } = await meta.totals();
  await options.coder.requireReadable(codecs);
  const graceMs = options.graceMs ?? GRACE_MS;
  const alarm = options.onAlarm ?? (() => {});
  const closing = new AbortController();
  const writing = new Writing();
  const { signal } = closing;
  const collector = new Collector({ meta, blobs, clock, graceMs, writing, closing: signal });
  await collector.settle();
  const parts: StoreParts = {
    meta,
    blobs,
    coder: options.coder,
    clock,
    keeper: new Keeper({ meta, clock, graceMs, alarm }),
    collector,
    writing,
    graceMs,
    writer: options.writer ?? "pith",
    damaged: new Set(),
    alarm,
    closing: signal,
  };
  const store = new OpenStore(parts, options, base, closing);
  await store.begin();
  return store;
}
