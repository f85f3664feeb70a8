/**
 * Cut: writes of any size become jobs of one size.
 *
 *   writes  |--|-----|-|----------------------|---|
 *   jobs    |------ job ------|------ job ------|-- rest --|
 *
 * A job is DEFLATE_JOB_BYTES; only the last is shorter, or longer by up to
 * DEFLATE_JOB_SLACK_BYTES. A job is cut off only when more than that is there, so that the last
 * one is never empty unless everything is. The bytes of a large write are not copied. Between
 * writes at most one job waits here, in a buffer that grows as it must: a stream that has had
 * little input holds little memory.
 */
import { DEFLATE_JOB_BYTES, DEFLATE_JOB_SLACK_BYTES } from "../core/limits.ts";

const BUFFER_BYTES_MINIMUM = 4 * 1024;
const BUFFER_BYTES_MAXIMUM = DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES;

/** A stretch of input that is coded alone. */
export interface Job {
  readonly job: Uint8Array;
  /** The stream ends with it. */
  readonly last: boolean;
}

/** The jobs of an input that is all there: the same cuts, nothing is copied. */
export function* cutWhole(bytes: Uint8Array): Generator<Job, void, undefined> {
  let at = 0;
  while (bytes.length - at > BUFFER_BYTES_MAXIMUM) {
    yield { job: bytes.subarray(at, at + DEFLATE_JOB_BYTES), last: false };
    at += DEFLATE_JOB_BYTES;
  }
  yield { job: bytes.subarray(at), last: true };
}

export class Cutter {
  #buffer = new Uint8Array(0);
  #waiting = 0;

  /** Takes bytes; gives the jobs that are full, each a view that is good until the next one is asked
   * for. All must be taken before the next write. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    let at = 0;
    while (this.#waiting + bytes.length - at > BUFFER_BYTES_MAXIMUM) {
      const missing = DEFLATE_JOB_BYTES - this.#waiting;
      if (this.#waiting === 0) {
        yield bytes.subarray(at, at + DEFLATE_JOB_BYTES);
        at += DEFLATE_JOB_BYTES;
      } else if (missing > 0) {
        this.#keep(bytes.subarray(at, at + missing));
        at += missing;
        this.#waiting = 0;
        yield this.#buffer.subarray(0, DEFLATE_JOB_BYTES);
      } else {
        // More than a job waits: what is beyond it goes to the front once the job is done with.
        const waiting = this.#waiting;
        this.#waiting = 0;
        yield this.#buffer.subarray(0, DEFLATE_JOB_BYTES);
        this.#buffer.copyWithin(0, DEFLATE_JOB_BYTES, waiting);
        this.#waiting = waiting - DEFLATE_JOB_BYTES;
      }
    }
    this.#keep(bytes.subarray(at));
  }

  /** The last job: all that waits. */
  rest(): Uint8Array {
    const rest = this.#buffer.subarray(0, this.#waiting);
    this.#buffer = new Uint8Array(0);
    this.#waiting = 0;
    return rest;
  }

  #keep(bytes: Uint8Array): void {
    const size = this.#waiting + bytes.length;
    if (size > this.#buffer.length) {
      const wanted = Math.max(size, 2 * this.#buffer.length, BUFFER_BYTES_MINIMUM);
      const larger = new Uint8Array(Math.min(wanted, BUFFER_BYTES_MAXIMUM));
      larger.set(this.#buffer.subarray(0, this.#waiting));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#waiting);
    this.#waiting = size;
  }
}
