import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { forSeeds, seeded } from "../../test/random.ts";
import { bytesOf, getBytes, numbered, streamOf, TEST_GRACE_MS, testStore } from "./suite.ts";

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

test("objects of every length around a chunk come back, with everything", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  const random = seeded(1);
  for (const size of [0, 1, 999, 1000, 1001, 2000, 12_345]) {
    const bytes = random.content(size);
    const headers = { contentType: "image/x-test", cacheControl: "no-cache" };
    const userMetadata = { size: String(size) };
    const put = await store.putObject("bucket", `k${size}`, streamOf(bytes), {
      headers,
      userMetadata,
      expectedBytes: size,
    });
    assert.equal(put.etag, md5(bytes));
    const { row, range, bytes: length, body } = await store.getObject("bucket", `k${size}`);
    assert.deepEqual(row, put);
    assert.deepEqual([row.headers, row.userMetadata], [headers, userMetadata]);
    assert.deepEqual([range, length], [undefined, size]);
    assert.deepEqual(await bytesOf(body), bytes);
    assert.deepEqual(await store.headObject("bucket", `k${size}`), put);
  }
  await store.close();
});

test("a range gives exactly its bytes and decodes only the chunks it touches", async () => {
  const { store, coder } = await testStore();
  await store.createBucket("bucket");
  const bytes = seeded(2).content(9_500);
  await store.putObject("bucket", "k", streamOf(bytes));
  await forSeeds(60, async (random) => {
    const first = random.upTo(9_500);
    const last = first + random.upTo(3000);
    coder.decoded = 0;
    const got = await store.getObject("bucket", "k", { range: { first, last } });
    assert.deepEqual(got.range, { first, last: Math.min(last, 9_499) });
    const body = await bytesOf(got.body);
    assert.deepEqual(body, bytes.slice(first, last + 1));
    assert.equal(got.bytes, body.length);
    const touched = Math.floor((first + body.length - 1) / 1000) - Math.floor(first / 1000) + 1;
    assert.equal(coder.decoded, touched);
  });
  const part = async (range: { first: number } | { suffix: number }): Promise<Uint8Array> =>
    await bytesOf((await store.getObject("bucket", "k", { range })).body);
  assert.deepEqual(await part({ first: 9_000 }), bytes.slice(9_000));
  assert.deepEqual(await part({ suffix: 700 }), bytes.slice(-700));
  assert.deepEqual(await part({ suffix: 99_999 }), bytes);
  await store.close();
});

test("a range outside the object is refused", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(numbered(1, 10)));
  await store.putObject("bucket", "empty", streamOf(new Uint8Array(0)));
  const refused = { code: "RangeNotSatisfiable" };
  for (const range of [{ first: 10 }, { suffix: 0 }, { first: 5, last: 4 }, { first: -1 }]) {
    await assert.rejects(store.getObject("bucket", "k", { range }), refused);
  }
  for (const range of [{ first: 0 }, { suffix: 1 }]) {
    await assert.rejects(store.getObject("bucket", "empty", { range }), refused);
  }
  await store.close();
});

test("equal chunks are coded and stored once", async () => {
  const { store, coder } = await testStore();
  await store.createBucket("bucket");
  const bytes = numbered(1, 5000);
  await store.putObject("bucket", "a", streamOf(bytes));
  assert.equal(coder.coded, 2);
  await store.putObject("bucket", "b", streamOf(bytes, 13));
  assert.equal(coder.coded, 2);
  const { chunks, chunkBytes, objectBytes } = await store.totals();
  assert.deepEqual([chunks, chunkBytes, objectBytes], [2, 2000, 10_000]);
  await store.close();
});

