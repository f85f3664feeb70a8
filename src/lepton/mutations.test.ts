/**
 * Broken files: 1,000 mutated JPEGs and 1,000 mutated Lepton files, and both cut at every byte.
 * The long run of the mutations is lepton.fuzz.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { checkMutatedJpegs, checkMutatedLeptons } from "../../test/jpeg/mutate.ts";
import { decodedOf, encode, outcomeOf } from "../../test/jpeg/round-trip.ts";
import { seeded } from "../../test/random.ts";

const isReplay = process.env["PITH_SEED"] !== undefined;

test("mutated JPEGs are restored or refused", async () => {
  const outcomes = await checkMutatedJpegs(1000);
  assert.ok(isReplay || (outcomes.get("restored") ?? 0) > 100, JSON.stringify([...outcomes]));
  assert.ok(isReplay || outcomes.size >= 5, JSON.stringify([...outcomes]));
});

test("mutated Lepton files give bytes or are refused", async () => {
  const outcomes = await checkMutatedLeptons(1000);
  assert.ok(isReplay || (outcomes.get("restored") ?? 0) > 100, JSON.stringify([...outcomes]));
  assert.ok(isReplay || outcomes.size >= 3, JSON.stringify([...outcomes]));
});

const random = seeded(3);
const size = { width: 30, height: 20 };
const picture = makePicture(random, size, SAMPLINGS[4]!, TEXTURES.natural);
const baseline = writeJpegParts({
  picture,
  progressive: false,
  scans: oneScan(picture),
  restartInterval: 1,
});
const progressive = writeJpegParts({ picture, progressive: true, scans: usualScript(picture) });

test("a baseline JPEG cut anywhere in its scan comes back; in its header it is refused", async () => {
  const { start } = baseline.scans[0]!;
  for (let end = 0; end <= baseline.bytes.length; end++) {
    const outcome = await outcomeOf(baseline.bytes.subarray(0, end));
    // With less than two bytes of the scan there is nothing to put into a Lepton file.
    if (end < start) assert.notEqual(outcome, "restored", `cut at ${end}`);
    else if (end > start + 2) assert.equal(outcome, "restored", `cut at ${end}`);
  }
});

test("a progressive JPEG cut anywhere is restored or refused", async () => {
  for (let end = 0; end < progressive.bytes.length; end++) {
    const outcome = await outcomeOf(progressive.bytes.subarray(0, end));
    if (end < progressive.scans[0]!.start) assert.notEqual(outcome, "restored", `cut at ${end}`);
  }
  assert.equal(await outcomeOf(progressive.bytes), "restored");
});

test("a Lepton file cut anywhere is refused", async () => {
  for (const { bytes } of [baseline, progressive]) {
    const lepton = await encode(bytes, { segments: 2 });
    for (let end = 0; end < lepton.length; end++) {
      const result = await decodedOf(lepton.subarray(0, end));
      assert.equal(typeof result, "string", `cut at ${end}`);
    }
  }
});
