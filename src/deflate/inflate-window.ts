/**
 * Decoded bytes: the last 32 KiB, which matches refer to, and the piece that is being filled.
 *
 *   bytes   |--- last 32 KiB ---|--- piece ---|- room for a match -|
 *                               ^ sent        ^ at    ^ full
 *
 * When `at` passes `full` the piece must be sent before another symbol is decoded. The fields
 * are open to the fast loop (inflate-portable.ts).
 */
import { corrupt } from "./inflate-bits.ts";

const WINDOW_BYTES = 32 * 1024;
const PIECE_BYTES = 64 * 1024;
const MATCH_BYTES_MAXIMUM = 258;

const BUFFER_BYTES = WINDOW_BYTES + PIECE_BYTES;
/** The window is moved down once more than this is filled: no room for another match. */
const BUFFER_FULL = BUFFER_BYTES - MATCH_BYTES_MAXIMUM;

export class DecodedWindow {
  /** Whether every step must come by the methods below: the fast loop goes past them. */
  readonly telling: boolean = false;
  readonly bytes: Uint8Array = new Uint8Array(BUFFER_BYTES);
  at = 0;
  full: number = PIECE_BYTES - MATCH_BYTES_MAXIMUM;
  #sentAt = 0;

  /** Bytes that can be added before the piece must be sent. */
  get room(): number {
    return this.full + MATCH_BYTES_MAXIMUM - this.at;
  }

  /** Adds a literal, the lowest byte of `literal`. */
  literal(literal: number): void {
    this.bytes[this.at++] = literal;
  }

  /** Adds bytes of a stored block. */
  stored(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Adds a match. */
  match(distance: number, length: number): void {
    this.at = copyMatch(this.bytes, this.at, distance, length);
  }

  /** A copy of what was decoded since the last one, undefined when that is nothing. */
  send(): Uint8Array | undefined {
    if (this.at === this.#sentAt) return undefined;
    const piece = this.bytes.slice(this.#sentAt, this.at);
    if (this.at > BUFFER_FULL) {
      this.bytes.copyWithin(0, this.at - WINDOW_BYTES, this.at);
      this.at = WINDOW_BYTES;
    }
    this.#sentAt = this.at;
    this.full = Math.min(BUFFER_FULL, this.#sentAt + PIECE_BYTES - MATCH_BYTES_MAXIMUM);
    return piece;
  }
}

/**
 * Copies a match to `at`, the end of what is decoded; it may overlap what it makes.
 *
 * @returns the new end
 * @throws PithError DeflateCorrupt when it reaches back before the first byte
 */
export function copyMatch(bytes: Uint8Array, at: number, distance: number, length: number): number {
  let source = at - distance;
  if (source < 0) throw corrupt("invalid distance too far back");
  const end = at + length;
  if (distance === 1) {
    bytes.fill(bytes[source] as number, at, end);
  } else {
    for (let target = at; target < end; ) bytes[target++] = bytes[source++] as number;
  }
  return end;
}
