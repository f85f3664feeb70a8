/**
 * Sequential scans through the kernel: what it reads is what a JPEG's writer was given, and what it
 * writes is what it read, from any row on, in pieces of any size, in both builds.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { type JpegPlan, segment, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import {
  BLOCK_BYTES,
  indexRows,
  type ScanKernel,
  type ScanKernels,
  type Seen,
  STATUS,
  scanKernels,
  startAt,
  trip,
} from "../../test/jpeg/scan-kernel.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import type { JpegScan } from "./jpeg-frame.ts";
import { JPEG_START_BYTES, JpegHeader, readFirstScan } from "./jpeg-header.ts";

/** Negative results, from kernels/fault.ts. */
const FAULT = { call: -4, table: -20, code: -21, run: -22, padding: -23, restart: -24 } as const;

/** A random picture in sequential scans. */
function sequentialPlan(random: Random): JpegPlan {
  return randomPlan(random, {
    width: 1 + random.upTo(90),
    height: 1 + random.upTo(90),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "sparse", "dense", "flat", "extreme"] as const)],
    kind: random.pick(["one scan", "separate"]),
  });
}

/** Reads all scans of a JPEG into a store of the whole picture. @returns what each has shown */
function readScans(kernel: ScanKernel, jpeg: Uint8Array, random: Random): [JpegScan, Seen][] {
  const header = new JpegHeader();
  const scans: [JpegScan, Seen][] = [];
  for (let at = JPEG_START_BYTES; ; ) {
    const step = header.read(jpeg, at);
    if (step.kind !== "scan") return scans;
    const fault = scans.length === 0 ? kernel.open(step.scan, false) : kernel.openScan(step.scan);
    assert.equal(fault, 0);
    kernel.handoff = startAt(step.at);
    const piece = (): number => 1 + random.upTo(random.pick([3, 700, 9000]));
    assert.equal(kernel.read(jpeg, undefined, { piece }), STATUS.done);
    scans.push([step.scan, kernel.seen]);
    at = kernel.seen.end;
  }
}

/** What the store must hold of a picture: coefficients, and the mask by zigzag index. */
function assertStore(kernel: ScanKernel, { picture }: JpegPlan): void {
  const store = kernel.store(false);
  const view = new DataView(store.buffer, store.byteOffset, store.byteLength);
  let at = 0;
  for (const { coefficients } of picture.components) {
    for (let block = 0; block < coefficients.length; block += 64, at += BLOCK_BYTES) {
      const want = coefficients.subarray(block, block + 64);
      const got = new Int16Array(store.buffer, store.byteOffset + at, 64);
      assert.deepEqual(got, want);
      let bits = view.getBigUint64(at + 128, true);
      let count = 0;
      for (; bits > 0n; bits &= bits - 1n) count++;
      assert.equal(count, want.filter((value) => value !== 0).length);
    }
  }
}

/** Asserts that the first scan is written as it was read, if it can be. @returns whether it can */
function restores(kernels: ScanKernels, jpeg: Uint8Array, name: string): boolean {
  let first: { scan: JpegScan; at: number };
  try {
    first = readFirstScan(jpeg);
  } catch (error) {
    assert.ok(error instanceof PithError);
    return false;
  }
  const { scan, at } = first;
  if (scan.frame.progressive) return false;
  const { status, seen, handoffs } = indexRows(kernels[0], jpeg, scan, at);
  if (status < 0) {
    kernels[0].open(scan);
    kernels[0].handoff = startAt(at);
    assert.equal(kernels[0].read(jpeg), status, name);
    return false;
  }
  const whole = trip(kernels, jpeg, scan, startAt(at), seen);
  assert.deepEqual(whole.handoffs, handoffs, name);
  const want = jpeg.subarray(at, seen.end - 2 * seen.surplus);
  // Behind an early end comes what zeros make; a Lepton file holds the last two bytes as they are.
  const size = seen.earlyEnd ? Math.max(want.length - 2, 0) : whole.written.length;
  assert.equal(Buffer.compare(whole.written.subarray(0, size), want.subarray(0, size)), 0, name);
  if (!seen.earlyEnd) assert.equal(size, want.length, name);
  return true;
}

