/**
 * The service as a whole, over the real store: what outlives a restart, what an administrator
 * sees, what happens when stored bytes are damaged, and what a client that gives up leaves behind.
 */
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Health, ServiceStats } from "../../src/service/index.ts";
import { seeded } from "../random.ts";
import { openRaw } from "../raw-http.ts";
import { startTestService, type TestService } from "../service.ts";

const MIB = 1024 * 1024;
const ADMIN = { "x-pith-admin": "1" };
const BIG = seeded(7).content(13 * MIB);

async function put(service: TestService, path: string, body: Uint8Array | string): Promise<void> {
  const answer = await fetch(service.url + path, { method: "PUT", body: body as BodyInit });
  assert.equal(answer.status, 200, await answer.text());
}

async function get(service: TestService, path: string): Promise<Uint8Array> {
  const answer = await fetch(service.url + path);
  assert.equal(answer.status, 200);
  return new Uint8Array(await answer.arrayBuffer());
}

async function getJson<T>(service: TestService, path: string): Promise<T> {
  return (await (await fetch(service.url + path)).json()) as T;
}

async function post(service: TestService, path: string, headers: object = ADMIN) {
  const answer = await fetch(service.url + path, { method: "POST", headers: { ...headers } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

async function photos(context: TestContext, flags = {}): Promise<TestService> {
  const service = await startTestService(context, flags);
  const answer = await fetch(`${service.url}/photos`, { method: "PUT" });
  assert.equal(answer.status, 200);
  return service;
}

/** Waits until something holds; the runner's own time limit ends a wait in vain. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

/** Flips a byte in the middle of the blob with this many bytes. */
async function damageBlob(data: string, wanted: (bytes: number) => boolean): Promise<void> {
  const folder = join(data, "blobs");
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (!wanted(bytes.length)) continue;
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 0x40;
    await writeFile(path, bytes);
    return;
  }
  assert.fail("no such blob");
}

test("objects outlive a restart, in both modes", async (t) => {
  for (const mode of ["verified", "async"] as const) {
    const first = await photos(t, { mode });
    await put(first, "/photos/big", BIG);
    assert.equal(Buffer.compare(await get(first, "/photos/big"), BIG), 0);
    const second = await first.restart();
    assert.equal(Buffer.compare(await get(second, "/photos/big"), BIG), 0);
    const stats = await getJson<ServiceStats>(second, "/-/stats");
    assert.equal(stats.objects, 1);
    assert.equal(stats.plainBytes, BIG.length);
  }
});

test("async mode codes what waits when it is quiet", async (t) => {
  const service = await photos(t, { mode: "async" });
  await put(service, "/photos/text", "the same words again and again ".repeat(10_000));
  assert.equal((await getJson<ServiceStats>(service, "/-/stats")).awaiting, 1);
  await until(async () => (await getJson<ServiceStats>(service, "/-/stats")).awaiting === 0);
  const { codecs } = await getJson<ServiceStats>(service, "/-/stats");
  assert.ok(codecs.some(({ name, savedPercent }) => name !== "stored" && savedPercent > 50));
});

test("stats tell what was saved, by codec, and who runs", async (t) => {
  const service = await photos(t);
  await put(service, "/photos/a", "the same words again and again ".repeat(10_000));
  const stats = await getJson<ServiceStats>(service, "/-/stats");
  assert.equal(stats.pid, process.pid);
  assert.equal(stats.objects, 1);
  assert.equal(stats.plainBytes, 310_000);
  assert.ok(stats.storedBytes < 30_000 && stats.savedPercent > 90);
  assert.equal(
    stats.codecs.reduce((sum, { plainBytes }) => sum + plainBytes, 0),
    310_000,
  );
  assert.deepEqual(stats.faults, {});
});

test("a codec is switched off and on, seen everywhere, and writes go on", async (t) => {
  const service = await photos(t);
  const text = "the same words again and again ".repeat(10_000);
  await put(service, "/photos/before", text);
  const used = (await getJson<ServiceStats>(service, "/-/stats")).codecs[0]?.name ?? "";
  assert.equal((await post(service, `/-/gate/disable/${used}`)).status, 200);
  const health = await getJson<Health>(service, "/-/health");
  assert.deepEqual([health.ok, health.disabledCodecs], [true, [used]]);
  const metrics = await (await fetch(`${service.url}/-/metrics`)).text();
  assert.ok(metrics.includes(`pith_codec_disabled{codec="${used}"} 1`));
  await put(service, "/photos/after", `${text}.`);
  const { codecs, gate } = await getJson<ServiceStats>(service, "/-/stats");
  assert.ok(codecs.some(({ name }) => name !== used));
  assert.deepEqual(gate.disabled, [used]);
  assert.equal(Buffer.from(await get(service, "/photos/before")).toString(), text);
  const again = await service.restart();
  assert.deepEqual((await getJson<Health>(again, "/-/health")).disabledCodecs, [used]);
  await post(again, `/-/gate/enable/${used}`);
  assert.deepEqual((await getJson<Health>(again, "/-/health")).disabledCodecs, []);
  assert.equal((await post(again, "/-/gate/disable/none")).status, 400);
});

test("what is stored is coded anew in the background, and told", async (t) => {
  const service = await photos(t);
  const text = "the same words again and again ".repeat(10_000);
  await post(service, "/-/gate/disable/zlib");
  await put(service, "/photos/a", text);
  await post(service, "/-/gate/enable/zlib");
  const status = (): Promise<Record<string, unknown>> => getJson(service, "/-/recode");
  assert.deepEqual(await status(), { state: "none" });
  assert.deepEqual((await post(service, "/-/recode/stop")).body, { state: "none" });
  const begun = await post(service, "/-/recode/start?effort=fast&bucket=photos&rate=100000000");
  assert.deepEqual([begun.status, begun.body["state"]], [200, "running"]);
  while ((await status())["state"] === "running") await new Promise((wait) => setTimeout(wait, 20));
  const ended = await status();
  assert.equal(ended["state"], "done");
  assert.deepEqual(ended["wish"], { effort: "fast", bucket: "photos" });
  assert.equal((ended["counts"] as { rewritten: number }).rewritten, 1);
  assert.equal(Buffer.from(await get(service, "/photos/a")).toString(), text);
  const metrics = await (await fetch(`${service.url}/-/metrics`)).text();
  assert.ok(metrics.includes('pith_recode_chunks{outcome="rewritten"} 1'));
  const again = await service.restart();
  assert.deepEqual(await getJson(again, "/-/recode"), ended);

  for (const [path, expected] of [
    ["start?speed=1", 400],
    ["start?rate=fast", 400],
    ["start?idle=perhaps", 400],
    ["start?effort=most", 400],
    ["start?codec=none", 400],
    ["start?from=none", 400],
    ["start?prefix=a", 400],
    ["start?bucket=none", 404],
    ["start/now", 404],
    ["begin", 404],
    ["", 405],
  ] as const) {
    assert.equal((await post(again, `/-/recode/${path}`)).status, expected, path);
  }
  assert.equal((await post(again, "/-/recode/start", {})).status, 403);
  assert.equal((await fetch(`${again.url}/-/recode/start`)).status, 405);
});

test("administrative requests answer in JSON, and only those that were meant", async (t) => {
  const service = await photos(t);
  await put(service, "/photos/a", BIG);
  assert.equal((await post(service, "/-/collect")).body["chunks"], 0);
  assert.equal((await post(service, "/-/check?deep")).body["problemCount"], 0);
  assert.ok(Number((await post(service, "/-/backup")).body["bytes"]) > 0);
  const json = { "content-type": "application/json" };
  assert.equal((await post(service, "/-/collect", json)).status, 200);
  for (const [path, headers, status] of [
    ["/-/collect", {}, 403],
    ["/-/collect", { "content-type": "text/plain" }, 403],
    ["/-/collect", { ...ADMIN, origin: "http://evil.example" }, 403],
    ["/-/gate/disable/zlib", {}, 403],
    ["/-/nothing", ADMIN, 404],
    ["/-/collect/more", ADMIN, 404],
    ["/-/stats", ADMIN, 405],
  ] as const) {
    const { status: actual, body } = await post(service, path, headers);
    assert.equal(actual, status, path);
    assert.equal(typeof body["error"], "string");
  }
  assert.equal((await fetch(`${service.url}/-/collect`)).status, 405);
  assert.equal((await fetch(`${service.url}/-/`)).status, 404);
});

test("the metrics page is well formed and counts", async (t) => {
  const service = await photos(t);
  await put(service, "/photos/a", "x");
  await get(service, "/photos/a");
  await fetch(`${service.url}/photos/none`);
  const answer = await fetch(`${service.url}/-/metrics`);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  for (const line of text.trimEnd().split("\n")) {
    assert.match(line, /^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [0-9.e+-]+|)$/);
  }
  for (const line of [
    'pith_requests_total{operation="PutObject",status="200"} 1',
    'pith_requests_total{operation="GetObject",status="404"} 1',
    'pith_faults_total{code="NoSuchKey",kind="input"} 1',
    'pith_received_bytes_total{operation="PutObject"} 1',
    "pith_objects 1",
    "pith_object_bytes 1",
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line);
  }
});

test("damage in the first chunk is answered, logged with its object, and hurts no other", async (t) => {
  const service = await photos(t);
  await put(service, "/photos/damaged", BIG.subarray(0, 3_000_000));
  await put(service, "/photos/sound", BIG.subarray(3_000_000, 3_100_000));
  await damageBlob(service.data, (bytes) => bytes > 200_000);
  const answer = await fetch(`${service.url}/photos/damaged`);
  assert.equal(answer.status, 500);
  const text = await answer.text();
  assert.match(text, /<Code>InternalError<\/Code>/);
  assert.doesNotMatch(text, /sha256|[0-9a-f]{64}/, "facts are for the log");
  const alarms = service.log.filter(({ alarm }) => alarm === true);
  assert.equal(alarms.length, 1, "one damage, one alarm");
  assert.equal(alarms[0]?.["kind"], "corrupt");
  assert.match(String(alarms[0]?.["msg"]), /"damaged"/);
  assert.equal((await get(service, "/photos/sound")).length, 100_000);
  const { faults } = await getJson<ServiceStats>(service, "/-/stats");
  assert.equal(
    Object.values(faults).reduce((sum, count) => sum + count, 0),
    1,
  );
  assert.equal((await post(service, "/-/check?deep")).body["problemCount"], 1);
});

test("damage in a later chunk cuts the answer short of its length", async (t) => {
  const service = await photos(t);
  // The second chunk is the only one of noise, and so the only one stored at nearly its length.
  const bytes = Buffer.alloc(12 * MIB, "text ");
  bytes.set(seeded(9).bytes(4 * MIB), 4 * MIB);
  await put(service, "/photos/late", bytes);
  await damageBlob(service.data, (length) => length > 3 * MIB);
  const answer = await fetch(`${service.url}/photos/late`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-length"), String(bytes.length));
  await assert.rejects(answer.arrayBuffer());
  const range = await fetch(`${service.url}/photos/late`, {
    headers: { range: "bytes=0-4194303" },
  });
  assert.equal(Buffer.compare(await range.bytes(), bytes.subarray(0, 4 * MIB)), 0);
  assert.ok(service.log.some(({ cut, key }) => cut === true && key === "late"));
});

test("uploads that are given up leave nothing but what will be collected", async (t) => {
  const service = await photos(t);
  for (const sent of [0, 1000, 5 * MIB]) {
    const socket = await openRaw(service.port);
    socket.on("error", () => undefined);
    socket.write(
      `PUT /photos/gone HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${BIG.length}\r\n\r\n`,
    );
    await new Promise<void>((resolve) => socket.write(BIG.subarray(0, sent), () => resolve()));
    await sleep(30);
    socket.resetAndDestroy();
  }
  const running = /\npith_transfers\{kind="puts",state="running"\} 0\n/;
  await until(async () => running.test(await (await fetch(`${service.url}/-/metrics`)).text()));
  assert.equal((await fetch(`${service.url}/photos/gone`)).status, 404);
  const { body } = await post(service, "/-/check");
  assert.equal(body["problemCount"], 0);
  const { objects, workers } = await getJson<ServiceStats>(service, "/-/stats");
  assert.deepEqual([objects, workers.waiting], [0, 0]);
});

test("hostile keys are ordinary keys, in and out and in listings", async (t) => {
  const service = await photos(t);
  const keys = [
    "../../etc/passwd",
    "./.",
    "a//b",
    " ",
    "a\nb\rc",
    "%2e%2e",
    "\ufeffx",
    "&<>",
    "é".repeat(512),
  ];
  for (const key of keys) await put(service, `/photos/${encodeURIComponent(key)}`, `at ${key}`);
  for (const key of keys) {
    const bytes = await get(service, `/photos/${encodeURIComponent(key)}`);
    assert.equal(Buffer.from(bytes).toString(), `at ${key}`);
  }
  const listing = await (await fetch(`${service.url}/photos?list-type=2&encoding-type=url`)).text();
  const listed = [...listing.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) =>
    decodeURIComponent(key ?? ""),
  );
  assert.deepEqual(listed.sort(), [...keys].sort());
});

test("only names of this machine are served", async (t) => {
  const service = await photos(t);
  const socket = await openRaw(service.port);
  const answer = new Promise<Buffer>((resolve) => socket.once("data", resolve));
  socket.write("GET /photos HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  assert.match((await answer).toString(), /^HTTP\/1\.1 403 /);
  socket.destroy();
});

test("one data folder has one owner", async (t) => {
  const service = await photos(t);
  await assert.rejects(startTestService(t, { data: service.data }), { code: "StoreLocked" });
  await assert.rejects(startTestService(t, { port: service.port }), { code: "CannotListen" });
  await put(service, "/photos/still", "here");
});
