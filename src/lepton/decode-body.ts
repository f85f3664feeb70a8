/**
 * Decode body: what a planned JPEG is put together from, in this thread.
 *
 *   single scan    prefix, the segments' scan data as their rows are decoded, rest, tail
 *   several scans  all segments to the store; then header, scan, header, scan ..., rest, tail
 *
 * The scan data of a single scan come from segment-decoder.ts, in this thread or others (decode.ts).
 */

import type { KernelInstance } from "../core/kernel.ts";
import { ByteLimit } from "./byte-limit.ts";
import { type DecodePlan, restartsOf } from "./decode-plan.ts";
import { restartsDue } from "./jpeg-frame.ts";
import type { JpegGroup } from "./jpeg-groups.ts";
import {
  feed,
  openPicture,
  openScan,
  type ScanOptions,
  START,
  STATUS,
  setHandoff,
  takeOutput,
} from "./picture.ts";
import type { SegmentToDecode } from "./segment-decoder.ts";

const NOTHING = new Uint8Array(0);

/** Puts prefix and tail around scan data, and cuts all to what the plan allows. */
export async function* assemble(
  plan: DecodePlan,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const whole = new ByteLimit(plan.header.outputBytes);
  const body = new ByteLimit(plan.bodyLimit);
  yield whole.cut(body.cut(plan.prefix));
  if (!body.reached) {
    for await (const piece of parts) {
      yield whole.cut(body.cut(piece));
      if (body.reached) break;
    }
  }
  yield whole.cut(plan.tail);
}

/** What stands behind the data of the only scan: surplus restart markers, further segments. */
export function* afterScan(plan: DecodePlan): Generator<Uint8Array, void, undefined> {
  const { records } = plan.header;
  const count = records.surplusRestarts?.[0] ?? 0;
  yield restartMarkers(restartsDue(plan.picture.scan), count);
  yield records.jpegHeader.subarray(plan.groups.restAt);
}

/** Takes the store of a picture of several scans. @throws PithError "TooMuchMemoryNeeded" */
export function openStore(instance: KernelInstance, { picture }: DecodePlan): void {
  openPicture(instance, picture, { first: 0, count: picture.scan.frame.mcuRows });
  instance.call("clearPicture");
}

/** Decodes a segment's coefficients into the store, row by row. */
export function* readSegment(
  instance: KernelInstance,
  rows: SegmentToDecode["rows"],
  stream: Uint8Array,
): Generator<undefined, void, undefined> {
  instance.call("restartInput");
  let rest = stream.subarray(feed(instance, stream, true));
  instance.call("beginSegmentRead", rows.first, rows.end, +rows.isLast);
  for (;;) {
    const status = instance.call("readSegmentRow");
    if (status === STATUS.done) return;
    if (status === STATUS.input) rest = rest.subarray(feed(instance, rest, true));
    yield;
  }
}

/** Writes all scans from the store, row by row, and what stands between and behind them. */
export function* writeScans(
  instance: KernelInstance,
  { picture, groups, header }: DecodePlan,
): Generator<Uint8Array, void, undefined> {
  for (const [i, group] of groups.groups.entries()) {
    if (i > 0) yield header.records.jpegHeader.subarray(group.start, group.end);
    const restarts = restartsOf(header.records.restarts, i);
    const endsEarly = header.records.earlyEnd !== undefined;
    const notes = header.records.notes?.[i];
    yield* writeScan(instance, group, { padding: picture.padding, restarts, endsEarly, notes });
    const count = header.records.surplusRestarts?.[i] ?? 0;
    if (count > 0) yield restartMarkers(restartsDue(group.scan), count);
  }
  yield header.records.jpegHeader.subarray(groups.restAt);
}

/** Writes the data of one scan from the store. */
function* writeScan(
  instance: KernelInstance,
  { scan }: JpegGroup,
  options: Omit<ScanOptions, "isReading">,
): Generator<Uint8Array, void, undefined> {
  openScan(instance, scan, { ...options, isReading: false });
  setHandoff(instance, START);
  const kind = scan.frame.progressive ? "Progressive" : "Scan";
  const row = scan.frame.progressive ? "writeProgressiveRow" : "writeMcuRow";
  instance.call(`begin${kind}Write`);
  for (;;) {
    let status: number = STATUS.done;
    let fault: unknown;
    try {
      status = instance.call(row);
    } catch (error) {
      fault = error;
    }
    const filled = instance.call("outputFilled");
    if (filled > 0 && status !== STATUS.row) yield takeOutput(instance, filled);
    // What cannot be written may lie behind the place where the JPEG was cut off, and never be asked for.
    if (fault !== undefined) throw fault;
    if (status === STATUS.done) break;
    if (status === STATUS.row) yield NOTHING;
  }
  if (scan.frame.progressive) return;
  instance.call("endScanWrite", 1);
  yield takeOutput(instance, instance.call("outputFilled"));
}

/** `count` restart markers, numbered from `first` on. */
function restartMarkers(first: number, count: number): Uint8Array {
  const markers = new Uint8Array(2 * count);
  for (let i = 0; i < count; i++) markers.set([0xff, 0xd0 + ((first + i) & 7)], 2 * i);
  return markers;
}
