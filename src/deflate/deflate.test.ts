import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { crc32, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { concatenate, equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { loadKernel } from "../core/kernel.ts";
import { deflate, deflateIterable, deflateStream } from "./deflate.ts";
import { linearBound } from "./linear.ts";
import type { DeflateFormat, DeflateLevel, DeflateOptions, DeflateProgress } from "./options.ts";
import { closeIdleThreads } from "./threads.ts";

const FULL = process.env["PITH_FULL"] === "1";
const MIB = 1024 * 1024;
const READERS = { gzip: gunzipSync, zlib: inflateSync, raw: inflateRawSync };

after(closeIdleThreads);

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  for await (const part of parts) kept.push(part);
  return concatenate(kept);
}

/** The bytes in writes of up to `largest`. */
function* writesOf(bytes: Uint8Array, largest: number, random: Random): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const size = Math.min(1 + random.upTo(largest), bytes.length - at);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** A web stream of what `pieces` yields, each when it is asked for. */
function streamOf(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): ReadableStream<Uint8Array> {
  const iterator =
    Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });
}

function throughStream(
  pieces: Iterable<Uint8Array>,
  options: DeflateOptions,
): ReadableStream<Uint8Array> {
  return streamOf(pieces).pipeThrough(deflateStream(options));
}

test("the output depends neither on writes nor on workers nor on the door", async () => {
  await forSeeds(FULL ? 40 : 3, async (random) => {
    const plain = random.content(random.pick([300_000, 1_100_000, 3_400_000]));
    for (const format of ["gzip", "zlib", "raw"] as const) {
      const whole = await deflate(plain, { format, workers: 0 });
      assert.ok(equalBytes(READERS[format](whole), plain), format);
      assert.ok(whole.length <= linearBound(plain.length) + 18);
      for (const workers of [1, 2, 3]) {
        const again = await deflate(plain, { format, workers });
        assert.ok(equalBytes(again, whole), `${workers} workers`);
      }
      for (const largest of [997, 70_000, 2_500_000]) {
        const options = { format, workers: random.upTo(3) };
        const pieces = [...writesOf(plain, largest, random)];
        assert.ok(equalBytes(await collect(deflateIterable(pieces, options)), whole), "iterable");
        assert.ok(equalBytes(await collect(throughStream(pieces, options)), whole), "stream");
      }
    }
  });
});

test("writes of single bytes and empty writes", async () => {
  const plain = seeded(5).content(3000);
  const pieces = [...plain].flatMap((byte) => [Uint8Array.of(byte), new Uint8Array(0)]);
  const parts = await collect(deflateIterable(pieces));
  assert.ok(equalBytes(parts, await deflate(plain)));
});

test("a piece may be changed once it has been taken", async () => {
  const plain = seeded(6).content(2_300_000);
  const pieces = function* (): Generator<Uint8Array> {
    const piece = new Uint8Array(100_000);
    for (let at = 0; at < plain.length; at += piece.length) {
      piece.set(plain.subarray(at, at + piece.length));
      yield piece;
      piece.fill(0);
    }
  };
  for (const workers of [0, 2]) {
    const parts = await collect(deflateIterable(pieces(), { workers }));
    assert.ok(equalBytes(gunzipSync(parts), plain));
  }
});

test("levels 1 to 9 match, and do not depend on writes either", async () => {
  const random = seeded(7);
  const plain = random.content(2_200_000);
  for (const level of [1, 6, 9] as const) {
    for (const format of ["gzip", "zlib", "raw"] as const) {
      const whole = await deflate(plain, { format, level });
      assert.ok(equalBytes(READERS[format](whole), plain));
      const pieces = writesOf(plain, 300_000, random);
      assert.ok(equalBytes(await collect(deflateIterable(pieces, { format, level })), whole));
    }
  }
});

test("a novel is smaller with matches, and larger levels are smaller", {
  skip: withoutCorpus,
}, async () => {
  const plain = corpusFile("deflate/data/twain.txt");
  const levels: DeflateLevel[] = ["huffman", 1, 6, 9];
  const sizes = await Promise.all(
    levels.map(async (level) => (await deflate(plain, { level })).length),
  );
  assert.deepEqual(
    [...sizes].sort((a, b) => b - a),
    sizes,
  );
});

