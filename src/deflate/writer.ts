/**
 * Writer: one compressed stream on its way, whatever feeds it and whatever takes its output.
 *
 *   write(bytes) --cut--> jobs --code--> here, on threads, or with matches --in order--> parts
 *
 * The first part begins with the wrapper's header and the last ends with its trailer. Parts are
 * yielded as they become ready; a caller that stops asking stops the work (that is the
 * back-pressure). After a failure, an abort or `close` nothing is held and every further call
 * tells the same fault. Between writes no kernel instance is held either.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { throwIfAborted } from "../core/intake.ts";
import { type Kernel, loadKernel } from "../core/kernel.ts";
import {
  DEFLATE_JOB_BYTES,
  DEFLATE_JOB_SLACK_BYTES,
  DEFLATE_PARALLEL_BYTES,
} from "../core/limits.ts";
import { Turns } from "../core/turns.ts";
import { Cutter, cutWhole, type Job } from "./cut.ts";
import { checksumOfInput, checksumOfJob, emptyChecksum, joinChecksums } from "./job-checksum.ts";
import { encodeJobs, GROUP_BYTES, grouped, JOBS_PER_GROUP } from "./linear.ts";
import { type MatchCoder, openMatchCoder } from "./match-levels.ts";
import type { Settings } from "./options.ts";
import { Flights } from "./threads.ts";
import { headerOf, trailerOf } from "./wrapper.ts";

const NOTHING = new Uint8Array(0);

type Part = Uint8Array<ArrayBuffer>;
type Parts = AsyncGenerator<Part, void, undefined>;

export class DeflateWriter {
  readonly #settings: Settings;
  readonly #cutter = new Cutter();
  #flights: Flights | undefined;
  #matches: MatchCoder | undefined;
  #fault: PithError | undefined;

  #begun = false;
  #bytesTaken = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #checksum: number;
  readonly #turns = new Turns();

  /** Where parts are put side by side; without it each has memory of its own. */
  readonly #target: Part | undefined;

  /** @param target - room for all parts together, where the caller wants them so */
  constructor(settings: Settings, target?: Part) {
    this.#settings = settings;
    this.#target = target;
    this.#checksum = emptyChecksum(settings.format);
  }

  /** Takes bytes, which must not change until all parts have been taken. */
  write(bytes: Uint8Array): Parts {
    return this.#guarded(this.#writing(bytes));
  }

  /** Ends the stream and yields the rest of it. */
  finish(): Parts {
    return this.#guarded(this.#finishing(this.#cutter.rest()));
  }

  /** A stream from first to last out of one array, which is not copied: instead of the others. */
  whole(bytes: Uint8Array): Parts {
    return this.#guarded(this.#finishing(bytes));
  }

  /**
   * The same without a pause, for an input that is coded in a few milliseconds.
   *
   * @returns undefined, with nothing done, where it is too long or not for this thread alone
   */
  wholeAtOnce(kernel: Kernel, bytes: Uint8Array): Part | undefined {
    if (this.#settings.level !== "huffman" || bytes.length > GROUP_BYTES) return undefined;
    this.#bytesTaken = bytes.length;
    if (this.#wantsThreads()) return undefined;
    this.#checkSignal();
    return this.#codeHere(kernel, [...cutWhole(bytes)]);
  }

  /** Drops everything; further calls throw `why`. */
  close(why: PithError): void {
    this.#fault ??= why;
    this.#flights?.close();
    this.#matches?.close();
    this.#cutter.rest();
  }

  /** Passes parts on; what ends them early (a failure, a caller who stops) closes the writer. */
  async *#guarded(parts: Parts): Parts {
    let left = true;
    try {
      if (this.#fault !== undefined) throw this.#fault;
      this.#turns.begin();
      yield* parts;
      left = false;
    } catch (error) {
      this.close(PithError.from(error, "AssertionFailure"));
      throw error;
    } finally {
      if (left) this.close(new PithError("Aborted", { why: "the stream was left" }));
    }
  }

  async *#writing(bytes: Uint8Array): Parts {
    this.#checkSignal();
    this.#bytesTaken += bytes.length;
    for (const job of this.#cutter.push(bytes)) yield* this.#code([{ job, last: false }]);
  }

  async *#finishing(rest: Uint8Array): Parts {
    if (!this.#begun) this.#bytesTaken = Math.max(this.#bytesTaken, rest.length);
    // With a target parts lie side by side anyway, and one job alone stays in the cache.
    const jobsAtOnce = this.#target === undefined ? JOBS_PER_GROUP : 1;
    for (const jobs of grouped(cutWhole(rest), jobsAtOnce)) yield* this.#code(jobs);
    while (this.#flights?.empty === false) yield* this.#land(this.#flights);
    this.close(new PithError("InvalidArgument", { why: "the stream has ended" }));
  }

  async *#code(jobs: readonly Job[]): Parts {
    this.#checkSignal();
    const kernel = await loadKernel("deflate");
    if (this.#settings.level !== "huffman") {
      for (const job of jobs) yield* this.#codeWithMatches(kernel, this.#settings.level, job);
    } else if (this.#wantsThreads()) {
      this.#flights ??= new Flights(kernel, this.#settings);
      for (const { job, last } of jobs) {
        this.#flights.submit(job, last);
        while (this.#flights.full) yield* this.#land(this.#flights);
      }
    } else {
      yield this.#codeHere(kernel, jobs);
      await this.#turns.pass();
    }
  }

  /** Once threads have begun they go on: `#bytesTaken` only grows. */
  #wantsThreads(): boolean {
    return wantsThreads(this.#settings, this.#bytesTaken);
  }

  #codeHere(kernel: Kernel, jobs: readonly Job[]): Part {
    const { blocks, format } = this.#settings;
    const part = kernel.use((instance) => {
      const bytes = encodeJobs(instance, jobs, blocks, (job) => {
        this.#addPlain(checksumOfInput(format, job, instance), job.length);
      });
      return this.#wrapped(bytes, jobs.at(-1)?.last === true);
    });
    this.#report();
    return part;
  }

  async *#land(flights: Flights): Parts {
    const { bytes, plainBytes, checksum, last } = await flights.next();
    this.#checkSignal();
    this.#addPlain(checksum, plainBytes);
    const alone = this.#begun && !last && this.#target === undefined;
    if (alone) this.#bytesOut += bytes.length;
    const part = alone ? bytes : this.#wrapped(bytes, last);
    this.#report();
    yield part;
  }

  async *#codeWithMatches(kernel: Kernel, level: number, { job, last }: Job): Parts {
    this.#addPlain(checksumOfJob(this.#settings.format, job, kernel), job.length);
    this.#matches ??= await openMatchCoder(level);
    const part = this.#wrapped(concatenate(await this.#matches.code(job, last)), last);
    this.#report();
    if (part.length > 0) yield part;
    await this.#turns.pass();
  }

  /** Counts a job's plain bytes in. */
  #addPlain(checksum: number, plainBytes: number): void {
    const { format } = this.#settings;
    this.#checksum = joinChecksums(format, this.#checksum, checksum, plainBytes);
    this.#bytesIn += plainBytes;
  }

  /** Copies coded bytes with what the wrapper puts before the first and after the last of them. */
  #wrapped(coded: Uint8Array, last: boolean): Part {
    const { format, level } = this.#settings;
    const header = this.#begun ? NOTHING : headerOf(format, level);
    const trailer = last ? trailerOf(format, this.#checksum, this.#bytesIn) : NOTHING;
    const size = header.length + coded.length + trailer.length;
    const begin = this.#bytesOut;
    const part = this.#target?.subarray(begin, begin + size) ?? new Uint8Array(size);
    part.set(header);
    part.set(coded, header.length);
    part.set(trailer, header.length + coded.length);
    this.#begun = true;
    this.#bytesOut += size;
    return part;
  }

  #report(): void {
    this.#settings.onProgress?.({ bytesIn: this.#bytesIn, bytesOut: this.#bytesOut });
  }

  #checkSignal(): void {
    throwIfAborted(this.#settings.signal);
  }
}

/** Whether threads earn their keep for an input of which `bytesTaken` are known. */
export function wantsThreads(settings: Settings, bytesTaken: number): boolean {
  const { threads, threadsAsked, level } = settings;
  const floor = threadsAsked ? DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES : DEFLATE_PARALLEL_BYTES;
  return level === "huffman" && threads > 0 && bytesTaken > floor;
}
