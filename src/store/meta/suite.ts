/**
 * The suite that every metadata driver passes: the contract of meta.ts as tests.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../test/random.ts";
import { sha256 } from "../../core/hash.ts";
import { encodeManifest } from "../manifest.ts";
import type { ChunkPlace, ChunkState, Condition, ListQuery, Meta, ObjectRow } from "./meta.ts";
import { compareUtf8, foldKey } from "./order.ts";

/** A driver that holds nothing, with what ends it. */
export interface MetaUnderTest {
  readonly meta: Meta;
  readonly end: () => Promise<void>;
}

/** The SHA-256 that stands for a text in these tests. */
export function hashOf(text: string): string {
  return sha256(new TextEncoder().encode(text));
}

/** The place of a chunk in these tests: blob `text` of 10 bytes. */
export function placeAt(blob: string, state: ChunkState = "coded"): ChunkPlace {
  const codec = state === "plain" ? 1 : 2;
  return {
    blob: hashOf(blob),
    blobBytes: 10,
    codec,
    codecVersion: 1,
    state,
    tried: 7,
    writer: "test",
  };
}

/** An object row over chunks of 100 bytes each. */
export function rowOver(bucket: string, key: string, chunks: string[], version: string): ObjectRow {
  return {
    bucket,
    key,
    version,
    bytes: chunks.length * 100,
    etag: `etag-${chunks.join("-")}`,
    modifiedMs: 5,
    headers: { contentType: "text/plain", cacheControl: "no-store" },
    userMetadata: { colour: "grün" },
    manifest: encodeManifest(chunks.map((chunk) => ({ sha256: hashOf(chunk), bytes: 100 }))),
  };
}

/** Stores a chunk `text` in a blob of the same name, as a put does. */
export async function storeChunk(
  meta: Meta,
  text: string,
  keepUntilMs: number,
  state: ChunkState = "coded",
): Promise<void> {
  const reservation = await meta.reserveBlob(hashOf(text), 10, keepUntilMs);
  assert.ok(reservation !== "deleting");
  await meta.putChunk(hashOf(text), 100, placeAt(text, state), reservation, keepUntilMs);
}

const NONE: Condition = {};

/** Registers the tests for one driver. */
export function testMeta(driver: string, open: () => Promise<MetaUnderTest>): void {
  const metaTest = (what: string, body: (meta: Meta) => Promise<void>): void => {
    test(`${driver} meta: ${what}`, async () => {
      const { meta, end } = await open();
      try {
        await body(meta);
      } finally {
        await meta.close();
        await end();
      }
    });
  };
  testBuckets(metaTest);
  testObjects(metaTest);
  testListings(metaTest);
  testChunks(metaTest);
  testGarbage(metaTest);
  testRaces(metaTest);
  testMarksAndNotes(metaTest);
}

type MetaTest = (what: string, body: (meta: Meta) => Promise<void>) => void;

function testBuckets(metaTest: MetaTest): void {
  metaTest("buckets are made, listed in order and removed when empty", async (meta) => {
    assert.deepEqual(await meta.listBuckets(), []);
    await meta.createBucket("beta", 2);
    await meta.createBucket("alpha", 1);
    await assert.rejects(meta.createBucket("beta", 3), { code: "BucketExists" });
    assert.deepEqual(await meta.getBucket("beta"), { name: "beta", createdMs: 2 });
    assert.equal(await meta.getBucket("gamma"), undefined);
    const names = (await meta.listBuckets()).map((bucket) => bucket.name);
    assert.deepEqual(names, ["alpha", "beta"]);
    await meta.putObject(rowOver("alpha", "k", [], "v"), NONE, 0);
    await assert.rejects(meta.deleteBucket("alpha"), { code: "BucketNotEmpty" });
    await meta.deleteObject("alpha", "k", NONE, 0);
    await meta.deleteBucket("alpha");
    await assert.rejects(meta.deleteBucket("alpha"), { code: "NoSuchBucket" });
  });

  metaTest("nothing is found or changed in a bucket that is not there", async (meta) => {
    const query = { bucket: "none", prefix: "", delimiter: "", after: "", limit: 10 };
    const missing = { code: "NoSuchBucket" };
    await assert.rejects(meta.putObject(rowOver("none", "k", [], "v"), NONE, 0), missing);
    await assert.rejects(meta.deleteObject("none", "k", NONE, 0), missing);
    await assert.rejects(meta.getObject("none", "k"), missing);
    await assert.rejects(meta.listObjects(query), missing);
  });
}

