import assert from "node:assert/strict";
import { test } from "node:test";
import { savedPercent, storeStats } from "./stats.ts";

test("saved percent has two decimals, and nothing saves nothing", () => {
  assert.equal(savedPercent(0, 0), 0);
  assert.equal(savedPercent(300, 100), 66.67);
  assert.equal(savedPercent(100, 101), -1);
});

test("the store's sums are told in the words of the stats", () => {
  const stats = storeStats(
    {
      buckets: 1,
      objects: 2,
      objectBytes: 1000,
      chunks: 1,
      chunkBytes: 500,
      blobs: 1,
      blobBytes: 250,
      awaiting: 3,
      codecs: [
        { codec: 2, codecVersion: 1, chunks: 1, plainBytes: 500, storedBytes: 250 },
        { codec: 2, codecVersion: 257, chunks: 1, plainBytes: 100, storedBytes: 50 },
      ],
    },
    ({ codec, codecVersion }) => ({
      codec: `codec ${codec}`,
      version: 1,
      filter: codecVersion > 256 ? "x86" : undefined,
    }),
  );
  assert.deepEqual(stats, {
    buckets: 1,
    objects: 2,
    plainBytes: 1000,
    storedBytes: 250,
    savedPercent: 75,
    awaiting: 3,
    codecs: [
      {
        name: "codec 2",
        version: 1,
        chunks: 1,
        plainBytes: 500,
        storedBytes: 250,
        savedPercent: 50,
      },
      {
        name: "codec 2",
        version: 1,
        filter: "x86",
        chunks: 1,
        plainBytes: 100,
        storedBytes: 50,
        savedPercent: 50,
      },
    ],
  });
});
