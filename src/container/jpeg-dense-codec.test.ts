import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { makePicture, TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { oneScan, SAMPLINGS, usualScript } from "../../test/jpeg/jpeg-random.ts";
import { writeJpeg } from "../../test/jpeg/jpeg-writer.ts";
import { seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { EFFORTS, type Effort } from "../core/codec.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import type { CodedChunk, Coder, CoderEvent } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { checkFrame } from "./frame.ts";
import { jpegDenseCodec } from "./jpeg-dense-codec.ts";
import { compress, expand, openPith } from "./pith-file.ts";
import { createRegistry } from "./registry.ts";

async function withCoder(
  threads: number,
  body: (coder: Coder, told: string[]) => Promise<void>,
): Promise<void> {
  const told: string[] = [];
  const onEvent = (event: CoderEvent): void => {
    assert.notEqual(event.outcome, "failed", JSON.stringify(event));
    told.push(`${event.codec} ${event.outcome === "coded" ? "Success" : event.code}`);
  };
  const coder = await createCoder({ threads, onEvent });
  try {
    await body(coder, told);
  } finally {
    await coder.close();
  }
}

async function encodeAll(
  coder: Coder,
  object: Uint8Array,
  effort: Effort,
  codec?: string,
): Promise<CodedChunk[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < object.length; at += 90_000) yield object.subarray(at, at + 90_000);
  }
  const chunks: CodedChunk[] = [];
  for await (const chunk of coder.encode(source(), { effort, codec })) chunks.push(chunk);
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

function someJpeg(progressive: boolean): Uint8Array {
  const size = { width: 320, height: 400 };
  const picture = makePicture(seeded(8), size, SAMPLINGS[4]!, TEXTURES.natural);
  return writeJpeg({
    picture,
    progressive,
    scans: progressive ? usualScript(picture) : oneScan(picture),
  });
}

for (const threads of [0, 1, 2]) {
  test(`JPEGs go to the dense model at the effort dense, ${threads} threads`, async () => {
    await withCoder(threads, async (coder) => {
      for (const plain of [someJpeg(false), someJpeg(true)]) {
        for (const effort of EFFORTS) {
          const chunks = await encodeAll(coder, plain, effort);
          assert.deepEqual(codecNames(chunks), [effort === "dense" ? "jpeg-dense" : "lepton"]);
          assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
        }
        const named = await encodeAll(coder, plain, "flat", "jpeg-dense");
        assert.deepEqual(codecNames(named), ["jpeg-dense"]);
        assert.ok(equalBytes(await decodeBackwards(coder, named), plain));
      }
    });
  });
}

test("switched off, it leaves JPEGs to Lepton", async () => {
  await withCoder(2, async (coder, told) => {
    const plain = someJpeg(false);
    const [before] = await encodeAll(coder, plain, "dense");
    await coder.gate.disable("jpeg-dense");
    assert.deepEqual(codecNames(await encodeAll(coder, plain, "dense")), ["lepton"]);
    assert.ok(
      equalBytes(await coder.decode(before?.frame as Uint8Array), plain),
      "reading goes on",
    );
    await coder.gate.disable("lepton");
    const [neither] = codecNames(await encodeAll(coder, plain, "dense"));
    assert.ok(neither !== "lepton" && neither !== "jpeg-dense");
    await coder.gate.enable("jpeg-dense");
    assert.deepEqual(codecNames(await encodeAll(coder, plain, "dense")), ["jpeg-dense"]);
    assert.equal(told.filter((one) => one === "jpeg-dense Success").length, 2);
  });
});

test("its parts in any order are the chunk", async () => {
  await withCoder(0, async (coder) => {
    const plain = largeJpeg();
    const [chunk] = await encodeAll(coder, plain, "dense");
    const { payload, parameters } = checkFrame(chunk?.frame as Uint8Array);
    const coded = { payload, parameters };
    const count = jpegDenseCodec.parts?.(coded, 1, plain.length) ?? 1;
    assert.ok(count >= 2, `${count} parts`);
    const parts: Uint8Array[] = [];
    for (let i = count - 1; i >= 0; i--) {
      parts.unshift(await jpegDenseCodec.decode(coded, 1, plain.length, i));
    }
    assert.ok(equalBytes(concatenate(parts), plain));
    for (const plainBytes of [1, plain.length - 1, plain.length + 1]) {
      const decoding = async () => jpegDenseCodec.decode(coded, 1, plainBytes, 0);
      await assert.rejects(decoding, { code: "BadLeptonFile" });
    }
  });
});

/** A JPEG that is worth two segments, of content that the priors do not take for noise. */
function largeJpeg(): Uint8Array {
  const size = { width: 1000, height: 1400 };
  const picture = makePicture(seeded(9), size, SAMPLINGS[4]!, TEXTURES.natural);
  return writeJpeg({ picture, progressive: false, scans: oneScan(picture) });
}

test("frames of both models lie in one file, and are read in ranges", async () => {
  const plain = someJpeg(false);
  const [dense, usual] = [await compress(plain, { effort: "dense" }), await compress(plain)];
  for (const [file, codec] of [
    [dense, 6],
    [usual, 4],
  ] as const) {
    assert.ok(equalBytes(await expand(file), plain));
    const opened = await openPith(file);
    for await (const frame of opened.frames()) assert.equal(frame.codec.id, codec);
    const pieces: Uint8Array[] = [];
    for await (const piece of opened.read(1000, 5000)) pieces.push(piece);
    assert.ok(equalBytes(concatenate(pieces), plain.subarray(1000, 5000)));
  }
});

test("a build without its model says so before anything is read", async () => {
  const { requireReadable } = createRegistry();
  await requireReadable([{ codec: 6, codecVersion: 1 }]);
  // The next priors, and the same in a build that has no such codec.
  for (const stored of [
    { codec: 6, codecVersion: 2 },
    { codec: 7, codecVersion: 1 },
  ]) {
    await assert.rejects(requireReadable([stored]), { code: "VersionGate" });
  }
});

test("a picture of two chunks is cut anywhere, and each chunk decodes alone", {
  skip: withoutCorpus,
}, async () => {
  await withCoder(2, async (coder, told) => {
    const plain = corpusFile("jpeg/large/elephants-baseline.jpg").subarray(
      0,
      CHUNK_BYTES + 300_000,
    );
    const chunks = await encodeAll(coder, plain, "dense");
    assert.deepEqual(codecNames(chunks), Array(2).fill("jpeg-dense"));
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), plain));
    assert.ok(!told.includes("lepton Success"));
  });
});
