/**
 * Coding to gzip, zlib and raw deflate, each stream decoded again as it is written.
 *
 *   plain -> SHA-256 -> deflate -> bytes out
 *                          \-> inflate -> SHA-256: must be the same at the end
 */
import { PithError } from "../core/errors.ts";
import { runningSha256 } from "../core/hash.ts";
import { type DeflateOptions, deflateIterable, inflateIterable } from "../deflate/index.ts";
import type { CodingOptions, DeflateLevel, Outcome } from "./coding.ts";
import type { Format } from "./formats.ts";
import { hashing } from "./read-file.ts";

type DeflateFormat = Exclude<Format, "pith" | "lep">;

const FORMATS: Readonly<Record<DeflateFormat, "gzip" | "zlib" | "raw">> = {
  gz: "gzip",
  zlib: "zlib",
  deflate: "raw",
};

/** What `--effort` means where matches are searched. */
const LEVELS: Readonly<Record<CodingOptions["effort"], DeflateLevel>> = {
  flat: "huffman",
  fast: 1,
  default: 6,
  dense: 9,
};

/** Codes to `how.format`, which is one of deflate's. @throws PithError "RoundTripFailure", a bug */
export async function* encodeDeflate(
  plain: AsyncIterable<Uint8Array>,
  how: CodingOptions,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  const format = FORMATS[how.format as DeflateFormat];
  const level = levelOf(how);
  const hash = runningSha256();
  const proof = new Proof(format);
  const options: DeflateOptions = { format, level, workers: how.threads === 1 ? 0 : how.threads };
  try {
    for await (const piece of deflateIterable(hashing(plain, hash), options)) {
      await proof.take(piece);
      yield piece;
    }
    const actual = await proof.finish();
    const expected = hash.finish();
    if (actual !== expected) throw new PithError("RoundTripFailure", { expected, actual });
  } finally {
    await proof.abandon();
  }
  ended({ codec: level === "huffman" ? "deflate" : "zlib", verified: true });
}

/** Decodes gzip, zlib or raw deflate. */
export async function* decodeDeflate(
  coded: AsyncIterable<Uint8Array>,
  format: DeflateFormat,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  yield* inflateIterable(coded, { format: FORMATS[format] });
  // Raw deflate has nothing to hold its bytes against.
  ended({ codec: "deflate", verified: format !== "deflate" });
}

function levelOf(how: CodingOptions): DeflateLevel {
  if (how.level !== undefined) return how.level;
  if (how.codec === "deflate") return "huffman";
  const level = LEVELS[how.effort];
  return how.codec === "zlib" && level === "huffman" ? 1 : level;
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

  constructor(format: "gzip" | "zlib" | "raw") {
    this.#result = this.#decode(format);
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

  async #decode(format: "gzip" | "zlib" | "raw"): Promise<string> {
    const hash = runningSha256();
    for await (const piece of inflateIterable(this.#pipe.readable, { format })) {
      hash.update(piece);
    }
    return hash.finish();
  }
}
