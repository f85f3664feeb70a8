/**
 * Decode: the doors through which a Lepton file becomes the JPEG that it was made from: one array, a web
 * stream, or pieces as they come. All give the same bytes.
 *
 *   single scan     bytes leave as rows are decoded, while the file is still being read
 *   several scans   bytes leave when all coefficients are there, as scans are written
 *
 * Several scans are decoded in this thread alone: writing the scans, a third of the work, is one thread's
 * in any case, and coefficients that come from others must be kept twice and copied.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { type ByteSource, Intake } from "../core/intake.ts";
import type { Kernel } from "../core/kernel.ts";
import { streamPair } from "../core/stream-pair.ts";
import { ByteGatherer } from "./byte-gatherer.ts";
import type { ModelOption } from "./coefficient-model.ts";
import { afterScan, assemble, openStore, readSegment, writeScans } from "./decode-body.ts";
import { DecodeLanes } from "./decode-lanes.ts";
import { type DecodePlan, planDecode } from "./decode-plan.ts";
import type { UnpackOptions } from "./dense-header.ts";
import { type LeptonArithmetic, readLeptonStart } from "./file-start.ts";
import { loadDecoder } from "./kernels.ts";
import { INPUT_WINDOW_BYTES } from "./picture.ts";
import { SegmentDecoder } from "./segment-decoder.ts";
import { SegmentSource } from "./segment-source.ts";
import { Work, type WorkOptions } from "./work.ts";

export interface DecodeLeptonOptions extends WorkOptions {
  /** Which sums of the model wrap at 16 bits, where a file does not say; both, unless told. */
  readonly arithmetic?: LeptonArithmetic | undefined;
}

/** What decoding with either model takes. */
export interface DecodeOptions extends DecodeLeptonOptions, ModelOption {
  /** How many JPEGs it lies in. */
  readonly depth?: number | undefined;
}

/**
 * Restores the JPEG, or the part of one, that a Lepton file was made from.
 *
 * @param lepton - a whole Lepton file of Pith, dropbox/lepton or lepton_jpeg_rust; not changed
 * @returns exactly the bytes that went in, or nothing: on any error no part of them is returned
 * @throws PithError kind "input": "BadLeptonFile", "StreamInconsistent", "VersionUnsupported",
 *   "UnsupportedJpeg", "Aborted" and others; kind "limit": "OutputLimit", "TooMuchMemoryNeeded"
 *
 * Memory: as for `decodeLeptonIterable`, and the output twice.
 *
 * @example
 * const jpeg = await decodeLepton(lepton);
 */
export async function decodeLepton(
  lepton: Uint8Array,
  options: DecodeLeptonOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeLeptonIterable(lepton, options)) pieces.push(piece);
  return concatenate(pieces);
}

/**
 * Restores a JPEG while its Lepton file comes.
 *
 * @param source - bytes, an iterable of pieces (a Node stream is one), or a web stream; left early
 *   when the loop is left or an error is thrown
 * @param options - as for `decodeLepton`
 * @returns pieces, the caller's to keep. Those of a single scan come as its rows are decoded, the
 *   JPEG's header before any of them. A Lepton file has no checksum: they are right if the file is.
 * @throws PithError as `decodeLepton`, and whatever the source throws, unchanged
 *
 * Memory: a single scan takes a kernel for each thread, two MCU rows and 3 MiB whatever the height
 * (18 MiB in all for the widest picture), and at most 5 MiB a thread decoded ahead; several scans take
 * 160 bytes for each block of the picture, 256 MiB at most, which is checked when the header is there.
 * Beside that the segments' bytes that have come and whose turn has not: less than the file has, and
 * less than twice the JPEG.
 *
 * @example
 * for await (const piece of decodeLeptonIterable(createReadStream("photo.lep"))) target.write(piece);
 */
export function decodeLeptonIterable(
  source: ByteSource,
  options: DecodeLeptonOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  return decodeIterable(source, { ...options, model: "lepton" });
}

/** The same for files of either model. */
export async function* decodeIterable(
  source: ByteSource,
  options: DecodeOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const work = new Work(options);
  const intake = new Intake(source, work.signal);
  const segments = new SegmentSource(intake, options.model, unpackingOf(options));
  let left: unknown;
  try {
    const plan = planDecode(await segments.header(), options);
    work.expect(plan.header.outputBytes);
    const kernel = await loadDecoder(options.model);
    const parts = plan.isSingle
      ? singleScan(kernel, plan, segments, work)
      : severalScans(kernel, plan, segments, work);
    for await (const piece of assemble(plan, parts)) {
      if (piece.length === 0) continue;
      work.add(piece.length);
      yield piece;
    }
    await segments.finish();
  } catch (error) {
    left = error;
    throw error;
  } finally {
    intake.leave(left);
  }
}

