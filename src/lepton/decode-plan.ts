/**
 * Decode plan: what a Lepton file's header says is to be written, before anything is decoded.
 *
 *   | embedding prefix | chunk prefix, or SOI and header | scan data ... | rest of header | tail |
 *   |---------------------- body, cut at its limit --------------------------------------|
 *
 * Where the records contradict each other or the picture, it is refused here; all that the
 * picture takes of memory follows from it. Source: docs/formats/lepton.md, "Writing the JPEG".
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import type { LeptonHeader } from "./file.ts";
import { type LeptonArithmetic, RUST_VERSION_CUT_TAIL } from "./file-start.ts";
import { allBlocks, holdsAll, quantizersOf } from "./jpeg-frame.ts";
import { type JpegGroups, readGroups } from "./jpeg-groups.ts";
import { handoffOf, type LeptonPicture, START, USUAL_ARITHMETIC } from "./picture.ts";
import type { SegmentToDecode } from "./segment-decoder.ts";

export interface DecodePlan {
  readonly header: LeptonHeader;
  readonly groups: JpegGroups;
  readonly picture: LeptonPicture;
  /** Whether one scan holds the whole picture, so that rows can be written as they are decoded. */
  readonly isSingle: boolean;
  /** What comes before the first scan's data. */
  readonly prefix: Uint8Array;
  readonly segments: readonly SegmentToDecode[];
  /** What comes behind the body; the body ends where it leaves just room for it. */
  readonly bodyLimit: number;
  readonly tail: Uint8Array;
}

export interface PlanOptions {
  /** Instead of what the file says, or the usual. */
  readonly arithmetic?: LeptonArithmetic | undefined;
}

const SOI = Uint8Array.of(0xff, 0xd8);

/**
 * Makes the plan.
 *
 * @throws PithError "UnsupportedJpeg" and others of the JPEG's header; "StreamInconsistent"
 */
export function planDecode(header: LeptonHeader, options: PlanOptions = {}): DecodePlan {
  const { records, rustVersion, dense, outputBytes } = header;
  const model = dense === undefined ? "lepton" : "dense";
  const groups = readGroups(records.jpegHeader, model);
  const { scan, start, end } = groups.first;
  const { frame } = scan;
  const tables = rustVersion === undefined ? groups.finalQuantizers : scan.quantizers;
  const all = allBlocks(frame);
  const lastBlocks = records.earlyEnd?.lastBlocks;
  const picture: LeptonPicture = {
    scan,
    quantizers: quantizersOf(frame, tables, model),
    codedBlocks: all.map((count, c) => Math.min(count, (lastBlocks?.[c] ?? count) + 1)),
    padding: records.padding,
    restarts: restartsOf(records.restarts, 0),
    arithmetic: options.arithmetic ?? header.arithmetic ?? USUAL_ARITHMETIC,
    priorsCapped: rustVersion === undefined,
    notes: records.notes?.[0],
  };
  const opening =
    records.chunkPrefix ?? concatenate([SOI, records.jpegHeader.subarray(start, end)]);
  const prefix = concatenate([records.embeddingPrefix ?? new Uint8Array(0), opening]);
  // That version of lepton_jpeg_rust cut body and tail together.
  const cutsTail = rustVersion === RUST_VERSION_CUT_TAIL;
  const bodyLimit = outputBytes - (cutsTail ? 0 : records.tail.length);
  if (bodyLimit < 0) {
    throw new PithError("StreamInconsistent", { why: "a tail beyond the output", outputBytes });
  }
  return {
    header,
    groups,
    picture,
    isSingle: holdsAll(scan),
    prefix,
    segments: planSegments(header, picture, bodyLimit - prefix.length),
    bodyLimit,
    tail: records.tail,
  };
}

/** Restart markers of a scan: all that are due where nothing is said of any scan. */
export function restartsOf(restarts: readonly number[] | undefined, scan: number): number {
  if (restarts === undefined || restarts.length === 0) return -1;
  return restarts[scan] ?? 0;
}

function planSegments(
  header: LeptonHeader,
  picture: LeptonPicture,
  scanLimit: number,
): SegmentToDecode[] {
  const { segments, isLegacy, records } = header;
  const { components, mcuRows } = picture.scan.frame;
  const [first] = components;
  const v = first?.v ?? 1;
  const codedRows = Math.min(
    Math.ceil((picture.codedBlocks[0] ?? 0) / (first?.columns ?? 1)),
    mcuRows * v,
  );
  const codedMcuRows = Math.ceil(codedRows / v);
  let before = 0;
  return segments.map((segment, i) => {
    const next = segments[i + 1];
    for (const row of [segment.startRow, next?.startRow ?? 0]) {
      if (row % v !== 0) throw new PithError("StreamInconsistent", { why: "half an MCU row", row });
    }
    if (segment.startRow >= mcuRows * v) {
      throw new PithError("StreamInconsistent", { why: "a segment below the picture" });
    }
    const isLast = next === undefined;
    let limitBytes = Number.POSITIVE_INFINITY;
    if (!isLegacy && i > 0 && !isLast) limitBytes = segment.scanBytes;
    if (!isLegacy && isLast && records.earlyEnd !== undefined) {
      limitBytes = Math.max(0, Math.min(segment.scanBytes, scanLimit - before));
    }
    before += segment.scanBytes;
    const mcuRowOf = (row: number): number => Math.min(row / v, codedMcuRows);
    const rows = {
      first: mcuRowOf(segment.startRow),
      end: isLast ? mcuRows : mcuRowOf(next.startRow),
      isLast,
    };
    const place = isLegacy ? (i === 0 ? START : undefined) : handoffOf(segment, v);
    const handoff = place === undefined ? undefined : { ...place, mcuRow: rows.first };
    return { rows, handoff, endsScan: isLast || !isLegacy, limitBytes };
  });
}
