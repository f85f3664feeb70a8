/**
 * Dense files: JPEGs of all layouts, ranges and chunks of them come back, in parts and as streams, with any
 * number of threads; what is no dense file, or was made with other priors, is refused, as are broken ones.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  assertRestored,
  codesOf,
  cutAnywhere,
  encodeChunks,
} from "../../test/jpeg/chunk-session.ts";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, randomPlan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { checkMutatedJpegs, checkMutatedLeptons } from "../../test/jpeg/mutate.ts";
import { decode, decodedOf, outcomeOf, refusalOf } from "../../test/jpeg/round-trip.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { decodeIterable } from "./decode.ts";
import { countLeptonParts, decodeLeptonPart } from "./decode-part.ts";
import { describeLepton } from "./describe.ts";
import { encodeJpeg } from "./encode.ts";
import { readLepton } from "./file.ts";
import { DENSE_VERSION, readLeptonStart } from "./file-start.ts";
import { closeIdleThreads } from "./threads.ts";

const MODEL = { model: "dense" } as const;
const ROUNDS = process.env["PITH_FULL"] === "1" ? 10 : 1;
const isReplay = process.env["PITH_SEED"] !== undefined;

after(closeIdleThreads);

function someJpeg(random: Random, most: number, kinds: readonly ("one scan" | "usual")[]) {
  const plan = randomPlan(random, {
    width: 1 + random.upTo(most),
    height: 1 + random.upTo(most),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "natural", "sparse", "flat", "dense"] as const)],
    kind: random.pick(kinds),
  });
  const [first, ...others] = plan.picture.components;
  const canRestart = others.length > 0 || first!.h * first!.v === 1;
  return writeJpeg(canRestart ? plan : { ...plan, restartInterval: 0 });
}

/** A picture of a few thousand bytes and 40 rows. */
function largerJpeg(seed: number, progressive = false): Uint8Array {
  const size = { width: 160, height: 640 };
  const picture = makePicture(seeded(seed), size, SAMPLINGS[4]!, TEXTURES.natural);
  const scans = progressive ? usualScript(picture) : oneScan(picture);
  return writeJpeg({ picture, scans, progressive, restartInterval: 3 });
}

test("every valid layout comes back, in one segment and in several", async () => {
  await forSeeds(60 * ROUNDS, async (random) => {
    const jpeg = someJpeg(random, 90, ["one scan", "usual"]);
    const segments = random.pick([1, 1, 2, 3, 8, 16]);
    assert.equal(await outcomeOf(jpeg, { ...MODEL, segments }), "restored");
  });
});

test("any range gives back its bytes, or has no row of its own", async () => {
  let restored = 0;
  await forSeeds(60 * ROUNDS, async (random) => {
    const jpeg = someJpeg(random, 150, ["one scan"]);
    const startByte = random.upTo(jpeg.length);
    const bytes = 1 + random.upTo(jpeg.length - startByte);
    try {
      const dense = await encodeJpeg(jpeg, { ...MODEL, startByte, bytes, segments: 2 });
      const range = jpeg.subarray(startByte, startByte + bytes);
      assert.ok(equalBytes(await decode(dense, MODEL), range));
      restored += 1;
    } catch (error) {
      refusalOf(error);
    }
  });
  assert.ok(isReplay || restored > 20 * ROUNDS, `${restored} restored`);
});

test("chunks of any size restore, also behind others that were only seen", async () => {
  let coded = 0;
  await forSeeds(20 * ROUNDS, async (random, seed) => {
    const object = someJpeg(random, 200, ["one scan"]);
    const chunks = cutAnywhere(random, object, random.pick([60, 400, 4000]));
    const results = await encodeChunks(chunks, { ...MODEL, verify: false });
    coded += await assertRestored(chunks, results, `seed ${seed}`, "dense");
    const sees = chunks.map((_, i) => i > 0 && random.oneIn(2));
    const others = await encodeChunks(chunks, MODEL, (i) => sees[i] === true);
    for (const [i, other] of others.entries()) {
      if (other !== undefined) assert.deepEqual(other, results[i]);
    }
  });
  assert.ok(isReplay || coded > 20, `${coded} chunks`);
});

test("a JPEG of several scans is one chunk or none", async () => {
  const jpeg = largerJpeg(3, true);
  assert.equal(
    await assertRestored([jpeg], await encodeChunks([jpeg], MODEL), "whole", "dense"),
    1,
  );
  const halves = [jpeg.subarray(0, 2000), jpeg.subarray(2000)];
  assert.deepEqual(codesOf(await encodeChunks(halves, MODEL)), [
    "ProgressiveUnsupported",
    "ProgressiveUnsupported",
  ]);
});

