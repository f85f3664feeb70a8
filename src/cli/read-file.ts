/**
 * Bytes of files and of stdin, in pieces, with faults instead of system errors.
 */
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { concatenate } from "../core/bytes.ts";
import type { RunningHash } from "../core/hash.ts";
import { fileFault } from "./file-fault.ts";

/** Bytes a read: large enough that a gigabyte takes few thousand calls. */
const PIECE_BYTES = 256 * 1024;

/** Reads a file from its first byte to its last. @throws PithError "FileIo" */
export function readFile(path: string): AsyncGenerator<Uint8Array> {
  return readRange(path, 0, Number.POSITIVE_INFINITY);
}

/** Reads `bytes` of a file from `offset` on, fewer where it ends. @throws PithError "FileIo" */
export async function* readRange(
  path: string,
  offset: number,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      for (let at = 0; at < bytes; ) {
        const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytes - at));
        const { bytesRead } = await file.read(piece, 0, piece.length, offset + at);
        if (bytesRead === 0) return;
        at += bytesRead;
        yield piece.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileFault(error);
  }
}

/** The first `bytes` of a file, fewer where it is shorter. @throws PithError "FileIo" */
export async function readFirst(path: string, bytes: number): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileFault(error);
  }
}

/**
 * A look at the first bytes of a stream.
 *
 * @returns `first`, `bytes` long or shorter when the stream is, and `whole`, the stream from its
 *   beginning; `whole` must be read or given up with `return`
 */
export async function peek(
  source: AsyncGenerator<Uint8Array>,
  bytes: number,
): Promise<{ first: Uint8Array; whole: Required<AsyncIterableIterator<Uint8Array>> }> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await source.next();
    if (next.done === true) break;
    pieces.push(next.value);
    length += next.value.length;
  }
  const first = concatenate(pieces).subarray(0, bytes);
  // No generator: one that is given up before it is begun would not give up its source.
  const whole: Required<AsyncIterableIterator<Uint8Array>> = {
    async next() {
      const value = pieces.shift();
      return value === undefined ? source.next() : { done: false, value };
    },
    return: () => source.return(undefined),
    throw: (error: unknown) => source.throw(error),
    [Symbol.asyncIterator]: () => whole,
  };
  return { first, whole };
}

/** `bytes` as they pass, hashed. */
export async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hash: RunningHash,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
}

/** Reads stdin to its end. @throws PithError "FileIo" */
export async function* readInput(stdin: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of stdin) yield piece as Uint8Array;
  } catch (error) {
    throw fileFault(error);
  }
}

/** `bytes` as they pass, each piece told to `passed`. */
export async function* counting(
  bytes: AsyncIterable<Uint8Array>,
  passed: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    passed(piece.length);
    yield piece;
  }
}
