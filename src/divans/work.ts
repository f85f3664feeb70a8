/**
 * Work: one coding or decoding under way: how many threads it may use, when it gives way to others, who
 * may end it and who is told how far it has come.
 *
 * What runs in this thread is written as generators that yield between two calls of the kernel; there the
 * work gives way when its turn is over, and looks whether it is still wanted.
 */
import { EFFORTS, type Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { throwIfAborted } from "../core/intake.ts";
import { THREADS_MAXIMUM } from "../core/limits.ts";
import { coresOfMachine } from "../core/thread.ts";
import { Turns } from "../core/turns.ts";

/** How far coding or decoding has come. */
export interface DivansProgress {
  /** Plain bytes that are done. */
  readonly doneBytes: number;
  /** What `doneBytes` is at the end; undefined where nobody knows yet. */
  readonly totalBytes: number | undefined;
}

export interface WorkOptions {
  /** Threads that work at once; 1 works in this thread, more in worker threads, and by default there is
   * one for each core and unit. The result is the same for any number. */
  readonly threads?: number | undefined;
  /** Ends the work with the fault "Aborted". */
  readonly signal?: AbortSignal | undefined;
  /** Called whenever bytes are done, in order: coded by units. What it throws ends the work. */
  readonly onProgress?: ((progress: DivansProgress) => void) | undefined;
}

/** Steps of work, and what comes of them. */
export type Steps<Value> = Generator<void, Value, undefined>;

export class Work {
  readonly #options: WorkOptions;
  readonly #turns = new Turns();
  #doneBytes = 0;

  /** @throws PithError "InvalidArgument" naming the option; "Aborted" */
  constructor(options: WorkOptions = {}) {
    const { threads = 1, signal } = options;
    if (!Number.isInteger(threads) || threads < 1 || threads > THREADS_MAXIMUM) {
      throw new PithError("InvalidArgument", { option: "threads", value: threads });
    }
    throwIfAborted(signal);
    this.#options = options;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }

  /** Threads that earn their keep for so many units. */
  threadsFor(units: number): number {
    return Math.max(1, Math.min(units, this.#options.threads ?? coresOfMachine()));
  }

  /** Counts plain bytes that are done. */
  add(bytes: number, totalBytes?: number): void {
    this.#doneBytes += bytes;
    this.#options.onProgress?.({ doneBytes: this.#doneBytes, totalBytes });
  }

  /** Gives way when the turn is over. @throws PithError "Aborted" */
  async pass(): Promise<void> {
    await this.#turns.pass();
    throwIfAborted(this.#options.signal);
  }

  /** Does all steps in this thread. */
  async run<Value>(steps: Steps<Value>): Promise<Value> {
    this.#turns.begin();
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (this.#turns.over) await this.pass();
    }
  }
}

/** @throws PithError "InvalidArgument" */
export function requireEffort(effort: Effort): void {
  if (!EFFORTS.includes(effort)) {
    throw new PithError("InvalidArgument", { option: "effort", value: effort });
  }
}
