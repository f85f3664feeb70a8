/**
 * The service in this process, from its start to the signal that ends it.
 *
 * SIGINT, SIGTERM and SIGHUP end it in order: requests under way are finished first. A second
 * signal ends it at once.
 */
import { once } from "node:events";
import type { Run } from "./run.ts";
import type { ServeOptions } from "./serve.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Starts the service, tells its address and what to try, and resolves when it has ended.
 *
 * @throws PithError "StoreLocked", "BadConfig" and what else keeps it from starting
 */
export async function serve(options: ServeOptions, run: Run): Promise<void> {
  const { startService } = await import("../service/index.ts");
  const service = await startService(options);
  run.note(`serves ${service.url}`);
  await signalled();
  run.note("ends; a second signal does not wait for requests under way");
  await service.close();
}

/** Resolves at the first signal to end; the next one finds the process's own behaviour. */
async function signalled(): Promise<void> {
  const heard = new AbortController();
  await Promise.race(SIGNALS.map((name) => once(process, name, { signal: heard.signal })));
  heard.abort();
}
