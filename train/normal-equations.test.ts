/**
 * Normal equations and what becomes of them: known weights are found again, of samples that lie on a plane;
 * sums that could pass 32 bits are scaled down.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../test/random.ts";
import { addSample, addSums, emptySums, solve } from "./normal-equations.ts";
import { isBounded } from "./reference-regressions.ts";
import { noRegressions, quantized } from "./regressions.ts";

test("weights are found again, also of sums that were added up", () => {
  const random = seeded(1);
  const truth = [0.5, -2, 0, 3.25];
  const [whole, first, second] = [emptySums(2, 4), emptySums(2, 4), emptySums(2, 4)];
  for (let i = 0; i < 200; i++) {
    const inputs = Int32Array.from(truth, () => random.upTo(2001) - 1000);
    const target = truth.reduce((sum, weight, lane) => sum + weight * inputs[lane]!, 0);
    const weight = 1 / (1 + random.upTo(50));
    for (const sums of [whole, i % 2 === 0 ? first : second]) {
      addSample(sums, 1, inputs, target, weight);
    }
  }
  addSums(first, second, 1);
  for (const sums of [whole, first]) {
    const { weights, before, after } = solve(sums, 1);
    for (const [lane, weight] of weights.entries()) {
      assert.ok(Math.abs(weight - truth[lane]!) < 1e-4, `${lane}: ${weight}`);
    }
    assert.ok(after / before < 1e-4);
  }
  assert.deepEqual([...solve(whole, 0).weights], [0, 0, 0, 0]);
});

test("lanes that say the same share a weight", () => {
  const sums = emptySums(1, 2);
  for (let i = 1; i < 50; i++) addSample(sums, 0, Int32Array.of(i, i), 3 * i, 1);
  const [a = 0, b = 0] = solve(sums, 0).weights;
  assert.ok(Math.abs(a - b) < 1e-3 && Math.abs(a + b - 3) < 1e-3, `${a}, ${b}`);
});

test("weights whose sum could pass 32 bits are scaled down", () => {
  const regressions = noRegressions();
  const weights = new Float64Array(24).fill(5);
  regressions.magnitude.set(quantized("magnitude", { weights }), 24 * 9);
  assert.ok(isBounded(regressions, "magnitude", 9));
  assert.ok(regressions.magnitude[24 * 9]! > 4500);
  regressions.magnitude.fill(5042, 24 * 9, 24 * 10);
  assert.ok(!isBounded(regressions, "magnitude", 9));
});
