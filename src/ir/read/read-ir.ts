/**
 * Reading IR: the true parse of a file that another program compressed.
 *
 *   compressed file -> which format -> its decoder -> recorder -> commands, and the bytes they make
 *
 *   xz       magic FD 37 7A 58 5A 00      lzma     a header that is plausible
 *   gzip     magic 1F 8B                  zlib     a header that is plausible
 *   brotli   nothing to know it by: the last guess
 *
 * What a stream repeats, the IR repeats: the same literals, lengths and distances in the same order,
 * and of Brotli words, context maps and block types. What is only about how these are coded, such as
 * deflate's blocks, is gone. Each format has a file beside this one; deflate's decoder is that of
 * `pith/deflate`. docs/formats/ir.md has the commands.
 */
import { PithError } from "../../core/errors.ts";
import { IR_OUTPUT_BYTES_MAXIMUM } from "../../core/limits.ts";
import { inflateSteps } from "../../deflate/index.ts";
import { readBrotli } from "./brotli-file.ts";
import { looksLikeLzma, readLzma } from "./lzma-file.ts";
import { CommandRecorder, type Recorded } from "./recorder.ts";
import { looksLikeXz, readXz } from "./xz-file.ts";

/** How these formats, or `deflate` without anything around it, are named. */
export type CompressedFormat = "xz" | "lzma" | "brotli" | "gzip" | "zlib" | "deflate";

export interface ReadIrOptions {
  /** Default: found out. Deflate without a header is never guessed. */
  readonly format?: CompressedFormat | undefined;
  /** The most that may be decoded; default 256 MiB. */
  readonly maximumBytes?: number | undefined;
}

export interface ReadIr extends Recorded {
  readonly format: CompressedFormat;
}

type Reader = (bytes: Uint8Array, maximumBytes: number) => Recorded | Promise<Recorded>;

const READERS: Readonly<Record<CompressedFormat, Reader>> = {
  xz: readXz,
  lzma: readLzma,
  brotli: readBrotli,
  gzip: (bytes, maximumBytes) => readDeflate(bytes, maximumBytes, "gzip"),
  zlib: (bytes, maximumBytes) => readDeflate(bytes, maximumBytes, "zlib"),
  deflate: (bytes, maximumBytes) => readDeflate(bytes, maximumBytes, "raw"),
};

/**
 * Reads a compressed file as IR.
 *
 * @param bytes - the whole file: .xz, .lzma, Brotli, gzip or zlib; not changed, not kept
 * @returns the commands, the decoded bytes, which `runIr` makes of them, and which format it is
 * @throws PithError kind "input": StreamCorrupt, DeflateCorrupt, DeflateTruncated, GzipHeader,
 *   GzipChecksum (also for the checks of .xz), TrailingBytes; NotImplemented for .xz with other
 *   filters than LZMA2; FormatUnknown when no guess was right; kind "limit": OutputLimit, IrTooLarge
 *
 * Cost: 3 to 30 MB/s of output, in this thread, without a pause; memory twice the output and 24 bytes
 * a command. Neither depends on what a damaged file says of itself.
 *
 * @example
 * const { ir, plain, format } = await readIr(readFileSync("words.txt.xz"));
 */
export async function readIr(bytes: Uint8Array, options: ReadIrOptions = {}): Promise<ReadIr> {
  const { maximumBytes = IR_OUTPUT_BYTES_MAXIMUM } = options;
  if (!(maximumBytes >= 0)) throw new PithError("InvalidArgument", { maximumBytes });
  const known = options.format ?? formatByMagic(bytes);
  if (known === undefined) return readByGuess(bytes, maximumBytes);
  if (!Object.hasOwn(READERS, known)) throw new PithError("InvalidArgument", { format: known });
  return { ...(await READERS[known](bytes, maximumBytes)), format: known };
}

function formatByMagic(bytes: Uint8Array): CompressedFormat | undefined {
  if (looksLikeXz(bytes)) return "xz";
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? "gzip" : undefined;
}

/** Reads by the first guess that is right; Brotli can look like anything. */
async function readByGuess(bytes: Uint8Array, maximumBytes: number): Promise<ReadIr> {
  const guesses: CompressedFormat[] = [];
  if (looksLikeLzma(bytes)) guesses.push("lzma");
  if (looksLikeZlib(bytes)) guesses.push("zlib");
  guesses.push("brotli");
  let likeliest: PithError | undefined;
  for (const format of guesses) {
    try {
      return { ...(await READERS[format](bytes, maximumBytes)), format };
    } catch (error) {
      if (!(error instanceof PithError) || error.kind === "bug") throw error;
      likeliest ??= error;
      // What merely is too large was guessed right.
      if (error.kind === "limit") throw likeliest;
    }
  }
  if (guesses.length > 1) throw likeliest;
  const why = "it has no magic that is known, and is not Brotli";
  throw new PithError("FormatUnknown", { why }, likeliest);
}

/** Deflate, a window of at most 32 KiB, no dictionary, and check bits that agree. */
function looksLikeZlib(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (
    (first & 15) === 8 &&
    first >> 4 <= 7 &&
    (first * 256 + second) % 31 === 0 &&
    (second & 0x20) === 0
  );
}

const DEFLATE_WINDOW_BYTES = 32 * 1024;

async function readDeflate(
  bytes: Uint8Array,
  maximumBytes: number,
  format: "gzip" | "zlib" | "raw",
): Promise<Recorded> {
  const recorder = new CommandRecorder(maximumBytes);
  recorder.window(DEFLATE_WINDOW_BYTES);
  for await (const piece of inflateSteps(bytes, recorder, { format })) void piece;
  return recorder.finish();
}
