import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { concatenate, equalBytes, fromHex } from "../core/bytes.ts";
import { readLepton } from "./file.ts";
import { readGroups } from "./jpeg-groups.ts";
import { readFirstScan } from "./jpeg-header.ts";
import { essentialSegments } from "./jpeg-markers.ts";

const FRAME = fromHex("ffc0000b080010002001011100");
const SCAN = fromHex("ffda0008010100003f00");
const table = (value: string): Uint8Array => fromHex(`ffdb004300${value.repeat(64)}`);

test("behind the only scan anything may stand, and its tables count at the end", () => {
  const record = concatenate([table("07"), FRAME, SCAN, table("09"), fromHex("54dd")]);
  const { groups, first, restAt, finalQuantizers } = readGroups(record);
  assert.equal(groups.length, 1);
  assert.deepEqual([first.start, first.end, restAt], [0, record.length - 71, record.length - 71]);
  assert.deepEqual([first.scan.quantizers[0]?.[0], finalQuantizers[0]?.[0]], [7, 9]);
});

test("groups of several scans follow each other without a gap", () => {
  const progressive = Uint8Array.from(FRAME).fill(0xc2, 1, 2);
  const record = concatenate([progressive, SCAN, table("01"), SCAN, fromHex("fffe0002")]);
  const { groups, restAt } = readGroups(record);
  assert.deepEqual(
    groups.map(({ start, end }) => [start, end]),
    [[0, 23], [23, 102]], // biome-ignore format: a table
  );
  assert.equal(restAt, 102);
  const broken = concatenate([progressive, SCAN, fromHex("54dd")]);
  assert.throws(() => readGroups(broken), { code: "UnsupportedJpeg" });
  assert.throws(() => readGroups(FRAME), { code: "UnsupportedJpeg" });
});

test("header records of all vectors", { skip: withoutCorpus }, async () => {
  const scans: Record<string, number> = {
    ...{ androidprogressive: 10, androidprogressive_garbage: 10, cathedral_db_non_int: 3 },
    ...{ half_scan: 3, half_scan_rust55: 3, iphoneprogressive: 10, iphoneprogressive2: 10 },
    ...{ "iphoneprogressive-v2brotli": 10, pixelated: 4, progressive_late_dht: 6, truncbad: 7 },
  };
  for (const name of readdirSync(corpusPath("jpeg/vectors"))) {
    if (!name.endsWith(".lep")) continue;
    const { header } = await readLepton(corpusFile(`jpeg/vectors/${name}`));
    const { groups, first } = readGroups(header.records.jpegHeader);
    assert.equal(groups.length, scans[name.slice(0, -4)] ?? 1, name);
    const v = first.scan.frame.components[0]?.v ?? 0;
    assert.ok(
      header.segments.every(({ startRow }) => startRow % v === 0),
      name,
    );
  }
});

test("a chunk's header holds the segments that dropbox/lepton keeps", {
  skip: withoutCorpus,
}, async () => {
  for (const [picture, chunk] of [
    ["vectors/iphone", "iphone-chunk2of4"],
    ["large/elephants-baseline", "elephants-chunk4"],
    ["large/rhythm-baseline-restart", "rhythm-chunk1"],
  ]) {
    const jpeg = corpusFile(`jpeg/${picture}.jpg`);
    const { at } = readFirstScan(jpeg);
    const { header } = await readLepton(corpusFile(`jpeg/vectors/${chunk}.lep`));
    const essential = concatenate(essentialSegments(jpeg.subarray(2, at)));
    assert.ok(equalBytes(essential, header.records.jpegHeader), chunk);
  }
});
