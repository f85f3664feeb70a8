import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../test/random.ts";
import type { CodedChunk } from "../container/index.ts";
import { PithError } from "../core/errors.ts";
import type { Blobs } from "./blobs/blobs.ts";
import { memoryBlobs } from "./blobs/memory.ts";
import { getBytes, numbered, smallCoder, streamOf, TEST_GRACE_MS, testStore } from "./suite.ts";

test("plain chunks are coded later, and the plain blobs collected", async () => {
  const { store, meta, clock } = await testStore({ mode: "async" });
  await store.createBucket("bucket");
  const bytes = numbered(5, 6_500);
  await store.putObject("bucket", "k", streamOf(bytes));
  assert.equal((await store.totals()).awaiting, 1);
  assert.deepEqual(
    new Set((await meta.scanChunks("", 99)).map((row) => row.state)),
    new Set(["plain"]),
  );
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  const plain = (await store.totals()).blobBytes;

  assert.equal(await store.recodeNext(), true);
  assert.equal(await store.recodeNext(), false);
  assert.equal((await store.totals()).awaiting, 0);
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  clock.turn(TEST_GRACE_MS + 1);
  await store.collect();
  assert.ok((await store.totals()).blobBytes < plain / 4);
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  const report = await store.check({ deep: true });
  assert.deepEqual([report.problems, report.collectable.blobs], [[], 0]);
  await store.close();
});

test("a body that began on plain blobs ends on coded ones", async () => {
  const { store, clock } = await testStore({ mode: "async" });
  await store.createBucket("bucket");
  const bytes = seeded(2).content(12_000);
  await store.putObject("bucket", "k", streamOf(bytes));
  const { body } = await store.getObject("bucket", "k");
  const parts: Uint8Array[] = [];
  for await (const part of body) {
    parts.push(part);
    if (parts.length === 2) {
      await store.recodeNext();
      clock.turn(TEST_GRACE_MS + 1);
      await store.collect();
    }
  }
  assert.deepEqual(new Uint8Array(Buffer.concat(parts)), bytes);
  await store.close();
});

test("a verified put that meets plain chunks waits with them", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  const bytes = numbered(5, 2_500);
  await store.putObject("bucket", "plain", streamOf(bytes), { mode: "async" });
  await store.putObject("bucket", "verified", streamOf(bytes));
  assert.equal((await store.totals()).awaiting, 2);
  while (await store.recodeNext());
  assert.equal((await store.totals()).awaiting, 0);
  await store.close();
});

test("chunks that do not shrink become coded where they are", async () => {
  const base = smallCoder();
  const alike = {
    ...base,
    encode: (source: AsyncIterable<Uint8Array>, options: object) =>
      base.encode(source, { effort: "flat", ...options, codec: "stored" }),
  };
  const { store, meta } = await testStore({ coder: alike, mode: "async" });
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(seeded(3).bytes(3000)));
  const before = (await meta.scanChunks("", 9)).map((row) => row.blob);
  await store.recodeNext();
  const after = await meta.scanChunks("", 9);
  assert.deepEqual(
    after.map((row) => row.blob),
    before,
  );
  assert.ok(after.every((row) => row.state === "coded"));
  assert.equal((await store.totals()).awaiting, 0);
  await store.close();
});

test("a coder that cuts otherwise gets a new manifest over the same bytes", async () => {
  const small = smallCoder();
  const large = smallCoder(2500);
  const coder = {
    ...small,
    encode: (source: AsyncIterable<Uint8Array>, options: Parameters<typeof small.encode>[1]) =>
      (options.codec === "stored" ? small : large).encode(source, options),
  };
  const { store, meta, clock } = await testStore({ coder, mode: "async" });
  await store.createBucket("bucket");
  const bytes = seeded(4).bytes(7_000);
  const before = await store.putObject("bucket", "k", streamOf(bytes));
  await store.recodeNext();
  const after = await store.headObject("bucket", "k");
  assert.deepEqual({ ...after, manifest: 0 }, { ...before, manifest: 0 });
  assert.notDeepEqual(after.manifest, before.manifest);
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  clock.turn(TEST_GRACE_MS + 1);
  await store.collect();
  assert.equal((await meta.scanChunks("", 99)).length, 3);
  assert.deepEqual((await store.check({ deep: true })).problems, []);
  await store.close();
});

test("an object that cannot be coded is alarmed and does not hold up the others", async () => {
  const under = await testStore({ mode: "async" });
  const { store, meta, blobs, alarms } = under;
  await store.createBucket("bucket");
  await store.putObject("bucket", "hurt", streamOf(seeded(5).bytes(500)));
  const [row] = await meta.scanChunks("", 1);
  await blobs.delete(row?.blob ?? "");
  await store.putObject("bucket", "good", streamOf(seeded(6).bytes(500)));
  while (await store.recodeNext());
  assert.equal((await store.totals()).awaiting, 1);
  assert.ok(
    alarms.some((alarm) => alarm.facts["task"] === "recode" && alarm.facts["key"] === "hurt"),
  );
  await store.close();
});

test("many that cannot be coded hold up nobody behind them", async () => {
  const { store, blobs, alarms } = await testStore({ mode: "async" });
  await store.createBucket("bucket");
  const hurt = 120;
  for (let i = 0; i < hurt; i++) {
    await store.putObject("bucket", `hurt ${i}`, streamOf(seeded(1000 + i).bytes(50)));
  }
  for (const { name } of await blobs.list("", 1000)) await blobs.delete(name);
  await store.putObject("bucket", "good", streamOf(numbered(6, 3_300)));
  while (await store.recodeNext());
  assert.equal((await store.totals()).awaiting, hurt);
  assert.equal(alarms.filter((alarm) => alarm.facts["task"] === "recode").length, hurt);
  await store.close();
});

test("a full disk interrupts recoding and loses nothing", async () => {
  const inner = memoryBlobs();
  let full = false;
  const blobs: Blobs = {
    ...inner,
    put: async (name, bytes, replace) => {
      if (full) throw new PithError("DiskFull");
      await inner.put(name, bytes, replace);
    },
  };
  const { store } = await testStore({ blobs, mode: "async" });
  await store.createBucket("bucket");
  const bytes = numbered(6, 3_300);
  await store.putObject("bucket", "k", streamOf(bytes));
  full = true;
  await assert.rejects(store.recodeNext(), { code: "DiskFull" });
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  full = false;
  assert.equal(await store.recodeNext(), true);
  assert.equal((await store.totals()).awaiting, 0);
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  await store.close();
});

test("a coder's chunk without a name for its frame is a bug of ours", async () => {
  const base = smallCoder();
  const nameless = {
    ...base,
    async *encode(source: AsyncIterable<Uint8Array>, options: Parameters<typeof base.encode>[1]) {
      for await (const chunk of base.encode(source, options)) {
        yield { ...chunk, frameSha256: undefined } satisfies CodedChunk;
      }
    },
  };
  const { store } = await testStore({ coder: nameless });
  await store.createBucket("bucket");
  await assert.rejects(store.putObject("bucket", "k", streamOf(numbered(1, 9))), { kind: "bug" });
  await store.close();
});
