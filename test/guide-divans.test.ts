/** The guide to pith/divans: each example runs and prints what it says, each command does its work. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { FAULTS } from "../src/core/errors.ts";
import { runExamples } from "./guide-examples.ts";

const ROOT = resolve(import.meta.dirname, "..");
const door = (name: string): string => pathToFileURL(join(ROOT, `src/${name}/index.ts`)).href;
const guide = readFileSync(join(ROOT, "docs/guides/divans.md"), "utf8");

/** Prose of some length that repeats itself here and there. */
const NOTES = Buffer.concat(
  ["guides/command-line", "guides/lepton", "guides/s3", "formats/lepton", "formats/frame"].map(
    (name) => readFileSync(join(ROOT, `docs/${name}.md`)),
  ),
);

test("the examples of the divans guide print what they say", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  try {
    writeFileSync(join(folder, "notes.txt"), NOTES);
    const examples = guide.replaceAll(/"pith\/(ir|filters)"/g, (_, name) =>
      JSON.stringify(door(name)),
    );
    assert.ok((await runExamples(examples, "pith/divans", door("divans"), folder)) >= 8);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the commands of the divans guide do what they say", async () => {
  const block = /^## On the command line\n\n```\n([\s\S]*?)^```/m.exec(guide)![1]!;
  const commands = block.trimEnd().split("\n");
  assert.ok(commands.length >= 13);
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  const main = join(ROOT, "src/cli/main.ts");
  try {
    writeFileSync(join(folder, "notes.txt"), NOTES);
    for (const command of commands) {
      const [name, ...words] = command.split(/\s{2,}/)[0]!.split(" ");
      assert.equal(name, "pith", command);
      await promisify(execFile)(process.execPath, [main, ...words], { cwd: folder });
    }
    assert.deepEqual(readFileSync(join(folder, "back.txt")), NOTES);
    assert.deepEqual(readFileSync(join(folder, "again.txt")), NOTES);
    const named = ["again.ir", "again.txt", "back.txt", "both.dvn", "both.ir", "notes.ir"];
    named.push("notes.txt", "notes.txt.dvn", "notes.txt.pith", "plain.dvn", "runs.ir", "words.ir");
    assert.deepEqual(readdirSync(folder).sort(), named);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the guide names refusals as the table of faults has them", () => {
  const named = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1] ?? "");
  assert.ok(named.length >= 8);
  for (const code of named) assert.ok(code in FAULTS, code);
});
