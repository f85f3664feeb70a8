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
  // Heard from here on: a signal during the start ends what was started.
  const ending = signalled();
  const service = await startService(options);
  await run.print(service.greeting);
  await ending;
  await service.close();
}

/** Resolves at the first signal to end; the next one finds the process's own behaviour. */
async function signalled(): Promise<void> {
  const heard = new AbortController();
  const signals = SIGNALS.map((name) => once(process, name, { signal: heard.signal }));
  for (const signal of signals) signal.catch(() => undefined);
  await Promise.race(signals);
  heard.abort();
}
