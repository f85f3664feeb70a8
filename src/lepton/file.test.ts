import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { brotliCompressSync, deflateSync } from "node:zlib";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { concatenate, equalBytes, fromHex, toHex, viewOf } from "../core/bytes.ts";
import type { FaultCode } from "../core/errors.ts";
import { LEPTON_HEADER_SLACK_BYTES, LEPTON_OUTPUT_BYTES_MAXIMUM } from "../core/limits.ts";
import { type LeptonHeader, LeptonReader, readLepton, writeLepton } from "./file.ts";
import { readFirstScan } from "./jpeg-header.ts";
import { writeRecords } from "./records.ts";

const vector = (name: string): Uint8Array =>
  readFileSync(new URL(`../../test/vectors/lepton/${name}`, import.meta.url));

const COLORSWAP = vector("colorswap.lep");
const TINY = vector("tiny.lep");

const refuses = (bytes: Uint8Array, code: FaultCode): Promise<void> =>
  assert.rejects(readLepton(bytes), { code }, toHex(bytes.subarray(0, 40)));

/** A file of which the parts are given, its sizes made to fit. */
function fileOf(start: Uint8Array, coded: Uint8Array, body: Uint8Array): Uint8Array {
  const file = concatenate([start, coded, fromHex("434d50"), body, new Uint8Array(4)]);
  viewOf(file).setUint32(24, coded.length, true);
  viewOf(file).setUint32(file.length - 4, file.length, true);
  return file;
}

/** The parts of tiny.lep. */
const START = TINY.slice(0, 28);
const CODED = TINY.slice(28, 28 + 502);
const BODY = TINY.slice(28 + 502 + 3, -4);

test("the worked example of the format", async () => {
  const { header, streams } = await readLepton(COLORSWAP);
  const { records } = header;
  assert.deepEqual([header.version, header.flavour, header.outputBytes], [1, "Z", 308]);
  assert.deepEqual([header.codedHeaderBytes, header.isLegacy], [204, false]);
  assert.deepEqual([header.arithmetic, header.rustVersion], [undefined, undefined]);
  const jpeg = vector("colorswap.jpg");
  const { at } = readFirstScan(jpeg);
  assert.deepEqual(toHex(records.jpegHeader), toHex(jpeg.subarray(2, at)));
  assert.deepEqual([records.padding, records.surplusRestarts], [0x7f, [0]]);
  assert.deepEqual(header.segments, [
    { startRow: 0, scanBytes: 5, overhang: 0, overhangBits: 0, dc: [0, 0, 0, 0] },
  ]);
  assert.deepEqual(toHex(records.tail), "ffd9");
  assert.deepEqual(streams.map(toHex), ["0007fd53000000000000000000"]);
  const tiny = await readLepton(TINY);
  assert.deepEqual(tiny.streams.map(toHex), ["000000004ef5ec000000"]);
  assert.equal(tiny.header.records.jpegHeader.length, 713);
});

test("a file that comes byte by byte is told as it comes", async () => {
  const told: string[] = [];
  const reader = new LeptonReader({
    header: ({ outputBytes }) => told.push(`header ${outputBytes}`),
    segment: (index, bytes) => told.push(`${index}: ${toHex(bytes)}`),
  });
  for (const [at, byte] of COLORSWAP.entries()) {
    await reader.feed(Uint8Array.of(byte));
    // The header is told with the last byte before the packets.
    assert.equal(told.length > 0, at >= 28 + 204 + 2, `${at}`);
  }
  reader.finish();
  const stream = told.slice(1).map((part) => part.slice(3));
  assert.deepEqual([told[0], stream.join("")], ["header 308", "0007fd53000000000000000000"]);
});

test("the bytes after the sizes tell who wrote the file", async () => {
  const told = async (
    writer: string,
  ): Promise<Pick<LeptonHeader, "arithmetic" | "rustVersion">> => {
    const file = Uint8Array.from(TINY);
    file.set(fromHex(writer), 8);
    const { arithmetic, rustVersion } = (await readLepton(file)).header;
    return { arithmetic, rustVersion };
  };
  const known = { dc16: true, adv16: true };
  assert.deepEqual(await told("4d53000000008337"), { arithmetic: known, rustVersion: 55 });
  const both = { dc16: false, adv16: true };
  assert.deepEqual(await told("4d5300000000823a"), { arithmetic: both, rustVersion: 58 });
  assert.deepEqual(await told("4d53000000000300"), { arithmetic: undefined, rustVersion: 0 });
  assert.deepEqual(await told("4d54000000008337"), {
    arithmetic: undefined,
    rustVersion: undefined,
  });
});

