import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { withLock } from "./lock.mjs";

const folder = mkdtempSync(join(tmpdir(), "pith-lock-"));
after(() => rmSync(folder, { recursive: true }));

test("work under the lock never overlaps", async () => {
  const file = join(folder, "a", "lock");
  let inside = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    inside++;
    assert.equal(inside, 1);
    await wait(20);
    inside--;
    done++;
  };
  await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);
  assert.equal(done, 3);
  assert.equal(existsSync(file), false);
});

test("the lock of a process that is gone is taken over", async () => {
  const file = join(folder, "lock");
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(file, String(pid));
  let done = 0;
  const work = async (): Promise<void> => void done++;
  await Promise.all([withLock(file, work), withLock(file, work)]);
  assert.equal(done, 2);
  assert.equal(existsSync(`${file}.removal`), false);
});

test("a lock that was never finished is taken over, one just being written is not", async () => {
  const file = join(folder, "lock");
  writeFileSync(file, "");
  let done = false;
  const waiting = withLock(file, async () => {
    done = true;
  });
  await wait(250);
  assert.equal(done, false);
  const long = new Date(Date.now() - 60_000);
  utimesSync(file, long, long);
  await waiting;
  assert.equal(done, true);
});

test("work that fails frees the lock", async () => {
  const file = join(folder, "lock");
  const failing = withLock(file, async () => {
    throw new Error("no network");
  });
  await assert.rejects(failing, /no network/);
  assert.equal(existsSync(file), false);
});
