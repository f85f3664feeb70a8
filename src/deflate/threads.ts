/**
 * Threads: deflate jobs on worker threads, coded at once, delivered in order.
 *
 *   submit ->  [job 5] [job 6] [job 7]      on threads, each in a buffer of its own
 *                 |
 *   next   <-  the oldest                   its buffer is filled again with a later job
 *
 * All streams of this process that ask for the same number of threads share one pool. It starts
 * with the first and ends some seconds after the last, and never keeps the process alive by
 * itself. Errors and aborts drop the jobs that wait and let those that run end unheard: each
 * takes a few milliseconds.
 */
import type { Kernel } from "../core/kernel.ts";
import {
  DEFLATE_JOB_BYTES,
  DEFLATE_JOB_SLACK_BYTES,
  DEFLATE_THREADS_IDLE_MS,
  JOB_TIMEOUT_MS,
  WORKER_HEAP_MIB,
} from "../core/limits.ts";
import { Pool } from "../core/pool.ts";
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

interface Flight {
  readonly plainBytes: number;
  readonly last: boolean;
  readonly answer: Promise<{ readonly value: EncodeAnswer }>;
}

/** The jobs of one stream on their way through the shared pool. */
export class Flights {
  readonly #settings: Settings;
  readonly #lease: Lease;
  readonly #ended = new AbortController();
  readonly #flights: Flight[] = [];
  readonly #buffers: ArrayBuffer[] = [];

  constructor(kernel: Kernel, settings: Settings) {
    this.#settings = settings;
    this.#lease = leaseThreads(kernel, settings.threads);
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

interface Lease {
  readonly pool: Pool<DeflateJobs>;
  release(): void;
}

interface SharedPool {
  readonly pool: Pool<DeflateJobs>;
  users: number;
  idleTimer: ReturnType<typeof setTimeout> | undefined;
}

/** Running pools by their number of threads. */
const pools = new Map<number, SharedPool>();

function leaseThreads(kernel: Kernel, threads: number): Lease {
  const shared = pools.get(threads) ?? startPool(kernel, threads);
  clearTimeout(shared.idleTimer);
  shared.users += 1;
  let held = true;
  return {
    pool: shared.pool,
    release: () => {
      if (!held) return;
      held = false;
      shared.users -= 1;
      if (shared.users === 0) endWhenIdle(threads, shared);
    },
  };
}

function startPool(kernel: Kernel, threads: number): SharedPool {
  const pool = new Pool<DeflateJobs>({
    module: moduleBeside("deflate-worker", import.meta.url),
    name: "pith deflate",
    threads,
    timeoutMs: JOB_TIMEOUT_MS,
    heapMib: WORKER_HEAP_MIB,
    // Every stream bounds its own flights; one more stream must not make the others fail.
    waitingMaximum: Number.MAX_SAFE_INTEGER,
    setup: kernel.compiled,
  });
  const shared: SharedPool = { pool, users: 0, idleTimer: undefined };
  pools.set(threads, shared);
  return shared;
}

function endWhenIdle(threads: number, shared: SharedPool): void {
  shared.idleTimer = setTimeout(() => {
    pools.delete(threads);
    // Nobody waits for these threads any more: how their end goes is of no interest.
    shared.pool.close().catch(() => undefined);
  }, DEFLATE_THREADS_IDLE_MS);
  // In a browser a timer is a number and keeps nothing alive.
  (shared.idleTimer as { unref?(): void }).unref?.();
}

/** Ends all idle pools at once, for tests and for a program that wants its threads gone. */
export async function closeIdleThreads(): Promise<void> {
  for (const [threads, shared] of [...pools]) {
    if (shared.users > 0) continue;
    clearTimeout(shared.idleTimer);
    pools.delete(threads);
    await shared.pool.close();
  }
}
