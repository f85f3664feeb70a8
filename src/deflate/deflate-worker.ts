/**
 * Deflate worker: what a thread of the deflate pool does. It gets the compiled kernel once, then
 * jobs; each comes in a buffer that is large enough for its output and goes back in the same one,
 * so that no memory is taken per job. See threads.ts for the other side.
 */
import { PithError } from "../core/errors.ts";
import { serveJobs, transferring } from "../core/jobs.ts";
import { adoptKernel, type CompiledKernel, type Kernel } from "../core/kernel.ts";
import { checksumOfInput } from "./job-checksum.ts";
import { type BlockMode, encodeJobs } from "./linear.ts";
import type { DeflateFormat } from "./options.ts";

export interface EncodeRequest {
  /** The job's bytes, then room: linearBound(size) bytes at least. */
  readonly buffer: ArrayBuffer;
  readonly size: number;
  readonly last: boolean;
  readonly blocks: BlockMode;
  readonly format: DeflateFormat;
}

export interface EncodeAnswer {
  /** The buffer of the request; it begins with the coded bytes. */
  readonly buffer: ArrayBuffer;
  readonly size: number;
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
      });
      new Uint8Array(buffer).set(coded);
      return transferring({ buffer, size: coded.length, checksum }, [buffer]);
    });
  },
};

serveJobs(jobs, (setup) => {
  kernel = adoptKernel(setup as CompiledKernel);
});