function testObjects(metaTest: MetaTest): void {
  metaTest("an object comes back with everything", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "one", 10);
    const row = rowOver("bucket", "../ключ/\u{1f600}", ["one", "one"], "v1");
    assert.equal(await meta.putObject(row, NONE, 0), undefined);
    assert.deepEqual(await meta.getObject("bucket", row.key), row);
    assert.equal((await meta.getChunks([hashOf("one")]))[0]?.references, 2);
    await assert.rejects(meta.getObject("bucket", "other"), { code: "NoSuchKey" });
  });

  metaTest("a put replaces the version before it and moves references", async (meta) => {
    await meta.createBucket("bucket", 0);
    for (const text of ["one", "two", "three"]) await storeChunk(meta, text, 10);
    const first = rowOver("bucket", "k", ["one", "two"], "v1");
    await meta.putObject(first, NONE, 20);
    const second = rowOver("bucket", "k", ["two", "three"], "v2");
    assert.deepEqual(await meta.putObject(second, NONE, 30), first);
    const rows = await meta.getChunks(["one", "two", "three"].map(hashOf));
    const seen = rows.map((row) => [row?.references, row?.keepUntilMs]);
    assert.deepEqual(seen, [
      [0, 30],
      [1, 10],
      [1, 10],
    ]);
    assert.deepEqual(await meta.deleteObject("bucket", "k", NONE, 40), second);
    assert.equal(await meta.deleteObject("bucket", "k", NONE, 40), undefined);
    assert.equal((await meta.totals()).objects, 0);
  });

  metaTest("a put over a chunk without a row changes nothing", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "one", 10);
    const row = rowOver("bucket", "k", ["one", "gone"], "v1");
    await assert.rejects(meta.putObject(row, NONE, 0), { code: "ChunkGone" });
    assert.equal((await meta.getChunks([hashOf("one")]))[0]?.references, 0);
    await assert.rejects(meta.getObject("bucket", "k"), { code: "NoSuchKey" });
  });

  metaTest("conditions decide before anything changes", async (meta) => {
    await meta.createBucket("bucket", 0);
    const failed = { code: "PreconditionFailed" };
    const put = (version: string, condition: Condition): Promise<unknown> =>
      meta.putObject(rowOver("bucket", "k", [], version), condition, 0);
    await assert.rejects(put("v0", { ifMatch: ["etag-"] }), { code: "NoSuchKey" });
    await put("v1", { ifNoneMatch: ["*"] });
    await assert.rejects(put("v2", { ifNoneMatch: ["*"] }), failed);
    await assert.rejects(put("v2", { ifNoneMatch: ["x", "etag-"] }), failed);
    await assert.rejects(put("v2", { ifMatch: ["x"] }), failed);
    await assert.rejects(put("v2", { ifMatch: ["*"], ifNoneMatch: ["etag-"] }), failed);
    await put("v3", { ifMatch: ["x", "etag-"] });
    await put("v4", { ifMatch: ["*"], ifNoneMatch: ["x"] });
    assert.equal((await meta.getObject("bucket", "k")).version, "v4");
    await assert.rejects(meta.deleteObject("bucket", "k", { ifMatch: ["x"] }, 0), failed);
    await assert.rejects(meta.deleteObject("bucket", "none", { ifMatch: ["*"] }, 0), {
      code: "NoSuchKey",
    });
    assert.equal((await meta.deleteObject("bucket", "k", { ifMatch: ["*"] }, 0))?.version, "v4");
  });

  metaTest("objects with plain chunks wait, oldest first, until they are done", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "plain", 10, "plain");
    await storeChunk(meta, "coded", 10);
    for (const key of ["c", "a", "b"]) {
      await meta.putObject(rowOver("bucket", key, ["coded", "plain"], `v-${key}`), NONE, 0);
    }
    await meta.putObject(rowOver("bucket", "d", ["coded"], "v-d"), NONE, 0);
    const waiting = async (): Promise<string[]> =>
      (await meta.listAwaiting(10)).map((row) => row.version);
    assert.deepEqual(await waiting(), ["v-c", "v-a", "v-b"]);
    assert.deepEqual((await meta.listAwaiting(1))[0]?.key, "c");
    await meta.finishAwaiting("v-c");
    await meta.finishAwaiting("v-c");
    await meta.deleteObject("bucket", "a", NONE, 0);
    await meta.putObject(rowOver("bucket", "b", ["plain"], "v-b2"), NONE, 0);
    assert.deepEqual(await waiting(), ["v-b2"]);
    assert.equal((await meta.totals()).awaiting, 1);
  });

  metaTest("a manifest is replaced only for the version it was made for", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "old", 10, "plain");
    await storeChunk(meta, "new", 10);
    await meta.putObject(rowOver("bucket", "k", ["old"], "v1"), NONE, 0);
    const { manifest } = rowOver("bucket", "k", ["new"], "v1");
    const at = { bucket: "bucket", key: "k" };
    assert.equal(await meta.replaceManifest(at, "v0", manifest, 50), false);
    assert.equal(await meta.replaceManifest({ ...at, key: "x" }, "v1", manifest, 50), false);
    const lost = rowOver("bucket", "k", ["lost"], "v1").manifest;
    await assert.rejects(meta.replaceManifest(at, "v1", lost, 50), { code: "ChunkGone" });
    assert.equal(await meta.replaceManifest(at, "v1", manifest, 50), true);
    const rows = await meta.getChunks([hashOf("old"), hashOf("new")]);
    assert.deepEqual(
      rows.map((row) => row?.references),
      [0, 1],
    );
    assert.deepEqual((await meta.getObject("bucket", "k")).manifest, manifest);
    assert.deepEqual(await meta.listAwaiting(5), []);
  });
}

