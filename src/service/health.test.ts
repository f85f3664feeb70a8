import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { healthOf, probeDisk } from "./health.ts";

const none = { disabledCodecs: [], problems: [] };

test("one part that fails makes it ill, and says why", async () => {
  const fails = () => Promise.reject(new Error("no space"));
  const health = await healthOf({ good: async () => 1, bad: fails }, () => none)();
  assert.equal(health.ok, false);
  assert.deepEqual(health.checks, { good: { ok: true }, bad: { ok: false, why: "no space" } });
});

test("asking often asks once, and switches are shown as they are now", async () => {
  let asked = 0;
  let off: string[] = [];
  const health = healthOf({ part: async () => ++asked }, () => ({ ...none, disabledCodecs: off }));
  await Promise.all([health(), health(), health()]);
  off = ["zlib"];
  assert.deepEqual((await health()).disabledCodecs, ["zlib"]);
  assert.equal(asked, 1);
});

test("the disk is written, and left as it was", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "pith-health-"));
  t.after(() => rm(folder, { recursive: true }));
  await probeDisk(folder);
  assert.deepEqual(await readdir(folder), []);
  await assert.rejects(probeDisk(join(folder, "absent")));
});
