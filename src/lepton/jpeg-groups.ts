/**
 * JPEG groups: the header record of a Lepton file, taken apart for writing the JPEG again.
 *
 *   HDR   | segments, SOS | segments, SOS | ... | rest |
 *          group 0         group 1               behind the last scan
 *
 * Each group is written as it is, then its scan's data; at the end the rest. In files without a JPEG
 * in them the rest is anything at all. Source: docs/formats/lepton.md, "Records".
 */
import { PithError } from "../core/errors.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { holdsAll, type JpegScan, unsupported } from "./jpeg-frame.ts";
import { JpegHeader, type JpegStep } from "./jpeg-header.ts";

export interface JpegGroup {
  readonly scan: JpegScan;
  /** Where the group's bytes begin and end in the record. */
  readonly start: number;
  readonly end: number;
}

export interface JpegGroups {
  /** At least one. */
  readonly groups: readonly JpegGroup[];
  readonly first: JpegGroup;
  /** Where the rest begins. */
  readonly restAt: number;
  /** Quantization tables behind the last segment. The model of dropbox/lepton uses these, that of
   * lepton_jpeg_rust those of the first group; they differ in few files. */
  readonly finalQuantizers: readonly (Uint16Array | undefined)[];
}

/**
 * Takes a header record apart.
 *
 * @param model - that codes the picture
 * @throws PithError as `JpegHeader.read`; "UnsupportedJpeg" when there is no scan
 */
export function readGroups(record: Uint8Array, model: CoefficientModel = "lepton"): JpegGroups {
  const header = new JpegHeader({ frames: model });
  const groups: JpegGroup[] = [];
  let at = 0;
  for (;;) {
    const [last] = groups.slice(-1);
    const isComplete = last !== undefined && holdsAll(last.scan);
    const step = isComplete ? readRest(header, record, at) : header.read(record, at);
    if (step?.kind !== "scan" || isComplete) break;
    groups.push({ scan: step.scan, start: at, end: step.at });
    at = step.at;
  }
  const [first] = groups;
  if (first === undefined) throw unsupported("a header without a scan");
  return { groups, first, restAt: at, finalQuantizers: header.quantizers };
}

/** Reads what follows the only scan for the tables in it; it need not be segments. */
function readRest(header: JpegHeader, record: Uint8Array, at: number): JpegStep | undefined {
  try {
    return header.read(record, at);
  } catch (error) {
    if (error instanceof PithError && error.kind === "input") return undefined;
    throw error;
  }
}
