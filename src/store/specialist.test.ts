/**
 * The store over the real coder and codecs that know their content: state that goes from chunk to
 * chunk, chunks that are there already, refusals, chunks of up to 16 MiB, parts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { partsObject } from "../../test/codecs/parts.ts";
import { readState, SCAN_CHUNK_BYTES, scanObject } from "../../test/codecs/scan.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { type Coder, type CoderEvent, createCoder } from "../container/index.ts";
import { equalBytes } from "../core/bytes.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import type { Store } from "./store.ts";
import { bytesOf, getBytes, streamOf, type TestStore, testStore } from "./suite.ts";

const MODULES = ["scan", "parts"].map(
  (name) => new URL(`../../test/codecs/${name}.ts`, import.meta.url),
);
const FRAME_PARAMETERS_AT = 60;

interface Bench extends Omit<TestStore, "coder"> {
  readonly coder: Coder;
  readonly told: string[];
}

async function withStore(body: (bench: Bench) => Promise<void>): Promise<void> {
  const told: string[] = [];
  const onEvent = (event: CoderEvent): void => {
    const code = event.outcome === "coded" ? "Success" : event.code;
    told.push(`${event.codec} ${event.outcome} ${code}`);
  };
  const coder = await createCoder({ threads: 2, codecModules: MODULES, onEvent });
  const bench = { ...(await testStore({ coder, effort: "flat" })), coder };
  try {
    await bench.store.createBucket("bucket");
    await body({ ...bench, told });
    assert.deepEqual(bench.alarms, []);
    const report = await bench.store.check({ deep: true });
    assert.deepEqual(report.problems, []);
  } finally {
    await bench.store.close();
    await coder.close();
  }
}

async function put(store: Store, key: string, object: Uint8Array): Promise<void> {
  await store.putObject("bucket", key, streamOf(object, 50_000));
}

/** Ranges that begin, end or lie around the borders of chunks, and some anywhere. */
async function assertRanges(store: Store, key: string, object: Uint8Array, chunkBytes: number) {
  const ranges: [first: number, last: number][] = [[0, 0]];
  for (let border = chunkBytes; border < object.length; border += chunkBytes) {
    ranges.push([border - 1, border], [border, border], [border - 1, border - 1]);
  }
  await forSeeds(3, async (random) => {
    const first = random.upTo(object.length);
    ranges.push([first, first + random.upTo(object.length - first)]);
  });
  for (const [first, last] of ranges.slice(0, 24)) {
    const range = { first, last };
    const { body } = await store.getObject("bucket", key, { range });
    const expected = object.subarray(first, last + 1);
    assert.ok(equalBytes(await bytesOf(body), expected), `${key}, ${first} to ${last}`);
  }
}

test("an object in mid-scan chunks comes back whole and in ranges", async () => {
  await withStore(async ({ store, told }) => {
    const object = scanObject("scan", 9 * SCAN_CHUNK_BYTES + 123, 5);
    await put(store, "k", object);
    assert.deepEqual(told, Array(10).fill("scan coded Success"));
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    await assertRanges(store, "k", object, SCAN_CHUNK_BYTES);
    const { codecs } = await store.totals();
    assert.deepEqual(
      codecs.map(({ codec, chunks }) => [codec, chunks]),
      [[60_001, 10]],
    );
  });
});

test("a session sees the chunks that are there already, and later ones build on them", async () => {
  await withStore(async ({ store, meta, blobs, told }) => {
    const object = scanObject("scan", 6 * SCAN_CHUNK_BYTES, 5);
    await put(store, "first", object);
    const other = object.slice();
    other[4 * SCAN_CHUNK_BYTES + 700]! ^= 0x55;
    told.length = 0;
    await put(store, "second", other);
    assert.deepEqual(told, ["scan coded Success"], "five of six chunks were there");
    assert.ok(equalBytes(await getBytes(store, "bucket", "second"), other));
    await assertRanges(store, "second", other, SCAN_CHUNK_BYTES);
    const offsets: number[] = [];
    for (const { blob } of await meta.scanChunks("", 99)) {
      const frame = await blobs.get(blob);
      const parameters = frame.subarray(FRAME_PARAMETERS_AT, FRAME_PARAMETERS_AT + 6);
      offsets.push(readState(parameters).offset / SCAN_CHUNK_BYTES);
    }
    assert.deepEqual(offsets.sort(), [0, 1, 2, 3, 4, 4, 5]);
  });
});

test("refused chunks lie beside coded ones in one object", async () => {
  await withStore(async ({ store, told }) => {
    const object = scanObject("moody-scan", 8 * SCAN_CHUNK_BYTES + 500, 2);
    await put(store, "k", object);
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    await assertRanges(store, "k", object, SCAN_CHUNK_BYTES);
    assert.equal(told.filter((one) => one === "moody-scan coded Success").length, 5);
    assert.equal(told.filter((one) => one.startsWith("moody-scan refused")).length, 4);
    assert.ok(!told.some((one) => one.includes(" failed ")));
  });
});

