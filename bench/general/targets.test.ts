import assert from "node:assert/strict";
import { test } from "node:test";
import type { Trip } from "./comparison.ts";
import { distancesOf, targetsOf } from "./targets.ts";

function trip(peer: string, unit: string, codedBytes: number | undefined): Trip {
  return {
    peer,
    unit,
    plainBytes: 1_000_000,
    fault: codedBytes === undefined ? "wrong bytes" : undefined,
    codedBytes,
    encodeSeconds: 1,
    decodeSeconds: 0.1,
    encodeKib: undefined,
    decodeKib: undefined,
  };
}

test("the distance is to the best of the rivals alone", () => {
  const trips = [
    trip("xz 9e", "a", 1000),
    trip("zstd 22", "a", 900),
    trip("bsc", "a", 100),
    trip("pith dense", "a", 918),
    trip("xz 9e", "b", undefined),
    trip("zstd 22", "b", 200),
    trip("pith dense", "b", 100),
    trip("pith dense", "c", 1),
  ];
  const distances = distancesOf(trips, "pith dense", ["xz 9e", "zstd 22"]);
  assert.deepEqual(
    distances.map(({ unit, best, bestBytes, percent }) => [
      unit,
      best,
      bestBytes,
      Math.round(percent),
    ]),
    [
      ["a", "zstd 22", 900, 2],
      ["b", "zstd 22", 200, -50],
    ],
  );
});

test("other files than the corpus's have no word on its sums", () => {
  const targets = targetsOf([trip("pith dense", "a", 918)], [], ["xz 9e"]);
  assert.ok(targets.every(({ what }) => !what.includes("corpus")));
  const slowest = targets.find(({ what }) => what.includes("slowest"));
  assert.deepEqual([slowest?.measured, slowest?.reached], [10, false]);
});
