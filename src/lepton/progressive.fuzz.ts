/**
 * Progressive scans of any data with any tables, and any coefficients in any scan: bytes, or a fault,
 * and the same in both builds.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TEXTURES } from "../../test/jpeg/jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "../../test/jpeg/jpeg-random.ts";
import { writeJpegParts } from "../../test/jpeg/jpeg-writer.ts";
import {
  openKernel,
  openNext,
  type ReadFile,
  type ReadScan,
  readFile,
  readScan,
  writeScan,
} from "../../test/jpeg/progressive-kernel.ts";
import { BLOCK_BYTES, type ScanKernel, STATUS } from "../../test/jpeg/scan-kernel.ts";
import { forSeeds, type Random } from "../../test/random.ts";
import { PithError } from "../core/errors.ts";
import type { HuffmanSpec, JpegScan } from "./jpeg-frame.ts";
import type { ScanNotes } from "./scan-notes.ts";

const ROUNDS = process.env["PITH_FULL"] === "1" ? 10_000 : 120;

/** A picture in progressive scans, small. */
function randomFile(random: Random): Uint8Array {
  const plan = randomPlan(random, {
    width: 1 + random.upTo(60),
    height: 1 + random.upTo(60),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "sparse", "dense", "extreme"] as const)],
    kind: random.pick(["usual", "script"]),
  });
  return writeJpegParts(plan).bytes;
}

/** A table with codes to spare, or without any. */
function randomSpec(random: Random): HuffmanSpec {
  const spec = new Uint8Array(272);
  let symbols = 0;
  for (let i = 0, room = 2; i < 16 && symbols < 200; i++, room *= 2) {
    spec[i] = random.oneIn(2) ? 0 : random.upTo(Math.min(room, 30));
    room -= spec[i]!;
    symbols += spec[i]!;
  }
  // Symbols that mean something in most scans, and some that do not.
  const likely = [0x00, 0x10, 0x20, 0x01, 0x11, 0x21, 0x02, 0xf0];
  for (let i = 16; i < 16 + symbols; i++) {
    spec[i] = random.oneIn(3) ? random.pick(likely) : random.upTo(256);
  }
  return spec;
}

function withOtherTables(random: Random, scan: JpegScan): JpegScan {
  const huffman = scan.huffman.map((spec) => (random.oneIn(3) ? spec : randomSpec(random)));
  return { ...scan, huffman, restartInterval: random.oneIn(2) ? 0 : random.upTo(9) };
}

/** What came of a scan: its status and, unless that is a fault, what stands in the store. */
function readOutcome(kernel: ScanKernel, jpeg: Uint8Array, scan: JpegScan): unknown {
  const opened = openNext(kernel, scan, 0);
  const status = opened < 0 ? opened : readScan(kernel, jpeg, scan);
  const store = Buffer.from(kernel.store(false)).toString("base64");
  if (status < 0) return { status };
  return { status, store, seen: kernel.seen, notes: kernel.notes };
}

function writeOutcome(
  kernel: ScanKernel,
  read: ReadScan,
  isCut: boolean,
  notes?: ScanNotes,
): unknown {
  const opened = openNext(kernel, read.scan, 0);
  if (opened < 0) return opened;
  const { status, bytes } = writeScan(kernel, read, isCut, notes);
  return { status, bytes: bytes.toString("base64") };
}

/** Notes that no reading has made. */
function randomNotes(random: Random): ScanNotes {
  const deviations = new Uint32Array(2 * random.upTo(40));
  for (let i = 0, block = 0; i < deviations.length; i += 2) {
    block += random.upTo(random.pick([2, 9]));
    deviations.set([block, random.upTo(random.pick([2, 5, 1 << 30]))], i);
    block += random.oneIn(30) ? 0 : 1;
  }
  const restarts = random.bytes(random.upTo(30));
  return { paddings: random.bytes(random.upTo(30)), deviations, restarts };
}

async function bothKernels(): Promise<readonly ScanKernel[]> {
  return [await openKernel("simd"), await openKernel("scalar", 2000)];
}

test("mutated files are read or refused, and what was read can be written", async () => {
  const kernels = await bothKernels();
  const faults = new Set<number>();
  await forSeeds(ROUNDS, (random) => {
    const jpeg = randomFile(random);
    const takesNotes = random.oneIn(2);
    for (const kernel of kernels) kernel.takesNotes = takesNotes;
    const [first] = readFile(kernels[0]!, jpeg).scans;
    for (let changes = 1 + random.upTo(3); changes > 0; changes--) {
      const at = first!.at + random.upTo(jpeg.length - first!.at);
      jpeg[at] = random.oneIn(2) ? random.upTo(256) : jpeg[at]! ^ (1 << random.upTo(8));
    }
    const ends = kernels.map((kernel) => {
      let file: ReadFile;
      try {
        file = readFile(kernel, jpeg);
      } catch (error) {
        // The header between two scans.
        if (error instanceof PithError) return error.code;
        throw error;
      }
      faults.add(file.fault);
      if (file.fault < 0) return file.fault;
      return file.scans.map((read) => writeOutcome(kernel, read, false));
    });
    assert.deepEqual(ends[0], ends[1]);
  });
  // Otherwise the mutations find one door only.
  for (const fault of [0, -21, -22, -28]) assert.ok(faults.has(fault), `${fault}`);
});

test("any data with any tables end in a status", async () => {
  const kernels = await bothKernels();
  await forSeeds(ROUNDS, (random) => {
    const jpeg = randomFile(random);
    const { scans } = readFile(kernels[0]!, jpeg);
    const place = random.upTo(scans.length);
    const scan = withOtherTables(random, scans[place]!.scan);
    const data = random.oneIn(2)
      ? random.bytes(random.upTo(3000))
      : new Uint8Array(random.upTo(50));
    const takesNotes = random.oneIn(2);
    const ends = kernels.map((kernel) => {
      kernel.takesNotes = takesNotes;
      assert.equal(kernel.open(scans[0]!.scan, false), 0);
      kernel.kernel.ask("clearPicture");
      for (const { scan: before, at } of scans.slice(0, place)) {
        openNext(kernel, before, at);
        assert.equal(readScan(kernel, jpeg, before), STATUS.done);
      }
      return readOutcome(kernel, data, scan);
    });
    assert.deepEqual(ends[0], ends[1]);
  });
});

test("any coefficients in any scan give bytes or a fault", async () => {
  const kernels = await bothKernels();
  await forSeeds(ROUNDS, (random) => {
    const { scans } = readFile(kernels[0]!, randomFile(random));
    const known = random.pick(scans);
    const spectrum = random.oneIn(2) ? {} : { low: random.upTo(14), high: random.upTo(14) };
    const scan = { ...withOtherTables(random, known.scan), ...spectrum };
    const seen = { ...known.seen, padding: random.upTo(256), restarts: random.upTo(9) };
    const isCut = random.oneIn(2);
    const filling = random.bytes(BLOCK_BYTES * (1 + random.upTo(7)));
    const notes = random.oneIn(2) ? randomNotes(random) : undefined;
    const ends = kernels.map((kernel) => {
      assert.equal(kernel.open(known.scan, false), 0);
      const store = kernel.store(false);
      for (let i = 0; i < store.length; i++) store[i] = filling[i % filling.length]!;
      return writeOutcome(kernel, { ...known, scan, seen }, isCut, notes);
    });
    assert.deepEqual(ends[0], ends[1]);
  });
});
