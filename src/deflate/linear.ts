/**
 * Linear deflate: the deflate kernel applied to bytes, in this thread and at once.
 *
 *   chunk   |---- job ----|---- job ----|-- job, last --|     DEFLATE_JOB_BYTES each
 *   output  [blocks][sync][blocks][sync][blocks, final]       raw deflate, one stream
 *
 * Each job is coded alone and ends on a byte boundary, so the output is the same whether jobs run
 * here, on threads or one by one as a stream delivers them. Wrappers (gzip, zlib) and streams are
 * left to deflate.ts.
 */
import { concatenate } from "../core/bytes.ts";
import type { Kernel, KernelInstance } from "../core/kernel.ts";
import { loadKernel } from "../core/kernel.ts";
import { DEFLATE_JOB_BYTES } from "../core/limits.ts";
import { cutWhole, type Job } from "./cut.ts";

/** How blocks are cut: "merged" by content (default), "fixed" each 64 KiB, which is up to a
 * fifth faster on mixed binaries and 0.2 to 2 % larger. */
export type BlockMode = "merged" | "fixed";

/** Longest stored block of deflate. */
const STORED_BYTES = 65_535;

const FLAG_LAST = 1;
const FLAG_FIXED_BLOCKS = 2;

/**
 * Compresses one chunk to raw deflate by Huffman coding alone.
 *
 * @param chunk - any length
 * @returns at most linearBound(chunk.length) bytes; the same on every
 *   machine
 * @throws PithError "KernelFault", a bug of ours, never caused by the bytes
 *
 * Runs in this thread without a pause, at about 1 GB/s; for large input see `deflate`.
 */
export async function encodeLinear(chunk: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return encodeWith(await loadKernel("deflate"), chunk, "merged");
}

/** The same with a kernel at hand, without waiting: what worker threads call. */
export function encodeWith(
  kernel: Kernel,
  chunk: Uint8Array,
  blocks: BlockMode,
): Uint8Array<ArrayBuffer> {
  return kernel.use((instance) => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (const jobs of grouped(cutWhole(chunk), JOBS_PER_GROUP)) {
      parts.push(encodeJobs(instance, jobs, blocks).slice());
    }
    return parts.length === 1 ? (parts[0] as Uint8Array<ArrayBuffer>) : concatenate(parts);
  });
}

/** Jobs that are coded side by side in an instance's memory, so that a chunk of 4 MiB leaves it in
 * one piece: a copy into fresh memory costs a fifth of what coding does. */
export const JOBS_PER_GROUP = 4;

/** Plain bytes that make one group. */
export const GROUP_BYTES = JOBS_PER_GROUP * DEFLATE_JOB_BYTES;

/** The jobs in groups of `size`, the last may be smaller. */
export function* grouped(jobs: Iterable<Job>, size: number): Generator<Job[], void, undefined> {
  let group: Job[] = [];
  for (const job of jobs) {
    group.push(job);
    if (group.length === size) {
      yield group;
      group = [];
    }
  }
  if (group.length > 0) yield group;
}

/**
 * Encodes neighbouring jobs, each at most DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES.
 *
 * @param eachDone - called after each, while it still lies in the instance's input window
 * @returns a view on the instance's memory, good until its next call
 */
export function encodeJobs(
  instance: KernelInstance,
  jobs: readonly Job[],
  blocks: BlockMode,
  eachDone: (job: Uint8Array) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  if (jobs.length > 1) {
    instance.call("reserve", jobs.length * instance.call("jobOutputBytes"));
  }
  let size = 0;
  for (const { job, last } of jobs) {
    fillInput(instance, job);
    const flags = (last ? FLAG_LAST : 0) | (blocks === "fixed" ? FLAG_FIXED_BLOCKS : 0);
    size += instance.call("encode", job.length, flags, size);
    eachDone(job);
  }
  return instance.bytes(instance.call("outputAddress"), size);
}

/** The most bytes that `plainBytes` can become, as raw deflate: stored blocks, or the smallest
 * block there is. Holds for a job and for a whole stream. */
export function linearBound(plainBytes: number): number {
  return Math.max(2, plainBytes + 5 * Math.ceil(plainBytes / STORED_BYTES));
}

/** Puts bytes into the instance's input window. */
export function fillInput(instance: KernelInstance, job: Uint8Array): void {
  instance.bytes(instance.call("inputAddress"), job.length).set(job);
}
