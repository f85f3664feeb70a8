import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Jobs } from "../../test/codecs/jobs.ts";
import { Pool, type PoolOptions } from "./pool.ts";

const MODULE = new URL("../../test/codecs/jobs.ts", import.meta.url);
const DEFAULTS: PoolOptions = {
  module: MODULE,
  name: "test",
  threads: 2,
  timeoutMs: 30_000,
  heapMib: 64,
  waitingMaximum: 8,
};

/** Runs `body` with a pool that is closed afterwards, come what may. */
async function withPool(
  options: Partial<PoolOptions>,
  body: (pool: Pool<Jobs>) => Promise<void>,
): Promise<void> {
  const pool = new Pool<Jobs>({ ...DEFAULTS, ...options });
  try {
    await body(pool);
  } finally {
    await pool.close();
  }
}

test("jobs are answered, and buffers move both ways", async () => {
  await withPool({}, async (pool) => {
    const bytes = Uint8Array.of(1, 2, 3);
    const { value } = await pool.run("double", bytes, { transfer: [bytes.buffer] });
    assert.deepEqual([...value], [2, 4, 6]);
    assert.equal(bytes.length, 0, "the buffer has moved");
    assert.deepEqual((await pool.run("echo", { a: [1] })).value, { a: [1] });
    assert.deepEqual(
      { ...pool.stats, threads: 0 },
      {
        threads: 0,
        busy: 0,
        waiting: 0,
        replaced: 0,
        done: 2,
      },
    );
  });
});

test("what the pool was given reaches every thread before its first job", async () => {
  await withPool({ setup: { magic: 7 } }, async (pool) => {
    const [one, other] = await Promise.all([pool.run("given", undefined), pool.run("later", 50)]);
    assert.deepEqual(one.value, { magic: 7 });
    const third = await pool.run("given", undefined, { notOn: one.thread });
    assert.deepEqual(third.value, { magic: 7 });
    assert.equal(third.thread, other.thread);
  });
});

test("a PithError keeps its code and facts, any other error is a bug", async () => {
  await withPool({}, async (pool) => {
    await assert.rejects(pool.run("refuse", undefined), {
      code: "CodecRefused",
      facts: { why: "not today", at: 7 },
    });
    await assert.rejects(pool.run("blunder", undefined), { code: "AssertionFailure" });
    assert.equal(pool.stats.replaced, 0);
    const missing = (pool as unknown as Pool<Record<string, () => void>>).run(
      "nothing",
      undefined as never,
    );
    await assert.rejects(missing, { code: "AssertionFailure" });
    const uncloneable = pool.run("echo", () => 1);
    await assert.rejects(uncloneable, { code: "AssertionFailure" });
    assert.equal((await pool.run("echo", 1)).value, 1, "the thread is free again");
  });
});

test("a thread that hangs, dies, traps or eats its heap is replaced", async () => {
  await withPool({ threads: 1, heapMib: 24 }, async (pool) => {
    await assert.rejects(pool.run("hang", undefined, { timeoutMs: 300 }), { code: "Timeout" });
    await assert.rejects(pool.run("die", 3), { code: "WorkerDied" });
    await assert.rejects(pool.run("die", 0), { code: "WorkerDied" });
    await assert.rejects(pool.run("trap", undefined), { code: "WorkerDied" });
    await assert.rejects(pool.run("devour", undefined), { code: "OutOfMemory" });
    assert.equal(pool.stats.replaced, 5);
    assert.equal((await pool.run("echo", "alive")).value, "alive");
  });
});

test("a module that cannot be loaded fails each job and nothing else", async () => {
  const module = new URL("./no-such-module.ts", import.meta.url);
  await withPool({ module, threads: 1 }, async (pool) => {
    await assert.rejects(pool.run("echo", 1), { code: "WorkerDied" });
    await assert.rejects(pool.run("echo", 1), { code: "WorkerDied" });
  });
});

test("the queue is bounded, and its jobs run in order", async () => {
  await withPool({ threads: 1, waitingMaximum: 3 }, async (pool) => {
    const running = pool.run("later", 50);
    const order: string[] = [];
    const waiting = ["first", "second", "third"].map((name) =>
      pool.run("count", undefined).then(() => order.push(name)),
    );
    await assert.rejects(pool.run("echo", 1), { code: "Overloaded" });
    const admitted = pool.run("echo", 1, { admitted: true });
    await Promise.all([running, ...waiting, admitted]);
    assert.deepEqual(order, ["first", "second", "third"]);
  });
});

