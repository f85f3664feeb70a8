/**
 * From --server and --data to a store that commands can work on.
 */
import { PithError } from "../core/errors.ts";
import type { Access } from "./access.ts";
import { DEFAULT_SERVER, type StoreOptions } from "./options.ts";
import type { Run } from "./run.ts";

/** Requests at once: enough to hide the latency of small objects, few enough for any service. */
export const REQUESTS_DEFAULT = 4;

/**
 * Opens the store that the options name, lends it to `work` and closes it, come what may.
 *
 * @throws PithError "BadUsage" when both are given, "StoreLocked" when a service owns the folder
 */
export async function withAccess(
  options: StoreOptions,
  connections: number,
  run: Run,
  work: (access: Access) => Promise<void>,
): Promise<void> {
  const access = await openAccess(options, connections, run);
  try {
    await work(access);
  } finally {
    await access.close();
  }
}

async function openAccess(options: StoreOptions, connections: number, run: Run): Promise<Access> {
  if (options.data !== undefined && options.server !== undefined) {
    throw new PithError("BadUsage", { why: "--server and --data exclude each other" });
  }
  // The environment may always name a server; --data is the nearer wish.
  if (options.data === undefined) {
    const { openServiceAccess } = await import("./service-access.ts");
    const server = options.server ?? run.surroundings.env["PITH_SERVER"] ?? DEFAULT_SERVER;
    return openServiceAccess(server, connections);
  }
  const { openFolderAccess } = await import("./folder-access.ts");
  try {
    return await openFolderAccess(options.data);
  } catch (error) {
    if (!(error instanceof PithError) || error.code !== "StoreLocked") throw error;
    const instead = `use --server ${DEFAULT_SERVER} while the service runs`;
    throw new PithError("StoreLocked", { ...error.facts, instead }, error);
  }
}
