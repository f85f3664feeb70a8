/**
 * Chunks against dropbox/lepton's: for the same bytes of the same JPEG its file and ours say the same of
 * the picture, and where a segment begins with the same row the coded bytes are the same.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { corpusFile, withoutCorpus } from "../../test/corpus.ts";
import { encodeLepton } from "./encode.ts";
import { readLepton } from "./file.ts";

const FULL = process.env["PITH_FULL"] === "1";
/** Those of dropbox/lepton's chunks that the short run takes. */
const SHORT: readonly string[] = ["iphone-chunk0of4", "iphone-chunk1of4", "iphone-chunk3of4"];
/** Bytes of the next segment that ours may reach into, so that the last row is whole in both. */
const BEYOND_BYTES = 64;
/** How coders end their bytes is up to them. */
const LAST_BYTES = 8;

interface Vector {
  readonly name: string;
  readonly jpeg: string;
  readonly start: number;
  readonly end: number;
}

function vectors(): Vector[] {
  const table = new TextDecoder().decode(corpusFile("jpeg/vectors/vectors.csv"));
  const found: Vector[] = [];
  for (const line of table.split("\n")) {
    const [, name, jpeg, start, end] = /^(.*chunk.*)\.lep,(.*?),(\d+):(\d+),/.exec(line) ?? [];
    if (name === undefined || jpeg === undefined) continue;
    found.push({ name, jpeg, start: Number(start), end: Number(end) });
  }
  return found;
}

test("chunks say what dropbox/lepton's say", { skip: withoutCorpus }, async () => {
  const all = vectors();
  assert.equal(all.length, 8);
  for (const { name, jpeg: file, start, end } of all) {
    if (!FULL && !SHORT.includes(name)) continue;
    const jpeg = corpusFile(`jpeg/vectors/${file}`);
    const range = { startByte: start, bytes: end - start };
    const theirs = await readLepton(corpusFile(`jpeg/vectors/${name}.lep`));
    const ours = await readLepton(await encodeLepton(jpeg, { ...range, segments: 1 }));
    const [wanted, made] = [theirs.header.records, ours.header.records];
    assert.equal(ours.header.flavour, theirs.header.flavour, name);
    assert.deepEqual(made.jpegHeader, wanted.jpegHeader, name);
    assert.deepEqual(made.chunkPrefix, wanted.chunkPrefix, name);
    assert.deepEqual(made.earlyEnd?.lastBlocks, wanted.earlyEnd?.lastBlocks, name);
    assert.equal(made.padding, wanted.padding, name);
    // Where all restart markers are there, we say so by saying nothing.
    if (wanted.earlyEnd !== undefined) assert.deepEqual(made.restarts, wanted.restarts, name);
    assert.deepEqual(made.tail, wanted.tail, name);
    await assertSegments(name, jpeg.subarray(0, end), start, theirs);
  }
});

/** Codes each segment alone, as the bytes of the JPEG from its first one on. */
async function assertSegments(
  name: string,
  jpeg: Uint8Array,
  start: number,
  { header, streams }: Awaited<ReturnType<typeof readLepton>>,
): Promise<void> {
  let at = start + (header.records.chunkPrefix?.length ?? 0);
  for (const [i, segment] of header.segments.entries()) {
    // The first chunk's prefix is its header, which its first segment begins behind.
    const isFirst = header.flavour === "Z" && i === 0;
    const bytes = segment.scanBytes + (isFirst ? header.records.jpegHeader.length : 0);
    const range = { startByte: isFirst ? 0 : at, bytes: bytes + BEYOND_BYTES };
    const file = await encodeLepton(jpeg, { ...range, segments: 1, verify: false });
    const alone = await readLepton(file);
    const [made] = alone.header.segments;
    const what = `${name}, segment ${i}`;
    assert.equal(made?.startRow, segment.startRow, what);
    assert.equal(made.overhang, segment.overhang, what);
    assert.equal(made.overhangBits, segment.overhangBits, what);
    assert.deepEqual(made.dc, segment.dc, what);
    const [wanted, coded] = [streams[i], alone.streams[0]];
    assert.ok(wanted !== undefined && coded !== undefined);
    const length = wanted.length - LAST_BYTES;
    assert.ok(length > 0 && coded.length > length, what);
    assert.equal(Buffer.compare(coded.subarray(0, length), wanted.subarray(0, length)), 0, what);
    at += bytes + (isFirst ? 2 : 0);
  }
}
