/**
 * Collect: removes what nothing references and whose time has passed.
 *
 *   chunk rows without references  ->  their blobs lose their last pointer
 *   blob rows without pointers     ->  "deleting"  ->  file removed  ->  row forgotten
 *
 * Safe beside puts and gets by the protocol of meta/meta.ts; one run at a time, which is what that
 * protocol asks for. A crash in the middle leaves blobs "deleting", which the next run takes up.
 * Files that the metadata does not know are never touched here, unless somebody asks by name of
 * `adopt`: after a restore they may be all that is left of objects younger than the backup.
 */
import type { PithError } from "../core/errors.ts";
import type { Blobs } from "./blobs/blobs.ts";
import type { Clock } from "./clock.ts";
import type { BlobRow, Meta } from "./meta/meta.ts";
import type { Writing } from "./writing.ts";

const CHUNKS_AT_ONCE = 500;
const BLOBS_AT_ONCE = 32;

export interface CollectOptions {
  /** Collects what has been garbage for this long; the store's own grace time unless given. Less
   * can make puts and gets under way fail (typed), and loses no acknowledged object. */
  readonly graceMs?: number | undefined;
  /** Ends the run early, after what it is removing right now; the next one takes up the rest. */
  readonly signal?: AbortSignal | undefined;
}

/** What a collection removed. */
export interface CollectReport {
  readonly chunks: number;
  readonly blobs: number;
  /** Length of the removed blobs. */
  readonly bytes: number;
}

export interface CollectorParts {
  readonly meta: Meta;
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly writing: Writing;
  /** Aborted when the store is closed: ends every run early. */
  readonly closing: AbortSignal;
}

export class Collector {
  readonly #parts: CollectorParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /**
   * Removes all garbage whose time has passed.
   *
   * @throws PithError "StoreIo" and the like when a file cannot be removed; it stays known, and the
   *   next run tries again
   */
  collect(options: CollectOptions = {}): Promise<CollectReport> {
    return this.#alone(async () => {
      const { meta, clock, graceMs, closing } = this.#parts;
      const isOver = (): boolean => closing.aborted || options.signal?.aborted === true;
      const sooner = graceMs - (options.graceMs ?? graceMs);
      const untilMs = clock.nowMs() + sooner;
      let chunks = 0;
      for (let page = CHUNKS_AT_ONCE; page === CHUNKS_AT_ONCE && !isOver(); chunks += page) {
        page = (await meta.collectChunks(untilMs, CHUNKS_AT_ONCE)).length;
      }
      return { chunks, ...(await this.#removeBlobs(untilMs, isOver)) };
    });
  }

  /** Finishes deletions that were begun and not finished. @throws as collect */
  settle(): Promise<CollectReport> {
    return this.#alone(async () => ({ chunks: 0, ...(await this.#removeBlobs(-1)) }));
  }

  /**
   * Makes garbage of blobs on the disk that the metadata does not know: they get a row whose time
   * has passed, and the next collection removes them like any other. A put that needs the very same
   * blob in the meantime simply finds it there.
   */
  async adopt(blobs: readonly { readonly name: string; readonly bytes: number }[]): Promise<void> {
    for (const { name, bytes } of blobs) await this.#parts.meta.reserveBlob(name, bytes, 0);
  }

  /** Waits for the run under way. */
  async close(): Promise<void> {
    await this.#last;
  }

  async #removeBlobs(
    untilMs: number,
    isOver: () => boolean = () => false,
  ): Promise<{ blobs: number; bytes: number }> {
    const { meta } = this.#parts;
    let removed = 0;
    let bytes = 0;
    while (!isOver()) {
      const garbage = await meta.takeGarbage(untilMs, BLOBS_AT_ONCE);
      if (garbage.length === 0) break;
      const outcomes = await Promise.allSettled(garbage.map((row) => this.#removeBlob(row.name)));
      const gone = garbage.filter((_, i) => outcomes[i]?.status === "fulfilled");
      await meta.finishGarbage(gone.map((row) => row.name));
      removed += gone.length;
      bytes += gone.reduce((sum: number, row: BlobRow) => sum + row.bytes, 0);
      const failure = outcomes.find((outcome) => outcome.status === "rejected");
      if (failure !== undefined) throw failure.reason as PithError;
    }
    return { blobs: removed, bytes };
  }

  async #removeBlob(name: string): Promise<void> {
    await this.#parts.writing.ended(name);
    await this.#parts.blobs.delete(name);
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const run = this.#last.then(work);
    // Whoever asked for this run hears of its failure; the next one only waits for its end.
    this.#last = run.catch(() => undefined);
    return run;
  }
}
