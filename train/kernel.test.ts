/**
 * The kernel's inputs are the reference's: of small pictures, coded with wild weights, each exponent was
 * coded with the very contexts that the reference computes. What contexts were used shows in the tables
 * afterwards: their rates have fallen, by as much as they were used.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FRESH_RATE,
  freshPriors,
  PRIOR_TABLES,
  RATE_FLOOR,
  unitOf,
} from "../src/lepton/priors-layout.ts";
import { makePicture, TEXTURES } from "../test/jpeg/jpeg-picture.ts";
import { oneScan, randomQuantization, SAMPLINGS } from "../test/jpeg/jpeg-random.ts";
import { writeJpeg } from "../test/jpeg/jpeg-writer.ts";
import { forSeeds, type Random } from "../test/random.ts";
import { DenseKernel, type Part } from "./dense-kernel.ts";
import { readPicture } from "./pictures.ts";
import {
  blockAt,
  type ReferenceBlock,
  type ReferencePicture,
  walkBlock,
} from "./reference-block.ts";
import { LANES } from "./reference-inputs.ts";
import {
  expectMagnitude,
  fillEdgeMagnitude,
  fillInteriorMagnitude,
  predictEdge,
  predictInterior,
  type Regressions,
  readRegressions,
  regressionBytes,
} from "./reference-regressions.ts";

/** Tables of exponents that name estimates and predictions, by their places in the layout. */
const TABLE = {
  interiorScale: 7,
  interiorSigned: 9,
  edgeSigned: 30,
  edgeScale: 31,
  edgeBoth: 32,
} as const;

/** A context that was used: table, class, unit. */
type Uses = Map<string, number>;

function logLevel(value: number): number {
  const cut = Math.min(4095, value);
  // floor(4 log2(1 + n / 3)), in integers.
  let level = 0;
  while ((cut + 3) ** 4 >= 81 * 2 ** (level + 1)) level += 1;
  return level;
}

/** The quotient as the kernel has it: by a reciprocal of 32 bits. */
function ratio(value: number, quantizer: number): number {
  const reciprocal = BigInt(Math.floor(2 ** 32 / quantizer));
  return Number((BigInt(value) * reciprocal) >> 32n);
}

function someWeights(random: Random): Regressions {
  const weights = readRegressions(new Uint8Array(2 * 10_576));
  for (const family of ["interior", "edge", "dc", "magnitude"] as const) {
    const most = family === "magnitude" ? 700 : 1500;
    const values = weights[family];
    for (let i = 0; i < values.length; i++) values[i] = random.upTo(2 * most + 1) - most / 2;
  }
  return weights;
}

/** The contexts that the reference has coded a part with. */
function usesOf(picture: ReferencePicture, of: Regressions, part: Part): Uses {
  const uses: Uses = new Map();
  const lanes = new Int32Array(LANES.magnitude);
  for (const [c, { v, columns, codedBlocks }] of picture.components.entries()) {
    for (let y = part.first * v; y < part.end * v; y++) {
      for (let x = 0; x < columns && y * columns + x < codedBlocks; x++) {
        const block = blockAt(picture, c, x, y, part.first * v);
        useBlock(block, of, lanes, uses);
      }
    }
  }
  return uses;
}

function useBlock(block: ReferenceBlock, of: Regressions, lanes: Int32Array, uses: Uses): void {
  const add = (table: keyof typeof TABLE, unit: number): void => {
    const key = `${table} ${block.isChroma} ${unit}`;
    uses.set(key, (uses.get(key) ?? 0) + 1);
  };
  const quantizerAt = (k: number): number => Math.max(1, block.quantizer[k]!);
  const levelAt = (k: number): number => {
    const estimate = expectMagnitude(of, block, k, lanes);
    return logLevel(Math.floor(Math.floor(estimate / 256) / quantizerAt(k)));
  };
  const shareAt = (k: number, prediction: number): number =>
    Math.min(2 ** 24, ratio(Math.abs(prediction), quantizerAt(k)));
  walkBlock(block, {
    interior(k, index, remaining, follows) {
      fillInteriorMagnitude(of, block, k, { index, remaining, follows }, lanes);
      const level = levelAt(k);
      const share = shareAt(k, predictInterior(of, block, k));
      add("interiorScale", (index * 21 + (level >> 1)) * 3 + (countLevel(remaining) >> 2));
      add("interiorSigned", level * 16 + Math.min(15, logLevel(share >> 8) >> 1));
    },
    edge(direction, i, remaining, follows) {
      fillEdgeMagnitude(of, block, direction, { index: i, remaining, follows }, lanes);
      const k = direction === 0 ? i : 8 * i;
      const level = levelAt(k) >> 1;
      const share = shareAt(k, predictEdge(of, block, direction, i));
      const sure = logLevel(share >> 8) >> 1;
      add("edgeSigned", ((i - 1) * 21 + sure) * 8 + remaining);
      add("edgeScale", ((i - 1) * 21 + level) * 8 + remaining);
      add("edgeBoth", sure * 21 + level);
    },
    dc() {},
  });
}

function countLevel(count: number): number {
  return [1, 2, 3, 4, 6, 9, 13, 18, 24, 31, 39].filter((least) => least <= count).length;
}

/** A rate after so many uses. */
function rateAfter(uses: number): number {
  let rate = FRESH_RATE;
  for (let i = 0; i < uses; i++) {
    rate = Math.max(RATE_FLOOR, rate - ((rate * (rate >> 2) + 0x4000) >> 15));
  }
  return rate;
}

/** Asserts that the kernel's tables show these uses and no others. */
function assertUses(model: Int16Array, uses: Uses, name: string): void {
  for (const [table, index] of Object.entries(TABLE)) {
    const first = PRIOR_TABLES[index]!;
    const second = PRIOR_TABLES.find(({ at, twin }) => twin > 0 && at === first.at + twin)!;
    for (const [isChroma, { kind, at, end }] of [first, second].entries()) {
      const { words, lanes } = unitOf(kind);
      for (let row = at; row < end; row += words) {
        const unit = (row - at) / words;
        const expected = rateAfter(uses.get(`${table} ${isChroma} ${unit}`) ?? 0);
        assert.equal(model[row + lanes], expected, `${name}: ${table} ${isChroma} ${unit}`);
      }
    }
  }
}

test("exponents are coded with the reference's estimates and predictions", async () => {
  let decisions = 0;
  await forSeeds(12, async (random) => {
    const size = { width: 1 + random.upTo(90), height: 1 + random.upTo(90) };
    const texture = TEXTURES[random.pick(["natural", "natural", "dense", "extreme"] as const)];
    const tables = [0, 1].map((id) => randomQuantization(random, id));
    const made = makePicture(random, size, random.pick(SAMPLINGS), texture, tables);
    const jpeg = writeJpeg({
      picture: made,
      scans: oneScan(made),
      progressive: false,
      tables: "fitted",
    });
    const regressions = someWeights(random);
    const kernel = await DenseKernel.open(regressionBytes(regressions));
    kernel.priors = freshPriors();
    kernel.setTraining(false);
    const picture = await readPicture(jpeg);
    for (const part of kernel.store(jpeg, 1 + random.upTo(3))) {
      kernel.code(part);
      const uses = usesOf(picture, regressions, part);
      for (const count of uses.values()) decisions += count;
      assertUses(kernel.model, uses, `${size.width} x ${size.height}`);
    }
  });
  assert.ok(decisions > 10_000, `${decisions}`);
});
