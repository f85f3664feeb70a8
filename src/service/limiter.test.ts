import assert from "node:assert/strict";
import { test } from "node:test";
import { limiter } from "./limiter.ts";

const signal = new AbortController().signal;

test("places are given in order, and the counts follow", async () => {
  const limits = limiter({ places: 2, waiting: 10, waitMs: 10_000 });
  const first = await limits.enter(signal);
  const second = await limits.enter(signal);
  const order: number[] = [];
  const enterAs = async (name: number): Promise<() => void> => {
    const leave = await limits.enter(signal);
    order.push(name);
    return leave;
  };
  const third = enterAs(3);
  const fourth = enterAs(4);
  assert.deepEqual([limits.running, limits.waiting], [2, 2]);
  first();
  first();
  const leaveThird = await third;
  assert.deepEqual([limits.running, limits.waiting], [2, 1], "leaving twice frees one place");
  second();
  const leaveFourth = await fourth;
  leaveThird();
  leaveFourth();
  assert.deepEqual(order, [3, 4]);
  assert.deepEqual([limits.running, limits.waiting], [0, 0]);
});

test("a full queue, a long wait and a gone client end with typed errors", async () => {
  const limits = limiter({ places: 1, waiting: 1, waitMs: 5 });
  const leave = await limits.enter(signal);
  const late = limits.enter(signal);
  await assert.rejects(limits.enter(signal), { code: "Overloaded" });
  await assert.rejects(late, { code: "Overloaded" });
  const gone = new AbortController();
  const waiting = limits.enter(gone.signal);
  gone.abort();
  await assert.rejects(waiting, { code: "Aborted" });
  await assert.rejects(limits.enter(gone.signal), { code: "Aborted" });
  assert.equal(limits.waiting, 0);
  leave();
  (await limits.enter(signal))();
});
