import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../test/random.ts";
import { createCoder } from "../container/index.ts";
import { PithError } from "../core/errors.ts";
import { IDLE_LOOK_MS, RECODE_FAILURES_MAXIMUM } from "../core/limits.ts";
import type { Blobs } from "./blobs/blobs.ts";
import { memoryBlobs } from "./blobs/memory.ts";
import type { RecodeStatus } from "./recode-note.ts";
import type { Store } from "./store.ts";
import { getBytes, numbered, smallCoder, streamOf, TEST_GRACE_MS, testStore } from "./suite.ts";

const turns = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** Puts an object whose chunks are all stored as they are, which any recoding betters. */
async function putStored(store: Store, key: string, bytes: Uint8Array): Promise<void> {
  await store.putObject("bucket", key, streamOf(bytes), { codec: "stored" });
}

/** What became of chunks. */
function chunksOf({ counts }: RecodeStatus): number[] {
  return [counts.chunks, counts.rewritten, counts.kept, counts.skipped];
}

async function bucketStore(options: Parameters<typeof testStore>[0] = {}) {
  // The next opening of the same drivers finds them as they are.
  const lasting = { ...memoryBlobs(), close: async () => {} };
  const under = await testStore({ blobs: lasting, ...options });
  await under.store.createBucket("bucket");
  return under;
}

test("what is stored is coded anew, once, and the old blobs are collected in time", async () => {
  const { store, meta, clock, coder } = await bucketStore();
  const objects = [numbered(1, 4_500), numbered(2, 2_000), new Uint8Array(0)];
  for (const [i, bytes] of objects.entries()) await putStored(store, `k${i}`, bytes);
  const before = await store.totals();

  const status = await store.recode();
  assert.equal(status.state, "done");
  assert.equal(status.counts.objects, 3);
  assert.equal(status.counts.objectBytes, 6_500);
  // Of nine numbered chunks the ones without a number are the same.
  assert.deepEqual(chunksOf(status), [7, 4, 0, 3]);
  const rows = await meta.scanChunks("", 99);
  assert.deepEqual([...new Set(rows.map((row) => row.codec))], [2]);
  const after = await store.totals();
  assert.equal(status.counts.bytesBefore, before.blobBytes);
  assert.equal(status.counts.bytesAfter, after.blobBytes - before.blobBytes);
  for (const [i, bytes] of objects.entries()) {
    assert.deepEqual(await getBytes(store, "bucket", `k${i}`), bytes);
  }
  clock.turn(TEST_GRACE_MS - 1);
  assert.equal((await store.collect()).blobs, 0);
  clock.turn(2);
  assert.equal((await store.collect()).blobs, before.blobs);
  assert.equal((await store.totals()).blobBytes, status.counts.bytesAfter);
  assert.deepEqual((await store.check({ deep: true })).problems, []);

  const { coded, decoded } = coder;
  const again = await store.recode();
  assert.deepEqual(chunksOf(again), [7, 0, 0, 7]);
  assert.deepEqual([coder.coded, coder.decoded], [coded, decoded]);
  await store.close();
});

test("what would save too little is kept, and not tried again", async () => {
  const { store, meta, coder } = await bucketStore();
  await putStored(store, "noise", seeded(1).bytes(3_000));
  const before = (await meta.scanChunks("", 9)).map((row) => row.blob);
  const status = await store.recode();
  assert.deepEqual(chunksOf(status), [3, 0, 3, 0]);
  assert.equal(status.counts.bytesBefore, status.counts.bytesAfter);
  assert.equal((await store.totals()).blobs, 3);
  assert.deepEqual(
    (await meta.scanChunks("", 9)).map((row) => row.blob),
    before,
  );
  const { coded } = coder;
  assert.deepEqual(chunksOf(await store.recode()), [3, 0, 0, 3]);
  // Less effort finds nothing that more did not; one codec alone is another way.
  assert.deepEqual(chunksOf(await store.recode({ effort: "fast" })), [3, 0, 0, 3]);
  assert.equal(coder.coded, coded);
  assert.deepEqual(chunksOf(await store.recode({ codec: "deflate" })), [3, 0, 3, 0]);
  await store.close();
});

