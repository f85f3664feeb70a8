import assert from "node:assert/strict";
import { test } from "node:test";
import type { RecodeStatus } from "./access.ts";
import { recodePage } from "./recode.ts";

const COUNTS = {
  objects: 1234,
  objectBytes: 5_000_000_000,
  chunks: 3210,
  plainBytes: 3_000_000_000,
};

const STATUS: RecodeStatus = {
  state: "running",
  wish: { effort: "dense" },
  pace: { bytesPerSecond: 2_000_000, idle: true },
  dryRun: false,
  background: true,
  after: { bucket: "photos", key: "2025/b.jpg" },
  counts: {
    ...COUNTS,
    rewritten: 800,
    kept: 400,
    skipped: 2010,
    failed: { BlobMissing: 2, StoreIo: 1 },
    bytesBefore: 1_320_000_000,
    bytesAfter: 1_200_000_000,
  },
  startedMs: 0,
  notedMs: 0,
};

test("how far a recoding is, on a page", () => {
  assert.equal(
    recodePage(STATUS),
    [
      "recoding with effort dense: running, up to photos/2025/b.jpg",
      "1,234 objects, 3,210 chunks looked at: 800 rewritten, 400 kept, 2,010 skipped",
      "1.32 GB coded anew take now 1.20 GB: 9.1% saved",
      "could not be recoded, by objects: BlobMissing 2, StoreIo 1",
    ].join("\n"),
  );
});

test("the page of one that ended", () => {
  const wish = { effort: "dense", codec: "divans" } as const;
  const counts = { ...STATUS.counts, bytesBefore: 0, failed: {} };
  const done = { ...STATUS, wish, counts, state: "done", dryRun: true } as const;
  assert.match(recodePage(done), /^recoding with codec divans, for show: done\n[^\n]*$/);
  const failed = { ...STATUS, state: "failed", fault: "DiskFull" } as const;
  assert.match(recodePage(failed), /: failed \(DiskFull\), up to photos/);
});
