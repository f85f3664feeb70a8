import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exchangeRaw, openRaw, parseAnswers } from "../../../test/raw-http.ts";
import { PithError } from "../../core/errors.ts";
import { PIPELINED_MAXIMUM } from "../../core/limits.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { LISTENER_BOUNDS, type Listener, type ListenerBounds, listen } from "./listener.ts";

type Handle = (exchange: Exchange) => Promise<void>;

interface Told {
  readonly outcomes: Outcome[];
  readonly faults: PithError[];
}

async function start(
  context: TestContext,
  handle: Handle,
  bounds: Partial<ListenerBounds> = {},
): Promise<Listener & Told & { port: number }> {
  const outcomes: Outcome[] = [];
  const faults: PithError[] = [];
  const listener = await listen(
    "127.0.0.1",
    0,
    {
      handle,
      report: (_, outcome) => outcomes.push(outcome),
      fault: (error) => faults.push(error),
      describe: (error) => `<Error><Code>${error.code}</Code></Error>`,
    },
    { ...LISTENER_BOUNDS, ...bounds },
  );
  context.after(() => listener.close(0));
  return { ...listener, outcomes, faults, port: listener.address.port };
}

/** Reads the body and answers with its length, or with the code of what went wrong. */
const echoLength: Handle = async (exchange) => {
  try {
    let bytes = 0;
    for await (const part of exchange.body()) bytes += part.length;
    await exchange.send(200, {}, `${exchange.request.url} ${bytes}`);
  } catch (error) {
    await exchange.send(400, {}, PithError.from(error, "AssertionFailure").code);
  }
};

const HEAD = "HTTP/1.1\r\nHost: localhost\r\n";
const QUICK = { silenceMs: 60, allowanceMs: 200, bytesPerSecond: 1_000_000 };

test("pipelined requests are handled one after the other and answered in order", async (t) => {
  let running = 0;
  const { port, outcomes } = await start(t, async (exchange) => {
    assert.equal(++running, 1);
    await sleep(exchange.request.url === "/0" ? 20 : 0);
    running--;
    await echoLength(exchange);
  });
  const requests = [0, 1, 2].map(
    (i) => `PUT /${i} ${HEAD}Content-Length: ${i}\r\n\r\n${"x".repeat(i)}`,
  );
  const last = `GET /3 ${HEAD}Connection: close\r\n\r\n`;
  const { received } = await exchangeRaw(port, [requests.join("") + last]);
  const bodies = parseAnswers(received).map(({ body }) => body.toString());
  assert.deepEqual(bodies, ["/0 0", "/1 1", "/2 2", "/3 0"]);
  assert.equal(outcomes.length, 4);
});

test("a pipeline that is too deep closes the connection", async (t) => {
  const gate = Promise.withResolvers<void>();
  const { port } = await start(t, async (exchange) => {
    await gate.promise;
    await exchange.send(200, {}, "");
  });
  const flood = `GET / ${HEAD}\r\n`.repeat(PIPELINED_MAXIMUM + 2);
  const { closed } = await exchangeRaw(port, [flood]);
  assert.equal(closed, true);
  gate.resolve();
});

