/**
 * Progressive scans, and several sequential ones, through the kernel: what it reads is what a JPEG's
 * writer was given, and what it writes is what it read, in pieces of any size, in both builds. What
 * the one canonical writer does not make is refused.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import sharp from "sharp";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { TEXTURES, ZIGZAG } from "../../test/jpeg/jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { type JpegPlan, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { assertRestores, openKernel, readFile } from "../../test/jpeg/progressive-kernel.ts";
import { BLOCK_BYTES, type ScanKernel } from "../../test/jpeg/scan-kernel.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";

/** Negative results, from kernels/fault.ts. */
const FAULT = {
  huffmanCode: -21,
  padding: -23,
  restart: -24,
  eobRun: -28,
} as const;

/** About the smallest windows that a scan can go through. */
const SMALL_WINDOW_BYTES = 1100;

function progressivePlan(random: Random): JpegPlan {
  return randomPlan(random, {
    width: 1 + random.upTo(70),
    height: 1 + random.upTo(70),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "sparse", "dense", "flat"] as const)],
    kind: random.pick(["usual", "script"]),
  });
}

/** What the store must hold of a picture: coefficients, and the mask by zigzag index. */
function assertStore(kernel: ScanKernel, { picture }: JpegPlan): void {
  const store = kernel.store(false);
  const words = new BigUint64Array(store.buffer, store.byteOffset, store.byteLength / 8);
  let at = 0;
  for (const { coefficients } of picture.components) {
    for (let block = 0; block < coefficients.length; block += 64, at += BLOCK_BYTES) {
      const want = coefficients.subarray(block, block + 64);
      assert.deepEqual(new Int16Array(store.buffer, store.byteOffset + at, 64), want);
      let mask = 0n;
      for (const [z, r] of ZIGZAG.entries()) if (want[r] !== 0) mask |= 1n << BigInt(z);
      assert.equal(words[(at + 128) / 8], mask);
    }
  }
}

/** Files of several scans: those that are refused, and by what; all others are restored. */
const REFUSED: Readonly<Record<string, number>> = {
  "vectors/nonoptimalprogressive.jpg": FAULT.eobRun,
  "hostile/bitflip-prog.jpg": FAULT.eobRun,
  "hostile/its-9efd60f0.jpg": FAULT.huffmanCode,
};
const RESTORED = [
  ...["androidprogressive", "androidprogressive_garbage", "cathedral_db_non_int", "half_scan"],
  ...["iphoneprogressive", "iphoneprogressive2", "pixelated", "progressive_late_dht", "truncbad"],
].map((name) => `vectors/${name}.jpg`);
const RESTORED_HOSTILE = [
  ...["issue-614", "non-interleaved", "prog-odd-script", "trunc-prog-first", "trunc-prog-mid"],
  "two-scans-2plus1",
].map((name) => `hostile/${name}.jpg`);

for (const variant of ["simd", "scalar"] as const) {
  describe(`progressive scans (${variant})`, () => {
    test("random pictures: coefficients and bytes", async () => {
      const kernel = await openKernel(variant, SMALL_WINDOW_BYTES);
      await forSeeds(40, (random) => {
        const plan = {
          ...progressivePlan(random),
          ...(random.oneIn(3) ? { restartsKept: random.upTo(4) } : {}),
          ...(random.oneIn(3) ? { surplusRestarts: random.upTo(9) } : {}),
        };
        const written = writeJpegParts(plan);
        const { scans, fault } = readFile(kernel, written.bytes, random);
        assert.equal(fault, 0);
        assert.deepEqual(
          scans.map(({ at, seen }) => ({ start: at, end: seen.end })),
          written.scans,
        );
        assertStore(kernel, plan);
        assertRestores(kernel, written.bytes, "random", random);
      });
    });

    test("real progressive files", { skip: withoutCorpus }, async () => {
      const kernel = await openKernel(variant);
      for (const name of readdirSync(corpusPath("jpeg/progressive"))) {
        if (!name.endsWith(".jpg")) continue;
        const jpeg = corpusFile(`jpeg/progressive/${name}`);
        if (variant === "simd" || jpeg.length < 800_000) assertRestores(kernel, jpeg, name);
      }
    });

    test("what both Leptons were tried with", { skip: withoutCorpus }, async () => {
      const kernel = await openKernel(variant);
      for (const name of [...RESTORED, ...RESTORED_HOSTILE]) {
        assertRestores(kernel, corpusFile(`jpeg/${name}`), name, seeded(1));
      }
      for (const [name, fault] of Object.entries(REFUSED)) {
        assert.equal(readFile(kernel, corpusFile(`jpeg/${name}`)).fault, fault, name);
      }
    });

    test("what sharp writes", async () => {
      const kernel = await openKernel(variant);
      await forSeeds(8, async (random) => {
        const [width, height] = [1 + random.upTo(150), 1 + random.upTo(150)];
        const channels = random.pick([1, 3] as const);
        const pixels = smoothPixels(random, width, height, channels);
        const jpeg = await sharp(pixels, { raw: { width, height, channels } })
          .jpeg({
            progressive: true,
            quality: 1 + random.upTo(100),
            chromaSubsampling: random.pick(["4:4:4", "4:2:0"]),
            optimiseScans: random.oneIn(2),
          })
          .toBuffer();
        assertRestores(kernel, jpeg, `${width}x${height}`, random);
      });
    });
  });
}