test("any number of threads gives the same file and the same JPEG; so do its parts", async () => {
  for (const jpeg of [largerJpeg(1), largerJpeg(2, true)]) {
    for (const segments of [1, 3, 16]) {
      const alone = await encodeJpeg(jpeg, { ...MODEL, segments, threads: 1 });
      for (const threads of [2, 3]) {
        const other = await encodeJpeg(jpeg, { ...MODEL, segments, threads });
        assert.ok(equalBytes(other, alone));
        assert.ok(equalBytes(await decode(alone, { ...MODEL, threads }), jpeg));
      }
      const parts: Uint8Array[] = [];
      const count = countLeptonParts(alone);
      for (let part = count - 1; part >= 0; part--) {
        parts.unshift(await decodeLeptonPart(alone, part, jpeg.length, "dense"));
      }
      assert.ok(equalBytes(concatenate(parts), jpeg));
      assert.equal(
        count > 1,
        segments > 1 && (await readLepton(alone, "dense")).header.flavour === "Z",
      );
    }
  }
});

test("a dense file that comes in any pieces gives the same bytes, the first before its end", async () => {
  const random = seeded(6);
  const size = { width: 320, height: 640 };
  const picture = makePicture(random, size, SAMPLINGS[4]!, TEXTURES.dense);
  const jpeg = writeJpeg({ picture, scans: oneScan(picture), progressive: false });
  const dense = await encodeJpeg(jpeg, { ...MODEL, segments: 3, threads: 1 });
  for (const most of [700, 50_000]) {
    for (const threads of [1, 2]) {
      let given = 0;
      const source = (function* () {
        while (given < dense.length) {
          const from = given;
          given = Math.min(dense.length, from + 1 + random.upTo(most));
          yield dense.slice(from, given);
        }
      })();
      const pieces: Uint8Array[] = [];
      let givenAtFirst = 0;
      for await (const piece of decodeIterable(source, { ...MODEL, threads })) {
        givenAtFirst ||= given;
        pieces.push(piece);
      }
      assert.ok(equalBytes(concatenate(pieces), jpeg), `${most}, ${threads} threads`);
      assert.ok(givenAtFirst < dense.length, `${givenAtFirst} of ${dense.length}`);
    }
  }
});

test("a dense file tells what it was made with, and which bytes stand for what", async () => {
  const jpeg = largerJpeg(1);
  const dense = await encodeJpeg(jpeg, { ...MODEL, segments: 2 });
  const { version, dense: made, segments, bytes } = await describeLepton(dense, "dense");
  assert.deepEqual([version, segments.length], [DENSE_VERSION, 2]);
  assert.deepEqual([made?.modelNumber, made?.priorSet], [1, 1]);
  const sum = bytes.header + bytes.dc + bytes.interior + bytes.edges;
  assert.equal(sum, dense.length);
  assert.ok(Math.min(bytes.dc, bytes.interior, bytes.edges) > 0);
});

test("neither model's reader takes the other's files, nor other priors", async () => {
  const jpeg = largerJpeg(1);
  const dense = await encodeJpeg(jpeg, MODEL);
  const lepton = await encodeJpeg(jpeg, {});
  assert.equal(await decodedOf(dense, "lepton"), "VersionUnsupported");
  assert.equal(await decodedOf(lepton, "dense"), "VersionUnsupported");
  assert.equal(readLeptonStart(dense, "dense").outputBytes, jpeg.length);
  const places: readonly (readonly [at: number, code: string])[] = [
    [12, "VersionUnsupported"], // the model
    [13, "VersionUnsupported"], // the prior set
    [14, "VersionUnsupported"], // its hash
    [17, "VersionUnsupported"],
    [8, "BadLeptonFile"], // our name
    [18, "BadLeptonFile"],
    [19, "BadLeptonFile"],
  ];
  for (const [at, code] of places) {
    const other = dense.slice();
    other[at]! ^= 0x40;
    assert.equal(await decodedOf(other, "dense"), code, `byte ${at}`);
    const part = decodeLeptonPart(other, 0, jpeg.length, "dense");
    await assert.rejects(part, { code }, `byte ${at}`);
  }
});

test("a dense file cut anywhere is refused", async () => {
  const jpeg = someJpeg(seeded(5), 40, ["one scan"]);
  const dense = await encodeJpeg(jpeg, { ...MODEL, segments: 2 });
  for (let end = 0; end < dense.length; end++) {
    assert.equal(typeof (await decodedOf(dense.subarray(0, end), "dense")), "string", `at ${end}`);
  }
});

test("mutated JPEGs are restored or refused, mutated dense files give bytes or are refused", async () => {
  const jpegs = await checkMutatedJpegs(300 * ROUNDS, "dense");
  assert.ok(isReplay || (jpegs.get("restored") ?? 0) > 30, JSON.stringify([...jpegs]));
  const files = await checkMutatedLeptons(300 * ROUNDS, "dense");
  assert.ok(isReplay || (files.get("restored") ?? 0) > 30, JSON.stringify([...files]));
  assert.ok(isReplay || files.size >= 3, JSON.stringify([...files]));
});

test("nothing behind a wipe depends on the job before", async () => {
  const [one, other] = [largerJpeg(1), largerJpeg(4)];
  const alone = await encodeJpeg(other, { ...MODEL, threads: 1 });
  await encodeJpeg(one, { ...MODEL, threads: 1 });
  assert.deepEqual(await encodeJpeg(other, { ...MODEL, threads: 1 }), alone);
});
