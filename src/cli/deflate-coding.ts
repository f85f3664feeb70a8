/**
 * Coding to gzip, zlib and raw deflate, each stream decoded again as it is written.
 */
import { type DeflateOptions, deflateIterable, inflateIterable } from "../deflate/index.ts";
import type { CodingOptions, DeflateLevel, Outcome } from "./coding.ts";
import type { Format } from "./formats.ts";
import { type Decode, proven } from "./proof.ts";

type DeflateFormat = Exclude<Format, "pith" | "lep" | "dvn">;

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
  const options: DeflateOptions = { format, level, workers: how.threads === 1 ? 0 : how.threads };
  const decode: Decode = (coded) => inflateIterable(coded, { format });
  yield* proven(plain, (source) => deflateIterable(source, options), decode);
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
