/**
 * What only dense files hold: JPEGs that Lepton refuses, one thing about each. Their scans are read and
 * written without any model, from the store of the whole picture; some go through the whole codec.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type JpegPicture,
  makePicture,
  plainTable,
  type Sampling,
  TEXTURES,
} from "../../test/jpeg/jpeg-picture.ts";
import {
  oneScan,
  randomPlan,
  SAMPLINGS,
  separateScans,
  usualScript,
  WIDE_SAMPLINGS,
} from "../../test/jpeg/jpeg-random.ts";
import { type JpegPlan, segment, writeJpeg, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { decode, type Outcome, outcomeOf } from "../../test/jpeg/round-trip.ts";
import { tripScans } from "../../test/jpeg/scan-trip.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { type KernelInstance, loadKernel } from "../core/kernel.ts";
import { encodeJpeg } from "./encode.ts";
import type { ScansRead } from "./scans-read.ts";
import { closeIdleThreads } from "./threads.ts";

const KINDS = ["one scan", "separate", "usual", "script"] as const;

/** A plan at random of one of these samplings. */
function planAt(random: Random, samplings: readonly Sampling[]): JpegPlan {
  return randomPlan(random, {
    width: 1 + random.upTo(70),
    height: 1 + random.upTo(70),
    samplings,
    texture: TEXTURES[random.pick(["natural", "sparse", "dense", "flat"] as const)],
    kind: random.pick(KINDS),
  });
}

/** Asserts that a JPEG's scans come out as they went in. */
async function assertTrip(
  instance: KernelInstance,
  jpeg: Uint8Array,
  what: string,
): Promise<ScansRead> {
  const { written, read } = await tripScans(instance, jpeg, "dense");
  assert.ok(equalBytes(written, jpeg), what);
  return read;
}

for (const variant of ["simd", "scalar"] as const) {
  describe(`scans of dense files (${variant})`, () => {
    test("four components, and sampling factors of 3 and 4", async () => {
      const instance = (await loadKernel("dense", { variant })).take();
      await forSeeds(60, async (random) => {
        const samplings = random.pick(WIDE_SAMPLINGS);
        const plan = planAt(random, samplings);
        await assertTrip(instance, writeJpeg(plan), JSON.stringify(samplings));
      });
    });

    test("mixed padding bits", async () => {
      const instance = (await loadKernel("dense", { variant })).take();
      let noted = 0;
      await forSeeds(60, async (random) => {
        const plan = planAt(random, random.pick([...SAMPLINGS, ...WIDE_SAMPLINGS]));
        const padding = random.pick([0, 0x7f, random.upTo(128)]);
        const mixed = { mixesPadding: true, restartInterval: 1 + random.upTo(4), padding };
        const { notes } = await assertTrip(instance, writeJpeg({ ...plan, ...mixed }), "mixed");
        noted += notes?.[0]?.paddings.length ?? 0;
      });
      assert.ok(noted > 100);
    });

    test("zeros before an end of block, and runs cut short", async () => {
      const instance = (await loadKernel("dense", { variant })).take();
      let noted = 0;
      await forSeeds(120, async (random) => {
        const plan = planAt(random, random.pick([...SAMPLINGS, ...WIDE_SAMPLINGS]));
        const longestRun = random.pick([1, 2, 3, 40]);
        const quirks = { zerosBeforeEnd: random.oneIn(2), longestRun };
        const jpeg = writeJpeg({ ...plan, quirks, tables: "flat" });
        const { notes } = await assertTrip(instance, jpeg, JSON.stringify(quirks));
        for (const { deviations } of notes ?? []) noted += deviations.length / 2;
      });
      assert.ok(noted > 1000);
    });
  });
}

const COLOR: readonly Sampling[] = [
  [2, 2],
  [1, 1],
  [1, 1],
];

function picture(samplings = COLOR, quantization = [plainTable(0, 9)]): JpegPicture {
  return makePicture(
    seeded(7),
    { width: 48, height: 40 },
    samplings,
    TEXTURES.natural,
    quantization,
  );
}

function planOf(made: JpegPicture, more: Partial<JpegPlan> = {}): JpegPlan {
  return { picture: made, scans: oneScan(made), progressive: false, ...more };
}

function zeroAt(index: number): JpegPlan {
  const table = plainTable(0, 5);
  table.values[index] = 0;
  return planOf(picture(COLOR, [table]));
}

/** Bytes of a plan with others put in where its scan begins or ends, or where its first segment does. */
function withBytes(plan: JpegPlan, place: "head" | "end", bytes: readonly number[]): Uint8Array {
  const written = writeJpegParts(plan);
  const at = place === "head" ? 2 : (written.scans[0]?.end ?? 0);
  return Buffer.concat([
    written.bytes.subarray(0, at),
    Uint8Array.from(bytes),
    written.bytes.subarray(at),
  ]);
}

const progressive = planOf(picture(), { scans: usualScript(picture()), progressive: true });
const gray = picture([[2, 2]]);
const untabled = {
  ...gray,
  components: gray.components.map((component) => ({ ...component, quantizer: 2 })),
};

