/**
 * Sequential scans through the kernel: what it reads is what a JPEG's writer was given, and what it
 * writes is what it read, from any row on, in pieces of any size, in both builds.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../../test/corpus.ts";
import { type JpegPlan, writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import {
  BLOCK_BYTES,
  type ScanKernel,
  type Seen,
  STATUS,
  scanKernels,
  startAt,
} from "../../test/jpeg/scan-kernel.ts";
import { indexRows, restores, sequentialPlan, trip } from "../../test/jpeg/scan-rows.ts";
import { forSeeds, type Random, seeded } from "../../test/random.ts";
import type { JpegScan } from "./jpeg-frame.ts";
import { JPEG_START_BYTES, JpegHeader, readFirstScan } from "./jpeg-header.ts";

/** What dropbox/lepton's files of these vectors say in their records of the early end. */
const DROPBOX_LAST_BLOCKS: Readonly<Record<string, readonly number[]>> = {
  "gray2sf.jpg": [4188, 0, 0, 0],
  "narrowrst.jpg": [5733, 1425, 1425, 0],
  "nofsync.jpg": [155, 36, 36, 0],
  "trunc.jpg": [55940, 55939, 55939, 0],
  "truncatedzerorun.jpg": [809, 808, 808, 0],
};

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
      const ends: Record<string, readonly number[]> = {};
      let restored = 0;
      for (const folder of ["vectors", "hostile"]) {
        const path = corpusPath(`jpeg/${folder}`);
        for (const name of readdirSync(path).filter((one) => one.endsWith(".jpg"))) {
          const seen = restores(kernels, corpusFile(`jpeg/${folder}/${name}`), name);
          if (seen === undefined) continue;
          restored += 1;
          if (seen.earlyEnd && folder === "vectors") ends[name] = seen.lastBlocks;
        }
      }
      assert.equal(restored, 71);
      assert.partialDeepStrictEqual(ends, DROPBOX_LAST_BLOCKS);
    });

    test("a scan cut at every byte", async () => {
      const kernels = await scanKernels(variant);
      await forSeeds(6, (random) => {
        const written = writeJpegParts({ ...sequentialPlan(random), garbage: new Uint8Array(0) });
        const { start, end } = written.scans[0]!;
        for (let cut = start; cut < Math.min(end, start + 400); cut++) {
          const jpeg = written.bytes.slice(0, cut);
          const seen = restores(kernels, jpeg, `cut at ${cut}`);
          assert.ok(seen !== undefined);
          if (seen.earlyEnd) assert.equal(seen.end, cut);
        }
      });
    });
  });
}
