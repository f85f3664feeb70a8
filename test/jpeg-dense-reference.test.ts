/**
 * The document of dense JPEG files suffices: a decoder that was written from it alone
 * (test/jpeg-dense-reference/) restores what the kernel codes, byte for byte.
 *
 * Every layout and record is here once or more; with PITH_FULL=1 many more, and photographs.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { concatenate, equalBytes } from "../src/core/bytes.ts";
import { PithError } from "../src/core/errors.ts";
import { type EncodeOptions, encodeJpeg } from "../src/lepton/encode.ts";
import { corpusFile, withoutCorpus } from "./corpus.ts";
import { makePicture, plainTable, slopingTable, TEXTURES } from "./jpeg/jpeg-picture.ts";
import { oneScan, randomPlan, SAMPLINGS, usualScript } from "./jpeg/jpeg-random.ts";
import { type JpegPlan, segment, writeJpeg, writeJpegParts } from "./jpeg/jpeg-writer.ts";
import { type Decoded, DenseReference } from "./jpeg-dense-reference/decode.ts";
import { decodeHeader } from "./jpeg-dense-reference/header.ts";
import { HeaderModel } from "./jpeg-dense-reference/header-model.ts";
import { forSeeds, type Random, seeded } from "./random.ts";

const isFull = process.env["PITH_FULL"] === "1";
const isReplay = process.env["PITH_SEED"] !== undefined;

const GRAY = [[1, 1]] as const;
const COLOUR = SAMPLINGS[4]!;
const FULL_COLOUR = SAMPLINGS[3]!;
const FOUR = [...FULL_COLOUR, [1, 1]] as const;
const UNEVEN = [
  [3, 3],
  [2, 2],
  [1, 3],
] as const;

/** Small photographs. */
const PHOTOS = [
  "photos/apple-iphone-4.jpg",
  "photos/fujifilm-mx-2900zoom.jpg",
  "progressive/issue-242.jpg",
  "vectors/androidcrop.jpg",
  "vectors/narrowrst.jpg",
  "vectors/truncatedzerorun.jpg",
  "vectors/trailingrst2.jpg",
  "vectors/nonoptimalprogressive.jpg",
];

function fileOf(name: string): Uint8Array {
  return readFileSync(new URL(`../${name}`, import.meta.url));
}

const dictionary = fileOf("wasm/jpeg-headers.bin");
const reference = new DenseReference(fileOf("wasm/jpeg-priors.bin"), dictionary);

type Options = Omit<EncodeOptions, "model" | "verify">;

/** Codes a JPEG, or some bytes of it, and restores them by the reference. */
async function trip(jpeg: Uint8Array, options: Options = {}): Promise<Decoded> {
  const dense = await encodeJpeg(jpeg, { ...options, model: "dense" });
  const decoded = reference.decode(dense);
  const { startByte = 0, bytes = jpeg.length - startByte } = options;
  assert.ok(equalBytes(decoded.jpeg, jpeg.subarray(startByte, startByte + bytes)));
  return decoded;
}

/** A JPEG of some texture; what `plan` says comes on top. */
function made(
  samplings: JpegSamplings,
  texture: keyof typeof TEXTURES,
  plan: Partial<JpegPlan> = {},
  size = { width: 83, height: 61 },
): JpegPlan {
  const tables = [slopingTable(0, 4, 2), plainTable(1, 11)];
  const picture = makePicture(seeded(7), size, samplings, TEXTURES[texture], tables);
  const isProgressive = plan.progressive === true;
  const scans = isProgressive ? usualScript(picture) : oneScan(picture);
  return { picture, scans, progressive: false, ...plan };
}

type JpegSamplings = Parameters<typeof makePicture>[2];

