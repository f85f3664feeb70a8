/**
 * Encode single: a JPEG whose only scan holds the whole picture.
 *
 *   scan data -> index: rows and what the scan shows -> cuts -> each segment coded from its handoff
 *
 * Two passes over the data, the first at a tenth of the cost of the second: so every segment is a job
 * of its own that any thread can take, and what the header says is known before coding begins.
 */
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import type { CoefficientModel, ModelOption } from "./coefficient-model.ts";
import { allBlocks, type JpegScan, quantizersOf, restartsDue } from "./jpeg-frame.ts";
import { JPEG_START_BYTES, type JpegHeader, requireRestorable } from "./jpeg-header.ts";
import {
  type Handoff,
  type LeptonPicture,
  NO_PADDING,
  type ScanSeen,
  START,
  USUAL_ARITHMETIC,
} from "./picture.ts";
import type { LeptonRecords, LeptonSegment } from "./records.ts";
import { indexScan, type ScanIndex } from "./scan-index.ts";
import type { SegmentToEncode } from "./segment-encoder.ts";
import { cutByBytes, cutByRows, defaultSegments } from "./segments.ts";
import type { Steps } from "./work.ts";

const MARKER_BYTES = 2;

/** How a picture is cut; the second is for comparing with lepton_jpeg_rust. */
export interface CutOptions {
  /** Segments wanted; default by size. */
  readonly segments?: number | undefined;
  readonly cut?: "bytes" | "rows" | undefined;
}

/** How a picture is coded. */
export interface CodingOptions extends CutOptions, ModelOption {}

/** All that a Lepton file says, but for the coded streams. */
export interface SinglePlan {
  readonly picture: LeptonPicture;
  readonly segments: readonly SegmentToEncode[];
  readonly records: LeptonRecords;
}

/**
 * Plans the coding of a JPEG, row by row.
 *
 * @param jpeg - the whole file
 * @param at - where the scan's data begin
 * @param header - which has read what comes before them and judges what comes behind the scan;
 *   undefined takes anything there, as dense files do
 * @throws PithError of kind "input" when the data cannot be restored exactly
 */
export function* planSingle(
  instance: KernelInstance,
  jpeg: Uint8Array,
  scan: JpegScan,
  at: number,
  header: JpegHeader | undefined,
  options: CodingOptions,
): Steps<SinglePlan> {
  const isDense = options.model === "dense";
  if (!isDense) requireRestorable(scan);
  const data = jpeg.subarray(at);
  if (data.length === 0) throw new PithError("ShortRead", { at });
  const index = yield* indexScan(instance, scan, data, START, NO_PADDING, { takesNotes: isDense });
  if (header !== undefined && !isDense) requireEnding(jpeg, at + index.seen.end, header);
  const tail = tailOf(data, index.seen, options.model);
  const ending = { tail, end: data.length - tail.length };
  const { picture, segments, records } = planRows(scan, index, data, ending, options);
  const jpegHeader = jpeg.subarray(JPEG_START_BYTES, at);
  return { picture, segments, records: { ...records, jpegHeader } };
}

/**
 * Refuses what dropbox/lepton does not take behind a scan: anything but segments up to an EOI, or the
 * end of the file. A chunk of an object may end otherwise (chunks.ts): there only our reader matters.
 */
function requireEnding(jpeg: Uint8Array, at: number, header: JpegHeader): void {
  if (jpeg.length - at < MARKER_BYTES) return;
  const step = header.read(jpeg, at);
  if (step.kind === "end") return;
  if (step.kind === "more" && jpeg.length - step.at < MARKER_BYTES) return;
  throw new PithError("UnsupportedJpeg", { why: "no end behind the scan", at: step.at });
}

/** Bytes before an early end that go into the tail record. dropbox/lepton keeps two, and in one of some
 * thousand damaged files that is too little. */
const CUT_BYTES = { lepton: 2, dense: 8 } as const;

/**
 * What goes into the tail record: all from the marker on that ended the scan. Where data or a marker
 * end it early, its last bytes go there too: what is left of a block need not be what a writer makes
 * of it.
 */
