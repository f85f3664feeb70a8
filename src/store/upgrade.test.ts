/**
 * A data folder that the build before left, opened by this one: test/vectors/store.
 */
import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { seeded } from "../../test/random.ts";
import { type Coder, createCoder } from "../container/index.ts";
import { restoreBackup } from "./backup.ts";
import { openStore, type Store } from "./store.ts";
import { getBytes, streamOf } from "./suite.ts";

const VECTORS = new URL("../../test/vectors/store/version-1/", import.meta.url);

/** The format file that every version so far has written. */
const FORMAT = '{"format":"pith store","version":1,"created":"2026-11-21T18:35:29.123Z"}\n';

const OBJECTS: readonly (readonly [key: string, bytes: Uint8Array])[] = [
  ["text", seeded(1).content(40_000)],
  ["text again", seeded(1).content(40_000)],
  ["noise", seeded(2).bytes(900)],
  ["waits", seeded(3).content(9_000)],
  ["empty", new Uint8Array(0)],
];

async function oldFolder(body: (folder: string, coder: Coder) => Promise<void>): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), "pith-upgrade-"));
  const folder = join(top, "data");
  const coder = await createCoder({ threads: 0 });
  try {
    await mkdir(folder);
    await cp(new URL("blobs/", VECTORS), join(folder, "blobs"), { recursive: true });
    await writeFile(join(folder, "format.json"), FORMAT);
    await writeFile(join(folder, "meta.db"), await oldDatabase());
    await body(folder, coder);
  } finally {
    await coder.close();
    await rm(top, { recursive: true });
  }
}

async function oldDatabase(): Promise<Uint8Array> {
  return gunzipSync(await readFile(new URL("meta.db.gz", VECTORS)));
}

function versionOf(file: string): unknown {
  const database = new DatabaseSync(file, { readOnly: true });
  const version = database.prepare("PRAGMA user_version").get()?.["user_version"];
  database.close();
  return version;
}

async function assertWhole(store: Store): Promise<void> {
  for (const [key, bytes] of OBJECTS) {
    assert.deepEqual(await getBytes(store, "bucket", key), bytes, key);
  }
  assert.deepEqual((await store.check({ deep: true })).problems, []);
}

test("a folder of version 1 is taken over with all that is in it", async () => {
  await oldFolder(async (folder, coder) => {
    assert.equal(versionOf(join(folder, "meta.db")), 1);
    const first = await openStore({ folder, coder, effort: "fast" });
    await assertWhole(first);
    assert.equal((await first.totals()).awaiting, 1);
    await first.putObject("bucket", "new", streamOf(seeded(9).content(5_000)));
    assert.equal(await first.recodeNext(), true);
    await first.close();
    assert.equal(versionOf(join(folder, "meta.db")), 2);

    const second = await openStore({ folder, coder });
    // Nothing says how the old chunks were coded: all are tried, but for the one that was put since.
    const { counts } = await second.recode({ effort: "fast" });
    assert.deepEqual([counts.chunks, counts.kept, counts.skipped], [5, 2, 3]);
    await assertWhole(second);
    await second.collect({ graceMs: 0 });
    assert.equal((await second.check()).collectable.blobs, 0);
    await assertWhole(second);
    await second.close();
  });
});

test("a backup that version 1 made is restored, and taken over", async () => {
  await oldFolder(async (folder, coder) => {
    await mkdir(join(folder, "backups"));
    const name = "meta-20261121T120000000Z.db";
    await writeFile(join(folder, "backups", name), await oldDatabase());
    await rm(join(folder, "meta.db"));
    await assert.rejects(openStore({ folder, coder }), { code: "DatabaseDamaged" });
    assert.equal((await restoreBackup(folder)).name, name);
    const store = await openStore({ folder, coder });
    await assertWhole(store);
    await store.close();
  });
});
