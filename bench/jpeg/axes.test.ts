import assert from "node:assert/strict";
import { test } from "node:test";
import { doublingAxis, linearAxis, logAxis, place } from "./axes.ts";

test("a linear axis has round ticks from 0 and holds its highest value", () => {
  const axis = linearAxis("saved, %", 0, 24.9);
  assert.deepEqual(axis.ticks, [0, 5, 10, 15, 20, 25, 30]);
  assert.equal(place(15, axis), 0.5);
});

test("a linear axis goes below 0 for what lies well below, not for a hair", () => {
  assert.equal(linearAxis("saved, %", -0.001, 25).from, 0);
  assert.equal(linearAxis("saved, %", -4, 25).from, -5);
});

test("logarithmic axes begin and end at a tick and hold what they are given", () => {
  assert.deepEqual(logAxis("MB/s", 3.7, 380).ticks, [2, 5, 10, 20, 50, 100, 200, 500]);
  assert.deepEqual(doublingAxis("MB", 0.3, 2.9).ticks, [0.25, 0.5, 1, 2, 4]);
  const axis = doublingAxis("MB", 1, 4);
  assert.deepEqual(
    [1, 2, 4].map((value) => place(value, axis)),
    [0, 0.5, 1],
  );
});