test("names and lengths that cannot be are refused before anything is stored", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  const put = (bucket: string, key: string, expectedBytes?: number): Promise<unknown> =>
    store.putObject(bucket, key, streamOf(numbered(1, 50)), { expectedBytes });
  await assert.rejects(store.createBucket("No"), { code: "BadBucketName" });
  await assert.rejects(put("bucket", "a\0b"), { code: "MalformedKey" });
  await assert.rejects(put("other", "k"), { code: "NoSuchBucket" });
  await assert.rejects(put("bucket", "k", 49), { code: "BadRequest" });
  await assert.rejects(put("bucket", "k", 51), { code: "IncompleteBody" });
  await assert.rejects(put("bucket", "k", 6 * 2 ** 40), { code: "EntityTooLarge" });
  const many = { contentType: "a/b" };
  await assert.rejects(
    store.putObject("bucket", "k", streamOf(numbered(1, 50)), {
      headers: many,
      userMetadata: { a: "x".repeat(3000) },
    }),
    { code: "MetadataTooLarge" },
  );
  const query = { bucket: "bucket", prefix: "", delimiter: "", after: "", limit: 10 };
  assert.deepEqual((await store.listObjects(query)).objects, []);
  await assert.rejects(store.listObjects({ ...query, limit: 1001 }), { code: "InvalidArgument" });
  await assert.rejects(store.listObjects({ ...query, prefix: "\ud800" }), {
    code: "InvalidArgument",
  });
  await store.close();
});

test("hostile keys are ordinary keys", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  const keys = ["../../etc/passwd", "..", "/", "a//b", "C:\\x", "con", "é".repeat(512), "%00"];
  for (const [i, key] of keys.entries()) {
    await store.putObject("bucket", key, streamOf(numbered(i, 20)));
  }
  for (const [i, key] of keys.entries()) {
    assert.deepEqual(await getBytes(store, "bucket", key), numbered(i, 20));
  }
  assert.deepEqual(
    await store.deleteObjects("bucket", keys),
    keys.map(() => undefined),
  );
  assert.equal((await store.totals()).objects, 0);
  await store.close();
});

test("a condition that fails at the start reads nothing of the source", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(numbered(1, 20)));
  let parts = 0;
  const source = async function* (): AsyncGenerator<Uint8Array> {
    parts += 1;
    yield numbered(2, 20);
  };
  const condition = { ifNoneMatch: ["*"] };
  const failed = { code: "PreconditionFailed" };
  await assert.rejects(store.putObject("bucket", "k", source(), { condition }), failed);
  assert.equal(parts, 0);
  await assert.rejects(store.getObject("bucket", "k", { condition }), failed);
  await assert.rejects(store.deleteObject("bucket", "k", { ifMatch: ["x"] }), failed);
  await store.close();
});

test("a put that fails in the middle leaves only what the collector takes", async () => {
  const { store, clock } = await testStore();
  await store.createBucket("bucket");
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield* streamOf(seeded(3).bytes(4500));
    throw new Error("the line went dead");
  };
  await assert.rejects(store.putObject("bucket", "k", broken()), /line went dead/);
  const aborted = new AbortController();
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    yield seeded(4).bytes(3500);
    aborted.abort();
    yield seeded(5).bytes(3500);
  };
  await assert.rejects(store.putObject("bucket", "k", slow(), { signal: aborted.signal }), {
    code: "Aborted",
  });
  const before = await store.check({ deep: true });
  assert.deepEqual([before.problems, before.objects], [[], 0]);
  assert.ok(before.collectable.chunks > 0);
  assert.equal((await store.collect()).chunks, 0, "nothing before its time");
  clock.turn(TEST_GRACE_MS + 1);
  await store.collect();
  const { chunks, blobs, blobBytes } = await store.totals();
  assert.deepEqual([chunks, blobs, blobBytes], [0, 0, 0]);
  await store.close();
});

