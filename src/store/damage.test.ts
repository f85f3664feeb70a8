/**
 * Damage: a blob that is gone, cut short or changed is noticed before a wrong byte leaves; the object
 * is named, others are served, and the next put of the same bytes repairs it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import type { Blobs } from "./blobs/blobs.ts";
import { bytesOf, getBytes, streamOf, type TestStore, testStore } from "./suite.ts";

const DAMAGES: [string, string, (blobs: Blobs, name: string) => Promise<void>][] = [
  ["a missing blob", "BlobMissing", (blobs, name) => blobs.delete(name)],
  [
    "a blob cut short",
    "BlobCorrupt",
    async (blobs, name) => blobs.put(name, (await blobs.get(name)).subarray(0, 20), true),
  ],
  [
    "a flipped byte",
    "FrameCorrupt",
    async (blobs, name) => {
      const bytes = await blobs.get(name);
      bytes[90] = (bytes[90] as number) ^ 1;
      await blobs.put(name, bytes, true);
    },
  ],
];

/** Two objects, "good" and "hurt"; the blob of the third chunk of "hurt" is damaged. */
async function damaged(
  damage: (blobs: Blobs, name: string) => Promise<void>,
): Promise<TestStore & { hurt: Uint8Array; good: Uint8Array; blob: string }> {
  const under = await testStore();
  const { store, meta, blobs } = under;
  const hurt = seeded(1).bytes(5000);
  const good = seeded(2).bytes(5000);
  await store.createBucket("bucket");
  await store.putObject("bucket", "good", streamOf(good));
  const before = new Set((await meta.scanChunks("", 100)).map((row) => row.blob));
  await store.putObject("bucket", "hurt", streamOf(hurt.subarray(2000, 3000)));
  const row = (await meta.scanChunks("", 100)).find((chunk) => !before.has(chunk.blob));
  assert.ok(row !== undefined);
  await store.putObject("bucket", "hurt", streamOf(hurt));
  await damage(blobs, row.blob);
  return { ...under, hurt, good, blob: row.blob };
}

for (const [what, code, damage] of DAMAGES) {
  test(`${what} ends the body before a wrong byte, with the object's name`, async () => {
    const { store, alarms, hurt, good, blob } = await damaged(damage);
    const seen: Uint8Array[] = [];
    const { body } = await store.getObject("bucket", "hurt");
    const reading = async (): Promise<void> => {
      for await (const part of body) seen.push(part);
    };
    await assert.rejects(reading(), { code, kind: "corrupt" });
    assert.deepEqual(new Uint8Array(Buffer.concat(seen)), hurt.slice(0, 2000));
    assert.equal(alarms.length, 1);
    const facts = alarms[0]?.facts ?? {};
    assert.deepEqual([alarms[0]?.code, facts["bucket"], facts["key"]], [code, "bucket", "hurt"]);
    assert.deepEqual([facts["chunk"], facts["blob"]], [2, blob]);
    assert.deepEqual(await getBytes(store, "bucket", "good"), good);
    const range = { first: 3000 };
    const rest = await store.getObject("bucket", "hurt", { range });
    assert.deepEqual(await bytesOf(rest.body), hurt.slice(3000));
    await store.close();
  });

  test(`${what} is reported by the check and repaired by the next put`, async () => {
    const { store, hurt, blob } = await damaged(damage);
    const report = await store.check({ deep: true });
    const found = report.problems.map((problem) => [problem.object?.key, problem.blob]);
    assert.deepEqual(found, [["hurt", blob]]);
    await store.putObject("bucket", "again", streamOf(hurt.subarray(2000, 3000)));
    assert.deepEqual(await getBytes(store, "bucket", "hurt"), hurt);
    assert.deepEqual((await store.check({ deep: true })).problems, []);
    await store.close();
  });
}

test("without reading blobs the check finds those that are gone or cut short", async () => {
  for (const [, code, damage] of DAMAGES.slice(0, 2)) {
    const { store } = await damaged(damage);
    const report = await store.check();
    assert.deepEqual(
      report.problems.map((problem) => problem.code),
      [code],
    );
    assert.equal(report.blobsRead, 0);
    await store.close();
  }
});

test("a hit on a blob of the wrong length is no hit", async () => {
  const { store, coder, hurt } = await damaged(DAMAGES[1]?.[2] as never);
  const before = coder.coded;
  await store.putObject("bucket", "again", streamOf(hurt));
  assert.equal(coder.coded, before + 1);
  assert.deepEqual(await getBytes(store, "bucket", "hurt"), hurt);
  await store.close();
});

test("a manifest that breaks its format names its object", async () => {
  const { store, meta, alarms } = await damaged(async () => {});
  const row = await meta.getObject("bucket", "good");
  const getting = { ...meta, getObject: async () => ({ ...row, manifest: Uint8Array.of(1) }) };
  const under = await testStore({ meta: getting });
  await assert.rejects(under.store.getObject("bucket", "good"), { code: "ManifestCorrupt" });
  assert.equal(under.alarms[0]?.facts["key"], "good");
  assert.deepEqual(alarms, []);
  await store.close();
});

test("the check counts leftovers and lists files that nobody knows", async () => {
  const { store, blobs, meta } = await damaged(async () => {});
  const orphan = "ef".repeat(32);
  await blobs.put(orphan, new Uint8Array(33));
  await meta.reserveBlob("01".repeat(32), 44, 5);
  const report = await store.check({ deep: true });
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.collectable, { chunks: 0, blobs: 1, bytes: 44 });
  assert.deepEqual(report.orphans, [{ name: orphan, bytes: 33 }]);
  assert.equal(report.settled, true);
  await store.collect();
  assert.equal(await blobs.size(orphan), 33, "nothing removes it unasked");
  await store.removeOrphans(report.orphans);
  assert.equal(await blobs.size(orphan), undefined);
  const after = await store.check({ deep: true });
  assert.deepEqual([after.orphanCount, after.collectable.blobs, after.problemCount], [0, 0, 0]);
  await store.close();
});

test("the check notices counts that are wrong", async () => {
  const { store, meta, blobs } = await damaged(async () => {});
  const wrong = {
    ...meta,
    scanChunks: async (after: string, limit: number) =>
      (await meta.scanChunks(after, limit)).map((row) => ({ ...row, references: 7 })),
    totals: async () => ({ ...(await meta.totals()), blobBytes: 1 }),
  };
  const under = await testStore({ meta: wrong, blobs });
  const report = await under.store.check();
  assert.equal(report.problems.length, report.chunks + 1);
  assert.equal(report.problems[0]?.code, "CheckFailed");
  await store.close();
});

test("a check reports a blob that the disk does not give, and goes on", async () => {
  const { store, blobs, blob } = await damaged(async (blobs, name) => blobs.delete(name));
  const size = blobs.size.bind(blobs);
  blobs.size = (name) =>
    name === blob ? Promise.reject(new PithError("StoreIo", { why: "EIO" })) : size(name);
  const { problems, objects } = await store.check({ deep: true });
  const found = problems.map((problem) => [problem.code, problem.blob, problem.object?.key]);
  assert.deepEqual([objects, found], [2, [["StoreIo", blob, "hurt"]]]);
  await store.close();
});
