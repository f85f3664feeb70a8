/** The doors of the reader: one array, an iterable, a web stream. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { forSeeds, seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { inflate, inflateIterable, inflateStream } from "./inflate.ts";
import { PIECE_BYTES_MAXIMUM } from "./inflate-engine.ts";
import { portableEngine } from "./inflate-portable.ts";
import { zlibWholeEngine } from "./inflate-zlib.ts";
import { readWith } from "./read.ts";

const hello = new TextEncoder().encode("hello");

async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return concatenate(all);
}

/** A web stream that gives `bytes` in pieces of random sizes. */
function streamOf(bytes: Uint8Array, nextSize: () => number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) return controller.close();
      const end = Math.min(bytes.length, at + nextSize());
      controller.enqueue(bytes.subarray(at, end));
      at = end;
    },
  });
}

test("one array: all of it, or a fault and nothing", async () => {
  const plain = seeded(1).content(200_000);
  const gzip = gzipSync(plain);
  const back = await inflate(gzip);
  assert.ok(equalBytes(back, plain));
  assert.equal(back.buffer.byteLength, plain.length);
  assert.equal(back.constructor, Uint8Array);
  assert.deepEqual(await inflate(deflateRawSync(hello), { format: "raw" }), hello);
  assert.equal((await inflate(gzipSync(""))).length, 0);
  await assert.rejects(inflate(gzip.subarray(0, -1)), { code: "DeflateTruncated", kind: "input" });
  await assert.rejects(inflate(gzip, { maxOutputBytes: 199_999 }), { code: "OutputLimit" });
  await assert.rejects(inflate("no bytes" as unknown as Uint8Array), { code: "InvalidArgument" });
});

test("an iterable takes any kind of source", async () => {
  const plain = seeded(2).content(300_000);
  const gzip = new Uint8Array(gzipSync(plain));
  const half = gzip.length >> 1;
  const pieces = [gzip.subarray(0, half), new Uint8Array(0), gzip.subarray(half)];
  async function* later(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  for (const source of [
    gzip,
    pieces,
    later(),
    Readable.from(pieces),
    streamOf(gzip, () => 4096),
    new Blob([gzip]).stream(),
  ]) {
    assert.ok(equalBytes(await gather(inflateIterable(source)), plain));
  }
});

test("a piece that is kept keeps no more memory than it is worth", async () => {
  const member = gzipSync(hello);
  const gzip = new Uint8Array(concatenate(Array.from({ length: 50 }, () => member)));
  for (const source of [gzip, [gzip]]) {
    let pieces = 0;
    for await (const piece of inflateIterable(source)) {
      assert.deepEqual(piece, hello);
      assert.ok(piece.buffer.byteLength <= 2 * hello.length, `keeps ${piece.buffer.byteLength}`);
      pieces += 1;
    }
    assert.equal(pieces, 50);
  }
  for await (const piece of readWith(zlibWholeEngine ?? portableEngine, gzip, {})) {
    assert.ok(piece.buffer.byteLength <= 2 * hello.length, `keeps ${piece.buffer.byteLength}`);
  }
});

test("leaving the loop early leaves the source", async () => {
  const gzip = new Uint8Array(gzipSync(seeded(3).bytes(400_000)));
  let closed = false;
  function* source(): Generator<Uint8Array> {
    try {
      for (let at = 0; at < gzip.length; at += 10_000) yield gzip.subarray(at, at + 10_000);
    } finally {
      closed = true;
    }
  }
  for await (const _ of inflateIterable(source())) break;
  assert.ok(closed);
});

test("a source's own error comes out unchanged", async () => {
  const failure = new Error("the disk is gone");
  async function* source(): AsyncGenerator<Uint8Array> {
    yield gzipSync(hello).subarray(0, 5);
    throw failure;
  }
  await assert.rejects(gather(inflateIterable(source())), (error) => error === failure);
});

test("a stream gives what went in, however it is cut", async () => {
  await forSeeds(20, async (random) => {
    const plain = random.content(random.upTo(150_000));
    const gzip = new Uint8Array(gzipSync(plain));
    const largest = 1 + Math.ceil(gzip.length / random.pick([1, 50, 500]));
    const source = streamOf(gzip, () => 1 + random.upTo(largest));
    assert.ok(equalBytes(await gather(source.pipeThrough(inflateStream())), plain));
  });
});

test("a fault shows on both sides of a stream", async () => {
  const { readable, writable } = inflateStream({ format: "gzip" });
  const writer = writable.getWriter();
  const written = writer.write(hello);
  await assert.rejects(gather(readable), { code: "GzipHeader" });
  await assert.rejects(writer.closed, { code: "GzipHeader" });
  await Promise.allSettled([written]);
});

test("a stream that ends early is truncated", async () => {
  const cut = streamOf(new Uint8Array(gzipSync(hello)).subarray(0, 20), () => 7);
  await assert.rejects(gather(cut.pipeThrough(inflateStream())), { code: "DeflateTruncated" });
});

test("cancelling the readable side releases the writer, also before the first read", async () => {
  for (const reads of [0, 1]) {
    const { readable, writable } = inflateStream();
    const reader = readable.getReader();
    const writer = writable.getWriter();
    const written = writer.write(new Uint8Array(gzipSync(seeded(4).bytes(500_000))));
    if (reads === 1) await reader.read();
    await reader.cancel(new Error("enough"));
    await assert.rejects(writer.closed, { code: "Aborted" });
    await Promise.allSettled([written]);
  }
});

test("aborting the writable side ends the reader with the same reason", async () => {
  const reason = new Error("the upload broke");
  const { readable, writable } = inflateStream();
  const reading = gather(readable);
  const writer = writable.getWriter();
  await writer.write(new Uint8Array(gzipSync(hello)).subarray(0, 12));
  await writer.abort(reason);
  await assert.rejects(reading, (error) => error === reason);
});

test("the caller's signal ends a stream that waits", async () => {
  const abort = new AbortController();
  const { readable } = inflateStream({ signal: abort.signal });
  const reading = gather(readable);
  setImmediate(() => abort.abort());
  await assert.rejects(reading, { code: "Aborted" });
});

test("a stream that is read slowly decodes no further than it is read", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(50_000_000)));
  let bytesOut = 0;
  const { readable, writable } = inflateStream({
    onProgress: (progress) => {
      bytesOut = progress.bytesOut;
    },
  });
  const writer = writable.getWriter();
  const written = writer.write(bomb);
  const reader = readable.getReader();
  for (let reads = 1; reads <= 5; reads++) {
    await reader.read();
    await new Promise(setImmediate);
    assert.ok(bytesOut <= (reads + 1) * PIECE_BYTES_MAXIMUM, `${bytesOut} after ${reads} reads`);
  }
  await reader.cancel();
  await Promise.allSettled([written, writer.closed]);
});
