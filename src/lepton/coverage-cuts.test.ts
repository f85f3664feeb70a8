/**
 * JPEGs that cannot be read to their end: a dense file codes what comes before the place, and keeps the
 * rest as it is.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  assertRestored,
  codesOf,
  cutAnywhere,
  cutEvery,
  encodeChunks,
} from "../../test/jpeg/chunk-session.ts";
import { makePicture, type Sampling, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, separateScans, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { type JpegPlan, writeJpeg, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { decode, outcomeOf } from "../../test/jpeg/round-trip.ts";
import { tripScans } from "../../test/jpeg/scan-trip.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { loadKernel } from "../core/kernel.ts";
import { encodeJpeg } from "./encode.ts";
import { readLepton } from "./file.ts";
import { readFirstScan } from "./jpeg-header.ts";

const COLOR: readonly Sampling[] = [
  [2, 2],
  [1, 1],
  [1, 1],
];

const small = makePicture(seeded(5), { width: 30, height: 20 }, COLOR, TEXTURES.natural);
const tall = makePicture(seeded(3), { width: 48, height: 200 }, COLOR, TEXTURES.natural);

const plain = (picture = small): JpegPlan => ({
  picture,
  scans: oneScan(picture),
  progressive: false,
});
const progressive = { ...plain(), scans: usualScript(small), progressive: true };

/** What of a JPEG a dense file keeps raw. */
async function rawBytes(jpeg: Uint8Array): Promise<number> {
  const dense = await encodeJpeg(jpeg, { model: "dense" });
  assert.ok(equalBytes(await decode(dense, { model: "dense" }), jpeg));
  const { header } = await readLepton(dense, "dense");
  return header.records.tail.length;
}

test("what comes before a fault is coded", async () => {
  const whole = writeJpegParts({ ...plain(tall), restartInterval: 2 });
  const { start, end } = whole.scans[0] ?? { start: 0, end: 0 };
  const marker = whole.bytes.findIndex((byte, i) => {
    return i > (start + end) / 2 && byte === 0xff && whole.bytes[i + 1] !== 0;
  });
  const odd = Uint8Array.of(0xff, 0xd0, 0xff, 0xd0);
  const inserted = Buffer.concat([
    whole.bytes.subarray(0, marker),
    odd,
    whole.bytes.subarray(marker),
  ]);
  const raw = await rawBytes(inserted);
  assert.ok(raw > 0.3 * (end - start) && raw < 0.7 * (end - start), `${raw} of ${end - start}`);

  // One marker too few, one too many or another one is not a fault.
  const [before, behind] = [whole.bytes.subarray(0, marker), whole.bytes.subarray(marker + 2)];
  for (const there of [[], [0xff, 0xd7], [0xff, 0xd3, 0xff, 0xd3]]) {
    const jpeg = Buffer.concat([before, Uint8Array.from(there), behind]);
    assert.ok((await rawBytes(jpeg)) <= 8, `${there.length} bytes of markers`);
    assert.equal(await outcomeOf(jpeg, { model: "dense", segments: 3 }), "restored");
    assert.equal(await outcomeOf(jpeg), "InvalidResetCode");
  }

  // In a progressive file all scans before the one that breaks.
  const scans = writeJpegParts(progressive);
  const broken = scans.bytes.slice();
  const fourth = scans.scans[3]?.start ?? 0;
  broken.fill(0xfe, fourth, fourth + 20);
  const last = scans.scans[2]?.end ?? 0;
  assert.equal(await rawBytes(broken), broken.length - last);
});

test("a file cut at every byte", async () => {
  const instance = (await loadKernel("dense")).take();
  const kinds: readonly Partial<JpegPlan>[] = [
    { restartInterval: 1, mixesPadding: true },
    { quirks: { zerosBeforeEnd: true }, tables: "flat" },
    { scans: separateScans(small) },
    { ...progressive, quirks: { longestRun: 2 } },
  ];
  for (const kind of kinds) {
    const jpeg = writeJpeg({ ...plain(), ...kind });
    const first = readFirstScan(jpeg, "dense").at;
    for (let cut = first; cut < jpeg.length; cut++) {
      const cutOff = jpeg.subarray(0, cut);
      if (cut > first) {
        const { written } = await tripScans(instance, cutOff, "dense");
        assert.ok(equalBytes(written, cutOff), `cut at ${cut} of ${jpeg.length}`);
      }
      const segments = cut % 2 === 0 ? 1 : 3;
      if (cut % 9 > 0) continue;
      assert.equal(await outcomeOf(cutOff, { model: "dense", segments }), "restored");
    }
  }
});

test("segments of several scans end with the rows of the first component", async () => {
  const scans = separateScans(tall).reverse();
  for (const [i, { start, end }] of writeJpegParts({ ...plain(tall), scans }).scans.entries()) {
    const cutOff = writeJpeg({ ...plain(tall), scans }).subarray(0, Math.floor((start + end) / 2));
    const outcome = await outcomeOf(cutOff, { model: "dense", segments: 4 });
    assert.equal(outcome, "restored", `scan ${i}`);
  }
});

test("chunks have notes on the rows that begin in them", async () => {
  const wide = makePicture(seeded(4), { width: 64, height: 400 }, COLOR, TEXTURES.natural);
  const mixed = { restartInterval: 1, mixesPadding: true, padding: 0x15 };
  const plan = {
    ...plain(wide),
    ...mixed,
    quirks: { zerosBeforeEnd: true },
    tables: "flat",
  } as const;
  await forSeeds(10, async (random) => {
    const chunks = cutAnywhere(random, writeJpeg(plan), 3000);
    const results = await encodeChunks(chunks, { model: "dense" });
    const coded = await assertRestored(chunks, results, "mixed", "dense");
    const refused = new Set(codesOf(results));
    assert.ok(coded > chunks.length / 2, `${coded} of ${chunks.length}`);
    assert.ok(
      [...refused].every((code) => ["", "OnlyGarbageNoJpeg", "HeaderTooLarge"].includes(code)),
    );
  });
});

test("chunks before a fault are coded, and the one with it as far as it goes", async () => {
  const wide = makePicture(seeded(4), { width: 64, height: 400 }, COLOR, TEXTURES.natural);
  const written = writeJpegParts({ ...plain(wide), restartInterval: 4 });
  const { start, end } = written.scans[0] ?? { start: 0, end: 0 };
  const broken = written.bytes.slice();
  const middle = Math.floor((start + end) / 2);
  broken.set([0xff, 0xd0, 0xff, 0xd0, 0xff, 0xd0], middle);
  const chunks = cutEvery(broken, Math.ceil(broken.length / 5));
  const results = await encodeChunks(chunks, { model: "dense" });
  await assertRestored(chunks, results, "broken", "dense");
  const coded = results.map((result) => result instanceof Uint8Array);
  assert.deepEqual(coded, [true, true, true, false, false]);
});
