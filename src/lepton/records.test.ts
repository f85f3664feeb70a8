import assert from "node:assert/strict";
import { test } from "node:test";
import { concatenate, fromHex, toHex } from "../core/bytes.ts";
import type { FaultCode } from "../core/errors.ts";
import { JPEG_SCANS_MAXIMUM } from "../core/limits.ts";
import { type LeptonRecords, readRecords, writeRecords } from "./records.ts";

const HDR = fromHex("48445203000000ffd900");
const P0D = fromHex("5030447f");
const HH = fromHex("4848010000050000000000000000000000ffff"); // dc of component 3: -1

const RECORDS: LeptonRecords = {
  jpegHeader: fromHex("ffda00"),
  padding: 0x55,
  segments: [
    { startRow: 2, scanBytes: 0xfedcba98, overhang: 0xa0, overhangBits: 3, dc: [1, -2, 2047, -1] },
    { startRow: 9, scanBytes: 0, overhang: 0, overhangBits: 255, dc: [-32768, 0, 0, 32767] },
  ],
  restarts: [7, 70000],
  surplusRestarts: [0, 255],
  earlyEnd: { component: 2, position: 63, bit: 1, lastBlocks: [4000000000, 1, 2, 3] },
  chunkPrefix: fromHex("010203"),
  embeddingPrefix: fromHex("04"),
  notes: undefined,
  tail: fromHex("ffd900"),
};

const MINIMAL: LeptonRecords = {
  jpegHeader: fromHex("ffd900"),
  padding: 0x7f,
  segments: [{ startRow: 0, scanBytes: 5, overhang: 0, overhangBits: 0, dc: [0, 0, 0, -1] }],
  restarts: undefined,
  surplusRestarts: undefined,
  earlyEnd: undefined,
  chunkPrefix: undefined,
  embeddingPrefix: undefined,
  notes: undefined,
  tail: fromHex("ffd9"),
};

function refused(parts: readonly (Uint8Array | string)[], code: FaultCode): void {
  const bytes = concatenate(parts.map((part) => (typeof part === "string" ? text(part) : part)));
  assert.throws(() => readRecords(bytes), { code }, toHex(bytes));
}

function text(letters: string): Uint8Array {
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

test("records are read as they were written", () => {
  assert.deepEqual(readRecords(writeRecords(RECORDS)), {
    records: RECORDS,
    outputBytes: undefined,
  });
});

test("dense files may have notes on scans, Lepton's may not", () => {
  const [paddings, deviations] = [Uint8Array.of(0, 0x7f, 5), Uint32Array.of(3, 0, 9, 2)];
  const records = {
    ...RECORDS,
    notes: [{ paddings, deviations, restarts: Uint8Array.of(255, 9) }],
  };
  const written = writeRecords(records);
  assert.deepEqual(readRecords(written, "dense").records, records);
  assert.throws(() => readRecords(written), { code: "BadLeptonFile" });
  assert.deepEqual(readRecords(writeRecords(RECORDS), "dense").records, RECORDS);
});

test("what is as usual takes no record, and stands in the order of dropbox/lepton", () => {
  assert.equal(toHex(writeRecords(MINIMAL)), toHex(concatenate([HDR, P0D, HH])));
  assert.deepEqual(readRecords(concatenate([HDR, P0D, HH])).records, MINIMAL);
  const tags = "HDR P0D HH CRS FRS EEE PGR PGE GRB".split(" ");
  const written = Buffer.from(writeRecords(RECORDS)).toString("latin1");
  const places = tags.map((tag) => written.indexOf(tag));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
    `${places}`,
  );
  assert.equal(places[0], 0);
});

test("records of older files", () => {
  const read = (...parts: readonly Uint8Array[]) => readRecords(concatenate([HDR, ...parts]));
  assert.equal(read(fromHex("50414401")).records.padding, 0x7f);
  assert.equal(read(fromHex("50414400")).records.padding, 0);
  assert.equal(read(fromHex("504144ff")).records.padding, 0);
  assert.equal(read(P0D).records.segments, undefined);
  assert.equal(read(P0D, fromHex("53495a00010000")).outputBytes, 256);
  assert.deepEqual(read(P0D, fromHex("47524200000000")).records.tail, new Uint8Array(0));
  // What follows CMP belongs to nobody.
  assert.equal(read(P0D, text("CMPnonsense")).records.padding, 0x7f);
});

test("what breaks the rules of records is refused", () => {
  refused([], "BadLeptonFile");
  refused([P0D, HDR], "BadLeptonFile");
  refused([HDR, HH], "BadLeptonFile");
  refused([HDR, P0D, P0D], "BadLeptonFile");
  refused([HDR, P0D, "XYZ"], "BadLeptonFile");
  refused([HDR, P0D, "EE"], "BadLeptonFile");
  refused([HDR, P0D, "EEE", new Uint8Array(27)], "BadLeptonFile");
  refused([HDR, P0D, "GRB", fromHex("ffffffff")], "BadLeptonFile");
  refused([HDR, P0D, "CRS", fromHex("ffffffff")], "BadLeptonFile");
  refused([HDR, P0D, HH.subarray(0, 18)], "BadLeptonFile");
  refused([HDR, P0D, fromHex("484800")], "BadLeptonFile");
  refused([HDR, P0D, fromHex("484811"), new Uint8Array(17 * 16)], "BadLeptonFile");
  refused([HDR, P0D, "CNT", HDR], "VersionUnsupported");
  const many = JPEG_SCANS_MAXIMUM + 1;
  const count = Uint8Array.of(many & 255, many >> 8, 0, 0);
  refused([HDR, P0D, "FRS", count, new Uint8Array(many)], "BadLeptonFile");
  refused([HDR, P0D, "CRS", count, new Uint8Array(4 * many)], "BadLeptonFile");
  const [first, second] = RECORDS.segments ?? [];
  assert.ok(first !== undefined && second !== undefined);
  refused([writeRecords({ ...RECORDS, segments: [second, first] })], "StreamInconsistent");
  const bits = { ...first, overhangBits: 8 };
  refused([writeRecords({ ...RECORDS, segments: [bits] })], "StreamInconsistent");
});

test("a record of ours that asks for features keeps today's readers off", () => {
  const asks = (features: string): Uint8Array => concatenate([text("PTH"), fromHex(features)]);
  refused([HDR, P0D, HH, asks("0400000001000000")], "VersionUnsupported");
  refused([HDR, P0D, HH, asks("0400000000000080")], "VersionUnsupported");
  refused([HDR, P0D, HH, asks("020000000000")], "BadLeptonFile");
  const none = concatenate([HDR, P0D, HH, asks("0400000000000000")]);
  assert.deepEqual(readRecords(none).records, MINIMAL);
});

test("records that no reader would take are not written", () => {
  assert.throws(() => writeRecords({ ...MINIMAL, segments: undefined }), { kind: "bug" });
  assert.throws(() => writeRecords({ ...MINIMAL, surplusRestarts: [256] }), { kind: "bug" });
});
