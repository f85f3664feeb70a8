/** The guide to reading other compressors' streams: its example runs, its faults are ours. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { FAULTS } from "../src/core/errors.ts";
import { runExamples } from "./guide-examples.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOOR = pathToFileURL(join(ROOT, "src/ir/index.ts")).href;
const guide = readFileSync(join(ROOT, "docs/guides/read-other-compressors.md"), "utf8");

test("the example of the guide prints what it says", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  try {
    assert.equal(await runExamples(guide, "pith/ir", DOOR, folder), 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the guide names faults that there are", () => {
  const named = [...guide.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map((row) => row[1]!);
  assert.equal(named.length, 10);
  for (const code of named) assert.ok(Object.hasOwn(FAULTS, code), code);
});
