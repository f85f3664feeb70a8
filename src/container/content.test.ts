import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { forSeeds } from "../../test/random.ts";
import { describeContent } from "./content.ts";
import { compress } from "./pith-file.ts";
import { createRegistry } from "./registry.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("content is named by its first bytes", async () => {
  const cases: [string, Uint8Array][] = [
    ["empty", new Uint8Array(0)],
    ["text", text("plain words\n")],
    ["text", text("Grüße, 世界".repeat(600)).subarray(0, 4097)],
    ["text", Uint8Array.of(0xff, 0xfe, 65, 0)],
    ["binary", Uint8Array.of(1, 2, 3)],
    ["binary", Uint8Array.of(0xc3, 0x28)],
    ["gzip", gzipSync("x")],
    ["pith", await compress(text("x"))],
    ["lepton", Uint8Array.of(0xcf, 0x84, 1, 0x59)],
    ["binary", Uint8Array.of(0xcf, 0x84, 1, 0x57)],
    ["webp", text("RIFF....WEBPVP8 ")],
    ["wav", text("RIFF....WAVEfmt ")],
    ["heic", text("....ftypheic")],
    ["mp4", text("....ftypisom")],
    ["binary", Uint8Array.of(0xff, 0xd8)],
  ];
  for (const [name, bytes] of cases) assert.equal(describeContent(bytes).name, name);
  const tar = new Uint8Array(512).fill(97);
  tar.set(text("ustar"), 257);
  assert.equal(describeContent(tar).name, "tar");
});

test("a kind's specialist is a codec of this build", () => {
  const { specialist } = describeContent(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  assert.ok(specialist !== undefined && createRegistry().byName(specialist) !== undefined);
  assert.equal(describeContent(text("words")).specialist, undefined);
});

test("lossy kinds are those that only a specialist can shrink", () => {
  const jpeg = describeContent(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  assert.deepEqual([jpeg.lossy, jpeg.packed], [true, true]);
  const png = describeContent(Uint8Array.from("\x89PNG\r\n\x1a\n", (c) => c.charCodeAt(0)));
  assert.deepEqual([png.name, png.lossy, png.packed], ["png", false, true]);
  assert.equal(describeContent(text("words")).packed, false);
});

test("real files", { skip: withoutCorpus }, () => {
  const cases: [string, string][] = [
    ["general/policy.pdf", "pdf"],
    ["general/openngc.sqlite", "sqlite"],
    ["general/go-src-encoding.tar", "tar"],
    ["general/libmozinference.so", "executable"],
    ["general/ct-ankle.dcm", "dicom"],
    ["general/slides-growing-liberty.otp", "zip"],
    ["general/twain-tom-sawyer.txt", "text"],
  ];
  for (const [file, name] of cases) {
    assert.equal(describeContent(corpusFile(file).subarray(0, 4096)).name, name, file);
  }
});

test("any bytes have a kind", async () => {
  await forSeeds(200, (random) => {
    const { name, says } = describeContent(random.bytes(random.upTo(600)));
    assert.ok(name.length > 0 && says.length > 0);
  });
});
