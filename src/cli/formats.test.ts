import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { extensionOf, FORMATS, formatOfName, plainName, recogniseFormat } from "./formats.ts";

const PITH = Uint8Array.of(1, 2, 3, 4);

test("every format's extension leads back to it", () => {
  for (const format of FORMATS) {
    assert.equal(formatOfName(`a${extensionOf(format)}`), format);
    assert.equal(plainName(`folder.gz/a.txt${extensionOf(format)}`), "folder.gz/a.txt");
  }
});

test("names are read without regard to case, and only their last extension counts", () => {
  assert.equal(formatOfName("A.TAR.GZ"), "gz");
  assert.equal(formatOfName("a.gz.txt"), undefined);
  assert.equal(formatOfName("gz"), undefined);
  assert.equal(plainName("src.tgz"), "src.tar");
  assert.equal(plainName("a.zlib"), "a");
  assert.equal(plainName("a.txt"), undefined);
  assert.equal(plainName(".gz"), undefined);
  assert.equal(plainName("folder/.gz"), undefined);
  assert.equal(plainName("a.constructor"), undefined);
});

test("content is known by its first bytes", () => {
  assert.equal(recogniseFormat(Uint8Array.of(1, 2, 3, 4, 5), PITH), "pith");
  assert.equal(recogniseFormat(Uint8Array.of(1, 2, 3), PITH), undefined);
  assert.equal(recogniseFormat(gzipSync("x"), PITH), "gz");
  for (const level of [1, 3, 6, 9]) {
    assert.equal(recogniseFormat(deflateSync("x", { level }), PITH), "zlib");
  }
  assert.equal(recogniseFormat(deflateSync("x", { windowBits: 9 }), PITH), "zlib");
  assert.equal(recogniseFormat(Buffer.from("xylophone"), PITH), undefined);
  assert.equal(recogniseFormat(new Uint8Array(), PITH), undefined);
  assert.equal(recogniseFormat(Uint8Array.of(0x78), PITH), undefined);
});
