/** The reference of the Lepton model writes, for photos, the very streams that
 * lepton_jpeg_rust wrote, in one segment and in several. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../corpus.ts";
import { readJpeg } from "../jpeg/jpeg-reader.ts";
import { encodeSegment, type ReferencePicture, segmentsFrom } from "../jpeg/lepton-reference.ts";

test("streams of the reference are those of lepton_jpeg_rust", { skip: withoutCorpus }, () => {
  const table = new TextDecoder().decode(corpusFile("jpeg/reference-segments.csv"));
  const rows = table.trim().split("\n").slice(1);
  assert.ok(rows.length >= 92);
  // All agree; each takes some three seconds, so a quarter of them stands for the others.
  for (const row of rows.filter((_, i) => i % 4 === 1)) {
    const [file, count, , , , expected] = row.split(",");
    const picture = readJpeg(corpusFile(`jpeg/${file}`));
    const hash = createHash("sha256");
    for (const segment of segmentsFrom(picture, firstRowsOf(picture, Number(count)))) {
      hash.update(encodeSegment(picture, segment).stream);
    }
    assert.equal(hash.digest("hex"), expected, `${file} in ${count} segments`);
  }
});

/** Where that program cuts: after MCU row floor(s * i), s the rows of a segment as a float32. */
function firstRowsOf(picture: ReferencePicture, count: number): number[] {
  const rowsEach = Math.fround(picture.mcuRows / count);
  const { v } = picture.components[0]!;
  return Array.from({ length: count }, (_, i) =>
    i === 0 ? 0 : v * (Math.floor(Math.fround(rowsEach * i)) + 1),
  );
}
