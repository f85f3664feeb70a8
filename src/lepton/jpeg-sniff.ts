/**
 * JPEG sniff: what the first bytes of an object say about its being a JPEG, and of which sort.
 *
 *   FF D8 FF, ..., SOS   one scan with all components in a sequential frame: "single", which can be
 *                        cut anywhere; else "multi", which can only be coded whole
 *
 * The bytes may end inside the header: a picture whose thumbnails and profiles fill the first
 * chunk is "undecided". Nothing here throws.
 */
import { PithError } from "../core/errors.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { holdsAll, type JpegFrame, type JpegScan } from "./jpeg-frame.ts";
import { beginsJpeg, JPEG_START_BYTES, JpegHeader } from "./jpeg-header.ts";

export type JpegSniff =
  | { readonly kind: "none" }
  /** `at` is where the data of the first scan begin. */
  | { readonly kind: "single"; readonly scan: JpegScan; readonly at: number }
  /** Without a scan when the frame alone tells. */
  | { readonly kind: "multi"; readonly frame: JpegFrame; readonly scan?: JpegScan }
  /** Begins as a JPEG, and the bytes end before its first scan. */
  | { readonly kind: "undecided" }
  /** Begins as a JPEG, and cannot be coded: why. */
  | { readonly kind: "refused"; readonly fault: PithError };

/**
 * Looks at the beginning of an object.
 *
 * @param first - its first bytes; 4 MiB hold the headers of nearly all pictures
 * @param ended - whether they are all of it
 * @param model - that would code it
 */
export function sniffJpeg(
  first: Uint8Array,
  ended: boolean,
  model: CoefficientModel = "lepton",
): JpegSniff {
  if (!beginsJpeg(first)) return { kind: "none" };
  const header = new JpegHeader({ frames: model });
  try {
    const step = header.read(first, JPEG_START_BYTES);
    if (step.kind === "scan") {
      const { scan, at } = step;
      return holdsAll(scan)
        ? { kind: "single", scan, at }
        : { kind: "multi", frame: scan.frame, scan };
    }
    if (step.kind === "end") {
      return { kind: "refused", fault: new PithError("UnsupportedJpeg", { why: "no scan" }) };
    }
    if (ended) return { kind: "refused", fault: new PithError("ShortRead", { at: step.at }) };
    const { frame } = header;
    return frame?.progressive === true ? { kind: "multi", frame } : { kind: "undecided" };
  } catch (error) {
    return { kind: "refused", fault: PithError.from(error, "AssertionFailure") };
  }
}
