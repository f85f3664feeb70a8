/** Sequential scans that no writer would have made: the kernel refuses them, by the right name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { segment, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import { STATUS, scanKernels, startAt } from "../../test/jpeg/scan-kernel.ts";
import { indexRows, restores, sequentialPlan } from "../../test/jpeg/scan-rows.ts";
import { forSeeds } from "../../test/random.ts";
import { readFirstScan } from "./jpeg-header.ts";

/** Negative results, from kernels/fault.ts. */
const FAULT = {
  coefficient: -25,
  call: -4,
  table: -20,
  code: -21,
  run: -22,
  padding: -23,
  restart: -24,
} as const;

/** Where the restart markers of a scan are. */
function markersOf(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
): number[] {
  const markers: number[] = [];
  for (let i = start; i < end; i++) {
    if (bytes[i] === 0xff && bytes[i + 1] !== 0) markers.push(i);
  }
  return markers;
}

test("what no canonical writer makes is a fault", async () => {
  const [kernel] = await scanKernels("simd");
  const read = (jpeg: Uint8Array): number => {
    const { scan, at } = readFirstScan(jpeg);
    assert.equal(kernel.open(scan), 0);
    kernel.handoff = startAt(at);
    return kernel.read(jpeg);
  };
  await forSeeds(20, (random) => {
    const size = { width: 40 + random.upTo(50), height: 40 + random.upTo(50) };
    const choices = { ...size, texture: TEXTURES.sparse, kind: "one scan" } as const;
    const samplings = random.pick(SAMPLINGS.slice(3));
    const plan = randomPlan(random, { ...choices, samplings });
    const dense = randomPlan(random, { ...choices, samplings, texture: TEXTURES.natural });
    const once = { garbage: new Uint8Array(0), restartInterval: 1 + random.upTo(3) };
    assert.equal(read(writeJpegParts({ ...plan, ...once }).bytes), STATUS.done);
    const zeros = { ...plan, quirks: { zerosBeforeEnd: true } };
    assert.equal(read(writeJpegParts(zeros).bytes), FAULT.run);
    const mixed = { ...dense, ...once, mixesPadding: true };
    assert.equal(read(writeJpegParts(mixed).bytes), FAULT.padding);

    const { bytes, scans } = writeJpegParts({ ...plan, ...once });
    const markers = markersOf(bytes, scans[0]!);
    const at = random.pick(markers.slice(0, -1));
    const wrong = bytes.slice();
    wrong[at + 1]! ^= 1 + random.upTo(7);
    assert.equal(read(wrong), FAULT.restart);
    const doubled = Buffer.concat([bytes.subarray(0, at + 2), bytes.subarray(at)]);
    assert.equal(read(doubled), FAULT.restart);
    const missing = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 2)]);
    assert.equal(read(missing), FAULT.restart);
  });
});

