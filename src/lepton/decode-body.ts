/**
 * Decode body: writes a planned JPEG, piece by piece, with one kernel instance in this thread.
 *
 *   single scan    prefix, the segments' scan data as their rows are decoded, rest, tail
 *   several scans  all segments to the store; then header, scan, header, scan ..., rest, tail
 *
 * The streams of the segments are there as a whole, or come while others are decoded (decode.ts).
 */
import type { KernelInstance } from "../core/kernel.ts";
import { type DecodePlan, type PlannedSegment, restartsOf } from "./decode-plan.ts";
import type { JpegGroup } from "./jpeg-groups.ts";
import { feed, openPicture, openScan, START, STATUS, setHandoff, takeOutput } from "./picture.ts";
import { decodeStream, SegmentDecoder } from "./segment-decoder.ts";

/** Cuts pieces off at a limit that counts over all of them. */
export class Limit {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get reached(): boolean {
    return this.#left <= 0;
  }

  /** What of `piece` is within the limit. */
  cut(piece: Uint8Array): Uint8Array {
    const kept = piece.length <= this.#left ? piece : piece.subarray(0, Math.max(0, this.#left));
    this.#left -= kept.length;
    return kept;
  }
}

/**
 * Writes the whole output.
 *
 * @param streams - the coded stream of each segment
 * @throws PithError "StreamInconsistent", "UnsupportedJpeg", "TooMuchMemoryNeeded" and others
 */
export function* writeBody(
  instance: KernelInstance,
  plan: DecodePlan,
  streams: readonly Uint8Array[],
): Generator<Uint8Array, void, undefined> {
  const parts = plan.isSingle
    ? singleScan(instance, plan, streams)
    : severalScans(instance, plan, streams);
  yield* assemble(plan, parts);
}

/** Puts prefix and tail around scan data, and cuts all to what the plan allows. */
export function* assemble(
  plan: DecodePlan,
  parts: Iterable<Uint8Array>,
): Generator<Uint8Array, void, undefined> {
  const whole = new Limit(plan.header.outputBytes);
  const body = new Limit(plan.bodyLimit);
  yield whole.cut(body.cut(plan.prefix));
  if (!body.reached) {
    for (const piece of parts) {
      yield whole.cut(body.cut(piece));
      if (body.reached) break;
    }
  }
  yield whole.cut(plan.tail);
}

function* singleScan(
  instance: KernelInstance,
  plan: DecodePlan,
  streams: readonly Uint8Array[],
): Generator<Uint8Array, void, undefined> {
  const decoder = new SegmentDecoder(instance, plan.picture);
  for (const [i, segment] of plan.segments.entries()) {
    yield* decodePlanned(decoder, segment, streams[i] ?? new Uint8Array(0));
  }
  yield* afterScan(plan);
}

/** One segment of a single scan, cut to its limit. */
export function* decodePlanned(
  decoder: SegmentDecoder,
  segment: PlannedSegment,
  stream: Uint8Array,
): Generator<Uint8Array, void, undefined> {
  const limit = new Limit(segment.limitBytes);
  decoder.open(segment.rows, segment.handoff, segment.endsScan);
  for (const piece of decodeStream(decoder, stream)) {
    yield limit.cut(piece);
    // A segment whose data go on in the next one must be decoded to its end.
    if (limit.reached && segment.endsScan) return;
  }
}

/** What stands behind the data of the only scan: surplus restart markers, further segments. */
export function* afterScan(plan: DecodePlan): Generator<Uint8Array, void, undefined> {
  const { records } = plan.header;
  const { frame, restartInterval } = plan.picture.scan;
  const count = records.surplusRestarts?.[0] ?? 0;
  const due = Math.floor((frame.mcuColumns * frame.mcuRows - 1) / Math.max(1, restartInterval));
  yield restartMarkers(restartInterval === 0 ? 0 : due, count);
  yield records.jpegHeader.subarray(plan.groups.restAt);
}

function* severalScans(
  instance: KernelInstance,
  plan: DecodePlan,
  streams: readonly Uint8Array[],
): Generator<Uint8Array, void, undefined> {
  const { picture, groups, header } = plan;
  openPicture(instance, picture, { first: 0, count: picture.scan.frame.mcuRows });
  instance.call("clearPicture");
  for (const [i, { rows }] of plan.segments.entries()) {
    readSegment(instance, rows, streams[i] ?? new Uint8Array(0));
  }
  for (const [i, group] of groups.groups.entries()) {
    if (i > 0) yield header.records.jpegHeader.subarray(group.start, group.end);
    const restarts = restartsOf(header.records.restarts, i);
    yield* writeScan(instance, group, picture.padding, restarts);
    const count = header.records.surplusRestarts?.[i] ?? 0;
    if (count > 0) yield restartMarkers(restartsDue(group), count);
  }
  yield header.records.jpegHeader.subarray(groups.restAt);
}

/** Decodes a segment's coefficients into the store. */
function readSegment(
  instance: KernelInstance,
  rows: PlannedSegment["rows"],
  stream: Uint8Array,
): void {
  instance.call("restartInput");
  let rest = stream.subarray(feed(instance, stream, true));
  instance.call("beginSegmentRead", rows.first, rows.end, +rows.isLast);
  for (;;) {
    const status = instance.call("readSegmentRow");
    if (status === STATUS.done) return;
    if (status === STATUS.input) rest = rest.subarray(feed(instance, rest, true));
  }
}

/** Writes the data of one scan from the store. */
function* writeScan(
  instance: KernelInstance,
  { scan }: JpegGroup,
  padding: number,
  restarts: number,
): Generator<Uint8Array, void, undefined> {
  openScan(instance, scan, { padding, restarts, isReading: false });
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
  }
  if (scan.frame.progressive) return;
  instance.call("endScanWrite", 1);
  yield takeOutput(instance, instance.call("outputFilled"));
}

/** How many restart markers are due in a scan. */
function restartsDue({ scan }: JpegGroup): number {
  const { frame, restartInterval, components } = scan;
  if (restartInterval === 0) return 0;
  const [only] = components;
  const component = components.length === 1 ? frame.components[only?.index ?? 0] : undefined;
  const mcus =
    component === undefined
      ? frame.mcuColumns * frame.mcuRows
      : component.scanColumns * component.scanRows;
  return Math.floor((mcus - 1) / restartInterval);
}

/** `count` restart markers, numbered from `first` on. */
function restartMarkers(first: number, count: number): Uint8Array {
  const markers = new Uint8Array(2 * count);
  for (let i = 0; i < count; i++) markers.set([0xff, 0xd0 + ((first + i) & 7)], 2 * i);
  return markers;
}