test("empty input is 20 bytes of gzip, by every door", async () => {
  const formats: DeflateFormat[] = ["gzip", "zlib", "raw"];
  for (const format of formats) {
    for (const level of ["huffman", 6] as const) {
      const whole = await deflate(new Uint8Array(0), { format, level });
      assert.equal(READERS[format](whole).length, 0);
      assert.ok(equalBytes(await collect(deflateIterable([], { format, level })), whole));
      assert.ok(equalBytes(await collect(throughStream([], { format, level })), whole));
    }
  }
  assert.equal((await deflate(new Uint8Array(0))).length, 20);
});

test("a Node stream is a source", { skip: withoutCorpus }, async () => {
  const name = "deflate/data/scan.dcm";
  const source = createReadStream(corpusPath(name), { highWaterMark: 10_007 });
  const parts = await collect(deflateIterable(source));
  assert.ok(equalBytes(gunzipSync(parts), corpusFile(name)));
});

test("progress rises to the whole, for every kind of work", async () => {
  const plain = seeded(8).content(3_300_000);
  const kinds: DeflateOptions[] = [{ workers: 0 }, { workers: 2 }, { level: 1 }];
  for (const options of kinds) {
    const steps: DeflateProgress[] = [];
    const onProgress = (progress: DeflateProgress): void => void steps.push(progress);
    const pieces = writesOf(plain, 200_000, seeded(9));
    const whole = await collect(deflateIterable(pieces, { ...options, onProgress }));
    assert.ok(steps.length >= 3);
    assert.deepEqual(steps.at(-1), { bytesIn: plain.length, bytesOut: whole.length });
    assert.ok(steps.every(({ bytesIn }, i) => i === 0 || bytesIn > steps[i - 1]!.bytesIn));
  }
});

test("what onProgress throws ends the work and comes through unchanged", async () => {
  const mine = new Error("enough");
  const onProgress = (): void => {
    throw mine;
  };
  for (const workers of [0, 2]) {
    await assert.rejects(deflate(new Uint8Array(3 * MIB), { workers, onProgress }), mine);
  }
});

test("options are checked at the door", async () => {
  const wrong = [
    { format: "zip" },
    { level: 0 },
    { level: 10 },
    { level: 1.5 },
    { blocks: "huge" },
    { workers: -1 },
    { workers: 1.5 },
    { workers: 1e6 },
  ] as unknown as DeflateOptions[];
  for (const options of wrong) {
    const check = { code: "InvalidArgument", kind: "input" };
    await assert.rejects(deflate(new Uint8Array(1), options), check);
    assert.throws(() => deflateStream(options), check);
    await assert.rejects(collect(deflateIterable([], options)), check);
  }
  const text = "text" as unknown as Uint8Array;
  await assert.rejects(deflate(text), { code: "InvalidArgument" });
  await assert.rejects(collect(deflateIterable([text])), { code: "InvalidArgument" });
  await assert.rejects(collect(throughStream([text], {})), { code: "InvalidArgument" });
});

test("a signal ends the work, before and in the middle, with its reason", async () => {
  const reason = new Error("no longer wanted");
  const check = (error: unknown): boolean => {
    assert.ok(error instanceof PithError);
    assert.equal(error.code, "Aborted");
    assert.equal(error.cause, reason);
    return true;
  };
  const gone = AbortSignal.abort(reason);
  await assert.rejects(deflate(new Uint8Array(1), { signal: gone }), check);
  await assert.rejects(collect(deflateIterable([], { signal: gone })), check);
  await assert.rejects(collect(throughStream([], { signal: gone })), check);

  const plain = seeded(10).content(6 * MIB);
  const kinds: DeflateOptions[] = [{ workers: 0 }, { workers: 2 }, { level: 1 }];
  for (const options of kinds) {
    const control = new AbortController();
    const onProgress = (): void => control.abort(reason);
    const { signal } = control;
    await assert.rejects(deflate(plain, { ...options, onProgress, signal }), check);
  }
});

