/**
 * Encode several: a JPEG of several scans, progressive or not.
 *
 *   scan 1, scan 2, ... -> store of all coefficients -> segments
 *
 * The whole picture lies in the kernel's memory, 160 bytes a block: its dimensions are checked against
 * the limit before any of it is taken. Segments only cut the coding of the coefficients; scans are
 * written one after the other.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import { type CodingOptions, pictureOf } from "./encode-single.ts";
import type { JpegScan } from "./jpeg-frame.ts";
import { JPEG_START_BYTES, type JpegHeader, requireRestorable } from "./jpeg-header.ts";
import {
  allBlocks,
  feed,
  getSeen,
  NO_PADDING,
  openFrame,
  openModel,
  openScan,
  type ScanSeen,
  START,
  STATUS,
  setHandoff,
} from "./picture.ts";
import type { LeptonRecords } from "./records.ts";
import { encodeStored } from "./segment-encoder.ts";
import { cutByRows, defaultSegmentsOfSeveral } from "./segments.ts";
import type { Steps } from "./work.ts";

/** What was read of all scans. */
interface ScansRead {
  /** The segments before and between the scans. */
  readonly jpegHeader: Uint8Array;
  readonly padding: number;
  readonly restarts: readonly number[];
  /** Whether any scan has restart markers, or could have: where all are missing that must be said. */
  readonly countsRestarts: boolean;
  readonly surplusRestarts: readonly number[];
  /** Where the data end, if not with the picture: the last block of each component that was begun. */
  readonly lastBlocks: readonly number[] | undefined;
  readonly tail: Uint8Array;
}

/** Bytes of a file cut short that are kept as they are. What the zeros behind its end make of the last
 * codes differs from what stands there in up to four bytes. */
const CUT_TAIL_BYTES = 8;

/**
 * Codes a JPEG.
 *
 * @param jpeg - the whole file
 * @param firstScan - whose data begin at `at`
 * @param header - goes on behind it
 * @throws PithError of kind "input" when the data cannot be restored exactly; "TooMuchMemoryNeeded"
 */
export function* encodeSeveral(
  instance: KernelInstance,
  jpeg: Uint8Array,
  firstScan: JpegScan,
  at: number,
  header: JpegHeader,
  options: CodingOptions,
): Steps<{ readonly records: LeptonRecords; readonly streams: readonly Uint8Array[] }> {
  const { frame } = firstScan;
  openFrame(instance, frame, allBlocks(frame), { first: 0, count: frame.mcuRows });
  instance.call("clearPicture");
  const read = yield* readScans(instance, jpeg, firstScan, at, header);
  instance.call("sealStore");
  requireRestorable(firstScan, header.quantizers);
  requireSameQuantizers(firstScan, header.quantizers);
  const { padding, lastBlocks } = read;
  const seen = { padding, endsEarly: lastBlocks !== undefined, lastBlocks: lastBlocks ?? [] };
  const picture = pictureOf(firstScan, header.quantizers, seen);
  for (const [c, count] of picture.codedBlocks.entries()) instance.call("setBlocks", c, count);
  openModel(instance, picture, false);
  const cuts = cutByRows(
    frame.mcuRows,
    options.segments ?? defaultSegmentsOfSeveral(options.model),
  );
  const v = frame.components[0]?.v ?? 1;
  const place = { scanBytes: 0, overhang: 0, overhangBits: 0, dc: [0, 0, 0, 0] };
  const { restarts, surplusRestarts } = read;
  const records: LeptonRecords = {
    jpegHeader: read.jpegHeader,
    padding,
    segments: cuts.map((cut) => ({ startRow: cut.first * v, ...place })),
    restarts: read.countsRestarts ? restarts : undefined,
    surplusRestarts: surplusRestarts.some((count) => count > 0) ? surplusRestarts : undefined,
    earlyEnd:
      lastBlocks === undefined ? undefined : { component: 0, position: 0, bit: 0, lastBlocks },
    tail: read.tail,
  };
  const streams: Uint8Array[] = [];
  for (const cut of cuts) streams.push(yield* encodeStored(instance, cut));
  return { records, streams };
}

