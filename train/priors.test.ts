/**
 * Prior sets: what is written is read, whatever it says; a file that is damaged, or for other tables, is
 * refused; the layout is the kernel's.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { checksumOf } from "../src/core/checksum.ts";
import { PRIOR_SET } from "../src/lepton/priors.ts";
import { codeLevels, codeWeights, NOT_TOLD, PriorsReader } from "../src/lepton/priors-coding.ts";
import { readPriorFile } from "../src/lepton/priors-file.ts";
import {
  freshPriors,
  PRIOR_TABLES,
  PRIOR_WORDS,
  RATE_FLOOR,
  rateOf,
  unitOf,
} from "../src/lepton/priors-layout.ts";
import { forSeeds, type Random, seeded } from "../test/random.ts";
import { DenseKernel } from "./dense-kernel.ts";
import { priorSetFile } from "./prior-set.ts";
import { PriorsWriter } from "./priors-writer.ts";
import { CELLS, FAMILIES, isBounded, readRegressions } from "./reference-regressions.ts";
import { noRegressions } from "./regressions.ts";

/** Calls with each parameter's place: of its logit, of its rate. */
function forParameters(visit: (logitAt: number, rateAt: number) => void): void {
  for (const { kind, at, end } of PRIOR_TABLES) {
    const { words, lanes } = unitOf(kind);
    for (let unit = at; unit < end; unit += words) {
      for (let i = unit; i < unit + lanes; i++) visit(i, rateOf(kind, i));
    }
  }
}

/** What training could tell: some parameters of any size, seen as often as any. */
function someTables(random: Random, share: number): { words: Int16Array; visits: Float64Array } {
  const words = freshPriors();
  const visits = new Float64Array(PRIOR_WORDS);
  forParameters((logitAt, rateAt) => {
    if (random.upTo(1000) >= share) return;
    words[logitAt] = random.upTo(65_536) - 32_768;
    words[rateAt] = RATE_FLOOR + random.upTo(12_000);
    visits[logitAt] = random.upTo(300);
  });
  return { words, visits };
}

/** The shipped prior set. Another one is another format: it takes another number. */
const SHIPPED_SHA256 = "c223ea01bc6ee2ad7f4915c6235b81adc6479b817ca85604102116943862b9ec";

test("the shipped prior set is the one that was trained, small, and within bounds", () => {
  const file = readFileSync(new URL("./trained/jpeg-priors.bin", import.meta.url));
  assert.equal(createHash("sha256").update(file).digest("hex"), SHIPPED_SHA256);
  assert.ok(file.length <= 150_000);
  const { number, weights, tables } = readPriorFile(file);
  assert.equal(number, PRIOR_SET);
  const regressions = readRegressions(new Uint8Array(weights.buffer));
  for (const family of FAMILIES) {
    for (let cell = 0; cell < CELLS[family]; cell++) {
      assert.ok(isBounded(regressions, family, cell), `${family} ${cell}`);
    }
  }
  // Rates between the lowest of training and that of nothing seen: the kernel bounds no sum otherwise.
  forParameters((_, rateAt) => {
    if (tables[rateAt]! < 300 || tables[rateAt]! > 13_107) assert.fail(`rate ${tables[rateAt]}`);
  });
});

test("the layout is that of the kernel's tables", async () => {
  const kernel = await DenseKernel.open(new Uint8Array(21_152));
  assert.deepEqual(kernel.priors, freshPriors());
});

