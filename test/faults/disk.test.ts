/**
 * The disk fails: full, not writable, a flipped byte, a missing file. Each is a typed error, the
 * damaged object is named, and others are served.
 */
import assert from "node:assert/strict";
import { mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Coder, createCoder } from "../../src/container/index.ts";
import { PithError } from "../../src/core/errors.ts";
import type { Blobs } from "../../src/store/blobs/blobs.ts";
import { openFolderBlobs } from "../../src/store/blobs/folder.ts";
import { roomOf } from "../../src/store/disk.ts";
import { openStore, type Store } from "../../src/store/index.ts";
import { openSqliteMeta } from "../../src/store/meta/sqlite.ts";
import { bytesOf, getBytes, streamOf } from "../../src/store/suite.ts";
import { seeded } from "../random.ts";
import { makeReadOnly, mountSmallDisk } from "./small-disk.ts";

const KIB = 1024;
const SMALL_DISK_BYTES = 6 * KIB * KIB;

async function inFolder(body: (folder: string, coder: Coder) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-faults-"));
  const coder = await createCoder({ threads: 0 });
  try {
    await body(folder, coder);
  } finally {
    await coder.close();
    await rm(folder, { recursive: true });
  }
}

/** Incompressible, so that its blob takes as much room. */
const noise = (seed: number, size = 200 * KIB): Uint8Array => seeded(seed).bytes(size);

/** Puts objects until one fails; those that were acknowledged, and why it ended. */
async function putUntilFull(store: Store): Promise<{ acknowledged: number[]; fault: PithError }> {
  const acknowledged: number[] = [];
  for (let seed = 1; seed < 200; seed++) {
    try {
      await store.putObject("bucket", `k${seed}`, streamOf(noise(seed), 65_536));
      acknowledged.push(seed);
    } catch (error) {
      assert.ok(error instanceof PithError);
      return { acknowledged, fault: error };
    }
  }
  throw new Error("the disk never filled up");
}

/** Fills a store's disk, looks that everything is served, makes room and goes on. */
async function fillAndGoOn(store: Store): Promise<void> {
  await store.createBucket("bucket");
  const { acknowledged, fault } = await putUntilFull(store);
  assert.equal(fault.code, "DiskFull", fault.message);
  assert.ok(acknowledged.length > 5);
  for (const seed of acknowledged) {
    assert.deepEqual(await getBytes(store, "bucket", `k${seed}`), new Uint8Array(noise(seed)));
  }
  assert.deepEqual((await store.check({ deep: true })).problems, []);

  const doomed = acknowledged.splice(0, 4);
  await store.deleteObjects(
    "bucket",
    doomed.map((seed) => `k${seed}`),
  );
  await store.collect({ graceMs: 0 });
  await store.putObject("bucket", "after", streamOf(noise(999), 65_536));
  assert.deepEqual(await getBytes(store, "bucket", "after"), new Uint8Array(noise(999)));
  for (const seed of acknowledged) {
    assert.deepEqual(await getBytes(store, "bucket", `k${seed}`), new Uint8Array(noise(seed)));
  }
  const report = await store.check({ deep: true });
  assert.deepEqual([report.problems, report.orphans], [[], []]);
}

/** A folder driver on a disk that is said to have so many bytes. */
async function limitedBlobs(folder: string, room: number): Promise<Blobs> {
  const inner = await openFolderBlobs(folder);
  let used = 0;
  return {
    put: async (name, bytes, replace) => {
      if (used + bytes.length > room) throw new PithError("DiskFull", { blob: name });
      used += bytes.length;
      await inner.put(name, bytes, replace);
    },
    delete: async (name) => {
      used -= (await inner.size(name)) ?? 0;
      await inner.delete(name);
    },
    get: (name) => inner.get(name),
    size: (name) => inner.size(name),
    list: (after, limit) => inner.list(after, limit),
    close: () => inner.close(),
  };
}