test("a body goes on whole while its object is deleted and collected around it", async () => {
  const { store, clock } = await testStore();
  await store.createBucket("bucket");
  const bytes = seeded(6).bytes(12_000);
  await store.putObject("bucket", "k", streamOf(bytes));
  const { body } = await store.getObject("bucket", "k");
  const parts: Uint8Array[] = [];
  for await (const part of body) {
    parts.push(part);
    if (parts.length === 1) await store.deleteObject("bucket", "k");
    clock.turn(TEST_GRACE_MS / 3 + 1);
    await new Promise<void>((resolve) => setTimeout(resolve, 2));
    await store.collect();
  }
  assert.deepEqual(new Uint8Array(Buffer.concat(parts)), bytes);
  clock.turn(TEST_GRACE_MS * 2);
  await store.collect();
  assert.equal((await store.totals()).blobs, 0);
  await store.close();
});

test("a put that lasts longer than the grace time keeps its chunks", async () => {
  const { store, clock } = await testStore();
  await store.createBucket("bucket");
  const bytes = seeded(7).bytes(8_000);
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    for await (const part of streamOf(bytes, 1000)) {
      yield part;
      clock.turn(TEST_GRACE_MS / 3 + 1);
      await new Promise<void>((resolve) => setTimeout(resolve, 2));
      await store.collect();
    }
  };
  await store.putObject("bucket", "k", slow());
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  await store.close();
});

test("a put that meets a chunk just before its end as garbage keeps it", async () => {
  const { store, clock, coder } = await testStore();
  await store.createBucket("bucket");
  const bytes = seeded(10).bytes(1000);
  await store.putObject("bucket", "old", streamOf(bytes));
  await store.deleteObject("bucket", "old");
  clock.turn(TEST_GRACE_MS - 1);
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
    yield new Uint8Array(1500);
    // The coder has asked for the first chunk by now.
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
    clock.turn(2);
    await store.collect();
    yield new Uint8Array(500);
  };
  await store.putObject("bucket", "k", slow());
  assert.equal(coder.coded, 2, "the first chunk was found");
  assert.deepEqual((await getBytes(store, "bucket", "k")).subarray(0, 1000), bytes);
  await store.close();
});

test("a clock that jumps past the grace time fails a put by name, and the next one succeeds", async () => {
  const { store, clock } = await testStore();
  await store.createBucket("bucket");
  const bytes = seeded(8).bytes(5_000);
  const jumping = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 4_000);
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
    await store.collect({ graceMs: -10 * TEST_GRACE_MS });
    clock.turn(1);
    yield bytes.subarray(4_000);
  };
  await assert.rejects(store.putObject("bucket", "k", jumping()), { code: "ChunkGone" });
  await store.putObject("bucket", "k", streamOf(bytes));
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  assert.deepEqual((await store.check({ deep: true })).problems, []);
  await store.close();
});

test("after closing everything is refused, and bodies end", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(seeded(9).bytes(20_000)));
  const { body } = await store.getObject("bucket", "k");
  const reading = (async () => {
    for await (const _ of body) await new Promise<void>((resolve) => setTimeout(resolve, 1));
  })();
  const waiting = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield numbered(1, 500);
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
    }
  };
  const putting = store.putObject("bucket", "endless", waiting());
  const ended = Promise.allSettled([reading, putting]);
  await new Promise<void>((resolve) => setTimeout(resolve, 5));
  await store.close();
  for (const outcome of await ended) {
    assert.equal(outcome.status, "rejected");
    assert.equal(outcome.status === "rejected" && outcome.reason.code, "StoreIo");
  }
  await assert.rejects(store.totals(), { code: "StoreIo" });
  await store.close();
});

test("a store that this build cannot read is refused", async () => {
  const first = await testStore();
  const { meta } = first;
  const reservation = await meta.reserveBlob("ab".repeat(32), 5, 10);
  assert.ok(reservation !== "deleting");
  const place = { blob: "ab".repeat(32), blobBytes: 5, codec: 9, codecVersion: 3 } as const;
  const full = { ...place, state: "coded", tried: 0, writer: "later" } as const;
  await meta.putChunk("cd".repeat(32), 7, full, reservation, 10);
  await assert.rejects(testStore({ meta }), { code: "VersionGate" });
});
