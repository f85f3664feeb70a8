/**
 * The model of DivANS against a decoder that was written from its document (test/divans): what the kernel codes, that
 * decoder reads, with all that must hold asserted at every step. And rows and weights alone, a million times.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { equalBytes } from "../src/core/bytes.ts";
import { checksumOf } from "../src/core/checksum.ts";
import { encodeIr } from "../src/divans/index.ts";
import { loadDivans } from "../src/divans/kernels.ts";
import {
  LITERAL_PRESETS,
  type LiteralInputs,
  presetNumber,
  seesStride,
  type UnitParameters,
} from "../src/divans/parameters.ts";
import { CONTENTS, randomCommands } from "../src/divans/suite.ts";
import { UnitCoder } from "../src/divans/unit-coder.ts";
import { encodeUnit } from "../src/divans/unit-encode.ts";
import { writeCodedUnit } from "../src/divans/unit-record.ts";
import { Work } from "../src/divans/work.ts";
import { loadDictionary } from "../src/ir/dictionary.ts";
import { IrBuilder, runIr } from "../src/ir/index.ts";
import { wordCount } from "../src/ir/words.ts";
import { type ReferenceDictionary, referenceDecode } from "./divans/reference-decoder.ts";
import {
  begunAs,
  endsOfFour,
  evenRow,
  learnRow,
  learnWeights,
  newWeights,
  RATES,
  weightsFor,
} from "./divans/reference-rows.ts";
import { forSeeds, type Random, seeded } from "./random.ts";

const isFull = process.env["PITH_FULL"] === "1";
const UPDATES = 1_000_000;

const text = readFileSync(new URL("../docs/formats/divans.md", import.meta.url), "utf8");

/** The masks of the document's table of presets. */
const presets = [...text.matchAll(/^\| (\d+) ((?:\| `[0-9a-f]{2}\/[0-9a-f]{2}` ){4})\|$/gm)].map(
  ([, , cells]) =>
    [...cells!.matchAll(/([0-9a-f]{2})\/([0-9a-f]{2})/g)].map(
      ([, history, others]) =>
        [Number.parseInt(history!, 16), Number.parseInt(others!, 16)] as const,
    ),
);

const words = await loadDictionary();
const dictionary: ReferenceDictionary = {
  bits: (length) => Math.max(0, Math.log2(wordCount(length) || 1)),
  transformed: (length, word, transform) => words.transformedWord(length, word, transform),
};

function assertReads(record: Uint8Array, plain: Uint8Array): void {
  const { unit, rest } = referenceDecode(record, presets, dictionary);
  assert.ok(equalBytes(unit, plain));
  const sum = new DataView(rest.buffer, rest.byteOffset, rest.byteLength).getUint32(0, true);
  assert.equal(sum, checksumOf(plain));
  assert.equal(rest.length, 4);
}

test("the document's presets are the program's", () => {
  const ours = LITERAL_PRESETS.map((preset) =>
    preset.map(({ history, others }) => [history, others] as const),
  );
  assert.deepEqual(presets, ours);
  assert.ok(presets.length <= 15);
});

test("a decoder written from the document reads what is coded", async () => {
  await forSeeds(isFull ? 140 : 7, async (random, seed) => {
    const content = Object.values(CONTENTS)[seed % Object.keys(CONTENTS).length]!;
    const plain = content(random, 1 + random.upTo(2000));
    assertReads(await encodeUnit(plain, seed % 2 === 0 ? "fast" : "default"), plain);
  });
});

test("it reads commands of every kind, with hints and raw bytes", async () => {
  await forSeeds(isFull ? 60 : 10, async (random) => {
    const ir = randomCommands(random, 60, 900);
    const plain = await runIr(ir);
    if (plain.length === 0 || plain.length > 60_000) return;
    const file = await encodeIr(ir);
    assertReads(file.subarray(5, -1), plain);
  });
});