test("the frozen file restores its picture", () => {
  const pith = fileOf("test/vectors/pith/jpeg-dense-1.pith");
  const frame = Buffer.from(pith).indexOf("f050465201000600", 0, "hex");
  const view = new DataView(pith.buffer, pith.byteOffset + frame);
  const start = frame + 64 + view.getUint32(20, true);
  const { jpeg } = reference.decode(pith.subarray(start, start + view.getUint32(16, true)));
  assert.ok(equalBytes(jpeg, fileOf("test/vectors/pith/lepton.jpg")));
});

test("the document's example of a header is one of a picture of 400 by 300", () => {
  const text = new TextDecoder().decode(fileOf("docs/formats/jpeg-dense.md"));
  const stream = /### Example[\s\S]*?```text\n([0-9a-f \n]+)```/.exec(text)![1]!;
  const coded = Buffer.from(`00${stream.replaceAll(/\s/g, "")}`, "hex");
  const model = HeaderModel.primed(dictionary);
  const records = decodeHeader(coded, model, () => assert.fail("a JPEG in the header"));
  assert.equal(records.length, 650);
  // SOF0, 8 bits, 300 rows, 400 columns.
  assert.ok(Buffer.from(records).includes("ffc0001108012c0190", 0, "hex"));
});

for (const [name, samplings, plan] of [
  ["gray", GRAY, {}],
  ["4:2:0", COLOUR, {}],
  ["4:4:4", FULL_COLOUR, {}],
  ["of four components", FOUR, {}],
  ["with factors of 3 and 2", UNEVEN, {}],
  ["progressive", COLOUR, { progressive: true }],
  ["progressive gray", GRAY, { progressive: true }],
  ["with restarts", COLOUR, { restartInterval: 3, padding: 0 }],
] as const) {
  test(`a picture that is ${name} comes back, in one segment and in three`, async () => {
    const jpeg = writeJpeg(made(samplings, "natural", plan));
    await trip(jpeg, { segments: 1 });
    const { records } = await trip(jpeg, { segments: 3 });
    assert.ok(records.handoffs.length > 1);
  });
}

test("a picture of many blocks comes back, in which rates of learning reach their least", async () => {
  const { decisions } = await trip(
    writeJpeg(made(GRAY, "sparse", {}, { width: 400, height: 320 })),
  );
  assert.ok(decisions > 50_000);
});

test("what no canonical writer would have written comes back from PDB, DEV and ODD", async () => {
  const usual = { restartInterval: 2, mixesPadding: true };
  const sequential = made(COLOUR, "sparse", { ...usual, quirks: { zerosBeforeEnd: true } });
  const { bytes: jpeg, scans } = writeJpegParts(sequential);
  const first = Buffer.from(jpeg).indexOf("ffd3", scans[0]!.start, "hex");
  const without = concatenate([jpeg.subarray(0, first), jpeg.subarray(first + 2)]);
  without[Buffer.from(jpeg).indexOf("ffd1", scans[0]!.start, "hex") + 1] = 0xd6;
  const { records } = await trip(without);
  assert.deepEqual(
    ["PDB", "DEV", "ODD"].filter((tag) => [...records.bytes.keys()].some((one) => one === tag)),
    ["PDB", "DEV", "ODD"],
  );
  for (const [texture, quirks] of [
    ["sparse", { zerosBeforeEnd: true }],
    ["flat", { longestRun: 2 }],
  ] as const) {
    const plan = made(COLOUR, texture, { quirks, progressive: true });
    const { records } = await trip(writeJpeg(plan));
    assert.ok(records.bytes.has("DEV"));
  }
});

test("pictures whose quantizers are the largest come back", async () => {
  const size = { width: 40, height: 40 };
  for (const texture of ["natural", "extreme", "dense"] as const) {
    const table = [plainTable(0, 65_535)];
    const picture = makePicture(seeded(9), size, COLOUR, TEXTURES[texture], table);
    await trip(writeJpeg({ picture, scans: oneScan(picture), progressive: false }));
  }
});

