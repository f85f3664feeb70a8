import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds, type Random } from "../../../test/random.ts";
import { type Dictionary, loadDictionary } from "../dictionary.ts";
import { TRANSFORMS, wordCount } from "../words.ts";
import { loadWordIndex } from "./word-index.ts";

/** A word by a transform, at a place among other bytes. */
function place(dictionary: Dictionary, random: Random) {
  const wordLength = 4 + random.upTo(21);
  const transform = random.upTo(TRANSFORMS);
  const word = random.upTo(wordCount(wordLength));
  const bytes = dictionary.transformedWord(wordLength, word, transform);
  const at = random.upTo(20);
  const plain = random.bytes(at + bytes.length + random.upTo(20));
  plain.set(bytes, at);
  return { wordLength, transform, word, bytes, at, plain };
}

test("a word is found by every transform that leaves its first bytes", async () => {
  const [dictionary, index] = [await loadDictionary(), await loadWordIndex()];
  let found = 0;
  await forSeeds(2000, (random) => {
    const { wordLength, transform, word, bytes, at, plain } = place(dictionary, random);
    const { operation } = dictionary.transform(transform);
    const omitsFirst = operation >= 3 && operation <= 11;
    const omitted = operation > 11 ? operation - 11 : 0;
    if (omitsFirst || wordLength - omitted < 4) return;
    const operand = (word | (wordLength << 16) | (transform << 24)) >>> 0;
    const operands: number[] = [];
    index.find(plain, at, at + bytes.length, (one) => operands.push(one.operand));
    assert.ok(operands.includes(operand), `word ${wordLength},${word} by ${transform}`);
    index.find(plain, at, at + bytes.length - 1, (one) => assert.notEqual(one.operand, operand));
    found++;
  });
  if (process.env["PITH_SEED"] === undefined) assert.ok(found > 1000);
});

test("whatever is found stands there", async () => {
  const [dictionary, index] = [await loadDictionary(), await loadWordIndex()];
  await forSeeds(300, (random) => {
    const { plain } = place(dictionary, random);
    for (let at = 0; at < plain.length; at++) {
      index.find(plain, at, plain.length, ({ length, wordLength, transform, operand }) => {
        const bytes = dictionary.transformedWord(wordLength, operand & 0xffff, transform);
        assert.deepEqual(Buffer.from(plain.subarray(at, at + length)), Buffer.from(bytes));
        assert.equal(operand >>> 24, transform);
        assert.equal((operand >>> 16) & 0xff, wordLength);
      });
    }
  });
});
