/** The guide to pith/lepton: each example runs and prints what it says. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import sharp from "sharp";
import { FAULTS } from "../src/core/errors.ts";
import { runExamples } from "./guide-examples.ts";
import { seeded } from "./random.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOOR = pathToFileURL(join(ROOT, "src/lepton/index.ts")).href;
const guide = readFileSync(join(ROOT, "docs/guides/lepton.md"), "utf8");

/** A picture of soft shapes and a little noise, as a JPEG. */
async function photo(): Promise<Buffer> {
  const [width, height] = [960, 720];
  const random = seeded(3);
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < pixels.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const shape = 60 * Math.sin(x / 90 + (i % 3)) + 60 * Math.cos(y / 70 + x / 300);
    pixels[i] = 128 + shape + random.upTo(12);
  }
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

test("the examples of the lepton guide print what they say", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  try {
    writeFileSync(join(folder, "photo.jpg"), await photo());
    const count = await runExamples(guide, "pith/lepton", DOOR, folder);
    assert.ok(count >= 6);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the commands of the lepton guide do what they say", async () => {
  const block = /^## On the command line\n\n```\n([\s\S]*?)^```/m.exec(guide)![1]!;
  const commands = block.trimEnd().split("\n");
  assert.ok(commands.length >= 7);
  const folder = mkdtempSync(join(tmpdir(), "pith-guide-"));
  const main = join(ROOT, "src/cli/main.ts");
  try {
    const jpeg = await photo();
    writeFileSync(join(folder, "photo.jpg"), jpeg);
    for (const command of commands) {
      const [name, ...words] = command.split(/\s{2,}/)[0]!.split(" ");
      assert.equal(name, "pith", command);
      await promisify(execFile)(process.execPath, [main, ...words], { cwd: folder });
    }
    assert.deepEqual(readFileSync(join(folder, "back.jpg")), jpeg);
    const made = readdirSync(folder).sort();
    const named = ["back.jpg", "eight.lep", "part.lep", "photo.jpg", "photo.jpg.pith", "photo.lep"];
    assert.deepEqual(made, named);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the guide names refusals as the table of faults has them", () => {
  const named = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map((row) => row[1] ?? "");
  assert.ok(named.length >= 12);
  for (const code of named) assert.ok(code in FAULTS, code);
});
