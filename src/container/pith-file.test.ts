import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import { SCAN_CHUNK_BYTES, scanObject } from "../../test/codecs/scan.ts";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes, fromHex, toHex, viewOf } from "../core/bytes.ts";
import { CHUNK_BYTES } from "../core/limits.ts";
import type { Coder, ToldChunk } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { compress, compressStream, expand, expandStream, openPith } from "./pith-file.ts";
import type { PithMetadata } from "./pith-format.ts";
import { fuzzPithFile } from "./suite.ts";

const HELLO = new TextEncoder().encode("hello, pith");
const MODULE = new URL("../../test/codecs/scan.ts", import.meta.url);

/** Runs `body` with a coder on this thread that knows the scan codecs: many small frames. */
async function withCoder(body: (coder: Coder) => Promise<void>): Promise<void> {
  const coder = await createCoder({ threads: 0, codecModules: [MODULE] });
  try {
    await body(coder);
  } finally {
    await coder.close();
  }
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return concatenate(parts);
}

test("the example of the format document is what is written and read", async () => {
  const path = new URL("../../docs/formats/pith-file.md", import.meta.url);
  const document = readFileSync(path, "utf8");
  const example = /```hex\n([^`]+)```/.exec(document)?.[1]?.replace(/\s/g, "") ?? "";
  assert.equal(toHex(await compress(HELLO)), example);
  assert.deepEqual(await expand(fromHex(example)), new Uint8Array(HELLO));
});

test("what goes in comes out, whole, in pieces and at any place", async () => {
  await withCoder(async (coder) => {
    const objects = [new Uint8Array(0), HELLO, scanObject("scan", 10 * SCAN_CHUNK_BYTES + 5)];
    objects.push(seeded(9).content(CHUNK_BYTES + 1000));
    for (const object of objects) {
      const file = await compress(object, { coder, effort: "fast" });
      assert.ok(equalBytes(await expand(file, { coder }), object));
      const streamed = expandStream(inPieces(file, 70_001), { coder });
      assert.ok(equalBytes(await gather(streamed), object));
      const opened = await openPith(file, { coder });
      assert.equal(opened.plainBytes, object.length);
      for (const [from, to] of [
        [0, object.length],
        [0, 0],
        [object.length, object.length],
        [object.length >> 1, object.length],
        [object.length >> 2, object.length >> 1],
        [Math.min(SCAN_CHUNK_BYTES, object.length), Math.min(SCAN_CHUNK_BYTES + 1, object.length)],
      ] as const) {
        const range = await gather(opened.read(from, to));
        assert.ok(equalBytes(range, object.subarray(from, to)), `${from} to ${to}`);
      }
    }
  });
});

test("one byte at a time is as good as all at once", async () => {
  const file = await compress(HELLO);
  assert.deepEqual(await gather(expandStream(inPieces(file, 1))), new Uint8Array(HELLO));
});

test("equal bytes give equal files, whatever the pieces", async () => {
  await withCoder(async (coder) => {
    const object = seeded(10).content(300_000);
    const whole = await compress(object, { coder, effort: "fast" });
    const pieced = await gather(compressStream(inPieces(object, 777), { coder, effort: "fast" }));
    assert.ok(equalBytes(whole, pieced));
  });
});

test("a range decodes only the frames that it touches", async () => {
  await withCoder(async (coder) => {
    const object = scanObject("scan", 6 * SCAN_CHUNK_BYTES);
    const file = await compress(object, { coder });
    let decoded = 0;
    const counting: Coder = {
      ...coder,
      decode: (frame, sha256) => {
        decoded += 1;
        return coder.decode(frame, sha256);
      },
    };
    const opened = await openPith(file, { coder: counting });
    assert.equal(opened.frameCount, 6);
    const from = 2 * SCAN_CHUNK_BYTES + 10;
    await gather(opened.read(from, from + 20));
    assert.equal(decoded, 1);
    await gather(opened.read(from, from + SCAN_CHUNK_BYTES));
    assert.equal(decoded, 3);
    const frames = [];
    for await (const frame of opened.frames()) frames.push(frame);
    assert.equal(decoded, 3, "looking at headers decodes nothing");
    assert.deepEqual(
      frames.map(({ plainOffset }) => plainOffset),
      [0, 1, 2, 3, 4, 5].map((i) => i * SCAN_CHUNK_BYTES),
    );
    assert.ok(frames.every(({ codec }) => codec.id === 60_001 && codec.version === 2));
    for (const [first, final] of [
      [-1, 4],
      [5, 4],
      [0, object.length + 1],
      [0.5, 1],
    ] as const) {
      await assert.rejects(gather(opened.read(first, final)), { code: "RangeNotSatisfiable" });
    }
  });
});

test("metadata are kept when asked for, and only then", async () => {
  const metadata: PithMetadata = { name: "Grüße.txt", modifiedMs: -12_345, mode: 0o4755 };
  const file = await compress(HELLO, { metadata });
  const told: PithMetadata[] = [];
  await expand(file, { onMetadata: (found) => void told.push(found) });
  assert.deepEqual(told, [metadata]);
  assert.deepEqual((await openPith(file)).metadata, metadata);
  assert.deepEqual((await openPith(await compress(HELLO))).metadata, {});
  const wrong: PithMetadata[] = [
    { name: "" },
    { name: ".." },
    { name: "a/b" },
    { name: "a\\b" },
    { name: "a\0" },
    { name: "n".repeat(4097) },
    { mode: 0o10000 },
    { modifiedMs: 0.5 },
  ];
  for (const one of wrong) {
    await assert.rejects(compress(HELLO, { metadata: one }), { code: "BadUsage" });
  }
});

test("names that lead elsewhere are refused by the reader too; unknown tags are skipped", async () => {
  const file = await compress(HELLO, { metadata: { name: "ab" } });
  const reseal = (damage: (file: Uint8Array) => void): Uint8Array => {
    const copy = file.slice();
    damage(copy);
    const covered = 16 + viewOf(copy).getUint32(12, true);
    viewOf(copy).setUint32(covered, crc32(copy.subarray(0, covered)), true);
    return copy;
  };
  const dots = reseal((copy) => copy.fill(0x2e, 19, 21));
  await assert.rejects(expand(dots), { code: "FrameCorrupt" });
  const notText = reseal((copy) => copy.fill(0xff, 19, 21));
  await assert.rejects(expand(notText), { code: "FrameCorrupt" });
  const cut = reseal((copy) => copy.fill(9, 17, 18));
  await assert.rejects(expand(cut), { code: "FrameCorrupt" });
  const unknown = reseal((copy) => copy.fill(200, 16, 17));
  assert.deepEqual((await openPith(unknown)).metadata, {});
  const later = reseal((copy) => copy.fill(2, 8, 9));
  await assert.rejects(expand(later), { code: "PithVersion" });
  const reserved = reseal((copy) => copy.fill(1, 10, 11));
  await assert.rejects(expand(reserved), { code: "FrameCorrupt" });
});

test("a truncated file is told from a damaged one, and bytes after the end are refused", async () => {
  const file = await compress(HELLO);
  for (let length = 1; length < file.length; length++) {
    const short = file.subarray(0, length);
    await assert.rejects(expand(short), { code: "PithTruncated" }, `${length} bytes`);
    await assert.rejects(openPith(short), { code: "PithTruncated" }, `${length} bytes`);
  }
  await assert.rejects(expand(new Uint8Array(0)), { code: "NotPith" });
  const longer = concatenate([file, Uint8Array.of(0)]);
  await assert.rejects(expand(longer), { code: "TrailingBytes" });
  await assert.rejects(openPith(longer), { code: "PithTruncated" });
  await assert.rejects(expand(concatenate([file, file])), { code: "TrailingBytes" });
});

test("any flipped bit is found, reading either way", async () => {
  await withCoder(async (coder) => {
    const file = await compress(HELLO, { coder, metadata: { mode: 0o644 } });
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const kinds = /^(corrupt|input)$/;
      await assert.rejects(expand(damaged, { coder }), { kind: kinds }, `bit ${bit}`);
      const read = async (): Promise<Uint8Array> =>
        gather((await openPith(damaged, { coder })).read(0, HELLO.length));
      await assert.rejects(read, { kind: kinds }, `bit ${bit}`);
    }
  });
});

test("a copy as text is named as such", async () => {
  const file = await compress(HELLO);
  const text = [...file].filter((byte, i) => !(byte === 0x0d && i < 8));
  await assert.rejects(expand(Uint8Array.from(text)), {
    code: "NotPith",
    facts: { what: "the file was copied as text, which damages it" },
  });
});

test("frames that are exchanged, doubled or left out are found", async () => {
  await withCoder(async (coder) => {
    const object = scanObject("scan", 3 * SCAN_CHUNK_BYTES);
    const file = await compress(object, { coder });
    const opened = await openPith(file, { coder });
    const at: number[] = [];
    for await (const { frameOffset } of opened.frames()) at.push(frameOffset);
    const index = file.length - 36 - 12 * 3;
    const [head, ...frames] = [0, ...at].map((from, i) => file.subarray(from, at[i] ?? index));
    const tail = file.subarray(index);
    const [one, two, three] = frames as [Uint8Array, Uint8Array, Uint8Array];
    for (const order of [
      [two, one, three],
      [one, one, two, three],
      [one, two],
      [one, one, three],
    ]) {
      const mixed = concatenate([head as Uint8Array, ...order, tail]);
      await assert.rejects(expand(mixed, { coder }), { code: "FrameCorrupt" });
      const read = async (): Promise<Uint8Array> =>
        gather((await openPith(mixed, { coder })).read(0, object.length));
      await assert.rejects(read, { kind: "corrupt" });
    }
    const whole = concatenate([head as Uint8Array, one, two, three, tail]);
    assert.ok(equalBytes(await expand(whole, { coder }), object));
  });
});

test("limits, aborts and failing sources end the reading", async () => {
  await withCoder(async (coder) => {
    const file = await compress(scanObject("scan", 4 * SCAN_CHUNK_BYTES), { coder });
    const tight = { coder, maximumBytes: 4 * SCAN_CHUNK_BYTES - 1 };
    await assert.rejects(expand(file, tight), { code: "OutputLimit" });
    await expand(file, { coder, maximumBytes: 4 * SCAN_CHUNK_BYTES });
    const signal = AbortSignal.abort();
    await assert.rejects(expand(file, { coder, signal }), { code: "Aborted" });
    await assert.rejects(compress(HELLO, { coder, signal }), { code: "Aborted" });
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* inPieces(file, 1000);
      } finally {
        ended = true;
      }
    }
    for await (const _ of expandStream(source(), { coder })) break;
    assert.ok(ended);
  });
});

test("progress tells each chunk and the codec that wrote it", async () => {
  await withCoder(async (coder) => {
    const written: ToldChunk[] = [];
    const file = await compress(scanObject("scan", 2 * SCAN_CHUNK_BYTES + 1), {
      coder,
      onChunk: (chunk) => void written.push(chunk),
    });
    const told = written.map(({ plainBytes, codec }) => `${plainBytes} ${codec.name}`);
    assert.deepEqual(told.slice(0, 2), ["65536 scan", "65536 scan"]);
    assert.equal(told.length, 3);
    const read: ToldChunk[] = [];
    await expand(file, { coder, onChunk: (chunk) => void read.push(chunk) });
    assert.deepEqual(read, written);
  });
});

test("random content in random pieces comes back", async () => {
  await withCoder(async (coder) => {
    await forSeeds(20, async (random) => {
      const object = random.oneIn(2)
        ? random.content(random.upTo(200_000))
        : scanObject("scan", 10 + random.upTo(500_000), random.upTo(9));
      const size = 1 + random.upTo(50_000);
      const file = await gather(compressStream(inPieces(object, size), { coder, effort: "fast" }));
      const back = await gather(expandStream(inPieces(file, 1 + random.upTo(9_000)), { coder }));
      assert.ok(equalBytes(back, object));
    });
  });
});

test("mutated files give their bytes or a typed error", async () => {
  await withCoder((coder) => forSeeds(100, (random) => fuzzPithFile(random, coder)));
});
