import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cut, UNIT_BYTES, unitsOf } from "./units.ts";

test("a file of up to 4 MiB is one unit under its own name, a larger one is cut", () => {
  assert.deepEqual(cut("empty", new Uint8Array(0)), []);
  const [whole, ...others] = cut("whole.so", new Uint8Array(UNIT_BYTES));
  assert.equal(whole?.name, "whole.so");
  assert.equal(others.length, 0);

  const file = new Uint8Array(UNIT_BYTES + 3).fill(7, UNIT_BYTES);
  const pieces = cut("a folder/large.so", file);
  assert.deepEqual(
    pieces.map(({ name, fileName, bytes }) => [name, fileName, bytes.length]),
    [
      ["a folder/large.c0.so", "large.c0.so", UNIT_BYTES],
      ["a folder/large.c1.so", "large.c1.so", 3],
    ],
  );
  assert.notEqual(pieces[0]?.sha256, pieces[1]?.sha256);
});

test("files and folders may be given, and shells get names without surprises", () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
  try {
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "below", "a 'b'.txt"), "abc");
    writeFileSync(join(folder, "first"), "def");
    const units = unitsOf([folder, join(folder, "first")]);
    assert.deepEqual(
      units.map(({ name }) => name),
      [join("below", "a 'b'.txt"), "first", "first"],
    );
    assert.equal(units[0]?.fileName, "a__b_.txt");
    assert.throws(() => unitsOf([join(folder, "no such file")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
