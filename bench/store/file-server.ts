/**
 * The peer: node:http that keeps each object as a file, the shortest honest way.
 *
 * With `fsync` an object is durable before it is acknowledged: its bytes, then its name. Without,
 * nothing is promised, and the page cache takes it all.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

export async function serveFiles(
  folder: string,
  fsync: boolean,
): Promise<{ port: number; close: () => Promise<void> }> {
  let puts = 0;

  async function put(path: string, request: IncomingMessage): Promise<void> {
    const part = join(folder, `part-${puts++}`);
    await pipeline(request, createWriteStream(part, { flush: fsync }));
    await rename(part, path);
    if (!fsync) return;
    const names = await open(folder, "r");
    await names.sync();
    await names.close();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = join(folder, encodeURIComponent(request.url ?? ""));
    if (request.method === "PUT") {
      if (request.url === "/bench") await mkdir(folder, { recursive: true });
      else await put(path, request);
      response.end();
      return;
    }
    response.writeHead(200, { "content-length": (await stat(path)).size });
    await pipeline(createReadStream(path), response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