test("levels and weights come back, extremes among them", async () => {
  await forSeeds(2, async (random) => {
    const weights = Int16Array.from({ length: 10_576 }, () => {
      return random.oneIn(3) ? 0 : random.upTo(random.pick([2, 300, 65_535])) - 32_767;
    });
    const words = new Int16Array(PRIOR_WORDS).fill(NOT_TOLD);
    const [share, most] = random.pick([
      [1, 127],
      [40, 127],
      [300, 2],
    ] as const);
    forParameters((logitAt, rateAt) => {
      if (random.upTo(1000) >= share) return;
      words[logitAt] = random.upTo(2 * most + 1) - most;
      words[rateAt] = random.upTo(4);
    });
    dropBehindGaps(words);
    const writer = new PriorsWriter();
    codeWeights(writer, weights.slice());
    codeLevels(writer, { words: words.slice() });
    const reader = new PriorsReader(writer.finish());
    const [readWeights, read] = [new Int16Array(weights.length), new Int16Array(PRIOR_WORDS)];
    codeWeights(reader, readWeights);
    codeLevels(reader, { words: read });
    assert.deepEqual(readWeights, weights);
    forParameters((logitAt, rateAt) => {
      assert.equal(read[logitAt], words[logitAt]);
      if (words[logitAt] !== NOT_TOLD) assert.equal(read[rateAt], words[rateAt]);
    });
  });
});

/** In a row only the first steps are told. */
function dropBehindGaps(words: Int16Array): void {
  for (const { kind, at, end } of PRIOR_TABLES) {
    const { words: size, lanes } = unitOf(kind);
    for (let unit = at; unit < end; unit += size) {
      const gap = words.subarray(unit, unit + lanes).indexOf(NOT_TOLD);
      if (gap >= 0) words.fill(NOT_TOLD, unit + gap, unit + lanes);
    }
  }
}

test("a file's tables are near what was learned, and fresh where little was", () => {
  const learned = someTables(seeded(1), 60);
  const { weights, tables, number } = readPriorFile(priorSetFile(7, noRegressions(), learned));
  assert.equal(number, 7);
  assert.ok(weights.every((weight) => weight === 0));
  const fresh = freshPriors();
  let told = 0;
  forParameters((logitAt, rateAt) => {
    if (tables[rateAt] === fresh[rateAt]) return assert.equal(tables[logitAt], 0);
    told += 1;
    // A step of 640, which 16 bits hold 51 times.
    const learnedLogit = Math.max(-32_768, Math.min(32_767, learned.words[logitAt]!));
    assert.ok(Math.abs(tables[logitAt]! - learnedLogit) <= 320);
    const ratio = tables[rateAt]! / Math.max(600, Math.min(8000, learned.words[rateAt]!));
    assert.ok(ratio > 0.62 && ratio < 1.6, `${ratio}`);
  });
  assert.ok(told > 5000, `${told}`);
});

test("a damaged file is refused, and one for other tables", () => {
  const file = priorSetFile(1, noRegressions(), someTables(seeded(2), 20));
  for (const at of [0, 4, 7, 17, 40, file.length - 20, file.length - 1]) {
    const damaged = file.slice();
    damaged[at] = damaged[at]! ^ 0x10;
    assert.throws(() => readPriorFile(damaged), { code: "KernelFault" }, `${at}`);
  }
  for (const size of [0, 10, 23, file.length - 1]) {
    assert.throws(() => readPriorFile(file.subarray(0, size)), { code: "KernelFault" });
  }
  const other = file.slice();
  const view = new DataView(other.buffer);
  view.setUint32(16, PRIOR_WORDS + 16, true);
  view.setUint32(other.length - 4, checksumOf(other.subarray(0, other.length - 4)));
  assert.throws(() => readPriorFile(other), { code: "KernelFault", message: /other tables/ });
});

test("the sum of a whole file tells one set from another", () => {
  // A file that ends with its own sum, low byte first, has the same sum as all others.
  const sums = [2, 3].map((seed) =>
    checksumOf(priorSetFile(1, noRegressions(), someTables(seeded(seed), 20))),
  );
  assert.notEqual(sums[0], sums[1]);
});

test("regressions are read as they were written", () => {
  const bytes = seeded(3).bytes(21_152);
  const { interior, magnitude } = readRegressions(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  assert.equal(interior[0], view.getInt16(0, true));
  assert.equal(magnitude.at(-1), view.getInt16(21_150, true));
});
