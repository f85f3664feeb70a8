/** The guide to pith/deflate: each example runs and prints what it says. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { runExamples } from "./guide-examples.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOOR = pathToFileURL(join(ROOT, "src/deflate/index.ts")).href;
const guide = readFileSync(join(ROOT, "docs/guides/deflate.md"), "utf8");

test("the examples of the deflate guide print what they say", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  try {
    const count = await runExamples(guide, "pith/deflate", DOOR, folder);
    assert.ok(count >= 5);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the guide names each fault of the reader as the table of faults has it", async () => {
  const { FAULTS } = await import("../src/core/errors.ts");
  const named = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1] ?? "");
  assert.equal(named.length, 8);
  for (const code of named) {
    const fault = FAULTS[code as keyof typeof FAULTS];
    assert.ok(fault !== undefined, code);
    assert.equal(fault.kind, code === "OutputLimit" ? "limit" : "input", code);
  }
});
