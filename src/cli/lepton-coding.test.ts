import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { FAULTS, type FaultCode, PithError } from "../core/errors.ts";
import type { CodingOptions, Outcome } from "./coding.ts";
import { decodeLeptonFile, encodeLeptonFile, looksLikeJpeg } from "./lepton-coding.ts";

const vector = (name: string): Uint8Array =>
  readFileSync(new URL(`../../test/vectors/lepton/${name}`, import.meta.url));
const JPEG = vector("tiny.jpg");
const LEPTON = vector("tiny.lep");

const HOW: CodingOptions = {
  format: "lep",
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

/** A source that counts what is taken of it, and never ends when `rest` is given. */
function watched(beginning: Uint8Array, rest?: Uint8Array) {
  const watch = { bytes: 0, left: false };
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (let piece = beginning; ; piece = rest) {
        watch.bytes += piece.length;
        yield piece;
        if (rest === undefined) return;
      }
    } finally {
      watch.left = true;
    }
  }
  return { watch, source: source() };
}

async function encoded(
  plain: AsyncIterable<Uint8Array>,
  how: Partial<CodingOptions> = {},
  done?: (bytes: number) => void,
): Promise<{ lepton: Buffer; outcome: Outcome | undefined }> {
  let outcome: Outcome | undefined;
  const lepton = await collect(
    encodeLeptonFile({ plain, done }, { ...HOW, ...how }, (ended) => {
      outcome = ended;
    }),
  );
  return { lepton, outcome };
}

async function decoded(
  lepton: AsyncIterable<Uint8Array>,
): Promise<{ jpeg: Buffer; outcome: Outcome | undefined }> {
  let outcome: Outcome | undefined;
  const jpeg = await collect(
    decodeLeptonFile(lepton, 1, "wrapping", (ended) => {
      outcome = ended;
    }),
  );
  return { jpeg, outcome };
}

/** Asserts that coding is refused with this fault, and what the line says. */
async function assertRefused(
  code: FaultCode,
  says: RegExp,
  plain: AsyncIterable<Uint8Array>,
  how: Partial<CodingOptions> = {},
): Promise<void> {
  await assert.rejects(encoded(plain, how), (error: unknown) => {
    assert.ok(error instanceof PithError);
    assert.deepEqual([error.code, error.number], [code, FAULTS[code].number]);
    assert.match(error.message, says);
    return true;
  });
}

test("a JPEG goes there and back, in pieces of any size", async () => {
  for (const size of [1, 7, 1000]) {
    const { lepton, outcome } = await encoded(inPieces(JPEG, size));
    assert.deepEqual(outcome, { codec: "lepton", verified: true });
    assert.ok(lepton.length < JPEG.length);
    const back = await decoded(inPieces(lepton, size));
    assert.ok(back.jpeg.equals(JPEG));
    // Nothing in the file proves it.
    assert.deepEqual(back.outcome, { codec: "lepton", verified: false });
  }
});

test("files of another program are read, and cut ones are refused", async () => {
  assert.ok((await decoded(inPieces(LEPTON, 10))).jpeg.equals(JPEG));
  const cut = inPieces(LEPTON.subarray(0, -1), 100);
  await assert.rejects(decoded(cut), { code: "BadLeptonFile" });
});

test("a part is what is asked for, and the outcome counts only that", async () => {
  const range = { start: 0, bytes: 721 };
  const { lepton, outcome } = await encoded(inPieces(JPEG, 50), { range });
  assert.deepEqual(outcome, { codec: "lepton", verified: true, plainBytes: 721 });
  const { jpeg } = await decoded(inPieces(lepton, 1000));
  assert.ok(jpeg.equals(JPEG.subarray(0, 721)));
  // One byte more than the file has is all of it.
  const all = await encoded(inPieces(JPEG, 50), { range: { start: 0, bytes: JPEG.length + 1 } });
  assert.equal(all.outcome?.plainBytes, JPEG.length);
  assert.deepEqual(all.lepton, (await encoded(inPieces(JPEG, 50))).lepton);
});

test("a refusal says what can be done", async () => {
  const text = new TextEncoder().encode("words, and more words");
  const advice = /try "a \.pith file: it takes any content"\)$/;
  await assertRefused("UnsupportedJpeg", advice, inPieces(text, 5));
  await assertRefused("ShortRead", advice, inPieces(new Uint8Array(0), 1));
  await assertRefused("ShortRead", advice, inPieces(JPEG.subarray(0, 100), 99));
  const range = { start: JPEG.length - 1, bytes: undefined };
  await assertRefused("OnlyGarbageNoJpeg", advice, inPieces(JPEG, 99), { range });
});

test("what is wrong with the words is told as that", async () => {
  const range = { start: JPEG.length, bytes: undefined };
  await assertRefused("BadUsage", /not below the file's 723 bytes/, inPieces(JPEG, 99), { range });
  // No JPEG is the greater fault.
  const text = new TextEncoder().encode("words");
  await assertRefused("UnsupportedJpeg", /not a JPEG/, inPieces(text, 5), { range });
});

test("no more is read than the answer needs", async () => {
  const piece = new Uint8Array(1 << 20);
  const noise = watched(Uint8Array.of(0xff, 0xd8, 0), piece);
  await assertRefused("UnsupportedJpeg", /not a JPEG/, noise.source);
  assert.deepEqual(noise.watch, { bytes: 3, left: true });
  const part = watched(JPEG, piece);
  const { lepton } = await encoded(part.source, { range: { start: 0, bytes: 721 } });
  assert.deepEqual(part.watch, { bytes: JPEG.length, left: true });
  assert.equal((await decoded(inPieces(lepton, 1000))).jpeg.length, 721);
  const endless = watched(JPEG, piece);
  await assertRefused("OutputLimit", /\(bytes 134217729, maximum 134217728,/, endless.source);
  assert.ok(endless.watch.bytes < 130 << 20);
});

test("progress comes with coding, and sums up to the file", async () => {
  const steps: number[] = [];
  await encoded(inPieces(JPEG, 50), {}, (bytes) => steps.push(bytes));
  assert.ok(steps.length > 1 && steps.every((bytes) => bytes > 0), steps.join());
  assert.equal(
    steps.reduce((sum, bytes) => sum + bytes, 0),
    JPEG.length,
  );
});

test("JPEGs are known by three bytes", () => {
  assert.ok(looksLikeJpeg(JPEG));
  assert.ok(!looksLikeJpeg(JPEG.subarray(0, 2)));
  assert.ok(!looksLikeJpeg(LEPTON));
});
