import assert from "node:assert/strict";
import { mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { openSqliteMeta } from "./sqlite.ts";
import { rowOver, storeChunk, testMeta } from "./suite.ts";

testMeta("sqlite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "pith-meta-"));
  const end = (): Promise<void> => rm(folder, { recursive: true });
  return { meta: await openSqliteMeta(join(folder, "meta.db"), true), end };
});

async function inFolder(body: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-meta-"));
  try {
    await body(join(folder, "meta.db"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("what was stored is there after closing and opening", async () => {
  await inFolder(async (file) => {
    const before = await openSqliteMeta(file, true);
    await before.createBucket("bucket", 7);
    await storeChunk(before, "one", 10, "plain");
    const row = rowOver("bucket", "k", ["one"], "v1");
    await before.putObject(row, {}, 0);
    const totals = await before.totals();
    await before.close();
    await assert.rejects(before.totals(), { code: "StoreIo" });

    const after = await openSqliteMeta(file, false);
    assert.deepEqual(await after.getObject("bucket", "k"), row);
    assert.deepEqual(await after.totals(), totals);
    assert.deepEqual((await after.listAwaiting(9)).length, 1);
    await after.close();
    assert.deepEqual(await readdir(join(file, "..")), ["meta.db"]);
  });
});

test("a missing database is made only on request", async () => {
  await inFolder(async (file) => {
    await assert.rejects(openSqliteMeta(file, false), { code: "DatabaseDamaged" });
    await (await openSqliteMeta(file, true)).close();
    await (await openSqliteMeta(file, false)).close();
  });
});

test("a database that lost all its bytes is damaged, not new", async () => {
  await inFolder(async (file) => {
    await writeFile(file, "");
    await assert.rejects(openSqliteMeta(file, false), { code: "DatabaseDamaged" });
    // As an interrupted first opening leaves it.
    await (await openSqliteMeta(file, true)).close();
    await (await openSqliteMeta(file, false)).close();
  });
});

test("a file that is no database of ours is refused and left as it is", async () => {
  await inFolder(async (file) => {
    await writeFile(file, "this is not a database, however long one looks at it. ".repeat(100));
    await assert.rejects(openSqliteMeta(file, true), { code: "DatabaseDamaged" });
    await rm(file);
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE theirs (a)");
    other.close();
    await assert.rejects(openSqliteMeta(file, true), { code: "DatabaseDamaged" });
  });
});

test("a database of a later schema is refused by name of the version", async () => {
  await inFolder(async (file) => {
    await (await openSqliteMeta(file, true)).close();
    const later = new DatabaseSync(file);
    later.exec("PRAGMA user_version = 99");
    later.close();
    await assert.rejects(openSqliteMeta(file, false), { code: "VersionGate" });
  });
});

test("a damaged page is noticed when the database is opened", async () => {
  await inFolder(async (file) => {
    const meta = await openSqliteMeta(file, true);
    await meta.createBucket("bucket", 0);
    for (let i = 0; i < 300; i++) {
      await meta.putObject(rowOver("bucket", `key ${i}`, [], `v${i}`), {}, 0);
    }
    await meta.close();
    const handle = await open(file, "r+");
    const { size } = await stat(file);
    for (let at = 4096 * 8; at < size; at += 4096) {
      await handle.write(new Uint8Array(64).fill(0xa5), 0, 64, at);
    }
    await handle.close();
    await assert.rejects(openSqliteMeta(file, false), { code: "DatabaseDamaged" });
  });
});
