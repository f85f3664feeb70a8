import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { concatenate, fromHex, toHex } from "../core/bytes.ts";
import type { FaultCode } from "../core/errors.ts";
import {
  JPEG_SCANS_MAXIMUM,
  JPEG_SEGMENTS_MAXIMUM,
  JPEG_TABLE_BYTES_MAXIMUM,
} from "../core/limits.ts";
import { holdsAll, samplingText } from "./jpeg-frame.ts";
import { JpegHeader, readFirstScan, requireRestorable } from "./jpeg-header.ts";
import { essentialSegments } from "./jpeg-markers.ts";
import { sniffJpeg } from "./jpeg-sniff.ts";

const TINY = readFileSync(new URL("../../test/vectors/lepton/tiny.jpg", import.meta.url));

const SOI = fromHex("ffd8");
const FRAME_GRAY = fromHex("ffc0000b080010002001011100");
const FRAME_TWO = fromHex("ffc2000e080011002102012100052201");
const SCAN_GRAY = fromHex("ffda0008010100003f00");
const RESTARTS = fromHex("ffdd00040007");

function segment(type: number, body: Uint8Array): Uint8Array {
  const size = body.length + 2;
  return concatenate([Uint8Array.of(0xff, type, size >> 8, size & 255), body]);
}

/** A DQT segment of one table with the values 1, 2, 3, ... in zigzag order. */
function quantizer(id: number, first = 1): Uint8Array {
  return segment(0xdb, Uint8Array.of(id, ...Array.from({ length: 64 }, (_, i) => first + i)));
}

function huffman(classAndId: number, symbol: number): Uint8Array {
  return segment(0xc4, Uint8Array.of(classAndId, 1, ...new Uint8Array(15), symbol));
}

function refused(parts: readonly Uint8Array[], code: FaultCode): void {
  const jpeg = concatenate([SOI, ...parts]);
  assert.throws(() => readFirstScan(jpeg), { code }, toHex(jpeg));
  const sniffed = sniffJpeg(jpeg, true);
  assert.ok(sniffed.kind === "refused" && sniffed.fault.code === code);
}

test("the first scan of a small JPEG, with the geometry of its blocks", () => {
  const { scan, at } = readFirstScan(TINY);
  assert.equal(at, 715);
  const { frame } = scan;
  assert.deepEqual([frame.width, frame.height, frame.progressive], [1, 1, false]);
  assert.deepEqual([frame.mcuColumns, frame.mcuRows, samplingText(frame)], [1, 1, "2x2,1x1,1x1"]);
  const luma = frame.components[0];
  assert.deepEqual(
    [luma?.columns, luma?.rows, luma?.scanColumns, luma?.scanRows, luma?.quantizer],
    [2, 2, 1, 1, 0],
  );
  assert.deepEqual(
    scan.components.map(({ index, dcTable, acTable }) => [index, dcTable, acTable]),
    [[0, 0, 0], [1, 1, 1], [2, 1, 1]], // biome-ignore format: a table
  );
  assert.ok(holdsAll(scan));
  requireRestorable(scan);
});

test("quantization tables come in raster order, 8 or 16 bits wide", () => {
  const wide = segment(0xdb, Uint8Array.of(0x13, ...new Uint8Array(128).fill(2)));
  const jpeg = concatenate([SOI, quantizer(0), wide, FRAME_GRAY, SCAN_GRAY]);
  const { scan, at } = readFirstScan(jpeg);
  assert.equal(at, jpeg.length);
  assert.deepEqual([...(scan.quantizers[0] ?? [])].slice(0, 9), [1, 2, 6, 7, 15, 16, 28, 29, 3]);
  assert.equal(scan.quantizers[0]?.[63], 64);
  assert.equal(scan.quantizers[1], undefined);
  assert.equal(scan.quantizers[3]?.[5], 0x0202);
});

