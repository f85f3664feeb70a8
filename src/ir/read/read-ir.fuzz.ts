/**
 * Fuzz: mutated streams of every format give a typed error, or commands that make what the format's own
 * decoder makes. For Brotli that is the library, which must take and refuse the same; .xz and .lzma are
 * held against their plain bytes and their sums.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, constants, gzipSync } from "node:zlib";
import { forSeeds, type Random } from "../../../test/random.ts";
import { equalBytes } from "../../core/bytes.ts";
import { PithError } from "../../core/errors.ts";
import { loadDictionary } from "../dictionary.ts";
import { runIr } from "../run.ts";
import { type CompressedFormat, type ReadIr, readIr } from "./read-ir.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 30_000 : 1_000;
const MAXIMUM_BYTES = 1_000_000;

const VECTORS = resolve(import.meta.dirname, "../../../test/vectors/compressed");
const FILES = readdirSync(VECTORS).filter((name) => /\.(xz|lzma|br)$/.test(name));
const PLAIN = new Uint8Array(readFileSync(join(VECTORS, "plain.bin")));

/** Changes a few bytes, most of them near the beginning, where the headers are; may cut the end off. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  const mutated = new Uint8Array(bytes);
  for (let i = random.upTo(4); i > 0; i--) {
    const at = random.upTo(random.oneIn(2) ? Math.min(mutated.length, 64) : mutated.length);
    mutated[at] = random.oneIn(2) ? random.upTo(256) : mutated[at]! ^ (1 << random.upTo(8));
  }
  return random.oneIn(10) ? mutated.subarray(0, random.upTo(mutated.length)) : mutated;
}

/** What is read, or the fault; the commands must make the bytes. */
async function read(
  bytes: Uint8Array,
  format: CompressedFormat | undefined,
): Promise<ReadIr | PithError> {
  let one: ReadIr;
  try {
    one = await readIr(bytes, { format, maximumBytes: MAXIMUM_BYTES });
  } catch (error) {
    if (!(error instanceof PithError) || error.kind === "bug") throw error;
    assert.ok(error.kind === "input" || error.kind === "limit", error.message);
    return error;
  }
  assert.ok(one.plain.length <= MAXIMUM_BYTES);
  assert.ok(equalBytes(await runIr(one.ir), one.plain), "the commands make the same bytes");
  return one;
}

test("mutated Brotli is taken and refused as by the library, at every quality", async () => {
  const dictionary = await loadDictionary();
  await forSeeds(ROUNDS, async (random) => {
    const size = random.upTo(random.oneIn(8) ? 20_000 : 600);
    const words = dictionary.transformedWord(4 + random.upTo(7), random.upTo(1000), 0);
    const plain = Buffer.concat([random.content(size), words, random.content(20), words]);
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: random.upTo(12),
      [constants.BROTLI_PARAM_LGWIN]: 10 + random.upTo(15),
      [constants.BROTLI_PARAM_MODE]: random.upTo(3),
      [constants.BROTLI_PARAM_LARGE_WINDOW]: random.upTo(2),
    };
    const bytes = mutate(brotliCompressSync(plain, { params }), random);
    const ours = await read(bytes, "brotli");
    // The library takes a stream and leaves what is behind it.
    const trailing = ours instanceof PithError && ours.code === "TrailingBytes";
    const taken = trailing
      ? await read(bytes.subarray(0, Number(ours.facts["at"])), "brotli")
      : ours;
    const theirs = byLibrary(bytes);
    if (taken instanceof PithError) assert.equal(theirs, undefined, taken.message);
    else assert.deepEqual(theirs, taken.plain);
  });
});

/** Undefined where the library refuses, or would give more than the maximum. */
function byLibrary(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const params = { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 };
    return new Uint8Array(brotliDecompressSync(bytes, { params, maxOutputLength: MAXIMUM_BYTES }));
  } catch {
    return undefined;
  }
}

test("mutated vectors give a typed error or bytes, and with a sum no wrong bytes", async () => {
  await forSeeds(ROUNDS, async (random) => {
    const name = random.pick(FILES);
    const bytes = mutate(readFileSync(join(VECTORS, name)), random);
    const format = random.oneIn(4) ? undefined : name.endsWith(".xz") ? "xz" : "lzma";
    const one = await read(bytes, format);
    if (one instanceof PithError || one.format !== "xz" || bytes[7] === 0) return;
    const whole = equalBytes(one.plain, PLAIN);
    assert.ok(whole || isSomeStreams(one.plain), `${name} decodes to other bytes`);
  });
});

/** good-streams.xz without its end, and the empty files. */
function isSomeStreams(plain: Uint8Array): boolean {
  return plain.length === 0 || equalBytes(plain, PLAIN.subarray(0, 700));
}

test("mutated gzip gives a typed error or the bytes", async () => {
  await forSeeds(ROUNDS / 4, async (random) => {
    const plain = random.content(random.upTo(2000));
    const one = await read(mutate(gzipSync(plain), random), undefined);
    if (one instanceof PithError || one.format !== "gzip") return;
    assert.ok(equalBytes(one.plain, plain));
  });
});

test("bytes without any structure give a typed error or bytes, as any format", async () => {
  const formats: readonly CompressedFormat[] = ["xz", "lzma", "brotli", "gzip", "zlib", "deflate"];
  await forSeeds(ROUNDS, async (random) => {
    await read(random.bytes(random.upTo(300)), random.pick([...formats, undefined]));
  });
});
