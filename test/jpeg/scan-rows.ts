/**
 * Sequential scans row by row: where rows begin, and each row read by one kernel and written by another.
 *
 * The kernels are driven by scan-kernel.ts.
 */
import assert from "node:assert/strict";
import { PithError } from "../../src/core/errors.ts";
import type { JpegScan } from "../../src/lepton/jpeg-frame.ts";
import { readFirstScan } from "../../src/lepton/jpeg-header.ts";
import type { Random } from "../random.ts";
import { TEXTURES } from "./jpeg-picture.ts";
import { randomPlan, SAMPLINGS } from "./jpeg-random.ts";
import type { JpegPlan } from "./jpeg-writer.ts";
import { type ScanKernel, type ScanKernels, type Seen, STATUS, startAt } from "./scan-kernel.ts";

/**
 * Reads a scan and writes each row at once, from the row of `handoff` on.
 *
 * @returns what was written, and the handoffs behind each row but the last
 */
export function trip(
  [reader, writer]: ScanKernels,
  jpeg: Uint8Array,
  scan: JpegScan,
  handoff: readonly number[],
  seen: Seen,
): { written: Uint8Array; handoffs: number[][] } {
  const codedBlocks = scan.frame.components.map((_, c) => seen.lastBlocks[c]! + 1);
  assert.equal(reader.open(scan), 0);
  assert.equal(writer.open(scan, true, seen.earlyEnd ? codedBlocks : undefined), 0);
  reader.handoff = handoff;
  writer.handoff = handoff;
  assert.equal(writer.beginWrite(seen), 0);
  const parts: Uint8Array[] = [];
  const handoffs: number[][] = [];
  let status: number = STATUS.row;
  const end = reader.read(jpeg, (statusRead) => {
    writer.store().set(reader.store());
    status = writer.writeRow(parts);
    if (statusRead === STATUS.done) return false;
    assert.equal(status, STATUS.row);
    assert.deepEqual(writer.handoff, reader.handoff);
    handoffs.push(reader.handoff);
    return true;
  });
  assert.equal(end, STATUS.done);
  assert.equal(status, seen.earlyEnd ? status : STATUS.done);
  writer.finish(parts, status === STATUS.done);
  return { written: Buffer.concat(parts), handoffs };
}

/** Reads the places of the rows alone. */
export function indexRows(
  kernel: ScanKernel,
  jpeg: Uint8Array,
  scan: JpegScan,
  at: number,
): { status: number; seen: Seen; handoffs: number[][] } {
  const opened = kernel.open(scan);
  if (opened < 0) return { status: opened, seen: kernel.seen, handoffs: [] };
  kernel.handoff = startAt(at);
  const handoffs: number[][] = [];
  const onRow = (status: number): undefined => {
    if (status === STATUS.row) handoffs.push(kernel.handoff);
  };
  const status = kernel.read(jpeg, onRow, { call: "indexMcuRow" });
  return { status, seen: kernel.seen, handoffs };
}

/** A random picture in sequential scans. */
export function sequentialPlan(random: Random): JpegPlan {
  return randomPlan(random, {
    width: 1 + random.upTo(90),
    height: 1 + random.upTo(90),
    samplings: random.pick(SAMPLINGS),
    texture: TEXTURES[random.pick(["natural", "sparse", "dense", "flat", "extreme"] as const)],
    kind: random.pick(["one scan", "separate"]),
  });
}

/** Asserts that the first scan is written as it was read, if it can be. @returns what reading has
 * shown, undefined where the JPEG is refused */
export function restores(kernels: ScanKernels, jpeg: Uint8Array, name: string): Seen | undefined {
  let first: { scan: JpegScan; at: number };
  try {
    first = readFirstScan(jpeg);
  } catch (error) {
    assert.ok(error instanceof PithError);
    return undefined;
  }
  const { scan, at } = first;
  if (scan.frame.progressive) return undefined;
  const { status, seen, handoffs } = indexRows(kernels[0], jpeg, scan, at);
  if (status < 0) {
    kernels[0].open(scan);
    kernels[0].handoff = startAt(at);
    assert.equal(kernels[0].read(jpeg), status, name);
    return undefined;
  }
  const whole = trip(kernels, jpeg, scan, startAt(at), seen);
  assert.deepEqual(whole.handoffs, handoffs, name);
  const want = jpeg.subarray(at, seen.end - 2 * seen.surplus);
  // Behind an early end comes what zeros make; a Lepton file holds the last two bytes as they are.
  const size = seen.earlyEnd ? Math.max(want.length - 2, 0) : whole.written.length;
  assert.equal(Buffer.compare(whole.written.subarray(0, size), want.subarray(0, size)), 0, name);
  if (!seen.earlyEnd) assert.equal(size, want.length, name);
  return seen;
}
