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
import { type ByteSource, Intake } from "../core/intake.ts";
import type { Kernel } from "../core/kernel.ts";
import { LEPTON_OUTPUT_BYTES_MAXIMUM } from "../core/limits.ts";
import { streamPair } from "../core/stream-pair.ts";
import { ByteGatherer } from "./byte-gatherer.ts";
import { type ByteRange, encodeRange } from "./chunk-range.ts";
import type { ModelOption } from "./coefficient-model.ts";
import type { PackOptions } from "./dense-header.ts";
import { findFirstScan, scanlessParts } from "./encode-scanless.ts";
import { encodeSegments } from "./encode-segments.ts";
import { encodeSeveral } from "./encode-several.ts";
import { type CodingOptions, type CutOptions, planSingle } from "./encode-single.ts";
import { type LeptonParts, writeLepton } from "./file.ts";
import { holdsAll } from "./jpeg-frame.ts";
import { type FirstScan, readFirstScan } from "./jpeg-header.ts";
import { sniffJpeg } from "./jpeg-sniff.ts";
import { loadEncoder } from "./kernels.ts";
import { prove } from "./prove.ts";
import { requireSegments } from "./segments.ts";
import { Work, type WorkOptions } from "./work.ts";

/** What coding with either model takes. */
export interface EncodeOptions extends EncodeLeptonOptions, ModelOption {
  /** How many JPEGs it lies in. */
  readonly depth?: number | undefined;
}

export interface EncodeLeptonOptions extends CutOptions, WorkOptions {
  /** False gives the file out without having decoded it: for benchmarks only. */
  readonly verify?: boolean | undefined;
  /** The file is to restore only the bytes from this one on, alone: 0 unless told. */
  readonly startByte?: number | undefined;
  /** How many bytes; up to the end unless told, or where the JPEG ends before. */
  readonly bytes?: number | undefined;
}

/**
 * Codes one JPEG, losslessly: `decodeLepton` returns exactly these bytes.
 *
 * @param jpeg - a whole JPEG file of at most 128 MiB, or one that was cut off; baseline, extended or
 *   progressive, one to three components. Not changed, but read until the promise settles.
 * @param options - see EncodeLeptonOptions; rows are cut into `segments` parts, 1 to 16, by default
 *   by size. Each can be coded and decoded on a core of its own and learns afresh, which costs some
 *   saving. With `startByte` and `bytes` the file restores that range alone.
 * @returns a Lepton file of version 1, which both other Lepton programs read as far as the format goes.
 *   Its segments are the same on every machine and for any number of threads; the compressed header
 *   may differ with the build of zlib.
 * @throws PithError of kind "input" when the file is not a JPEG that we can restore exactly (the caller
 *   falls back to another codec); of kind "limit" when it is too large; "RoundTripFailure" when the
 *   proof fails; "InvalidArgument", "Aborted", and what `onProgress` throws, unchanged
 *
 * Cost: a look over all rows, coding, then decoding once more as a proof. Other work of this thread gets
 * its turn every 10 ms. Memory: for one scan two MCU rows and some MiB a thread, and the file twice;
 * for several scans 160 bytes for each block of the picture, at most 256 MiB, all taken before coding
 * starts, and as much again by the proof.
 *
 * @example
 * const lepton = await encodeLepton(jpeg);
 */
export function encodeLepton(
  jpeg: Uint8Array,
  options: EncodeLeptonOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeJpeg(jpeg, { ...options, model: "lepton" });
}

/** The same with either model. */
export async function encodeJpeg(
  jpeg: Uint8Array,
  options: EncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const range = checkOptions(jpeg, options);
  if (range.start === 0 && range.end === jpeg.length) return await encodeWhole(jpeg, options);
  const beginning = jpeg.subarray(0, range.end);
  // A JPEG of several scans cannot be taken up in the middle, but it can be cut off.
  const isCutOff = range.start === 0 && sniffJpeg(beginning, false, options.model).kind === "multi";
  return isCutOff
    ? await encodeWhole(beginning, options)
    : await encodeRange(jpeg, range, { ...options, packing: packingOf(options) });
}

/**
 * A pair of web streams: a JPEG into `writable`, its Lepton file out of `readable`.
 *
 * @param options - as for `encodeLepton`
 * @returns for `pipeThrough`; an error shows on both sides, "OutputLimit" as soon as the JPEG passes
 *   128 MiB
 *
 * Nothing leaves before all of the JPEG is there and its file is proved: the header of a Lepton file
 * tells what only the end of the JPEG shows. Memory: as for `encodeLepton`, and the JPEG twice.
 *
 * @example
 * await file.stream().pipeThrough(encodeLeptonStream()).pipeTo(target);
 */
