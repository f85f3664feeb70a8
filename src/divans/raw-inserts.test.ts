/** Raw inserts: what nothing foretells among the literals of an IR is coded as it is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { seeded } from "../../test/random.ts";
import { equalBytes } from "../core/bytes.ts";
import { type Ir, IrBuilder, IrCursor } from "../ir/index.ts";
import { decodeDivans } from "./decode.ts";
import { decodeDivansIr } from "./decode-ir.ts";
import { encodeIr, measureIr } from "./encode-ir.ts";
import { rawShortfall, withEvenInsertsRaw, withRawInserts } from "./raw-inserts.ts";
import { CONTENTS } from "./suite.ts";
import { COPY, INSERT, RAW } from "./unit-commands.ts";

const BIT = 64;
const HINT = 6;

const insert = (bytes: number): number => (bytes << 4) | INSERT;
const raw = (bytes: number): number => (bytes << 4) | RAW;

/** Kinds and lengths of what an IR is made of. */
function madeOf(ir: Ir): string[] {
  const cursor = new IrCursor(ir);
  const made: string[] = [];
  while (cursor.next()) made.push(`${cursor.kind} ${cursor.length}`);
  return made;
}

test("dear parts of long inserts become raw, wherever hints and copies stand", () => {
  // Bytes: 256 copied, then an insert of 64 cheap ones, 320 dear, 100 cheap.
  const prices = new Uint16Array(256 + 484).fill(3 * BIT);
  prices.fill(9 * BIT, 0, 256); // nobody's literals
  prices.fill(9 * BIT, 256 + 64, 256 + 384);
  // A hint makes no bytes, however long its own are.
  const words = Uint32Array.of((100 << 4) | HINT, 0, (256 << 4) | COPY, 7, insert(484), 0);
  const expected = [...words.subarray(0, 4), insert(64), 0, raw(320), 0, insert(100), 0];
  assert.deepEqual([...withRawInserts(words, prices)], expected);

  const short = prices.slice().fill(3 * BIT, 256 + 300);
  assert.equal(withRawInserts(words, short), words, "too few in a row");
  const rawPrices = new Uint16Array(256 + 484).fill(8 * BIT - 2);
  assert.equal(rawShortfall(words, rawPrices), 0);
  assert.equal(rawShortfall(Uint32Array.from(expected), rawPrices), (320 * 2) / (8 * BIT));
});

test("noise among the literals of an IR is coded as it is, and only that", async () => {
  const random = seeded(11);
  const text = CONTENTS["text"]!(random, 20_000);
  const noise = random.bytes(30_016);
  const builder = new IrBuilder().literalType(3, 1).insert(text).commandType(2).insert(noise);
  const ir = builder.insert(text.subarray(100, 9000)).copy(5000, 20_000).finish();
  const file = await encodeIr(ir);
  const { ir: back } = await decodeDivansIr(file);
  const made = madeOf(back);
  const noisy = made.filter((line) => line.startsWith("rndins"));
  const rawBytes = noisy.reduce((sum, line) => sum + Number(line.split(" ")[1]), 0);
  assert.ok(rawBytes > 29_000 && rawBytes < 31_000, made.join(", "));
  assert.deepEqual([made[0], made.at(-1)], ["ltype 0", "copy 5000"]);

  const plain = await decodeDivans(file);
  assert.ok(equalBytes(plain.subarray(0, 20_000), text));
  assert.ok(equalBytes(plain.subarray(20_000, 50_016), noise));
  assert.ok(equalBytes(await encodeIr(back), file), "the second time nothing changes");
  const bits = Object.values(await measureIr(ir)).reduce((sum, each) => sum + each, 0);
  assert.ok(Math.abs(bits / 8 - file.length) < 100, `${bits / 8} of ${file.length} bytes`);
});

test("a packed file's inserts grow by next to nothing", { skip: withoutCorpus }, async () => {
  const plain = corpusFile("general/slides-growing-liberty.otp");
  const file = await encodeIr(new IrBuilder().insert(plain).finish());
  assert.ok(file.length < plain.length, `${file.length} of ${plain.length} bytes`);
  assert.ok(equalBytes(await decodeDivans(file), plain));
});

test("without prices long inserts of even bytes are raw, and others stay", () => {
  const noise = seeded(2).bytes(30_000);
  const steps = Uint8Array.from(noise, (_, i) => i);
  const text = noise.map((byte) => byte & 63);
  const words = Uint32Array.of(insert(10_000), 0, (5000 << 4) | COPY, 9, insert(10_000), 0);
  assert.equal(rawBytes(withEvenInsertsRaw(words, noise)), 20_000);
  for (const plain of [steps, text]) assert.equal(withEvenInsertsRaw(words, plain), words);

  const half = noise.slice();
  half.set(text.subarray(0, 8 * 1024));
  const cut = withEvenInsertsRaw(words, half);
  assert.equal(rawBytes(cut), 20_000 - 8 * 1024);
  const short = Uint32Array.of(insert(1000), 0);
  assert.equal(withEvenInsertsRaw(short, noise), short);
});

function rawBytes(words: Uint32Array): number {
  let bytes = 0;
  for (let i = 0; i < words.length; i += 2) if ((words[i]! & 15) === RAW) bytes += words[i]! >>> 4;
  return bytes;
}
