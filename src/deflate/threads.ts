/**
 * Threads: deflate jobs on worker threads, coded at once, delivered in order.
 *
 *   submit ->  [job 5] [job 6] [job 7]      on threads, each in a buffer of its own
 *                 |
 *   next   <-  the oldest                   its buffer is filled again with a later job
 *
 * The threads are shared by all streams of this process (core/shared-pools.ts). Errors and aborts
 * drop the jobs that wait and let those that run end unheard: each takes a few milliseconds.
 */
import type { Kernel } from "../core/kernel.ts";
import { DEFLATE_JOB_BYTES, DEFLATE_JOB_SLACK_BYTES } from "../core/limits.ts";
import { type Lease, SharedPools } from "../core/shared-pools.ts";
import { moduleBeside } from "../core/thread.ts";
import type { DeflateJobs, EncodeAnswer } from "./deflate-worker.ts";
import type { Settings } from "./options.ts";

/** What a job has become. */
export interface Coded {
  /** The coded bytes, the caller's to keep. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Plain bytes that it stands for. */
  readonly plainBytes: number;
  /** Their checksum. */
  readonly checksum: number;
  /** The stream ends with it. */
  readonly last: boolean;
}

/** Jobs that may be on their way beyond one a thread: keeps threads busy while this one writes. */
const FLIGHTS_BEYOND = 2;

const BUFFER_BYTES = DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES;

const pools = new SharedPools<DeflateJobs>(
  moduleBeside("deflate-worker", import.meta.url),
  "pith deflate",
);

interface Flight {
  readonly plainBytes: number;
  readonly last: boolean;
  readonly answer: Promise<{ readonly value: EncodeAnswer }>;
}

/** The jobs of one stream on their way through the shared pool. */
export class Flights {
  readonly #settings: Settings;
  readonly #lease: Lease<DeflateJobs>;
  readonly #ended = new AbortController();
  readonly #flights: Flight[] = [];
  readonly #buffers: ArrayBuffer[] = [];

  constructor(kernel: Kernel, settings: Settings) {
    this.#settings = settings;
    this.#lease = pools.lease(kernel, settings.threads);
  }

  /** Whether no more jobs should be submitted before `next` has been called. */
  get full(): boolean {
    return this.#flights.length >= this.#settings.threads + FLIGHTS_BEYOND;
  }

  /** Whether nothing is on its way. */
  get empty(): boolean {
    return this.#flights.length === 0;
  }

  /** Sends a job; its bytes are copied. */
  submit(job: Uint8Array, last: boolean): void {
    const buffer = this.#buffers.pop() ?? new ArrayBuffer(BUFFER_BYTES);
    new Uint8Array(buffer).set(job);
    const { blocks, format } = this.#settings;
    const request = { buffer, size: job.length, last, blocks, format };
    const options = { transfer: [buffer], signal: this.#ended.signal };
    const answer = this.#lease.pool.run("encode", request, options);
    // A failure is told by `next`; later flights may fail with it, unheard.
    answer.catch(() => undefined);
    this.#flights.push({ plainBytes: job.length, last, answer });
  }

  /** The oldest job's result. @throws PithError what its thread met */
  async next(): Promise<Coded> {
    const flight = this.#flights.shift() as Flight;
    const { buffer, coded, checksum } = (await flight.answer).value;
    this.#buffers.push(buffer);
    const { plainBytes, last } = flight;
    return { bytes: coded, plainBytes, checksum, last };
  }

  /** Drops what is on its way and gives the threads back. More than once is harmless. */
  close(): void {
    this.#ended.abort();
    this.#lease.release();
    this.#buffers.length = 0;
  }
}

/** Ends all idle threads at once, for tests and for a program that wants them gone. */
export function closeIdleThreads(): Promise<void> {
  return pools.closeIdle();
}
