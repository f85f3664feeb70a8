/**
 * Recodings: at most one recode run at a time in an open store; begun, looked at, stopped, gone on
 * with after a restart.
 *
 * They also say when the metadata must be backed up before garbage is collected: a backup from
 * before a recoding names blobs that have been replaced since, and once those are collected it could
 * not bring back a single object that was recoded.
 */
import type { Effort } from "../core/codec.ts";
import { EFFORTS } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { RECODE_RATE_MAXIMUM, RECODE_RATE_MINIMUM } from "../core/limits.ts";
import { listBackups } from "./backup-list.ts";
import { roomOf } from "./disk.ts";
import type { StoreParts } from "./parts.ts";
import {
  isSameWish,
  type RecodeStatus,
  type RecodeWish,
  readRecodeNote,
  writeRecodeNote,
} from "./recode-note.ts";
import { noCounts, type RecodeCounts } from "./recode-object.ts";
import { Pace } from "./recode-pace.ts";
import { RecodeRun } from "./recode-run.ts";

export interface RecodeOptions {
  /** "dense" unless given. */
  readonly effort?: Effort | undefined;
  /** A codec's name to use it alone; undefined chooses by content. */
  readonly codec?: string | undefined;
  /** Only chunks that this codec wrote. */
  readonly from?: string | undefined;
  readonly bucket?: string | undefined;
  /** Only keys that begin so; goes with a bucket. */
  readonly prefix?: string | undefined;
  /** Plain bytes a second; as fast as it goes unless given. */
  readonly bytesPerSecond?: number | undefined;
  /** True: reads only while no put and no get is under way. */
  readonly idle?: boolean | undefined;
  /** True: codes and counts, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** True: a store with chores goes on with it by itself when it is opened again. */
  readonly background?: boolean | undefined;
  /** Told after each object. */
  readonly onProgress?: ((counts: Readonly<RecodeCounts>) => void) | undefined;
}

/** What the recodings of a store stand on. */
export interface RecodingsBase {
  readonly parts: StoreParts;
  readonly busy: () => boolean;
  /** Runs what the store waits for when it is closed. */
  readonly run: (work: () => Promise<RecodeStatus>) => Promise<RecodeStatus>;
  readonly change: (work: () => Promise<void>) => Promise<void>;
  /** The data folder; undefined where there is none. */
  readonly folder: string | undefined;
  readonly backup: () => Promise<unknown>;
}

interface Current {
  readonly run: RecodeRun;
  readonly pace: Pace;
  readonly ended: Promise<RecodeStatus>;
}

export class Recodings {
  readonly #base: RecodingsBase;
  #current: Current | undefined;
  /** How the last run of this process ended; a dry run leaves no note. */
  #last: RecodeStatus | undefined;

  constructor(base: RecodingsBase) {
    this.#base = base;
  }

  /**
   * Begins a recoding, or goes on with one of the same wish that did not come to its end. One that is under
   * way with this wish takes the new pace.
   *
   * @returns what it does, and a promise for how it ends (recode-run.ts)
   * @throws PithError "RecodeUnderWay", "NoSuchBucket", "InvalidArgument"
   */
  async begin(
    options: RecodeOptions,
  ): Promise<{ readonly status: RecodeStatus; readonly ended: Promise<RecodeStatus> }> {
    const wish = await this.#checked(options);
    const { parts } = this.#base;
    const pace = { bytesPerSecond: options.bytesPerSecond, idle: options.idle === true };
    const { dryRun = false, background = false } = options;
    const note = dryRun ? undefined : await readRecodeNote(parts.meta);
    const current = this.#current;
    if (current !== undefined) {
      const status = current.run.status();
      if (!isSameWish(status.wish, wish) || status.dryRun !== dryRun) {
        throw new PithError("RecodeUnderWay");
      }
      current.pace.wish = pace;
      return { status: current.run.status(), ended: current.ended };
    }
    const nowMs = parts.clock.nowMs();
    const goesOn = note !== undefined && note.state !== "done" && isSameWish(note.wish, wish);
    const start: RecodeStatus = {
      state: "running",
      wish,
      pace,
      dryRun,
      background,
      after: goesOn ? note.after : undefined,
      counts: goesOn ? note.counts : noCounts(),
      startedMs: goesOn ? note.startedMs : nowMs,
      notedMs: nowMs,
    };
    return this.#start(start, options.onProgress);
  }

