/**
 * Encode: a JPEG to a Lepton file that decodes to exactly these bytes, or a refusal that says why not.
 *
 *   JPEG -> header -> one scan (encode-single.ts) or several (encode-several.ts) -> file -> proof
 *   some bytes of it -> chunk-range.ts
 *
 * The proof decodes the file with another kernel instance before anybody gets it: what passes the
 * parsers is not always what a canonical writer puts back.
 */
import { PithError } from "../core/errors.ts";
import type { Kernel } from "../core/kernel.ts";
import { LEPTON_OUTPUT_BYTES_MAXIMUM, LEPTON_SEGMENTS_MAXIMUM } from "../core/limits.ts";
import { type ByteRange, encodeRange } from "./chunk-range.ts";
import { encodeSegments } from "./encode-segments.ts";
import { encodeSeveral } from "./encode-several.ts";
import { type CutOptions, planSingle } from "./encode-single.ts";
import { type LeptonParts, writeLepton } from "./file.ts";
import { holdsAll, type JpegScan } from "./jpeg-frame.ts";
import { readFirstScan } from "./jpeg-header.ts";
import { sniffJpeg } from "./jpeg-sniff.ts";
import { loadEncoder } from "./kernels.ts";
import { prove } from "./prove.ts";
import { Work, type WorkOptions } from "./work.ts";

export interface EncodeLeptonOptions extends CutOptions, WorkOptions {
  /** False gives the file out without having decoded it: for benchmarks only. */
  readonly verify?: boolean | undefined;
  /** The file is to restore only the bytes from this one on, alone: 0 unless told. */
  readonly startByte?: number | undefined;
  /** How many bytes; up to the end unless told, or where the JPEG ends before. */
  readonly bytes?: number | undefined;
}

export async function encodeLepton(
  jpeg: Uint8Array,
  options: EncodeLeptonOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const range = checkOptions(jpeg, options);
  if (range.start === 0 && range.end === jpeg.length) return await encodeWhole(jpeg, options);
  const beginning = jpeg.subarray(0, range.end);
  // A JPEG of several scans cannot be taken up in the middle, but it can be cut off.
  const isCutOff = range.start === 0 && sniffJpeg(beginning, false).kind === "multi";
  return isCutOff ? await encodeWhole(beginning, options) : await encodeRange(jpeg, range, options);
}

async function encodeWhole(
  jpeg: Uint8Array,
  options: EncodeLeptonOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const work = new Work(options);
  const { scan, at, header } = readFirstScan(jpeg);
  const isSingle = holdsAll(scan);
  const kernel = await loadEncoder();
  work.expect(options.verify === false ? jpeg.length : 2 * jpeg.length);
  const { records, streams } = isSingle
    ? await encodeSingle(kernel, jpeg, scan, at, work, options)
    : await work.use(kernel, (instance) =>
        encodeSeveral(instance, jpeg, scan, at, header, options),
      );
  const flavour = isSingle ? "Z" : "X";
  const lepton = await writeLepton({ flavour, outputBytes: jpeg.length, records, streams });
  work.reach(jpeg.length);
  if (options.verify !== false) await prove(lepton, jpeg, work);
  return lepton;
}

async function encodeSingle(
  kernel: Kernel,
  jpeg: Uint8Array,
  scan: JpegScan,
  at: number,
  work: Work,
  options: CutOptions,
): Promise<Pick<LeptonParts, "records" | "streams">> {
  const plan = await work.use(kernel, (instance) => planSingle(instance, jpeg, scan, at, options));
  return { records: plan.records, streams: await encodeSegments(kernel, plan, work) };
}

function checkOptions(jpeg: Uint8Array, options: EncodeLeptonOptions): ByteRange {
  const { segments, startByte: start = 0, bytes = jpeg.length } = options;
  const isCount = segments === undefined || (Number.isInteger(segments) && segments >= 1);
  if (!isCount || (segments ?? 1) > LEPTON_SEGMENTS_MAXIMUM) {
    throw new PithError("InvalidArgument", { what: "segments are 1 to 16", segments });
  }
  const isPlace = Number.isInteger(start) && start >= 0 && (start === 0 || start < jpeg.length);
  if (!isPlace || !Number.isInteger(bytes) || bytes < 0 || (bytes === 0 && jpeg.length > 0)) {
    throw new PithError("InvalidArgument", {
      what: "a range of bytes begins within the JPEG and has at least one",
      startByte: start,
      bytes,
    });
  }
  const end = Math.min(start + bytes, jpeg.length);
  if (end - start > LEPTON_OUTPUT_BYTES_MAXIMUM) {
    throw new PithError("OutputLimit", {
      bytes: end - start,
      maximum: LEPTON_OUTPUT_BYTES_MAXIMUM,
    });
  }
  return { start, end };
}
