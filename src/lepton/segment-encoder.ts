/**
 * Segment encoder: a stretch of MCU rows of a single scan to its coded stream. Mirror image of
 * segment-decoder.ts.
 *
 *   scan data -> | kernel: JPEG reader, two MCU rows, model | -> stream
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import {
  feed,
  type Handoff,
  type LeptonPicture,
  openFrame,
  openModel,
  openScan,
  RING,
  STATUS,
  setHandoff,
  takeOutput,
} from "./picture.ts";
import type { SegmentRows } from "./segment-decoder.ts";
import type { Steps } from "./work.ts";

/** A segment that is ready to be coded, apart from any other: plain data. */
export interface SegmentToEncode {
  readonly rows: SegmentRows;
  readonly handoff: Handoff;
  /** Scan data from the byte that the handoff names up to the one that holds the next segment's first
   * bit, or to the end. */
  readonly data: Uint8Array;
}

/** Opens a picture for `encodeSegment`, which may be called for one segment after another. */
export function openForEncoding(instance: KernelInstance, picture: LeptonPicture): void {
  openFrame(instance, picture.scan.frame, picture.codedBlocks, RING);
  openModel(instance, picture, false);
}

/**
 * Encodes one segment, row by row.
 *
 * @throws PithError of kind "input" when the data cannot be coded
 */
export function* encodeSegment(
  instance: KernelInstance,
  picture: LeptonPicture,
  { rows, handoff, data }: SegmentToEncode,
): Steps<Uint8Array<ArrayBuffer>> {
  openScan(instance, picture.scan, { ...picture, isReading: true });
  setHandoff(instance, handoff);
  instance.call("restartInput");
  let fed = feed(instance, data, true);
  instance.call("beginScanRead");
  instance.call("restartOutput");
  instance.call("beginSegmentWrite", rows.first, rows.end, +rows.isLast);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  yield fed;
  for (;;) {
    const status = instance.call("encodeRow");
    if (status === STATUS.done) break;
    let more = 0;
    if (status === STATUS.input) more = feed(instance, data.subarray(fed), true);
    else if (status === STATUS.output) parts.push(takeSettled(instance));
    fed += more;
    yield more;
  }
  return endStream(instance, parts);
}

/** Encodes the rows of one segment whose coefficients are in the store. */
export function* encodeStored(
  instance: KernelInstance,
  rows: SegmentRows,
): Steps<Uint8Array<ArrayBuffer>> {
  instance.call("restartOutput");
  instance.call("beginSegmentWrite", rows.first, rows.end, +rows.isLast);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const status = instance.call("writeSegmentRow");
    if (status === STATUS.done) return endStream(instance, parts);
    if (status === STATUS.output) parts.push(takeSettled(instance));
    yield 0;
  }
}

/** Takes what the coder has written and cannot change any more. Data can be made (a decoder makes them of a
 * stream of ones) that leave a carry open for as long as they go on: a full window of them is refused. */
function takeSettled(instance: KernelInstance): Uint8Array<ArrayBuffer> {
  const size = instance.call("settledOutput");
  if (size === 0) {
    throw new PithError("UnsupportedJpeg", { why: "data that keep a coder from settling" });
  }
  return takeOutput(instance, size);
}

function endStream(
  instance: KernelInstance,
  parts: Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  instance.call("endSegmentWrite");
  parts.push(takeOutput(instance, instance.call("outputFilled")));
  return concatenate(parts);
}
