/**
 * Chunk sessions: every chunk's file restores it alone, wherever the object is cut, and what cannot be
 * coded is refused with its code while the session goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertRestored,
  type ChunkResult,
  codesOf,
  cutAnywhere,
  cutAt,
  cutEvery,
  encodeChunks,
} from "../../test/jpeg/chunk-session.ts";
import { makePicture, plainTable, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, randomPlan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { type JpegPlan, segment, writeJpeg, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { openLeptonChunks } from "./chunks.ts";
import { readLepton } from "./file.ts";

const FULL = process.env["PITH_FULL"] === "1";
const COLOURS = SAMPLINGS[4] ?? [];

function smallPlan(random: Random, progressive = false): JpegPlan {
  const size = { width: 33, height: 49 };
  const picture = makePicture(random, size, COLOURS, TEXTURES.sparse, [plainTable(0, 16)]);
  return {
    picture,
    scans: progressive ? usualScript(picture) : oneScan(picture),
    progressive,
    restartInterval: 5,
    surplusRestarts: 2,
    garbage: Uint8Array.of(1, 0xff, 0xd8, 2),
  };
}

test("an object that is cut in two restores, wherever the cut is", async () => {
  for (const seed of FULL ? [1, 2, 3, 4, 5] : [1]) {
    const { bytes, scans } = writeJpegParts(smallPlan(seeded(seed)));
    const start = scans[0]?.start ?? 0;
    for (let cut = start - 9; cut < bytes.length; cut++) {
      const chunks = cutAt(bytes, [cut]);
      const results = await encodeChunks(chunks, { verify: false });
      await assertRestored(chunks, results, `cut at ${cut}`);
      const [first, second] = codesOf(results);
      assert.equal(first, cut <= start ? "OnlyGarbageNoJpeg" : "", `cut at ${cut}`);
      assert.match(second ?? "", /^(OnlyGarbageNoJpeg)?$/);
      if (cut <= start) assert.equal(second, "");
      if (cut > (scans[0]?.end ?? 0)) assert.equal(second, "OnlyGarbageNoJpeg");
    }
  }
});

test("chunks of any size restore, and coding them alike is not needed for it", async () => {
  await forSeeds(FULL ? 1000 : 20, async (random, seed) => {
    const plan = randomPlan(random, {
      width: 1 + random.upTo(120),
      height: 1 + random.upTo(200),
      samplings: random.pick(SAMPLINGS),
      texture: TEXTURES[random.pick(["natural", "sparse", "dense", "flat"] as const)],
      kind: "one scan",
    });
    const whole = writeJpeg({
      ...plan,
      ...(random.oneIn(3) ? { padding: random.upTo(128) } : {}),
      ...(random.oneIn(4) ? { restartsKept: random.upTo(9) } : {}),
      ...(random.oneIn(4) ? { surplusRestarts: random.upTo(11) } : {}),
      hasEnd: !random.oneIn(6),
    });
    const object = random.oneIn(4) ? whole.subarray(0, random.upTo(whole.length) + 1) : whole;
    const chunks = cutAnywhere(random, object, random.pick([60, 400, 4000]));
    const results = await encodeChunks(chunks, { verify: false });
    await assertRestored(chunks, results, `seed ${seed}`);
    await assertTaken(object, results);
    const observed = chunks.map((_, i) => chunks.length > 1 && i > 0 && random.oneIn(2));
    const others = await encodeChunks(chunks, { verify: true }, (i) => observed[i] === true);
    for (const [i, other] of others.entries()) {
      if (other !== undefined) assert.deepEqual(other, results[i]);
    }
  });
});

/** What may be said of a chunk of a JPEG that can be coded whole: no row is in it, or too little, or it
 * is cut so that the model cannot code its end, and has no two rows. */
const TAKEN = /^(OnlyGarbageNoJpeg|HeaderTooLarge|CoefficientOutOfRange)?$/;

/** Where the object can be coded whole, its chunks are refused only for what is not in them. */
async function assertTaken(
  object: Uint8Array,
  results: readonly (ChunkResult | undefined)[],
): Promise<void> {
  const [whole] = codesOf(await encodeChunks([object]));
  if (whole !== "") return;
  for (const code of codesOf(results)) assert.match(code, TAKEN);
}

