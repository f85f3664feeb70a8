/** Reading IR: every vector, which format is guessed, and what the commands say. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import {
  brotliCompressSync,
  constants,
  crc32,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from "node:zlib";
import { seeded } from "../../../test/random.ts";
import { concatenate, equalBytes } from "../../core/bytes.ts";
import { PithError } from "../../core/errors.ts";
import { printIr } from "../print.ts";
import { runIr } from "../run.ts";
import { type CompressedFormat, readIr } from "./read-ir.ts";

const VECTORS = resolve(import.meta.dirname, "../../../test/vectors/compressed");
const FORMATS: Readonly<Record<string, CompressedFormat>> = {
  xz: "xz",
  lzma: "lzma",
  br: "brotli",
};

function vector(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(VECTORS, name)));
}

/** The table of the vectors: name, bytes, outcome. */
function vectors(): { name: string; bytes: number; outcome: string }[] {
  const rows = readFileSync(join(VECTORS, "README.md"), "utf8").matchAll(
    /^\| ([\w.-]+) \| (\d+) \| `?([\w ,-]+)`? \|/gm,
  );
  return [...rows].map((row) => ({ name: row[1]!, bytes: Number(row[2]), outcome: row[3]! }));
}

/** Bytes, or the code of the fault. */
async function outcomeOf(
  bytes: Uint8Array,
  format: CompressedFormat | undefined,
): Promise<Uint8Array | string> {
  try {
    const { ir, plain } = await readIr(bytes, { format });
    assert.deepEqual(await runIr(ir), plain, "the commands make the same bytes");
    return plain;
  } catch (error) {
    if (!(error instanceof PithError)) throw error;
    return error.code;
  }
}

/** An outcome as the table tells it. */
function toldOf(outcome: Uint8Array | string): string {
  if (typeof outcome === "string") return outcome;
  if (outcome.length === 0) return "nothing";
  return `${outcome.length} bytes, CRC-32 ${crc32(outcome).toString(16).padStart(8, "0")}`;
}

test("every vector is taken or refused as its table says", async () => {
  const plain = vector("plain.bin");
  const table = vectors();
  assert.equal(table.length, readdirSync(VECTORS).length - 2);
  for (const { name, bytes, outcome } of table) {
    const file = vector(name);
    assert.equal(file.length, bytes, name);
    const format =
      name === "bad-magic.xz" ? undefined : FORMATS[name.slice(name.lastIndexOf(".") + 1)];
    const expected = outcome === "plain" ? toldOf(plain) : outcome;
    assert.equal(toldOf(await outcomeOf(file, format)), expected, name);
  }
});

test("a good file is known without being told its format", async () => {
  for (const { name } of vectors()) {
    if (!name.startsWith("good-")) continue;
    assert.equal(
      (await readIr(vector(name))).format,
      FORMATS[name.slice(name.lastIndexOf(".") + 1)],
    );
  }
  const plain = vector("plain.bin");
  assert.equal((await readIr(gzipSync(plain))).format, "gzip");
  for (let level = 0; level <= 9; level++) {
    assert.equal((await readIr(deflateSync(plain, { level }))).format, "zlib");
  }
  for (let quality = 0; quality <= 11; quality++) {
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    assert.equal((await readIr(brotliCompressSync(plain, { params }))).format, "brotli");
  }
});

test("what is of no format is refused, and a likely format says why", async () => {
  await assert.rejects(readIr(new TextEncoder().encode("just text")), { code: "FormatUnknown" });
  await assert.rejects(readIr(new Uint8Array(0)), { code: "FormatUnknown" });
  const zlib = deflateSync(vector("plain.bin"));
  zlib[zlib.length - 1]! ^= 1;
  await assert.rejects(readIr(zlib), { code: "GzipChecksum" });
  await assert.rejects(readIr(vector("bad-truncated.lzma")), { code: "DeflateTruncated" });
  await assert.rejects(readIr(vector("good-size.lzma"), { maximumBytes: 10 }), {
    code: "OutputLimit",
  });
});

test("options that make no sense are refused", async () => {
  const bytes = vector("good-crc64.xz");
  const format = "toString" as CompressedFormat;
  await assert.rejects(readIr(bytes, { format }), { code: "InvalidArgument" });
  await assert.rejects(readIr(bytes, { maximumBytes: Number.NaN }), { code: "InvalidArgument" });
  await assert.rejects(readIr(bytes, { maximumBytes: -1 }), { code: "InvalidArgument" });
});

test("nothing is decoded beyond the maximum, and all up to it", async () => {
  const plain = seeded(1).content(70_000);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 5 };
  const files: [Uint8Array, CompressedFormat][] = [
    [gzipSync(plain), "gzip"],
    [deflateSync(plain), "zlib"],
    [deflateRawSync(plain), "deflate"],
    [brotliCompressSync(plain, { params }), "brotli"],
  ];
  for (const [file, format] of files) {
    const { plain: decoded } = await readIr(file, { format, maximumBytes: 70_000 });
    assert.deepEqual(decoded, plain, format);
    await assert.rejects(readIr(file, { format, maximumBytes: 69_999 }), { code: "OutputLimit" });
  }
  const size = vector("plain.bin").length;
  for (const name of ["good-crc64.xz", "good-stored-only.xz", "good-marker.lzma"]) {
    assert.equal((await readIr(vector(name), { maximumBytes: size })).plain.length, size);
    await assert.rejects(readIr(vector(name), { maximumBytes: size - 1 }), { code: "OutputLimit" });
  }
});

test("members of gzip are one IR, and no match reaches into the one before", async () => {
  const plain = seeded(2).content(3000);
  const file = concatenate([gzipSync(plain), gzipSync(plain), new Uint8Array(5)]);
  const { ir, plain: decoded } = await readIr(file);
  assert.deepEqual(decoded, concatenate([plain, plain]));
  assert.ok(equalBytes(await runIr(ir), decoded));
  file[gzipSync(plain).length - 5]! ^= 1;
  await assert.rejects(readIr(file), { code: "GzipChecksum" });
});

test("the parse is the other program's own", async () => {
  const text = new TextEncoder().encode("abcabcabcabcabcabc-abc");
  const { ir: zlib } = await readIr(deflateSync(text));
  assert.equal(printIr(zlib), 'window 15\ninsert 4 "abca"\ncopy 14 from 3\ninsert 4 "-abc"\n');
  const { ir: stored } = await readIr(gzipSync(text, { level: 0 }));
  assert.equal(printIr(stored), 'window 15\ninsert 22 "abcabcabcabcabcabc-abc"\n');

  // By `lzma -9e`. The copies of 1 are its short reps, which repeat the distance before.
  const lzma = "XQAAAAT//////////wAwmIiYPsvibzSzTBFfGeS9CUE14n62lkhc8YnJcyA7FNnuw///zDhAAA==";
  const { ir, plain } = await readIr(new Uint8Array(Buffer.from(lzma, "base64")));
  assert.equal(
    Buffer.from(plain).toString(),
    "abcdefghijklmnop-abcdefghXjklmnop-abcdefghij-YYYYYYYYYYY-aZcXY",
  );
  const commands = [
    ...["window 26", 'insert 17 "abcdefghijklmnop-"', "copy 8 from 17", "insert 1 58"],
    ...["copy 16 from 17", "insert 1 69", "copy 1 from 17", 'insert 2 "-Y"', "copy 10 from 1"],
    ...["copy 2 from 23", "insert 1 5a", "copy 1 from 23", 'insert 2 "XY"'],
  ];
  assert.equal(printIr(ir), `${commands.join("\n")}\n`);
});
