/**
 * Inflate engine: what the reader asks of a decoder of raw deflate streams.
 *
 *   reader    feed(bytes)          next()            next()           next()
 *                |                   |                 |                |
 *   engine    takes a view        a piece of        a piece ...      "hungry": feed more
 *                                 decoded bytes                      "ended": bytesRead is exact
 *
 * An engine knows one raw stream and nothing around it: members, headers, checksums, padding and
 * limits belong to read.ts, so that they are the same for every engine. There are two engines,
 * the platform's zlib in Node (inflate-zlib.ts) and our own for everywhere (inflate-portable.ts);
 * both must take and refuse exactly the same streams.
 */

/** Answers of `next` that are not decoded bytes. */
export type Pause =
  /** Every byte that was fed is used; feed more, or finish. */
  | "hungry"
  /** The final block is over; `bytesRead` says where. */
  | "ended";

/** One raw deflate stream on its way. */
export interface Inflating {
  /**
   * Hands over the next compressed bytes; only at the start and after "hungry".
   *
   * @param input - at least 1 byte; must not change until "hungry" or "ended"
   */
  feed(input: Uint8Array): void;
  /** Says that no more bytes will come; only after "hungry". `next` then ends or throws. */
  finish(): void;
  /**
   * The next decoded bytes, at most PIECE_BYTES_MAXIMUM at a time and the caller's to keep, or a pause.
   *
   * @throws PithError DeflateCorrupt with the reason as `why`, DeflateTruncated after `finish`
   */
  next(): Uint8Array | Pause | Promise<Uint8Array | Pause>;
  /** Compressed bytes used so far: after "ended" exactly the length of the stream, whole bytes. */
  readonly bytesRead: number;
  /** Lets go of memory and handles; at any time, more than once. */
  close(): void;
}

/** A stream that was decoded in one step. */
export interface Whole {
  readonly plain: Uint8Array;
  readonly bytesRead: number;
}

export interface InflateEngine {
  readonly name: string;
  /** Begins a raw deflate stream. */
  open(): Inflating;
  /**
   * Decodes in one step a stream of which all bytes are at hand, and maybe more behind it.
   *
   * @returns undefined when that would keep the thread too long, and when the stream is broken:
   *   decoded again by `open`, it gives the fault
   */
  readonly whole?: (input: Uint8Array) => Whole | undefined;
}

/** Decoded bytes come in pieces of at most this size, so that a stream that expands a
 * thousandfold still never holds more than one. Each piece of zlib's costs some 40 us; at 64 KiB
 * that is a third of the time of level-6 text, at 256 KiB small streams pay for memory they do
 * not use. */
export const PIECE_BYTES_MAXIMUM = 128 * 1024;