/** Pixels of some structure: waves and noise. */
function smoothPixels(random: Random, width: number, height: number, channels: number): Uint8Array {
  const [slope, noise] = [random.upTo(20) / 40, 1 + random.upTo(random.pick([4, 200]))];
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const [x, y] = [Math.floor(i / channels) % width, Math.floor(i / channels / width)];
    return (
      128 + 60 * Math.sin(slope * x + 0.1 * y + (i % channels)) + random.upTo(noise) - noise / 2
    );
  });
}

test("a file cut at any byte comes out up to there", async () => {
  const kernel = await openKernel("simd");
  await forSeeds(4, (random) => {
    const plan = { ...progressivePlan(random), garbage: new Uint8Array(0) };
    const { bytes, scans } = writeJpegParts(plan);
    const [first, ...others] = scans;
    for (const { start, end } of [first!, random.pick(others)]) {
      for (let cut = start; cut < Math.min(end, start + 150); cut++) {
        assertRestores(kernel, bytes.subarray(0, cut), `cut at ${cut}`);
      }
    }
  });
});

test("what no canonical writer makes is a fault", async () => {
  const kernel = await openKernel("simd");
  const faultOf = (jpeg: Uint8Array): number => readFile(kernel, jpeg).fault;
  await forSeeds(12, (random) => {
    const plan = randomPlan(random, {
      width: 60 + random.upTo(40),
      height: 60 + random.upTo(40),
      samplings: random.pick(SAMPLINGS.slice(3)),
      texture: TEXTURES.natural,
      kind: "usual",
    });
    const restartInterval = 5 + random.upTo(5);
    assert.equal(faultOf(writeJpegParts({ ...plan, restartInterval }).bytes), 0);
    const mixed = { ...plan, restartInterval, mixesPadding: true };
    assert.equal(faultOf(writeJpegParts(mixed).bytes), FAULT.padding);

    const { bytes, scans } = writeJpegParts({ ...plan, restartInterval });
    const markers: number[] = [];
    for (let i = scans[1]!.start; i < scans[1]!.end; i++) {
      if (bytes[i] === 0xff && bytes[i + 1] !== 0) markers.push(i);
    }
    const wrong = bytes.slice();
    wrong[random.pick(markers) + 1]! ^= 1 + random.upTo(7);
    assert.equal(faultOf(wrong), FAULT.restart);
  });
  await forSeeds(12, (random) => {
    const plan = randomPlan(random, {
      width: 80 + random.upTo(90),
      height: 80 + random.upTo(90),
      samplings: [[1, 1]],
      texture: TEXTURES.flat,
      kind: "usual",
    });
    // Runs of two need a symbol that says three as well.
    const short = { ...plan, restartInterval: 0, quirks: { longestRun: 2 } };
    assert.equal(faultOf(writeJpegParts(short).bytes), FAULT.eobRun);
  });
});
