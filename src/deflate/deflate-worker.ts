/**
 * Deflate worker: what a thread of the deflate pool does. It gets the compiled kernel once, then
 * jobs. A job's buffer goes back to be filled again; its output is in one of its own, of exactly its
 * size, so that the thread that hands it to a caller need not touch it. See threads.ts.
 */
import { PithError } from "../core/errors.ts";
import { serveJobs, transferring } from "../core/jobs.ts";
import { adoptKernel, type CompiledKernel, type Kernel } from "../core/kernel.ts";
import { checksumOfInput } from "./job-checksum.ts";
import { type BlockMode, encodeJobs } from "./linear.ts";
import type { DeflateFormat } from "./options.ts";

export interface EncodeRequest {
  /** Begins with the job's bytes. */
  readonly buffer: ArrayBuffer;
  readonly size: number;
  readonly last: boolean;
  readonly blocks: BlockMode;
  readonly format: DeflateFormat;
}

export interface EncodeAnswer {
  /** The buffer of the request, to be filled again. */
  readonly buffer: ArrayBuffer;
  /** The coded bytes. */
  readonly coded: Uint8Array<ArrayBuffer>;
  readonly checksum: number;
}

export type DeflateJobs = typeof jobs;

let kernel: Kernel | undefined;

const jobs = {
  encode(request: EncodeRequest): EncodeAnswer {
    if (kernel === undefined) {
      throw new PithError("AssertionFailure", { what: "a job came before the kernel" });
    }
    const { buffer, size, last, blocks, format } = request;
    return kernel.use((instance) => {
      const plain = new Uint8Array(buffer, 0, size);
      let checksum = 0;
      const coded = encodeJobs(instance, [{ job: plain, last }], blocks, () => {
        checksum = checksumOfInput(format, plain, instance);
      }).slice();
      return transferring({ buffer, coded, checksum }, [buffer, coded.buffer]);
    });
  },
};

serveJobs(jobs, (setup) => {
  kernel = adoptKernel(setup as CompiledKernel);
});
