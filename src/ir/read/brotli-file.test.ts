/** Brotli: against the library at every setting, and streams that no encoder writes, bit by bit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from "node:zlib";
import { BrotliWriter } from "../../../test/brotli-writer.ts";
import { seeded } from "../../../test/random.ts";
import { concatenate } from "../../core/bytes.ts";
import { PithError } from "../../core/errors.ts";
import { IrCursor } from "../cursor.ts";
import { printIr } from "../print.ts";
import { runIr } from "../run.ts";
import { contextOf } from "./brotli-context.ts";
import { readBrotli } from "./brotli-file.ts";

const MAXIMUM_BYTES = 2 ** 26;
/** The command that inserts 4 bytes and copies 2 from the last distance, which is 4 at first. */
const INSERT_4_COPY_2 = 4 * 8;
const INSERT_0_COPY_4 = 2;

function compress(plain: Uint8Array, quality: number, windowBits: number): Uint8Array {
  return brotliCompressSync(plain, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: windowBits,
      [constants.BROTLI_PARAM_LARGE_WINDOW]: windowBits > 24 ? 1 : 0,
    },
  });
}

/** What a hand-made stream decodes to: here, and in the library, which must agree. */
async function decode(bytes: Uint8Array): Promise<string> {
  const { ir, plain } = await readBrotli(bytes, MAXIMUM_BYTES);
  assert.deepEqual(new Uint8Array(brotliDecompressSync(bytes)), plain);
  assert.deepEqual(await runIr(ir), plain);
  return Buffer.from(plain).toString("latin1");
}

async function commandsOf(bytes: Uint8Array): Promise<string[]> {
  await decode(bytes);
  return printIr((await readBrotli(bytes, MAXIMUM_BYTES)).ir)
    .trimEnd()
    .split("\n");
}

test("what the library writes is read, at every quality and window", async () => {
  const plain = seeded(3).content(30_000);
  for (let quality = 0; quality <= 11; quality++) {
    for (const windowBits of [10, 16, 18, 24, 30]) {
      const { ir, plain: decoded } = await readBrotli(
        compress(plain, quality, windowBits),
        MAXIMUM_BYTES,
      );
      assert.deepEqual(decoded, plain, `quality ${quality}, window ${windowBits}`);
      assert.deepEqual(await runIr(ir), plain);
    }
  }
});

test("the literal contexts are those of the RFC", () => {
  const last = Uint8Array.from({ length: 256 }, (_, byte) => contextOf("utf8", byte, 0));
  const before = Uint8Array.from({ length: 256 }, (_, byte) => contextOf("utf8", 0, byte));
  assert.equal(crc32(last), 0x8e91efb7);
  assert.equal(crc32(before), 0xd01a32f4);
  assert.equal(contextOf("lsb6", 0xff, 0), 0x3f);
  assert.equal(contextOf("msb6", 0xf3, 0), 0x3c);
  const signs = [0, 1, 15, 16, 63, 64, 127, 128, 191, 192, 239, 240, 254, 255];
  assert.deepEqual(
    signs.map((byte) => contextOf("sign", 0, byte)),
    [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7],
  );
  assert.equal(contextOf("sign", 255, 0), 7 << 3);
});

test("words of the dictionary are told as words", async () => {
  const plain = new TextEncoder().encode("Information about the International Conference");
  const { ir } = await readBrotli(compress(plain, 11, 22), MAXIMUM_BYTES);
  const cursor = new IrCursor(ir);
  let words = 0;
  while (cursor.next()) if (cursor.kind === "dict") words++;
  assert.ok(words >= 3, printIr(ir));
  assert.deepEqual(await runIr(ir), plain);
});

test("context maps and block types are told as hints", async () => {
  const random = seeded(4);
  const parts = [0x00, 0xc0, 0x00, 0x80].map((high) =>
    random.bytes(20_000).map((byte) => (byte & 0x3f) | high),
  );
  const plain = concatenate(parts);
  const { ir } = await readBrotli(compress(plain, 11, 22), MAXIMUM_BYTES);
  assert.deepEqual(await runIr(ir), plain);
  assert.ok(ir.hints.length > 0);
  const [hint] = ir.hints;
  assert.equal(hint!.literalContextMap.length % 64, 0);
  assert.equal(hint!.distanceContextMap.length % 4, 0);
  const cursor = new IrCursor(ir);
  const typed = new Set<number>();
  while (cursor.next()) if (cursor.kind === "ltype") typed.add(cursor.blockType);
  assert.ok(typed.size > 1, "several types of literals");
  for (const type of typed) assert.ok(64 * (type + 1) <= hint!.literalContextMap.length);
});

