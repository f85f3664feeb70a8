/** Fuzz: mutated headers give a scan or a typed error, the same however they are cut, at once. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { JpegHeader, type JpegStep } from "./jpeg-header.ts";
import { sniffJpeg } from "./jpeg-sniff.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 200_000 : 10_000;

const SEEDS = ["tiny", "colorswap"].map((name) =>
  readFileSync(new URL(`../../test/vectors/lepton/${name}.jpg`, import.meta.url)),
);

test("mutated headers give a scan or a typed error, in one piece or in many", async () => {
  const kinds = new Map<string, number>();
  await forSeeds(ROUNDS, (random) => {
    const jpeg = mutated(random);
    const frames = random.pick(["lepton", "dense"] as const);
    const whole = outcome(jpeg, [jpeg.length], frames);
    const cuts = Array.from({ length: 4 }, () => random.upTo(jpeg.length)).sort((a, b) => a - b);
    assert.deepEqual(outcome(jpeg, [...cuts, jpeg.length], frames), whole);
    const kind = `${frames} ${whole.what}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    sniffJpeg(jpeg, random.oneIn(2), frames);
  });
  // Otherwise the mutations find one door only.
  for (const frames of ["lepton", "dense"]) {
    for (const kind of ["scan", "more", "UnsupportedJpeg"]) {
      assert.ok(kinds.has(`${frames} ${kind}`), kind);
    }
  }
});

function mutated(random: Random): Uint8Array {
  const jpeg = Uint8Array.from(random.pick(SEEDS));
  for (let i = random.upTo(4); i >= 0; i--) {
    const at = 2 + random.upTo(jpeg.length - 2);
    const kind = random.upTo(3);
    if (kind === 0) jpeg[at] = random.upTo(256);
    else if (kind === 1) jpeg[at] = random.pick([0, 1, 0xff, 0xc0, 0xc2, 0xc4, 0xda, 0xdb]);
    else if (random.oneIn(9)) setComponents(random, jpeg);
    else jpeg.copyWithin(at, 2 + random.upTo(jpeg.length - 2), jpeg.length);
  }
  return random.oneIn(8) ? jpeg.subarray(0, 2 + random.upTo(jpeg.length - 2)) : jpeg;
}

/** Puts other sampling factors into the frame, of all that a byte can say. */
function setComponents(random: Random, jpeg: Uint8Array): void {
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  if (frame >= 0) jpeg[frame + 11] = random.oneIn(4) ? random.upTo(256) : 17 + 17 * random.upTo(4);
}

function outcome(
  jpeg: Uint8Array,
  ends: readonly number[],
  frames: CoefficientModel,
): { what: string; step?: JpegStep } {
  const header = new JpegHeader({ frames });
  let step: JpegStep = { kind: "more", at: 2 };
  try {
    for (const end of ends) {
      if (step.kind === "more" && end >= step.at)
        step = header.read(jpeg.subarray(0, end), step.at);
    }
  } catch (error) {
    assert.ok(error instanceof PithError && error.kind === "input", String(error));
    return { what: error.code };
  }
  assert.ok(step.at <= jpeg.length);
  return { what: step.kind, step };
}