test("what was put densely needs no recoding, until the build has another codec", async () => {
  const coder = smallCoder();
  const { store, meta, blobs } = await bucketStore({ coder, effort: "dense" });
  await store.putObject("bucket", "k", streamOf(numbered(1, 2_500)));
  assert.deepEqual(chunksOf(await store.recode()), [3, 0, 0, 3]);
  await store.close();
  const codecs = [...coder.codecs, { id: 7, name: "denser", version: 1 }];
  const later = await testStore({ coder: { ...coder, codecs }, meta, blobs });
  assert.deepEqual(chunksOf(await later.store.recode()), [3, 0, 3, 0]);
  await later.store.close();
});

test("what a codec failed at is tried again, what it refused is not", async () => {
  const modules = [new URL("../../test/codecs/misbehaving.ts", import.meta.url)];
  const coder = await createCoder({ threads: 0, codecModules: modules });
  const { store } = await bucketStore({ coder, effort: "flat" });
  for (const name of ["thrower", "thrower-in-line", "refuser", "sniffer"]) {
    const bytes = Buffer.alloc(5_000, `${name.toUpperCase()}!`);
    await store.putObject("bucket", name, streamOf(bytes));
  }
  const tried = async (): Promise<number[]> => chunksOf(await store.recode({ effort: "flat" }));
  assert.deepEqual(await tried(), [4, 0, 3, 1]);
  assert.deepEqual(await tried(), [4, 0, 3, 1]);
  await store.close();
  await coder.close();
});

test("what is coded while a switch is thrown is tried again", async () => {
  const base = smallCoder();
  const off = new Set<string>();
  const coder = { ...base, gate: { ...base.gate, disabled: () => off } };
  const { store } = await bucketStore({ coder });
  await putStored(store, "noise", seeded(1).bytes(3_000));
  await putStored(store, "others", seeded(2).bytes(2_000));
  const onProgress = (): void => void off.clear();
  off.add("deflate");
  assert.deepEqual(chunksOf(await store.recode({ onProgress })), [5, 0, 5, 0]);
  // The first was tried without deflate, the second with it.
  assert.deepEqual(chunksOf(await store.recode()), [5, 0, 3, 2]);
  await store.close();
});

test("a body that began on old blobs ends on new ones", async () => {
  const { store, clock } = await bucketStore();
  const bytes = numbered(3, 12_000);
  await putStored(store, "k", bytes);
  const { body } = await store.getObject("bucket", "k");
  const parts: Uint8Array[] = [];
  for await (const part of body) {
    parts.push(part);
    if (parts.length !== 2) continue;
    assert.equal((await store.recode()).counts.rewritten, 2);
    clock.turn(TEST_GRACE_MS + 1);
    await store.collect();
  }
  assert.deepEqual(new Uint8Array(Buffer.concat(parts)), bytes);
  await store.close();
});

test("bucket, prefix and codec say what is looked at", async () => {
  const { store } = await bucketStore();
  await store.createBucket("other");
  const keys = ["a", "ab", "ab/1", "ab/2", "abc", "b"];
  for (const [i, key] of keys.entries()) await putStored(store, key, numbered(i, 500));
  await store.putObject("other", "ab", streamOf(numbered(50, 500)), { codec: "stored" });
  await store.putObject("bucket", "ab/3", streamOf(numbered(51, 500)), { codec: "deflate" });

  const looked = async (options: object): Promise<number[]> => {
    const { counts } = await store.recode({ dryRun: true, ...options });
    return [counts.objects, counts.rewritten];
  };
  assert.deepEqual(await looked({}), [8, 7]);
  assert.deepEqual(await looked({ bucket: "bucket" }), [7, 6]);
  assert.deepEqual(await looked({ bucket: "other" }), [1, 1]);
  assert.deepEqual(await looked({ bucket: "bucket", prefix: "ab" }), [5, 4]);
  assert.deepEqual(await looked({ bucket: "bucket", prefix: "ab/" }), [3, 2]);
  assert.deepEqual(await looked({ bucket: "bucket", prefix: "x" }), [0, 0]);
  const deflated = await store.recode({ from: "deflate" });
  assert.deepEqual(chunksOf(deflated), [8, 0, 1, 7]);

  const refused = { code: "InvalidArgument" };
  await assert.rejects(store.recode({ prefix: "ab" }), refused);
  await assert.rejects(store.recode({ codec: "none" }), refused);
  await assert.rejects(store.recode({ from: "none" }), refused);
  await assert.rejects(store.recode({ effort: "most" as "dense" }), refused);
  await assert.rejects(store.recode({ bytesPerSecond: 0 }), refused);
  await assert.rejects(store.recode({ bytesPerSecond: Number.NaN }), refused);
  await assert.rejects(store.recode({ bucket: "none" }), { code: "NoSuchBucket" });
  await store.close();
});

