/**
 * Encode segments: the segments of a single scan to their streams, in this thread and in others.
 *
 *   this thread   0, then the next that nobody has taken
 *   threads       1, 2, ... likewise
 *
 * Each segment is coded from its handoff alone, so who codes it is of no account.
 */
import { copyOf } from "../core/bytes.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { abortedFault } from "../core/intake.ts";
import type { Kernel } from "../core/kernel.ts";
import { CHUNK_BYTES, JOB_TIMEOUT_MS } from "../core/limits.ts";
import type { SinglePlan } from "./encode-single.ts";
import { encodeSegment, openForEncoding } from "./segment-encoder.ts";
import { leaseThreads } from "./threads.ts";
import type { Steps, Work } from "./work.ts";

/**
 * Codes all segments of a plan.
 *
 * @throws PithError the fault of the first segment that has one
 */
export async function encodeSegments(
  kernel: Kernel,
  plan: SinglePlan,
  work: Work,
): Promise<Uint8Array[]> {
  const bytes = plan.segments.reduce((sum, { data }) => sum + data.length, 0);
  const threads = work.threadsFor(plan.segments.length, bytes);
  const encoding = new Encoding(plan, work);
  if (threads === 1) {
    await encoding.here(kernel);
  } else {
    work.share();
    const lease = leaseThreads(kernel, threads);
    try {
      const others = Array.from({ length: threads - 1 }, () => encoding.there(lease.pool));
      await Promise.all([...others, encoding.here(kernel)]);
    } finally {
      lease.release();
    }
  }
  return encoding.streams();
}

type LeptonPool = ReturnType<typeof leaseThreads>["pool"];

class Encoding {
  readonly #plan: SinglePlan;
  readonly #work: Work;
  readonly #streams: Uint8Array[] = [];
  readonly #faults: unknown[] = [];
  readonly #ended = new AbortController();
  #broken: unknown;
  #next = 0;

  constructor(plan: SinglePlan, work: Work) {
    this.#plan = plan;
    this.#work = work;
  }

  /** Codes in this thread what nobody has taken. */
  async here(kernel: Kernel): Promise<void> {
    let current = 0;
    try {
      const { picture, segments } = this.#plan;
      const take = (): number => {
        current = this.#take();
        return current;
      };
      const streams = this.#streams;
      await this.#work.use(kernel, function* (instance): Steps<void> {
        openForEncoding(instance, picture);
        for (let i = take(); i < segments.length; i = take()) {
          const segment = segments[i];
          assertThat(segment !== undefined, "a segment that was taken is there");
          streams[i] = yield* encodeSegment(instance, picture, segment);
        }
      });
    } catch (error) {
      this.#fail(current, error);
    }
  }

  /** The same on a thread of the pool. */
  async there(pool: LeptonPool): Promise<void> {
    const { picture, segments } = this.#plan;
    const signals = this.#work.signal === undefined ? [] : [this.#work.signal];
    const signal = AbortSignal.any([this.#ended.signal, ...signals]);
    for (let i = this.#take(); i < segments.length; i = this.#take()) {
      const segment = segments[i];
      assertThat(segment !== undefined, "a segment that was taken is there");
      const data = copyOf(segment.data);
      const bytes = data.length;
      const request = { picture, segment: { ...segment, data } };
      const timeoutMs = JOB_TIMEOUT_MS * Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
      try {
        const options = { transfer: [data.buffer], signal, timeoutMs };
        const { value } = await pool.run("encode", request, options);
        this.#streams[i] = value.stream;
        this.#work.add(bytes);
      } catch (error) {
        this.#fail(i, error);
      }
    }
  }

  /** The streams in order. */
  streams(): Uint8Array[] {
    if (this.#broken !== undefined) throw this.#broken;
    // Segments are taken in order: all before the first that failed have come to their end.
    for (const fault of this.#faults) {
      if (fault !== undefined) throw fault;
    }
    return this.#streams;
  }

  #take(): number {
    return this.#faults.length > 0 ? this.#plan.segments.length : this.#next++;
  }

  #fail(segment: number, fault: unknown): void {
    if (this.#broken !== undefined) return;
    this.#faults[segment] = fault;
    const { signal } = this.#work;
    const isAborted = signal?.aborted === true;
    if (fault instanceof PithError && !isAborted) return;
    // Not wanted any more, or broken: what the others make is of no use.
    this.#broken = isAborted ? abortedFault(signal) : fault;
    this.#ended.abort();
  }
}