test("an object of up to 16 MiB is one chunk, and a range of it is right", async () => {
  await withStore(async ({ store, told }) => {
    const object = scanObject("big-scan", CHUNK_BYTES_MAXIMUM - 5);
    await put(store, "k", object);
    assert.deepEqual(told, ["big-scan coded Success"]);
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    await assertRanges(store, "k", object, CHUNK_BYTES);
  });
});

test("plain chunks are coded anew as their specialist cuts them", async () => {
  await withStore(async ({ store, told }) => {
    const objects = [
      scanObject("scan", 3 * SCAN_CHUNK_BYTES + 500, 7),
      scanObject("big-scan", CHUNK_BYTES + 5, 7),
      scanObject("choosy-scan", CHUNK_BYTES + 7, 7),
    ];
    for (const [i, object] of objects.entries()) {
      await store.putObject("bucket", `${i}`, streamOf(object, 60_000), { mode: "async" });
    }
    told.length = 0;
    while (await store.recodeNext());
    assert.equal(told.filter((one) => one === "scan coded Success").length, 4);
    assert.equal(told.filter((one) => one === "big-scan coded Success").length, 1);
    assert.equal(told.filter((one) => one.startsWith("choosy-scan refused")).length, 1);
    for (const [i, object] of objects.entries()) {
      assert.ok(equalBytes(await getBytes(store, "bucket", `${i}`), object));
      await assertRanges(store, `${i}`, object, CHUNK_BYTES);
    }
  });
});

test("objects are cut anew for specialists that come later", async () => {
  await withStore(async ({ store, meta, coder, told }) => {
    const object = scanObject("scan", 6 * SCAN_CHUNK_BYTES + 700, 5);
    const large = scanObject("big-scan", 2 * CHUNK_BYTES + 9, 5);
    // Chunks of 4 MiB and of 64 KiB, none of them by a specialist that knows scans.
    for (const name of ["scan", "big-scan"]) await coder.gate.disable(name);
    await put(store, "large", large);
    await store.putObject("bucket", "scan", streamOf(object, 50_000), { codec: "scan" });
    for (const name of ["scan", "big-scan"]) await coder.gate.enable(name);
    const before = await store.headObject("bucket", "scan");
    const other = object.slice();
    other[4 * SCAN_CHUNK_BYTES + 700]! ^= 0x55;
    await put(store, "other", other);
    told.length = 0;

    const status = await store.recode({ effort: "flat" });
    assert.deepEqual(status.counts.failed, {});
    const { codecs } = await store.totals();
    const names = codecs.filter(({ chunks }) => chunks > 0).map(({ codec }) => codec);
    assert.ok(names.includes(60_001) && names.includes(60_002), names.join());
    for (const [key, bytes] of [
      ["scan", object],
      ["large", large],
      ["other", other],
    ] as const) {
      assert.ok(equalBytes(await getBytes(store, "bucket", key), bytes), key);
    }
    await assertRanges(store, "scan", object, SCAN_CHUNK_BYTES);
    await assertRanges(store, "large", large, CHUNK_BYTES);
    assert.notDeepEqual((await store.headObject("bucket", "scan")).manifest, before.manifest);
    assert.ok(
      (await meta.scanChunks("", 99)).every(
        ({ references, codec }) => references === 0 || codec > 60_000,
      ),
    );
    told.length = 0;
    const again = await store.recode({ effort: "flat" });
    assert.deepEqual([again.counts.rewritten, again.counts.kept, told], [0, 0, []]);
  });
});

test("a recoding of some chunks shows the others to their codec", async () => {
  await withStore(async ({ store, meta, told }) => {
    const object = scanObject("moody-scan", 8 * SCAN_CHUNK_BYTES + 500, 2);
    await put(store, "k", object);
    const before = await store.headObject("bucket", "k");
    told.length = 0;
    const { counts } = await store.recode({ effort: "fast", from: "stored" });
    assert.deepEqual([counts.chunks, counts.rewritten + counts.kept, counts.skipped], [9, 4, 5]);
    assert.equal(told.filter((one) => one === "moody-scan coded Success").length, 2);
    const codecs = (await meta.scanChunks("", 99)).map(({ codec }) => codec);
    assert.equal(codecs.filter((codec) => codec === 60_004).length, 7);
    assert.deepEqual(await store.headObject("bucket", "k"), before);
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    await assertRanges(store, "k", object, SCAN_CHUNK_BYTES);
  });
});

test("chunks of several parts come back whole and in ranges", async () => {
  await withStore(async ({ store, told }) => {
    const object = new Uint8Array(2 * CHUNK_BYTES + 300_000);
    for (const [i, parts] of [7, 1, 16].entries()) {
      const chunk = seeded(i).content(CHUNK_BYTES);
      const place = object.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      place.set(partsObject(chunk, "well", parts).subarray(0, place.length));
    }
    await put(store, "k", object);
    assert.deepEqual(told, Array(3).fill("parts coded Success"));
    assert.ok(equalBytes(await getBytes(store, "bucket", "k"), object));
    await assertRanges(store, "k", object, CHUNK_BYTES);
  });
});
