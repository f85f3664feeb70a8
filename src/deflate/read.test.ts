/** The reader, over both engines: what it takes, what it refuses, and where it stops. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { crc32, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { seeded } from "../../test/random.ts";
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { GZIP_HEADER_BYTES_MAXIMUM, INFLATE_EXPANSION_FREE_BYTES } from "../core/limits.ts";
import { type InflateEngine, PIECE_BYTES_MAXIMUM } from "./inflate-engine.ts";
import { portableEngine } from "./inflate-portable.ts";
import { zlibEngine, zlibWholeEngine } from "./inflate-zlib.ts";
import { type InflateOptions, readWith } from "./read.ts";

const isFull = process.env["PITH_FULL"] === "1";

const VECTORS = resolve(import.meta.dirname, "../../test/vectors/deflate");
const ENGINES = [zlibEngine as InflateEngine, zlibWholeEngine as InflateEngine, portableEngine];
/** Sizes of the pieces in which compressed bytes come. */
const CUTS = [Infinity, 1, 7, 1009];

const text = new TextEncoder();
const hello = text.encode("hello");

function* cutInto(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(
  engine: InflateEngine,
  bytes: Uint8Array,
  options: InflateOptions = {},
  cut = Infinity,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const source = cut === Infinity ? bytes : cutInto(bytes, cut);
  for await (const piece of readWith(engine, source, options)) pieces.push(piece);
  return concatenate(pieces);
}

/** The same answer from both engines at every cut: the bytes, or the code of the fault. */
async function outcome(
  bytes: Uint8Array,
  options: InflateOptions,
  cuts: readonly number[] = CUTS,
): Promise<Uint8Array | string> {
  const answers = new Map<string, Uint8Array | string>();
  for (const engine of ENGINES) {
    for (const cut of cuts) {
      let answer: Uint8Array | string;
      try {
        answer = await readAll(engine, bytes, options, cut);
      } catch (error) {
        if (!(error instanceof PithError)) throw error;
        answer = error.code;
      }
      const key = typeof answer === "string" ? answer : Buffer.from(answer).toString("base64");
      answers.set(key, answer);
    }
  }
  assert.equal(answers.size, 1, `engines or cuts disagree: ${[...answers.keys()]}`);
  return [...answers.values()][0] as Uint8Array | string;
}

function formatOf(name: string): "gzip" | "zlib" | "raw" {
  return name.endsWith(".gz") ? "gzip" : name.endsWith(".zlib") ? "zlib" : "raw";
}

/** Rows of the table in the vectors' README: name, size, outcome. */
function vectorTable(): { name: string; size: number; expected: string }[] {
  const table = readFileSync(join(VECTORS, "README.md"), "utf8");
  return [...table.matchAll(/^\| ([\w-]+\.\w+) \| (\d+) \| ([^|]+) \|/gm)].map((row) => ({
    name: row[1] as string,
    size: Number(row[2]),
    expected: (row[3] as string).trim(),
  }));
}

function described(answer: Uint8Array | string): string {
  if (typeof answer === "string") return answer;
  if (answer.length === 0) return "nothing";
  if (answer.length < 20) return `\`${new TextDecoder().decode(answer)}\``;
  const sum = crc32(answer).toString(16).padStart(8, "0");
  return `${answer.length} bytes, CRC-32 ${sum}`;
}

test("every vector is taken or refused as its table says", async () => {
  const table = vectorTable();
  const files = readdirSync(VECTORS).filter((name) => name !== "README.md");
  assert.deepEqual(table.map(({ name }) => name).sort(), files.sort());
  assert.ok(table.length > 70);
  for (const { name, size, expected } of table) {
    const bytes = new Uint8Array(readFileSync(join(VECTORS, name)));
    assert.equal(bytes.length, size, name);
    const answer = await outcome(bytes, { format: formatOf(name) });
    assert.equal(described(answer), expected, name);
  }
});

test("every bad file of the corpus is refused, every oddity decoded", {
  skip: withoutCorpus,
}, async () => {
  const names = readdirSync(corpusPath("deflate/bad"));
  const index = new TextDecoder().decode(corpusFile("deflate/INDEX.md"));
  assert.ok(names.length >= 32);
  for (const name of names) {
    const answer = await outcome(corpusFile(`deflate/bad/${name}`), { format: formatOf(name) });
    if (!name.startsWith("ok-")) {
      assert.equal(typeof answer, "string", name);
      continue;
    }
    const row = new RegExp(`bad/${name} \\| (\\d+) \\| ([0-9a-f]{16})`).exec(index);
    assert.ok(row !== null && typeof answer !== "string", `${name}: ${answer}`);
    assert.equal(answer.length, Number(row[1]), name);
    const sha256 = createHash("sha256").update(answer).digest("hex");
    assert.equal(sha256.slice(0, 16), row[2], name);
  }
});

test("a file cut at any byte is truncated, and nothing else", async () => {
  const plain = seeded(5).content(3000);
  const gzip = gzipSync(plain, { level: 9 });
  for (const [format, whole] of [
    ["gzip", gzip.subarray(0, 600)],
    ["gzip", gzipSync("a")],
    ["gzip", concatenate([gzipSync("a"), gzipSync("b")])],
    ["zlib", deflateSync("some text, some text, some text")],
    ["raw", deflateRawSync("some text, some text, some text")],
    ["raw", deflateRawSync(plain.subarray(0, 300), { level: 0 })],
  ] as const) {
    const memberEnd = gzipSync("a").length;
    const twoMembers = format === "gzip" && whole.length === 2 * memberEnd;
    for (let end = 0; end < whole.length; end++) {
      // Behind what a block begins with, most places are alike.
      if (!isFull && end > 100 && end % 5 > 0 && end < whole.length - 20) continue;
      const answer = await outcome(whole.subarray(0, end), { format }, [Infinity, 13]);
      // Between two members nothing tells that another one should follow.
      if (twoMembers && end === memberEnd) assert.deepEqual(answer, text.encode("a"));
      else assert.equal(answer, "DeflateTruncated", `${format} at ${end} of ${whole.length}`);
    }
  }
});

test("a flipped bit of a gzip file never gives other bytes", async () => {
  const plain = text.encode("tom sawyer, tom sawyer, huckleberry finn");
  const whole = gzipSync(plain);
  let harmless = 0;
  for (let at = 0; at < whole.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const bad = new Uint8Array(whole);
      bad[at] = (bad[at] as number) ^ (1 << bit);
      const answer = await outcome(bad, { format: "gzip" }, [Infinity]);
      if (typeof answer === "string") continue;
      assert.deepEqual(answer, plain, `byte ${at} bit ${bit}`);
      harmless++;
    }
  }
  // Time, extra flags and system are 48 bits, the text flag is one, and fewer than 8 fill up the
  // last byte of the deflate stream.
  assert.ok(harmless >= 49 && harmless < 49 + 8, `${harmless}`);
});

