/**
 * Segment encoder: a stretch of MCU rows of a single scan to its coded stream. Mirror image of
 * segment-decoder.ts.
 *
 *   scan data -> | kernel: JPEG reader, two MCU rows, model | -> stream
 */
import { concatenate } from "../core/bytes.ts";
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

/** Opens a picture for `encodeSegment`, which may be called for one segment after another. */
export function openForEncoding(instance: KernelInstance, picture: LeptonPicture): void {
  openFrame(instance, picture.scan.frame, picture.codedBlocks, RING);
  openModel(instance, picture, false);
}

/**
 * Encodes one segment.
 *
 * @param data - from the byte that `handoff` names up to the one that holds the next segment's first
 *   bit, or to the end
 * @throws PithError of kind "input" when the data cannot be coded
 */
export function encodeSegment(
  instance: KernelInstance,
  picture: LeptonPicture,
  rows: SegmentRows,
  handoff: Handoff,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> {
  openScan(instance, picture.scan, { ...picture, isReading: true });
  setHandoff(instance, handoff);
  instance.call("restartInput");
  let rest = data.subarray(feed(instance, data, true));
  instance.call("beginScanRead");
  instance.call("restartOutput");
  instance.call("beginSegmentWrite", rows.first, rows.end, +rows.isLast);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const status = instance.call("encodeRow");
    if (status === STATUS.done) break;
    if (status === STATUS.input) rest = rest.subarray(feed(instance, rest, true));
    else if (status === STATUS.output) parts.push(takeSettled(instance));
  }
  return endStream(instance, parts);
}

/** Encodes the rows of one segment whose coefficients are in the store. */
export function encodeStored(instance: KernelInstance, rows: SegmentRows): Uint8Array<ArrayBuffer> {
  instance.call("restartOutput");
  instance.call("beginSegmentWrite", rows.first, rows.end, +rows.isLast);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const status = instance.call("writeSegmentRow");
    if (status === STATUS.done) return endStream(instance, parts);
    if (status === STATUS.output) parts.push(takeSettled(instance));
  }
}

function takeSettled(instance: KernelInstance): Uint8Array<ArrayBuffer> {
  return takeOutput(instance, instance.call("settledOutput"));
}

function endStream(
  instance: KernelInstance,
  parts: Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  instance.call("endSegmentWrite");
  parts.push(takeOutput(instance, instance.call("outputFilled")));
  return concatenate(parts);
}