/** JPEGs that a dense file holds, and why a Lepton file does not. */
const WIDE: readonly (readonly [what: string, jpeg: Uint8Array, lepton: Outcome])[] = [
  ["four components", writeJpeg(planOf(picture([...COLOR, [2, 2]]))), "Unsupported4Colors"],
  [
    "a factor of 3",
    writeJpeg(
      planOf(
        picture([
          [3, 1],
          [1, 1],
        ]),
      ),
    ),
    "SamplingBeyondTwoUnsupported",
  ],
  [
    "a factor of 4",
    writeJpeg(
      planOf(
        picture([
          [1, 4],
          [1, 1],
        ]),
      ),
    ),
    "SamplingBeyondTwoUnsupported",
  ],
  ["a quantizer of 0 for DC", writeJpeg(zeroAt(0)), "UnsupportedJpegWithZeroIdct0"],
  ["a quantizer of 0 for AC", writeJpeg(zeroAt(17)), "UnsupportedJpegWithZeroIdct0"],
  ["no quantizers", writeJpeg(planOf(untabled)), "UnsupportedJpegWithZeroIdct0"],
  [
    "mixed padding",
    writeJpeg(planOf(picture(), { restartInterval: 2, mixesPadding: true })),
    "InvalidPadding",
  ],
  [
    "zeros before an end of block",
    writeJpeg(planOf(picture(), { quirks: { zerosBeforeEnd: true }, tables: "flat" })),
    "UnsupportedJpeg",
  ],
  [
    "runs cut short",
    writeJpeg({ ...progressive, tables: "flat", quirks: { longestRun: 2 } }),
    "UnsupportedJpeg",
  ],
  [
    "a progressive file without its DC",
    writeJpeg({ ...progressive, scans: progressive.scans.slice(1) }),
    "UnsupportedJpeg",
  ],
  [
    "more surplus restart markers than a byte counts",
    writeJpeg(planOf(picture(), { scans: separateScans(picture()), surplusRestarts: 300 })),
    "InvalidResetCode",
  ],
  ["fill bytes", withBytes(planOf(picture()), "head", [0xff, 0xff]), "UnsupportedJpeg"],
  ["a second SOI", withBytes(planOf(picture()), "head", [0xff, 0xd8]), "UnsupportedJpeg"],
  [
    "stray bytes in the header",
    withBytes(planOf(picture()), "head", [255, 0, 9, 7]),
    "UnsupportedJpeg",
  ],
  [
    "stray bytes behind the scan",
    withBytes(planOf(picture()), "end", [1, 2, 3]),
    "UnsupportedJpeg",
  ],
  ["stray bytes between scans", withBytes(progressive, "end", [1, 2, 3]), "UnsupportedJpeg"],
  [
    "a restart marker that none expects",
    withBytes(planOf(picture()), "end", [255, 0xd5]),
    "UnsupportedJpeg",
  ],
  [
    "a second first pass of DC",
    writeJpeg({ ...progressive, scans: [...progressive.scans, ...progressive.scans] }),
    "UnsupportedJpeg",
  ],
  [
    "restarts of one component with four blocks a MCU",
    writeJpeg(planOf(gray, { restartInterval: 3 })),
    "UnsupportedJpeg",
  ],
  [
    "no scan",
    Buffer.concat([writeJpeg(planOf(gray)).subarray(0, 100), segment(0xfe, [])]),
    "ShortRead",
  ],
];

for (const [what, jpeg, lepton] of WIDE) {
  test(`dense files hold, Lepton files do not: ${what}`, async () => {
    assert.equal(await outcomeOf(jpeg, { model: "dense" }), "restored");
    assert.equal(await outcomeOf(jpeg, { model: "dense", segments: 3 }), "restored");
    assert.equal(await outcomeOf(jpeg), lepton);
  });
}

test("due restart markers that are missing, and surplus ones, in the same scans", async () => {
  const made = picture();
  const plans = [
    planOf(made),
    planOf(made, { scans: separateScans(made) }),
    planOf(made, { scans: usualScript(made), progressive: true }),
  ];
  for (const [i, plan] of plans.entries()) {
    for (const restartsKept of [0, 1, 2, 100]) {
      const restarts = { restartInterval: 2, restartsKept, surplusRestarts: 2 };
      const jpeg = writeJpeg({ ...plan, ...restarts });
      for (const model of ["lepton", "dense"] as const) {
        assert.equal(await outcomeOf(jpeg, { model }), "restored", `${i} ${restartsKept} ${model}`);
      }
    }
  }
});

test("notes go to other threads, and handoffs to any row", async () => {
  const size = { width: 48, height: 300 };
  const made = makePicture(seeded(8), size, [...COLOR, [2, 2]], TEXTURES.natural);
  const quirks = { zerosBeforeEnd: true };
  const mixed = { restartInterval: 2, mixesPadding: true, padding: 0x2a };
  const jpeg = writeJpeg(planOf(made, { ...mixed, quirks, tables: "flat" }));
  const options = { model: "dense", segments: 4 } as const;
  const dense = await encodeJpeg(jpeg, { ...options, threads: 1 });
  assert.ok(equalBytes(await encodeJpeg(jpeg, { ...options, threads: 3 }), dense));
  for (const threads of [1, 2]) {
    assert.ok(equalBytes(await decode(dense, { model: "dense", threads }), jpeg));
  }
  await closeIdleThreads();
});