function testMarksAndNotes(metaTest: MetaTest): void {
  metaTest("chunks are marked where they still are what was tried", async (meta) => {
    for (const text of ["one", "two"]) await storeChunk(meta, text, 10);
    const marks = [
      { sha256: hashOf("one"), blob: hashOf("one") },
      { sha256: hashOf("two"), blob: hashOf("other") },
      { sha256: hashOf("none"), blob: hashOf("none") },
    ];
    const large = 2 ** 48 - 1;
    await meta.markTried(marks, large);
    const rows = await meta.getChunks([hashOf("one"), hashOf("two")]);
    assert.deepEqual(
      rows.map((row) => row?.tried),
      [large, 7],
    );
    const reservation = (await meta.reserveBlob(hashOf("new"), 10, 10)) as number;
    const place = { ...placeAt("new"), tried: 9 };
    await meta.swapChunk(hashOf("one"), hashOf("one"), place, reservation, 10);
    assert.equal((await meta.getChunks([hashOf("one")]))[0]?.tried, 9);
  });

  metaTest("a note is kept until the next one of its name", async (meta) => {
    assert.equal(await meta.getNote("a"), undefined);
    await meta.putNote("a", "first");
    await meta.putNote("b", "");
    await meta.putNote("a", "zw\u00f6lf \u{1f600}");
    assert.deepEqual(
      [await meta.getNote("a"), await meta.getNote("b"), await meta.getNote("c")],
      ["zw\u00f6lf \u{1f600}", "", undefined],
    );
  });
}

