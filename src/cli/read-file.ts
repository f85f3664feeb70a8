/**
 * Bytes of files and of stdin, in pieces, with faults instead of system errors.
 */
import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { fileFault } from "./file-fault.ts";

/** Bytes a read: large enough that a gigabyte takes few thousand calls. */
const PIECE_BYTES = 256 * 1024;

/** Reads a file from its first byte to its last. @throws PithError "FileIo" */
export async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PIECE_BYTES));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileFault(error);
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
