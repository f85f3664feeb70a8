import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import { DEFLATE_JOB_BYTES, DEFLATE_JOB_SLACK_BYTES } from "../core/limits.ts";
import { Cutter, cutWhole } from "./cut.ts";

const LONGEST = DEFLATE_JOB_BYTES + DEFLATE_JOB_SLACK_BYTES;

function cutWrites(bytes: Uint8Array, sizes: () => number): Uint8Array[] {
  const cutter = new Cutter();
  const jobs: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = Math.min(sizes(), bytes.length - at);
    for (const job of cutter.push(bytes.subarray(at, at + size))) jobs.push(job.slice());
    at += size;
  }
  jobs.push(cutter.rest().slice());
  return jobs;
}

test("jobs do not depend on how the input was cut into writes", async () => {
  await forSeeds(12, (random) => {
    const around = random.pick([0, 1, DEFLATE_JOB_BYTES, LONGEST, 2 * DEFLATE_JOB_BYTES]);
    const bytes = random.bytes(around + random.upTo(3 * DEFLATE_JOB_SLACK_BYTES));
    const whole = [...cutWhole(bytes)].map(({ job }) => job);
    const largest = random.pick([4000, 300_000, 5_000_000]);
    assert.deepEqual(
      cutWrites(bytes, () => 1 + random.upTo(largest)),
      whole,
    );
  });
});

test("the last job takes up to the slack and is empty only when all is", () => {
  const sizes = (length: number): number[] =>
    [...cutWhole(new Uint8Array(length))].map(({ job }) => job.length);
  assert.deepEqual(sizes(0), [0]);
  assert.deepEqual(sizes(1), [1]);
  assert.deepEqual(sizes(1024 * 1024), [1024 * 1024]);
  assert.deepEqual(sizes(LONGEST), [LONGEST]);
  assert.deepEqual(sizes(LONGEST + 1), [DEFLATE_JOB_BYTES, DEFLATE_JOB_SLACK_BYTES + 1]);
  assert.equal(sizes(4 * 1024 * 1024).length, 4);
});
