import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { loadKernelFile } from "../core/kernel.ts";
import { IrBuilder } from "./build.ts";
import { Dictionary, loadDictionary } from "./dictionary.ts";
import { runIr } from "./run.ts";
import { checkWord, TRANSFORMS, transformedLength, wordCount, wordOffset } from "./words.ts";

const load = createRequire(import.meta.url);

/** The package's own decoder: another's code that transforms words. */
interface PackageTransforms {
  readonly kTransforms: readonly { prefix: Uint8Array; suffix: Uint8Array; transform: number }[];
  transformDictionaryWord(
    target: Uint8Array,
    at: number,
    word: number,
    wordLength: number,
    transform: number,
  ): number;
}

const theirs = load("brotli/dec/transform.js") as PackageTransforms;
const theirWords = load("brotli/dec/dictionary.js") as {
  init(): void;
  offsetsByLength: Uint32Array;
  sizeBitsByLength: Uint8Array;
};
theirWords.init();

test("words lie where the RFC has them, and no others exist", () => {
  let words = 0;
  for (let length = 0; length <= 30; length++) {
    const bits = theirWords.sizeBitsByLength[length] ?? 0;
    assert.equal(wordCount(length), bits === 0 ? 0 : 1 << bits, `length ${length}`);
    words += wordCount(length);
    if (bits === 0) {
      assert.notEqual(checkWord(length, 0, 0), "");
      continue;
    }
    assert.equal(wordOffset(length, 0), theirWords.offsetsByLength[length]);
    assert.equal(checkWord(length, wordCount(length) - 1, 120), "");
    assert.notEqual(checkWord(length, wordCount(length), 0), "");
    assert.notEqual(checkWord(length, 0, 121), "");
  }
  assert.equal(words, 13_504);
});

test("every transform makes of words what another decoder makes of them", async () => {
  const dictionary = await loadDictionary();
  const target = new Uint8Array(64);
  for (let transform = 0; transform < TRANSFORMS; transform++) {
    for (let length = 4; length <= 24; length++) {
      // Words of every script: letters of two and three bytes lie in the upper half.
      for (let i = 0; i < 40; i++) {
        const word = Math.floor((i * wordCount(length)) / 40);
        const start = wordOffset(length, word);
        target.fill(0xee);
        const made = theirs.transformDictionaryWord(target, 0, start, length, transform);
        const ours = dictionary.transformedWord(length, word, transform);
        assert.equal(ours.length, made);
        assert.equal(transformedLength(length, transform), made, `transform ${transform}`);
        assert.deepEqual(ours, target.slice(0, made), `word ${length},${word} by ${transform}`);
      }
    }
  }
});

test("upper case leaves alone what a cut letter would need", async () => {
  const file = Uint8Array.from(await loadKernelFile("dictionary.bin"));
  file.set([0x61, 0xc3, 0xa9, 0xe3], 0); // a, é, and the lead byte of three
  const dictionary = new Dictionary(file);
  const all = [...Array(TRANSFORMS).keys()].find(
    (one) => dictionary.transformedWord(4, 0, one).join() === "65,195,137,227",
  );
  assert.equal(all, 44, "the transform that raises all and adds nothing");
  file.set([0xc3, 0x61, 0xc3, 0xc3], 0);
  assert.deepEqual([...dictionary.transformedWord(4, 0, 44)], [0xc3, 0x41, 0xc3, 0xe3]);
  file.set([0xdf, 0x61, 0x61, 0x62], 0);
  assert.deepEqual([...dictionary.transformedWord(4, 0, 44)], [0xdf, 0x41, 0x41, 0x42]);
  file.set([0x61, 0x61, 0xe3, 0x61], 0);
  const target = new Uint8Array(8);
  assert.equal(dictionary.writeWord(target, 0, 4, 0, 44), 4);
  assert.deepEqual([...target], [0x41, 0x41, 0xe3, 0x61, 0, 0, 0, 0], "nothing behind the word");
});

test("a word that is omitted altogether leaves prefix and suffix, or nothing", async () => {
  const omitsNine = theirs.kTransforms.findIndex(
    ({ transform, prefix, suffix }) => transform === 20 && prefix.length + suffix.length === 0,
  );
  assert.ok(omitsNine > 0);
  assert.equal(transformedLength(4, omitsNine), 0);
  const ir = new IrBuilder().dict(4, 0, omitsNine).dict(24, 31, 0).finish();
  assert.equal((await runIr(ir)).length, 24);
});
