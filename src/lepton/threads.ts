/**
 * Threads: the pool of worker threads that codes and decodes segments (lepton-worker.ts), shared by all
 * Lepton work of this process.
 */
import { SharedPools } from "../core/shared-pools.ts";
import { moduleBeside } from "../core/thread.ts";
import type { LeptonJobs } from "./lepton-worker.ts";

export const leptonPools = new SharedPools<LeptonJobs>(
  moduleBeside("lepton-worker", import.meta.url),
  "pith lepton",
);

/** Ends all idle threads at once, for tests and for a program that wants them gone. */
export function closeIdleThreads(): Promise<void> {
  return leptonPools.closeIdle();
}
