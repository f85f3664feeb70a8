/** Both engines: everything that zlib writes, cut anywhere, and an exact end. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { constants, deflateRawSync, deflateSync, gzipSync, type ZlibOptions } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { type InflateEngine, PIECE_BYTES_MAXIMUM } from "./inflate-engine.ts";
import { portableEngine } from "./inflate-portable.ts";
import { zlibEngine, zlibWholeEngine } from "./inflate-zlib.ts";
import { compareEngines, compareWithZlib } from "./suite.ts";

const ENGINES = [zlibEngine as InflateEngine, portableEngine];

const SETTINGS: readonly ZlibOptions[] = [
  { level: 0 },
  { level: 1 },
  { level: 6 },
  { level: 9, memLevel: 1 },
  { strategy: constants.Z_HUFFMAN_ONLY },
  { strategy: constants.Z_RLE },
  { strategy: constants.Z_FIXED },
  { level: 6, windowBits: 9 },
];

/** Decodes `bytes`, which may go on after the stream, fed in pieces of `sizes` in turn. */
async function decode(
  engine: InflateEngine,
  bytes: Uint8Array,
  nextSize: () => number,
): Promise<{ plain: Uint8Array; bytesRead: number }> {
  const stream = engine.open();
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const answer = await stream.next();
    if (answer === "ended") break;
    if (answer !== "hungry") {
      assert.ok(
        answer.length > 0 && answer.length <= PIECE_BYTES_MAXIMUM,
        `${engine.name}: ${answer.length} bytes`,
      );
      pieces.push(answer);
    } else if (at < bytes.length) {
      const size = nextSize();
      stream.feed(bytes.subarray(at, at + size));
      at = Math.min(at + size, bytes.length);
    } else stream.finish();
  }
  const { bytesRead } = stream;
  stream.close();
  stream.close();
  return { plain: concatenate(pieces), bytesRead };
}

test("what zlib writes comes back with an exact end, at any cut and setting", async () => {
  await forSeeds(60, async (random) => {
    const plain = random.content(random.upTo(120_000));
    const coded = deflateRawSync(plain, random.pick(SETTINGS));
    const bytes = concatenate([coded, random.bytes(random.upTo(20))]);
    const largest = 1 + Math.ceil(bytes.length / random.pick([1, 20, 400]));
    for (const engine of ENGINES) {
      const { plain: back, bytesRead } = await decode(
        engine,
        bytes,
        () => 1 + random.upTo(largest),
      );
      assert.equal(bytesRead, coded.length, engine.name);
      assert.ok(equalBytes(back, plain), engine.name);
    }
  });
});

// The fast loop gives whole unused bytes back to its input. A long code that was cut by the end of
// the input before left more than 7 bits waiting, and one byte too many was given back.
test("a long code at the end of one input and the start of the next decodes", async () => {
  const plain = seeded(11).content(60_000);
  const coded = deflateRawSync(plain, { memLevel: 4 }); // many blocks that end in a long code
  for (let cut = 1; cut <= 64; cut++) {
    const { plain: back, bytesRead } = await decode(portableEngine, coded, () => cut);
    assert.equal(bytesRead, coded.length, `cut ${cut}`);
    assert.ok(equalBytes(back, plain), `cut ${cut}`);
  }
});

test("the corpus comes back from every setting of zlib", { skip: withoutCorpus }, async () => {
  const names = readdirSync(corpusPath("deflate/data")).map((name) => `deflate/data/${name}`);
  for (const name of process.env["PITH_FULL"] === "1" ? names : names.slice(0, 3)) {
    const plain = corpusFile(name);
    for (const setting of SETTINGS) {
      const coded = deflateRawSync(plain, setting);
      const { plain: back, bytesRead } = await decode(portableEngine, coded, () => 10_007);
      assert.equal(bytesRead, coded.length);
      assert.ok(equalBytes(back, plain), `${name} ${JSON.stringify(setting)}`);
    }
  }
});

test("a piece may be changed by its owner without harm to later matches", async () => {
  const plain = seeded(9).content(300_000);
  const coded = deflateRawSync(plain, { level: 9 });
  for (const engine of ENGINES) {
    const stream = engine.open();
    const copies: Uint8Array[] = [];
    stream.feed(coded);
    for (;;) {
      const answer = await stream.next();
      if (answer === "ended") break;
      if (answer === "hungry") stream.finish();
      else {
        copies.push(answer.slice());
        answer.fill(0x55);
      }
    }
    stream.close();
    assert.ok(equalBytes(concatenate(copies), plain), engine.name);
  }
});

test("a stream that was closed in the middle leaves nothing behind", async () => {
  const coded = deflateRawSync(seeded(2).content(500_000));
  for (const engine of ENGINES) {
    const stream = engine.open();
    stream.feed(coded);
    assert.ok((await stream.next()) instanceof Uint8Array);
    stream.close();
    engine.open().close();
  }
});

test("mutated streams are taken and refused as zlib does", async () => {
  await forSeeds(400, (random) => compareWithZlib(portableEngine, random));
  await forSeeds(100, (random) => compareWithZlib(ENGINES[0] as InflateEngine, random));
  await forSeeds(200, async (random) => {
    const plain = random.content(random.upTo(400));
    const all = [...ENGINES, zlibWholeEngine as InflateEngine];
    await compareEngines(all, new Uint8Array(gzipSync(plain)), random);
    await compareEngines(all, new Uint8Array(deflateSync(plain)), random);
  });
});
