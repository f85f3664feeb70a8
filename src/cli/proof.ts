/**
 * Proof: what is encoded is decoded again as it is written.
 *
 *   plain -> SHA-256 -> encode -> bytes out
 *                          \-> decode -> SHA-256: must be the same at the end
 */
import { PithError } from "../core/errors.ts";
import { runningSha256 } from "../core/hash.ts";
import { hashing } from "./read-file.ts";

/** Plain bytes of a coded stream. */
export type Decode = (coded: ReadableStream<Uint8Array>) => AsyncIterable<Uint8Array>;

/**
 * What `encode` makes of `plain`, of which `decode` has made the same again once it ends.
 *
 * @throws PithError "RoundTripFailure", a bug
 */
export async function* proven(
  plain: AsyncIterable<Uint8Array>,
  encode: (plain: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
  decode: Decode,
): AsyncGenerator<Uint8Array> {
  const hash = runningSha256();
  const proof = new Proof(decode);
  try {
    for await (const piece of encode(hashing(plain, hash))) {
      await proof.take(piece);
      yield piece;
    }
    const actual = await proof.finish();
    const expected = hash.finish();
    if (actual !== expected) throw new PithError("RoundTripFailure", { expected, actual });
  } finally {
    await proof.abandon();
  }
}

/** Pieces (of a MiB or less) that the decoder may lag behind the encoder. */
const PIECES_AHEAD = 4;

/** Exported for its test: a decoder that runs beside the encoder and hashes what comes out. */
export class Proof {
  readonly #pipe = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: PIECES_AHEAD,
  });
  readonly #writer = this.#pipe.writable.getWriter();
  readonly #result: Promise<string>;
  #finished = false;

  constructor(decode: Decode) {
    this.#result = this.#hash(decode);
    // Heard in `finish`, or of no interest any more.
    this.#result.catch(() => undefined);
    this.#writer.closed.catch(() => undefined);
    this.#writer.ready.catch(() => undefined);
  }

  /** Takes the next bytes of the stream; waits while the decoder is far behind. */
  async take(piece: Uint8Array): Promise<void> {
    try {
      await this.#writer.ready;
    } catch (error) {
      // The decoder's own words, if it is the one that failed.
      await this.#result;
      throw error;
    }
    // A failure shows at the next piece, or at the end.
    this.#writer.write(piece).catch(() => undefined);
  }

  /** Ends the stream and gives the SHA-256 of what was decoded. */
  async finish(): Promise<string> {
    this.#finished = true;
    this.#writer.close().catch(() => undefined);
    return this.#result;
  }

  /** Lets go of the decoder; does nothing after `finish`. */
  async abandon(): Promise<void> {
    if (!this.#finished) await this.#writer.abort().catch(() => undefined);
  }

  async #hash(decode: Decode): Promise<string> {
    const hash = runningSha256();
    for await (const piece of decode(this.#pipe.readable)) hash.update(piece);
    return hash.finish();
  }
}