test("Brotli headers and an end marker in versions 2 and 4", async () => {
  const { header, streams } = await readLepton(TINY);
  const coded = brotliCompressSync(writeRecords(header.records));
  for (const version of [2, 4]) {
    const start = Uint8Array.from(START);
    start[2] = version;
    const file = fileOf(start, coded, concatenate([BODY, fromHex("fffeff")]));
    const read = await readLepton(file);
    assert.deepEqual(read.header.records, header.records);
    assert.deepEqual(read.streams, streams);
    await refuses(fileOf(start, coded, BODY), "BadLeptonFile");
    await refuses(fileOf(start, coded.subarray(0, 9), BODY), "BadLeptonFile");
    const bomb = brotliCompressSync(new Uint8Array(723 + LEPTON_HEADER_SLACK_BYTES + 1));
    await refuses(fileOf(start, bomb, BODY), "HeaderTooLarge");
  }
});

test("the body of the oldest files", async () => {
  const records = "484452020000000000" + "5030447f";
  const coded = deflateSync(fromHex(records));
  const body = (legacy: string): Uint8Array => fileOf(START, coded, fromHex(legacy));
  const { header, streams } = await readLepton(body("030500" + "0900" + "020000aa" + "000000bb"));
  assert.ok(header.isLegacy);
  assert.deepEqual(
    header.segments.map(({ startRow, overhangBits }) => [startRow, overhangBits]),
    [[0, 255], [5, 255], [9, 255]], // biome-ignore format: a table
  );
  assert.deepEqual(streams.map(toHex), ["bb", "", "aa"]);
  assert.equal((await readLepton(body("01" + "000000bb"))).header.segments.length, 1);
  await refuses(body("00"), "BadLeptonFile");
  await refuses(body(`11${"0000".repeat(16)}`), "BadLeptonFile");
  await refuses(body("0305000400" + "000000bb"), "StreamInconsistent");
});

test("what is no Lepton file, or one of another kind, is refused", async () => {
  const changed = (at: number, ...bytes: number[]): Uint8Array => {
    const file = Uint8Array.from(TINY);
    file.set(bytes, at);
    return file;
  };
  await refuses(new Uint8Array(0), "BadLeptonFile");
  await refuses(vector("tiny.jpg"), "BadLeptonFile");
  await refuses(changed(0, 0xce, 0xb6), "BadLeptonFile");
  await refuses(changed(2, 3), "VersionUnsupported");
  await refuses(changed(2, 5), "VersionUnsupported");
  await refuses(changed(2, 0), "VersionUnsupported");
  await refuses(changed(3, 0x57), "BadLeptonFile");
  await refuses(changed(23, 0x10), "OutputLimit");
  await refuses(changed(24, 0xff, 0xff, 0xff, 0xff), "HeaderTooLarge");
  await refuses(changed(24, 0, 0, 0, 1), "BadLeptonFile");
  await refuses(changed(40, 0), "BadLeptonFile");
  await refuses(changed(530, 0x44), "BadLeptonFile");
  await refuses(concatenate([TINY, Uint8Array.of(0)]), "BadLeptonFile");
  await refuses(fileOf(START, concatenate([CODED, Uint8Array.of(0)]), BODY), "BadLeptonFile");
});

test("a header may be a little longer than the output, and no more", async () => {
  const { header } = await readLepton(TINY);
  const filled = (size: number): Uint8Array => {
    const bare = writeRecords({ ...header.records, embeddingPrefix: new Uint8Array(0) });
    const embeddingPrefix = new Uint8Array(size - bare.length);
    return fileOf(START, deflateSync(writeRecords({ ...header.records, embeddingPrefix })), BODY);
  };
  await readLepton(filled(723 + LEPTON_HEADER_SLACK_BYTES));
  await refuses(filled(723 + LEPTON_HEADER_SLACK_BYTES + 1), "HeaderTooLarge");
});

test("a size in the records counts instead of the one before them", async () => {
  const size = (hex: string): Uint8Array =>
    fileOf(START, deflateSync(fromHex(`48445200000000${"5030447f"}53495a${hex}`)), fromHex("01"));
  assert.equal((await readLepton(size("07000000"))).header.outputBytes, 7);
  await refuses(size("01000008"), "OutputLimit");
  assert.equal(LEPTON_OUTPUT_BYTES_MAXIMUM, 0x08000000);
});

test("a file that is cut anywhere is refused", async () => {
  for (let size = 0; size < COLORSWAP.length; size++) {
    await refuses(COLORSWAP.subarray(0, size), "BadLeptonFile");
  }
});

