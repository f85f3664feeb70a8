/**
 * Worker: does jobs one by one as they come, and posts what comes of them (pool.ts).
 */
import { parentPort } from "node:worker_threads";
import { doJob, type Job } from "./jobs.ts";

parentPort!.on("message", async ({ id, job }: { id: number; job: Job }) => {
  parentPort!.postMessage({ id, answer: await doJob(job) });
});
