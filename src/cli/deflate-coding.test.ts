import assert from "node:assert/strict";
import { test } from "node:test";
import { forSeeds } from "../../test/random.ts";
import type { CodingOptions, Outcome } from "./coding.ts";
import { decodeDeflate, encodeDeflate } from "./deflate-coding.ts";

const HOW: CodingOptions = {
  format: "gz",
  codec: "auto",
  effort: "default",
  level: undefined,
  threads: 1,
  metadata: true,
};

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

test("what is encoded is proven, and decodes to the same", async () => {
  await forSeeds(12, async (random) => {
    const plain = random.content(random.upTo(3_000_000));
    const format = random.pick(["gz", "zlib", "deflate"] as const);
    const level = random.pick(["huffman", 1, undefined] as const);
    const effort = random.pick(["flat", "fast", "default"] as const);
    let outcome: Outcome | undefined;
    const pieces = inPieces(plain, 1 + random.upTo(400_000));
    const coded = await collect(
      encodeDeflate(pieces, { ...HOW, format, level, effort }, (ended) => {
        outcome = ended;
      }),
    );
    const huffman = level === "huffman" || (level === undefined && effort === "flat");
    assert.deepEqual(outcome, { codec: huffman ? "deflate" : "zlib", verified: true });
    const back = decodeDeflate(inPieces(coded, 1000), format, (ended) => {
      outcome = ended;
    });
    assert.ok((await collect(back)).equals(plain));
    // Raw deflate has no checksum that would prove anything.
    assert.equal(outcome?.verified, format !== "deflate");
  });
});

test("effort and codec choose a level, and the level given wins", async () => {
  const plain = Buffer.from("to be or not to be, ".repeat(1000));
  const coded = (how: Partial<CodingOptions>): Promise<Buffer> =>
    collect(encodeDeflate(inPieces(plain, 5000), { ...HOW, ...how }, () => undefined));
  const huffman = await coded({ level: "huffman" });
  assert.deepEqual(await coded({ effort: "flat" }), huffman);
  assert.deepEqual(await coded({ codec: "deflate", effort: "dense" }), huffman);
  assert.deepEqual(await coded({ level: "huffman", codec: "zlib" }), huffman);
  assert.deepEqual(await coded({ effort: "flat", codec: "zlib" }), await coded({ level: 1 }));
  assert.deepEqual(await coded({ effort: "dense" }), await coded({ level: 9 }));
  assert.deepEqual(await coded({}), await coded({ level: 6 }));
  assert.ok((await coded({})).length < huffman.length);
});