function testListings(metaTest: MetaTest): void {
  metaTest("pages, prefixes and delimiters agree with a plain model", async (meta) => {
    const random = seeded(11);
    await meta.createBucket("bucket", 0);
    await meta.createBucket("other", 0);
    await meta.putObject(rowOver("other", "a/x", [], "vx"), NONE, 0);
    const parts = ["a", "b", "/", "//", "-", "\uffff", "\u{10000}", "\u{10ffff}", "z"];
    const keys = new Set<string>();
    while (keys.size < 120) {
      const length = 1 + random.upTo(5);
      keys.add(Array.from({ length }, () => random.pick(parts)).join(""));
    }
    for (const key of keys) await meta.putObject(rowOver("bucket", key, [], `v${key}`), NONE, 0);
    for (let round = 0; round < 200; round++) {
      const prefix = random.oneIn(2) ? "" : random.pick([...keys]).slice(0, 1 + random.upTo(2));
      const query: ListQuery = {
        bucket: "bucket",
        prefix: prefix.isWellFormed() ? prefix : "",
        delimiter: random.pick(["", "/", "//", "\u{10ffff}", "a"]),
        after: random.oneIn(2) ? "" : random.pick([...keys, "a/", "b", "\u{10ffff}"]),
        limit: random.pick([0, 1, 2, 7, 1000]),
      };
      const page = await meta.listObjects(query);
      const seen = {
        objects: page.objects.map((entry) => entry.key),
        prefixes: page.prefixes,
        next: page.next,
      };
      assert.deepEqual(seen, modelPage([...keys], query), JSON.stringify(query));
    }
  });

  metaTest("walking the pages gives everything once", async (meta) => {
    await meta.createBucket("bucket", 0);
    for (const key of ["a/1", "a/2", "b", "c/1", "c/2/3", "d"]) {
      await meta.putObject(rowOver("bucket", key, [], `v${key}`), NONE, 0);
    }
    const seen: string[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const query: ListQuery = { bucket: "bucket", prefix: "", delimiter: "/", after, limit: 1 };
      const page = await meta.listObjects(query);
      seen.push(...page.objects.map((entry) => entry.key), ...page.prefixes);
      after = page.next;
    }
    assert.deepEqual(seen, ["a/", "b", "c/", "d"]);
  });

  metaTest("a scan goes through every object of every bucket in order", async (meta) => {
    const names = ["bucket", "alpha"].flatMap((bucket) =>
      ["\u{10000}", "k", "\uffff"].map((key) => ({ bucket, key })),
    );
    for (const bucket of ["bucket", "alpha"]) await meta.createBucket(bucket, 0);
    for (const { bucket, key } of names) {
      await meta.putObject(rowOver(bucket, key, [], `v-${bucket}-${key}`), NONE, 0);
    }
    const seen: string[] = [];
    for (let after: { bucket: string; key: string } | undefined; ; ) {
      const page = await meta.scanObjects(after, 2);
      seen.push(...page.map(({ version }) => version));
      after = page.at(-1);
      if (after === undefined) break;
    }
    const order = ["alpha", "bucket"].flatMap((bucket) =>
      ["k", "\uffff", "\u{10000}"].map((key) => `v-${bucket}-${key}`),
    );
    assert.deepEqual(seen, order);
  });
}

/** The page that the contract describes, found by looking at every key. */
function modelPage(keys: string[], query: ListQuery): unknown {
  const { prefix, delimiter, after, limit } = query;
  const names = new Map<string, boolean>();
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const common = foldKey(key, prefix, delimiter);
    const name = common ?? key;
    if (after === "" || compareUtf8(name, after) > 0) names.set(name, common !== undefined);
  }
  const order = (first: [string, boolean], other: [string, boolean]): number =>
    Buffer.compare(Buffer.from(first[0]), Buffer.from(other[0]));
  const all = [...names].sort(order);
  const page = all.slice(0, limit);
  return {
    objects: page.filter(([, folded]) => !folded).map(([name]) => name),
    prefixes: page.filter(([, folded]) => folded).map(([name]) => name),
    next: limit > 0 && all.length > limit ? page.at(-1)?.[0] : undefined,
  };
}

