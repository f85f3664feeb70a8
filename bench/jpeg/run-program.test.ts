import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { beyond, runProgram } from "./run-program.ts";

const here = existsSync("/bin/bash") || existsSync("/usr/bin/bash") ? false : "no bash here";

test("a run tells its CPU time, its time and its peak", { skip: here }, () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
  try {
    const loop = 'i=0; while [ "$i" -lt 30000 ]; do i=$((i + 1)); done';
    const cost = runProgram(`sh -c '${loop}'`, folder);
    assert.ok(cost !== undefined && cost.cpuSeconds > 0 && cost.wallSeconds > 0);
    assert.ok(cost.peakKib === undefined || (cost.peakKib > 100 && cost.peakKib < 100_000));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a run reads and writes files of its folder, and says when it fails", { skip: here }, () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
  try {
    assert.ok(runProgram("printf abc > first", folder));
    assert.ok(runProgram("cat < first > second", folder));
    assert.equal(readFileSync(join(folder, "second"), "utf8"), "abc");
    assert.equal(runProgram("false", folder), undefined);
    assert.equal(runProgram("no-such-program photo.jpg", folder), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a cost beyond the start is never below nothing", () => {
  const start = { cpuSeconds: 0.5, wallSeconds: 0.5, peakKib: 7 };
  const cost = beyond({ cpuSeconds: 0.4, wallSeconds: 0.75, peakKib: 9 }, start);
  assert.deepEqual(cost, { cpuSeconds: 0, wallSeconds: 0.25, peakKib: 9 });
});
