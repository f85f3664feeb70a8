/**
 * Decode lanes: segments of a single scan decoded ahead on worker threads, while this thread gives out the
 * bytes before them.
 *
 *   this thread   segment 0, row by row
 *   lane          segment 1, then 3, ...          each waits for bytes of the file, and for room
 *   lane          segment 2, then 4, ...
 *
 * Lanes take segments in order. What they have decoded ahead is bounded: beyond that only the segment
 * whose bytes are being given out goes on. A fault is told when its segment's turn comes, so that the
 * same bytes come before it as with one thread.
 */
import { throwIfAborted } from "../core/intake.ts";
import type { Kernel } from "../core/kernel.ts";
import { LEPTON_AHEAD_BYTES_MAXIMUM } from "../core/limits.ts";
import type { Lane } from "../core/pool.ts";
import type { Lease } from "../core/shared-pools.ts";
import type { DecodePlan } from "./decode-plan.ts";
import type { LeptonJobs } from "./lepton-worker.ts";
import { INPUT_WINDOW_BYTES } from "./picture.ts";
import type { SegmentSource } from "./segment-source.ts";
import { leaseThreads } from "./threads.ts";

/** Bytes of a stream that are worth a job, unless they are its last. */
const JOB_BYTES_MINIMUM = 32 * 1024;
/** Bytes of a stream that a job takes: they fit a kernel's window, and take some 30 ms. */
const JOB_BYTES = INPUT_WINDOW_BYTES;

/** What was decoded ahead of one segment. */
interface Ahead {
  pieces: Uint8Array[];
  done: boolean;
  fault: unknown;
}

/** Numbers of lanes, never used again: lanes of other files may be on the same threads. */
let nextLane = 1;

export class DecodeLanes {
  readonly #plan: DecodePlan;
  readonly #source: SegmentSource;
  readonly #lease: Lease<LeptonJobs>;
  readonly #signal: AbortSignal | undefined;
  readonly #maximum: number;
  readonly #ahead: Ahead[];
  #aheadBytes = 0;
  /** The segment whose bytes are being given out. */
  #head = 0;
  #next = 1;
  #closed = false;
  #waiting: (() => void)[] = [];
  readonly #wake = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  };

  /**
   * Starts decoding from segment 1 on.
   *
   * @param threads - at work at once, this one among them as long as segment 0 lasts
   */
  constructor(
    kernel: Kernel,
    plan: DecodePlan,
    source: SegmentSource,
    threads: number,
    signal: AbortSignal | undefined,
  ) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.#wake);
    this.#plan = plan;
    this.#source = source;
    this.#lease = leaseThreads(kernel, threads);
    this.#maximum = threads * LEPTON_AHEAD_BYTES_MAXIMUM;
    this.#ahead = plan.segments.map(() => ({ pieces: [], done: false, fault: undefined }));
    const lanes = Math.min(threads, plan.segments.length - 1);
    for (let i = 0; i < lanes; i++) {
      // Asking for a lane starts its thread; the last one waits until this thread is free.
      const lane = this.#lease.pool.lane();
      void this.#drive(lane, i === threads - 1);
    }
  }

  /** Decoded bytes of a segment other than the first, in order; to be asked for in order.
   * @throws PithError what its thread met; "Aborted" */
  async *piecesOf(segment: number): AsyncGenerator<Uint8Array, void, undefined> {
    this.#head = segment;
    this.#wake();
    const ahead = this.#ahead[segment] as Ahead;
    for (;;) {
      const pieces = ahead.pieces;
      ahead.pieces = [];
      for (const piece of pieces) {
        this.#aheadBytes -= piece.length;
        yield piece;
      }
      // There may be room again for who decodes ahead.
      if (pieces.length > 0) this.#wake();
      if (ahead.pieces.length > 0) continue;
      if (ahead.fault !== undefined) throw ahead.fault;
      if (ahead.done) return;
      await this.#change();
      throwIfAborted(this.#signal);
    }
  }

  /** Ends what is on its way and gives the threads back. More than once is harmless. */
  close(): void {
    this.#closed = true;
    this.#signal?.removeEventListener("abort", this.#wake);
    this.#wake();
    this.#lease.release();
  }

  /** Decodes segments in one lane until there are no more. */
  async #drive(lane: Lane<LeptonJobs>, isLate: boolean): Promise<void> {
    while (isLate && this.#head === 0 && !this.#closed) await this.#change();
    while (!this.#closed && this.#next < this.#ahead.length) {
      const segment = this.#next++;
      const ahead = this.#ahead[segment] as Ahead;
      const number = nextLane++;
      try {
        await this.#decode(lane, number, segment, ahead);
        ahead.done = true;
      } catch (error) {
        ahead.fault = error;
      }
      this.#source.drop(segment);
      // The lane's thread may be gone, and the lane's instance with it.
      await lane.run("close", { lane: number }).catch(() => undefined);
      this.#wake();
    }
    lane.close();
  }

  async #decode(
    lane: Lane<LeptonJobs>,
    number: number,
    segment: number,
    ahead: Ahead,
  ): Promise<void> {
    const { picture, segments } = this.#plan;
    const toDecode = segments[segment];
    if (toDecode === undefined) return;
    await lane.run("open", { lane: number, picture, segment: toDecode });
    let state = "hungry";
    while (state !== "done" && !this.#closed) {
      if (state === "hungry") await this.#untilFed(segment);
      while (this.#aheadBytes >= this.#maximum && this.#head !== segment && !this.#closed) {
        await this.#change();
      }
      if (this.#closed) return;
      const bytes = this.#source.take(segment, state === "hungry" ? JOB_BYTES : 0);
      const isFinal = this.#source.ended && this.#source.heldOf(segment) === 0;
      const request = { lane: number, bytes, isFinal };
      const { value } = await lane.run("decode", request, { transfer: [bytes.buffer] });
      state = value.state;
      if (value.output.length === 0) continue;
      ahead.pieces.push(value.output);
      this.#aheadBytes += value.output.length;
      this.#wake();
    }
  }

  /** Waits until a segment has bytes that are worth a job, or the file is at its end. */
  async #untilFed(segment: number): Promise<void> {
    const source = this.#source;
    while (!source.ended && !this.#closed && source.heldOf(segment) < JOB_BYTES_MINIMUM) {
      await source.more();
    }
  }

  /** Resolves when something has changed. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
