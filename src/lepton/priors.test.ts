/**
 * Priors: whatever the weights, both builds of the kernel write the same and read it back; a file says which
 * priors it wants, and nothing is decoded with others; weights whose sums could wrap are refused.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { segmentsFrom } from "../../test/jpeg/lepton-reference.ts";
import { ModelKernel } from "../../test/jpeg/model-kernel.ts";
import { decode, decodedOf } from "../../test/jpeg/round-trip.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { encodeJpeg } from "./encode.ts";
import { readLepton } from "./file.ts";
import { choosePriors, loadPriors } from "./priors.ts";

const MODEL = { model: "dense", threads: 1 } as const;
const WEIGHTS = 10_576;

after(() => choosePriors(undefined));

/** Weights of any sign; rows have up to 40 of them, whose magnitudes may sum up to 131,071. */
function someWeights(random: Random, most: number): Uint8Array {
  const weights = Int16Array.from({ length: WEIGHTS }, () => random.upTo(2 * most + 1) - most);
  return new Uint8Array(weights.buffer);
}

function someJpeg(seed: number): Uint8Array {
  const size = { width: 96, height: 120 };
  const picture = makePicture(seeded(seed), size, SAMPLINGS[4]!, TEXTURES.natural);
  return writeJpeg({ picture, scans: oneScan(picture), progressive: false });
}

test("both builds write the same with any weights, and read it back", async () => {
  await forSeeds(6, async (random) => {
    choosePriors(someWeights(random, random.pick([30, 1000, 3200])));
    const kernels = [
      await ModelKernel.load("simd", "dense"),
      await ModelKernel.load("scalar", "dense"),
    ];
    for (const texture of ["natural", "dense", "extreme", "beyond"] as const) {
      const size = { width: 1 + random.upTo(60), height: 1 + random.upTo(60) };
      const made = makePicture(random, size, random.pick(SAMPLINGS), TEXTURES[texture]);
      const q = random.pick([1, 40, 65_535]);
      const picture = {
        mcuRows: made.mcuRows,
        components: made.components.map((component) => ({
          ...component,
          quantization: new Uint16Array(64).fill(q),
          codedBlocks: component.coefficients.length / 64,
        })),
        arithmetic: { dc16: true, adv16: true, clampsPrior: true },
      };
      const segment = segmentsFrom(picture, [0])[0]!;
      const [stream, other] = kernels.map((kernel) => kernel.encode(picture, segment));
      assert.deepEqual(other, stream);
      for (const kernel of kernels) {
        const decoded = kernel.decode(picture, segment, stream!);
        for (const [c, { coefficients }] of picture.components.entries()) {
          assert.deepEqual(decoded[c], coefficients, `${kernel.variant}, ${texture}`);
        }
      }
    }
  });
});

test("a file is decoded with the priors that it names, or not at all", async () => {
  const jpeg = someJpeg(1);
  choosePriors(undefined);
  const shipped = await encodeJpeg(jpeg, MODEL);
  choosePriors(someWeights(seeded(1), 300));
  const { hash } = await loadPriors();
  assert.equal(await decodedOf(shipped, "dense"), "VersionUnsupported");
  const other = await encodeJpeg(jpeg, MODEL);
  assert.equal((await readLepton(other, "dense")).header.dense?.priorHash, hash);
  assert.ok(equalBytes(await decode(other, MODEL), jpeg));
  choosePriors(undefined);
  assert.equal(await decodedOf(other, "dense"), "VersionUnsupported");
  assert.ok(equalBytes(await decode(shipped, MODEL), jpeg));
});

test("weights that are too few, or whose sums could wrap, are refused", async () => {
  const few = new Uint8Array(2 * WEIGHTS - 1);
  assert.throws(() => choosePriors(few), { code: "KernelFault" });
  // The last row of each kind: 40, 24, 40 and 24 lanes.
  for (const end of [2 * 64 * 40, 2 * 64 * 40 + 2 * 2 * 8 * 24, WEIGHTS - 3 * 64 * 24, WEIGHTS]) {
    const weights = new Int16Array(WEIGHTS);
    weights.fill(32_767, end - 5, end);
    choosePriors(new Uint8Array(weights.buffer));
    await assert.rejects(encodeJpeg(someJpeg(2), MODEL), { code: "KernelFault" });
    weights.fill(0, end - 2, end);
    choosePriors(new Uint8Array(weights.buffer));
    await encodeJpeg(someJpeg(2), MODEL);
  }
});
