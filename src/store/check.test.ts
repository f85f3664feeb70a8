/**
 * The check beside a busy store: what passes by is not damage. What it finds is in damage.test.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { numbered, streamOf, TEST_GRACE_MS, testStore } from "./suite.ts";

test("a check beside puts, deletions and collections reports no damage", async () => {
  await forSeeds(15, async (random) => {
    const { store, clock } = await testStore();
    await store.createBucket("bucket");
    let done = false;
    const work = async (worker: number): Promise<void> => {
      while (!done) {
        const key = `${worker}/${random.upTo(3)}`;
        if (random.oneIn(3)) await store.deleteObject("bucket", key);
        else await store.putObject("bucket", key, streamOf(numbered(random.upTo(6), 2100)));
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    };
    const collecting = (async () => {
      while (!done) {
        clock.turn(TEST_GRACE_MS / 10);
        await store.collect();
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    })();
    const workers = [work(0), work(1)];
    for (let i = 0; i < 5; i++) {
      const report = await store.check({ deep: i % 2 === 0 });
      assert.deepEqual([report.problems, report.orphans], [[], []]);
    }
    done = true;
    await Promise.all([...workers, collecting]);
    const report = await store.check({ deep: true });
    assert.deepEqual([report.problems, report.settled], [[], true]);
    await store.close();
  });
});

test("a check that is no longer wanted ends", async () => {
  const { store } = await testStore();
  await store.createBucket("bucket");
  await store.putObject("bucket", "k", streamOf(numbered(1, 3000)));
  const wanted = new AbortController();
  wanted.abort();
  await assert.rejects(store.check({ signal: wanted.signal }), { code: "Aborted" });
  const checking = assert.rejects(store.check(), { code: "StoreIo" });
  await store.close();
  await checking;
});
