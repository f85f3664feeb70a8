/** Tests of dense headers: any bytes go through, JPEGs in them are handed on and put back, damage is told,
 * and what was packed once is read for ever. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { segment, writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes, fromHex, toHex } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { DENSE_EMBEDDED_DEPTH_MAXIMUM } from "../core/limits.ts";
import { type PackOptions, packHeader, type UnpackOptions, unpackHeader } from "./dense-header.ts";
import { loadHeaderKernels, ModelReader, type ModelSteps, writeModelled } from "./header-model.ts";
import { writePlan } from "./header-plan.ts";
import { readTokens } from "./quantizer-tokens.ts";

const APP1 = 0xe1;
const DOCUMENT = new URL("../../docs/formats/jpeg-dense.md", import.meta.url);
const MEBIBYTE = 1 << 20;

/** A stand-in for the codec: drops every second byte, which are all the same. */
const HALVING: PackOptions & UnpackOptions = {
  codeJpeg: async (jpeg) => jpeg.filter((_, i) => i % 2 === 0),
  restoreJpeg: async (coded) => Uint8Array.from({ length: 2 * coded.length }, (_, i) => i % 251),
};

function thumbnail(seed: number): Uint8Array {
  const size = { width: 40, height: 40 };
  const picture = makePicture(seeded(seed), size, SAMPLINGS[0]!, TEXTURES.natural);
  return writeJpeg({ picture, scans: oneScan(picture), progressive: false });
}

/** Records of the usual JPEG: JFIF, tables of quality 75, frame, Huffman tables of Annex K, scan. */
function usualRecords(): Uint8Array {
  const tables = "ffdb0043" + "4b00" + "ffdb0043" + "c901";
  const header = concatenate([
    fromHex("ffe000104a46494600010100000100010000"),
    readTokens(fromHex(tables), 1000),
    fromHex("ffc0001108012c019003012200021101031101"),
    ...ANNEX_K.map((table) => segment(0xc4, fromHex(table))),
    fromHex("ffda000c03010002110311003f00"),
  ]);
  const size = Uint8Array.of(header.length & 255, header.length >> 8, 0, 0);
  const rest = fromHex(`5030447f484801${"0000d02e000000000000000000000000"}`);
  return concatenate([fromHex("484452"), size, header, rest]);
}

const AC_SYMBOLS = {
  luminance:
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
  chrominance:
    "0102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
};
const ANNEX_K = [
  "0000010501010101010100000000000000000102030405060708090a0b",
  `100002010303020403050504040000017d${AC_SYMBOLS.luminance}`,
  "0100030101010101010101010000000000000102030405060708090a0b",
  `1100020102040403040705040400010277${AC_SYMBOLS.chrominance}`,
];

/** What these records are packed to: a promise. */
const USUAL_PACKED = "00011afdb7adf6dc7dfde82a5ae5905dc369437ea7eed231524cc6";

async function trip(records: Uint8Array, options: PackOptions & UnpackOptions = {}) {
  const coded = await packHeader(records, options);
  const unpacked = await unpackHeader(coded, records.length, options);
  assert.ok(equalBytes(unpacked, records));
  return coded;
}

