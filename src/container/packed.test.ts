import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { seeded } from "../../test/random.ts";
import { looksPacked } from "./packed.ts";

test("noise and packed bytes look packed", () => {
  assert.ok(looksPacked(seeded(1).bytes(1_000_000), "quick"));
  assert.ok(looksPacked(gzipSync(seeded(2).content(4_000_000)), "quick"));
});

test("anything with repeats or a skew does not, nor does a short chunk", () => {
  assert.ok(!looksPacked(seeded(3).bytes(1000), "quick"));
  const repeats = new Uint8Array(1_000_000);
  const block = seeded(4).bytes(2000);
  for (let at = 0; at < repeats.length; at += block.length) repeats.set(block, at);
  assert.ok(!looksPacked(repeats, "quick"), "blocks of noise that come again");
  assert.ok(
    !looksPacked(
      seeded(5)
        .bytes(1_000_000)
        .map((byte) => byte % 240),
      "quick",
    ),
    "240 byte values",
  );
  const half = seeded(6).bytes(1_000_000);
  half.fill(0, 500_000);
  assert.ok(!looksPacked(half, "quick"));
});

test("a skew that a code for each sample eats up is seen all the same", () => {
  // 1.4 % by entropy.
  const skewed = seeded(7)
    .bytes(1_000_000)
    .map((byte, i) => (i % 8 === 0 ? byte & 0x55 : byte));
  assert.ok(!looksPacked(skewed, "quick"));
  const fewer = seeded(8)
    .bytes(1_000_000)
    .map((byte, i) => (i % 256 === 0 ? byte & 0x55 : byte));
  assert.ok(looksPacked(fewer, "quick"));
});

test("a head that shrinks is not taken for the rest", () => {
  const photo = seeded(9).bytes(2_000_000);
  photo.fill(32, 0, 10_000);
  assert.ok(looksPacked(photo, "quick"));
});

test("before a long search a short chunk is looked at, too, but for the shortest", () => {
  const noise = seeded(10).bytes(100_000);
  assert.ok(!looksPacked(noise, "quick"));
  assert.ok(looksPacked(noise, "long"));
  assert.ok(looksPacked(noise.subarray(0, 4096), "long"));
  assert.ok(!looksPacked(noise.subarray(0, 4095), "long"));
  assert.ok(!looksPacked(noise.fill(0, 0, 2000), "long"));
});

test("what real files lose by it is below what is worth saving", { skip: withoutCorpus }, () => {
  const photos = readdirSync(corpusPath("jpeg/photos")).filter((name) => name.endsWith(".jpg"));
  const files = [
    ...photos.slice(0, 6).map((name) => `jpeg/photos/${name}`),
    ...["policy.pdf", "slides-growing-liberty.otp", "mr.c0"].map((name) => `general/${name}`),
  ];
  let packed = 0;
  for (const file of files) {
    const bytes = corpusFile(file).subarray(0, 1_000_000);
    if (!looksPacked(bytes, "quick")) continue;
    packed += 1;
    const saved = 1 - deflateRawSync(bytes, { level: 6 }).length / bytes.length;
    assert.ok(saved < 0.03, `${file} would save ${saved}`);
  }
  assert.ok(packed >= 3, "photos look packed");
});