test("a dry run counts what a real one does, and changes nothing", async () => {
  const { store, meta } = await bucketStore();
  await putStored(store, "a", numbered(1, 3_500));
  await putStored(store, "same", numbered(1, 3_500));
  await putStored(store, "noise", seeded(2).bytes(1_500));
  await store.putObject("bucket", "waits", streamOf(numbered(2, 1_500)), { mode: "async" });
  const everything = async (): Promise<unknown[]> => [
    await meta.scanChunks("", 99),
    await meta.scanBlobs("", 99),
    await meta.scanObjects(undefined, 99),
    await meta.listAwaiting(9),
    await meta.getNote("recode"),
  ];
  const before = await everything();
  const dry = await store.recode({ dryRun: true });
  assert.deepEqual(await everything(), before);
  assert.deepEqual([dry.state, dry.dryRun], ["done", true]);
  const real = await store.recode();
  assert.ok(real.counts.rewritten > 0 && real.counts.kept > 0);
  assert.deepEqual(dry.counts, real.counts);
  await store.close();
});

test("what waits to be coded is coded, and waits no more", async () => {
  const { store, meta } = await bucketStore({ mode: "async" });
  await store.putObject("bucket", "text", streamOf(numbered(1, 2_500)));
  await store.putObject("bucket", "noise", streamOf(seeded(3).bytes(1_500)));
  const left = await store.recode({ from: "deflate" });
  assert.equal(left.counts.skipped, 5);
  assert.equal((await store.totals()).awaiting, 2);
  const status = await store.recode();
  assert.equal(status.counts.rewritten, 5);
  assert.equal((await store.totals()).awaiting, 0);
  assert.ok((await meta.scanChunks("", 99)).every((row) => row.state === "coded"));
  await store.close();
});

test("a stopped run goes on where it was, also in another process", async () => {
  const coder = smallCoder();
  const first = await bucketStore({ coder });
  for (let i = 0; i < 20; i++) await putStored(first.store, `k${10 + i}`, numbered(i, 900));
  const codedByPuts = coder.coded;
  const stopped = await new Promise<RecodeStatus | undefined>((resolve) => {
    let objects = 0;
    const onProgress = (): void => {
      objects += 1;
      if (objects === 7) void first.store.stopRecoding().then(resolve);
    };
    void first.store.recode({ onProgress });
  });
  assert.equal(stopped?.state, "stopped");
  assert.ok(stopped.counts.objects >= 7 && stopped.counts.objects < 20);
  await first.store.close();

  const { store } = await testStore({ coder, meta: first.meta, blobs: first.blobs });
  assert.deepEqual(await store.recoding(), JSON.parse(JSON.stringify(stopped)));
  const ended = await store.recode();
  assert.equal(ended.state, "done");
  assert.equal(ended.startedMs, stopped.startedMs);
  assert.deepEqual(chunksOf(ended), [20, 20, 0, 0]);
  assert.equal(coder.coded - codedByPuts, 20);
  await store.close();
});

test("another wish begins anew", async () => {
  const { store } = await bucketStore();
  for (let i = 0; i < 9; i++) await putStored(store, `k${i}`, numbered(i, 900));
  const onProgress = (): void => void store.stopRecoding();
  const stopped = await store.recode({ effort: "fast", onProgress });
  assert.equal(stopped.state, "stopped");
  const other = await store.recode();
  assert.equal(other.counts.objects, 9);
  assert.equal(other.counts.rewritten + other.counts.kept, 9);
  await store.close();
});

test("a run in the background goes on by itself, others do not", async () => {
  for (const background of [true, false]) {
    const first = await bucketStore();
    for (let i = 0; i < 5; i++) await putStored(first.store, `k${i}`, numbered(i, 900));
    // A reader holds it up until the store is closed.
    const { body } = await first.store.getObject("bucket", "k0");
    const reading = body[Symbol.asyncIterator]();
    await reading.next();
    const begun = await first.store.beginRecoding({ background, idle: true });
    assert.equal(begun.state, "running");
    await turns();
    await reading.return?.();
    await first.store.close();

    const { store } = await testStore({ meta: first.meta, blobs: first.blobs, chores: true });
    if (background) {
      for (let i = 0; i < 99 && (await store.recoding())?.state === "running"; i++) await turns();
    }
    const now = await store.recoding();
    assert.equal(now?.state, background ? "done" : "stopped");
    assert.equal(now.counts.rewritten, background ? 5 : 0);
    assert.equal(now.pace.idle, true);
    await store.close();
  }
});

