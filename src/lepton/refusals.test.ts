/**
 * JPEGs that Lepton cannot say, one thing wrong with each: the refusal names that thing, with the
 * exit code of dropbox/lepton.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type JpegPicture,
  makePicture,
  plainTable,
  type Sampling,
  TEXTURES,
  type Texture,
} from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, separateScans, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { type JpegPlan, writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { type Outcome, outcomeOf } from "../../test/jpeg/round-trip.ts";
import { forSeeds, seeded } from "../../test/random.ts";

const COLOR: readonly Sampling[] = [
  [2, 2],
  [1, 1],
  [1, 1],
];

function picture(samplings = COLOR, quantization = [plainTable(0, 9)]): JpegPicture {
  const size = { width: 48, height: 40 };
  return makePicture(seeded(7), size, samplings, TEXTURES.natural, quantization);
}

function planOf(made: JpegPicture, more: Partial<JpegPlan> = {}): JpegPlan {
  return { picture: made, scans: oneScan(made), progressive: false, ...more };
}

const sampled = (h: number, v: number): readonly Sampling[] => [[h, v], ...COLOR.slice(1)];
const gray = picture([[2, 2]]);
const zeroFirst = plainTable(0, 5);
zeroFirst.values[0] = 0;
const zeroLater = plainTable(0, 5);
zeroLater.values[17] = 0;

const REFUSED: readonly (readonly [what: string, plan: JpegPlan, outcomes: readonly Outcome[]])[] =
  [
    ["four components", planOf(picture([...COLOR, [2, 2]])), ["Unsupported4Colors"]],
    ["a sampling factor of 3", planOf(picture(sampled(3, 1))), ["SamplingBeyondTwoUnsupported"]],
    ["a sampling factor of 4", planOf(picture(sampled(1, 4))), ["SamplingBeyondTwoUnsupported"]],
    ["a sampling factor of 5", planOf(picture(sampled(5, 1))), ["SamplingBeyondFourUnsupported"]],
    ["twelve bits", planOf(picture(), { precision: 12 }), ["UnsupportedJpeg"]],
    ["a lossless frame", planOf(picture(), { frameMarker: 0xc3 }), ["UnsupportedJpeg"]],
    ["arithmetic coding", planOf(picture(), { frameMarker: 0xc9 }), ["UnsupportedJpeg"]],
    ["no height", planOf({ ...picture(), height: 0 }), ["UnsupportedJpeg"]],
    ["no width", planOf({ ...picture(), width: 0 }), ["UnsupportedJpeg"]],
    [
      "a quantizer of 0 for DC",
      planOf(picture(COLOR, [zeroFirst])),
      ["UnsupportedJpegWithZeroIdct0"],
    ],
    [
      "a quantizer of 0 for AC",
      planOf(picture(COLOR, [zeroLater])),
      ["UnsupportedJpegWithZeroIdct0"],
    ],
    [
      "zeros before an end of block",
      planOf(picture(), { quirks: { zerosBeforeEnd: true }, tables: "standard" }),
      ["UnsupportedJpeg"],
    ],
    [
      "end-of-band runs that were cut short",
      planOf(picture(), {
        scans: usualScript(picture()),
        progressive: true,
        tables: "flat",
        quirks: { longestRun: 2 },
      }),
      ["UnsupportedJpeg"],
    ],
    [
      "a progressive file without its DC",
      planOf(picture(), { scans: usualScript(picture()).slice(1), progressive: true }),
      ["UnsupportedJpeg"],
    ],
    [
      "two first scans of DC",
      planOf(picture(), {
        scans: [...usualScript(picture()).slice(0, 1), ...usualScript(picture())],
        progressive: true,
      }),
      ["UnsupportedJpeg"],
    ],
  ];

for (const [what, plan, outcomes] of REFUSED) {
  test(`refused: ${what}`, async () => {
    const outcome = await outcomeOf(writeJpeg(plan));
    assert.ok(outcomes.includes(outcome), outcome);
  });
}

test("refused: coefficients of fifteen bits, wherever they stand", async () => {
  await forSeeds(60, async (random) => {
    const texture: Texture = (_, z) => (z > 0 && random.oneIn(30) ? 256 : random.upTo(3));
    const made = makePicture(random, { width: 24, height: 24 }, COLOR, texture);
    const jpeg = writeJpeg(planOf(made, { tables: "standard" }));
    // In the standard's luma table the code of a size of 9 bits, which 256 has, is 16 bits long.
    const symbols = jpeg.findIndex((byte, i) => byte === 0x82 && jpeg[i + 1] === 9);
    assert.ok(symbols > 0);
    jpeg[symbols + 1] = 15;
    assert.equal(await outcomeOf(jpeg), "CoefficientOutOfRange");
  });
});

test("restarts of one component with four blocks a MCU are restored or refused", async () => {
  for (let interval = 1; interval < 12; interval++) {
    const outcome = await outcomeOf(writeJpeg(planOf(gray, { restartInterval: interval })));
    assert.ok(["restored", "UnsupportedJpeg", "InvalidResetCode"].includes(outcome), outcome);
  }
});

test("the same without what is wrong comes back", async () => {
  for (const plan of [
    planOf(picture()),
    planOf(picture(), { tables: "standard" }),
    planOf(picture(), { frameMarker: 0xc1 }),
    planOf(gray),
    planOf(gray, { scans: separateScans(gray) }),
  ]) {
    assert.equal(await outcomeOf(writeJpeg(plan)), "restored");
  }
});
