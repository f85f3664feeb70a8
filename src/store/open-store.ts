/**
 * Open store: the operations of a store that is open, each handed to its own file.
 *
 * Here they are counted: what is under way (for close and for the chores, which wait until nobody
 * is busy) and what has changed (for the check, which compares counts only when nothing did).
 */
import { PithError } from "../core/errors.ts";
import { LIST_KEYS_MAXIMUM } from "../core/limits.ts";
import { makeBackup } from "./backup.ts";
import { type BackupEntry, listBackups } from "./backup-list.ts";
import { type CheckOptions, type CheckReport, checkStore } from "./check.ts";
import { Chores } from "./chores.ts";
import type { CollectOptions, CollectReport } from "./collect.ts";
import { type GetOptions, getObject, type OpenedObject } from "./get.ts";
import { LastBackup } from "./last-backup.ts";
import type { BucketRow, Condition, ListPage, ListQuery, ObjectRow, Totals } from "./meta/meta.ts";
import { checkBucketName, checkKey } from "./names.ts";
import { keepUntilMs, type StoreParts } from "./parts.ts";
import { type PutOptions, putObject } from "./put.ts";
import { Recoder } from "./recode.ts";
import type { RecodeStatus } from "./recode-note.ts";
import { type RecodeOptions, Recodings } from "./recodings.ts";
import type { Base, Store, StoreOptions } from "./store.ts";

