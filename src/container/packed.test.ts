import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { seeded } from "../../test/random.ts";
import { looksPacked } from "./packed.ts";

test("noise and packed bytes look packed", () => {
  assert.ok(looksPacked(seeded(1).bytes(1_000_000)));
  assert.ok(looksPacked(gzipSync(seeded(2).content(4_000_000))));
});

test("anything with repeats or a skew does not, nor does a short chunk", () => {
  assert.ok(!looksPacked(seeded(3).bytes(1000)));
  const repeats = new Uint8Array(1_000_000);
  const block = seeded(4).bytes(2000);
  for (let at = 0; at < repeats.length; at += block.length) repeats.set(block, at);
  assert.ok(!looksPacked(repeats), "blocks of noise that come again");
  assert.ok(
    !looksPacked(
      seeded(5)
        .bytes(1_000_000)
        .map((byte) => byte % 240),
    ),
    "240 byte values",
  );
  const half = seeded(6).bytes(1_000_000);
  half.fill(0, 500_000);
  assert.ok(!looksPacked(half));
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
    if (!looksPacked(bytes)) continue;
    packed += 1;
    const saved = 1 - deflateRawSync(bytes, { level: 6 }).length / bytes.length;
    assert.ok(saved < 0.03, `${file} would save ${saved}`);
  }
  assert.ok(packed >= 3, "photos look packed");
});