test("each kind of chunk has its flavour, and its refusal", async () => {
  const random = seeded(7);
  const profile = segment(0xe2, random.bytes(3000));
  const { bytes, scans } = writeJpegParts({ ...smallPlan(random), firstSegments: profile });
  const [{ start, end } = { start: 0, end: 0 }] = scans;
  const middle = (start + end) >> 1;
  const chunks = cutAt(bytes, [1500, start + 30, middle, end + 3]);
  const results = await encodeChunks(chunks);
  assert.deepEqual(codesOf(results), ["OnlyGarbageNoJpeg", "", "", "", "OnlyGarbageNoJpeg"]);
  assert.equal(await assertRestored(chunks, results, "kinds"), 3);
  const files = results.filter((result) => result instanceof Uint8Array);
  const headers = [];
  for (const file of files) headers.push((await readLepton(file)).header);
  assert.deepEqual(
    headers.map(({ flavour }) => flavour),
    ["Y", "Y", "Y"],
  );
  // What the header's rest is needed for is the first chunk's prefix; the profile is in no header.
  assert.equal(headers[0]?.records.chunkPrefix?.length, start - 1500);
  for (const { records } of headers) assert.ok(records.jpegHeader.length < 1000);
  assert.deepEqual(
    headers.map(({ records }) => records.earlyEnd === undefined),
    [false, false, true],
  );
  const [first] = await encodeChunks(cutAt(bytes, [middle]));
  assert.ok(first instanceof Uint8Array);
  assert.equal((await readLepton(first)).header.flavour, "Z");
});

test("a JPEG of several scans is one chunk or none", async () => {
  const jpeg = writeJpeg({ ...smallPlan(seeded(3), true), surplusRestarts: 0 });
  const whole = await encodeChunks([jpeg]);
  assert.equal(await assertRestored([jpeg], whole, "whole"), 1);
  const codes = codesOf(await encodeChunks(cutEvery(jpeg, jpeg.length - 1)));
  assert.deepEqual(codes, ["ProgressiveUnsupported", "ProgressiveUnsupported"]);
});

test("a cut that leaves something the model cannot code is no refusal", async () => {
  // One block a row, coefficients up to the limits: what is left of a code and zeros may pass them.
  const size = { width: 8, height: 320 };
  const picture = makePicture(seeded(1), size, [[1, 1]], TEXTURES.extreme);
  const plan = { picture, scans: oneScan(picture), progressive: false };
  const { bytes, scans } = writeJpegParts(plan);
  const end = scans[0]?.end ?? 0;
  let endedAtRow = 0;
  const [from, to] = FULL ? [800, 0] : [400, 340];
  for (let cut = end - from; cut < end - to; cut++) {
    const chunks = cutAt(bytes, [cut]);
    const results = await encodeChunks(chunks, { verify: false }, (i) => i > 0);
    const [first] = results;
    assert.ok(first instanceof Uint8Array, `cut at ${cut}: ${codesOf(results)}`);
    await assertRestored(chunks, results, `cut at ${cut}`);
    if ((await readLepton(first)).header.records.tail.length > 2) endedAtRow += 1;
  }
  assert.ok(endedAtRow > 0);
});

test("padding that was seen is known in later chunks", async () => {
  // A pattern that its shorter paddings do not tell: only what the first, long one showed is right.
  let coded = 0;
  for (let seed = 1; seed < 200 && coded < 3; seed++) {
    const size = { width: 32, height: 480 };
    const picture = makePicture(seeded(seed), size, [[1, 1]], TEXTURES.natural);
    const plan = { picture, scans: oneScan(picture), progressive: false };
    const bytes = writeJpeg({ ...plan, restartInterval: 7, padding: 0x2a });
    if (codesOf(await encodeChunks([bytes], { verify: false }))[0] !== "") continue;
    coded += 1;
    const chunks = cutEvery(bytes, 700);
    const results = await encodeChunks(chunks, { verify: false });
    await assertRestored(chunks, results, `seed ${seed}`);
    for (const code of codesOf(results)) assert.match(code, TAKEN, `seed ${seed}`);
  }
  assert.equal(coded, 3);
});

