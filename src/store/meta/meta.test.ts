/**
 * Two drivers, one contract: random sequences of operations must be answered alike by memory and
 * SQLite, down to which error comes and what every table holds afterwards.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { forSeeds, type Random } from "../../../test/random.ts";
import { PithError } from "../../core/errors.ts";
import { memoryMeta } from "./memory.ts";
import type { Condition, Meta } from "./meta.ts";
import { openSqliteMeta } from "./sqlite.ts";
import { hashOf, placeAt, rowOver } from "./suite.ts";

const SEEDS = process.env["PITH_FULL"] === "1" ? 300 : 12;
const OPERATIONS = 250;

const BUCKETS = ["alpha", "beta"];
const KEYS = ["a", "a/b", "a/c", "b", "\uffff", "\u{10000}"];
const TEXTS = ["one", "two", "three", "four"];

type Step = (meta: Meta) => Promise<unknown>;

/** One random operation; the same on both drivers. `reservations` is what they have answered. */
function randomStep(random: Random, clock: number, reservations: readonly number[]): Step {
  const bucket = random.pick(BUCKETS);
  const key = random.pick(KEYS);
  const text = random.pick(TEXTS);
  const blob = random.pick(TEXTS);
  const keepUntil = clock + random.upTo(20);
  const limit = 1 + random.upTo(3);
  const reservation = reservations.length === 0 ? 1 : random.pick(reservations.slice(-6));
  const place = placeAt(blob, random.oneIn(2) ? "plain" : "coded");
  const chunks = Array.from({ length: random.upTo(4) }, () => random.pick(TEXTS));
  const version = `v${random.upTo(1_000_000)}`;
  const condition = randomCondition(random);
  const row = rowOver(bucket, key, chunks, version);
  const steps: Step[] = [
    (meta) => meta.createBucket(bucket, clock),
    (meta) => meta.deleteBucket(bucket),
    (meta) => meta.putObject(row, condition, keepUntil),
    (meta) => meta.putObject(row, {}, keepUntil),
    (meta) => meta.putObject(row, {}, keepUntil),
    (meta) => meta.deleteObject(bucket, key, condition, keepUntil),
    (meta) => meta.claimChunks([hashOf(text), hashOf(blob)], keepUntil),
    (meta) => meta.reserveBlob(hashOf(blob), 10, keepUntil),
    (meta) => meta.reserveBlob(hashOf(blob), 10, keepUntil),
    (meta) => meta.putChunk(hashOf(text), 100, place, reservation, keepUntil),
    (meta) => meta.putChunk(hashOf(text), 100, place, reservation, keepUntil),
    (meta) => meta.swapChunk(hashOf(text), hashOf(blob), place, reservation, keepUntil),
    (meta) => meta.collectChunks(clock, limit),
    (meta) => meta.takeGarbage(clock, limit),
    (meta) => meta.finishGarbage([hashOf(blob), hashOf(text)]),
    (meta) => meta.markTried([{ sha256: hashOf(text), blob: hashOf(blob) }], clock),
    (meta) => meta.putNote(text, key),
    (meta) => meta.getNote(blob),
    async (meta) => {
      const current = (await meta.scanObjects(undefined, 1))[0];
      return current && meta.replaceManifest(current, current.version, row.manifest, keepUntil);
    },
    async (meta) => {
      const waiting = (await meta.listAwaiting(1))[0];
      return waiting && meta.finishAwaiting(waiting.version);
    },
  ];
  return random.pick(steps);
}

function randomCondition(random: Random): Condition {
  const etags = [random.oneIn(2) ? "*" : `etag-${random.pick(TEXTS)}`];
  return random.oneIn(2) ? { ifMatch: etags } : { ifNoneMatch: etags };
}

async function outcomeOf(step: Step, meta: Meta): Promise<unknown> {
  try {
    return { value: await step(meta) };
  } catch (error) {
    if (!(error instanceof PithError)) throw error;
    return { code: error.code };
  }
}

/** Everything that a driver holds. */
async function everything(meta: Meta): Promise<unknown> {
  return {
    buckets: await meta.listBuckets(),
    objects: await meta.scanObjects(undefined, 1000),
    chunks: await meta.scanChunks("", 1000),
    blobs: await meta.scanBlobs("", 1000),
    awaiting: await meta.listAwaiting(1000),
    totals: await meta.totals(),
  };
}

test("memory and SQLite answer every sequence of operations alike", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-meta-"));
  try {
    await forSeeds(SEEDS, async (random, seed) => {
      const memory = memoryMeta();
      const sqlite = await openSqliteMeta(join(folder, `${seed}.db`), true);
      const reservations: number[] = [];
      try {
        for (let i = 0; i < OPERATIONS; i++) {
          const step = randomStep(random, i, reservations);
          const expected = await outcomeOf(step, memory);
          assert.deepEqual(await outcomeOf(step, sqlite), expected, `operation ${i}: ${step}`);
          const value = (expected as { value?: unknown }).value;
          if (typeof value === "number") reservations.push(value);
          if (i % 25 === 0) assert.deepEqual(await everything(sqlite), await everything(memory));
        }
        assert.deepEqual(await everything(sqlite), await everything(memory));
      } finally {
        await sqlite.close();
      }
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