/** How JPEGs in the header of a dense file are restored: as files of their own, in this thread. */
export function unpackingOf({ signal, depth = 0 }: DecodeOptions): UnpackOptions {
  const restoreJpeg = async (
    coded: Uint8Array,
    maximumBytes: number,
    innerDepth: number,
  ): Promise<Uint8Array> => {
    const { outputBytes } = readLeptonStart(coded, "dense");
    if (outputBytes > maximumBytes) throw new PithError("HeaderTooLarge", { maximumBytes });
    const jpeg = new ByteGatherer();
    const options: DecodeOptions = { threads: 1, signal, model: "dense", depth: innerDepth };
    for await (const piece of decodeIterable(coded, options)) {
      jpeg.append(piece);
      if (jpeg.length > maximumBytes) throw new PithError("HeaderTooLarge", { maximumBytes });
    }
    return jpeg.take();
  };
  return { signal, depth, restoreJpeg };
}

/**
 * A pair of web streams: a Lepton file into `writable`, its JPEG out of `readable`.
 *
 * @param options - as for `decodeLepton`
 * @returns for `pipeThrough`; an error shows on both sides. A stream that is not read takes no more
 *   than it is given.
 *
 * @example
 * const jpeg = response.body.pipeThrough(decodeLeptonStream());
 */
export function decodeLeptonStream(
  options: DecodeLeptonOptions = {},
): TransformStream<Uint8Array, Uint8Array> {
  return streamPair(options.signal, (source, signal) =>
    decodeLeptonIterable(source, { ...options, signal }),
  );
}

async function* singleScan(
  kernel: Kernel,
  plan: DecodePlan,
  source: SegmentSource,
  work: Work,
): AsyncGenerator<Uint8Array, void, undefined> {
  // The oldest files' segments go on where the one before ended, which nothing says beforehand.
  const isApart = plan.segments.every(({ handoff }) => handoff !== undefined);
  const threads = isApart ? work.threadsFor(plan.segments.length, plan.header.outputBytes) : 1;
  const lanes =
    threads > 1 ? new DecodeLanes(kernel, plan, source, threads, work.signal) : undefined;
  if (lanes !== undefined) work.share();
  const instance = kernel.take();
  let isSound = true;
  try {
    const decoder = new SegmentDecoder(instance, plan.picture);
    for (const segment of plan.segments.keys()) {
      if (segment > 0 && lanes !== undefined) yield* lanes.piecesOf(segment);
      else yield* decodeHere(decoder, plan, segment, source, work);
    }
    yield* afterScan(plan);
  } catch (error) {
    isSound = false;
    throw error;
  } finally {
    lanes?.close();
    // The last byte that is wanted ends the loop over these pieces, so nothing behind it would run.
    if (isSound) kernel.release(instance);
  }
}

/** Decodes a segment in this thread, while its bytes come. */
async function* decodeHere(
  decoder: SegmentDecoder,
  { segments }: DecodePlan,
  segment: number,
  source: SegmentSource,
  work: Work,
): AsyncGenerator<Uint8Array, void, undefined> {
  const toDecode = segments[segment];
  if (toDecode === undefined) return;
  decoder.open(toDecode);
  let rest: Uint8Array = new Uint8Array(0);
  while (!decoder.done) {
    const piece = decoder.next();
    if (piece !== undefined) {
      if (piece.length > 0) yield piece;
      if (work.turnIsOver) await work.pass();
    } else if (!decoder.done) {
      // It lacks bytes: the next ones, or the word that there are none.
      while (rest.length === 0 && source.heldOf(segment) === 0 && !source.ended) {
        await source.more();
      }
      if (rest.length === 0) rest = source.take(segment, INPUT_WINDOW_BYTES);
      const isFinal = source.ended && source.heldOf(segment) === 0;
      rest = rest.subarray(decoder.feed(rest, isFinal));
    }
  }
  source.drop(segment);
}

async function* severalScans(
  kernel: Kernel,
  plan: DecodePlan,
  source: SegmentSource,
  work: Work,
): AsyncGenerator<Uint8Array, void, undefined> {
  const instance = kernel.take();
  let isSound = true;
  try {
    // Before the segments are read: a picture that is too large is refused at once.
    openStore(instance, plan);
    await source.finish();
    for (const [segment, { rows }] of plan.segments.entries()) {
      const stream = source.take(segment, source.heldOf(segment));
      for (const _ of readSegment(instance, rows, stream)) {
        if (work.turnIsOver) await work.pass();
      }
    }
    for (const piece of writeScans(instance, plan)) {
      if (piece.length > 0) yield piece;
      if (work.turnIsOver) await work.pass();
    }
  } catch (error) {
    isSound = false;
    throw error;
  } finally {
    // As for a single scan: the last byte that is wanted ends this loop too.
    if (isSound) kernel.release(instance);
  }
}