export function encodeLeptonStream(
  options: EncodeLeptonOptions = {},
): TransformStream<Uint8Array, Uint8Array> {
  return streamPair(options.signal, (source, signal) => encodeFrom(source, { ...options, signal }));
}

async function* encodeFrom(
  source: ByteSource,
  options: EncodeLeptonOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const intake = new Intake(source, options.signal);
  let left: unknown;
  try {
    const jpeg = new ByteGatherer();
    while (await intake.more()) {
      const piece = intake.rest();
      jpeg.append(piece);
      intake.skip(piece.length);
      requireSize(jpeg.length);
    }
    yield await encodeLepton(jpeg.take(), options);
  } catch (error) {
    left = error;
    throw error;
  } finally {
    intake.leave(left);
  }
}

/** The same for all of a JPEG; `anyEnding` takes what other programs do not take behind a scan. */
export async function encodeWhole(
  jpeg: Uint8Array,
  options: EncodeOptions,
  anyEnding = false,
): Promise<Uint8Array<ArrayBuffer>> {
  const work = new Work(options);
  const { model } = options;
  const first = model === "dense" ? findFirstScan(jpeg) : readFirstScan(jpeg);
  const isSingle = first !== undefined && holdsAll(first.scan);
  const kernel = await loadEncoder(model);
  work.expect(options.verify === false ? jpeg.length : 2 * jpeg.length);
  const { records, streams } =
    first === undefined
      ? scanlessParts(jpeg)
      : isSingle
        ? await encodeSingle(kernel, jpeg, first, work, options, anyEnding)
        : await work.use(kernel, (instance) => encodeSeveral(instance, jpeg, first, options));
  const flavour = isSingle ? "Z" : "X";
  const packing = packingOf(options);
  const parts = { model, packing, flavour, outputBytes: jpeg.length, records, streams } as const;
  const lepton = await writeLepton(parts);
  work.reach(jpeg.length);
  if (options.verify !== false) await prove(lepton, jpeg, work, model);
  return lepton;
}

/** How JPEGs in the header of a dense file are coded: as files of their own, proved, in this thread. */
export function packingOf({ signal, depth = 0 }: EncodeOptions): PackOptions {
  const codeJpeg = async (
    jpeg: Uint8Array,
    innerDepth: number,
  ): Promise<Uint8Array | undefined> => {
    try {
      return await encodeWhole(
        jpeg,
        { threads: 1, signal, model: "dense", depth: innerDepth },
        true,
      );
    } catch (error) {
      const isRefusal = error instanceof PithError && ["input", "limit"].includes(error.kind);
      if (!isRefusal || error.code === "Aborted") throw error;
      return undefined;
    }
  };
  return { signal, depth, codeJpeg };
}

async function encodeSingle(
  kernel: Kernel,
  jpeg: Uint8Array,
  { scan, at, header }: FirstScan,
  work: Work,
  options: CodingOptions,
  anyEnding: boolean,
): Promise<Pick<LeptonParts, "records" | "streams">> {
  const plan = await work.use(kernel, (instance) =>
    planSingle(instance, jpeg, scan, at, anyEnding ? undefined : header, options),
  );
  return { records: plan.records, streams: await encodeSegments(kernel, plan, work) };
}

function checkOptions(jpeg: Uint8Array, options: EncodeLeptonOptions): ByteRange {
  const { segments, startByte: start = 0, bytes = jpeg.length } = options;
  requireSegments(segments);
  const isPlace = Number.isInteger(start) && start >= 0 && (start === 0 || start < jpeg.length);
  if (!isPlace || !Number.isInteger(bytes) || bytes < 0 || (bytes === 0 && jpeg.length > 0)) {
    throw new PithError("InvalidArgument", {
      what: "a range of bytes begins within the JPEG and has at least one",
      startByte: start,
      bytes,
    });
  }
  const end = Math.min(start + bytes, jpeg.length);
  requireSize(end - start);
  return { start, end };
}

function requireSize(bytes: number): void {
  const maximum = LEPTON_OUTPUT_BYTES_MAXIMUM;
  if (bytes > maximum) throw new PithError("OutputLimit", { bytes, maximum });
}
