/**
 * Servers: what is measured, each in a process of its own with a folder of its own.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `pith` as it comes, `pith-flat` with linear-time deflate alone, `pith-async` in the other mode. */
export const SERVERS = ["pith", "pith-flat", "pith-async", "node-fsync", "node"] as const;
export type ServerKind = (typeof SERVERS)[number];

export interface BenchServer {
  readonly port: number;
  /** CPU time of the process so far, all threads, user and system. */
  cpuSeconds(): Promise<number>;
  close(): Promise<void>;
}

/** What the process of a server says to its parent. */
export interface ServerMessage {
  readonly port?: number;
  readonly cpuSeconds?: number;
}

/** Starts a server and waits until it listens. */
export async function startServer(kind: ServerKind): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
  const child = fork(join(import.meta.dirname, "serve.ts"), [kind, folder], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = (await once(child, "message")) as [ServerMessage];
  if (port === undefined) throw new Error(`${kind} did not start`);
  return {
    port,
    async cpuSeconds() {
      child.send("cpu");
      const [{ cpuSeconds }] = (await once(child, "message")) as [ServerMessage];
      return cpuSeconds ?? Number.NaN;
    },
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
