/**
 * Recode run: codes what is stored anew, object after object, in order of bucket and key.
 *
 *   objects   a  b  c  d  e  f  g  h
 *                   |-----|             under way, several at once
 *                   after               noted now and then: a killed run goes on here
 *
 * What is asked of an object is in recode-object.ts, how fast it goes in recode-pace.ts. Every chunk that
 * was coded bears a mark (tried.ts), so neither a second run nor one that looks at some objects twice
 * codes it again. Puts, gets, deletions and collections go on beside it.
 */
import { PithError } from "../core/errors.ts";
import {
  RECODE_FAILURES_MAXIMUM,
  RECODE_NOTE_MS,
  RECODE_OBJECTS_MAXIMUM,
  RECODE_ROOM_BYTES_MINIMUM,
  RECODE_ROOM_SHARE_MINIMUM,
  RECODE_SAVED_SHARE_MINIMUM,
} from "../core/limits.ts";
import { decodeManifest } from "./manifest.ts";
import type { ChunkRow, ObjectName, ObjectRow } from "./meta/meta.ts";
import type { StoreParts } from "./parts.ts";
import { type RecodeState, type RecodeStatus, writeRecodeNote } from "./recode-note.ts";
import { type RecodeCounts, type Recoding, recodeObject } from "./recode-object.ts";
import type { Pace } from "./recode-pace.ts";
import { marksCovering } from "./tried.ts";

/** Objects read from the metadata at once. */
const OBJECTS_AT_ONCE = 32;
const ROWS_AT_ONCE = 500;

/** What a run needs of the store around it. */
export interface RunSurroundings {
  readonly parts: StoreParts;
  readonly pace: Pace;
  /** Does work that changes rows, and counts it as such. */
  readonly change: (work: () => Promise<void>) => Promise<void>;
  /** The room on the disk; undefined where that has no meaning. */
  readonly room: () => Promise<{ readonly freeBytes: number; readonly bytes: number } | undefined>;
  readonly onProgress?: ((counts: Readonly<RecodeCounts>) => void) | undefined;
}

interface Underway {
  readonly row: ObjectRow;
  readonly done: Promise<void>;
}

export class RecodeRun {
  readonly #parts: StoreParts;
  readonly #around: RunSurroundings;
  readonly #start: RecodeStatus;
  readonly #counts: RecodeCounts;
  readonly #end = new AbortController();
  readonly #underWay = new Set<string>();
  /** Number of the codec whose chunks alone are wanted. */
  readonly #fromId: number | undefined;
  #after: ObjectName | undefined;
  #notedMs: number;
  /** Objects in a row that the disk failed. */
  #failures = 0;
  #stopped = false;

  /** @param start - what to do, and where to go on */
  constructor(around: RunSurroundings, start: RecodeStatus) {
    this.#around = around;
    this.#parts = around.parts;
    this.#start = start;
    this.#counts = { ...start.counts, failed: { ...start.counts.failed } };
    this.#after = start.after;
    this.#notedMs = start.notedMs;
    const { codecs } = this.#parts.coder;
    this.#fromId = codecs.find(({ name }) => name === start.wish.from)?.id;
  }

  status(state: RecodeState = "running"): RecodeStatus {
    const counts = { ...this.#counts, failed: { ...this.#counts.failed } };
    const pace = this.#around.pace.wish;
    return { ...this.#start, state, pace, after: this.#after, counts, notedMs: this.#notedMs };
  }

  /** Has it end soon; what is being coded now is given up. */
  stop(): void {
    this.#stopped = true;
    this.#giveUp();
  }

  /**
   * Goes through all objects.
   *
   * @returns how it ended, noted unless it is a dry run; "running" when the store was closed: so it is
   *   noted, and a service goes on with it
   * @throws PithError kind "io" when the disk or the metadata fail; it can go on from there
   */
  async run(): Promise<RecodeStatus> {
    const { closing } = this.#parts;
    const close = (): void => this.#end.abort(closing.reason);
    closing.addEventListener("abort", close);
    try {
      await this.#note("running");
      await this.#walk();
      return await this.#note("done");
    } catch (error) {
      const fault = PithError.from(error, "AssertionFailure");
      if (closing.aborted) return await this.#note("running");
      if (this.#stopped) return await this.#note("stopped");
      // Where not even the note can be kept, the fault is worth more than what keeps it from that.
      await this.#note("failed", fault).catch(() => undefined);
      throw fault;
    } finally {
      closing.removeEventListener("abort", close);
    }
  }

  #giveUp(): void {
    this.#end.abort(new PithError("Aborted", { task: "recode" }));
  }

  async #walk(): Promise<void> {
    const { coder } = this.#parts;
    const queue: Underway[] = [];
    try {
      for await (const row of this.#objects()) {
        const done = this.#object(row);
        // It is awaited in its turn, perhaps after another one failed.
        done.catch(() => undefined);
        queue.push({ row, done });
        // Threads start when there is work: the first object brings the first of them.
        const atOnce = Math.min(RECODE_OBJECTS_MAXIMUM, 1 + coder.stats().threads);
        if (queue.length >= atOnce) await this.#settle(queue.shift());
      }
      while (queue.length > 0) await this.#settle(queue.shift());
    } catch (error) {
      this.#giveUp();
      await Promise.allSettled(queue.map(({ done }) => done));
      throw error;
    }
  }

  /** All objects that are asked for and not done yet, in order. */
  async *#objects(): AsyncGenerator<ObjectRow> {
    const { meta } = this.#parts;
    const { bucket, prefix = "" } = this.#start.wish;
    let after = this.#after;
    if (after === undefined && bucket !== undefined) {
      // A scan begins behind a key, and the prefix may be one.
      const first = prefix === "" ? undefined : await this.#current({ bucket, key: prefix });
      if (first !== undefined) yield first;
      after = { bucket, key: prefix };
    }
    for (;;) {
      const page = await meta.scanObjects(after, OBJECTS_AT_ONCE);
      for (const row of page) {
        const isOver = bucket !== undefined && row.bucket !== bucket;
        if (isOver || !row.key.startsWith(prefix)) return;
        yield row;
      }
      after = page.at(-1);
      if (after === undefined) return;
    }
  }