test("auto tells gzip and zlib by their headers and never guesses raw", async () => {
  assert.deepEqual(await outcome(gzipSync(hello), {}), hello);
  assert.deepEqual(await outcome(deflateSync(hello), {}), hello);
  assert.equal(await outcome(deflateRawSync(hello), {}), "GzipHeader");
  assert.equal(await outcome(new Uint8Array(0), {}), "DeflateTruncated");
  assert.equal(await outcome(hello, {}), "GzipHeader");
  assert.equal(await outcome(deflateSync(hello), { format: "gzip" }), "GzipHeader");
  assert.equal(await outcome(gzipSync(hello), { format: "zlib" }), "GzipHeader");
});

test("trailing bytes are named with their place, or ignored on request", async () => {
  const raw = deflateRawSync(hello);
  for (const [format, whole, tail] of [
    ["gzip", gzipSync(hello), "?"],
    ["gzip", gzipSync(hello), "\x1f"],
    ["gzip", gzipSync(hello), "\x1f?"],
    ["gzip", gzipSync(hello), "\0\0\x1f"],
    ["zlib", deflateSync(hello), "\0"],
    ["raw", raw, "\0"],
  ] as const) {
    const bytes = concatenate([whole, text.encode(tail)]);
    assert.deepEqual(await outcome(bytes, { format, trailing: "ignore" }), hello);
    const refusal = tail === "\x1f" ? "DeflateTruncated" : "TrailingBytes";
    assert.equal(await outcome(bytes, { format }), refusal);
  }
  const garbage = concatenate([gzipSync(hello), text.encode("\0\0garbage")]);
  await assert.rejects(readAll(portableEngine, garbage), (error: PithError) => {
    assert.deepEqual(error.facts, { at: gzipSync(hello).length + 2 });
    return true;
  });
});

