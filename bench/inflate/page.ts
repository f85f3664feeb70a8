/**
 * The reader as a page has it: a thread in which Node's own modules cannot be had, so that
 * pith/deflate decodes with its own inflate.
 *
 * Takes gzip bytes and a number of runs, answers when the runs are done.
 */
import { parentPort } from "node:worker_threads";

export interface PageJob {
  readonly bytes: Uint8Array;
  readonly runs: number;
}

Object.defineProperty(process, "getBuiltinModule", { value: undefined });
const { inflate } = await import("../../src/deflate/index.ts");

parentPort?.on("message", async ({ bytes, runs }: PageJob) => {
  for (let run = 0; run < runs; run++) await inflate(bytes);
  parentPort?.postMessage("done");
});
