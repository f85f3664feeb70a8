/**
 * Shared pools: worker threads that all streams of one kind in this process have in common.
 *
 *   lease(4) -> the pool of 4 threads, begun by the first that asks
 *   release  -> ends it THREADS_IDLE_MS after the last one that used it
 *
 * Whoever asks for the same number of threads gets the same pool. Idle threads never keep the
 * process alive by themselves. Every stream bounds what it has on its way; one more stream must not make
 * the others fail.
 */
import type { JobTable } from "./jobs.ts";
import type { Kernel } from "./kernel.ts";
import { JOB_TIMEOUT_MS, THREADS_IDLE_MS, WORKER_HEAP_MIB } from "./limits.ts";
import { Pool } from "./pool.ts";

/** The use of a pool, until it is released. */
export interface Lease<Jobs extends JobTable> {
  readonly pool: Pool<Jobs>;
  /** Gives the threads back. More than once is harmless. */
  release(): void;
}

interface SharedPool<Jobs extends JobTable> {
  readonly pool: Pool<Jobs>;
  users: number;
  idleTimer: ReturnType<typeof setTimeout> | undefined;
}

export class SharedPools<Jobs extends JobTable> {
  readonly #module: URL;
  readonly #name: string;
  /** Running pools by their number of threads. */
  readonly #pools = new Map<number, SharedPool<Jobs>>();

  /**
   * @param module - what a thread runs (core/jobs.ts); its setup is the compiled kernel
   * @param name - of the threads, for people
   */
  constructor(module: URL, name: string) {
    this.#module = module;
    this.#name = name;
  }

  /** Takes part in the pool of that many threads. */
  lease(kernel: Kernel, threads: number): Lease<Jobs> {
    const shared = this.#pools.get(threads) ?? this.#start(kernel, threads);
    clearTimeout(shared.idleTimer);
    shared.users += 1;
    let held = true;
    return {
      pool: shared.pool,
      release: () => {
        if (!held) return;
        held = false;
        shared.users -= 1;
        if (shared.users === 0) this.#endWhenIdle(threads, shared);
      },
    };
  }

  /** Ends all idle pools at once, for tests and for a program that wants its threads gone. */
  async closeIdle(): Promise<void> {
    for (const [threads, shared] of [...this.#pools]) {
      if (shared.users > 0) continue;
      clearTimeout(shared.idleTimer);
      this.#pools.delete(threads);
      await shared.pool.close();
    }
  }

  #start(kernel: Kernel, threads: number): SharedPool<Jobs> {
    const pool = new Pool<Jobs>({
      module: this.#module,
      name: this.#name,
      threads,
      timeoutMs: JOB_TIMEOUT_MS,
      heapMib: WORKER_HEAP_MIB,
      waitingMaximum: Number.MAX_SAFE_INTEGER,
      setup: kernel.compiled,
    });
    const shared: SharedPool<Jobs> = { pool, users: 0, idleTimer: undefined };
    this.#pools.set(threads, shared);
    return shared;
  }

  #endWhenIdle(threads: number, shared: SharedPool<Jobs>): void {
    shared.idleTimer = setTimeout(() => {
      this.#pools.delete(threads);
      // Nobody waits for these threads any more: how their end goes is of no interest.
      shared.pool.close().catch(() => undefined);
    }, THREADS_IDLE_MS);
    // In a browser a timer is a number and keeps nothing alive.
    (shared.idleTimer as { unref?(): void }).unref?.();
  }
}