test("a source is read to its end also when what trails is ignored", async () => {
  let given = 0;
  function* source(): Generator<Uint8Array> {
    for (const piece of [gzipSync(hello), hello, hello, hello]) {
      given++;
      yield piece;
    }
  }
  for await (const piece of readWith(portableEngine, source(), { trailing: "ignore" })) {
    assert.deepEqual(piece, hello);
  }
  assert.equal(given, 4);
});

test("the limit on output is exact and ends a bomb early", async () => {
  const bomb = gzipSync(new Uint8Array(20_000_000), { level: 9 });
  for (const engine of ENGINES) {
    for (const maxOutputBytes of [0, 1, 1000, PIECE_BYTES_MAXIMUM, 1_000_000]) {
      let bytesIn = 0;
      let bytesOut = 0;
      const options: InflateOptions = {
        maxOutputBytes,
        onProgress: (progress) => {
          bytesIn = progress.bytesIn;
        },
      };
      const reading = async (): Promise<void> => {
        for await (const piece of readWith(engine, bomb, options)) {
          bytesOut += piece.length;
          assert.ok(piece.length <= PIECE_BYTES_MAXIMUM);
        }
      };
      await assert.rejects(reading, { code: "OutputLimit", kind: "limit" });
      assert.ok(bytesOut <= maxOutputBytes);
      assert.ok(bytesIn <= 1_000_000 / 500, `${engine.name} took ${bytesIn} bytes`);
    }
  }
  const five = { maxOutputBytes: 5 };
  assert.deepEqual(await outcome(gzipSync(hello), five), hello);
  assert.equal(await outcome(gzipSync("hello!"), five), "OutputLimit");
  assert.equal(await outcome(concatenate([gzipSync("hel"), gzipSync("lo!")]), five), "OutputLimit");
});

test("the limit on expansion spares what is small and stops what is not", async () => {
  const zeros = gzipSync(new Uint8Array(3 * INFLATE_EXPANSION_FREE_BYTES));
  const few = gzipSync(new Uint8Array(INFLATE_EXPANSION_FREE_BYTES));
  const noise = gzipSync(seeded(1).bytes(200_000));
  assert.equal(await outcome(zeros, { maxExpansion: 100 }, [Infinity, 1009]), "OutputLimit");
  assert.equal(typeof (await outcome(zeros, { maxExpansion: 1032 }, [Infinity])), "object");
  assert.equal(typeof (await outcome(few, { maxExpansion: 2 }, [Infinity])), "object");
  assert.equal(typeof (await outcome(noise, { maxExpansion: 2 }, [Infinity])), "object");
});

test("a gzip header that does not end is refused before it is read whole", async () => {
  const name = new Uint8Array(GZIP_HEADER_BYTES_MAXIMUM + 10).fill(0x61);
  name.set([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 255]);
  assert.equal(await outcome(name, {}, [Infinity]), "GzipHeader");
});

test("progress grows and ends with the length of the compressed data", async () => {
  const plain = seeded(3).content(400_000);
  const member = gzipSync(plain);
  const bytes = concatenate([member, member, new Uint8Array(5)]);
  for (const engine of ENGINES) {
    const seen: { bytesIn: number; bytesOut: number }[] = [];
    await readAll(engine, bytes, { onProgress: (progress) => seen.push(progress) });
    assert.ok(seen.length > (engine.whole === undefined ? 10 : 2));
    for (let i = 1; i < seen.length; i++) {
      assert.ok((seen[i]?.bytesIn as number) >= (seen[i - 1]?.bytesIn as number));
      assert.ok((seen[i]?.bytesOut as number) >= (seen[i - 1]?.bytesOut as number));
    }
    assert.deepEqual(seen.at(-1), { bytesIn: 2 * member.length, bytesOut: 2 * plain.length });
  }
});

