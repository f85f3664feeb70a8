import assert from "node:assert/strict";
import { test } from "node:test";
import { projectedScaling, projectedSpeed } from "./projection.ts";

test("what is shared out in full scales with the cores, what is not stays as it is", () => {
  assert.equal(projectedScaling(2, 4), 4);
  assert.equal(projectedScaling(1, 4), 1);
  assert.ok(Math.abs(projectedScaling(1.6, 2) - 1.6) < 1e-9);
  // A quarter is not shared out: 1 / (1/4 + 3/16).
  assert.ok(Math.abs(projectedScaling(1.6, 4) - 16 / 7) < 1e-9);
});

test("a busy machine's scaling is kept within what can be", () => {
  assert.equal(projectedScaling(2.3, 4), 4);
  assert.equal(projectedScaling(0.7, 4), 1);
});

test("no more cores work than there are segments", () => {
  const speeds = { cpuSpeed: 4, oneThreadSpeed: 3, twoThreadsSpeed: 6 };
  assert.equal(projectedSpeed({ segments: 1, ...speeds }), 4);
  assert.equal(projectedSpeed({ segments: 2, ...speeds }), 8);
  assert.equal(projectedSpeed({ segments: 8, ...speeds }), 16);
});
