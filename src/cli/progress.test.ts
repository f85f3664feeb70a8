import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fakeRun } from "../../test/cli-run.ts";
import { beginProgress, progressLine } from "./progress.ts";

test("the line tells the share, the speed and the rest", () => {
  const line = progressLine(1_500_000_000, 3_000_000_000, 10_000, "a\nb");
  assert.equal(
    line,
    "[==========          ]   50%  1.50 GB of 3.00 GB  150 MB/s  0:10 left  a\\x0ab",
  );
  assert.equal(progressLine(2_000_000, undefined, 1000, ""), "2.00 MB  2.00 MB/s");
  assert.match(progressLine(0, 0, 0, ""), /100%/);
  assert.match(progressLine(5, 3, 1, ""), /100%.*0:00 left/);
});

test("no terminal, -q: not a byte", async () => {
  const piped = fakeRun();
  const hushed = fakeRun(undefined, true);
  hushed.run.quiet = true;
  for (const { run, errors } of [piped, hushed]) {
    const progress = beginProgress(run, 100);
    progress.add(50);
    await delay(650);
    progress.end();
    assert.equal(errors(), "");
  }
});

test("on a terminal the line comes after a while, gives way to text and goes", async () => {
  const { run, errors } = fakeRun(undefined, true);
  const progress = beginProgress(run, 100);
  progress.add(50);
  progress.on("x".repeat(100));
  assert.equal(errors(), "");
  await delay(650);
  assert.match(errors(), /50%/);
  const longest = Math.max(
    ...errors()
      .split("\r")
      .map((line) => line.replace(/\u001b\[\w+/g, "").length),
  );
  assert.ok(longest < 60, `${longest} columns`);
  run.note("a word");
  assert.match(errors(), /\r\u001b\[2Kpith: a word\n/);
  progress.end();
  assert.ok(errors().endsWith("\r\u001b[2K"));
});