test("one runs at a time; asked for again it takes the new pace", async () => {
  const { store } = await bucketStore();
  for (let i = 0; i < 5; i++) await putStored(store, `k${i}`, numbered(i, 900));
  const { body } = await store.getObject("bucket", "k0");
  const reading = body[Symbol.asyncIterator]();
  await reading.next();
  await store.beginRecoding({ idle: true });
  await turns();
  await assert.rejects(store.recode({ effort: "fast" }), { code: "RecodeUnderWay" });
  await assert.rejects(store.recode({ dryRun: true }), { code: "RecodeUnderWay" });
  assert.equal((await store.recoding())?.counts.rewritten, 0, "somebody is reading");
  const ended = await store.recode({ idle: false, bytesPerSecond: 1024 });
  assert.deepEqual(ended.pace, { bytesPerSecond: 1024, idle: false });
  assert.equal(ended.counts.rewritten, 5);
  await reading.return?.();
  await store.close();
});

test("the pace holds", async () => {
  const { store, clock } = await bucketStore();
  for (let i = 0; i < 10; i++) await putStored(store, `k${i}`, numbered(i, 1_000));
  const startedMs = clock.nowMs();
  const ended = await store.recode({ bytesPerSecond: 2_000 });
  assert.equal(ended.counts.plainBytes, 10_000);
  // The last part need not be waited for.
  assert.ok(clock.nowMs() - startedMs >= 4_500, `${clock.nowMs() - startedMs} ms`);
  assert.ok(clock.nowMs() - startedMs <= 5_500, `${clock.nowMs() - startedMs} ms`);
  await store.close();
});

test("nothing is read while somebody else reads, where that is asked for", async () => {
  const { store, clock, coder } = await bucketStore();
  await putStored(store, "k", numbered(1, 2_000));
  const { body } = await store.getObject("bucket", "k");
  const reading = body[Symbol.asyncIterator]();
  await reading.next();
  await store.beginRecoding({ idle: true });
  await turns();
  const { coded } = coder;
  assert.ok(clock.nowMs() >= 1_000_000 + IDLE_LOOK_MS, "it waits");
  await turns();
  assert.equal(coder.coded, coded);
  await reading.return?.();
  for (let i = 0; i < 99 && (await store.recoding())?.state === "running"; i++) await turns();
  assert.equal((await store.recoding())?.counts.rewritten, 2);
  await store.close();
});

test("an object that cannot be read is counted and alarmed, and holds up nobody", async () => {
  const { store, meta, blobs, alarms } = await bucketStore();
  await putStored(store, "hurt", seeded(5).bytes(500));
  const [row] = await meta.scanChunks("", 1);
  await blobs.delete(row?.blob ?? "");
  await putStored(store, "whole", numbered(6, 500));
  const status = await store.recode();
  assert.equal(status.state, "done");
  assert.deepEqual(status.counts.failed, { BlobMissing: 1 });
  assert.equal(status.counts.rewritten, 1);
  assert.ok(
    alarms.some((alarm) => alarm.facts["task"] === "recode" && alarm.facts["key"] === "hurt"),
  );
  await store.close();
});

/** A blobs driver whose operations fail as long as a switch says so. */
function failing(operation: "put" | "get", code: "DiskFull" | "StoreIo") {
  const inner = memoryBlobs();
  const broken = { on: false };
  const check = (): void => {
    if (broken.on) throw new PithError(code);
  };
  const blobs: Blobs = {
    ...inner,
    put: async (...parameters) => {
      if (operation === "put") check();
      await inner.put(...parameters);
    },
    get: async (name) => {
      if (operation === "get") check();
      return await inner.get(name);
    },
  };
  return { blobs, broken };
}

