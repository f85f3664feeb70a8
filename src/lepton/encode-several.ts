/**
 * Encode several: a JPEG of several scans, progressive or not.
 *
 *   scan 1, scan 2, ... -> store of all coefficients -> segments
 *
 * The whole picture lies in the kernel's memory, 160 bytes a block: its dimensions are checked against
 * the limit before any of it is taken. Segments only cut the coding of the coefficients; scans are
 * written one after the other.
 */
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import { type CodingOptions, pictureOf } from "./encode-single.ts";
import { allBlocks, type JpegScan } from "./jpeg-frame.ts";
import { type FirstScan, requireRestorable } from "./jpeg-header.ts";
import { openFrame, openModel } from "./picture.ts";
import type { LeptonRecords } from "./records.ts";
import { readScans } from "./scans-read.ts";
import { encodeStored } from "./segment-encoder.ts";
import { cutByRows, defaultSegmentsOfSeveral } from "./segments.ts";
import type { Steps } from "./work.ts";

/**
 * Codes a JPEG.
 *
 * @param jpeg - the whole file
 * @throws PithError of kind "input" when the data cannot be restored exactly; "TooMuchMemoryNeeded"
 */
export function* encodeSeveral(
  instance: KernelInstance,
  jpeg: Uint8Array,
  first: FirstScan,
  options: CodingOptions,
): Steps<{ readonly records: LeptonRecords; readonly streams: readonly Uint8Array[] }> {
  const { scan } = first;
  const { frame } = scan;
  openFrame(instance, frame, allBlocks(frame), { first: 0, count: frame.mcuRows });
  const { model } = options;
  const read = yield* readScans(instance, jpeg, first, model);
  instance.call("sealStore");
  const { padding, lastBlocks, quantizers } = read;
  if (model !== "dense") {
    requireRestorable(scan, quantizers);
    requireSameQuantizers(scan, quantizers);
  }
  const seen = { padding, endsEarly: lastBlocks !== undefined, lastBlocks: lastBlocks ?? [] };
  const picture = pictureOf(scan, quantizers, seen, model);
  for (const [c, count] of picture.codedBlocks.entries()) instance.call("setBlocks", c, count);
  openModel(instance, picture, false);
  const [{ columns = 1, v = 1 } = {}] = frame.components;
  // Decoders place segments by the rows that the first component has.
  const rows = Math.min(Math.ceil((picture.codedBlocks[0] ?? 0) / (columns * v)), frame.mcuRows);
  const cuts = cutByRows(rows, options.segments ?? defaultSegmentsOfSeveral(model));
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
    notes: read.notes,
    tail: read.tail,
  };
  const streams: Uint8Array[] = [];
  for (const cut of cuts) streams.push(yield* encodeStored(instance, cut));
  return { records, streams };
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