test("a zero ends a quantization table, and the values before it stay behind it", () => {
  const cut = Uint8Array.of(0, 9, 0, ...new Uint8Array(62).fill(9));
  const header = concatenate([quantizer(0), segment(0xdb, cut), FRAME_GRAY, SCAN_GRAY]);
  const step = new JpegHeader().read(header, 0);
  assert.ok(step.kind === "scan");
  assert.deepEqual([...(step.scan.quantizers[0] ?? [])].slice(0, 3), [9, 0, 6]);
  // Only that of the DC is refused here; the model refuses others where they matter.
  requireRestorable(step.scan);
});

test("a quantizer of zero for the DC is refused", () => {
  const none = segment(0xdb, new Uint8Array(65));
  const step = new JpegHeader().read(concatenate([none, FRAME_GRAY, SCAN_GRAY]), 0);
  assert.ok(step.kind === "scan");
  assert.throws(() => requireRestorable(step.scan), { code: "UnsupportedJpegWithZeroIdct0" });
});

test("each scan of a header has the tables in force where its data begin", () => {
  const scan = fromHex("ffda000a0205120100003f21");
  const header = concatenate([
    ...[FRAME_TWO, huffman(0x00, 3), huffman(0x11, 4), RESTARTS, quantizer(0), scan],
    ...[huffman(0x00, 7), quantizer(0, 2), fromHex("ffda00080105110105"), Uint8Array.of(0x20)],
    ...[segment(0xfe, TINY)],
  ]);
  const reader = new JpegHeader();
  const first = reader.read(header, 0);
  assert.ok(first.kind === "scan");
  assert.deepEqual(
    first.scan.components.map(({ index, dcTable, acTable }) => [index, dcTable, acTable]),
    [[1, 1, 2], [0, 0, 0]], // biome-ignore format: a table
  );
  const { spectralStart, spectralEnd, high, low, restartInterval } = first.scan;
  assert.deepEqual([spectralStart, spectralEnd, high, low, restartInterval], [0, 63, 2, 1, 7]);
  assert.ok(!holdsAll(first.scan));
  const second = reader.read(header, first.at);
  assert.ok(second.kind === "scan");
  assert.deepEqual([second.scan.spectralStart, second.scan.spectralEnd], [1, 5]);
  assert.deepEqual([first.scan.huffman[0]?.[16], second.scan.huffman[0]?.[16]], [3, 7]);
  assert.equal(second.scan.huffman[5]?.[16], 4);
  assert.equal(first.scan.quantizers[0]?.[0], 1);
  assert.equal(reader.quantizers[0]?.[0], 2);
  assert.deepEqual(reader.read(header, second.at), { kind: "more", at: header.length });
  assert.equal(reader.scans, 2);
});

test("a header that comes in pieces is read as one that comes whole", () => {
  const whole = readFirstScan(TINY);
  const reader = new JpegHeader();
  let at = 2;
  for (let size = 2; size < whole.at; size++) {
    const step = reader.read(TINY.subarray(0, size), at);
    assert.ok(step.kind === "more" && step.at <= size, `${size}`);
    at = step.at;
  }
  const step = reader.read(TINY.subarray(0, whole.at), at);
  assert.deepEqual(step, { kind: "scan", at: whole.at, scan: whole.scan });
  // The stray byte behind a comment is no exception.
  const comment = concatenate([fromHex("fffe0003aa00"), FRAME_GRAY]);
  assert.deepEqual(new JpegHeader().read(comment.subarray(0, 6), 0), { kind: "more", at: 5 });
  assert.equal(new JpegHeader().read(comment, 0).kind, "more");
});