test("a full disk ends it, and it goes on when there is room", async () => {
  const { blobs, broken } = failing("put", "DiskFull");
  const { store, alarms } = await bucketStore({ blobs });
  const bytes = numbered(6, 3_300);
  await putStored(store, "k", bytes);
  broken.on = true;
  await assert.rejects(store.recode(), { code: "DiskFull" });
  const failed = await store.recoding();
  assert.deepEqual([failed?.state, failed?.fault], ["failed", "DiskFull"]);
  assert.equal(alarms.length, 1);
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  broken.on = false;
  const ended = await store.recode();
  assert.deepEqual([ended.state, ended.fault, ended.counts.rewritten], ["done", undefined, 3]);
  assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
  await store.close();
});

test("a disk that fails now and then is counted, one that is gone ends it", async () => {
  const { blobs, broken } = failing("get", "StoreIo");
  const { store } = await bucketStore({ blobs });
  const objects = RECODE_FAILURES_MAXIMUM + 5;
  for (let i = 0; i < objects; i++) await putStored(store, `k${10 + i}`, numbered(i, 900));
  broken.on = true;
  await assert.rejects(store.recode(), { code: "StoreIo" });
  assert.equal((await store.recoding())?.after, undefined);
  let seen = 0;
  broken.on = false;
  const onProgress = (): void => {
    seen += 1;
    broken.on = seen === 3;
  };
  const ended = await store.recode({ onProgress });
  assert.deepEqual(ended.counts.failed, { StoreIo: RECODE_FAILURES_MAXIMUM + 1 });
  assert.equal(ended.counts.rewritten, objects - 1);
  await store.close();
});

test("what is put or deleted in the middle is nobody's failure", async () => {
  const { store, clock, alarms } = await bucketStore();
  const bytes = numbered(9, 6_000);
  for (const key of ["a", "b", "c", "d"])
    await putStored(store, key, numbered(key.charCodeAt(0), 2_000));
  let step = 0;
  const onProgress = (): void => {
    step += 1;
    if (step !== 1) return;
    void store.deleteObject("bucket", "b");
    void store.putObject("bucket", "c", streamOf(bytes));
    clock.turn(10 * TEST_GRACE_MS);
    void store.collect();
  };
  const status = await store.recode({ onProgress });
  assert.equal(status.state, "done");
  assert.deepEqual([status.counts.failed, alarms], [{}, []]);
  await turns();
  assert.deepEqual(await getBytes(store, "bucket", "c"), bytes);
  await assert.rejects(store.headObject("bucket", "b"), { code: "NoSuchKey" });
  assert.deepEqual((await store.check({ deep: true })).problems, []);
  await store.close();
});

test("another cut is taken when it saves enough, and gives the manifest anew", async () => {
  const small = smallCoder(20_000);
  const large = smallCoder(50_000);
  const coder = {
    ...small,
    encode: (source: AsyncIterable<Uint8Array>, options: Parameters<typeof small.encode>[1]) =>
      (options.codec === "stored" ? small : large).encode(source, options),
  };
  const { store, meta, clock } = await bucketStore({ coder });
  const text = numbered(1, 140_000);
  const noise = seeded(4).bytes(140_000);
  const half = Buffer.concat([seeded(5).bytes(100_000), numbered(2, 40_000)]);
  for (const [key, bytes] of [
    ["text", text],
    ["noise", noise],
    ["half", half],
  ] as const) {
    await putStored(store, key, bytes);
  }
  const before = new Map((await meta.scanObjects(undefined, 9)).map((row) => [row.key, row]));
  const dry = await store.recode({ dryRun: true });
  const status = await store.recode();
  assert.deepEqual(dry.counts, status.counts);
  // Cuts meet at 100,000: of "half" the first five chunks stay, the last two become one.
  assert.deepEqual([status.counts.rewritten, status.counts.kept], [3 + 1, 7 + 5]);
  for (const [key, bytes] of [
    ["text", text],
    ["noise", noise],
    ["half", half],
  ] as const) {
    const row = await store.headObject("bucket", key);
    const { manifest } = before.get(key) ?? row;
    assert.equal(Buffer.compare(row.manifest, manifest) !== 0, key !== "noise", key);
    assert.deepEqual({ ...row, manifest }, before.get(key));
    assert.deepEqual(await getBytes(store, "bucket", key), new Uint8Array(bytes));
  }
  const again = await store.recode();
  assert.deepEqual([again.counts.rewritten, again.counts.kept], [0, 0]);
  clock.turn(TEST_GRACE_MS + 1);
  await store.collect();
  const report = await store.check({ deep: true });
  assert.deepEqual([report.problems, report.collectable.chunks], [[], 0]);
  await store.close();
});
