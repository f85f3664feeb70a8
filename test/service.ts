/**
 * A service for tests: its own data folder and a free port, in this process; both are gone when
 * the test is over. Its log lines are kept for looking at. It codes at effort "fast" unless told
 * otherwise: tests put megabytes, and searches take seconds for each.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Service, type ServiceFlags, startService } from "../src/service/index.ts";

export interface TestService {
  readonly service: Service;
  readonly url: string;
  readonly port: number;
  readonly data: string;
  /** Log lines so far, parsed. */
  readonly log: Readonly<Record<string, unknown>>[];
  /** Closes the service and starts another on the same data. */
  restart(flags?: ServiceFlags): Promise<TestService>;
}

/** Starts a service; what `flags` do not say is as usual, but nothing of the environment counts. */
export async function startTestService(
  context: TestContext,
  flags: ServiceFlags = {},
): Promise<TestService> {
  const data = flags.data ?? (await mkdtemp(join(tmpdir(), "pith-service-")));
  const running: Service[] = [];
  context.after(async () => {
    for (const service of running) await service.close();
    // A folder that the test gave is the test's.
    if (flags.data === undefined) await rm(data, { recursive: true, force: true });
  });
  async function start(more: ServiceFlags): Promise<TestService> {
    const log: Record<string, unknown>[] = [];
    const service = await startService(
      { port: 0, effort: "fast", ...flags, ...more, data },
      { environment: {}, log: { write: (line) => void log.push(JSON.parse(line)) } },
    );
    running.push(service);
    return {
      service,
      url: service.url,
      port: service.address.port,
      data,
      log,
      async restart(next = {}) {
        await service.close();
        return await start({ ...more, ...next });
      },
    };
  }
  return await start({});
}