test("what cannot be restored is refused with the exit code of the Lepton programs", () => {
  const scan = SCAN_GRAY;
  refused([FRAME_GRAY], "ShortRead");
  refused([FRAME_GRAY, scan.subarray(0, 9)], "ShortRead");
  refused([FRAME_GRAY, fromHex("ffd9")], "UnsupportedJpeg");
  refused([scan], "UnsupportedJpeg");
  refused([FRAME_GRAY, FRAME_GRAY, scan], "UnsupportedJpeg");
  for (const type of [0x00, 0x01, 0xc3, 0xc9, 0xca, 0xcc, 0xd0, 0xd8, 0xdc, 0xf0, 0xff]) {
    refused([segment(type, new Uint8Array(8)), FRAME_GRAY, scan], "UnsupportedJpeg");
  }
  for (const body of [
    ...["0c0010002001011100", "080000002001011100", "080010000001011100", "0800100020"],
    ...["080010002000", "080010002001010100", "080010002001011000"],
    ...["080010002001011104", `0800100020${"05"}${"011100".repeat(5)}`],
  ]) {
    refused([segment(0xc0, fromHex(body)), scan], "UnsupportedJpeg");
  }
  const sampled = (factors: string): Uint8Array =>
    segment(0xc0, fromHex(`080010002001${"01"}${factors}00`));
  refused([sampled("13"), scan], "SamplingBeyondTwoUnsupported");
  refused([sampled("41"), scan], "SamplingBeyondTwoUnsupported");
  refused([sampled("15"), scan], "SamplingBeyondFourUnsupported");
  const four = fromHex("080010002004011100021100031100041100");
  refused([segment(0xc0, four), scan], "Unsupported4Colors");
  for (const body of [
    ...["000100003f00", "020100010000003f00", "010200003f00", "014000003f00", "010400003f00"],
    ...["01010001", "01010005043f", "010100004000", "0101000000c0", "01010000000c"],
  ]) {
    const progressive = Uint8Array.from(FRAME_GRAY).fill(0xc2, 1, 2);
    refused([progressive, segment(0xda, fromHex(body))], "UnsupportedJpeg");
  }
  for (const table of ["20", "04", "00", `00${"00".repeat(15)}01`, `00${"ff".repeat(16)}`]) {
    refused([segment(0xc4, fromHex(table)), FRAME_GRAY, scan], "UnsupportedJpeg");
  }
  for (const table of ["20", "04", "0001", `10${"01".repeat(64)}`]) {
    refused([segment(0xdb, fromHex(table)), FRAME_GRAY, scan], "UnsupportedJpeg");
  }
  refused([fromHex("ffdd000307"), FRAME_GRAY, scan], "UnsupportedJpeg");
  refused([fromHex("ffe00001"), FRAME_GRAY, scan], "UnsupportedJpeg");
  refused([fromHex("ffe0000200"), FRAME_GRAY, scan], "UnsupportedJpeg");
});

test("a picture of one component with sampling factors and restarts is refused", () => {
  const sampled = Uint8Array.from(FRAME_GRAY).fill(0x22, 11, 12);
  const read = (...parts: Uint8Array[]) =>
    readFirstScan(concatenate([SOI, quantizer(0), ...parts]));
  requireRestorable(read(sampled, SCAN_GRAY).scan);
  requireRestorable(read(RESTARTS, FRAME_GRAY, SCAN_GRAY).scan);
  const { scan } = read(RESTARTS, sampled, SCAN_GRAY);
  assert.throws(() => requireRestorable(scan), { code: "UnsupportedJpeg" });
  assert.throws(() => requireRestorable(read(FRAME_GRAY, SCAN_GRAY).scan, []), {
    code: "UnsupportedJpegWithZeroIdct0",
  });
});

test("scans are counted, and there is an end to them", () => {
  const reader = new JpegHeader();
  const header = concatenate([
    FRAME_GRAY,
    ...Array.from({ length: JPEG_SCANS_MAXIMUM + 1 }, () => SCAN_GRAY),
  ]);
  let at = 0;
  for (let scans = 1; scans <= JPEG_SCANS_MAXIMUM; scans++) {
    at = reader.read(header, at).at;
    assert.equal(reader.scans, scans);
  }
  assert.throws(() => reader.read(header, at), { code: "UnsupportedJpeg" });
});

