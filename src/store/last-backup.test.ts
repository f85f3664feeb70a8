import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Coder } from "../container/index.ts";
import { REPLACED_KEPT_MS } from "../core/limits.ts";
import { restoreBackup } from "./backup.ts";
import { openStore, type Store } from "./store.ts";
import {
  getBytes,
  type HandClock,
  handClock,
  numbered,
  smallCoder,
  streamOf,
  TEST_GRACE_MS,
} from "./suite.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-store-"));
  try {
    await body(join(folder, "data"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function opened(folder: string, clock: HandClock, coder = smallCoder()): Promise<Store> {
  return openStore({ folder, coder, clock, graceMs: TEST_GRACE_MS });
}

/** Puts the newest backup in the place of the metadata, and reads an object. */
async function bytesOfBackup(folder: string, clock: HandClock, key: string): Promise<Uint8Array> {
  await restoreBackup(folder, { clock });
  const restored = await opened(folder, clock);
  try {
    return await getBytes(restored, "bucket", key);
  } finally {
    await restored.close();
  }
}

for (const when of ["before it is coded", "while it is coded"]) {
  test(`an object that was put plain, and backed up ${when}, is brought back`, async () => {
    await inFolder(async (folder) => {
      const clock = handClock(Date.UTC(2026, 0, 1));
      const coder = smallCoder();
      let backUp: (() => Promise<unknown>) | undefined;
      const beside = {
        ...coder,
        async *encode(source: AsyncIterable<Uint8Array>, options: Parameters<Coder["encode"]>[1]) {
          for await (const chunk of coder.encode(source, options)) {
            yield chunk;
            await backUp?.();
            backUp = undefined;
          }
        },
      };
      const store = await opened(folder, clock, beside);
      await store.createBucket("bucket");
      const bytes = numbered(7, 5_500);
      await store.putObject("bucket", "k", streamOf(bytes), { mode: "async" });
      if (when.startsWith("before")) {
        await store.backup();
        clock.turn(1);
      } else {
        backUp = () => store.backup();
      }
      assert.ok(await store.recodeNext());
      clock.turn(TEST_GRACE_MS + 1);
      // In the middle, the first chunk is coded and the backup names its new blob.
      assert.equal((await store.collect()).blobs, when.startsWith("before") ? 0 : 1);
      assert.equal((await store.listBackups()).length, 1, "the newest backup will do");
      await store.close();
      assert.deepEqual(await bytesOfBackup(folder, clock, "k"), bytes);
    });
  });
}

test("plain blobs that only an old backup names are collected behind a new one", async () => {
  await inFolder(async (folder) => {
    const clock = handClock(Date.UTC(2026, 0, 1));
    const first = await opened(folder, clock);
    await first.createBucket("bucket");
    const bytes = numbered(7, 5_500);
    await first.putObject("bucket", "k", streamOf(bytes), { mode: "async" });
    await first.backup();
    await first.close();
    // Nobody remembers the backup but the disk.
    const store = await opened(folder, clock);
    clock.turn(1);
    assert.ok(await store.recodeNext());
    clock.turn(REPLACED_KEPT_MS + 1);
    assert.equal((await store.collect()).blobs, 3);
    assert.equal((await store.listBackups()).length, 2);
    clock.turn(10 * REPLACED_KEPT_MS);
    await store.collect();
    assert.equal((await store.listBackups()).length, 2, "once is enough");
    await store.close();
    assert.deepEqual(await bytesOfBackup(folder, clock, "k"), bytes);
  });
});

test("plain blobs that no backup names are collected after the grace time", async () => {
  await inFolder(async (folder) => {
    const clock = handClock(Date.UTC(2026, 0, 1));
    const store = await opened(folder, clock);
    await store.createBucket("bucket");
    await store.backup();
    clock.turn(1);
    await store.putObject("bucket", "k", streamOf(numbered(7, 5_500)), { mode: "async" });
    assert.ok(await store.recodeNext());
    clock.turn(TEST_GRACE_MS + 1);
    assert.equal((await store.collect()).blobs, 3);
    clock.turn(10 * REPLACED_KEPT_MS);
    await store.collect();
    assert.equal((await store.listBackups()).length, 1);
    await store.close();
  });
});
