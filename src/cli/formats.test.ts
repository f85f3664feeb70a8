import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";
import { extensionOf, FORMATS, formatOfName, plainName, recogniseDeflate } from "./formats.ts";

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
  assert.equal(recogniseDeflate(gzipSync("x")), "gz");
  for (const level of [1, 3, 6, 9]) {
    assert.equal(recogniseDeflate(deflateSync("x", { level })), "zlib");
  }
  assert.equal(recogniseDeflate(deflateSync("x", { windowBits: 9 })), "zlib");
  assert.equal(recogniseDeflate(Buffer.from("xylophone")), undefined);
  assert.equal(recogniseDeflate(new Uint8Array()), undefined);
  assert.equal(recogniseDeflate(Uint8Array.of(0x78)), undefined);
});