test("what is no JPEG, or no longer one, is refused and nothing is thrown", async () => {
  const random = seeded(5);
  const noise = random.bytes(5000);
  assert.deepEqual(codesOf(await encodeChunks(cutEvery(noise, 2000))), [
    "UnsupportedJpeg",
    "UnsupportedJpeg",
    "UnsupportedJpeg",
  ]);
  assert.deepEqual(codesOf(await encodeChunks([noise])), ["UnsupportedJpeg"]);
  const { bytes, scans } = writeJpegParts(smallPlan(random));
  const [{ start, end } = { start: 0, end: 0 }] = scans;
  const broken = bytes.slice();
  // Restart markers out of order: the chunks before are not harmed, all from there on are refused.
  const at = broken.findIndex((_, i) => i > (start + end) >> 1 && /ff,d[0-7]/.test(hex(broken, i)));
  broken[at + 1] = (broken[at + 1] ?? 0) ^ 1;
  const chunks = cutEvery(broken, 100);
  const results = await encodeChunks(chunks);
  await assertRestored(chunks, results, "broken");
  const codes = codesOf(results);
  assert.ok(codes.includes(""));
  const bad = codes.indexOf("InvalidResetCode");
  assert.ok(bad >= Math.floor(at / 100) && bad <= Math.ceil(at / 100) + 1);
  assert.ok(codes.slice(bad).every((code) => code === "InvalidResetCode"));
  assert.deepEqual(codesOf(await encodeChunks(cutAt(bytes, [3, start - 9]).slice(0, 2))), [
    "OnlyGarbageNoJpeg",
    "ShortRead",
  ]);
});

function hex(bytes: Uint8Array, at: number): string {
  return [...bytes.subarray(at, at + 2)].map((byte) => byte.toString(16)).join(",");
}

test("a header that is too long to repeat refuses the object", async () => {
  const table = segment(0xdb, Array.from({ length: 13 }, () => [0, ...Array(64).fill(3)]).flat());
  const many = concatenate(Array.from({ length: 90 }, () => table));
  const jpeg = writeJpeg({ ...smallPlan(seeded(9)), firstSegments: many });
  assert.equal(await assertRestored([jpeg], await encodeChunks([jpeg]), "whole"), 1);
  const codes = codesOf(await encodeChunks(cutEvery(jpeg, 40_000)));
  assert.deepEqual(codes, ["OnlyGarbageNoJpeg", "HeaderTooLarge"]);
});

test("a cut row that is too long to keep refuses what follows", async () => {
  // One row of 65,500 pixels, each block 1,654 bits long: a code of 16 zeros, then 63 times such a code
  // and a value of ten bits.
  const spec = (kind: number, symbol: number): Uint8Array =>
    segment(0xc4, [kind, ...Array(15).fill(0), 1, symbol]);
  const block = `${"0".repeat(16)}${`${"0".repeat(16)}1${"0".repeat(9)}`.repeat(63)}`;
  const eight = block.repeat(8).match(/.{8}/g) ?? [];
  const pattern = Uint8Array.from(eight, (bits) => Number.parseInt(bits, 2));
  const object = concatenate([
    Uint8Array.of(0xff, 0xd8),
    segment(0xdb, [0, ...Array(64).fill(1)]),
    segment(0xc0, [8, 0, 32, 65_500 >> 8, 65_500 & 255, 3, 1, 34, 0, 2, 34, 0, 3, 34, 0]),
    spec(0, 0),
    spec(16, 0x0a),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    ...Array.from({ length: 6000 }, () => pattern),
  ]);
  const chunks = cutEvery(object, 3_000_000);
  const results = await encodeChunks(chunks, {}, (i) => i < 3);
  assert.deepEqual(codesOf(results), ["", "", "", "TooMuchMemoryNeeded"]);
  const within = await encodeChunks(chunks.slice(0, 2), {}, (i) => i < 1);
  assert.deepEqual(codesOf(within), ["", "OnlyGarbageNoJpeg"]);
});

test("a session refuses options without meaning", () => {
  for (const segments of [0, 17, 1.5]) {
    assert.throws(
      () => openLeptonChunks({ segments }),
      (error) => error instanceof PithError && error.code === "InvalidArgument",
    );
  }
});
