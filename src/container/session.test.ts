import assert from "node:assert/strict";
import { test } from "node:test";
import { readState, SCAN_CHUNK_BYTES, scanObject } from "../../test/codecs/scan.ts";
import { equalBytes } from "../core/bytes.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import type { CodedChunk, Coder, EncodeOptions } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { checkFrame } from "./frame.ts";

const MODULE = new URL("../../test/codecs/scan.ts", import.meta.url);

async function withCoders(body: (coder: Coder, events: string[]) => Promise<void>): Promise<void> {
  for (const threads of [0, 2]) {
    const events: string[] = [];
    const coder = await createCoder({
      codecModules: [MODULE],
      threads,
      onEvent: (event) => {
        if (event.outcome !== "coded") events.push(`${event.codec} ${event.outcome} ${event.code}`);
      },
    });
    try {
      await body(coder, events);
    } finally {
      await coder.close();
    }
  }
}

async function encodeAll(
  coder: Coder,
  object: Uint8Array,
  options: Partial<EncodeOptions> = {},
): Promise<CodedChunk[]> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < object.length; at += 50_000) yield object.subarray(at, at + 50_000);
  }
  const chunks: CodedChunk[] = [];
  for await (const chunk of coder.encode(source(), { effort: "flat", ...options })) {
    chunks.push(chunk);
  }
  return chunks;
}

function codecNames(chunks: CodedChunk[]): string[] {
  return chunks.map((chunk) => chunk.codec?.name ?? "known");
}

/** Decodes the frames last to first, each by itself, and puts them together. */
async function decodeBackwards(coder: Coder, chunks: CodedChunk[]): Promise<Uint8Array> {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.plainBytes, 0));
  let at = whole.length;
  for (const { frame, plainBytes, sha256 } of chunks.toReversed()) {
    at -= plainBytes;
    whole.set(await coder.decode(frame as Uint8Array, sha256), at);
  }
  return whole;
}

test("state passes from chunk to chunk, and each chunk decodes alone", async () => {
  const object = scanObject("scan", 20 * SCAN_CHUNK_BYTES + 500, 5);
  await withCoders(async (coder) => {
    const chunks = await encodeAll(coder, object);
    assert.equal(chunks.length, 21);
    assert.deepEqual(new Set(codecNames(chunks)), new Set(["scan"]));
    chunks.forEach(({ frame }, i) => {
      const state = readState(checkFrame(frame as Uint8Array).parameters);
      const offset = i * SCAN_CHUNK_BYTES;
      const before = i === 0 ? 0 : object[offset - 1];
      assert.deepEqual(state, { step: 5, before, offset }, `chunk ${i} begins in mid-scan`);
    });
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), object));
    const stored = chunks.reduce((sum, { frame }) => sum + (frame as Uint8Array).length, 0);
    assert.ok(stored < object.length / 10, "the state is worth carrying");
  });
});

test("chunks that are stored already are seen, not coded, and the state goes on", async () => {
  const object = scanObject("scan", 12 * SCAN_CHUNK_BYTES, 7);
  await withCoders(async (coder) => {
    const asked: string[] = [];
    const known = async (sha256: string, plainBytes: number): Promise<boolean> => {
      assert.equal(plainBytes, SCAN_CHUNK_BYTES);
      asked.push(sha256);
      return asked.length % 3 === 0;
    };
    const chunks = await encodeAll(coder, object, { known });
    assert.equal(chunks.length, 12);
    assert.deepEqual(
      asked,
      chunks.map((chunk) => chunk.sha256),
      "asked once for each, in order",
    );
    for (const [i, { frame, codec, sha256: hash }] of chunks.entries()) {
      const offset = i * SCAN_CHUNK_BYTES;
      const plain = object.subarray(offset, offset + SCAN_CHUNK_BYTES);
      assert.equal(hash, sha256(plain));
      if ((i + 1) % 3 === 0) {
        assert.deepEqual([frame, codec], [undefined, undefined]);
        continue;
      }
      assert.equal(codec?.name, "scan");
      assert.equal(readState(checkFrame(frame as Uint8Array).parameters).offset, offset);
      assert.ok(equalBytes(await coder.decode(frame as Uint8Array), plain));
    }
  });
});

test("a session that refuses a chunk is asked again for the one after", async () => {
  const object = scanObject("moody-scan", 9 * SCAN_CHUNK_BYTES, 2);
  await withCoders(async (coder, events) => {
    const chunks = await encodeAll(coder, object);
    const names = codecNames(chunks);
    names.forEach((name, i) => {
      if (i % 2 === 0) assert.equal(name, "moody-scan");
      else assert.notEqual(name, "moody-scan");
    });
    assert.deepEqual(
      events.filter((event) => event.startsWith("moody-scan")),
      [
        "moody-scan refused RoundTripFailure",
        "moody-scan refused TooMuchMemoryNeeded",
        "moody-scan refused UnsupportedJpeg",
        "moody-scan refused RoundTripFailure",
      ],
      "whatever the reason, the session lives on",
    );
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), object));
  });
});

