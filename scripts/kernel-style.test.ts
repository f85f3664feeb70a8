import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { marked, unmarked } from "./kernel-style.ts";

const ROOT = resolve(import.meta.dirname, "..");
const SOUND = [
  "/** Twice a number. */",
  "// @ts-ignore: decorator",
  "@inline",
  "export function twice(value: u32): u32 {",
  "  return value * 2;",
  "}",
  "",
].join("\n");

/** Exit code and output of the style check over a project with one kernel. */
function check(source: string, ...args: string[]): { code: number; says: string; after: string } {
  const folder = mkdtempSync(join(tmpdir(), "pith-style-"));
  try {
    mkdirSync(join(folder, "kernels"));
    cpSync(join(ROOT, "kernels/tsconfig.json"), join(folder, "kernels/tsconfig.json"));
    cpSync(join(ROOT, "scripts"), join(folder, "scripts"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const kernel = join(folder, "kernels", "twice.ts");
    writeFileSync(kernel, source);
    const script = join(folder, "scripts", "kernel-style.ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      encoding: "utf8",
    });
    return { code: status ?? -1, says: stdout + stderr, after: readFileSync(kernel, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("decorator lines become comments and come back", () => {
  const source = "  @inline\n@unsafe\n  // @inline\n@inline function f(): void {}\n";
  assert.equal(
    marked(source),
    "  //!inline\n//!unsafe\n  // @inline\n@inline function f(): void {}\n",
  );
  assert.equal(unmarked(marked(source)), source);
});

test("a sound kernel passes", () => {
  const { code, says } = check(SOUND);
  assert.equal(code, 0, says);
});

test("a wrong type in a kernel is found", () => {
  const { code, says } = check(SOUND.replace("value * 2", "other * 2"));
  assert.equal(code, 1);
  assert.match(says, /Cannot find name 'other'/);
});

test("a badly formatted kernel is found, and put right on request", () => {
  const bad = SOUND.replace("value * 2", "value*2");
  assert.equal(check(bad).code, 1);
  const { code, after } = check(bad, "--write");
  assert.equal(code, 0);
  assert.equal(after, SOUND);
});
