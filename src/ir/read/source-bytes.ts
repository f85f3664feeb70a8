/**
 * Source bytes: a compressed stream as its readers take it, byte by byte, with what can go wrong.
 *
 * The integers of the formats read here are little-endian, except LZMA2's sizes and the range coder.
 */
import { PithError } from "../../core/errors.ts";

export class SourceBytes {
  readonly bytes: Uint8Array;
  /** Where the next byte is. */
  at: number;
  /** Where the part that may be read ends. */
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.at;
  }

  byte(): number {
    if (this.at >= this.end) throw truncated(this.at);
    return this.bytes[this.at++]!;
  }

  /** The next `count` bytes, a view. */
  take(count: number): Uint8Array {
    if (count > this.left) throw truncated(this.end);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  /** The next `count` bytes as a part of their own. */
  part(count: number): SourceBytes {
    if (count > this.left) throw truncated(this.end);
    this.at += count;
    return new SourceBytes(this.bytes, this.at - count, this.at);
  }

  /** Two bytes, the high one first. */
  uint16BigEndian(): number {
    return (this.byte() << 8) | this.byte();
  }

  uint32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }
}

/** The fault of a stream that breaks its format. */
export function corrupt(why: string, at: number): PithError {
  return new PithError("StreamCorrupt", { why, at });
}

/** The fault of a stream that ends before its end. */
export function truncated(at: number): PithError {
  return new PithError("DeflateTruncated", { at });
}

/** The fault of a stream that may well be right, with something in it that is not read here. */
export function unsupported(what: string, facts: Readonly<Record<string, unknown>>): PithError {
  return new PithError("NotImplemented", { what, ...facts });
}

/** Throws unless a sum that the stream holds is the one of what was decoded. */
export function requireSum(what: string, same: boolean, at: number): void {
  if (!same) throw new PithError("GzipChecksum", { what, at });
}