test("bytes between marker segments and zeros among quantizers come back", async () => {
  const table = slopingTable(0, 4, 2);
  // Behind the first zero the values of an earlier table stay.
  for (const k of [9, 34]) table.values[k] = 0;
  const earlier = segment(0xdb, [0, ...Array.from({ length: 64 }, (_, i) => 30 + i)]);
  const size = { width: 50, height: 40 };
  const picture = makePicture(seeded(5), size, COLOUR, TEXTURES.natural, [table]);
  const firstSegments = concatenate([Uint8Array.of(0xff, 0xd8, 0xff, 1, 2), earlier]);
  await trip(writeJpeg({ picture, scans: oneScan(picture), progressive: false, firstSegments }));
});

test("JPEGs that end early, with surplus restarts, or without a scan come back", async () => {
  const plan = made(COLOUR, "natural", { restartInterval: 4, surplusRestarts: 3 });
  const { bytes: jpeg, scans } = writeJpegParts(plan);
  await trip(jpeg);
  const { records } = await trip(jpeg.subarray(0, (scans[0]!.start + scans[0]!.end) >> 1));
  assert.notEqual(records.lastBlocks, undefined);
  const { decisions } = await trip(jpeg.subarray(0, scans[0]!.start));
  assert.equal(decisions, 0);
  const progressive = writeJpeg(made(COLOUR, "natural", { progressive: true }));
  await trip(progressive.subarray(0, progressive.length - 300));
});

test("JPEGs in headers come back, and those in theirs", async () => {
  const small = { width: 24, height: 24 };
  const inner = writeJpeg(made(COLOUR, "natural", {}, small));
  const middle = writeJpeg(
    made(GRAY, "natural", { firstSegments: segment(0xe1, inner) }, { width: 40, height: 40 }),
  );
  const { records } = await trip(
    writeJpeg(made(COLOUR, "flat", { firstSegments: segment(0xe1, middle) })),
  );
  assert.ok(Buffer.from(records.bytes.get("HDR")!).includes(Buffer.from(middle)));
});

test("a range from the middle of a JPEG comes back alone", async () => {
  const jpeg = writeJpeg(made(COLOUR, "natural", { restartInterval: 3 }));
  const bytes = jpeg.length >> 1;
  const { records } = await trip(jpeg, { startByte: jpeg.length >> 2, bytes, segments: 2 });
  assert.ok(records.bytes.has("PGR"));
});

test("any picture comes back, whatever its quantizers", async () => {
  let restored = 0;
  const seeds = isFull ? 300 : 10;
  await forSeeds(seeds, async (random) => {
    const jpeg = anyJpeg(random);
    try {
      await trip(jpeg, { segments: random.pick([1, 1, 2, 5]) });
      restored++;
    } catch (error) {
      // Some liberties together are more than the format says; there is nothing to decode then.
      if (!(error instanceof PithError)) throw error;
    }
  });
  assert.ok(isReplay || restored >= 0.8 * seeds, `${restored} of ${seeds} restored`);
});

function anyJpeg(random: Random): Uint8Array {
  const plan = randomPlan(random, {
    width: 1 + random.upTo(60),
    height: 1 + random.upTo(60),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "dense", "sparse", "extreme", "beyond"] as const)],
    kind: random.pick(["one scan", "usual", "script", "separate"] as const),
  });
  const jpeg = writeJpeg({
    ...plan,
    mixesPadding: random.oneIn(3),
    quirks: random.oneIn(4) ? { zerosBeforeEnd: true } : {},
  });
  return random.oneIn(6) ? jpeg.subarray(0, jpeg.length - random.upTo(jpeg.length >> 1)) : jpeg;
}

for (const name of isFull ? PHOTOS : []) {
  test(`${name} comes back`, { skip: withoutCorpus }, async () => {
    const { decisions } = await trip(corpusFile(`jpeg/${name}`));
    assert.ok(decisions > 100_000);
  });
}
