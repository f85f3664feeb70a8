/**
 * A service for tests: its own data folder and a free port, in this process; both are gone when
 * the test is over. Its log lines are kept for looking at.
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
  const log: Record<string, unknown>[] = [];
  const service = await startService(
    { port: 0, ...flags, data },
    { environment: {}, log: { write: (line) => void log.push(JSON.parse(line)) } },
  );
  context.after(async () => {
    await service.close();
    await rm(data, { recursive: true, force: true });
  });
  return {
    service,
    url: service.url,
    port: service.address.port,
    data,
    log,
    async restart(next = {}) {
      await service.close();
      return await startTestService(context, { ...flags, ...next, data });
    },
  };
}
