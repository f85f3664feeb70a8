/**
 * Threads: the pool of worker threads that codes and decodes segments (lepton-worker.ts), shared by all
 * Lepton work of this process.
 */
import type { Kernel } from "../core/kernel.ts";
import { type Lease, SharedPools } from "../core/shared-pools.ts";
import { moduleBeside } from "../core/thread.ts";
import type { LeptonJobs } from "./lepton-worker.ts";

/** Threads have one kernel: those of the one model are not those of the other. */
const pools = {
  lepton: new SharedPools<LeptonJobs>(
    moduleBeside("lepton-worker", import.meta.url),
    "pith lepton",
  ),
  dense: new SharedPools<LeptonJobs>(moduleBeside("lepton-worker", import.meta.url), "pith dense"),
};

/** Takes part in the pool of that many threads that have this kernel. */
export function leaseThreads(kernel: Kernel, threads: number): Lease<LeptonJobs> {
  return (kernel.name === "dense" ? pools.dense : pools.lepton).lease(kernel, threads);
}

/** Ends all idle threads at once, for tests and for a program that wants them gone. */
export async function closeIdleThreads(): Promise<void> {
  for (const each of Object.values(pools)) await each.closeIdle();
}
