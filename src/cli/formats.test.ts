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

test("a Lepton file without another extension was a JPEG", () => {
  const cases: [string, string | undefined][] = [
    ["photo.lep", "photo.jpg"],
    ["photo.JPEG.lep", "photo.JPEG"],
    ["photos.jpg/photo.LEP", "photos.jpg/photo.jpg"],
    ["2025.11.21.lep", "2025.11.21.jpg"],
    [".hidden.lep", ".hidden.jpg"],
    ["photo.thm.lep", "photo.thm"],
    [".lep", undefined],
  ];
  for (const [name, plain] of cases) assert.equal(plainName(name), plain, name);
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