/** A scan of one block with tables of one DC symbol and one AC symbol. */
function oneBlock(
  dc: readonly number[],
  ac: readonly number[],
  data: readonly number[],
): Uint8Array {
  const table = (head: number, spec: readonly number[]): Uint8Array =>
    segment(0xc4, [head, ...spec.slice(0, 2), ...new Array(14).fill(0), ...spec.slice(2)]);
  const parts = [
    [0xff, 0xd8],
    segment(0xdb, [0, ...new Array(64).fill(1)]),
    segment(0xc0, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
    table(0x00, dc),
    table(0x10, ac),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
    data,
    [0xff, 0xd9],
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test("Huffman tables: a symbol's last code counts, and too many codes are a fault", async () => {
  const kernels = await scanKernels("simd");
  const [kernel] = kernels;
  const status = (jpeg: Uint8Array): number => {
    const { scan, at } = readFirstScan(jpeg);
    return indexRows(kernel, jpeg, scan, at).status;
  };
  // Counts of lengths 1 and 2, then symbols: size 0 twice for DC, end of block for AC.
  const [twice, end] = [
    [1, 1, 0, 0],
    [1, 0, 0],
  ];
  assert.ok(restores(kernels, oneBlock(twice, end, [0b10011111]), "10 0"));
  assert.equal(status(oneBlock(twice, end, [0b00011111, 0, 0, 0])), FAULT.code);
  assert.equal(status(oneBlock(twice, end, [0b11011111, 0, 0, 0])), FAULT.code);
  // Four times fifteen zeros and a one: 64 coefficients behind the DC.
  const [once, long] = [
    [1, 0, 0],
    [1, 1, 0x01, 0xf1],
  ];
  assert.equal(
    status(oneBlock(once, long, [0b01011011, 0b01101100, ...new Array(9).fill(0)])),
    FAULT.run,
  );
  // Nothing has the code 0 of these AC tables: the data end before it, or the code is wrong. The DC
  // has seven bits.
  const wide = [1, 0, 7];
  assert.ok(restores(kernels, oneBlock(wide, twice, [0x7f]).subarray(0, -2), "no code"));
  assert.equal(status(oneBlock(wide, twice, [0x7f, 0, 0, 0])), FAULT.code);
  assert.equal(status(oneBlock(wide, [1, 0, 0x0c], [0x7f, 0, 0, 0])), FAULT.coefficient);
  for (const full of [
    [2, 1, 0, 1, 2],
    [3, 0, 0, 1, 2],
  ]) {
    const jpeg = oneBlock(full, end, [0]);
    assert.equal(status(jpeg), FAULT.table);
    assert.equal(kernel.kernel.ask("makeHuffmanTable", 0, 1), 0);
  }
  assert.equal(kernel.kernel.ask("makeHuffmanTable", 8, 0), FAULT.call);
  assert.equal(kernel.kernel.ask("makeHuffmanTable", -1, 0), FAULT.call);
});

test("any tables and any data end in a status, the same in both builds", async () => {
  const both = [(await scanKernels("simd"))[0], (await scanKernels("scalar"))[0]] as const;
  await forSeeds(150, (random) => {
    const { bytes } = writeJpegParts(sequentialPlan(random));
    const { scan, at } = readFirstScan(bytes);
    const huffman = scan.huffman.map((spec) => {
      if (random.oneIn(2)) return spec;
      const changed = new Uint8Array(272);
      for (let i = 0, room = 1; i < 16; i++, room *= 2) {
        changed[i] = random.oneIn(2) ? 0 : random.upTo(Math.min(room + 1, 16));
        room -= changed[i]!;
      }
      changed.set(random.bytes(256), 16);
      return changed;
    });
    const data = random.content(random.upTo(6000));
    const jpeg = Buffer.concat([bytes.subarray(0, at), data]);
    const known = { ...scan, huffman, restartInterval: random.oneIn(2) ? 0 : random.upTo(9) };
    const takesNotes = random.oneIn(2);
    const ends = both.map((kernel) => {
      kernel.takesNotes = takesNotes;
      const found = indexRows(kernel, jpeg, known, at);
      if (kernel.open(known) < 0) return found;
      kernel.handoff = startAt(at);
      const status = kernel.read(jpeg);
      assert.equal(status, found.status);
      const { notes } = kernel;
      return { ...found, notes, store: Buffer.from(kernel.store()).toString("base64") };
    });
    assert.deepEqual(ends[0], ends[1]);
  });
});

test("restarts: all from one on may be missing, and the block before an end is known", async () => {
  const kernels = await scanKernels("simd");
  await forSeeds(10, (random) => {
    const size = { width: 8 * (12 + random.upTo(20)), height: 8 };
    const choices = { ...size, samplings: [[1, 1]] as const, texture: TEXTURES.natural };
    const plan = randomPlan(random, { ...choices, kind: "one scan" });
    const every = { ...plan, restartInterval: 1, garbage: new Uint8Array(0) };
    const { bytes, scans } = writeJpegParts(every);
    const markers = markersOf(bytes, scans[0]!);
    const k = random.upTo(markers.length);
    const seen = restores(kernels, bytes.slice(0, markers[k]), "cut before a restart");
    assert.deepEqual([seen?.earlyEnd, seen?.lastBlocks[0]], [true, k]);
    assert.equal(seen?.restarts, k);

    // Without eight of them in a row the numbers go on as if nothing was missing.
    const first = random.upTo(markers.length - 8);
    const dropped = new Set(markers.slice(first, first + 8).flatMap((at) => [at, at + 1]));
    const holed = bytes.filter((_, i) => !dropped.has(i));
    assert.equal(restores(kernels, holed, "eight missing"), undefined);
    const rest = new Set(markers.slice(first).flatMap((at) => [at, at + 1]));
    const shorter = bytes.filter((_, i) => !rest.has(i));
    assert.equal(restores(kernels, shorter, "the rest missing")?.restarts, first);
  });
});
