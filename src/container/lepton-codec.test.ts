import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { decodeLepton } from "../lepton/index.ts";
import type { CodedChunk, Coder, CoderEvent } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { checkFrame } from "./frame.ts";
import { leptonCodec } from "./lepton-codec.ts";
import { compress, expand, openPith } from "./pith-file.ts";

const isFull = process.env["PITH_FULL"] === "1";

const PHOTO = "photos/canon-ixus-300.jpg";

function jpeg(name: string): Uint8Array {
  return corpusFile(`jpeg/${name}`);
}

interface Bench {
  readonly coder: Coder;
  /** What Lepton made of chunks; what was refused comes before what was handed on. */
  readonly told: string[];
}

async function withCoder(threads: number, body: (bench: Bench) => Promise<void>): Promise<void> {
  const told: string[] = [];
  const onEvent = (event: CoderEvent): void => {
    assert.notEqual(event.outcome, "failed", JSON.stringify(event));
    if (event.codec !== "lepton") return;
    told.push(event.outcome === "coded" ? "Success" : event.code);
  };
  const coder = await createCoder({ threads, onEvent });
  try {
    await body({ coder, told });
  } finally {
    await coder.close();
  }
}

async function encodeAll(coder: Coder, object: Uint8Array, known: readonly number[] = []) {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < object.length; at += 90_000) yield object.subarray(at, at + 90_000);
  }
  const chunks: CodedChunk[] = [];
  let asked = 0;
  const isKnown = async (): Promise<boolean> => known.includes(asked++);
  for await (const chunk of coder.encode(source(), { effort: "flat", known: isKnown })) {
    chunks.push(chunk);
  }
  return chunks;
}

/** Decodes the frames last to first, each by itself. */
async function decodeBackwards(coder: Coder, chunks: readonly CodedChunk[]): Promise<Uint8Array> {
  const plain: Uint8Array[] = [];
  for (const { frame, sha256 } of chunks.toReversed()) {
    plain.unshift(await coder.decode(frame as Uint8Array, sha256));
  }
  return concatenate(plain);
}

function codecNames(chunks: readonly CodedChunk[]): (string | undefined)[] {
  return chunks.map((chunk) => chunk.codec?.name);
}

test("a claim follows from what the header says", { skip: withoutCorpus }, () => {
  const cuts = { chunkBytes: CHUNK_BYTES, whole: false };
  const whole = { chunkBytes: CHUNK_BYTES_MAXIMUM, whole: true };
  const cases: [name: string, claim: object | undefined][] = [
    [PHOTO, cuts],
    ["progressive/flow-5120x2880.jpg", whole],
    ["vectors/cathedral_db_non_int.jpg", whole],
    ["large/elephants-baseline.jpg", cuts],
    ["large/rhythm-baseline-restart.jpg", cuts],
    ["large/infinite-sea.jpg", whole],
    ["vectors/fourcolorchannels.jpg", cuts],
    ["vectors/arithmetic.jpg", cuts],
    ["hostile/garbage-head.jpg", undefined],
    ["hostile/png.jpg", undefined],
    ["hostile/soi-only.jpg", undefined],
  ];
  for (const [name, claim] of cases) {
    const bytes = jpeg(name);
    const ended = bytes.length <= CHUNK_BYTES;
    assert.deepEqual(leptonCodec.sniff(bytes.subarray(0, CHUNK_BYTES), ended), claim, name);
  }
});

for (const threads of [0, 1, 2]) {
  test(`pictures of one chunk come back, ${threads} threads`, {
    skip: withoutCorpus,
  }, async () => {
    await withCoder(threads, async ({ coder, told }) => {
      const names = [PHOTO, "vectors/androidprogressive.jpg", "vectors/grayscale.jpg"];
      for (const name of names) {
        const plain = jpeg(name);
        const [chunk, ...more] = await encodeAll(coder, plain);
        assert.deepEqual(more, []);
        assert.equal(chunk?.codec?.name, "lepton");
        const frame = chunk.frame as Uint8Array;
        assert.ok(frame.length < 0.82 * plain.length, `${name}: ${frame.length}`);
        assert.ok(equalBytes(await coder.decode(frame, chunk.sha256), plain));
        const { payload, parameters } = checkFrame(frame);
        assert.equal(parameters.length, 0);
        assert.ok(equalBytes(await decodeLepton(payload), plain), "a plain Lepton file");
      }
      assert.deepEqual(told, ["Success", "Success", "Success"]);
    });
  });
}

test("a photo has parts that threads can share", { skip: withoutCorpus }, async () => {
  await withCoder(2, async ({ coder }) => {
    const plain = jpeg(PHOTO);
    const [chunk] = await encodeAll(coder, plain);
    const { payload, parameters } = checkFrame(chunk?.frame as Uint8Array);
    const coded = { payload, parameters };
    const count = leptonCodec.parts?.(coded, 1, plain.length) ?? 1;
    assert.ok(count >= 2, `${count} parts`);
    const parts: Uint8Array[] = [];
    for (let i = count - 1; i >= 0; i--) {
      parts.unshift(await leptonCodec.decode(coded, 1, plain.length, i));
    }
    assert.ok(
      parts.every((part) => part.length > plain.length / count / 2),
      "about alike",
    );
    assert.ok(equalBytes(concatenate(parts), plain));
    for (const plainBytes of [1, plain.length - 1, plain.length + 1]) {
      const decoding = async () => leptonCodec.decode(coded, 1, plainBytes, 0);
      await assert.rejects(decoding, { code: "BadLeptonFile" });
    }
  });
});