test("what is not HTTP gets an answer and a closed connection", async (t) => {
  const { port, faults } = await start(t, echoLength);
  const cases: [bytes: string, status: number][] = [
    ["hello\r\n\r\n", 400],
    ["GET / HTTP/9.9\r\n\r\n", 400],
    [`GET / ${HEAD}bad header\r\n\r\n`, 400],
    [`GET / ${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400],
    [`GET / ${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
    [`PUT / ${HEAD}Content-Length: -1\r\n\r\n`, 400],
    [`PUT / ${HEAD}Content-Length: 99999999999999999999999\r\n\r\n`, 400],
    [`GET / ${HEAD}X: ${"x".repeat(40_000)}\r\n\r\n`, 431],
    [`GET /${"x".repeat(40_000)} ${HEAD}\r\n`, 431],
    ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
    ["\0".repeat(100), 400],
  ];
  for (const [bytes, status] of cases) {
    const { received, closed } = await exchangeRaw(port, [bytes]);
    assert.equal(parseAnswers(received)[0]?.status, status, JSON.stringify(bytes.slice(0, 60)));
    assert.equal(closed, true);
  }
  assert.ok(faults.length > 0 && faults.every(({ code }) => code === "BadRequest"));
});

test("a body that ends early is answered as incomplete", async (t) => {
  const { port } = await start(t, echoLength);
  const { received, closed } = await exchangeRaw(
    port,
    [`PUT / ${HEAD}Content-Length: 10\r\n\r\n12345`],
    { end: true },
  );
  const [answer] = parseAnswers(received);
  assert.deepEqual([answer?.status, answer?.body.toString()], [400, "IncompleteBody"]);
  assert.equal(closed, true);
  const chunked = await exchangeRaw(
    port,
    [`PUT / ${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`],
    { end: true },
  );
  assert.equal(parseAnswers(chunked.received)[0]?.body.toString(), "IncompleteBody");
});

test("a broken chunk ends the body as incomplete", async (t) => {
  const { port } = await start(t, echoLength);
  const { received } = await exchangeRaw(port, [
    `PUT / ${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  ]);
  assert.equal(parseAnswers(received)[0]?.body.toString(), "IncompleteBody");
});

test("a client that vanishes in the middle of its upload ends the handler", async (t) => {
  const failed = Promise.withResolvers<PithError>();
  const { port } = await start(t, async (exchange) => {
    const gone = once(exchange.signal, "abort");
    try {
      for await (const _ of exchange.body());
    } catch (error) {
      await gone;
      failed.resolve(error as PithError);
    }
  });
  const socket = await openRaw(port);
  socket.write(`PUT / ${HEAD}Content-Length: 100000\r\n\r\n12345`);
  await sleep(20);
  socket.resetAndDestroy();
  assert.equal((await failed.promise).code, "IncompleteBody");
});

test("silence in a body, and a trickle, are given up", async (t) => {
  const { port } = await start(t, echoLength, { patience: QUICK });
  const silent = await exchangeRaw(port, [`PUT / ${HEAD}Content-Length: 10\r\n\r\n1`]);
  assert.equal(parseAnswers(silent.received)[0]?.body.toString(), "SlowClient");
  const socket = await openRaw(port);
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => undefined);
  socket.write(`PUT / ${HEAD}Content-Length: 1000\r\n\r\n`);
  const drip = setInterval(() => socket.write("x"), 10);
  await Promise.race([once(socket, "close"), once(socket, "data")]);
  clearInterval(drip);
  socket.destroy();
  assert.match(Buffer.concat(parts).toString(), /SlowClient/);
});

test("silence in a head is answered", async (t) => {
  const { port } = await start(t, echoLength, { headMs: 100 });
  const { received, closed } = await exchangeRaw(port, ["GET / HTTP/1.1\r\nHost:"]);
  assert.equal(parseAnswers(received)[0]?.status, 408);
  assert.equal(closed, true);
});

test("an answer that nobody takes is given up", async (t) => {
  const ended = Promise.withResolvers<PithError>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    while (true) yield new Uint8Array(1 << 20);
  }
  const { port } = await start(
    t,
    async (exchange) => {
      try {
        await exchange.stream(200, {}, 2 ** 40, endless());
      } catch (error) {
        ended.resolve(error as PithError);
      }
    },
    { patience: QUICK },
  );
  const socket = await openRaw(port);
  socket.on("error", () => undefined);
  socket.pause();
  socket.write(`GET / ${HEAD}\r\n`);
  assert.equal((await ended.promise).code, "SlowClient");
  socket.destroy();
});

test("an answer before the body leaves the connection usable", async (t) => {
  const { port } = await start(t, async (exchange) => {
    await exchange.send(404, {}, exchange.request.url ?? "");
  });
  const body = Buffer.alloc(3_000_000);
  const { received } = await exchangeRaw(port, [
    `PUT /a ${HEAD}Content-Length: ${body.length}\r\n\r\n`,
    body,
    `GET /b ${HEAD}Connection: close\r\n\r\n`,
  ]);
  assert.deepEqual(
    parseAnswers(received).map(({ body: text }) => text.toString()),
    ["/a", "/b"],
  );
});

test("an answer in the middle of the body leaves the connection usable", async (t) => {
  const { port } = await start(t, async (exchange) => {
    for await (const _ of exchange.body()) break;
    await exchange.send(507, {}, exchange.request.url ?? "");
  });
  const body = Buffer.alloc(3_000_000);
  const { received } = await exchangeRaw(port, [
    `PUT /a ${HEAD}Content-Length: ${body.length}\r\n\r\n`,
    body,
    `GET /b ${HEAD}Connection: close\r\n\r\n`,
  ]);
  assert.deepEqual(
    parseAnswers(received).map(({ body: text }) => text.toString()),
    ["/a", "/b"],
  );
});

test("a body that ends early after its answer closes the connection at once", async (t) => {
  const { port, outcomes } = await start(t, (exchange) => exchange.send(404, {}, "no"));
  const request = `PUT / ${HEAD}Content-Length: 10\r\n\r\n12345`;
  const { received, closed } = await exchangeRaw(port, [request], { end: true, waitMs: 5_000 });
  assert.equal(parseAnswers(received)[0]?.status, 404);
  assert.equal(closed, true);
  assert.equal(outcomes.length, 1);
});

test("100 Continue comes when the body is asked for, and only then", async (t) => {
  const { port } = await start(t, async (exchange) => {
    if (exchange.request.url === "/no") await exchange.send(404, {}, "");
    else await echoLength(exchange);
  });
  const expecting = (path: string): string =>
    `PUT ${path} ${HEAD}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n`;
  const refused = await exchangeRaw(port, [expecting("/no")]);
  assert.match(refused.received.toString(), /^HTTP\/1.1 404 /);
  assert.equal(refused.closed, true, "nobody can know whether a body follows");
  const socket = await openRaw(port);
  socket.write(expecting("/yes"));
  const [go] = (await once(socket, "data")) as [Buffer];
  assert.match(go.toString(), /^HTTP\/1.1 100 /);
  socket.write("abc");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1.1 200 .*\/yes 3$/s);
  socket.destroy();
});

test("a source that fails in the middle cuts the answer short", async (t) => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(1000);
    await sleep(5);
    throw new PithError("BlobCorrupt");
  }
  const { port, outcomes, faults } = await start(t, (exchange) =>
    exchange.stream(200, {}, 5000, failing()),
  );
  const { received, closed } = await exchangeRaw(port, [`GET / ${HEAD}\r\n`]);
  assert.equal(closed, true);
  assert.equal(parseAnswers(received)[0]?.body.length, 1000);
  assert.equal(outcomes[0]?.whole, false);
  assert.equal(faults[0]?.code, "BlobCorrupt");
});

test("a source that fails at once can still be answered", async (t) => {
  // biome-ignore lint/correctness/useYield: failing before the first byte is the point
  async function* failing(): AsyncGenerator<Uint8Array> {
    throw new PithError("BlobMissing");
  }
  const { port } = await start(t, async (exchange) => {
    await assert.rejects(exchange.stream(200, {}, 5, failing()), { code: "BlobMissing" });
    await exchange.send(500, {}, "gone");
  });
  const { received } = await exchangeRaw(port, [`GET / ${HEAD}Connection: close\r\n\r\n`]);
  assert.equal(parseAnswers(received)[0]?.status, 500);
});

test("an answer that is shorter than announced is a bug and is cut", async (t) => {
  async function* short(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("abc");
  }
  const { port, faults } = await start(t, (exchange) => exchange.stream(200, {}, 5, short()));
  const { closed } = await exchangeRaw(port, [`GET / ${HEAD}\r\n`]);
  assert.equal(closed, true);
  assert.equal(faults[0]?.code, "AssertionFailure");
});

test("closing lets what runs finish, and cuts what does not", async (t) => {
  const begun = Promise.withResolvers<void>();
  const slow = await start(t, async (exchange) => {
    begun.resolve();
    await sleep(30);
    await exchange.send(200, {}, "done");
  });
  const answer = exchangeRaw(slow.port, [`GET / ${HEAD}\r\n`]);
  await begun.promise;
  await slow.close(10_000);
  const { received, closed } = await answer;
  assert.match(received.toString(), /done$/);
  assert.equal(closed, true);

  const hanging = await start(t, async (exchange) => {
    await once(exchange.signal, "abort");
  });
  const cut = exchangeRaw(hanging.port, [`GET / ${HEAD}\r\n`]);
  await sleep(20);
  await hanging.close(10);
  assert.equal((await cut).closed, true);
});

test("a port that is taken is told in one typed error", async (t) => {
  const { port } = await start(t, echoLength);
  const hooks = { handle: echoLength, report() {}, fault() {}, describe: () => "" };
  await assert.rejects(listen("127.0.0.1", port, hooks), { code: "CannotListen", kind: "io" });
});