function testChunks(metaTest: MetaTest): void {
  metaTest("a chunk's first row wins and is kept", async (meta) => {
    await storeChunk(meta, "one", 10);
    const reservation = await meta.reserveBlob(hashOf("other"), 10, 10);
    assert.ok(reservation !== "deleting");
    const place = placeAt("other");
    const row = await meta.putChunk(hashOf("one"), 100, place, reservation, 70);
    assert.deepEqual(row, {
      sha256: hashOf("one"),
      bytes: 100,
      references: 0,
      keepUntilMs: 70,
      ...placeAt("one"),
    });
    assert.deepEqual(await meta.getChunks([hashOf("none"), hashOf("one")]), [undefined, row]);
    const blob = (await meta.scanBlobs("", 9)).find(({ name }) => name === hashOf("one"));
    assert.equal(blob?.keepUntilMs, 70);
  });

  metaTest("a claim moves the time of a chunk and its blob on, never back", async (meta) => {
    await storeChunk(meta, "one", 50);
    for (const [until, kept] of [
      [40, 50],
      [60, 60],
      [55, 60],
    ] as const) {
      const [row] = await meta.claimChunks([hashOf("one"), hashOf("none")], until);
      assert.equal(row?.keepUntilMs, kept);
      assert.equal((await meta.scanBlobs("", 1))[0]?.keepUntilMs, kept);
    }
  });

  metaTest("a chunk is swapped only from the blob it points to", async (meta) => {
    await storeChunk(meta, "one", 10, "plain");
    const reservation = await meta.reserveBlob(hashOf("better"), 10, 10);
    assert.ok(reservation !== "deleting");
    const swap = (chunk: string, from: string): Promise<boolean> =>
      meta.swapChunk(hashOf(chunk), hashOf(from), placeAt("better"), reservation, 80);
    assert.equal(await swap("one", "wrong"), false);
    assert.equal(await swap("none", "one"), false);
    assert.equal(await swap("one", "one"), true);
    assert.equal(await swap("one", "one"), false);
    const [row] = await meta.getChunks([hashOf("one")]);
    assert.deepEqual([row?.blob, row?.state], [hashOf("better"), "coded"]);
    const blobs = await meta.scanBlobs("", 9);
    assert.deepEqual(new Set(blobs.map((blob) => blob.keepUntilMs)), new Set([80]));
    assert.deepEqual(
      (await meta.totals()).codecs.map((entry) => [entry.codec, entry.chunks]),
      [[2, 1]],
    );
  });

  metaTest("a swap to the same blob changes the state only", async (meta) => {
    await storeChunk(meta, "one", 10, "plain");
    const reservation = await meta.reserveBlob(hashOf("one"), 10, 10);
    assert.ok(reservation !== "deleting");
    const place = { ...placeAt("one", "plain"), state: "coded" } as const;
    assert.equal(await meta.swapChunk(hashOf("one"), hashOf("one"), place, reservation, 20), true);
    assert.equal((await meta.getChunks([hashOf("one")]))[0]?.state, "coded");
    assert.deepEqual(await meta.takeGarbage(1000, 9), []);
  });

  metaTest("sums follow every change", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "one", 10);
    await storeChunk(meta, "two", 10, "plain");
    await meta.putObject(rowOver("bucket", "k", ["one", "two", "two"], "v1"), NONE, 0);
    assert.deepEqual(await meta.totals(), {
      buckets: 1,
      objects: 1,
      objectBytes: 300,
      chunks: 2,
      chunkBytes: 200,
      blobs: 2,
      blobBytes: 20,
      awaiting: 1,
      codecs: [
        { codec: 1, codecVersion: 1, chunks: 1, plainBytes: 100, storedBytes: 10 },
        { codec: 2, codecVersion: 1, chunks: 1, plainBytes: 100, storedBytes: 10 },
      ],
    });
  });

  metaTest("chunks and blobs are scanned in order of their names", async (meta) => {
    const texts = Array.from({ length: 20 }, (_, i) => `chunk ${i}`);
    for (const text of texts) await storeChunk(meta, text, 10);
    const expected = texts.map(hashOf).sort();
    const chunks: string[] = [];
    const blobs: string[] = [];
    for (let after = ""; ; after = chunks.at(-1) ?? "") {
      const page = await meta.scanChunks(after, 7);
      chunks.push(...page.map((row) => row.sha256));
      blobs.push(...(await meta.scanBlobs(after, 7)).map((row) => row.name));
      if (page.length === 0) break;
    }
    assert.deepEqual([chunks, blobs], [expected, expected]);
  });
}