  async #settle(head: Underway | undefined): Promise<void> {
    if (head === undefined) return;
    await head.done;
    this.#around.onProgress?.(this.#counts);
    // While the disk fails nothing counts as done.
    if (this.#failures === 0) this.#after = { bucket: head.row.bucket, key: head.row.key };
    if (this.#parts.clock.nowMs() - this.#notedMs >= RECODE_NOTE_MS) await this.#note("running");
  }

  /** Looks at one object. @throws PithError what ends the run */
  async #object(name: ObjectName): Promise<void> {
    const { signal } = this.#end;
    if (signal.aborted) throw PithError.from(signal.reason, "Aborted");
    const openedMs = this.#parts.clock.nowMs();
    // Since the page was read it may have been put anew.
    const row = await this.#current(name);
    if (row === undefined) return;
    try {
      await this.#around.change(() => this.#recode(row, openedMs));
      this.#failures = 0;
    } catch (error) {
      const fault = PithError.from(error, "AssertionFailure");
      if (signal.aborted || fault.code === "DiskFull" || fault.code === "ReadOnly") throw fault;
      await this.#failed(row, fault);
    }
    this.#counts.objects += 1;
    this.#counts.objectBytes += row.bytes;
  }

  async #recode(row: ObjectRow, openedMs: number): Promise<void> {
    const { wish, dryRun } = this.#start;
    const recoding = this.#recoding();
    const chunks = decodeManifest(row.manifest);
    let wanted = false;
    let waits = false;
    for (let i = 0; i < chunks.length; i += ROWS_AT_ONCE) {
      const some = chunks.slice(i, i + ROWS_AT_ONCE).map(({ sha256 }) => sha256);
      for (const chunk of await this.#parts.meta.getChunks(some)) {
        if (chunk === undefined) continue;
        wanted ||= recoding.wants(chunk) && !this.#underWay.has(chunk.sha256);
        waits ||= chunk.state === "plain";
      }
    }
    this.#counts.chunks += chunks.length;
    // Of an object that waits to be coded nothing can be left out.
    if (!wanted || (waits && wish.from !== undefined)) {
      this.#counts.skipped += chunks.length;
      return;
    }
    if (!dryRun) await this.#requireRoom();
    await recodeObject(this.#parts, row, openedMs, waits && !dryRun, recoding);
  }

  /** Old blobs stay for a while beside the new ones: that must not be the end of puts. */
  async #requireRoom(): Promise<void> {
    const room = await this.#around.room();
    if (room === undefined) return;
    const { freeBytes, bytes } = room;
    const least = Math.min(RECODE_ROOM_BYTES_MINIMUM, bytes * RECODE_ROOM_SHARE_MINIMUM);
    if (freeBytes < least)
      throw new PithError("DiskFull", { why: "too little is left", freeBytes });
  }

  #recoding(): Recoding {
    const { wish, dryRun } = this.#start;
    const { coder } = this.#parts;
    const way = { effort: wish.effort, codec: wish.codec };
    // Anew for each object: a codec may be switched off, or on, in between.
    const covered = marksCovering(coder, way);
    const isFrom = ({ codec }: ChunkRow): boolean =>
      this.#fromId === undefined || codec === this.#fromId;
    return {
      way,
      wants: (row) => isFrom(row) && !covered.has(row.tried),
      savedShare: RECODE_SAVED_SHARE_MINIMUM,
      writes: !dryRun,
      counts: this.#counts,
      underWay: this.#underWay,
      paced: (source) => this.#around.pace.hold(source, this.#end.signal),
      signal: this.#end.signal,
    };
  }

  async #failed(row: ObjectRow, fault: PithError): Promise<void> {
    const { bucket, key, version } = row;
    const now = await this.#current(row);
    // What somebody replaced or deleted in the middle is nobody's failure.
    if (fault.kind === "corrupt" && now?.version !== version) return;
    this.#counts.failed[fault.code] = (this.#counts.failed[fault.code] ?? 0) + 1;
    const facts = { ...fault.facts, task: "recode", bucket, key, version };
    this.#parts.alarm(new PithError(fault.code, facts, fault));
    if (fault.kind !== "io") {
      this.#failures = 0;
      return;
    }
    this.#failures += 1;
    if (this.#failures >= RECODE_FAILURES_MAXIMUM) throw fault;
  }

  async #current({ bucket, key }: ObjectName): Promise<ObjectRow | undefined> {
    try {
      return await this.#parts.meta.getObject(bucket, key);
    } catch (error) {
      if (PithError.from(error, "AssertionFailure").kind === "input") return undefined;
      throw error;
    }
  }

  async #note(state: RecodeState, fault?: PithError): Promise<RecodeStatus> {
    const { clock, meta } = this.#parts;
    this.#notedMs = clock.nowMs();
    const status = { ...this.status(state), ...(fault === undefined ? {} : { fault: fault.code }) };
    if (!status.dryRun) await writeRecodeNote(meta, status);
    return status;
  }
}