test("it reads units of every parameter", async () => {
  const random = seeded(3);
  const rounds = isFull ? 200 : 20;
  for (let round = 0; round < rounds; round++) {
    const content = random.pick(Object.values(CONTENTS));
    const plain = content(random, 1 + random.upTo(1500));
    const parameters = { ...randomParameters(random), literalRate: round % 15 };
    assertReads(await recordOf(plain, parameters), plain);
  }
});

test("it reads units of several blocks, cut within a run and behind a copy", async () => {
  const random = seeded(4);
  // A byte is a symbol where it is raw, and two where it is a literal; a block has 131,072.
  for (const literals of [3000, 100]) {
    const ir = new IrBuilder()
      .insertRandom(random.bytes(65_535))
      .insertRandom(random.bytes(65_300))
      .insert(random.bytes(literals))
      .copy(random.upTo(50) + 5, 3)
      .insertRandom(random.bytes(900))
      .copy(9, 50_000)
      .finish();
    const file = await encodeIr(ir);
    assertReads(file.subarray(5, -1), await runIr(ir));
  }
});

test("rows keep their order over a million updates at every rate", () => {
  for (let rate = 0; rate < RATES; rate++) {
    const random = seeded(rate);
    const row = evenRow();
    let value = 0;
    for (let i = 0; i < UPDATES; i++) {
      // Long runs of one value push a bound as far as it goes.
      if (random.oneIn(50)) value = random.upTo(16);
      if (random.oneIn(3000)) row.count = 1;
      learnRow(row, random.oneIn(9) ? random.upTo(16) : value, rate);
    }
  }
});

test("weights keep their sum, and every value a share, over a million updates", () => {
  const random = seeded(1);
  const sets = newWeights();
  for (const set of sets) assert.ok(set.reduce((a, b) => a + b, 0) <= 32_767);
  let rows = [0, 1, 2, 3].map(evenRow);
  let value = 0;
  for (let i = 0; i < UPDATES; i++) {
    if (random.oneIn(20)) value = random.upTo(16);
    if (random.oneIn(100)) rows = rows.map((row) => (random.oneIn(2) ? begunAs(evenRow()) : row));
    const seen = random.oneIn(7) ? random.upTo(16) : value;
    const weights = weightsFor(sets, rows);
    const ends = endsOfFour(rows, weights);
    learnWeights(rows, weights, seen, ends[seen + 1]! - ends[seen]!);
    // Rows that learn other things than what comes make weights move.
    for (const [k, row] of rows.entries()) {
      learnRow(row, random.oneIn(k + 2) ? random.upTo(16) : seen, random.upTo(RATES));
    }
  }
});

function randomParameters(random: Random): UnitParameters {
  const masks = (): LiteralInputs[number] => ({
    history: random.pick([0, 1, 3, 7, 15, 255, random.upTo(256)]),
    others: random.pick([0, 1, 2, 4, 8, 9, 0xf0, random.upTo(256)]),
  });
  const chosen: LiteralInputs = [masks(), masks(), masks(), masks()];
  const inputs =
    presetNumber(chosen) < 0 && random.oneIn(3) ? random.pick(LITERAL_PRESETS) : chosen;
  return {
    inputs,
    stride: seesStride(inputs) ? random.pick([1, 2, 13, 255, 256, 1000, 1024]) : 0,
    literalRate: random.upTo(15),
    commandRate: random.upTo(15),
    rowBits: 10 + random.upTo(7),
    isPrimed: random.oneIn(8),
  };
}

/** A record by these parameters and a quick search. */
async function recordOf(plain: Uint8Array, parameters: UnitParameters): Promise<Uint8Array> {
  const instance = (await loadDivans()).takeEncoder();
  const coder = new UnitCoder(instance, plain);
  const coded = await new Work().run(
    (function* () {
      yield* coder.findMatches(8, 64);
      yield* coder.firstPrices();
      return yield* coder.encode(yield* coder.parse(1, 64, plain.length), parameters);
    })(),
  );
  (await loadDivans()).releaseEncoder(instance);
  const header = { plainBytes: plain.length, filter: { kind: "none" }, parameters } as const;
  const parts = writeCodedUnit(header, coded.blocks, checksumOf(plain));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