test("a full disk refuses puts by name, serves everything, and takes puts when there is room", async (context: TestContext) => {
  await inFolder(async (folder, coder) => {
    const disk = mountSmallDisk(join(folder, "disk"), SMALL_DISK_BYTES);
    if (disk === undefined) {
      context.diagnostic("may not mount here: the full disk is a driver's");
      const meta = await openSqliteMeta(join(folder, "meta.db"), true);
      const blobs = await limitedBlobs(join(folder, "blobs"), SMALL_DISK_BYTES);
      const store = await openStore({ drivers: { meta, blobs }, coder });
      await fillAndGoOn(store);
      await store.close();
      return;
    }
    try {
      const data = join(folder, "disk", "data");
      const store = await openStore({ folder: data, coder });
      await fillAndGoOn(store);
      await store.close();
      const again = await openStore({ folder: data, coder });
      assert.deepEqual((await again.check({ deep: true })).problems, []);
      await again.close();
    } finally {
      disk.end();
    }
  });
});

/** Lends an open store, and closes it, come what may. */
async function withStore(
  data: string,
  coder: Coder,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await openStore({ folder: data, coder });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** Does the work while the folder cannot be written. @returns false where that cannot be had */
async function whileReadOnly(folder: string, work: () => Promise<void>): Promise<boolean> {
  const obstacle = makeReadOnly(folder);
  if (obstacle === undefined) return false;
  try {
    await work();
  } finally {
    obstacle.end();
  }
  return true;
}

test("a folder that cannot be written refuses puts by name and serves everything", async (context) => {
  await inFolder(async (folder, coder) => {
    const data = join(folder, "data");
    await withStore(data, coder, async (store) => {
      await store.createBucket("bucket");
      await store.putObject("bucket", "k", streamOf(noise(1)));
      const tried = await whileReadOnly(join(data, "blobs"), async () => {
        const refused = store.putObject("bucket", "other", streamOf(noise(2)));
        await assert.rejects(refused, { code: "ReadOnly", kind: "io" });
        assert.deepEqual(await getBytes(store, "bucket", "k"), new Uint8Array(noise(1)));
      });
      if (!tried) context.diagnostic("root may not mount here: nothing was read-only");
      await store.putObject("bucket", "other", streamOf(noise(2)));
    });
    await whileReadOnly(data, async () => {
      await assert.rejects(openStore({ folder: data, coder }), { code: "ReadOnly" });
    });
    await withStore(data, coder, async (store) => {
      assert.deepEqual(await getBytes(store, "bucket", "other"), new Uint8Array(noise(2)));
    });
  });
});

/** The one blob of an object of one chunk that is `bytes` long on the disk, as a path. */
async function blobFile(data: string, bytes: number): Promise<string> {
  for (const entry of await readdir(join(data, "blobs"), {
    recursive: true,
    withFileTypes: true,
  })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && (await stat(path)).size === bytes) return path;
  }
  throw new Error(`no blob of ${bytes} bytes`);
}

test("a byte flipped anywhere in a blob is a typed error with the object's name, never a wrong byte", async () => {
  await inFolder(async (folder, coder) => {
    const alarms: PithError[] = [];
    const data = join(folder, "data");
    const store = await openStore({ folder: data, coder, onAlarm: (alarm) => alarms.push(alarm) });
    await store.createBucket("bucket");
    const good = seeded(5).content(50 * KIB);
    const hurt = seeded(6).content(30 * KIB);
    await store.putObject("bucket", "hurt", streamOf(hurt));
    const file = await blobFile(data, (await store.totals()).blobBytes);
    await store.putObject("bucket", "good", streamOf(good));
    const { size } = await stat(file);
    const random = seeded(7);
    const handle = await open(file, "r+");
    for (let i = 0; i < 60; i++) {
      const at = i < 40 ? i : random.upTo(size);
      const byte = new Uint8Array(1);
      await handle.read(byte, 0, 1, at);
      const flipped = Uint8Array.of((byte[0] as number) ^ (1 << random.upTo(8)));
      await handle.write(flipped, 0, 1, at);
      const { body } = await store.getObject("bucket", "hurt");
      await assert.rejects(bytesOf(body), { kind: "corrupt" }, `byte ${at}`);
      assert.equal(alarms.at(-1)?.facts["key"], "hurt");
      await handle.write(byte, 0, 1, at);
    }
    await handle.close();
    assert.equal(alarms.length, 60);
    assert.deepEqual(await getBytes(store, "bucket", "good"), good);
    assert.deepEqual(await getBytes(store, "bucket", "hurt"), hurt);
    await store.close();
  });
});