test("stored bytes and metadata: what is stored is inserted, metadata are passed over", async () => {
  const writer = new BrotliWriter();
  writer.window16();
  writer.metadata(Uint8Array.of(1, 2, 3));
  writer.stored(Uint8Array.of(0x61, 0x62));
  writer.metadata(new Uint8Array(0));
  writer.stored(Uint8Array.of(0x63));
  writer.end();
  assert.deepEqual(await commandsOf(writer.finish()), ["window 16", 'insert 3 "abc"']);
});

test("codes of one symbol take no bits", async () => {
  const writer = new BrotliWriter();
  writer.window16();
  writer.plainHeader(6 * 500, { literal: 0x61, command: INSERT_4_COPY_2, distance: 0 });
  assert.equal(await decode(writer.finish()), "a".repeat(3000));
});

test("a stream of a few bytes that stands for megabytes stops at the maximum", async () => {
  const writer = new BrotliWriter();
  writer.window16();
  writer.plainHeader(2 ** 24, { literal: 0x61, command: INSERT_4_COPY_2, distance: 0 });
  const bytes = writer.finish();
  assert.ok(bytes.length < 16);
  await assert.rejects(readBrotli(bytes, 1_000_000), { code: "OutputLimit" });
});

/** Whether a hand-made stream is taken; the library must say the same. */
async function isTaken(bytes: Uint8Array): Promise<boolean> {
  const params = { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 };
  let plain: Uint8Array | undefined;
  try {
    plain = new Uint8Array(brotliDecompressSync(bytes, { params }));
  } catch {
    plain = undefined;
  }
  try {
    assert.deepEqual((await readBrotli(bytes, MAXIMUM_BYTES)).plain, plain);
    return true;
  } catch (error) {
    if (!(error instanceof PithError)) throw error;
    assert.equal(plain, undefined, error.message);
    return false;
  }
}

test("distances that no window has are no symbols, with large windows and without", async () => {
  for (const windowBits of [16, 30]) {
    for (let postfixBits = 0; postfixBits <= 3; postfixBits++) {
      const taken: boolean[] = [];
      const extraBits = windowBits === 30 ? 62 : 24;
      const named = 16 + (extraBits << (postfixBits + 1));
      const nameBits = Math.ceil(Math.log2(named));
      for (let symbol = 0; symbol < 2 ** nameBits; symbol++) {
        const writer = new BrotliWriter();
        if (windowBits === 30) writer.largeWindow(30);
        else writer.window16();
        writer.metablock(1);
        for (let i = 0; i < 3; i++) writer.oneType();
        writer.bits(postfixBits, 6); // no direct distances
        writer.bits(0, 4); // lsb6, one code each
        writer.simpleCode([0x61], 8);
        writer.simpleCode([8], 10); // insert 1
        writer.simpleCode([symbol], nameBits);
        taken.push(await isTaken(writer.finish()));
      }
      assert.ok(taken.lastIndexOf(true) >= 16);
      if (windowBits === 30) assert.equal(taken.lastIndexOf(true) + 1, taken.indexOf(false));
    }
  }
});

test("the block type behind the last one is the first", async () => {
  const writer = new BrotliWriter();
  writer.window16();
  writer.metablock(4);
  writer.twoTypes(1);
  writer.oneType();
  writer.oneType();
  writer.bits(0, 6 + 2 * 2 + 2); // distances, lsb6 for both, one code each
  writer.simpleCode([0x61, 0x62], 8);
  writer.simpleCode([INSERT_4_COPY_2], 10);
  writer.simpleCode([0], 6);
  writer.bits(0, 1); // a
  for (let i = 0; i < 3; i++) {
    writer.bits(1, 1); // the next type
    writer.bits(0, 2); // for one literal
    writer.bits(1, 1); // b
  }
  const commands = await commandsOf(writer.finish());
  assert.deepEqual(commands.slice(2), [
    ...["insert 1 61", "ltype 1 0", "insert 1 62", "ltype 0 0"],
    ...["insert 1 62", "ltype 1 0", "insert 1 62"],
  ]);
});

