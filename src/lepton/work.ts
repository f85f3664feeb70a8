/**
 * Work: one coding or decoding under way: how many threads it may use and who is told how far it has come.
 * Giving way and being ended are core/interruptible.ts; here steps are about an MCU row each, and tell
 * bytes.
 */
import { InterruptibleWork } from "../core/interruptible.ts";
import type { Kernel, KernelInstance } from "../core/kernel.ts";
import { LEPTON_PARALLEL_BYTES, LEPTON_SEGMENTS_MAXIMUM, TURN_SHARED_MS } from "../core/limits.ts";
import { coresOfMachine } from "../core/thread.ts";

/** How far coding or decoding has come. */
export interface LeptonProgress {
  /** Bytes of the JPEG that are done; those that are coded and proved count twice. */
  readonly doneBytes: number;
  /** What `doneBytes` is at the end. */
  readonly totalBytes: number;
}

export interface WorkOptions {
  /** Threads that work at once, this one among them: 1 uses no others; by default one for each core
   * and segment, where the JPEG has 512 KiB or more. The result is the same for any number. */
  readonly threads?: number | undefined;
  /** Ends the work with the fault "Aborted", between two rows. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each part, in order. What it throws ends the work. */
  readonly onProgress?: ((progress: LeptonProgress) => void) | undefined;
}

/** Steps that say how many bytes of the JPEG each one has done, and what comes of them. */
export type Steps<Value> = Generator<number, Value, undefined>;

export class Work extends InterruptibleWork<number> {
  readonly #options: WorkOptions;
  #doneBytes = 0;
  #totalBytes = 0;

  /** @throws PithError "InvalidArgument" naming the option; "Aborted" */
  constructor(options: WorkOptions) {
    super(options);
    this.#options = options;
  }

  /** Options of the proof that belongs to this work, which counts its bytes itself. */
  get forProof(): WorkOptions {
    return { threads: this.threads, signal: this.signal };
  }

  /** Threads that earn their keep for a JPEG of so many segments and bytes, this one among them. */
  threadsFor(segments: number, bytes: number): number {
    const most = Math.min(segments, LEPTON_SEGMENTS_MAXIMUM);
    if (this.threads !== undefined) return Math.min(this.threads, most);
    return bytes < LEPTON_PARALLEL_BYTES ? 1 : Math.min(coresOfMachine(), most);
  }

  /** Says that other threads take part: they must not wait long for this one. */
  share(): void {
    this.limitTurns(TURN_SHARED_MS);
  }

  /** Sets what all will come to. */
  expect(totalBytes: number): void {
    this.#totalBytes = totalBytes;
  }

  /** Counts bytes of the JPEG that are done. */
  add(bytes: number): void {
    if (bytes > 0) this.reach(this.#doneBytes + bytes);
  }

  /** Says that so many bytes in all are done. */
  reach(bytes: number): void {
    if (bytes <= this.#doneBytes) return;
    this.#doneBytes = Math.min(bytes, this.#totalBytes);
    this.#options.onProgress?.({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
  }

  /** Counts what a step has done. */
  protected override hear(bytes: number): void {
    this.add(bytes);
  }

  /** Does all steps with an instance, which is dropped after a fault. */
  async use<Value>(
    kernel: Kernel,
    steps: (instance: KernelInstance) => Steps<Value>,
  ): Promise<Value> {
    const instance = kernel.take();
    const value = await this.run(steps(instance));
    kernel.release(instance);
    return value;
  }
}

/** Does all steps at once. */
export function runAtOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
