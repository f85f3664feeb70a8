import assert from "node:assert/strict";
import { test } from "node:test";
import { limiter, twoRoomLimiter } from "./limiter.ts";

const { signal } = new AbortController();

test("shares are given in order, and the counts follow", async () => {
  const limits = limiter({ whole: 2, waiting: 10, waitMs: 10_000 });
  const first = await limits.take(1, signal);
  const second = await limits.take(1, signal);
  const order: number[] = [];
  const takeAs = async (name: number): Promise<() => void> => {
    const leave = await limits.take(1, signal);
    order.push(name);
    return leave;
  };
  const third = takeAs(3);
  const fourth = takeAs(4);
  assert.deepEqual([limits.running, limits.waiting], [2, 2]);
  first();
  first();
  const leaveThird = await third;
  assert.deepEqual([limits.running, limits.waiting], [2, 1], "leaving twice frees one share");
  second();
  const leaveFourth = await fourth;
  leaveThird();
  leaveFourth();
  assert.deepEqual(order, [3, 4]);
  assert.deepEqual([limits.running, limits.waiting], [0, 0]);
});

test("a large share is not overtaken, and one beyond the whole comes when alone", async () => {
  const limits = limiter({ whole: 10, waiting: 10, waitMs: 10_000 });
  const small = await limits.take(1, signal);
  const order: string[] = [];
  const huge = limits.take(99, signal).then((leave) => {
    order.push("huge");
    return leave;
  });
  const late = limits.take(1, signal).then((leave) => {
    order.push("late");
    return leave;
  });
  assert.equal(limits.waiting, 2);
  small();
  const leaveHuge = await huge;
  assert.deepEqual([limits.running, limits.waiting], [1, 1]);
  leaveHuge();
  (await late)();
  assert.deepEqual(order, ["huge", "late"]);
});

test("a full queue, a long wait and a gone client end with typed errors", async () => {
  const limits = limiter({ whole: 1, waiting: 1, waitMs: 5 });
  const leave = await limits.take(1, signal);
  const late = limits.take(1, signal);
  await assert.rejects(limits.take(1, signal), { code: "Overloaded" });
  await assert.rejects(late, { code: "Overloaded" });
  const gone = new AbortController();
  const waiting = limits.take(1, gone.signal);
  gone.abort();
  await assert.rejects(waiting, { code: "Aborted" });
  await assert.rejects(limits.take(1, gone.signal), { code: "Aborted" });
  assert.equal(limits.waiting, 0);
  leave();
  (await limits.take(1, signal))();
});

test("who gives up does not hold up those behind", async () => {
  const limits = limiter({ whole: 10, waiting: 10, waitMs: 10_000 });
  const first = await limits.take(5, signal);
  const gone = new AbortController();
  const large = limits.take(10, gone.signal);
  const small = limits.take(5, signal);
  gone.abort();
  await assert.rejects(large, { code: "Aborted" });
  (await small)();
  first();
});

test("each room keeps its queue, and both together keep to the whole", async () => {
  const bounds = { whole: 16, waiting: 1, waitMs: 10_000, smallShare: 1, smallWhole: 2 };
  const limits = twoRoomLimiter(bounds);
  const large = await limits.take(14, signal);
  const waitsForLarge = limits.take(2, signal);
  await assert.rejects(limits.take(14, signal), { code: "Overloaded" });
  const first = await limits.take(1, signal);
  const second = await limits.take(1, signal);
  const waitsForSmall = limits.take(1, signal);
  await assert.rejects(limits.take(1, signal), { code: "Overloaded" });
  assert.deepEqual([limits.running, limits.waiting], [3, 2]);
  large();
  const late = await waitsForLarge;
  assert.deepEqual([limits.running, limits.waiting], [3, 1], "small ones take no large room");
  first();
  const leaves = [second, late, await waitsForSmall];
  for (const leave of leaves) leave();
  assert.deepEqual([limits.running, limits.waiting], [0, 0]);
});
