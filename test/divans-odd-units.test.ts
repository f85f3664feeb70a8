/**
 * Units that our encoder would not write (test/divans/odd-unit.ts): what the format allows is read, by both kernels; what it
 * does not allow is refused before any sum is looked at.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { equalBytes } from "../src/core/bytes.ts";
import { PithError } from "../src/core/errors.ts";
import { DIVANS_HINT_BYTES, DIVANS_UNIT_BYTES } from "../src/core/limits.ts";
import { loadDivans } from "../src/divans/kernels.ts";
import { decodeUnitWith } from "../src/divans/unit-decode.ts";
import { Work } from "../src/divans/work.ts";
import { loadDictionary } from "../src/ir/dictionary.ts";
import { wordCount } from "../src/ir/words.ts";
import { HINT_BYTES_MAXIMUM, WRONGS } from "./divans/odd-plan.ts";
import { type OddUnit, oddUnit } from "./divans/odd-unit.ts";
import type { ReferenceDictionary } from "./divans/reference-decoder.ts";
import { forSeeds, seeded } from "./random.ts";

const isFull = process.env["PITH_FULL"] === "1";
/** What each hint counts beside its bytes. */
const HINT_COST = 16;

const words = await loadDictionary();
const dictionary: ReferenceDictionary = {
  bits: (length) => Math.log2(wordCount(length)),
  transformed: (length, word, transform) => words.transformedWord(length, word, transform),
};
const variants = [await loadDivans("simd"), await loadDivans("scalar")];

async function assertIsRead({ record, unit }: OddUnit): Promise<void> {
  for (const kernels of variants) {
    const plain = await decodeUnitWith(kernels, record, unit.length, new Work());
    assert.ok(equalBytes(plain, unit));
  }
}

async function assertIsRefused({ record, unit }: OddUnit, what: string): Promise<void> {
  for (const kernels of variants) {
    const decoding = decodeUnitWith(kernels, record, unit.length, new Work());
    await assert.rejects(decoding, (error) => {
      assert.ok(error instanceof PithError && error.code === "DivansCorrupt", what);
      assert.notEqual(error.facts["why"], "a checksum that differs", what);
      return true;
    });
  }
}

test("every way to code what the format allows is read", async () => {
  await forSeeds(isFull ? 2000 : 80, async (random) => {
    await assertIsRead(oddUnit(random, 1 + random.upTo(random.pick([9, 300, 3000])), dictionary));
  });
});

test("units at the longest length may have distances as long", async () => {
  await forSeeds(isFull ? 20 : 1, async (random) => {
    await assertIsRead(oddUnit(random, DIVANS_UNIT_BYTES, dictionary));
  });
});

test("what the format does not allow is refused, whatever the sum", async () => {
  await forSeeds(isFull ? 300 : 8, async (random) => {
    for (const wrong of WRONGS) {
      const plainBytes = 100 + random.upTo(400);
      await assertIsRefused(oddUnit(random, plainBytes, dictionary, { wrong }), wrong);
    }
  });
});

test("hints are read up to their limits and not beyond", async () => {
  const random = seeded(5);
  const most = DIVANS_HINT_BYTES / HINT_COST;
  const longest = Math.floor(DIVANS_HINT_BYTES / (HINT_COST + HINT_BYTES_MAXIMUM));
  // As few bytes as hold them: hints that the plan adds would count as well.
  const unit = (count: number, bytes: number): OddUnit =>
    oddUnit(random, bytes > 0 ? count : 1, dictionary, { hints: [count, bytes] });
  await assertIsRead(unit(most, 0));
  await assertIsRefused(unit(most + 1, 0), "a hint more");
  await assertIsRead(unit(longest, HINT_BYTES_MAXIMUM));
  await assertIsRefused(unit(longest + 1, HINT_BYTES_MAXIMUM), "long hints, one more");
});
