import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { sampleBeginnings, samplePieces, shareBudget } from "./sample.ts";
import type { FileEntry } from "./walk.ts";

function fileOf(bytes: number, index: number): FileEntry {
  const path = `f${index}`;
  return { path, relative: path, bytes, modifiedMs: 0, mode: 0, named: false };
}

test("what fits is taken whole", () => {
  const files = [5, 0, 95].map(fileOf);
  const pieces = samplePieces(files, 100, 10);
  assert.deepEqual(
    pieces.map(({ offset, bytes }) => [offset, bytes]),
    [
      [0, 5],
      [0, 0],
      [0, 95],
    ],
  );
});

test("pieces stay in their files, in the budget, apart from each other, and cover the whole", async () => {
  await forSeeds(100, (random) => {
    const files = Array.from({ length: 1 + random.upTo(40) }, (_, i) =>
      fileOf(random.oneIn(5) ? random.upTo(100_000) : random.upTo(2000), i),
    );
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const budget = Math.floor(total / 3);
    const pieces = samplePieces(files, budget, 500);
    let sum = 0;
    const ends = new Map<string, number>();
    for (const { file, offset, bytes } of pieces) {
      assert.ok(Number.isInteger(offset) && offset >= (ends.get(file.path) ?? 0), "apart");
      assert.ok(offset + bytes <= file.bytes, "in its file");
      ends.set(file.path, offset + bytes);
      sum += bytes;
    }
    assert.ok(sum <= Math.max(budget, 500), `${sum} of ${budget}`);
    const large = files.filter(({ bytes }) => bytes > total / 4);
    if (budget > 5000) {
      for (const file of large) assert.ok(ends.has(file.path), "large files are looked at");
    }
  });
});

test("beginnings are of whole files, each once, and come to about the budget", async () => {
  await forSeeds(100, (random) => {
    const files = Array.from({ length: 1 + random.upTo(300) }, (_, i) =>
      fileOf(random.upTo(random.oneIn(5) ? 30_000 : 3000), i),
    );
    const total = files.reduce((sum, { bytes }) => sum + Math.min(bytes, 20_000), 0);
    const budget = Math.floor(total / (1 + random.upTo(20)));
    const pieces = sampleBeginnings(files, budget, 20_000);
    assert.equal(new Set(pieces.map(({ file }) => file)).size, pieces.length);
    for (const { file, offset, bytes } of pieces) {
      assert.deepEqual([offset, bytes], [0, Math.min(file.bytes, 20_000)]);
    }
    const sum = pieces.reduce((all, { bytes }) => all + bytes, 0);
    if (budget === total) assert.equal(sum, total);
    else assert.ok(sum > budget / 3 - 20_000 && sum <= 2 * budget + 20_000, `${sum} of ${budget}`);
  });
  assert.equal(sampleBeginnings([7, 7, 7].map(fileOf), 21, 9).length, 3);
  assert.equal(sampleBeginnings([], 21, 9).length, 0);
});

test("a budget is shared so that small kinds are whole and large ones share the rest", () => {
  assert.deepEqual(shareBudget([10, 1000, 500], 400), [10, 195, 195]);
  assert.deepEqual(shareBudget([10, 20], 400), [10, 20]);
  assert.deepEqual(shareBudget([], 400), []);
  assert.deepEqual(shareBudget([0, 900], 400), [0, 400]);
});
