/**
 * Brotli: a stream of metablocks, without magic and without checksum.
 *
 *   window bits | metablock | metablock | ... | last metablock, maybe empty
 *
 *   metablock   coded (brotli-metablock.ts), or stored bytes, or metadata, which nobody sees
 *
 * Large windows, which the Brotli library writes when asked to, are read as well.
 * Source: RFC 7932, sections 9.1 and 9.2.
 */
import { PithError } from "../../core/errors.ts";
import { loadDictionary } from "../dictionary.ts";
import { BrotliBits } from "./brotli-bits.ts";
import { LastDistances } from "./brotli-distance.ts";
import { type BrotliStream, readMetablock } from "./brotli-metablock.ts";
import { CommandRecorder, type Recorded } from "./recorder.ts";
import { corrupt } from "./source-bytes.ts";

const WINDOW_BITS_LARGE_MINIMUM = 10;
const WINDOW_BITS_LARGE_MAXIMUM = 30;
/** A window is this much smaller than the power of two. */
const WINDOW_GAP_BYTES = 16;

const NIBBLES_LEAST = 4;
const METADATA = 3;

/**
 * Reads a Brotli stream.
 *
 * @throws PithError StreamCorrupt, DeflateTruncated, TrailingBytes, OutputLimit
 */
export async function readBrotli(bytes: Uint8Array, maximumBytes: number): Promise<Recorded> {
  const input = new BrotliBits(bytes);
  const output = new CommandRecorder(maximumBytes);
  const { windowBits, largeWindow } = readWindow(input);
  output.window(2 ** windowBits);
  const stream: BrotliStream = {
    input,
    output,
    dictionary: await loadDictionary(),
    largeWindow,
    windowBytes: 2 ** windowBits - WINDOW_GAP_BYTES,
    lastDistances: new LastDistances(),
  };
  while (!readAnyMetablock(stream)) {
    // Each is read until the one that says that it is the last.
  }
  input.align();
  if (input.at < bytes.length) throw new PithError("TrailingBytes", { at: input.at });
  return output.finish();
}

function readWindow(input: BrotliBits): { windowBits: number; largeWindow: boolean } {
  if (!input.flag()) return { windowBits: 16, largeWindow: false };
  const above17 = input.take(3);
  if (above17 !== 0) return { windowBits: 17 + above17, largeWindow: false };
  const above8 = input.take(3);
  if (above8 === 0) return { windowBits: 17, largeWindow: false };
  if (above8 > 1) return { windowBits: 8 + above8, largeWindow: false };
  const reserved = input.flag();
  const windowBits = input.take(6);
  if (
    reserved ||
    windowBits < WINDOW_BITS_LARGE_MINIMUM ||
    windowBits > WINDOW_BITS_LARGE_MAXIMUM
  ) {
    throw corrupt("no such window", input.at);
  }
  return { windowBits, largeWindow: true };
}

/** Reads a metablock of any kind. Returns whether it was the last one. */
function readAnyMetablock(stream: BrotliStream): boolean {
  const { input, output } = stream;
  const last = input.flag();
  if (last && input.flag()) return true;
  const nibbles = input.take(2);
  if (nibbles === METADATA) {
    skipMetadata(input);
    return last;
  }
  const size = readSize(input, NIBBLES_LEAST + nibbles, 4, NIBBLES_LEAST) + 1;
  if (!last && input.flag()) {
    input.align();
    output.literals(input.bytes(size));
    return false;
  }
  readMetablock(stream, size);
  return last;
}

function skipMetadata(input: BrotliBits): void {
  if (input.flag()) throw corrupt("a reserved bit is set", input.at);
  const sizeBytes = input.take(2);
  const size = sizeBytes === 0 ? 0 : readSize(input, sizeBytes, 8, 1) + 1;
  input.align();
  input.bytes(size);
}

/** A size in `digits` of `bits` bits each, low ones first; beyond `least` of them the highest is
 * not zero. */
function readSize(input: BrotliBits, digits: number, bits: number, least: number): number {
  let size = 0;
  for (let i = 0; i < digits; i++) {
    const digit = input.take(bits);
    if (digit === 0 && i + 1 === digits && digits > least) {
      throw corrupt("a size longer than it must be", input.at);
    }
    size += digit * 2 ** (bits * i);
  }
  return size;
}