export class OpenStore implements Store {
  readonly #parts: StoreParts;
  readonly #options: StoreOptions;
  readonly #base: Base;
  readonly #closing: AbortController;
  readonly #lastBackup: LastBackup;
  readonly #recoder: Recoder;
  readonly #recodings: Recodings;
  #chores: Chores | undefined;
  /** Operations that close waits for. */
  readonly #running = new Set<Promise<unknown>>();
  /** Puts and gets under way. */
  #transfers = 0;
  /** Changes under way, and those that have been. */
  #changing = 0;
  #changes = 0;
  #backingUp: Promise<BackupEntry> | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: StoreParts, options: StoreOptions, base: Base, closing: AbortController) {
    this.#parts = parts;
    this.#options = options;
    this.#base = base;
    this.#closing = closing;
    this.#lastBackup = new LastBackup(base.folder, parts);
    this.#recoder = new Recoder(parts, options.effort ?? "default", this.#lastBackup);
    this.#recodings = new Recodings({
      parts,
      busy: () => this.#transfers > 0,
      run: (work) => this.#run(work),
      change: (work) => this.#change(work),
      folder: base.folder,
      backup: () => this.backup(),
    });
  }

  /** Starts what a store does by itself, and goes on with what a crash interrupted. */
  async begin(): Promise<void> {
    const chores = this.#options.chores === true;
    await this.#lastBackup.look();
    await this.#recodings.takeUp(chores);
    if (chores) this.#chores = this.#startChores();
  }

  createBucket(bucket: string): Promise<void> {
    return this.#change(async ({ meta, clock }) => {
      checkBucketName(bucket);
      await meta.createBucket(bucket, clock.nowMs());
    });
  }

  deleteBucket(bucket: string): Promise<void> {
    return this.#change(({ meta }) => meta.deleteBucket(bucket));
  }

  headBucket(bucket: string): Promise<BucketRow> {
    return this.#run(async ({ meta }) => {
      const row = await meta.getBucket(bucket);
      if (row === undefined) throw new PithError("NoSuchBucket", { bucket });
      return row;
    });
  }

  listBuckets(): Promise<BucketRow[]> {
    return this.#run(({ meta }) => meta.listBuckets());
  }

  putObject(
    bucket: string,
    key: string,
    source: AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<ObjectRow> {
    const { mode, effort } = this.#options;
    const chosen = {
      ...options,
      mode: options.mode ?? mode,
      effort: options.effort ?? effort,
    };
    return this.#change(async (parts) => {
      this.#transfers += 1;
      try {
        return await putObject(parts, bucket, key, source, chosen);
      } finally {
        this.#transfers -= 1;
      }
    });
  }

  getObject(bucket: string, key: string, options: GetOptions = {}): Promise<OpenedObject> {
    return this.#run(async (parts) => {
      checkKey(key);
      const opened = await getObject(parts, bucket, key, options);
      return { ...opened, body: this.#counted(opened.body) };
    });
  }

  headObject(bucket: string, key: string): Promise<ObjectRow> {
    return this.#run(async ({ meta }) => {
      checkKey(key);
      return await meta.getObject(bucket, key);
    });
  }

  deleteObject(
    bucket: string,
    key: string,
    condition: Condition = {},
  ): Promise<ObjectRow | undefined> {
    return this.#change(async (parts) => {
      checkKey(key);
      return await parts.meta.deleteObject(bucket, key, condition, keepUntilMs(parts));
    });
  }

  async deleteObjects(bucket: string, keys: readonly string[]): Promise<(PithError | undefined)[]> {
    const outcomes = await Promise.allSettled(keys.map((key) => this.deleteObject(bucket, key)));
    return outcomes.map((outcome) =>
      outcome.status === "rejected" ? PithError.from(outcome.reason, "StoreIo") : undefined,
    );
  }

  listObjects(query: ListQuery): Promise<ListPage> {
    return this.#run(async ({ meta }) => {
      const { prefix, delimiter, after, limit } = query;
      const rightLimit = Number.isInteger(limit) && limit >= 0 && limit <= LIST_KEYS_MAXIMUM;
      if (!rightLimit || ![prefix, delimiter, after].every((text) => text.isWellFormed())) {
        throw new PithError("InvalidArgument", { prefix, delimiter, after, limit });
      }
      return await meta.listObjects(query);
    });
  }

  totals(): Promise<Totals> {
    return this.#run(({ meta }) => meta.totals());
  }

  recodeNext(): Promise<boolean> {
    return this.#change(
      () => this.#recoder.next(),
      (coded) => coded,
    );
  }

  async recode(options: RecodeOptions = {}): Promise<RecodeStatus> {
    const { ended } = await this.#run(() => this.#recodings.begin(options));
    return await ended;
  }

  beginRecoding(options: RecodeOptions = {}): Promise<RecodeStatus> {
    return this.#run(async () => (await this.#recodings.begin(options)).status);
  }

  recoding(): Promise<RecodeStatus | undefined> {
    return this.#run(() => this.#recodings.status());
  }

  stopRecoding(): Promise<RecodeStatus | undefined> {
    return this.#run(() => this.#recodings.stop());
  }

  collect(options: CollectOptions = {}): Promise<CollectReport> {
    return this.#change(
      (parts) => this.#collect(parts, options),
      ({ chunks, blobs }) => chunks + blobs > 0,
    );
  }

  removeOrphans(
    orphans: readonly { readonly name: string; readonly bytes: number }[],
  ): Promise<CollectReport> {
    return this.#change(async (parts) => {
      await parts.collector.adopt(orphans);
      return await this.#collect(parts, {});
    });
  }

  check(options: CheckOptions = {}): Promise<CheckReport> {
    return this.#run((parts) => checkStore(parts, options, () => this.#changeCount()));
  }

  backup(): Promise<BackupEntry> {
    return this.#run(async ({ clock }) => {
      const { folder } = this.#base;
      if (folder === undefined) throw new PithError("NotImplemented", { what: "backup" });
      // Two who ask at once get the same one.
      this.#backingUp ??= this.#lastBackup
        .making(() => makeBackup(folder, clock.nowMs()))
        .finally(() => {
          this.#backingUp = undefined;
        });
      return await this.#backingUp;
    });
  }

  listBackups(): Promise<BackupEntry[]> {
    const { folder } = this.#base;
    return folder === undefined ? Promise.resolve([]) : this.#run(() => listBackups(folder));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #collect(parts: StoreParts, options: CollectOptions): Promise<CollectReport> {
    const graceMs = Math.min(options.graceMs ?? parts.graceMs, parts.graceMs);
    await this.#recodings.backUpFirst(graceMs);
    if (await this.#lastBackup.isDue()) await this.backup();
    return await parts.collector.collect(options);
  }

  async #close(): Promise<void> {
    const { meta, blobs, release } = this.#base;
    this.#closing.abort(new PithError("StoreIo", { why: "the store is being closed" }));
    await this.#chores?.stop();
    await Promise.allSettled(this.#running);
    await this.#parts.keeper.close();
    await this.#parts.collector.close();
    try {
      await meta.close();
      await blobs.close();
    } finally {
      release();
    }
  }

  #run<Result>(work: (parts: StoreParts) => Promise<Result>): Promise<Result> {
    if (this.#closed !== undefined) {
      return Promise.reject(new PithError("StoreIo", { why: "the store is closed" }));
    }
    const running = work(this.#parts);
    this.#running.add(running);
    // The caller hears of a failure from `running` itself.
    void running.catch(() => undefined).then(() => this.#running.delete(running));
    return running;
  }

  /** An operation that may change rows or blobs; `changed` tells from its result whether it did. */
  #change<Result>(
    work: (parts: StoreParts) => Promise<Result>,
    changed: (result: Result) => boolean = () => true,
  ): Promise<Result> {
    return this.#run(async (parts) => {
      this.#changing += 1;
      try {
        const result = await work(parts);
        if (changed(result)) this.#changes += 1;
        return result;
      } catch (error) {
        this.#changes += 1;
        throw error;
      } finally {
        this.#changing -= 1;
      }
    });
  }

  #changeCount(): number | undefined {
    return this.#changing > 0 ? undefined : this.#changes;
  }

  async *#counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.#transfers += 1;
    try {
      yield* body;
    } finally {
      this.#transfers -= 1;
    }
  }

  #startChores(): Chores {
    return new Chores({
      clock: this.#parts.clock,
      recodeNext: () => this.recodeNext(),
      busy: () => this.#transfers > 0,
      collect: () => this.collect(),
      backup: this.#base.folder === undefined ? undefined : () => this.backup(),
      lastBackupMs: async () => (await this.listBackups()).at(-1)?.createdMs,
      alarm: this.#parts.alarm,
    });
  }
}
