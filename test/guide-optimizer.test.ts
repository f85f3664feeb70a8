/** The guide to writing an optimizer: each example runs and prints what it says. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { OPTIMIZERS } from "../src/ir/optimize/optimize.ts";
import { runExamples } from "./guide-examples.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOOR = pathToFileURL(join(ROOT, "src/ir/index.ts")).href;
const guide = readFileSync(join(ROOT, "docs/guides/write-an-optimizer.md"), "utf8");

test("the examples of the guide to optimizers print what they say", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  try {
    assert.equal(await runExamples(guide, "pith/ir", DOOR, folder), 3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the guide names our optimizers, all of them, in order", () => {
  const named = [...guide.matchAll(/^\| `([a-z-]+-[a-z-]+)` \|/gm)].map((row) => row[1]);
  assert.deepEqual(
    named,
    OPTIMIZERS.map((one) => one.name),
  );
});
