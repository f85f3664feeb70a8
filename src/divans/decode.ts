/**
 * Decode: the doors through which a DivANS file becomes the bytes that it was made from: one array, a web
 * stream, or pieces as they come. All give the same bytes.
 *
 *   proved   a unit leaves when its sum is right
 *   early    bytes leave block by block, before that is known
 */
import { concatenate } from "../core/bytes.ts";
import { checksumOf } from "../core/checksum.ts";
import type { ByteSource } from "../core/intake.ts";
import { DIVANS_OUTPUT_BYTES_MAXIMUM, JOB_TIMEOUT_MS } from "../core/limits.ts";
import { streamPair } from "../core/stream-pair.ts";
import { lookAhead } from "./encode.ts";
import { FileReader } from "./file.ts";
import { inOrder } from "./in-order.ts";
import { type DivansKernels, isOfBytes, loadDivans } from "./kernels.ts";
import { divansPools } from "./threads.ts";
import {
  decodeRecord,
  readRecord,
  readUnit,
  requireSum,
  UnitDecoder,
  type UnitRecord,
} from "./unit-decode.ts";
import type { UnitHeader } from "./unit-header.ts";
import { RecordReader } from "./unit-record.ts";
import { Work, type WorkOptions } from "./work.ts";

/** What leaves at once of a unit that is proved. */
const PIECE_BYTES = 256 * 1024;

export interface DecodeDivansOptions extends WorkOptions {
  /** How many bytes may come out; default 1 GiB for one array, else without bound. */
  readonly maximumBytes?: number | undefined;
  /** Gives bytes out block by block, some 64 KiB of literals each, in this thread, while later blocks have
   * not come yet. Their unit's sum is looked at when they have left: what follows an error is not to be
   * believed, and neither are up to 4 MiB before it. Units behind a filter leave whole all the same. */
  readonly early?: boolean | undefined;
}

/**
 * Restores the bytes that a DivANS file was made from.
 *
 * @param file - a whole .dvn file; not changed, but read until the promise settles
 * @returns exactly the bytes that went in, or nothing
 * @throws PithError "NotDivans"; "DivansTruncated", "DivansCorrupt", "TrailingBytes"; "OutputLimit" before
 *   more than `maximumBytes` are decoded; "CodecUnknown" for a filter of a later build; "Aborted"
 *
 * Memory: the output twice, and 24 MiB a thread.
 *
 * @example
 * const bytes = await decodeDivans(file, { maximumBytes: 1e9 });
 */
export async function decodeDivans(
  file: Uint8Array,
  options: DecodeDivansOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const maximumBytes = options.maximumBytes ?? DIVANS_OUTPUT_BYTES_MAXIMUM;
  const pieces: Uint8Array[] = [];
  const decoding = decodeDivansIterable(file, { ...options, maximumBytes, early: false });
  for await (const piece of decoding) pieces.push(piece);
  return concatenate(pieces);
}

/**
 * A pair of web streams: a DivANS file into `writable`, its bytes out of `readable`.
 *
 * @param options - as for `decodeDivans`, without a limit by default
 * @returns for `pipeThrough`; an error shows on both sides. A stream that is not read takes no more
 *   than it is given.
 *
 * Memory: 24 MiB a thread, and the units that it has under way.
 *
 * @example
 * const bytes = response.body.pipeThrough(decodeDivansStream());
 */
export function decodeDivansStream(
  options: DecodeDivansOptions = {},
): TransformStream<Uint8Array, Uint8Array> {
  return streamPair(options.signal, (source, signal) =>
    decodeDivansIterable(source, { ...options, signal }),
  );
}

/** The same from any source, as pieces that are the caller's to keep. */
export async function* decodeDivansIterable(
  source: ByteSource,
  options: DecodeDivansOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { maximumBytes = Number.POSITIVE_INFINITY, early = false } = options;
  const work = new Work(options);
  const reader = new RecordReader(source, work.signal);
  let left: unknown;
  try {
    const kernels = await loadDivans();
    const file = new FileReader(reader, maximumBytes);
    await file.start();
    const isHere = early || work.threadsFor(Number.POSITIVE_INFINITY) === 1;
    const pieces = isHere
      ? decodeHere(kernels, file, reader, work, early)
      : decodeInThreads(kernels, file, reader, work);
    for await (const piece of pieces) {
      work.add(piece.length);
      yield piece;
    }
  } catch (error) {
    left = error;
    throw error;
  } finally {
    reader.leave(left);
  }
}

/** Decodes unit after unit in this thread, with one instance. */
async function* decodeHere(
  kernels: DivansKernels,
  file: FileReader,
  reader: RecordReader,
  work: Work,
  early: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  const instance = kernels.takeDecoder();
  const decoder = new UnitDecoder(instance);
  let isSound = true;
  try {
    for (let unit = await file.header(); unit !== undefined; unit = await file.header()) {
      const isPlain = unit.parameters !== undefined && unit.filter.kind === "none";
      if (isPlain) yield* piecesOf(reader, unit, decoder, work, early);
      else yield await readUnit(reader, unit, decoder, work);
    }
  } catch (error) {
    isSound = isOfBytes(error);
    throw error;
  } finally {
    // Left early by the reader's caller, an instance is as good as before.
    if (isSound) kernels.releaseDecoder(instance);
  }
}

/** The bytes of one unit: early ones block by block, others in pieces when all are there and proved. They stay
 * in the kernel until they are asked for. */
async function* piecesOf(
  reader: RecordReader,
  header: UnitHeader,
  decoder: UnitDecoder,
  work: Work,
  early: boolean,
): AsyncGenerator<Uint8Array, void, undefined> {
  decoder.begin(header);
  let sum = 0;
  for (let block = await reader.block(); block !== undefined; block = await reader.block()) {
    await work.pass();
    const start = decoder.position;
    decoder.take(block);
    sum = checksumOf(decoder.bytesFrom(start), sum);
    if (early) yield decoder.bytesFrom(start).slice();
  }
  requireSum(await reader.sum(), sum);
  if (early) return;
  for (let at = 0; at < header.plainBytes; at += PIECE_BYTES) {
    yield decoder.bytesFrom(at).slice(0, PIECE_BYTES);
  }
}

async function* decodeInThreads(
  kernels: DivansKernels,
  file: FileReader,
  reader: RecordReader,
  work: Work,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { isSingle, all } = await lookAhead(recordsOf(file, reader));
  if (isSingle) {
    for await (const record of all) yield await decodeRecord(kernels, record, work);
    return;
  }
  const threads = work.threadsFor(Number.POSITIVE_INFINITY);
  const lease = divansPools.lease(kernels.kernel, threads);
  try {
    yield* inOrder(all, threads, work.signal, async (record, signal) => {
      const transfer = record.blocks.map(({ coded }) => coded.buffer as ArrayBuffer);
      const run = { transfer, signal, timeoutMs: JOB_TIMEOUT_MS };
      return (await lease.pool.run("decode", { record }, run)).value.plain;
    });
  } finally {
    lease.release();
  }
}

async function* recordsOf(
  file: FileReader,
  reader: RecordReader,
): AsyncGenerator<UnitRecord, void, undefined> {
  for (let unit = await file.header(); unit !== undefined; unit = await file.header()) {
    yield await readRecord(reader, unit);
  }
}