function* readScans(
  instance: KernelInstance,
  jpeg: Uint8Array,
  firstScan: JpegScan,
  firstAt: number,
  header: JpegHeader,
): Steps<ScansRead> {
  const parts = [jpeg.subarray(JPEG_START_BYTES, firstAt)];
  const restarts: number[] = [];
  let countsRestarts = false;
  const counts = () => ({ restarts, countsRestarts, surplusRestarts });
  const surplusRestarts: number[] = [];
  const lastBlocks = [0, 0, 0, 0];
  const coded = new Set<number>();
  let padding = NO_PADDING;
  let scan = firstScan;
  let at = firstAt;
  for (;;) {
    if (!scan.frame.progressive) requireFresh(scan, coded);
    const seen = yield* readScan(instance, scan, jpeg.subarray(at), padding);
    padding = seen.padding;
    restarts.push(seen.restarts);
    countsRestarts ||= seen.restarts > 0 || scan.restartInterval > 0;
    surplusRestarts.push(seen.surplusRestarts);
    for (const { index } of scan.components) {
      lastBlocks[index] = Math.max(lastBlocks[index] ?? 0, seen.lastBlocks[index] ?? 0);
    }
    const end = at + seen.end;
    if (seen.endsEarly) {
      if (end < jpeg.length) throw new PithError("UnsupportedJpeg", { why: "a scan cut short" });
      const tail = jpeg.subarray(Math.max(at, end - CUT_TAIL_BYTES));
      const jpegHeader = concatenate(parts);
      return { ...counts(), jpegHeader, padding, lastBlocks, tail };
    }
    const step = header.read(jpeg, end);
    const stop = step.kind === "more" ? end : step.at;
    yield stop - at;
    parts.push(jpeg.subarray(end, stop));
    if (step.kind !== "scan") {
      const jpegHeader = concatenate(parts);
      const tail = jpeg.subarray(stop);
      return { ...counts(), jpegHeader, padding, lastBlocks: undefined, tail };
    }
    scan = step.scan;
    at = stop;
  }
}

/** dropbox/lepton models with the last tables of all, lepton_jpeg_rust with those of the first scan: where
 * these differ, no file would be the same to both. */
function requireSameQuantizers(scan: JpegScan, last: JpegScan["quantizers"]): void {
  for (const { quantizer } of scan.frame.components) {
    const [first, final] = [scan.quantizers[quantizer], last[quantizer]];
    // A table that only comes later is no table for the one, and the table for the other.
    if (first?.join() !== final?.join()) {
      throw new PithError("UnsupportedJpeg", { why: "quantization tables that change", quantizer });
    }
  }
}

/** In a sequential file a component has one scan: a second would take the place of the first. */
function requireFresh({ components }: JpegScan, coded: Set<number>): void {
  for (const { index } of components) {
    if (coded.has(index)) {
      throw new PithError("UnsupportedJpeg", { why: "a component in two scans", index });
    }
    coded.add(index);
  }
}

/** Reads one scan into the store, row by row. */
function* readScan(
  instance: KernelInstance,
  scan: JpegScan,
  data: Uint8Array,
  padding: number,
): Steps<ScanSeen> {
  const { progressive } = scan.frame;
  openScan(instance, scan, { padding, restarts: -1, isReading: true });
  setHandoff(instance, START);
  instance.call("restartInput");
  let fed = feed(instance, data, true);
  instance.call(progressive ? "beginProgressiveRead" : "beginScanRead");
  const row = progressive ? "readProgressiveRow" : "readMcuRow";
  for (;;) {
    const status = instance.call(row);
    if (status === STATUS.done) return getSeen(instance);
    if (status === STATUS.input) fed += feed(instance, data.subarray(fed), true);
    yield 0;
  }
}