test("a reader of any frame sees fill bytes and what Lepton cannot hold", () => {
  const four = segment(0xc0, fromHex("080010002004013100021100031100041100"));
  const step = new JpegHeader({ frames: "any" }).read(
    concatenate([Uint8Array.of(0xff, 0xff), four, SCAN_GRAY]),
    0,
  );
  assert.ok(step.kind === "scan");
  assert.equal(samplingText(step.scan.frame), "3x1,1x1,1x1,1x1");
});

test("the segments that decoding needs are those, in their order", () => {
  const parts = [segment(0xe1, TINY), fromHex("fffe0003aa00"), quantizer(0), FRAME_GRAY, RESTARTS];
  const header = concatenate([...parts, huffman(0, 1), SCAN_GRAY]);
  const needed = concatenate([quantizer(0), FRAME_GRAY, RESTARTS, huffman(0, 1), SCAN_GRAY]);
  assert.deepEqual(concatenate(essentialSegments(header)), needed);
});

test("a look at the beginning tells the sorts of JPEG apart", () => {
  assert.equal(sniffJpeg(new Uint8Array(0), true).kind, "none");
  assert.equal(sniffJpeg(fromHex("ffd800"), true).kind, "none");
  assert.equal(sniffJpeg(TINY, true).kind, "single");
  assert.equal(sniffJpeg(TINY.subarray(0, 700), false).kind, "undecided");
  assert.equal(sniffJpeg(TINY.subarray(0, 700), true).kind, "refused");
  const two = sniffJpeg(concatenate([SOI, FRAME_TWO]), false);
  assert.ok(two.kind === "multi" && two.scan === undefined && two.frame.width === 33);
  const scan = fromHex("ffda0008010500010500");
  assert.equal(sniffJpeg(concatenate([SOI, FRAME_TWO, scan, SOI]), false).kind, "multi");
});

test("headers of the corpus", { skip: withoutCorpus }, () => {
  for (const [name, kind, sampling] of [
    ["photos/nikon-d60", "single", "2x2,1x1,1x1"],
    ["progressive/photoshop-2", "multi", "1x1,1x1,1x1"],
    ["vectors/cathedral_db_non_int", "multi", "2x2,1x1,1x1"],
    ["vectors/gray2sf", "single", "2x2"],
    ["large/infinite-sea", "multi", "1x1,1x1,1x1"],
  ] as const) {
    const sniffed = sniffJpeg(corpusFile(`jpeg/${name}.jpg`), true);
    assert.equal(sniffed.kind, kind, name);
    assert.ok("scan" in sniffed && sniffed.scan !== undefined);
    assert.equal(samplingText(sniffed.scan.frame), sampling, name);
  }
  for (const [name, code] of [
    ["hostile/twelve-bit", "UnsupportedJpeg"],
    ["hostile/fill-bytes", "UnsupportedJpeg"],
    ["hostile/cmyk", "Unsupported4Colors"],
    ["hostile/sampling-15", "SamplingBeyondFourUnsupported"],
    ["hostile/trunc-in-header", "ShortRead"],
  ] as const) {
    assert.throws(() => readFirstScan(corpusFile(`jpeg/${name}.jpg`)), { code }, name);
  }
});

test("a header of a great many small segments is refused in little time", () => {
  const comments = new Uint8Array(4 * (JPEG_SEGMENTS_MAXIMUM + 1));
  for (let at = 0; at < comments.length; at += 4) comments.set([0xff, 0xfe, 0, 2], at);
  const enough = comments.subarray(0, 4 * JPEG_SEGMENTS_MAXIMUM);
  assert.equal(new JpegHeader().read(enough, 0).kind, "more");
  assert.throws(() => new JpegHeader().read(comments, 0), { code: "HeaderTooLarge" });
});

test("so is one of a great many tables", () => {
  const tables = segment(0xc4, new Uint8Array(17 * 3000));
  const count = Math.ceil(JPEG_TABLE_BYTES_MAXIMUM / tables.length) + 1;
  const header = concatenate(new Array<Uint8Array>(count).fill(tables));
  assert.throws(() => new JpegHeader().read(header, 0), { code: "HeaderTooLarge" });
});