for (const variant of ["simd", "scalar"] as const) {
  describe(`scans (${variant})`, () => {
    test("random pictures: coefficients and bytes", async () => {
      const [kernel] = await scanKernels(variant);
      await forSeeds(60, (random) => {
        const plan = sequentialPlan(random);
        const keptRestarts = random.oneIn(3) ? { restartsKept: random.upTo(4) } : {};
        const surplus = random.oneIn(3) ? { surplusRestarts: random.upTo(9) } : {};
        const written = writeJpegParts({ ...plan, ...keptRestarts, ...surplus });
        const scans = readScans(kernel, written.bytes, random);
        assert.equal(scans.length, written.scans.length);
        assertStore(kernel, plan);
        for (const [i, [scan, seen]] of scans.entries()) {
          const { start, end } = written.scans[i]!;
          assert.equal(seen.end, end);
          assert.equal(kernel.openScan(scan), 0);
          kernel.handoff = startAt(start);
          assert.equal(kernel.beginWrite(seen), 0);
          const parts: Uint8Array[] = [];
          while (kernel.writeRow(parts) === STATUS.row);
          kernel.finish(parts, true);
          const surplusBytes = 2 * seen.surplus;
          const want = written.bytes.subarray(start, end - surplusBytes);
          assert.deepEqual(Buffer.concat(parts), Buffer.from(want));
        }
      });
    });

    test("photos row by row, and from any row on", { skip: withoutCorpus }, async () => {
      const kernels = await scanKernels(variant);
      const names = readdirSync(corpusPath("jpeg/photos")).filter((name) => name.endsWith(".jpg"));
      for (const [i, name] of names.entries()) {
        if (i % 6 !== (variant === "simd" ? 0 : 3)) continue;
        const jpeg = corpusFile(`jpeg/photos/${name}`);
        const { scan, at } = readFirstScan(jpeg);
        const { seen, handoffs } = indexRows(kernels[0], jpeg, scan, at);
        const whole = trip(kernels, jpeg, scan, startAt(at), seen);
        assert.deepEqual(whole.handoffs, handoffs);
        assert.equal(Buffer.compare(whole.written, jpeg.subarray(at, seen.end)), 0, name);
        const handoff = seeded(i).pick(handoffs);
        const rest = trip(kernels, jpeg, scan, handoff, seen);
        const from = jpeg.slice(handoff[1], seen.end);
        assert.equal(Buffer.compare(rest.written, from), 0, name);
      }
    });

    test("what both Leptons were tried with", { skip: withoutCorpus }, async () => {
      const kernels = await scanKernels(variant);
      let restored = 0;
      for (const folder of ["vectors", "hostile"]) {
        const path = corpusPath(`jpeg/${folder}`);
        for (const name of readdirSync(path).filter((one) => one.endsWith(".jpg"))) {
          restored += Number(restores(kernels, corpusFile(`jpeg/${folder}/${name}`), name));
        }
      }
      assert.equal(restored, 71);
    });

    test("a scan cut at every byte", async () => {
      const kernels = await scanKernels(variant);
      await forSeeds(6, (random) => {
        const written = writeJpegParts({ ...sequentialPlan(random), garbage: new Uint8Array(0) });
        const { start, end } = written.scans[0]!;
        for (let cut = start; cut < Math.min(end, start + 400); cut++) {
          const jpeg = written.bytes.slice(0, cut);
          assert.ok(restores(kernels, jpeg, `cut at ${cut}`));
        }
      });
    });
  });
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
    const markers: number[] = [];
    for (let i = scans[0]!.start; i < scans[0]!.end; i++) {
      if (bytes[i] === 0xff && bytes[i + 1] !== 0) markers.push(i);
    }
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
    const ends = both.map((kernel) => {
      const found = indexRows(kernel, jpeg, known, at);
      if (kernel.open(known) < 0) return found;
      kernel.handoff = startAt(at);
      const status = kernel.read(jpeg);
      assert.equal(status, found.status);
      return { ...found, store: Buffer.from(kernel.store()).toString("base64") };
    });
    assert.deepEqual(ends[0], ends[1]);
  });
});