test("a job that goes first overtakes those that wait", async () => {
  await withPool({ threads: 1 }, async (pool) => {
    const order: string[] = [];
    const jobs = [
      pool.run("later", 20),
      pool.run("count", undefined).then(() => order.push("plain")),
      pool.run("count", undefined, { first: true }).then(() => order.push("first")),
    ];
    await Promise.all(jobs);
    assert.deepEqual(order, ["first", "plain"]);
  });
});

test("an abort ends the wait, whether the job waits or runs", async () => {
  await withPool({ threads: 1 }, async (pool) => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const runs = pool.run("later", 100, { signal: running.signal });
    const waits = pool.run("echo", 1, { signal: waiting.signal });
    waiting.abort();
    await assert.rejects(waits, { code: "Aborted" });
    running.abort();
    await assert.rejects(runs, { code: "Aborted" });
    await assert.rejects(pool.run("echo", 1, { signal: running.signal }), { code: "Aborted" });
    assert.equal((await pool.run("echo", 2)).value, 2);
    assert.equal(pool.stats.replaced, 0);
  });
});

test("notOn takes another thread", async () => {
  await withPool({ busyMaximum: 1 }, async (pool) => {
    for (let i = 0; i < 5; i++) {
      const { thread } = await pool.run("count", undefined);
      const other = await pool.run("count", undefined, { notOn: thread });
      assert.notEqual(other.thread, thread);
    }
  });
  await withPool({ threads: 1 }, async (pool) => {
    await assert.rejects(pool.run("echo", 1, { notOn: 1 }), { code: "AssertionFailure" });
  });
});

test("no more jobs run at once than busyMaximum", async () => {
  await withPool({ threads: 2, busyMaximum: 1 }, async (pool) => {
    const jobs = [1, 2, 3].map(() => pool.run("later", 10));
    assert.equal(pool.stats.busy, 1);
    assert.equal(pool.stats.waiting, 2);
    await Promise.all(jobs);
  });
});

test("a lane keeps its jobs in order on one thread", async () => {
  await withPool({}, async (pool) => {
    const [one, other] = [pool.lane(), pool.lane()];
    assert.notEqual(one.thread, other.thread, "lanes spread over threads");
    const counts = await Promise.all(
      [one, other, one, other, one].map((lane) => lane.run("count", undefined)),
    );
    assert.deepEqual(
      counts.map((done) => done.value),
      [1, 1, 2, 2, 3],
    );
    one.close();
    other.close();
  });
});

test("a lane is told when its thread dies, other lanes live on", async () => {
  await withPool({}, async (pool) => {
    const told: string[] = [];
    const why = "the lane's thread is gone";
    const one = pool.lane((fault) => told.push(`one ${fault.code}`));
    const other = pool.lane((fault) => told.push(`other ${fault.code}`));
    const hanging = one.run("hang", undefined, { timeoutMs: 300 });
    const queued = one.run("count", undefined);
    await assert.rejects(hanging, { code: "Timeout" });
    await assert.rejects(queued, { code: "WorkerDied", facts: { because: "Timeout", why } });
    await assert.rejects(one.run("count", undefined), { code: "WorkerDied" });
    assert.equal(one.lost?.facts["because"], "Timeout");
    assert.equal((await other.run("count", undefined)).value, 1);
    assert.deepEqual(told, ["one WorkerDied"]);
  });
});

test("close rejects what waits and what runs", async () => {
  const pool = new Pool<Jobs>({ ...DEFAULTS, threads: 1 });
  const jobs = [pool.run("hang", undefined), pool.run("echo", 1)];
  const closed = pool.close();
  for (const job of jobs) await assert.rejects(job, { code: "Aborted" });
  await closed;
  await assert.rejects(pool.run("echo", 1), { code: "Aborted" });
  assert.throws(() => pool.lane(), { code: "Aborted" });
});

test("a program that forgets close still ends, after its jobs", () => {
  const program = `
    import { Pool } from ${JSON.stringify(new URL("./pool.ts", import.meta.url).href)};
    const module = new URL(${JSON.stringify(MODULE.href)});
    const pool = new Pool({ ...${JSON.stringify(DEFAULTS)}, module });
    await pool.run("count");
    pool.run("later", 50).then(({ value }) => console.log(value));`;
  const ended = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    timeout: 20_000,
    encoding: "utf8",
  });
  assert.equal(ended.stderr, "");
  assert.equal(ended.stdout.trim(), "late");
  assert.equal(ended.status, 0);
});