export function tailOf(
  data: Uint8Array,
  seen: ScanSeen,
  model: CoefficientModel = "lepton",
): Uint8Array {
  const { end, endsEarly, surplusRestarts } = seen;
  const cutBytes = CUT_BYTES[model];
  if (endsEarly) return data.subarray(Math.max(0, Math.min(end, data.length) - cutBytes));
  return data.subarray(end - 2 * surplusRestarts);
}

/** How the data that are coded end. */
export interface ScanEnding {
  /** What goes into the tail record. */
  readonly tail: Uint8Array;
  /** Position in the scan data at which it begins. */
  readonly end: number;
}

/**
 * The plan from the first row of `index` on; its records lack the JPEG's header.
 *
 * @param data - from the byte at which that row begins
 */
export function planRows(
  scan: JpegScan,
  index: ScanIndex,
  data: Uint8Array,
  { tail, end }: ScanEnding,
  options: CodingOptions,
): SinglePlan {
  const { seen, rows } = index;
  const { frame } = scan;
  const picture = pictureOf(scan, scan.quantizers, seen, options.model);
  const [first] = frame.components;
  const v = first?.v ?? 1;
  const blocks = (first?.columns ?? 1) * v;
  const from = rows[0]?.mcuRow ?? 0;
  const origin = rows[0]?.position ?? 0;
  const count = Math.ceil((picture.codedBlocks[0] ?? 0) / blocks) - from;
  // A segment has data before the tail, or it is none.
  const hasData = ({ position }: Handoff): boolean => position < end;
  const positions = rows
    .slice(0, count)
    .filter(hasData)
    .map(({ position }) => position);
  const wanted = options.segments ?? defaultSegments(end - origin, options.model);
  const cuts =
    options.cut === "rows"
      ? cutByRows(count, wanted)
      : cutByBytes([...positions, end], wanted, from);
  const segments: SegmentToEncode[] = [];
  const written: LeptonSegment[] = [];
  for (const [i, cut] of cuts.entries()) {
    const isLast = cut.isLast && index.endsWithRow !== true;
    const endRow = cut.isLast ? from + count : cut.end;
    const handoff = rows[cut.first - from] ?? START;
    const next = cuts[i + 1];
    const stop = next === undefined ? end : (rows[next.first - from]?.position ?? end);
    const { position, overhang, overhangBits, dc } = handoff;
    written.push({
      startRow: cut.first * v,
      scanBytes: stop - position,
      overhang,
      overhangBits,
      dc,
    });
    // The byte at which the next one begins may hold bits of this one.
    const bytes = data.subarray(
      position - origin,
      next === undefined ? data.length : stop - origin + 1,
    );
    segments.push({ rows: { first: cut.first, end: endRow, isLast }, handoff, data: bytes });
  }
  const records: LeptonRecords = {
    jpegHeader: new Uint8Array(0),
    padding: seen.padding,
    segments: written,
    restarts: restartsToRecord(scan, seen),
    earlyEnd: seen.endsEarly
      ? { component: 0, position: 0, bit: 0, lastBlocks: seen.lastBlocks }
      : undefined,
    notes: seen.notes === undefined ? undefined : [seen.notes],
    tail,
  };
  return { picture, segments, records };
}

/** A count of restart markers where some that are due are missing; else readers know it. */
function restartsToRecord(scan: JpegScan, seen: ScanSeen): number[] | undefined {
  const there = seen.restarts - seen.surplusRestarts;
  return there < restartsDue(scan) ? [there] : undefined;
}

/** The picture that a model codes. */
export function pictureOf(
  scan: JpegScan,
  tables: JpegScan["quantizers"],
  seen: Pick<ScanSeen, "endsEarly" | "lastBlocks" | "padding" | "notes">,
  model: CoefficientModel = "lepton",
): LeptonPicture {
  const { endsEarly, lastBlocks, padding, notes } = seen;
  const all = allBlocks(scan.frame);
  return {
    scan,
    quantizers: quantizersOf(scan.frame, tables, model),
    codedBlocks: all.map((count, c) => (endsEarly ? (lastBlocks[c] ?? 0) + 1 : count)),
    padding,
    restarts: -1,
    arithmetic: USUAL_ARITHMETIC,
    priorsCapped: true,
    notes,
  };
}