  /** What is under way, or how the last one ended; undefined when there was none. */
  async status(): Promise<RecodeStatus | undefined> {
    if (this.#current !== undefined) return this.#current.run.status();
    return this.#last ?? (await readRecodeNote(this.#base.parts.meta));
  }

  /** Ends what is under way; it can go on later. @returns as status */
  async stop(): Promise<RecodeStatus | undefined> {
    const current = this.#current;
    current?.run.stop();
    // How it failed is heard by whoever began it.
    await current?.ended.catch(() => undefined);
    return await this.status();
  }

  /**
   * For a store that was just opened: whatever was running runs no more. A run of the background goes on,
   * where there are chores.
   */
  async takeUp(chores: boolean): Promise<void> {
    const { parts } = this.#base;
    const note = await readRecodeNote(parts.meta);
    if (note?.state !== "running") return;
    if (chores && note.background) {
      this.#start(note, undefined);
    } else {
      const stopped = { ...note, state: "stopped" as const, notedMs: parts.clock.nowMs() };
      await writeRecodeNote(parts.meta, stopped);
    }
  }

  /**
   * Backs the metadata up, where garbage is to be collected that only the newest backup still needs.
   *
   * @param graceMs - how long what is to be collected has been garbage
   * @throws PithError "DiskFull", "ReadOnly" or "StoreIo": then nothing must be collected
   */
  async backUpFirst(graceMs: number): Promise<void> {
    const { folder, parts, backup } = this.#base;
    if (folder === undefined) return;
    const note = await readRecodeNote(parts.meta);
    const last = (await listBackups(folder)).at(-1)?.createdMs;
    if (note === undefined || last === undefined) return;
    const isIn = note.state !== "running" && last > note.notedMs;
    // What was replaced since half the time is not collected yet.
    if (!isIn && last <= parts.clock.nowMs() - graceMs / 2) await backup();
  }

  #start(
    start: RecodeStatus,
    onProgress: RecodeOptions["onProgress"],
  ): { readonly status: RecodeStatus; readonly ended: Promise<RecodeStatus> } {
    const { parts, busy, change, folder } = this.#base;
    const pace = new Pace(parts.clock, busy, start.pace);
    const room = async () => (folder === undefined ? undefined : await roomOf(folder));
    const run = new RecodeRun({ parts, pace, change, room, onProgress }, start);
    const ended = this.#base.run(() => this.#follow(run));
    // Not everybody waits for the end; a failure is alarmed and noted.
    ended.catch(() => undefined);
    this.#current = { run, pace, ended };
    return { status: run.status(), ended };
  }

  async #follow(run: RecodeRun): Promise<RecodeStatus> {
    try {
      this.#last = await run.run();
      return this.#last;
    } catch (error) {
      const fault = PithError.from(error, "AssertionFailure", { task: "recode" });
      this.#last = { ...run.status("failed"), fault: fault.code };
      this.#base.parts.alarm(fault);
      throw fault;
    } finally {
      this.#current = undefined;
    }
  }

  async #checked(options: RecodeOptions): Promise<RecodeWish> {
    const { effort = "dense", codec, from, bucket, prefix, bytesPerSecond } = options;
    const { meta, coder } = this.#base.parts;
    const known = coder.codecs.map(({ name }) => name);
    if (!EFFORTS.includes(effort)) refuse("no such effort", { effort });
    for (const name of [codec, from]) {
      if (name === undefined || known.includes(name)) continue;
      refuse("no such codec", { codec: name, known: known.join(", ") });
    }
    if (prefix !== undefined && bucket === undefined) refuse("a prefix goes with a bucket", {});
    if (bucket !== undefined && (await meta.getBucket(bucket)) === undefined) {
      throw new PithError("NoSuchBucket", { bucket });
    }
    const rate = bytesPerSecond ?? RECODE_RATE_MINIMUM;
    if (!(rate >= RECODE_RATE_MINIMUM && rate <= RECODE_RATE_MAXIMUM)) {
      refuse("no such rate", { bytesPerSecond: rate });
    }
    return { effort, codec, from, bucket, prefix };
  }
}

function refuse(what: string, facts: Readonly<Record<string, string | number>>): never {
  throw new PithError("InvalidArgument", { what, ...facts });
}
