/**
 * Drives files of several scans through the kernel from tests: all of them into one store of the whole
 * picture, and out of it again one by one.
 *
 * A single scan, and the windows: scan-kernel.ts. Fields are those of kernels/jpeg/scan.ts.
 */
import assert from "node:assert/strict";
import { type KernelVariant, loadKernel } from "../../src/core/kernel.ts";
import type { JpegScan } from "../../src/lepton/jpeg-frame.ts";
import { JPEG_START_BYTES, JpegHeader } from "../../src/lepton/jpeg-header.ts";
import type { ScanNotes } from "../../src/lepton/scan-notes.ts";
import type { Random } from "../random.ts";
import { ScanKernel, type Seen, STATUS, startAt } from "./scan-kernel.ts";

/** Fields of SCAN that test/jpeg/scan-kernel.ts does not know. */
const FIELD = { earlyEnd: 21, seenPadding: 24 } as const;

export interface ReadScan {
  readonly scan: JpegScan;
  readonly at: number;
  readonly seen: Seen;
}

/** The scans of a file as far as they were read, and the fault that stopped that, or 0. */
export interface ReadFile {
  readonly scans: readonly ReadScan[];
  readonly fault: number;
}

export async function openKernel(
  variant: KernelVariant,
  windowBytes = 1 << 17,
): Promise<ScanKernel> {
  return new ScanKernel((await loadKernel("lepton", { variant })).take(), windowBytes);
}

/** Sets up the next scan; what was seen of padding goes on. @returns a fault or 0 */
export function openNext(kernel: ScanKernel, scan: JpegScan, at: number): number {
  const { padding } = kernel.seen;
  const fault = kernel.openScan(scan);
  kernel.record("scanAddress", 40)[FIELD.seenPadding] = padding;
  kernel.handoff = startAt(at);
  return fault;
}

export function readScan(
  kernel: ScanKernel,
  jpeg: Uint8Array,
  scan: JpegScan,
  random?: Random,
): number {
  const pieces =
    random === undefined ? {} : { piece: () => 1 + random.upTo(random.pick([3, 700, 9000])) };
  const calls = { begin: "beginProgressiveRead", call: "readProgressiveRow" };
  return kernel.read(jpeg, undefined, { ...pieces, ...(scan.frame.progressive ? calls : {}) });
}

/** Reads all scans of a JPEG into a store of the whole picture. */
export function readFile(kernel: ScanKernel, jpeg: Uint8Array, random?: Random): ReadFile {
  const header = new JpegHeader();
  const scans: ReadScan[] = [];
  for (let at = JPEG_START_BYTES; kernel.seen.earlyEnd === false || at === JPEG_START_BYTES; ) {
    const step = header.read(jpeg, at);
    if (step.kind !== "scan") break;
    const { scan } = step;
    if (scans.length === 0) {
      const fault = kernel.open(scan, false);
      if (fault < 0) return { scans, fault };
      kernel.kernel.ask("clearPicture");
    }
    const opened = openNext(kernel, scan, step.at);
    const fault = opened < 0 ? opened : readScan(kernel, jpeg, scan, random);
    if (fault < 0) return { scans, fault };
    scans.push({ scan, at: step.at, seen: kernel.seen });
    at = kernel.seen.end;
  }
  kernel.kernel.ask("sealStore");
  return { scans, fault: 0 };
}

/** Writes a scan from the store. @returns its bytes, and the status that ended it */
export function writeScan(
  kernel: ScanKernel,
  { scan, at, seen }: ReadScan,
  isCut: boolean,
  notes?: ScanNotes,
): Written {
  assert.equal(openNext(kernel, scan, at), 0);
  const [begin, row] = scan.frame.progressive
    ? ["beginProgressiveWrite", "writeProgressiveRow"]
    : ["beginScanWrite", "writeMcuRow"];
  kernel.record("scanAddress", 40)[FIELD.earlyEnd] = isCut ? 1 : 0;
  if (notes !== undefined) kernel.notes = notes;
  const parts: Uint8Array[] = [];
  let status = kernel.beginWrite(seen, begin);
  if (status === 0)
    do status = kernel.writeRow(parts, row);
    while (status === STATUS.row);
  if (status === STATUS.done && !scan.frame.progressive) kernel.finish(parts, true);
  return { bytes: Buffer.concat(parts), status };
}

export interface Written {
  readonly bytes: Buffer;
  readonly status: number;
}

/**
 * Asserts that all scans of a file come out as they went in. Of one that ends early the last
 * bytes may differ, two in a sequential frame and eight else: a Lepton file holds them as they are.
 */
export function assertRestores(
  kernel: ScanKernel,
  jpeg: Uint8Array,
  name: string,
  random?: Random,
): void {
  const { scans, fault } = readFile(kernel, jpeg, random);
  assert.equal(fault, 0, name);
  assert.ok(scans.length > 0, name);
  const isCut = scans.some(({ seen }) => seen.earlyEnd);
  for (const [i, read] of scans.entries()) {
    const { bytes, status } = writeScan(kernel, read, isCut);
    assert.equal(status, STATUS.done, `${name}, scan ${i}`);
    const want = jpeg.subarray(read.at, read.seen.end - 2 * read.seen.surplus);
    const kept = read.scan.frame.progressive ? 8 : 2;
    const size = read.seen.earlyEnd ? Math.max(want.length - kept, 0) : bytes.length;
    assert.equal(Buffer.compare(bytes.subarray(0, size), want.subarray(0, size)), 0, name);
    if (!read.seen.earlyEnd) assert.equal(size, want.length, name);
  }
}
