/**
 * .pith files for callers: bytes in, bytes out, whole or as they come.
 *
 * Who compresses often gives a coder of its own (create-coder.ts); the others share one with a
 * thread a core, which starts with the first call and does not keep the process alive.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import type { Coder } from "./coder.ts";
import { createCoder } from "./create-coder.ts";
import { openPithFile, type PithFile, type RandomAccess } from "./pith-open.ts";
import { type ExpandOptions, readPith } from "./pith-read.ts";
import { type CompressOptions, writePith } from "./pith-write.ts";

interface WithCoder {
  /** Default one that all calls without share. */
  readonly coder?: Coder | undefined;
}

let shared: Promise<Coder> | undefined;

function coderOf({ coder }: WithCoder): Coder | Promise<Coder> {
  if (coder !== undefined) return coder;
  shared ??= createCoder();
  return shared;
}

/**
 * Compresses bytes to a .pith file. Every frame is decoded again and compared before this resolves.
 *
 * @param bytes - any length
 * @param options.effort - "flat", "fast", "default" or "dense": how much time it may take
 * @param options.metadata - name, time and mode to keep; default none, equal bytes give equal files
 * @returns at most 56 bytes and 76 a chunk (4 MiB) more than `bytes`
 * @throws PithError "Aborted" by `options.signal`; "InvalidArgument" for an unknown codec
 *
 * @example
 * const packed = await compress(new TextEncoder().encode("hello ".repeat(1000)));
 * const plain = await expand(packed);
 */
export async function compress(
  bytes: Uint8Array,
  options: CompressOptions & WithCoder = {},
): Promise<Uint8Array> {
  return collect(compressStream(onePiece(bytes), options));
}

/**
 * The bytes of a .pith file again.
 *
 * @param options.maximumBytes - plain bytes at most: give it for files of unknown origin
 * @throws PithError "NotPith", "PithVersion", "PithTruncated", "FrameCorrupt", "CodecUnknown",
 *   "TrailingBytes" or "OutputLimit"
 */
export async function expand(
  file: Uint8Array,
  options: ExpandOptions & WithCoder = {},
): Promise<Uint8Array> {
  return collect(expandStream(onePiece(file), options));
}

/**
 * Compresses bytes to a .pith file as they come, in memory of a few chunks.
 *
 * @throws as `compress`, and what the source throws
 */
export async function* compressStream(
  source: AsyncIterable<Uint8Array>,
  options: CompressOptions & WithCoder = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* writePith(await coderOf(options), source, options);
}

/**
 * The plain bytes of a .pith file as it comes, in memory of a few chunks. Each chunk is proved
 * whole before it comes out; that the file is complete is known at its end.
 *
 * @throws as `expand`, and what the source throws
 */
export async function* expandStream(
  source: AsyncIterable<Uint8Array>,
  options: ExpandOptions & WithCoder = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* readPith(await coderOf(options), source, options);
}

/**
 * Opens a .pith file for reading at any place, and for a look at its frames.
 *
 * @param file - an array, or anything that can be read at a place
 * @throws PithError "NotPith", "PithVersion", "PithTruncated" or "FrameCorrupt"
 */
export async function openPith(
  file: Uint8Array | RandomAccess,
  options: WithCoder = {},
): Promise<PithFile> {
  const access = file instanceof Uint8Array ? inMemory(file) : file;
  return openPithFile(await coderOf(options), access);
}

function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    bytes: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (!(bytes instanceof Uint8Array)) throw new PithError("BadUsage", { what: "not a Uint8Array" });
  yield bytes;
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return concatenate(parts);
}
