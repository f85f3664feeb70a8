/**
 * Health: whether the service can do its work now, asked by supervisors and load balancers.
 *
 *   metadata   the store's sums can be read
 *   disk       a file can be written, flushed and removed in the data folder
 *   workers    a thread of the coder answers (what hangs or dies is replaced)
 *
 * The answer is kept for a second, so that asking often costs nothing.
 */
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Health, HealthCheck } from "./http/admin.ts";

/** How long a part may take before it counts as not working. */
const PATIENCE_MS = 5_000;
const KEPT_MS = 1_000;

/** Named questions; each rejects when its part does not work. */
export type Probes = Readonly<Record<string, () => Promise<unknown>>>;

/** What is shown beside the checks. */
export interface Switches {
  readonly disabledCodecs: readonly string[];
  readonly problems: readonly string[];
}

type Checks = Health["checks"];

/** @returns a function that gives the health; its checks are at most a second old */
export function healthOf(probes: Probes, switches: () => Switches): () => Promise<Health> {
  let asked: Promise<Checks> | undefined;
  let askedMs = 0;
  return async () => {
    const now = performance.now();
    if (asked === undefined || now - askedMs > KEPT_MS) {
      asked = look(probes);
      askedMs = now;
    }
    const checks = await asked;
    return { ok: Object.values(checks).every(({ ok }) => ok), checks, ...switches() };
  };
}

async function look(probes: Probes): Promise<Checks> {
  const named = Object.entries(probes).map(
    async ([name, probe]) => [name, await checked(probe)] as const,
  );
  return Object.fromEntries(await Promise.all(named));
}

async function checked(probe: () => Promise<unknown>): Promise<HealthCheck> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthCheck>((resolve) => {
    const why = `no answer within ${PATIENCE_MS / 1000} s`;
    timer = setTimeout(() => resolve({ ok: false, why }), PATIENCE_MS);
  });
  const answer = probe().then(
    () => ({ ok: true }),
    (error: unknown) => ({
      ok: false,
      why: error instanceof Error ? error.message : String(error),
    }),
  );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Writes, flushes and removes a small file.
 *
 * @throws the system's error when the folder cannot be written
 */
export async function probeDisk(folder: string): Promise<void> {
  const path = join(folder, `.health-${process.pid}`);
  const handle = await open(path, "w");
  try {
    await handle.writeFile("health\n");
    await handle.sync();
  } finally {
    await handle.close();
    await rm(path, { force: true });
  }
}
