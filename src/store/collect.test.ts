/**
 * Collect beside puts: whatever the order in which puts, deletions and the collector meet, and however
 * the clock jumps, an object that was acknowledged and not deleted has all its bytes.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import type { Blobs } from "./blobs/blobs.ts";
import { memoryBlobs } from "./blobs/memory.ts";
import { Collector } from "./collect.ts";
import { memoryMeta } from "./meta/memory.ts";
import type { Meta } from "./meta/meta.ts";
import { openSqliteMeta } from "./meta/sqlite.ts";
import {
  getBytes,
  handClock,
  numbered,
  streamOf,
  TEST_GRACE_MS,
  type TestStore,
  testStore,
} from "./suite.ts";
import { Writing } from "./writing.ts";

const SEEDS = process.env["PITH_FULL"] === "1" ? 600 : 40;
/** Few keys and few contents: the same chunk becomes garbage and is wanted again all the time. */
const ROUNDS = 30;
const PUTTERS = 3;
const CONTENTS = 3;

/** Waits a few turns of the event loop, so that others get in between. */
async function pause(random: Random): Promise<void> {
  for (let i = random.upTo(4); i > 0; i--) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** The same methods, each beginning and ending a little late. */
function delayed<Driver extends object>(driver: Driver, random: Random): Driver {
  const late: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(driver)) {
    late[name] = async (...parameters: unknown[]) => {
      await pause(random);
      const result: unknown = await method(...parameters);
      await pause(random);
      return result;
    };
  }
  return late as Driver;
}

/** Puts and deletes objects of a few contents under keys of its own; what it ended with. */
async function putAndDelete(
  { store }: TestStore,
  random: Random,
  putter: number,
): Promise<Map<string, Uint8Array>> {
  const kept = new Map<string, Uint8Array>();
  for (let round = 0; round < ROUNDS; round++) {
    const key = `key ${putter}`;
    const bytes = numbered(random.upTo(CONTENTS), 900);
    try {
      if (random.oneIn(2)) {
        await store.deleteObject("bucket", key);
        kept.delete(key);
      } else {
        await store.putObject("bucket", key, streamOf(bytes), {
          mode: random.oneIn(3) ? "async" : "verified",
        });
        kept.set(key, bytes);
      }
    } catch (error) {
      // The clock jumped over a put's claims: it was told so, and the object before it stays.
      if (!(error instanceof PithError) || error.code !== "ChunkGone") throw error;
    }
  }
  return kept;
}

async function race(random: Random, meta: Meta): Promise<void> {
  const under = await testStore({
    meta: delayed(meta, random),
    blobs: delayed(memoryBlobs(), random),
  });
  const { store, clock } = under;
  await store.createBucket("bucket");
  let done = false;
  const collecting = (async () => {
    while (!done) {
      await pause(random);
      clock.turn(random.pick([1, TEST_GRACE_MS / 2, TEST_GRACE_MS + 1, TEST_GRACE_MS * 5]));
      await store.collect();
      if (random.oneIn(3)) await store.recodeNext();
    }
  })();
  const puts = Array.from({ length: PUTTERS }, (_, i) => putAndDelete(under, random, i));
  const kept = await Promise.all(puts);
  done = true;
  await collecting;

  for (const objects of kept) {
    for (const [key, bytes] of objects) {
      assert.deepEqual(await getBytes(store, "bucket", key), bytes, key);
    }
  }
  const report = await store.check({ deep: true });
  assert.deepEqual(report.problems, []);
  assert.deepEqual(report.orphans, []);
  assert.equal(report.settled, true);
  await store.close();
}

test("no acknowledged object is lost to a collector that runs beside puts", async () => {
  await forSeeds(SEEDS, (random) => race(random, memoryMeta()));
});

