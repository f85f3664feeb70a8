/**
 * Folds: makers stay together, and each file gets what was trained without it.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FOLD_LIST, foldsOf, groupOf, priorsForFile } from "./folds.ts";

test("pictures of one maker are in one fold, and folds are about even", () => {
  const files = Array.from({ length: 40 }, (_, i) => ({
    path: `${i}.jpg`,
    bytes: 1000 + 37 * ((i * 7) % 11),
    sha256: String(i),
    group: `maker ${i % 9}`,
  }));
  const folds = foldsOf(files, 4);
  const sizes = [0, 0, 0, 0];
  for (const [i, { group, bytes }] of files.entries()) {
    assert.equal(folds[i], folds[files.findIndex((file) => file.group === group)]);
    sizes[folds[i]!]! += bytes;
  }
  assert.ok(Math.min(...sizes) > 0.6 * Math.max(...sizes), sizes.join());
});

test("a picture's group is the maker that its EXIF data name, else its name's first word", () => {
  const plain = Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 2);
  assert.equal(groupOf("some/nikon-d70.jpg", plain), "nikon");
  const text = "Canon Inc\0";
  const tiff = Buffer.alloc(8 + 2 + 12 + 4 + text.length);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x010f, 10);
  tiff.writeUInt16LE(2, 12);
  tiff.writeUInt32LE(text.length, 14);
  tiff.writeUInt32LE(26, 18);
  tiff.write(text, 26, "latin1");
  const size = 2 + 6 + tiff.length;
  const start = [0xff, 0xd8, 0xff, 0xe1, size >> 8, size & 255];
  const jpeg = Buffer.concat([Buffer.from(start), Buffer.from("Exif\0\0"), tiff]);
  assert.equal(groupOf("nikon-d70.jpg", jpeg), "canon");
});

test("a file gets what was trained without its fold, another file what was trained on all", () => {
  const folder = mkdtempSync(join(tmpdir(), "pith-folds-"));
  try {
    writeFileSync(join(folder, FOLD_LIST), JSON.stringify({ count: 2, folds: { aa: 1, bb: 0 } }));
    for (const [i, path] of ["", "fold-0", "fold-1"].entries()) {
      mkdirSync(join(folder, path), { recursive: true });
      writeFileSync(join(folder, path, "some.bin"), Uint8Array.of(i));
    }
    const given = ["aa", "bb", "cc"].map((sha256) => priorsForFile(folder, sha256, "some.bin")[0]);
    assert.deepEqual(given, [2, 1, 0]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