test("abort ends a reading before, within and while it waits for its source", async () => {
  const reason = new Error("enough");
  const bytes = gzipSync(seeded(4).content(600_000));
  for (const engine of ENGINES) {
    await assert.rejects(readAll(engine, bytes, { signal: AbortSignal.abort(reason) }), {
      code: "Aborted",
      cause: reason,
    });

    const within = new AbortController();
    const onProgress = (): void => within.abort(reason);
    await assert.rejects(readAll(engine, bytes, { signal: within.signal, onProgress }), {
      code: "Aborted",
    });

    const waiting = new AbortController();
    async function* hanging(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 100);
      setImmediate(() => waiting.abort(reason));
      await new Promise(() => undefined);
    }
    const reading = async (): Promise<void> => {
      for await (const _ of readWith(engine, hanging(), { signal: waiting.signal }));
    };
    await assert.rejects(reading, { code: "Aborted" });
  }
});

test("a long reading leaves its thread to others now and then", async () => {
  const long = gzipSync(new Uint8Array(300_000_000));
  const manyShort = concatenate(new Array(20_000).fill(gzipSync("")));
  for (const engine of ENGINES) {
    await abortsWithin(engine, long);
    await abortsWithin(engine, manyShort);
  }

  async function abortsWithin(engine: InflateEngine, bytes: Uint8Array): Promise<void> {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 1);
    const reading = async (): Promise<void> => {
      for await (const _ of readWith(engine, bytes, { signal: abort.signal }));
    };
    await assert.rejects(reading, { code: "Aborted" });
  }
});

test("a length of 4 GiB and more wraps in ISIZE and is no fault", {
  skip: isFull ? false : "long; PITH_FULL=1 runs it",
}, async () => {
  // One stored-free megabyte of zeros between sync flushes, repeated: 4 GiB + 1 MiB + 0 bytes.
  const { constants, createDeflateRaw } = await import("node:zlib");
  const mebibyte = new Uint8Array(1024 * 1024);
  const block = await new Promise<Uint8Array>((done, fail) => {
    const parts: Uint8Array[] = [];
    const stream = createDeflateRaw({ level: 9 }).on("error", fail);
    stream.on("data", (part: Uint8Array) => parts.push(part));
    stream.write(mebibyte);
    stream.flush(constants.Z_FULL_FLUSH, () => done(concatenate(parts)));
  });
  const count = 4097;
  let sum = 0;
  for (let i = 0; i < count; i++) sum = crc32(mebibyte, sum);
  function* source(): Generator<Uint8Array> {
    yield Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
    for (let i = 0; i < count; i++) yield block;
    const trailer = new DataView(new ArrayBuffer(10));
    trailer.setUint16(0, 0x0003, true);
    trailer.setUint32(2, sum, true);
    trailer.setUint32(6, mebibyte.length, true); // 4 GiB + 1 MiB wraps to 1 MiB
    yield new Uint8Array(trailer.buffer);
  }
  for (const engine of ENGINES) {
    let bytesOut = 0;
    for await (const piece of readWith(engine, source(), {})) bytesOut += piece.length;
    assert.equal(bytesOut, count * mebibyte.length);
  }
});

test("options that make no sense are refused at once", () => {
  const bad: InflateOptions[] = [
    { format: "zip" as "gzip" },
    { trailing: "perhaps" as "error" },
    { maxOutputBytes: -1 },
    { maxOutputBytes: Number.NaN },
    { maxExpansion: 0 },
  ];
  for (const options of bad) {
    assert.throws(() => readWith(portableEngine, hello, options), { code: "InvalidArgument" });
  }
});