test("the same over SQLite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-collect-"));
  try {
    await forSeeds(SEEDS / 10, async (random, seed) => {
      await race(random, await openSqliteMeta(join(folder, `${seed}.db`), true));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a blob that cannot be removed stays known, refuses puts, and goes later", async () => {
  const inner = memoryBlobs();
  let broken = true;
  const blobs: Blobs = {
    ...inner,
    delete: async (name) => {
      if (broken) throw new PithError("StoreIo", { blob: name });
      await inner.delete(name);
    },
  };
  const { store, meta, clock } = await testStore({ blobs });
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(numbered(1, 500)));
  await store.deleteObject("bucket", "k");
  clock.turn(TEST_GRACE_MS + 1);
  await assert.rejects(store.collect(), { code: "StoreIo" });
  assert.equal((await meta.scanBlobs("", 9))[0]?.state, "deleting");
  await assert.rejects(store.putObject("bucket", "k", streamOf(numbered(1, 500))), {
    code: "StoreIo",
  });
  broken = false;
  await store.putObject("bucket", "k", streamOf(numbered(1, 500)));
  assert.deepEqual(await getBytes(store, "bucket", "k"), numbered(1, 500));
  await store.close();
});

test("deletions that a crash interrupted are finished when the store is opened", async () => {
  const { store, meta, blobs, clock } = await testStore();
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(numbered(1, 500)));
  await store.deleteObject("bucket", "k");
  clock.turn(TEST_GRACE_MS + 1);
  await meta.collectChunks(clock.nowMs(), 10);
  const [garbage] = await meta.takeGarbage(clock.nowMs(), 10);
  const again = await testStore({ meta, blobs });
  assert.equal(await blobs.size(garbage?.name ?? ""), undefined);
  assert.equal((await again.store.totals()).blobs, 0);
});

test("collections take turns", async () => {
  const meta = memoryMeta();
  const blobs = memoryBlobs();
  let running = 0;
  const watched: Blobs = {
    ...blobs,
    delete: async (name) => {
      running += 1;
      assert.equal(running, 1);
      await new Promise<void>((resolve) => setImmediate(resolve));
      running -= 1;
      await blobs.delete(name);
    },
  };
  const clock = handClock();
  const closing = new AbortController().signal;
  const writing = new Writing();
  const collector = new Collector({ meta, blobs: watched, clock, graceMs: 10, writing, closing });
  const name = sha256(Uint8Array.of(1));
  await meta.reserveBlob(name, 1, 0);
  const reports = await Promise.all([collector.collect(), collector.collect(), collector.settle()]);
  assert.deepEqual(
    reports.map((report) => report.blobs),
    [1, 0, 0],
  );
});

test("a collection ends when the store closes, and the next one takes up the rest", async () => {
  // What is kept when the store is closed.
  const blobs = { ...memoryBlobs(), close: async () => {} };
  const { store, meta, clock } = await testStore({ blobs });
  await store.createBucket("bucket");
  const garbage = 100;
  for (let i = 0; i < garbage; i++) {
    await store.putObject("bucket", "k", streamOf(numbered(i, 100)));
  }
  clock.turn(TEST_GRACE_MS + 1);
  const collecting = store.collect();
  const closed = store.close();
  const { blobs: removed } = await collecting;
  await closed;
  assert.ok(removed < garbage - 1, `removed ${removed}`);
  const again = await testStore({ meta, blobs, clock });
  assert.equal((await again.store.collect()).blobs, garbage - 1 - removed);
  assert.deepEqual((await again.store.check({ deep: true })).problems, []);
  await again.store.close();
});

test("a write that outlasts its claim leaves no file that the metadata does not know", async () => {
  const blobs = memoryBlobs();
  const stalled = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const slow: Blobs = {
    ...blobs,
    put: async (name, bytes, replace) => {
      begun.resolve();
      await stalled.promise;
      await blobs.put(name, bytes, replace);
      throw new PithError("StoreIo", { why: "the answer is lost" });
    },
  };
  const { store, clock } = await testStore({ blobs: slow });
  await store.createBucket("bucket");
  const putting = store.putObject("bucket", "key", streamOf(numbered(1, 100)));
  putting.catch(() => undefined);
  await begun.promise;
  clock.turn(TEST_GRACE_MS + 1);
  const collecting = store.collect();
  // Long enough for a deletion that does not wait to be over.
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  stalled.resolve();
  await assert.rejects(putting, { code: "StoreIo" });
  await collecting;
  assert.deepEqual((await store.check({ deep: true })).orphans, []);
  assert.deepEqual(await blobs.list("", 10), []);
  await store.close();
});