/** The value of steps, all of them at once. */
function through<Value>(steps: ModelSteps<Value>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test("a usual header takes some forty bytes, always the same", async () => {
  const records = usualRecords();
  assert.equal(records.length, 650);
  const coded = await trip(records);
  assert.deepEqual(await unpackHeader(fromHex(USUAL_PACKED), 1000), records);
  assert.equal(toHex(coded), USUAL_PACKED);
  const document = readFileSync(DOCUMENT, "utf8").split("### Example\n")[1] ?? "";
  const told = /```text\n([0-9a-f \n]+)```/.exec(document)?.[1] ?? "";
  assert.equal(`00${told.replace(/\s/g, "")}`, USUAL_PACKED);
});

test("any bytes go through", async () => {
  await trip(new Uint8Array(0));
  await forSeeds(30, async (random) => {
    const size = random.pick([random.upTo(20), random.upTo(3000), random.upTo(30_000)]);
    await trip(random.oneIn(3) ? random.bytes(size) : random.content(size));
  });
});

test("both builds of the kernel write the same", async () => {
  const [simd, scalar] = [await loadHeaderKernels("simd"), await loadHeaderKernels("scalar")];
  await forSeeds(8, (random) => {
    const plain = concatenate([usualRecords(), random.content(random.upTo(9000))]);
    const [one, other] = [simd, scalar].map(({ writing }) =>
      writing.use((instance) => through(writeModelled(instance, plain))),
    );
    assert.deepEqual(one, other);
  });
});

test("blanks, which a reader would not believe, and more than the model takes go through", async () => {
  const blanks = new Uint8Array(MEBIBYTE / 2).fill(32);
  assert.ok((await trip(blanks)).length < 2000);
  // Within another JPEG the model takes a sixteenth.
  const noise = seeded(1).bytes(30_000);
  const long = concatenate(Array.from({ length: 10 }, (_, i) => noise.map((byte) => byte ^ i)));
  assert.ok(long.length > (4 * MEBIBYTE) / 16);
  assert.ok((await trip(long, { depth: 1 })).length < long.length + 1000);
});

test("JPEGs are handed on with their depth and put back", async () => {
  const jpeg = Uint8Array.from(thumbnail(1), (byte) => byte);
  const records = concatenate([usualRecords(), jpeg, usualRecords(), jpeg]);
  const seen: number[] = [];
  const options = {
    codeJpeg: async (plain: Uint8Array, depth: number) => {
      seen.push(depth);
      return equalBytes(plain, jpeg) ? Uint8Array.of(1, 2, 3) : undefined;
    },
    restoreJpeg: async (coded: Uint8Array, _maximumBytes: number, depth: number) => {
      seen.push(depth);
      assert.deepEqual([...coded], [1, 2, 3]);
      return jpeg;
    },
  };
  const coded = await trip(records, options);
  assert.deepEqual(seen, [1, 1, 1, 1]);
  assert.ok(coded.length < 120);
  await assert.rejects(unpackHeader(coded, records.length - 1, options), {
    code: "HeaderTooLarge",
  });
  const deepest = { ...options, depth: DENSE_EMBEDDED_DEPTH_MAXIMUM };
  await assert.rejects(unpackHeader(coded, records.length, deepest), { code: "BadLeptonFile" });
  await assert.rejects(unpackHeader(coded, records.length), { code: "BadLeptonFile" });
  seen.length = 0;
  await trip(records, deepest);
  assert.deepEqual(seen, []);
});

test("a JPEG that cannot be coded, or gets no smaller, stays where it is", async () => {
  const records = concatenate([usualRecords(), thumbnail(2)]);
  for (const codeJpeg of [
    async () => undefined,
    async (jpeg: Uint8Array) => jpeg,
    async (jpeg: Uint8Array) => jpeg.subarray(0, jpeg.length - 8),
  ]) {
    const coded = await packHeader(records, { codeJpeg });
    assert.deepEqual(await unpackHeader(coded, records.length), records);
  }
});

test("a JPEG in the segments of a stream is put back in its pieces", async () => {
  const jpeg = thumbnail(3);
  const begins = [0x46, 0x4c, 0x49, 0x52, 0, 1, 0, 1];
  const parts = [jpeg.subarray(0, 700), jpeg.subarray(700)];
  const segments = parts.map((part) => segment(APP1, [...begins, ...part]));
  const records = concatenate([fromHex("48445200000000"), ...segments, fromHex("ffda")]);
  const options = { codeJpeg: async () => Uint8Array.of(7), restoreJpeg: async () => jpeg };
  assert.ok((await trip(records, options)).length < 60);
});

test("damage gives bytes within the limit or a fault, never anything else", async () => {
  const records = concatenate([usualRecords(), thumbnail(4), seeded(4).content(500)]);
  const coded = await packHeader(records, HALVING);
  const limit = 3 * records.length;
  const look = async (bytes: Uint8Array): Promise<void> => {
    try {
      assert.ok((await unpackHeader(bytes, limit, HALVING)).length <= limit);
    } catch (error) {
      assert.ok(error instanceof PithError, String(error));
      assert.ok(["BadLeptonFile", "HeaderTooLarge"].includes(error.code), error.code);
    }
  };
  for (let size = 0; size < coded.length; size += 7) await look(coded.subarray(0, size));
  await forSeeds(150, async (random) => {
    const bytes = Uint8Array.from(coded);
    const place = random.upTo(random.pick([8, bytes.length]));
    bytes[place]! ^= 1 + random.upTo(255);
    await look(bytes);
    await look(random.bytes(random.upTo(60)));
  });
});

test("a few bytes cannot ask for much", async () => {
  const zeros = await packHeader(new Uint8Array(MEBIBYTE));
  await assert.rejects(unpackHeader(zeros, 1000), { code: "HeaderTooLarge" });
  const plan = writePlan({ tokenBytes: MEBIBYTE, restBytes: 0, jpegs: [] });
  const { writing } = await loadHeaderKernels();
  const stream = writing.use((instance) => through(writeModelled(instance, plan)));
  const asking = concatenate([Uint8Array.of(0), stream ?? plan]);
  assert.ok(asking.length < 20);
  await assert.rejects(unpackHeader(asking, 2 * MEBIBYTE), { code: "HeaderTooLarge" });
});

test("bytes that keep a coder from settling go through all the same", async () => {
  const { reading, writing } = await loadHeaderKernels();
  // What a decoder makes of ones leaves a carry open as long as it goes on; behind noise it does not
  // become so sure of itself that it takes none of them.
  const noise = through(writeModelled(writing.take(), seeded(6).bytes(20_000))) ?? assert.fail();
  const ones = concatenate([noise.subarray(0, 19_000), new Uint8Array(60_000).fill(255)]);
  const plain = through(new ModelReader(reading.take(), ones).bytes(70_000));
  assert.equal(through(writeModelled(writing.take(), plain)), undefined);
  await trip(plain);
});

test("one who gives up is heard", async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(packHeader(usualRecords(), { signal }), { code: "Aborted" });
});

test("headers of the corpus go through", { skip: withoutCorpus }, async () => {
  for (const folder of ["jpeg/photos", "jpeg/progressive", "jpeg/vectors", "jpeg/hostile"]) {
    for (const name of readdirSync(corpusPath(folder))) {
      if (!name.endsWith(".jpg")) continue;
      const jpeg = corpusFile(`${folder}/${name}`);
      const scanAt = jpeg.indexOf(0xda) + 1;
      await trip(
        concatenate([fromHex("48445200000000"), jpeg.subarray(2, Math.max(scanAt, 6000))]),
      );
    }
  }
});