test("what one session refuses the next one takes, which has seen all before", async () => {
  const object = scanObject("pair-scan", 9 * SCAN_CHUNK_BYTES + 77, 2);
  await withCoders(async (coder, events) => {
    for (const knows of [false, true]) {
      events.length = 0;
      let asked = 0;
      const known = async (): Promise<boolean> => knows && asked++ % 5 === 3;
      const chunks = await encodeAll(coder, object, { effort: "dense", known });
      let coded = 0;
      for (const [i, { codec, frame, sha256: hash }] of chunks.entries()) {
        if (frame === undefined) continue;
        assert.equal(codec?.name, coded % 2 === 0 ? "pair-scan" : "second-scan", `chunk ${i}`);
        coded += 1;
        const { offset, step } = readState(checkFrame(frame).parameters);
        assert.deepEqual([offset, step], [i * SCAN_CHUNK_BYTES, 2]);
        const plain = object.subarray(offset, offset + SCAN_CHUNK_BYTES);
        assert.ok(equalBytes(await coder.decode(frame, hash), plain));
      }
      assert.equal(coded, knows ? 8 : 10);
      assert.equal(
        events.filter((event) => event.startsWith("pair-scan refused")).length,
        coded / 2,
      );
      assert.equal(events.length, coded / 2, "nothing else is told");
    }
  });
});

test("a session whose codec is switched off gives way to the next one for good", async () => {
  const object = scanObject("pair-scan", 8 * SCAN_CHUNK_BYTES, 2);
  await withCoders(async (coder, events) => {
    async function* source(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < object.length; at += SCAN_CHUNK_BYTES) {
        yield object.subarray(at, at + SCAN_CHUNK_BYTES);
      }
    }
    const chunks: CodedChunk[] = [];
    for await (const chunk of coder.encode(source(), { effort: "dense" })) {
      chunks.push(chunk);
      if (chunk.index === 1) await coder.gate.disable("pair-scan");
    }
    const names = codecNames(chunks);
    assert.deepEqual(names.slice(0, 2), ["pair-scan", "second-scan"]);
    assert.ok(!names.slice(2).includes("pair-scan"));
    assert.equal(names.at(-1), "second-scan");
    assert.ok(events.some((event) => event === "pair-scan refused CodecDisabled"));
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), object));
    await coder.gate.enable("pair-scan");
  });
});

test("an object is one chunk of up to 16 MiB where its codec claims it whole", async () => {
  await withCoders(async (coder, events) => {
    const fits = scanObject("big-scan", CHUNK_BYTES_MAXIMUM);
    const [only, ...more] = await encodeAll(coder, fits);
    assert.deepEqual(more, []);
    assert.equal(only?.codec?.name, "big-scan");
    assert.equal(only?.last, true);
    assert.ok(equalBytes(await decodeBackwards(coder, [only as CodedChunk]), fits));

    const longer = scanObject("big-scan", CHUNK_BYTES_MAXIMUM + 1);
    const chunks = await encodeAll(coder, longer);
    assert.deepEqual(
      chunks.map((chunk) => chunk.plainBytes),
      [CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 1],
    );
    assert.ok(!codecNames(chunks).includes("big-scan"));
    assert.ok(equalBytes(await decodeBackwards(coder, chunks), longer));
    const told = events.filter((event) => event.startsWith("big-scan"));
    assert.deepEqual(told, ["big-scan refused ChunkTooLarge"], "the longer one is counted");
  });
});

test("a refused claim is cut again for the general codecs", async () => {
  const object = scanObject("choosy-scan", 2 * CHUNK_BYTES + 9);
  await withCoders(async (coder) => {
    const asked: number[] = [];
    const known = async (_: string, plainBytes: number): Promise<boolean> => {
      asked.push(plainBytes);
      return asked.length === 3;
    };
    const chunks = await encodeAll(coder, object, { known });
    assert.deepEqual(asked, [object.length, CHUNK_BYTES, CHUNK_BYTES, 9]);
    assert.deepEqual(
      chunks.map(({ index, last, plainBytes }) => [index, last, plainBytes]),
      [
        [0, false, CHUNK_BYTES],
        [1, false, CHUNK_BYTES],
        [2, true, 9],
      ],
    );
    assert.equal(chunks[1]?.frame, undefined);
    assert.equal(chunks[2]?.codec?.name, "stored");
    const first = await coder.decode(chunks[0]?.frame as Uint8Array);
    assert.ok(equalBytes(first, object.subarray(0, CHUNK_BYTES)));
  });
});

test("many objects at once keep their sessions apart", async () => {
  await withCoders(async (coder) => {
    const objects = [1, 2, 3, 4, 5, 6].map((step) =>
      scanObject("scan", step * 3 * SCAN_CHUNK_BYTES + step, step),
    );
    const all = await Promise.all(objects.map((object) => encodeAll(coder, object)));
    for (const [i, chunks] of all.entries()) {
      assert.ok(
        codecNames(chunks)
          .slice(0, -1)
          .every((name) => name === "scan"),
      );
      const object = objects[i] as Uint8Array;
      assert.ok(equalBytes(await decodeBackwards(coder, chunks), object));
    }
  });
});
