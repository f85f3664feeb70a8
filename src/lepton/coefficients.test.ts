/**
 * JPEGs from the test writer, of coefficients and layouts that photographs do not have: each
 * comes back, coded as the reference model codes it, or is refused for the reason it was made for.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEXTURES, type TextureName } from "../../test/jpeg/jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { readJpeg } from "../../test/jpeg/jpeg-reader.ts";
import { type JpegPlan, segment, writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { assertAsReference, canModel, encode, outcomeOf } from "../../test/jpeg/round-trip.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { decodeLepton } from "./index.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 10 : 1;
const KINDS = ["one scan", "one scan", "separate", "usual", "script"] as const;

function plan(random: Random, textures: readonly TextureName[], most = 90): JpegPlan {
  const made = randomPlan(random, {
    width: 1 + random.upTo(most),
    height: 1 + random.upTo(most),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(textures)],
    kind: random.pick(KINDS),
  });
  return canRestart(made) ? made : { ...made, restartInterval: 0 };
}

/** Neither Lepton restores restarts of a lone component with more than one block in its MCU. */
function canRestart({ picture }: JpegPlan): boolean {
  const [first, ...others] = picture.components;
  return others.length > 0 || first!.h * first!.v === 1;
}

test("every valid layout comes back, coded as the reference codes it", async () => {
  await forSeeds(60 * ROUNDS, async (random) => {
    const jpeg = writeJpeg(plan(random, ["natural", "natural", "sparse", "flat", "empty"]));
    const lepton = await encode(jpeg, { segments: random.pick([1, 1, 2, 3, 8, 16]) });
    assertAsReference(jpeg, lepton);
    assert.ok(equalBytes(await decodeLepton(lepton), jpeg));
  });
});

test("extreme coefficients come back, or are out of range for the reference too", async () => {
  let refused = 0;
  await forSeeds(60 * ROUNDS, async (random) => {
    const made = plan(random, ["extreme", "dense", "beyond"], 40);
    const jpeg = writeJpeg({ ...made, tables: "fitted" });
    const expected = canModel(readJpeg(jpeg)) ? "restored" : "CoefficientOutOfRange";
    assert.equal(await outcomeOf(jpeg, { segments: 1 }), expected);
    if (expected !== "restored") refused++;
    else assertAsReference(jpeg, await encode(jpeg, { segments: 1 }));
  });
  const some = refused > 0 && refused < 60 * ROUNDS;
  assert.ok(process.env["PITH_SEED"] !== undefined || some, `${refused} refused`);
});

test("restart markers may be missing at the end, or be more than are due", async () => {
  await forSeeds(40 * ROUNDS, async (random) => {
    const made = { ...plan(random, ["natural", "sparse"]), restartInterval: 1 + random.upTo(5) };
    if (!canRestart(made)) return;
    const lacking = { ...made, restartsKept: random.upTo(6) };
    const surplus = { ...made, surplusRestarts: 1 + random.upTo(9) };
    assert.equal(await outcomeOf(writeJpeg(random.oneIn(2) ? lacking : surplus)), "restored");
  });
});

test("all restart markers may be missing, in one scan and in several", async () => {
  for (const kind of ["one scan", "separate", "usual"] as const) {
    const samplings = SAMPLINGS[4]!;
    const choices = { width: 60, height: 50, samplings, texture: TEXTURES.natural, kind };
    const made = randomPlan(seeded(3), choices);
    const jpeg = writeJpeg({ ...made, restartInterval: 2, restartsKept: 0 });
    assert.equal(await outcomeOf(jpeg), "restored", kind);
  }
});

test("one padding may be of any bits; several must agree", async () => {
  let refused = 0;
  await forSeeds(40 * ROUNDS, async (random) => {
    const one = { ...plan(random, ["natural"]), restartInterval: 0, padding: random.upTo(128) };
    const isSingle = one.scans.length === 1;
    const outcome = await outcomeOf(writeJpeg(one));
    if (isSingle || outcome !== "InvalidPadding") assert.equal(outcome, "restored");
    if (!canRestart(one)) return;
    const other = await outcomeOf(writeJpeg({ ...one, restartInterval: 1, mixesPadding: true }));
    if (other === "InvalidPadding") refused++;
    else assert.equal(other, "restored");
  });
  assert.ok(process.env["PITH_SEED"] !== undefined || refused > 10, `${refused} refused`);
});

test("what stands around the scans comes back", async () => {
  await forSeeds(40 * ROUNDS, async (random) => {
    const comment = segment(0xfe, random.bytes(random.upTo(300)));
    const application = segment(0xe0 + random.upTo(16), random.bytes(random.upTo(3000)));
    const made = plan(random, ["natural", "flat"], 30);
    const hasEnd = !random.oneIn(3);
    const jpeg = writeJpeg({
      ...made,
      firstSegments: Uint8Array.of(...application, ...comment),
      ...(random.oneIn(2) ? { lastSegments: comment } : {}),
      hasEnd,
      // Behind a scan only segments and EOI make sense, so garbage needs an EOI before it.
      garbage: random.pick([
        new Uint8Array(0),
        random.bytes(random.upTo(2000)),
        Uint8Array.of(0xff),
        Uint8Array.of(0xff, 0xd9, 0xff, 0xd8, 0xff),
      ]),
      ...(hasEnd ? {} : { garbage: new Uint8Array(0) }),
    });
    assert.equal(await outcomeOf(jpeg), "restored");
  });
});

test("pictures as wide or high as they can be come back", async () => {
  await forSeeds(1, async (random) => {
    for (const [width, height] of [
      [65500, 1],
      [1, 65500],
      [16386, 9],
      [65535, 17],
    ] as const) {
      const choices = { width, height, samplings: SAMPLINGS[4]!, texture: TEXTURES.sparse };
      const jpeg = writeJpeg(randomPlan(random, { ...choices, kind: "one scan" }));
      assert.equal(await outcomeOf(jpeg), "restored", `${width} x ${height}`);
    }
  });
});
