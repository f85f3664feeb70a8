import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutCorpus } from "../../test/corpus.ts";
import { fileOf, filesOf, recordedOf, scanStart } from "./files.ts";

test("the photos are those that the targets speak of", { skip: withoutCorpus }, () => {
  const photos = filesOf("photos", false);
  assert.equal(photos.length, 38);
  assert.equal(
    photos.reduce((total, { bytes }) => total + bytes.length, 0),
    44_149_592,
  );
  const kinds = new Map<string, number>();
  for (const { sampling } of photos) kinds.set(sampling, (kinds.get(sampling) ?? 0) + 1);
  assert.deepEqual(Object.fromEntries(kinds), { "4:2:0": 18, "4:2:2": 14, "4:4:0": 1, "4:4:4": 5 });
});

test("sampling is told where a header has it, and where it has none", {
  skip: withoutCorpus,
}, () => {
  assert.equal(fileOf("vectors", "grayscale.jpg").sampling, "grey");
  assert.equal(fileOf("hostile", "cmyk.jpg").sampling, "other");
  assert.equal(fileOf("hostile", "empty.jpg").sampling, "other");
  assert.equal(fileOf("hostile", "text.jpg").sampling, "other");
});

test("a header ends where the first scan begins", { skip: withoutCorpus }, () => {
  const { bytes } = fileOf("photos", "apple-iphone-6.jpg");
  const at = scanStart(bytes) ?? 0;
  assert.deepEqual([...bytes.subarray(at, at + 5)], [0xff, 0xda, 0, 12, 3]);
  assert.equal(scanStart(fileOf("hostile", "text.jpg").bytes), undefined);
});

test("recorded sizes leave out what a tool refused", { skip: withoutCorpus }, () => {
  const recorded = recordedOf("hostile");
  assert.equal(recorded.get("brunsli")?.get("cmyk.jpg"), 16_675);
  assert.equal(recorded.get("dropbox/lepton")?.get("cmyk.jpg"), undefined);
});
