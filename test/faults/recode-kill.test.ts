/**
 * A recoding that is killed -9, again and again, until it comes to its end: nothing is lost, nothing
 * is left that a collection does not remove, and what was coded before a kill is not coded again.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { createCoder } from "../../src/container/index.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { getBytes, streamOf } from "../../src/store/suite.ts";
import { type Random, seeded } from "../random.ts";

const OBJECTS = 12;
const SEED = Number(process.env["PITH_SEED"] ?? 61);

/** Objects of which two share all their chunks. */
function objectOf(index: number): Uint8Array {
  return seeded(1 + (index % (OBJECTS - 1))).content(20_000 + 1_000 * (index % 7));
}

/** Runs a recoding and kills it some time after some chunks; whether it came to its end before. */
async function recodeUntilKilled(folder: string, random: Random): Promise<boolean> {
  const program = join(import.meta.dirname, "recode-worker.ts");
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint += data.toString();
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on("close", (_, signal) => resolve(signal)),
  );
  let left = 1 + random.upTo(3);
  let done = false;
  for await (const line of createInterface({ input: child.stdout })) {
    done ||= line === "done";
    left -= 1;
    if (left === 0) setTimeout(() => child.kill("SIGKILL"), random.upTo(40)).unref();
  }
  const signal = await ended;
  assert.ok(done || signal === "SIGKILL", `it ended by itself: ${complaint}`);
  return done;
}

async function assertWhole(store: Store): Promise<void> {
  for (let i = 0; i < OBJECTS; i++) {
    assert.deepEqual(await getBytes(store, "bucket", `k${10 + i}`), objectOf(i));
  }
  const report = await store.check({ deep: true });
  assert.deepEqual([report.problems, report.orphans], [[], []]);
}

test("a recoding that is killed over and over loses nothing and comes to its end", async (context) => {
  const top = await mkdtemp(join(tmpdir(), "pith-recode-"));
  const folder = join(top, "data");
  const coder = await createCoder({ threads: 1 });
  const random = seeded(SEED);
  try {
    const before = await openStore({ folder, coder, effort: "flat" });
    await before.createBucket("bucket");
    for (let i = 0; i < OBJECTS; i++) {
      await before.putObject("bucket", `k${10 + i}`, streamOf(objectOf(i)));
    }
    const { blobBytes } = await before.totals();
    await before.close();

    let kills = 0;
    let rewritten = 0;
    for (let done = false; !done; ) {
      done = await recodeUntilKilled(folder, random);
      kills += done ? 0 : 1;
      const store = await openStore({ folder, coder });
      await assertWhole(store);
      await store.collect({ graceMs: 0 });
      const { collectable } = await store.check();
      assert.deepEqual(collectable, { chunks: 0, blobs: 0, bytes: 0 });
      const { codecs } = await store.totals();
      const now = codecs
        .filter((codec) => coder.nameStored(codec).codec === "divans")
        .reduce((sum, codec) => sum + codec.chunks, 0);
      assert.ok(now >= rewritten, "it only goes forward");
      rewritten = now;
      await store.close();
      assert.ok(kills <= OBJECTS, "every run gets on");
    }
    context.diagnostic(`${kills} kills`);
    assert.ok(kills >= 2, "it was killed in the middle");

    const after = await openStore({ folder, coder });
    await assertWhole(after);
    assert.ok((await after.totals()).blobBytes < blobBytes);
    const { counts } = await after.recode({ effort: "default" });
    assert.deepEqual([counts.rewritten, counts.kept, counts.skipped], [0, 0, OBJECTS]);
    assert.ok(rewritten > OBJECTS / 2);
    await after.close();
  } finally {
    await coder.close();
    await rm(top, { recursive: true });
  }
});
