/**
 * Threads: the pool of worker threads that codes and decodes units (divans-worker.ts), shared by all
 * DivANS work of this process.
 */
import { SharedPools } from "../core/shared-pools.ts";
import { moduleBeside } from "../core/thread.ts";
import type { DivansJobs } from "./divans-worker.ts";

export const divansPools = new SharedPools<DivansJobs>(
  moduleBeside("divans-worker", import.meta.url),
  "pith divans",
);

/** Ends all idle threads at once, for tests and for a program that wants them gone. */
export function closeIdleThreads(): Promise<void> {
  return divansPools.closeIdle();
}