test("a file is read as it was written", async () => {
  const { header, streams } = await readLepton(COLORSWAP);
  const parts = { flavour: "X", outputBytes: 77, records: header.records, streams } as const;
  const file = await writeLepton(parts);
  const again = await readLepton(file);
  assert.deepEqual([again.header.flavour, again.header.outputBytes], ["X", 77]);
  assert.deepEqual(again.header.records, header.records);
  assert.deepEqual(again.streams, streams);
  // Who wrote it is said without a word on arithmetic; as many threads as there are segments.
  assert.equal(toHex(file.subarray(0, 20)), `cf8401580100000050697468${"00".repeat(8)}`);
  await assert.rejects(writeLepton({ ...parts, streams: [] }), { kind: "bug" });
});

/** Records of some vectors, from the format's own table: a stranger's count, not ours. */
const KNOWN: Readonly<Record<string, string>> = {
  android: "129432 Z HDR:8795 P0D:127 HH:1 FRS:0",
  androidcropoptions: "56191 Z HDR:5433 P0D:127 HH:1 CRS:5 FRS:0",
  androidprogressive_garbage:
    "145832 X HDR:6672 P0D:127 HH:2 CRS:20,20,20,20,20,20,20,20,20,20 FRS:0,0,0,0,0,0,0,0,0,0 GRB:40",
  cathedral_db_non_int: "690601 X HDR:468 P0D:127 HH:8 FRS:0,0,0",
  cathedral_db_non_int_rustold: "690601 Z HDR:291 P0D:255 HH:8 GRB:72088",
  "dropbox-iphone-16threads": "2236391 Z HDR:16977 P0D:127 HH:16 CRS:152 FRS:0",
  eof_and_trailingrst: "57533 Z HDR:361 P0D:127 HH:1 CRS:154 FRS:2 EEE GRB:11",
  gray2sf: "100309 Z HDR:305 P0D:255 HH:1 EEE GRB:2",
  narrowrst: "35243 Z HDR:361 P0D:127 HH:1 CRS:94 EEE GRB:2",
  "dropbox-narrowrst-v4": "35243 Z HDR:361 P0D:127 HH:1 CRS:94 EEE GRB:2",
  "permissive-any-bytes": "5000 Y HDR:156 P0D:0 HH:8 PGE:5000 GRB:0",
  "rhythm-chunk2": "583916 Y HDR:609 P0D:127 HH:8 CRS:299 FRS:0 PGR:4877",
  trailingrst2: "73002 Z HDR:419 P0D:127 HH:1 CRS:12 FRS:1",
  zeros_in_dqt_tables: "3783068 Z HDR:54157 P0D:127 HH:8 FRS:0 GRB:1663430",
};

function told({ outputBytes, flavour, records, isLegacy }: LeptonHeader): string {
  const { segments, restarts, surplusRestarts, earlyEnd, chunkPrefix, embeddingPrefix } = records;
  const words = [outputBytes, flavour, `HDR:${records.jpegHeader.length} P0D:${records.padding}`];
  if (!isLegacy) words.push(`HH:${segments?.length}`);
  if (restarts !== undefined) words.push(`CRS:${restarts}`);
  if (surplusRestarts !== undefined) words.push(`FRS:${surplusRestarts}`);
  if (earlyEnd !== undefined) words.push("EEE");
  if (chunkPrefix !== undefined) words.push(`PGR:${chunkPrefix.length}`);
  if (embeddingPrefix !== undefined) words.push(`PGE:${embeddingPrefix.length}`);
  if (toHex(records.tail) !== "ffd9") words.push(`GRB:${records.tail.length}`);
  return words.join(" ");
}

test("all vectors are read, and read the same when written anew", {
  skip: withoutCorpus,
}, async () => {
  const names = readdirSync(corpusPath("jpeg/vectors")).filter((name) => name.endsWith(".lep"));
  assert.ok(names.length >= 51, `${names.length}`);
  const none = new Uint8Array(0);
  for (const name of names) {
    const bytes = corpusFile(`jpeg/vectors/${name}`);
    const { header, streams } = await readLepton(bytes);
    const known = KNOWN[name.slice(0, -".lep".length)];
    if (known !== undefined) assert.equal(told(header), known, name);
    // Streams, header and what is told of it are all that there is, heads of packets apart.
    const streamBytes = streams.reduce((sum, { length }) => sum + length, 0);
    const heads = bytes.length - 28 - header.codedHeaderBytes - 3 - 4 - streamBytes;
    assert.ok(heads >= 0 && heads < 64 + bytes.length / 4096, `${name} ${heads}`);
    if (header.isLegacy) continue;
    const { flavour, outputBytes, records } = header;
    const file = await writeLepton({ flavour, outputBytes, records, streams });
    const again = await readLepton(file);
    assert.deepEqual(again.header.records, records, name);
    assert.ok(
      again.streams.every((stream, i) => equalBytes(stream, streams[i] ?? none)),
      name,
    );
  }
});
