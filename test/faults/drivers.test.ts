/**
 * Failing drivers: whatever they lose, delay, tear or garble, no acknowledged object is ever lost,
 * and no reader ever gets a wrong byte.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PithError } from "../../src/core/errors.ts";
import { memoryBlobs } from "../../src/store/blobs/memory.ts";
import { memoryMeta } from "../../src/store/meta/memory.ts";
import {
  bytesOf,
  getBytes,
  numbered,
  streamOf,
  TEST_GRACE_MS,
  type TestStore,
  testStore,
} from "../../src/store/suite.ts";
import { forSeeds, type Random } from "../random.ts";
import { type FaultSwitch, faultyBlobs, faultyMeta } from "./faulty-drivers.ts";

const SEEDS = process.env["PITH_FULL"] === "1" ? 1500 : 120;
const ROUNDS = 25;
const WORKERS = 4;

/** What an object may be: after a failed put or deletion nobody knows which it is. */
type Possible = (Uint8Array | undefined)[];

/** Puts, deletes and reads two keys of its own; what each may hold in the end. */
async function work(
  { store }: TestStore,
  random: Random,
  worker: number,
): Promise<Map<string, Possible>> {
  const objects = new Map<string, Possible>();
  for (let round = 0; round < ROUNDS; round++) {
    const key = `${worker}/${random.upTo(2)}`;
    const possible = objects.get(key) ?? [undefined];
    const kind = random.upTo(6);
    const bytes = numbered(random.upTo(4), 1500 + 300 * random.upTo(3));
    try {
      if (kind < 3) {
        objects.set(key, [...possible, bytes]);
        const mode = random.oneIn(3) ? "async" : "verified";
        const codec = random.oneIn(3) ? "stored" : undefined;
        await store.putObject("bucket", key, streamOf(bytes), { mode, codec });
        objects.set(key, [bytes]);
      } else if (kind === 3) {
        objects.set(key, [...possible, undefined]);
        await store.deleteObject("bucket", key);
        objects.set(key, [undefined]);
      } else {
        const { row, body } = await store.getObject("bucket", key);
        const got = await bytesOf(body);
        assert.ok(isOneOf(got, possible), "a reader got other bytes");
        assert.equal(got.length, row.bytes);
      }
    } catch (error) {
      if (!(error instanceof PithError)) throw error;
      assert.ok(["io", "corrupt", "input"].includes(error.kind), error.message);
      if (error.kind === "input") assert.equal(error.code, "NoSuchKey");
      if (error.code === "NoSuchKey") assert.ok(possible.includes(undefined));
    }
  }
  return objects;
}

function isOneOf(bytes: Uint8Array | undefined, possible: Possible): boolean {
  return possible.some((one) =>
    one === undefined || bytes === undefined ? one === bytes : Buffer.compare(one, bytes) === 0,
  );
}

async function chores({ store, clock }: TestStore, random: Random): Promise<void> {
  clock.turn(random.pick([1, TEST_GRACE_MS / 3, TEST_GRACE_MS / 2]));
  try {
    const kind = random.upTo(4);
    if (kind < 2) await store.collect();
    else if (kind === 2) await store.recodeNext();
    else await recode(store, random);
  } catch (error) {
    if (!(error instanceof PithError) || error.kind !== "io") throw error;
  }
}

/** Codes what is stored anew, now and then only to be stopped. */
async function recode(store: TestStore["store"], random: Random): Promise<void> {
  const stopsAt = random.upTo(6);
  const onProgress = ({ objects }: { readonly objects: number }): void => {
    if (objects >= stopsAt) void store.stopRecoding().catch(() => undefined);
  };
  const effort = random.pick(["fast", "dense"] as const);
  await store.recode(random.oneIn(2) ? { effort } : { effort, onProgress });
}

test("no acknowledged object is lost, and no wrong byte read, over failing drivers", async () => {
  await forSeeds(SEEDS, async (random) => {
    const faults: FaultSwitch = { on: false, odds: 12 + random.upTo(60) };
    const under = await testStore({
      meta: faultyMeta(memoryMeta(), random, faults),
      blobs: faultyBlobs(memoryBlobs(), random, faults),
    });
    await under.store.createBucket("bucket");
    faults.on = true;
    let working = true;
    const keeping = (async () => {
      while (working) {
        await chores(under, random);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    })();
    const workers = Array.from({ length: WORKERS }, (_, worker) => work(under, random, worker));
    const outcome = await Promise.all(workers).finally(async () => {
      working = false;
      await keeping;
    });

    faults.on = false;
    for (const objects of outcome) {
      for (const [key, possible] of objects) {
        assert.ok(isOneOf(await read(under, key), possible), `${key} is something else`);
      }
    }
    const report = await under.store.check({ deep: true });
    assert.deepEqual([report.problems, report.orphans], [[], []]);
    while (await under.store.recodeNext());
    assert.deepEqual((await under.store.recode({ codec: "deflate" })).counts.failed, {});
    await under.store.collect({ graceMs: 0 });
    const { codecs } = await under.store.totals();
    assert.ok(codecs.every(({ codec, chunks }) => codec === 2 || chunks === 0));
    const after = await under.store.check({ deep: true });
    assert.deepEqual([after.problems, after.collectable.blobs], [[], 0]);
    await under.store.close();
  });
});

async function read({ store }: TestStore, key: string): Promise<Uint8Array | undefined> {
  try {
    return await getBytes(store, "bucket", key);
  } catch (error) {
    if (error instanceof PithError && error.code === "NoSuchKey") return undefined;
    throw error;
  }
}
