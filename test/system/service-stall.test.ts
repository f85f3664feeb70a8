/**
 * Clients that stall: uploads that announce much and send nothing, readers of large objects that
 * take nothing. As many as there is memory for hold all that large transfers may have, and small
 * requests are answered all the same, while the others still stall.
 */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../random.ts";
import { openRaw } from "../raw-http.ts";
import { startTestService, type TestService } from "../service.ts";

const MIB = 1024 * 1024;
const CLIENTS = 40;
/** More than the buffers of two sockets take in, so that a reader which stops holds up the answer. */
const LARGE_BYTES = 48 * MIB;

type Kind = "puts" | "gets";

/** What the service says of its transfers. */
async function transfersOf(service: TestService, kind: Kind, state: "running" | "waiting") {
  const page = await (await fetch(`${service.url}/-/metrics`)).text();
  const line = new RegExp(`^pith_transfers\\{kind="${kind}",state="${state}"\\} (\\d+)$`, "m");
  return Number(line.exec(page)?.[1]);
}

/** Sends the head of a request on many connections, then nothing, and reads nothing. */
async function stall(
  context: TestContext,
  service: TestService,
  kind: Kind,
  head: (i: number) => string,
): Promise<Socket[]> {
  const sockets: Socket[] = [];
  context.after(() => sockets.map((socket) => socket.destroy()));
  for (let i = 0; i < CLIENTS; i++) {
    const socket = await openRaw(service.port);
    socket.on("error", () => undefined);
    socket.write(`${head(i)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: `);
    socket.write(`${kind === "puts" ? LARGE_BYTES : 0}\r\n\r\n`);
    sockets.push(socket);
  }
  // The runner's own time limit ends a wait in vain.
  while ((await inTransfer(service, kind)) < CLIENTS) await sleep(10);
  assert.ok((await transfersOf(service, kind, "waiting")) > 0, "there is no more room");
  return sockets;
}

async function inTransfer(service: TestService, kind: Kind): Promise<number> {
  return (
    (await transfersOf(service, kind, "running")) + (await transfersOf(service, kind, "waiting"))
  );
}

test("small requests are answered while large ones stall", { timeout: 60_000 }, async (t) => {
  const service = await startTestService(t, { logLevel: "warn" });
  const object = (key: string): string => `${service.url}/photos/${key}`;
  await fetch(`${service.url}/photos`, { method: "PUT" });
  const chunk = seeded(5).content(4 * MIB);
  const large = Buffer.concat(Array.from({ length: LARGE_BYTES / chunk.length }, () => chunk));
  assert.equal((await fetch(object("large"), { method: "PUT", body: large })).status, 200);

  const writers = await stall(t, service, "puts", (i) => `PUT /photos/stalled-${i}`);
  const readers = await stall(t, service, "gets", () => "GET /photos/large");

  const body = "x".repeat(5000);
  for (const key of ["first", "second"]) {
    assert.equal((await fetch(object(key), { method: "PUT", body })).status, 200);
    assert.equal(await (await fetch(object(key))).text(), body);
  }
  const range = await fetch(object("large"), { headers: { range: "bytes=0-4" } });
  assert.deepEqual(Buffer.from(await range.bytes()), Buffer.from(chunk.subarray(0, 5)));

  for (const kind of ["puts", "gets"] as const) {
    const waiting = await transfersOf(service, kind, "waiting");
    assert.ok(waiting > 0, `large ${kind} still stall, and others wait for them`);
  }
  for (const socket of [...writers, ...readers]) socket.resetAndDestroy();
  for (const kind of ["puts", "gets"] as const) {
    while ((await inTransfer(service, kind)) > 0) await sleep(10);
  }
});