test("a missing blob names its object, and the next put of the same bytes brings it back", async () => {
  await inFolder(async (folder, coder) => {
    const data = join(folder, "data");
    const store = await openStore({ folder: data, coder });
    await store.createBucket("bucket");
    const bytes = seeded(8).content(70 * KIB);
    await store.putObject("bucket", "k", streamOf(bytes));
    await rm(await blobFile(data, (await store.totals()).blobBytes));
    const { body } = await store.getObject("bucket", "k");
    await assert.rejects(bytesOf(body), (error: PithError) => {
      assert.deepEqual([error.code, error.facts["key"]], ["BlobMissing", "k"]);
      return true;
    });
    const report = await store.check();
    assert.deepEqual(
      report.problems.map((problem) => problem.object?.key),
      ["k"],
    );
    await store.putObject("bucket", "again", streamOf(bytes));
    assert.deepEqual(await getBytes(store, "bucket", "k"), bytes);
    assert.deepEqual((await store.check({ deep: true })).problems, []);
    await store.close();
  });
});

test("a recoding leaves room for puts, and goes on when there is some", async (context: TestContext) => {
  await onSmallDisk(context, async (store, data) => {
    const text = (seed: number): Uint8Array => seeded(seed).content(300 * KIB);
    const keys: number[] = [];
    // A sixteenth of the disk is 384 KiB.
    for (let seed = 1; (await roomOf(data)).freeBytes > 680 * KIB; seed++) {
      await store.putObject("bucket", `k${seed}`, streamOf(text(seed)), { codec: "stored" });
      keys.push(seed);
    }
    await assert.rejects(store.recode({ effort: "flat" }), { code: "DiskFull" });
    const ended = await store.recoding();
    assert.deepEqual([ended?.state, ended?.fault], ["failed", "DiskFull"]);
    await store.putObject("bucket", "put", streamOf(noise(5, 20 * KIB)));
    await store.deleteObject("bucket", `k${keys.pop()}`);
    await store.deleteObject("bucket", `k${keys.pop()}`);
    for (let i = 0; i < 9 && (await store.recoding())?.state === "failed"; i++) {
      await store.collect({ graceMs: 0 });
      await store.recode({ effort: "flat" }).catch((error: PithError) => {
        assert.equal(error.code, "DiskFull");
      });
    }
    assert.equal((await store.recoding())?.state, "done");
    for (const seed of keys) {
      assert.deepEqual(await getBytes(store, "bucket", `k${seed}`), text(seed));
    }
    assert.deepEqual((await store.check({ deep: true })).problems, []);
  });
});

test("older backups make place for a new one", async (context: TestContext) => {
  await onSmallDisk(context, async (store, data) => {
    for (let i = 0; i < 5; i++) await store.backup();
    const filler = join(data, "..", "filler");
    const { freeBytes } = await roomOf(data);
    await writeFile(filler, new Uint8Array(freeBytes - 16 * KIB));
    const made = await store.backup();
    assert.ok((await store.listBackups()).some(({ name }) => name === made.name));
    assert.ok((await store.listBackups()).length < 6);
  });
});

async function onSmallDisk(
  context: TestContext,
  work: (store: Store, data: string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder, coder) => {
    const disk = mountSmallDisk(join(folder, "disk"), SMALL_DISK_BYTES);
    if (disk === undefined) {
      context.skip("may not mount here");
      return;
    }
    try {
      const data = join(folder, "disk", "data");
      await withStore(data, coder, async (store) => {
        await store.createBucket("bucket");
        await work(store, data);
      });
    } finally {
      disk.end();
    }
  });
}
