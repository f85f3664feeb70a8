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
import { DEFLATE_JOB_BYTES, DEFLATE_JOB_SLACK_BYTES } from "../core/limits.ts";

/** How blocks are cut: "merged" by content (default), "fixed" each 64 KiB, which is up to a
 * fifth faster on mixed binaries and 0.2 to 2 % larger. */
export type BlockMode = "merged" | "fixed";

const FLAG_LAST = 1;
const FLAG_FIXED_BLOCKS = 2;

/**
 * Compresses one chunk to raw deflate by Huffman coding alone.
 *
 * @param chunk - any length
 * @returns at most chunk.length + 5 * ceil(chunk.length / 65535) + 2 bytes; the same on every
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
    let at = 0;
    while (chunk.length - at > DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES) {
      const job = chunk.subarray(at, at + DEFLATE_JOB_BYTES);
      parts.push(encodeJob(instance, job, blocks, false).slice());
      at += job.length;
    }
    const last = encodeJob(instance, chunk.subarray(at), blocks, true).slice();
    return parts.length === 0 ? last : concatenate([...parts, last]);
  });
}

/**
 * Encodes one job.
 *
 * @param job - at most DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES
 * @param last - the stream ends with this job
 * @returns a view on the instance's memory, good until its next call
 */
export function encodeJob(
  instance: KernelInstance,
  job: Uint8Array,
  blocks: BlockMode,
  last: boolean,
): Uint8Array<ArrayBuffer> {
  fillInput(instance, job);
  const flags = (last ? FLAG_LAST : 0) | (blocks === "fixed" ? FLAG_FIXED_BLOCKS : 0);
  const size = instance.call("encode", job.length, flags);
  return instance.bytes(instance.call("outputAddress"), size);
}

/** Puts bytes into the instance's input window. */
export function fillInput(instance: KernelInstance, job: Uint8Array): void {
  instance.bytes(instance.call("inputAddress"), job.length).set(job);
}