/** What a JPEG that Lepton cannot code is refused for. */
const REFUSED: readonly [name: string, code: string][] = [
  ["vectors/arithmetic.jpg", "UnsupportedJpeg"],
  ["vectors/fourcolorchannels.jpg", "Unsupported4Colors"],
  ["vectors/nonoptimalprogressive.jpg", "UnsupportedJpeg"],
  ["hostile/cmyk.jpg", "Unsupported4Colors"],
  ["hostile/dqt-zero.jpg", "UnsupportedJpegWithZeroIdct0"],
  ["hostile/pad-bits-mixed.jpg", "InvalidPadding"],
  ["hostile/rst-wrong-number.jpg", "InvalidResetCode"],
  ["hostile/sampling-15.jpg", "SamplingBeyondFourUnsupported"],
  ["hostile/sampling-4x1-1x1-1x1.jpg", "SamplingBeyondTwoUnsupported"],
  ["hostile/trunc-in-header.jpg", "ShortRead"],
];

test("what Lepton cannot code is refused by name, and comes back from the next codec", {
  skip: withoutCorpus,
}, async () => {
  await withCoder(2, async ({ coder, told }) => {
    for (const [name, code] of REFUSED) {
      told.length = 0;
      const plain = jpeg(name);
      const chunks = await encodeAll(coder, plain);
      assert.deepEqual(told, [code], name);
      assert.ok(!codecNames(chunks).includes("lepton"));
      assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
    }
  });
});

test("a progressive picture of several chunks is one frame", { skip: withoutCorpus }, async () => {
  await withCoder(2, async ({ coder, told }) => {
    const plain = jpeg("large/infinite-sea.jpg");
    const chunks = await encodeAll(coder, plain);
    assert.deepEqual(codecNames(chunks), ["lepton"]);
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
    assert.deepEqual(told, ["Success"]);
  });
});

test("a picture of several chunks is cut anywhere, and each chunk decodes alone", {
  skip: withoutCorpus,
}, async () => {
  await withCoder(2, async ({ coder, told }) => {
    // Whole, or cut within its third chunk.
    const count = isFull ? 5 : 3;
    const plain = jpeg("large/elephants-baseline.jpg").slice(0, (count - 0.6) * CHUNK_BYTES);
    const chunks = await encodeAll(coder, plain);
    assert.deepEqual(codecNames(chunks), Array(count).fill("lepton"));
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
    const stored = chunks.reduce((sum, { frame }) => sum + (frame?.length ?? 0), 0);
    assert.ok(stored < 0.8 * plain.length, `${stored} of ${plain.length}`);
    assert.deepEqual(told, Array(count).fill("Success"));

    // Chunks that are stored already are only seen, and the others are the same frames.
    const known = [0, 1, 3];
    const others = await encodeAll(coder, plain, known);
    assert.deepEqual(
      others.map(({ frameSha256 }) => frameSha256),
      chunks.map(({ frameSha256 }, i) => (known.includes(i) ? undefined : frameSha256)),
    );
  });
});

test("a chunk of metadata goes to the next codec, and the session lives on", {
  skip: withoutCorpus,
}, async () => {
  await withCoder(2, async ({ coder, told }) => {
    const plain = jpeg("large/rhythm-baseline-restart.jpg");
    const chunks = await encodeAll(coder, plain);
    assert.deepEqual(codecNames(chunks), ["deflate", "lepton", "lepton"]);
    assert.deepEqual(told, ["OnlyGarbageNoJpeg", "Success", "Success"]);
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
  });
});

test("a picture that is damaged in its middle comes back", { skip: withoutCorpus }, async () => {
  await withCoder(2, async ({ coder, told }) => {
    const plain = jpeg("large/elephants-baseline.jpg").slice(0, 2 * CHUNK_BYTES + 500_000);
    // A marker: the scan cannot be followed beyond it.
    plain.set([0xff, 0xc4, 0x00], CHUNK_BYTES + 1_000_000);
    const chunks = await encodeAll(coder, plain);
    const names = codecNames(chunks);
    assert.deepEqual(names, ["lepton", "lepton", "stored"]);
    assert.deepEqual(told.sort(), ["OnlyGarbageNoJpeg", "Success", "Success"]);
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
  });
});

test("a .pith file of a photo opens, is read in ranges and expands", {
  skip: withoutCorpus,
}, async () => {
  const plain = jpeg(PHOTO);
  const file = await compress(plain);
  assert.ok(file.length < 0.8 * plain.length);
  assert.ok(equalBytes(await expand(file), plain));
  const opened = await openPith(file);
  for (const [from, to] of [
    [0, 1],
    [1000, 200_000],
    [plain.length - 7, plain.length],
  ] as const) {
    const pieces: Uint8Array[] = [];
    for await (const piece of opened.read(from, to)) pieces.push(piece);
    assert.ok(equalBytes(concatenate(pieces), plain.subarray(from, to)));
  }
});
