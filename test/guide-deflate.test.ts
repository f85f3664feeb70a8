/** The guide to pith/deflate: each example runs and prints what it says. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "..");
const DOOR = pathToFileURL(join(ROOT, "src/deflate/index.ts")).href;
const guide = readFileSync(join(ROOT, "docs/guides/deflate.md"), "utf8");

test("the examples of the deflate guide print what they say", async () => {
  const examples = [...guide.matchAll(/^```js\n([\s\S]*?)^```/gm)].map((block) => block[1] ?? "");
  assert.ok(examples.length >= 5);
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  try {
    for (const [index, example] of examples.entries()) {
      const file = join(folder, `example-${index}.mjs`);
      writeFileSync(file, example.replaceAll('"pith/deflate"', JSON.stringify(DOOR)));
      const run = await promisify(execFile)(process.execPath, [file], { cwd: folder });
      const says = [...example.matchAll(/\/\/ prints: (.*)$/gm)].map((comment) => comment[1]);
      assert.ok(says.length > 0, `example ${index} prints nothing`);
      assert.deepEqual(run.stdout.trimEnd().split("\n"), says, example);
    }
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
