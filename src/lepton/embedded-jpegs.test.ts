/** Tests of embedded JPEGs: found whole, in one piece or several, and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { segment, writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate } from "../core/bytes.ts";
import { DENSE_EMBEDDED_MAXIMUM } from "../core/limits.ts";
import { findEmbeddedJpegs } from "./embedded-jpegs.ts";

const APP1 = 0xe1;
const APP2 = 0xe2;
const RECORD = Uint8Array.of(0x48, 0x44, 0x52, 0, 0, 0, 0);

function thumbnail(seed: number, side = 24): Uint8Array {
  const size = { width: side, height: side };
  const picture = makePicture(seeded(seed), size, SAMPLINGS[0]!, TEXTURES.natural);
  return writeJpeg({ picture, scans: oneScan(picture), progressive: false });
}

function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

test("a thumbnail is found where it lies", () => {
  const jpeg = thumbnail(1);
  const before = Uint8Array.of(...RECORD, 0xff, 0xd8, 0xff, 0x12, 0xff, 0xd8);
  const records = concatenate([before, jpeg, jpeg, Uint8Array.of(0xff, 0xd9)]);
  const [start, middle, end] = [0, 1, 2].map((count) => before.length + count * jpeg.length);
  const expected = [[{ start, end: middle }], [{ start: middle, end }]];
  assert.deepEqual(findEmbeddedJpegs(records), expected);
});

test("a JPEG that does not end is none", () => {
  const jpeg = thumbnail(2);
  for (let size = 0; size < jpeg.length; size++) {
    assert.deepEqual(findEmbeddedJpegs(concatenate([RECORD, jpeg.subarray(0, size)])), []);
  }
});

test("a JPEG within a JPEG is the outer one's matter", () => {
  const picture = makePicture(seeded(3), { width: 16, height: 16 }, SAMPLINGS[0]!, TEXTURES.flat);
  const firstSegments = segment(APP1, thumbnail(4));
  const outer = writeJpeg({ picture, scans: oneScan(picture), progressive: false, firstSegments });
  const found = findEmbeddedJpegs(concatenate([RECORD, outer]));
  assert.deepEqual(found, [[{ start: RECORD.length, end: RECORD.length + outer.length }]]);
});

test("a stream over several segments is put together", () => {
  const jpeg = thumbnail(5, 64);
  const cuts = [0, 5, Math.floor(jpeg.length / 2), jpeg.length];
  for (const [marker, begins] of [
    [APP2, "FPXR\0\0\x02\0\x01\0\0\0\0"],
    [APP1, "FLIR\0\x01\0\x02"],
  ] as const) {
    const parts = [0, 1, 2].map((i) =>
      segment(marker, [...letters(begins), ...jpeg.subarray(cuts[i], cuts[i + 1])]),
    );
    const other = segment(APP1, letters("Exif\0\0"));
    const records = concatenate([RECORD, parts[0]!, other, parts[1]!, parts[2]!]);
    const found = findEmbeddedJpegs(records);
    assert.equal(found.length, 1);
    assert.equal(found[0]?.length, 3);
    const pieces = found[0].map(({ start, end }) => records.subarray(start, end));
    assert.deepEqual(concatenate(pieces), jpeg);
  }
});

test("no more than a reader takes, and in bounded time", () => {
  const jpeg = thumbnail(6, 8);
  const many = concatenate([RECORD, ...Array.from({ length: 40 }, () => jpeg)]);
  assert.equal(findEmbeddedJpegs(many).length, DENSE_EMBEDDED_MAXIMUM);
  // Each begin leads to the same long scan, which does not end.
  const begins = new Uint8Array(400_000);
  const scan = Uint8Array.of(0xff, 0xda, 0, 2);
  for (let at = 0; at < 200_000; at += 10) begins.set([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xf0], at);
  for (let at = 200_000; at < 270_000; at += 4) begins.set(scan, at);
  assert.deepEqual(findEmbeddedJpegs(begins), []);
});

test("what is found is in order and apart, whatever the bytes", async () => {
  await forSeeds(200, (random) => {
    const parts: Uint8Array[] = [RECORD];
    for (let i = random.upTo(8); i > 0; i--) {
      const jpeg = thumbnail(random.upTo(5), 8 + random.upTo(24));
      const cut = random.upTo(jpeg.length);
      const piece = random.pick([jpeg, jpeg.subarray(0, cut), jpeg.subarray(cut)]);
      const begins = letters(random.pick(["FLIR\0\x01\0\x01", ""]));
      const isSegment = random.oneIn(2);
      parts.push(isSegment ? segment(APP1, [...begins, ...piece]) : piece);
    }
    const records = concatenate(parts);
    let at = 0;
    for (const { start, end } of findEmbeddedJpegs(records).flat()) {
      assert.ok(start >= at && end > start && end <= records.length);
      at = end;
    }
  });
});
