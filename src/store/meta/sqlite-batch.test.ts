import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { PithError } from "../../core/errors.ts";
import { type Operation, type Outcome, openBatches } from "./sqlite-batch.ts";
import { openDatabase } from "./sqlite-schema.ts";
import { rowOver } from "./suite.ts";

async function inDatabase(body: (database: DatabaseSync) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "pith-batch-"));
  const database = openDatabase(join(folder, "meta.db"), true);
  try {
    body(database);
  } finally {
    database.close();
    await rm(folder, { recursive: true });
  }
}

const put = (key: string, bytes = 10): Operation => ({
  method: "putObject",
  parameters: [rowOver("bucket", key, [], `v${key}${"x".repeat(bytes)}`), {}, 0],
});

function codes(outcomes: readonly Outcome[]): (string | undefined)[] {
  return outcomes.map((outcome) => ("error" in outcome ? outcome.error.code : undefined));
}

test("one that breaks a rule of the database fails alone", async () => {
  await inDatabase((database) => {
    const batches = openBatches(database);
    batches.write([{ method: "createBucket", parameters: ["bucket", 0] }]);
    database.exec(
      "CREATE TRIGGER no BEFORE INSERT ON objects WHEN new.key = 'bad' BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    const outcomes = batches.write([put("a"), put("bad"), put("b")]);
    assert.deepEqual(codes(outcomes), [undefined, "StoreIo", undefined]);
    assert.equal(database.prepare("SELECT count(*) AS count FROM objects").get()?.["count"], 2);
    assert.equal(database.isTransaction, false);
  });
});

test("a database that may not grow is a full disk, for those who need room", async () => {
  await inDatabase((database) => {
    const batches = openBatches(database);
    batches.write([{ method: "createBucket", parameters: ["bucket", 0] }]);
    const pages = database.prepare("PRAGMA page_count").get()?.["page_count"];
    database.exec(`PRAGMA max_page_count = ${Number(pages) + 1}`);
    const outcomes = batches.write([put("a"), put("large", 60_000), put("b")]);
    assert.deepEqual(codes(outcomes), [undefined, "DiskFull", undefined]);
    assert.equal(database.isTransaction, false);
    const read = batches.read({ method: "getObject", parameters: ["bucket", "a"] });
    assert.ok("value" in read);
  });
});

test("a reader's failure is typed", async () => {
  await inDatabase((database) => {
    const batches = openBatches(database);
    const outcome = batches.read({ method: "getObject", parameters: ["none", "k"] });
    assert.ok("error" in outcome && outcome.error instanceof PithError);
    assert.equal(outcome.error.code, "NoSuchBucket");
  });
});