test("a signal ends a wait for a source that says nothing", async () => {
  const control = new AbortController();
  let returned = false;
  const silent: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: async () => {
        returned = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const waiting = collect(deflateIterable(silent, { signal: control.signal }));
  setImmediate(() => control.abort());
  await assert.rejects(waiting, { code: "Aborted" });
  assert.ok(returned, "the source was left");
});

test("a signal ends an idle web stream on both sides", async () => {
  const control = new AbortController();
  const { readable, writable } = deflateStream({ signal: control.signal });
  const writer = writable.getWriter();
  const reading = readable.getReader().read();
  await writer.write(new Uint8Array(10));
  control.abort();
  await assert.rejects(reading, { code: "Aborted" });
  await assert.rejects(writer.closed, { code: "Aborted" });
});

test("what a source throws comes through unchanged and frees the threads", async () => {
  const mine = new Error("the disk is gone");
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield seeded(11).content(3 * MIB);
    throw mine;
  };
  for (const workers of [0, 2]) {
    await assert.rejects(collect(deflateIterable(failing(), { workers })), mine);
    const stream = streamOf(failing()).pipeThrough(deflateStream({ workers }));
    await assert.rejects(collect(stream), mine);
  }
  assert.ok(
    equalBytes(
      gunzipSync(await deflate(new Uint8Array(3 * MIB), { workers: 2 })),
      new Uint8Array(3 * MIB),
    ),
  );
});

test("a reader that leaves early leaves nothing behind", async () => {
  const plain = seeded(12).content(5 * MIB);
  for (const workers of [0, 2]) {
    let sourceLeft = false;
    const source = function* (): Generator<Uint8Array> {
      try {
        for (;;) yield plain;
      } finally {
        sourceLeft = true;
      }
    };
    for await (const part of deflateIterable(source(), { workers })) {
      assert.ok(part.length > 0);
      break;
    }
    assert.ok(sourceLeft);
    const reader = throughStream([plain, plain], { workers })[Symbol.asyncIterator]();
    await reader.next();
    await reader.return?.();
  }
});

test("a target that fails ends the work", async () => {
  const mine = new Error("no space");
  const target = new Writable({ write: (_chunk, _encoding, done) => done(mine) });
  const failure = once(target, "error");
  const piping = throughStream([seeded(13).content(4 * MIB)], { workers: 2 });
  const web = Writable.toWeb(target) as WritableStream<Uint8Array>;
  await assert.rejects(piping.pipeTo(web), mine);
  assert.deepEqual(await failure, [mine]);
});

test("streams hold no kernel instance between writes", async () => {
  const kernel = await loadKernel("deflate");
  kernel.release(kernel.take());
  const idleBefore = kernel.idleCount;
  const streams = Array.from({ length: 12 }, () => deflateStream());
  const outputs = streams.map(({ readable }) => collect(readable));
  const writers = streams.map(({ writable }) => writable.getWriter());
  await Promise.all(writers.map((writer, i) => writer.write(seeded(i + 1).content(1_200_000))));
  assert.ok(kernel.idleCount >= idleBefore, "all instances are back");
  await Promise.all(writers.map((writer) => writer.close()));
  for (const [i, output] of (await Promise.all(outputs)).entries()) {
    assert.equal(crc32(gunzipSync(output)), crc32(seeded(i + 1).content(1_200_000)));
  }
});

test("other work of the thread gets its turn", async () => {
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);
  try {
    await deflate(seeded(14).content(24 * MIB), { workers: 0 });
  } finally {
    clearInterval(ticking);
  }
  assert.ok(turns >= 1, `${turns} turns`);
});

test("a program that used threads ends by itself", { timeout: 30_000 }, async () => {
  const program = `
    import { deflate } from ${JSON.stringify(import.meta.resolve("./deflate.ts"))};
    const coded = await deflate(new Uint8Array(5_000_000), { workers: 2 });
    console.log(coded.length);
  `;
  const began = performance.now();
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program]);
  assert.ok(Number(stdout) > 4000);
  assert.ok(performance.now() - began < 20_000);
});
