import assert from "node:assert/strict";
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { seeded } from "../../test/random.ts";
import { BACKUPS_KEPT } from "../core/limits.ts";
import { restoreBackup } from "./backup.ts";
import { listBackups } from "./backup-list.ts";
import { openStore, type Store } from "./store.ts";
import { getBytes, handClock, numbered, smallCoder, streamOf, TEST_GRACE_MS } from "./suite.ts";

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-store-"));
  try {
    await body(join(folder, "data"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const open_ = (folder: string, clock = handClock(Date.UTC(2026, 0, 1))): Promise<Store> =>
  openStore({ folder, coder: smallCoder(), clock, graceMs: TEST_GRACE_MS });

/** Overwrites the middle of a file. */
async function spoil(file: string): Promise<void> {
  const handle = await open(file, "r+");
  const { size } = await stat(file);
  for (let at = 4096; at < size; at += 4096) {
    await handle.write(new Uint8Array(100).fill(0x5a), 0, 100, at);
  }
  await handle.close();
}

test("a folder keeps everything from one opening to the next", async () => {
  await inFolder(async (folder) => {
    const bytes = seeded(1).content(7_000);
    const first = await open_(folder);
    await first.createBucket("bucket");
    const row = await first.putObject("bucket", "k", streamOf(bytes));
    await assert.rejects(open_(folder), { code: "StoreLocked" });
    await first.close();
    const names = ["blobs", "format.json", "lock.db", "meta.db", "owner.json"];
    assert.deepEqual((await readdir(folder)).sort(), names);
    assert.deepEqual(JSON.parse(await readFile(join(folder, "format.json"), "utf8")), {
      format: "pith store",
      version: 1,
      created: "2026-01-01T00:00:00.000Z",
    });

    const second = await open_(folder);
    assert.deepEqual(await second.headObject("bucket", "k"), row);
    assert.deepEqual(await getBytes(second, "bucket", "k"), bytes);
    assert.deepEqual((await second.check({ deep: true })).problems, []);
    await second.close();
  });
});

test("a folder of something else, or of a later format, is refused and left alone", async () => {
  await inFolder(async (folder) => {
    await mkdir(folder);
    await writeFile(join(folder, "thesis.txt"), "years of work");
    await assert.rejects(open_(folder), { code: "BadConfig" });
    await rm(join(folder, "thesis.txt"));
    await writeFile(join(folder, "format.json"), '{"format":"pith store","version":2}');
    await assert.rejects(open_(folder), { code: "VersionGate" });
    await writeFile(join(folder, "format.json"), "{}");
    await assert.rejects(open_(folder), { code: "BadConfig" });
    assert.deepEqual((await readdir(folder)).sort(), ["format.json", "lock.db", "owner.json"]);
  });
});

test("a first opening that was interrupted is finished by the next", async () => {
  await inFolder(async (folder) => {
    const first = await open_(folder);
    await first.createBucket("bucket");
    await first.close();
    await rm(join(folder, "format.json"));
    const second = await open_(folder);
    assert.equal((await second.listBuckets()).length, 1);
    await second.close();
  });
});

test("a store needs a folder or drivers", async () => {
  await assert.rejects(openStore({ coder: smallCoder() }), { code: "BadConfig" });
});

test("a damaged database refuses to open, names the newest backup, and is restored", async () => {
  await inFolder(async (folder) => {
    const clock = handClock(Date.UTC(2026, 0, 1));
    const old = seeded(2).bytes(3_000);
    const store = await open_(folder, clock);
    await store.createBucket("bucket");
    await store.putObject("bucket", "old", streamOf(old));
    await store.putObject("bucket", "unused", streamOf(seeded(3).bytes(900)));
    await store.deleteObject("bucket", "unused");
    await store.backup();
    clock.turn(5);
    const backup = await store.backup();
    await store.putObject("bucket", "young", streamOf(seeded(4).bytes(2_000)));
    await store.putObject("bucket", "reused", streamOf(seeded(3).bytes(900)));
    await store.close();

    await spoil(join(folder, "meta.db"));
    const damaged = { code: "DatabaseDamaged", message: new RegExp(backup.name) };
    await assert.rejects(open_(folder), damaged);
    await rm(join(folder, "meta.db"));
    await assert.rejects(open_(folder), damaged);
    await writeFile(join(folder, "meta.db"), "garbage");
    await assert.rejects(restoreBackup(folder, { name: "none" }), { code: "BadUsage" });
    assert.deepEqual(await restoreBackup(folder, { clock }), backup);
    const aside = await readdir(join(folder, "damaged"));
    assert.deepEqual(await readdir(join(folder, "damaged", aside[0] ?? "")), ["meta.db"]);

    const restored = await open_(folder, clock);
    assert.deepEqual(await getBytes(restored, "bucket", "old"), old);
    await assert.rejects(restored.getObject("bucket", "young"), { code: "NoSuchKey" });
    clock.turn(10 * TEST_GRACE_MS);
    assert.deepEqual(await restored.collect(), { chunks: 0, blobs: 0, bytes: 0 });
    const report = await restored.check({ deep: true });
    // Two chunks of "young", and the one that was garbage when the backup was made.
    assert.deepEqual([report.problemCount, report.orphanCount], [0, 3]);
    assert.equal((await restored.removeOrphans(report.orphans)).blobs, 3);
    assert.equal((await restored.check()).orphanCount, 0);
    await restored.close();
  });
});

test("no old blob is collected that only a backup from before a recoding knows", async () => {
  for (const graceMs of [TEST_GRACE_MS, 0]) {
    await inFolder(async (folder) => {
      const clock = handClock(Date.UTC(2026, 0, 1));
      const store = await open_(folder, clock);
      await store.createBucket("bucket");
      const bytes = numbered(7, 5_500);
      await store.putObject("bucket", "k", streamOf(bytes), { codec: "stored" });
      await store.backup();
      clock.turn(1);
      assert.equal((await store.recode()).counts.rewritten, 3);
      clock.turn(graceMs + 1);
      assert.equal((await store.collect({ graceMs })).blobs, 3);
      const { length } = await store.listBackups();
      clock.turn(10 * TEST_GRACE_MS);
      await store.collect();
      assert.equal((await store.listBackups()).length, length, "once is enough");
      await store.close();

      await spoil(join(folder, "meta.db"));
      await restoreBackup(folder, { clock });
      const restored = await open_(folder, clock);
      assert.deepEqual(await getBytes(restored, "bucket", "k"), bytes);
      await restored.close();
    });
  }
});

test("a run in a folder goes on after it was closed in the middle", async () => {
  await inFolder(async (folder) => {
    const clock = handClock(Date.UTC(2026, 0, 1));
    const first = await open_(folder, clock);
    await first.createBucket("bucket");
    const objects = Array.from({ length: 30 }, (_, i) => numbered(i, 1_500));
    for (const [i, bytes] of objects.entries()) {
      await first.putObject("bucket", `k${10 + i}`, streamOf(bytes), { codec: "stored" });
    }
    const begun = Promise.withResolvers<void>();
    const running = first.recode({
      onProgress: (counts) => counts.objects >= 4 && begun.resolve(),
    });
    await begun.promise;
    await first.close();
    const left = await running;
    assert.equal(left.state, "running");

    const second = await open_(folder, clock);
    assert.equal((await second.recoding())?.state, "stopped");
    const ended = await second.recode();
    assert.equal(ended.state, "done");
    // The chunk that all of them share is among the rewritten once.
    assert.equal(ended.counts.rewritten, 31);
    for (const [i, bytes] of objects.entries()) {
      assert.deepEqual(await getBytes(second, "bucket", `k${10 + i}`), bytes);
    }
    assert.deepEqual((await second.check({ deep: true })).problems, []);
    await second.close();
  });
});

test("a store that is open is not restored", async () => {
  await inFolder(async (folder) => {
    const store = await open_(folder);
    await store.backup();
    await assert.rejects(restoreBackup(folder), { code: "StoreLocked" });
    await store.close();
  });
});

test("a backup that is damaged itself is not restored, and what is there stays", async () => {
  await inFolder(async (folder) => {
    const store = await open_(folder);
    await store.createBucket("bucket");
    const { name } = await store.backup();
    await store.close();
    await spoil(join(folder, "backups", name));
    const before = await readFile(join(folder, "meta.db"));
    await assert.rejects(restoreBackup(folder), { code: "DatabaseDamaged" });
    assert.deepEqual(await readFile(join(folder, "meta.db")), before);
    await (await open_(folder)).close();
  });
});

test("backups are made beside puts, and the newest are kept", async () => {
  await inFolder(async (folder) => {
    const clock = handClock(Date.UTC(2026, 0, 1));
    const store = await open_(folder, clock);
    await store.createBucket("bucket");
    let puts = 0;
    let done = false;
    const putting = (async () => {
      for (; !done; puts++)
        await store.putObject("bucket", `k${puts}`, streamOf(numbered(puts, 50)));
    })();
    const made: string[] = [];
    for (let i = 0; i < BACKUPS_KEPT + 2; i++) {
      clock.turn(1000);
      made.push((await store.backup()).name);
    }
    const both = await Promise.all([store.backup(), store.backup()]);
    assert.equal(both[0]?.name, both[1]?.name);
    done = true;
    await putting;
    assert.ok(puts > 0);
    const names = (await listBackups(folder)).map((entry) => entry.name);
    assert.deepEqual(names, [...made, both[0]?.name].slice(-BACKUPS_KEPT));
    assert.deepEqual((await readdir(join(folder, "backups"))).sort(), names);
    await store.close();
    await restoreBackup(folder, { name: names[0] });
    const restored = await open_(folder, clock);
    assert.deepEqual((await restored.check({ deep: true })).problems, []);
    await restored.close();
  });
});
