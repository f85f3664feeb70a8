/**
 * Intake: bytes from any kind of source, one piece at hand at a time.
 *
 *   source   [ piece ][ piece ][ piece ] ...     array, iterable or stream
 *                 ^ position
 *   rest()        [---]                          at most FEED_BYTES, so that no step is long
 *
 * The reader of headers takes single bytes, the engines take `rest()`. Waiting for a source ends
 * when the caller's signal aborts; a source that is left early is told so.
 */
import { PithError } from "./errors.ts";

/** What bytes to be coded or decoded can come from; each piece may have any size, also 0. */
export type ByteSource =
  | Uint8Array
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ReadableStream<Uint8Array>;

/** The most that is handed on at once: keeps progress reports and abort checks frequent. */
const FEED_BYTES = 64 * 1024;

const NOTHING = new Uint8Array(0);

/** The way a source is read: pieces until undefined, or left early. */
interface Pieces {
  next(): Promise<Uint8Array | undefined>;
  leave(reason: unknown): Promise<unknown>;
}

export class Intake {
  readonly #pieces: Pieces;
  readonly #signal: AbortSignal | undefined;
  #piece: Uint8Array = NOTHING;
  #at = 0;
  #before = 0; // bytes of the pieces before this one
  #ended = false;
  readonly #single: boolean;

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#pieces = piecesOf(source);
    this.#single = source instanceof Uint8Array;
    this.#signal = signal;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#before + this.#at;
  }

  /**
   * Sees to it that at least one byte is at hand.
   *
   * @returns false when the source is at its end
   * @throws PithError Aborted; InvalidArgument when the source gives anything but Uint8Array;
   *   whatever the source throws, unchanged
   */
  async more(): Promise<boolean> {
    while (this.#at === this.#piece.length) {
      if (this.#ended) return false;
      throwIfAborted(this.#signal);
      const piece = await untilAborted(this.#pieces.next(), this.#signal);
      if (piece !== undefined && !(piece instanceof Uint8Array)) {
        throw new PithError("InvalidArgument", { what: "a source gives Uint8Array only" });
      }
      this.#before += this.#piece.length;
      this.#at = 0;
      this.#piece = piece ?? NOTHING;
      this.#ended = piece === undefined;
    }
    return true;
  }

  /** The next byte, taken; undefined at the end. */
  async byte(): Promise<number | undefined> {
    if (this.#at === this.#piece.length && !(await this.more())) return undefined;
    return this.#piece[this.#at++];
  }

  /** A view on the bytes at hand, not taken. */
  rest(): Uint8Array {
    return this.#piece.subarray(this.#at, this.#at + FEED_BYTES);
  }

  /** All bytes that are left, not taken, when the source is one array; else undefined. */
  wholeRest(): Uint8Array | undefined {
    return this.#single ? this.#piece.subarray(this.#at) : undefined;
  }

  /** Takes `count` of the bytes at hand. */
  skip(count: number): void {
    this.#at += count;
  }

  /** Leaves the source: tells it that no more is wanted, unless it is at its end. Does not
   * wait, because a source that hangs may be the reason for leaving. */
  leave(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#piece = NOTHING;
    this.#at = 0;
    // The reason for leaving is already on its way to the caller; a second error has no reader.
    this.#pieces.leave(reason).catch(() => undefined);
  }
}

/** The fault of an aborted signal, with the caller's reason as its cause. */
export function abortedFault(signal: AbortSignal): PithError {
  return new PithError("Aborted", {}, signal.reason);
}

/** @throws PithError Aborted */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedFault(signal);
}

function piecesOf(source: ByteSource): Pieces {
  if (source instanceof Uint8Array) return piecesOfIterator([source].values());
  if (source !== null && typeof source === "object") {
    if ("getReader" in source) return piecesOfStream(source);
    if (Symbol.asyncIterator in source) return piecesOfIterator(source[Symbol.asyncIterator]());
    if (Symbol.iterator in source) return piecesOfIterator(source[Symbol.iterator]());
  }
  throw new PithError("InvalidArgument", { what: "a source is bytes, an iterable or a stream" });
}

function piecesOfStream(stream: ReadableStream<Uint8Array>): Pieces {
  const reader = stream.getReader();
  return {
    next: async () => (await reader.read()).value,
    leave: (reason) => reader.cancel(reason),
  };
}

function piecesOfIterator(pieces: Iterator<Uint8Array> | AsyncIterator<Uint8Array>): Pieces {
  return {
    next: async () => {
      const result = await pieces.next();
      return result.done === true ? undefined : result.value;
    },
    leave: async () => void (await pieces.return?.()),
  };
}

/** The value of `promise`, or Aborted as soon as the signal says so. */
async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortedFault(signal));
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
