/**
 * Normal equations and what becomes of them: known weights are found again, of samples that lie on a plane;
 * sums that could pass 32 bits are scaled down; folds keep makers together.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../test/random.ts";
import { foldsOf, groupOf } from "./folds.ts";
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

test("pictures of one maker are in one fold, and folds are about even", () => {
  const files = Array.from({ length: 40 }, (_, i) => ({
    path: `${i}.jpg`,
    bytes: 1000 + 37 * ((i * 7) % 11),
    sha256: String(i),
    group: `maker ${i % 9}`,
  }));
  const folds = foldsOf(files, 4);
  const sizes = [0, 0, 0, 0];
  for (const [i, { group, bytes }] of files.entries()) {
    assert.equal(folds[i], folds[files.findIndex((file) => file.group === group)]);
    sizes[folds[i]!]! += bytes;
  }
  assert.ok(Math.min(...sizes) > 0.6 * Math.max(...sizes), sizes.join());
});

test("a picture's group is the maker that its EXIF data name, else its name's first word", () => {
  const plain = Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2);
  assert.equal(groupOf("some/nikon-d70.jpg", plain), "nikon");
  const text = "Canon Inc\0";
  const tiff = Buffer.alloc(8 + 2 + 12 + 4 + text.length);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x010f, 10);
  tiff.writeUInt16LE(2, 12);
  tiff.writeUInt32LE(text.length, 14);
  tiff.writeUInt32LE(26, 18);
  tiff.write(text, 26, "latin1");
  const size = 2 + 6 + tiff.length;
  const start = [0xff, 0xd8, 0xff, 0xe1, size >> 8, size & 255];
  const jpeg = Buffer.concat([Buffer.from(start), Buffer.from("Exif\0\0"), tiff]);
  assert.equal(groupOf("nikon-d70.jpg", jpeg), "canon");
});
