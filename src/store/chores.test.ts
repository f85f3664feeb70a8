import assert from "node:assert/strict";
import { test } from "node:test";
import { PithError } from "../core/errors.ts";
import { BACKUP_INTERVAL_MS, COLLECT_INTERVAL_MS, IDLE_LOOK_MS } from "../core/limits.ts";
import { Chores } from "./chores.ts";
import { handClock, numbered, streamOf, testStore } from "./suite.ts";

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => setImmediate(resolve));
};

test("what waits is coded as soon as nobody is busy", async () => {
  const { store, clock } = await testStore({ mode: "async", chores: true });
  await store.createBucket("bucket");
  for (const key of ["a", "b"]) {
    await store.putObject("bucket", key, streamOf(numbered(key.charCodeAt(0), 1500)));
  }
  const { body } = await store.getObject("bucket", "a");
  const reading = body[Symbol.asyncIterator]();
  await reading.next();
  clock.turn(IDLE_LOOK_MS);
  await turns();
  assert.equal((await store.totals()).awaiting, 2, "somebody is reading");
  await reading.return?.();
  clock.turn(IDLE_LOOK_MS);
  await turns();
  assert.equal((await store.totals()).awaiting, 0);
  await store.close();
});

test("garbage is collected and backups are made in their time", async () => {
  const clock = handClock();
  const calls: string[] = [];
  let lastBackupMs: number | undefined;
  const chores = new Chores({
    clock,
    recodeNext: async () => false,
    busy: () => false,
    collect: async () => calls.push("collect"),
    backup: async () => {
      calls.push("backup");
      lastBackupMs = clock.nowMs();
    },
    lastBackupMs: async () => lastBackupMs,
    alarm: assert.fail,
  });
  clock.turn(COLLECT_INTERVAL_MS);
  await turns();
  assert.deepEqual(calls, ["collect", "backup"]);
  clock.turn(COLLECT_INTERVAL_MS);
  await turns();
  assert.deepEqual(calls.slice(2), ["collect"]);
  clock.turn(BACKUP_INTERVAL_MS);
  await turns();
  assert.deepEqual(calls.slice(3), ["collect", "backup"]);
  await chores.stop();
  clock.turn(BACKUP_INTERVAL_MS);
  assert.equal(calls.length, 5);
});

test("a chore that fails is alarmed, and tried less and less often", async () => {
  const clock = handClock();
  const alarms: PithError[] = [];
  let broken = true;
  let runs = 0;
  const chores = new Chores({
    clock,
    recodeNext: async () => {
      runs += 1;
      if (broken) throw new PithError("DiskFull");
      return false;
    },
    busy: () => false,
    collect: async () => {},
    backup: undefined,
    lastBackupMs: async () => undefined,
    alarm: (error) => alarms.push(error),
  });
  for (let i = 0; i < 64; i++) {
    clock.turn(IDLE_LOOK_MS);
    await turns();
  }
  assert.equal(alarms.length, runs);
  assert.ok(runs >= 4 && runs <= 8, `${runs} runs in 64 turns`);
  assert.deepEqual([alarms[0]?.code, alarms[0]?.facts["task"]], ["DiskFull", "recode"]);
  broken = false;
  clock.turn(COLLECT_INTERVAL_MS);
  await turns();
  const before = runs;
  for (let i = 0; i < 5; i++) {
    clock.turn(IDLE_LOOK_MS);
    await turns();
  }
  assert.equal(runs, before + 5);
  await chores.stop();
});