test("what breaks the format is refused, as by the library", async () => {
  const refused: Readonly<Record<string, (writer: BrotliWriter) => void>> = {
    "a word longer than the metablock": (writer) => {
      writer.window16();
      writer.plainHeader(3, { literal: 0, command: INSERT_0_COPY_4, distance: 0 });
    },
    "a size in a nibble more than it needs": (writer) => {
      writer.window16();
      writer.bits(1, 2);
      writer.bits(1, 2);
      writer.bits(5, 20);
      writer.plainCodes({ literal: 0, command: INSERT_4_COPY_2, distance: 0 });
    },
    "metadata with a size in a byte more than it needs": (writer) => {
      writer.window16();
      writer.bits(0b0110, 4);
      writer.bits(2, 2);
      writer.bits(1, 16);
      writer.bits(0, 1 + 16); // to the next byte, and two of them
      writer.end();
    },
    "the reserved bit of a large window": (writer) => {
      writer.bits(0b1_001_000_1, 8);
      writer.bits(24, 6);
      writer.end();
    },
    "a large window of 2^9": (writer) => {
      writer.largeWindow(9);
      writer.end();
    },
    "a large window of 2^31": (writer) => {
      writer.largeWindow(31);
      writer.end();
    },
  };
  for (const [says, write] of Object.entries(refused)) {
    const writer = new BrotliWriter();
    write(writer);
    assert.equal(await isTaken(writer.finish()), false, says);
  }
  const writer = new BrotliWriter();
  writer.window16();
  writer.plainHeader(4, { literal: 0, command: INSERT_0_COPY_4, distance: 0 });
  assert.equal(await isTaken(writer.finish()), true, "a word as long as the metablock");
});

/** Two "a", two "b": literals of two types, each with the mode of contexts that it is given. */
function writeTwoTypes(
  writer: BrotliWriter,
  modes: readonly [number, number],
  last: boolean,
): void {
  writer.metablock(4, last);
  writer.twoTypes(2);
  writer.oneType();
  writer.oneType();
  writer.bits(0, 6); // no postfix bits, no direct distances
  for (const mode of modes) writer.bits(mode, 2);
  writer.bits(0, 2); // one code for all literals, one for all distances
  writer.simpleCode([0x61, 0x62], 8);
  writer.simpleCode([INSERT_4_COPY_2], 10);
  writer.simpleCode([0], 6);
  writer.bits(0, 2); // two of the first symbol
  writer.bits(0, 1); // the other type
  writer.bits(3, 2); // for four literals
  writer.bits(3, 2); // of which two come, of the second symbol
}

const MODE_LSB6 = 0;
const MODE_UTF8 = 2;

test("literal types whose modes differ: their map is left out, the bytes are right", async () => {
  const writer = new BrotliWriter();
  writer.window16();
  writeTwoTypes(writer, [MODE_UTF8, MODE_LSB6], true);
  assert.deepEqual(await commandsOf(writer.finish()), [
    "window 16",
    "prediction utf8 dcontextmap 0 0 0 0",
    'insert 2 "aa"',
    "ltype 1 0",
    'insert 2 "bb"',
  ]);
});

test("a new metablock begins with types of 0, and a hint that stays is told once", async () => {
  const writer = new BrotliWriter();
  writer.window16();
  writeTwoTypes(writer, [MODE_UTF8, MODE_UTF8], false);
  writeTwoTypes(writer, [MODE_UTF8, MODE_UTF8], true);
  assert.deepEqual(await commandsOf(writer.finish()), [
    "window 16",
    `prediction utf8 lcontextmap${" 0".repeat(128)} dcontextmap 0 0 0 0`,
    ...['insert 2 "aa"', "ltype 1 0", 'insert 2 "bb"', "ltype 0 0"],
    ...['insert 2 "aa"', "ltype 1 0", 'insert 2 "bb"'],
  ]);
});
