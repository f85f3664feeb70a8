/** Descriptions of Lepton files: what they say is true of files that are known. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { describeLepton } from "./describe.ts";
import { encodeLepton } from "./encode.ts";

const SMALL = new URL("../../test/vectors/lepton/colorswap.lep", import.meta.url);

test("a small file is described", async () => {
  const lepton = readFileSync(SMALL);
  const { bytes, segments, ...facts } = await describeLepton(lepton);
  assert.deepEqual(facts, {
    version: 1,
    flavour: "Z",
    outputBytes: 308,
    width: 16,
    height: 16,
    components: 3,
    sampling: "1x1,1x1,1x1",
    progressive: false,
    scans: 1,
  });
  assert.deepEqual(segments, [{ mcuRow: 0, bytes: 13 }]);
  assert.equal(bytes.header + bytes.dc + bytes.edges + bytes.interior, lepton.length);
});

test("classes sum up, and a photo is mostly interior", { skip: withoutCorpus }, async () => {
  const jpeg = corpusFile("jpeg/photos/apple-iphone-4.jpg");
  const lepton = await encodeLepton(jpeg, { segments: 3, verify: false });
  const { bytes, segments, outputBytes } = await describeLepton(lepton);
  const { header, dc, interior, edges } = bytes;
  assert.equal(header + dc + interior + edges, lepton.length);
  assert.equal(outputBytes, jpeg.length);
  assert.equal(segments.length, 3);
  assert.ok(interior > edges && edges > dc && dc > 0, JSON.stringify(bytes));
});

test("a progressive file is described", { skip: withoutCorpus }, async () => {
  const description = await describeLepton(corpusFile("jpeg/vectors/androidprogressive.lep"));
  const { progressive, scans, flavour, segments, sampling } = description;
  assert.deepEqual(
    { progressive, scans, flavour, sampling, segments: segments.length },
    { progressive: true, scans: 10, flavour: "X", sampling: "2x1,1x1,1x1", segments: 2 },
  );
});