function testGarbage(metaTest: MetaTest): void {
  metaTest("garbage is what nothing names and whose time has passed", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "used", 10);
    await storeChunk(meta, "unused", 10);
    await storeChunk(meta, "later", 90);
    await meta.putObject(rowOver("bucket", "k", ["used"], "v1"), NONE, 0);
    assert.deepEqual(await meta.collectChunks(9, 100), []);
    const gone = await meta.collectChunks(50, 100);
    assert.deepEqual(
      gone.map((row) => row.sha256),
      [hashOf("unused")],
    );
    assert.deepEqual(await meta.collectChunks(50, 100), []);
    const taken = await meta.takeGarbage(50, 100);
    assert.deepEqual(taken, [
      { name: hashOf("unused"), bytes: 10, state: "deleting", keepUntilMs: 10 },
    ]);
    assert.deepEqual(await meta.takeGarbage(50, 100), taken);
    await meta.finishGarbage([hashOf("unused"), hashOf("used")]);
    assert.deepEqual(await meta.takeGarbage(50, 100), []);
    assert.equal((await meta.totals()).blobs, 2);
  });

  metaTest("limits of garbage are kept, oldest first", async (meta) => {
    for (const [i, text] of ["c", "b", "a"].entries()) await storeChunk(meta, text, 10 + i);
    const chunks = await meta.collectChunks(100, 2);
    assert.deepEqual(
      chunks.map((row) => row.sha256),
      [hashOf("c"), hashOf("b")],
    );
    const blobs = await meta.takeGarbage(100, 1);
    assert.deepEqual(
      blobs.map((row) => row.name),
      [hashOf("c")],
    );
    assert.equal((await meta.takeGarbage(100, 9)).length, 2);
  });

  metaTest("a blob that is being deleted is refused until that is finished", async (meta) => {
    const blob = hashOf("blob");
    const before = await meta.reserveBlob(blob, 10, 10);
    assert.equal(await meta.reserveBlob(blob, 10, 20), before);
    assert.deepEqual(await meta.takeGarbage(15, 9), []);
    assert.equal((await meta.takeGarbage(20, 9)).length, 1);
    assert.equal(await meta.reserveBlob(blob, 10, 99), "deleting");
    assert.ok(before !== "deleting");
    await assert.rejects(meta.putChunk(hashOf("c"), 100, placeAt("blob"), before, 99), {
      code: "ChunkGone",
    });
    await meta.finishGarbage([blob]);
    const after = await meta.reserveBlob(blob, 10, 99);
    assert.ok(after !== "deleting" && after !== before);
  });

  metaTest("a reservation from before a deletion points no chunk anywhere", async (meta) => {
    await storeChunk(meta, "one", 500);
    const stale = await meta.reserveBlob(hashOf("blob"), 10, 10);
    assert.ok(stale !== "deleting");
    await meta.takeGarbage(20, 9);
    await meta.finishGarbage([hashOf("blob")]);
    const gone = { code: "ChunkGone" };
    const put = (reservation: number): Promise<unknown> =>
      meta.putChunk(hashOf("c"), 100, placeAt("blob"), reservation, 99);
    const swap = (reservation: number): Promise<unknown> =>
      meta.swapChunk(hashOf("one"), hashOf("one"), placeAt("blob"), reservation, 99);
    await assert.rejects(put(stale), gone);
    const fresh = await meta.reserveBlob(hashOf("blob"), 10, 99);
    assert.ok(fresh !== "deleting");
    await assert.rejects(put(stale), gone);
    await assert.rejects(swap(stale), gone);
    assert.deepEqual(await meta.getChunks([hashOf("c")]), [undefined]);
    await put(fresh);
    assert.equal(await swap(fresh), true);
  });
}

function testRaces(metaTest: MetaTest): void {
  metaTest("of many puts that want to be the first, one is", async (meta) => {
    await meta.createBucket("bucket", 0);
    const puts = Array.from({ length: 50 }, (_, i) =>
      meta.putObject(rowOver("bucket", "k", [], `v${i}`), { ifNoneMatch: ["*"] }, 0),
    );
    const outcomes = await Promise.allSettled(puts);
    assert.equal(outcomes.filter((outcome) => outcome.status === "fulfilled").length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") assert.equal(outcome.reason.code, "PreconditionFailed");
    }
  });

  metaTest("operations that fail beside others take back only their own", async (meta) => {
    await meta.createBucket("bucket", 0);
    await storeChunk(meta, "one", 10);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 60 }, (_, i) => {
        const chunks = i % 3 === 0 ? ["one", "gone"] : ["one"];
        return meta.putObject(rowOver("bucket", `k${i}`, chunks, `v${i}`), NONE, 0);
      }),
    );
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(failed.length, 20);
    assert.equal((await meta.getChunks([hashOf("one")]))[0]?.references, 40);
    assert.equal((await meta.totals()).objects, 40);
  });

  metaTest("what was asked before closing is done", async (meta) => {
    const made = meta.createBucket("bucket", 0);
    const closed = meta.close();
    await made;
    await closed;
  });
}
