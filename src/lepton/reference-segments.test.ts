/**
 * Our segment streams against those of lepton_jpeg_rust: with the same cuts, the same bytes, for every
 * photo. The files around them differ in their headers only.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { concatenate } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { readLepton } from "./file.ts";
import { encodeLepton } from "./index.ts";

const FULL = process.env["PITH_FULL"] === "1";
/** Every so many rows of the table; all of them take some 12 s. */
const STEP = FULL ? 1 : 6;

test("segment streams equal those of lepton_jpeg_rust", { skip: withoutCorpus }, async () => {
  const text = new TextDecoder().decode(corpusFile("jpeg/reference-segments.csv"));
  const rows = text.trim().split("\n").slice(1);
  assert.ok(rows.length >= 92);
  for (const [i, row] of rows.entries()) {
    if (i % STEP !== 0) continue;
    const [file = "", segments, , , , expected] = row.split(",");
    const options = { segments: Number(segments), cut: "rows", verify: false } as const;
    const lepton = await encodeLepton(corpusFile(`jpeg/${file}`), options);
    const { streams } = await readLepton(lepton);
    assert.equal(sha256(concatenate(streams)), expected, `${file}, ${segments} segments`);
  }
});
