/**
 * The process of one server: starts it, tells its port, answers questions about CPU time, and ends
 * with its parent.
 */
import { startService } from "../../src/service/index.ts";
import { serveFiles } from "./file-server.ts";
import type { ServerMessage } from "./servers.ts";

const [, , kind = "", folder = ""] = process.argv;
const tell = (message: ServerMessage): void => void process.send?.(message);

const started =
  kind === "node" || kind === "node-fsync"
    ? await serveFiles(folder, kind === "node-fsync")
    : await startPith();
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  tell({ cpuSeconds: (user + system) / 1e6 });
});
process.on("disconnect", async () => {
  await started.close();
});
tell({ port: started.port });

async function startPith(): Promise<{ port: number; close: () => Promise<void> }> {
  const mode = kind === "pith-async" ? "async" : "verified";
  const effort = kind === "pith-flat" ? "flat" : "default";
  const flags = { port: 0, data: folder, mode, effort, logLevel: "warn" } as const;
  const service = await startService(flags, { environment: {} });
  return { port: service.address.port, close: () => service.close() };
}
