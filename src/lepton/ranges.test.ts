/**
 * Ranges of made JPEGs as files of their own: each gives back exactly its bytes, wherever it begins
 * and ends, or is refused because no row begins in it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePicture, slopingTable, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { segment, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { refusalOf } from "../../test/jpeg/round-trip.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { decodeLepton, encodeLepton } from "./index.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 10 : 1;

function makeBaseline(random: Random): ReturnType<typeof writeJpegParts> {
  const tables = [slopingTable(0, 3, 2), slopingTable(1, 5, 4)];
  const size = { width: 20 + random.upTo(100), height: 40 + random.upTo(200) };
  const texture = TEXTURES[random.pick(["natural", "sparse", "flat", "dense"] as const)];
  const picture = makePicture(random, size, random.pick(SAMPLINGS.slice(3)), texture, tables);
  return writeJpegParts({
    picture,
    progressive: false,
    scans: oneScan(picture),
    restartInterval: random.oneIn(2) ? 0 : 1 + random.upTo(20),
    padding: random.oneIn(4) ? 0 : 0x7f,
    tables: random.pick(["standard", "fitted"] as const),
    firstSegments: segment(0xe1, random.bytes(random.upTo(300))),
    garbage: random.bytes(random.oneIn(2) ? 0 : random.upTo(300)),
  });
}

test("any range gives back its bytes, or has no row of its own", async () => {
  let restored = 0;
  await forSeeds(100 * ROUNDS, async (random) => {
    const { bytes, scans } = makeBaseline(random);
    const startByte = random.upTo(bytes.length);
    const size = 1 + random.upTo(bytes.length - startByte);
    const options = { startByte, bytes: size, segments: random.pick([1, 2, 4]) };
    let lepton: Uint8Array;
    try {
      lepton = await encodeLepton(bytes, options);
    } catch (error) {
      const code = refusalOf(error);
      const { start, end } = scans[0]!;
      if (startByte + size <= start || startByte >= end) return;
      // A range of a scan's middle may hold no row, or end within a code that cannot be cut.
      assert.ok(["OnlyGarbageNoJpeg", "ShortRead", "CoefficientOutOfRange"].includes(code), code);
      return;
    }
    assert.ok(equalBytes(await decodeLepton(lepton), bytes.subarray(startByte, startByte + size)));
    restored++;
  });
  const isReplay = process.env["PITH_SEED"] !== undefined;
  assert.ok(isReplay || restored > 40 * ROUNDS, `${restored} restored`);
});

test("the ranges that tile a JPEG give it back together", async () => {
  await forSeeds(20 * ROUNDS, async (random) => {
    const { bytes, scans } = makeBaseline(random);
    const size = 100 + random.upTo(bytes.length);
    let coded = 0;
    for (let startByte = 0; startByte < bytes.length; startByte += size) {
      const plain = bytes.subarray(startByte, startByte + size);
      try {
        const lepton = await encodeLepton(bytes, { startByte, bytes: size });
        assert.ok(equalBytes(await decodeLepton(lepton), plain), `from ${startByte}`);
        coded += plain.length;
      } catch (error) {
        refusalOf(error);
      }
    }
    const { start, end } = scans[0]!;
    assert.ok(size < end || coded >= end - start, `${coded} of ${bytes.length}`);
  });
});

test("a range from the middle of a progressive JPEG is refused", async () => {
  await forSeeds(5, async (random) => {
    const picture = makePicture(random, { width: 64, height: 64 }, SAMPLINGS[4]!, TEXTURES.dense);
    const { bytes } = writeJpegParts({ picture, progressive: true, scans: usualScript(picture) });
    await assert.rejects(encodeLepton(bytes, { startByte: 1 + random.upTo(bytes.length - 1) }), {
      code: "ProgressiveUnsupported",
    });
  });
});
