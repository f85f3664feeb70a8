/**
 * Segments: where a picture is cut into parts that are coded alone.
 *
 *   rows   | 0 | 1 | 2 | 3 | 4 | 5 | 6 |     MCU rows and where their scan data begin
 *   cuts   |   segment 0   | segment 1 |
 *
 * Each segment learns afresh, which costs some saving, and can be coded and decoded on a core of
 * its own. The cut depends on the picture alone, never on threads.
 */
import { PithError } from "../core/errors.ts";
import {
  DENSE_SEGMENT_SCAN_BYTES_MINIMUM,
  DENSE_SEGMENTS_DEFAULT,
  DENSE_SEGMENTS_SEVERAL_SCANS,
  LEPTON_SEGMENT_SCAN_BYTES_MINIMUM,
  LEPTON_SEGMENTS_DEFAULT,
  LEPTON_SEGMENTS_MAXIMUM,
  LEPTON_SEGMENTS_SEVERAL_SCANS,
} from "../core/limits.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import type { SegmentRows } from "./segment-decoder.ts";

/** @throws PithError "InvalidArgument" unless so many segments can be asked for, or none are */
export function requireSegments(segments: number | undefined): void {
  if (segments === undefined) return;
  if (!Number.isInteger(segments) || segments < 1 || segments > LEPTON_SEGMENTS_MAXIMUM) {
    throw new PithError("InvalidArgument", { what: "segments are 1 to 16", segments });
  }
}

/**
 * How many segments a picture is cut into unless the caller says.
 *
 * @param scanBytes - bytes of its scan data
 * @param model - whose segments learn afresh, from nothing or from priors
 */
export function defaultSegments(scanBytes: number, model: CoefficientModel = "lepton"): number {
  const [minimum, maximum] =
    model === "dense"
      ? [DENSE_SEGMENT_SCAN_BYTES_MINIMUM, DENSE_SEGMENTS_DEFAULT]
      : [LEPTON_SEGMENT_SCAN_BYTES_MINIMUM, LEPTON_SEGMENTS_DEFAULT];
  return Math.max(1, Math.min(maximum, Math.floor(scanBytes / minimum)));
}

/** The same for several scans. */
export function defaultSegmentsOfSeveral(model: CoefficientModel = "lepton"): number {
  return model === "dense" ? DENSE_SEGMENTS_SEVERAL_SCANS : LEPTON_SEGMENTS_SEVERAL_SCANS;
}

/**
 * Cuts at about equal bytes of scan data, as they decode in about equal time.
 *
 * @param positions - where the data of each MCU row begin, and where those of the last end
 * @param count - segments wanted; there are fewer when there are fewer rows
 * @param from - MCU row to which the first position belongs
 */
export function cutByBytes(positions: readonly number[], count: number, from = 0): SegmentRows[] {
  const rows = positions.length - 1;
  const start = positions[0] ?? 0;
  const total = (positions[rows] ?? 0) - start;
  const firsts = [0];
  for (let i = 1; i < count; i++) {
    const target = start + (total * i) / count;
    let row = (firsts.at(-1) ?? 0) + 1;
    while (row < rows && (positions[row] ?? 0) < target) row += 1;
    if (row >= rows) break;
    firsts.push(row);
  }
  return segmentsOf(firsts, rows, from);
}

/** Cuts at equal rows, as lepton_jpeg_rust does: a segment ends with row floor(s * (i + 1)). */
export function cutByRows(rows: number, count: number): SegmentRows[] {
  const share = Math.fround(rows / count);
  const firsts = [0];
  for (let i = 0; i < count - 1; i++) {
    const first = Math.floor(Math.fround(share * (i + 1))) + 1;
    if (first < rows) firsts.push(first);
  }
  return segmentsOf(firsts, rows, 0);
}

function segmentsOf(firsts: readonly number[], rows: number, from: number): SegmentRows[] {
  return firsts.map((first, i) => ({
    first: from + first,
    end: from + (firsts[i + 1] ?? rows),
    isLast: i === firsts.length - 1,
  }));
}
