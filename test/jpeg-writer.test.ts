/** The test JPEG writer: libjpeg reads what it writes, and sees the same picture in every form. */
import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { clearPadding, makePicture, slopingTable, TEXTURES } from "./jpeg/jpeg-picture.ts";
import {
  oneScan,
  type RandomChoices,
  randomPlan,
  randomScript,
  SAMPLINGS,
  separateScans,
  usualScript,
} from "./jpeg/jpeg-random.ts";
import { readJpeg } from "./jpeg/jpeg-reader.ts";
import { segment, writeJpeg, writeJpegParts } from "./jpeg/jpeg-writer.ts";
import { forSeeds, type Random, seeded } from "./random.ts";

/** Pixels as libjpeg gives them; any warning of its is an error. */
async function pixelsOf(jpeg: Uint8Array): Promise<{ width: number; height: number; sum: string }> {
  const { data, info } = await sharp(jpeg, { failOn: "warning" })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, sum: Buffer.from(data).toString("base64") };
}

function choices(random: Random): RandomChoices {
  return {
    width: 1 + random.upTo(70),
    height: 1 + random.upTo(70),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "sparse", "dense", "flat", "extreme"] as const)],
    kind: random.pick(["one scan", "separate", "usual", "script"]),
  };
}

test("libjpeg reads what the writer writes, without a warning", async () => {
  await forSeeds(80, async (random) => {
    const plan = randomPlan(random, choices(random));
    const { width, height } = await pixelsOf(writeJpeg(plan));
    assert.deepEqual([width, height], [plan.picture.width, plan.picture.height]);
  });
});

test("the reader finds the coefficients that the writer was given", async () => {
  await forSeeds(80, (random) => {
    const plan = randomPlan(random, choices(random));
    const read = readJpeg(writeJpeg(plan));
    for (const [c, { coefficients }] of plan.picture.components.entries()) {
      assert.deepEqual(read.components[c]!.coefficients, coefficients);
    }
  });
});

test("one picture written in every form gives the same pixels", async () => {
  await forSeeds(12, async (random) => {
    const size = { width: 1 + random.upTo(60), height: 1 + random.upTo(60) };
    const tables = [slopingTable(0, 3, 2), slopingTable(1, 6, 3)];
    const samplings = random.pick(SAMPLINGS);
    const made = makePicture(random, size, samplings, TEXTURES.natural, tables);
    const picture = clearPadding(made, "nothing");
    const base = { picture, progressive: false, scans: oneScan(picture) };
    const expected = await pixelsOf(writeJpeg({ ...base, tables: "standard" }));
    const forms = [
      { ...base, tables: "fitted" as const },
      { ...base, tables: "flat" as const, padding: 0, frameMarker: 0xc1 },
      { ...base, restartInterval: 1, lateQuantization: true },
      { ...base, scans: separateScans(picture), restartInterval: 3 },
      { ...base, progressive: true, scans: usualScript(picture) },
      { ...base, progressive: true, scans: usualScript(picture), tables: "flat" as const },
      { ...base, progressive: true, scans: usualScript(picture), tables: "standard" as const },
      { ...base, progressive: true, scans: randomScript(random, picture), restartInterval: 2 },
    ];
    for (const form of forms) assert.deepEqual(await pixelsOf(writeJpeg(form)), expected);
  });
});

test("segments, garbage and restarts are where the plan puts them", () => {
  const picture = makePicture(seeded(1), { width: 40, height: 8 }, [[1, 1]], TEXTURES.natural);
  const base = { picture, progressive: false, scans: oneScan(picture), restartInterval: 1 };
  const restartsOf = (bytes: Uint8Array): number[] =>
    [...bytes].filter((byte, i) => byte >= 0xd0 && byte <= 0xd7 && bytes[i - 1] === 0xff);
  const plain = writeJpegParts(base);
  const [scan] = plain.scans;
  const data = (one: typeof plain): Uint8Array =>
    one.bytes.subarray(one.scans[0]!.start, one.scans[0]!.end);
  assert.deepEqual(restartsOf(data(plain)), [0xd0, 0xd1, 0xd2, 0xd3]);
  assert.deepEqual(restartsOf(data(writeJpegParts({ ...base, restartsKept: 2 }))), [0xd0, 0xd1]);
  assert.deepEqual(
    restartsOf(data(writeJpegParts({ ...base, surplusRestarts: 2 }))),
    [0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5],
  );
  assert.deepEqual([...plain.bytes.subarray(scan!.end)], [0xff, 0xd9]);
  const comment = segment(0xfe, [1, 2, 3]);
  const dressed = writeJpegParts({
    ...base,
    firstSegments: comment,
    lastSegments: comment,
    garbage: Uint8Array.of(7, 7),
  });
  assert.deepEqual([...dressed.bytes.subarray(2, 9)], [0xff, 0xfe, 0, 5, 1, 2, 3]);
  assert.deepEqual(
    [...dressed.bytes.subarray(dressed.scans[0]!.end)],
    [0xff, 0xfe, 0, 5, 1, 2, 3, 0xff, 0xd9, 7, 7],
  );
  assert.deepEqual(writeJpeg(base), plain.bytes);
});
