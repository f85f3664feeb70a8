/**
 * The files of the two existing programs: every one decodes to the bytes it was made from. What they
 * decode to is a promise, frozen for ever.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { sha256 } from "../core/hash.ts";
import { decodeLepton } from "./index.ts";

const FOLDER = "jpeg/vectors";
/** Vectors that were there when this was written: none may go missing. */
const COUNT = 51;

interface Vector {
  readonly file: string;
  readonly sha256: string;
  /** Nothing in the file says that it was made without 16-bit arithmetic. */
  readonly isExact: boolean;
}

function readVectors(): Vector[] {
  const text = new TextDecoder().decode(corpusFile(`${FOLDER}/vectors.csv`));
  return text
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [file = "", , , sum = "", ...note] = line.split(",");
      return { file, sha256: sum, isExact: note.join(",").includes("32-bit") };
    });
}

test("every vector decodes to the bytes it was made from", { skip: withoutCorpus }, async () => {
  const vectors = readVectors();
  assert.equal(vectors.length, COUNT);
  for (const { file, sha256: expected, isExact } of vectors) {
    const options = isExact ? { arithmetic: { dc16: false, adv16: false } } : {};
    const decoded = await decodeLepton(corpusFile(`${FOLDER}/${file}`), options);
    assert.equal(sha256(decoded), expected, file);
  }
});

test("the vector of exact arithmetic needs it", { skip: withoutCorpus }, async () => {
  const exact = readVectors().filter((vector) => vector.isExact);
  assert.equal(exact.length, 1);
  for (const { file, sha256: expected } of exact) {
    const decoded = await decodeLepton(corpusFile(`${FOLDER}/${file}`)).catch(() => undefined);
    assert.notEqual(decoded === undefined ? undefined : sha256(decoded), expected);
  }
});
