/**
 * The store over the real coder and chunks that lie behind a filter: whole, in ranges, coded later, damaged,
 * and opened by a build that knows nothing of filters.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { filterableBytes } from "../../test/filterable.ts";
import { type Coder, createCoder } from "../container/index.ts";
import { equalBytes, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import { openStore } from "./store.ts";
import { bytesOf, getBytes, streamOf, type TestStore, testStore } from "./suite.ts";

const FRAME_VERSION_AT = 4;
const FRAME_FILTER_AT = 60;

async function withStore(body: (bench: TestStore, coder: Coder) => Promise<void>): Promise<void> {
  const coder = await createCoder({ threads: 2 });
  const bench = await testStore({ coder, effort: "fast" });
  try {
    await bench.store.createBucket("bucket");
    await body(bench, coder);
  } finally {
    await bench.store.close();
    await coder.close();
  }
}

/** What a build did that took the whole number for the codec's version. */
function ofOldBuild(coder: Coder): Coder {
  return {
    ...coder,
    async requireReadable(stored) {
      const missing = [...stored].filter(({ codecVersion }) => codecVersion !== 1);
      if (missing.length > 0) throw new PithError("VersionGate", { missing: missing.length });
    },
  };
}

test("chunks behind a filter come back whole and in ranges, and the sums name it", async () => {
  await withStore(async ({ store, meta, blobs, alarms }, coder) => {
    const object = filterableBytes(CHUNK_BYTES + 70_000);
    await store.putObject("bucket", "k", streamOf(object, 60_000));
    const rows = await meta.scanChunks("", 9);
    assert.equal(rows.length, 2);
    for (const row of rows) {
      assert.equal((await blobs.get(row.blob))[FRAME_VERSION_AT], 2);
      assert.ok(row.codecVersion > 256);
    }
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    for (const [first, last] of [
      [0, 0],
      [CHUNK_BYTES - 5, CHUNK_BYTES + 5],
      [CHUNK_BYTES + 69_999, CHUNK_BYTES + 69_999],
    ] as const) {
      const { body } = await store.getObject("bucket", "k", { range: { first, last } });
      assert.ok(equalBytes(await bytesOf(body), object.subarray(first, last + 1)));
    }
    const { codecs } = await store.totals();
    assert.deepEqual(codecs.map(coder.nameStored), [
      { codec: "zlib", version: 1, filter: "transpose" },
    ]);
    assert.deepEqual((await store.check({ deep: true })).problems, []);
    assert.deepEqual(alarms, []);
  });
});

test("what was put as it came is filtered when it is coded later", async () => {
  await withStore(async ({ store, meta, blobs }) => {
    const object = filterableBytes(100_000);
    await store.putObject("bucket", "k", streamOf(object, 60_000), { mode: "async" });
    const [plain] = await meta.scanChunks("", 9);
    assert.equal(plain?.codecVersion, 1);
    assert.ok(await store.recodeNext());
    const [coded] = await meta.scanChunks("", 9);
    assert.ok(coded !== undefined && coded.codecVersion > 256);
    assert.equal((await blobs.get(coded.blob))[FRAME_VERSION_AT], 2);
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    assert.equal((await store.totals()).codecs.length, 1, "the sums moved with the chunk");
  });
});

test("a changed filter gives no byte, whatever the frame's checksum says", async () => {
  await withStore(async ({ store, meta, blobs }) => {
    const object = filterableBytes(100_000);
    await store.putObject("bucket", "k", streamOf(object, 60_000));
    const [row] = await meta.scanChunks("", 9);
    assert.ok(row !== undefined);
    const frame = await blobs.get(row.blob);
    frame[FRAME_FILTER_AT + 1]! ^= 1;
    const covered = FRAME_FILTER_AT + viewOf(frame).getUint32(20, true);
    viewOf(frame).setUint32(covered, crc32(frame.subarray(0, covered)), true);
    await blobs.put(row.blob, frame, true);
    await assert.rejects(getBytes(store, "bucket", "k"), { code: "FrameCorrupt" });
    await store.putObject("bucket", "k", streamOf(object, 60_000));
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object), "the next put repairs it");
  });
});

test("a build without filters opens a store until the first of them, and no more after", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-filtered-"));
  const coder = await createCoder({ threads: 2 });
  const old = ofOldBuild(coder);
  try {
    const store = await openStore({ folder, coder, effort: "flat" });
    await store.createBucket("bucket");
    await store.putObject("bucket", "plain", streamOf(filterableBytes(50_000), 60_000));
    await store.close();
    await (await openStore({ folder, coder: old })).close();

    const again = await openStore({ folder, coder, effort: "fast" });
    const object = filterableBytes(50_000, 2);
    await again.putObject("bucket", "filtered", streamOf(object, 60_000));
    await again.close();
    await assert.rejects(openStore({ folder, coder: old }), { code: "VersionGate" });

    const third = await openStore({ folder, coder });
    assert.ok(equalBytes(await getBytes(third, "bucket", "filtered"), object));
    await third.close();
  } finally {
    await coder.close();
    await rm(folder, { recursive: true });
  }
});
