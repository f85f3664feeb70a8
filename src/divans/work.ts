/**
 * Work: one coding or decoding under way: how many threads it may use and who is told how far it has come.
 * Giving way and being ended are core/interruptible.ts.
 */
import { EFFORTS, type Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { InterruptibleWork } from "../core/interruptible.ts";
import { coresOfMachine } from "../core/thread.ts";

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

export class Work extends InterruptibleWork<void> {
  readonly #options: WorkOptions;
  #doneBytes = 0;

  /** @throws PithError "InvalidArgument" naming the option; "Aborted" */
  constructor(options: WorkOptions = {}) {
    super(options);
    this.#options = options;
  }

  /** Threads that earn their keep for so many units. */
  threadsFor(units: number): number {
    return Math.max(1, Math.min(units, this.threads ?? coresOfMachine()));
  }

  /** Counts plain bytes that are done. */
  add(bytes: number, totalBytes?: number): void {
    this.#doneBytes += bytes;
    this.#options.onProgress?.({ doneBytes: this.#doneBytes, totalBytes });
  }
}

/** @throws PithError "InvalidArgument" */
export function requireEffort(effort: Effort): void {
  if (!EFFORTS.includes(effort)) {
    throw new PithError("InvalidArgument", { option: "effort", value: effort });
  }
}
