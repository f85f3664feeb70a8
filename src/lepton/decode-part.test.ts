import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { forSeeds } from "../../test/random.ts";
import { concatenate, equalBytes, fromHex, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { decodeLepton } from "./decode.ts";
import { countLeptonParts, decodeLeptonPart } from "./decode-part.ts";
import { readLeptonStart } from "./file-start.ts";
import { readFirstScan } from "./jpeg-header.ts";
import { loadDecoder } from "./kernels.ts";
import { writeRecords } from "./records.ts";

/** Chunks and whole pictures, with restarts, garbage, early ends, one segment to sixteen. */
const FILES: readonly [name: string, parts: number][] = [
  ["androidcropoptions", 1],
  ["dropbox-iphone-16threads", 16],
  ["elephants-chunk4", 8],
  ["grayscale", 4],
  ["iphone-chunk0of4", 8],
  ["iphone-chunk1of4", 8],
  ["iphone-chunk3of4", 2],
  ["permissive-any-bytes", 8],
  ["tiny", 1],
  ["trailingrst", 1],
  ["truncate4", 2],
  ["zeros_in_dqt_tables", 8],
];

/** A file that dropbox/lepton wrote, with our name in the place of its own. */
function ours(name: string): Uint8Array {
  const lepton = corpusFile(`jpeg/vectors/${name}.lep`).slice();
  lepton.set(new TextEncoder().encode("Pith"), 8);
  return lepton;
}

async function decodeParts(lepton: Uint8Array, order: readonly number[]): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const { outputBytes } = readLeptonStart(lepton);
  for (const part of order) parts[part] = await decodeLeptonPart(lepton, part, outputBytes);
  return concatenate(parts);
}

for (const [name, count] of FILES) {
  test(`the parts of ${name} in order are the whole`, { skip: withoutCorpus }, async () => {
    const lepton = ours(name);
    assert.equal(countLeptonParts(lepton), count);
    const order = Array.from({ length: count }, (_, part) => count - 1 - part);
    assert.ok(equalBytes(await decodeParts(lepton, order), await decodeLepton(lepton)));
  });
}

test("what others wrote, and what is no Lepton file, is one part", {
  skip: withoutCorpus,
}, async () => {
  const theirs = corpusFile("jpeg/vectors/grayscale.lep");
  assert.equal(countLeptonParts(theirs), 1);
  const whole = await decodeLepton(theirs);
  assert.ok(equalBytes(await decodeLeptonPart(theirs, 0, whole.length), whole));
  for (const bytes of [0, whole.length - 1, whole.length + 1]) {
    await assert.rejects(decodeLeptonPart(theirs, 0, bytes), { code: "BadLeptonFile" });
  }
  const progressive = ours("androidprogressive");
  assert.equal(countLeptonParts(progressive), 1);
  for (const bytes of [0, 4, 5, 11]) {
    assert.equal(countLeptonParts(theirs.subarray(0, bytes)), 1);
    const cut = theirs.subarray(0, bytes);
    await assert.rejects(decodeLeptonPart(cut, 0, whole.length), { kind: "input" });
  }
  const noPart = decodeLeptonPart(ours("grayscale"), 4, whole.length);
  await assert.rejects(noPart, { code: "AssertionFailure" });
});

test("first bytes that count other segments than the header has are refused", {
  skip: withoutCorpus,
}, async () => {
  const lepton = ours("grayscale");
  const { outputBytes } = readLeptonStart(lepton);
  for (const count of [2, 3, 5, 16]) {
    lepton[4] = count;
    const decoding = decodeLeptonPart(lepton, count - 1, outputBytes);
    await assert.rejects(decoding, { code: "BadLeptonFile" });
  }
  for (const count of [0, 17, 255]) {
    lepton[4] = count;
    assert.equal(countLeptonParts(lepton), 1);
  }
});

/** Decodes a file and tells whether its kernel is there for the next one. */
async function keepsKernel(lepton: Uint8Array): Promise<boolean> {
  const kernel = await loadDecoder();
  const idle = [kernel.take()];
  while (kernel.idleCount > 0) idle.push(kernel.take());
  await decodeLepton(lepton);
  return kernel.idleCount === 1;
}

test("a decoder's kernel is used again", async () => {
  const lepton = readFileSync(new URL("../../test/vectors/lepton/tiny.lep", import.meta.url));
  assert.ok(await keepsKernel(lepton));
});

test("so is one that has decoded several scans", { skip: withoutCorpus }, async () => {
  assert.ok(await keepsKernel(corpusFile("jpeg/vectors/iphoneprogressive.lep")));
});

test("a record that asks for more bytes than the first ones say is refused at once", async () => {
  for (const [signature, segments] of [
    ["none", 1],
    ["Pith", 1],
    ["Pith", 2],
  ] as const) {
    const lepton = withSize(signature, segments, 1000, 16 * 1024 * 1024);
    assert.equal(countLeptonParts(lepton), segments);
    await assert.rejects(decodeLeptonPart(lepton, 0, 1000), (error: PithError) => {
      assert.equal(error.code, "BadLeptonFile");
      // One part is known to be too long by what comes of it, more by the header alone.
      assert.ok(segments > 1 || Number(error.facts["actual"]) < 1024 * 1024);
      return true;
    });
  }
});

/** A picture of 65,500 x 65,500 without any detail, whose record SIZ says another length. */
function withSize(signature: string, count: number, first: number, size: number): Uint8Array {
  const jpeg = readFileSync(new URL("../../test/vectors/lepton/tiny.jpg", import.meta.url));
  const { at } = readFirstScan(jpeg);
  const jpegHeader = Uint8Array.from(jpeg.subarray(2, at));
  const frameAt = jpegHeader.findIndex((byte, i) => byte === 0xff && jpegHeader[i + 1] === 0xc0);
  jpegHeader.set(fromHex("ffdcffdc"), frameAt + 5);
  const scanBytes = size;
  const rest = { scanBytes, overhang: 0, overhangBits: 0, dc: [0, 0, 0, 0] };
  const segments = Array.from({ length: count }, (_, i) => ({ startRow: 8000 * i, ...rest }));
  const tail = fromHex("ffd9");
  const records = writeRecords({ jpegHeader, padding: 0, segments, tail });
  const siz = new Uint8Array(7);
  siz.set(new TextEncoder().encode("SIZ"));
  viewOf(siz).setUint32(3, size, true);
  const coded = deflateSync(concatenate([records, siz]));
  const start = new Uint8Array(28);
  start.set([0xcf, 0x84, 1, 0x5a, count]);
  start.set(new TextEncoder().encode(signature), 8);
  viewOf(start).setUint32(20, first, true);
  viewOf(start).setUint32(24, coded.length, true);
  const lepton = concatenate([start, coded, fromHex("434d50"), fromHex("0000000000000000")]);
  viewOf(lepton).setUint32(lepton.length - 4, lepton.length, true);
  return lepton;
}

test("parts of damaged files are bytes or a typed error", { skip: withoutCorpus }, async () => {
  const sound = ours("iphone-chunk3of4");
  const { outputBytes } = readLeptonStart(sound);
  await forSeeds(60, async (random) => {
    const lepton = sound.slice();
    for (let times = 1 + random.upTo(3); times > 0; times--) {
      lepton[24 + random.upTo(lepton.length - 24)] = random.upTo(256);
    }
    const part = random.upTo(2);
    try {
      const bytes = await decodeLeptonPart(lepton, part, outputBytes);
      assert.ok(bytes.length <= outputBytes);
    } catch (error) {
      assert.ok(error instanceof PithError && error.kind !== "bug", String(error));
    }
  });
});
