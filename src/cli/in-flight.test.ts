import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { forSeeds } from "../../test/random.ts";
import { inFlight } from "./in-flight.ts";

test("results come in the order of the items, with no more at once than allowed", async () => {
  await forSeeds(5, async (random) => {
    const limit = 1 + random.upTo(5);
    const items = Array.from({ length: 60 }, (_, i) => i);
    let running = 0;
    let most = 0;
    const results: number[] = [];
    const work = async (item: number): Promise<number> => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = random.upTo(8); turns > 0; turns--) await Promise.resolve();
      if (random.oneIn(10)) await delay(1);
      running -= 1;
      return item;
    };
    for await (const result of inFlight(items, limit, work)) results.push(result);
    assert.deepEqual(results, items);
    assert.equal(most, limit);
  });
});

test("a slow item holds back neither the work after it nor unbounded results", async () => {
  const limit = 2;
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = 0;
  const results = inFlight(Array.from({ length: 1000 }).keys(), limit, async (item) => {
    begun += 1;
    if (item === 0) await gate;
    return item;
  });
  const first = results.next();
  await delay(20);
  assert.ok(begun > limit && begun <= limit * 16 + 1, `${begun} begun`);
  release();
  assert.equal((await first).value, 0);
  let count = 1;
  for await (const _ of results) count += 1;
  assert.equal(count, 1000);
});

test("a rejection surfaces in its turn, after the others under way have ended", async () => {
  let ended = 0;
  const work = async (item: number): Promise<number> => {
    await delay(item);
    ended += 1;
    if (item === 1) throw new Error("one");
    return item;
  };
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const result of inFlight([0, 1, 9], 3, work)) seen.push(result);
  }, /one/);
  assert.deepEqual(seen, [0]);
  assert.equal(ended, 3);
});
