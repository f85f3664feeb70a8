/**
 * Coding and decoding on the floors below: .pith files by the container, .lep files by Lepton, .dvn files by
 * DivANS, gzip, zlib and raw deflate by deflate. One coder, with its threads, serves all files of a command.
 */
import {
  type Coder,
  compressStream,
  createCoder,
  describeContent,
  expandStream,
} from "../container/index.ts";
import type { Arithmetic, Coding, CodingOptions, Decoding, Outcome, Source } from "./coding.ts";
import { decodeDeflate, encodeDeflate } from "./deflate-coding.ts";
import { decodeDivansFile, encodeDivansFile } from "./divans-coding.ts";
import { type Format, recogniseDeflate } from "./formats.ts";
import { decodeLeptonFile, encodeLeptonFile } from "./lepton-coding.ts";
import type { FileAttributes } from "./output.ts";

/** First bytes that tell formats apart. */
export const LOOK_BYTES = 16;

/** The format of a file that begins with `first`, undefined for anything else. Raw deflate cannot
 * be told from noise. */
export function recogniseFormat(first: Uint8Array): Format | undefined {
  const { name } = describeContent(first);
  if (name === "pith") return "pith";
  if (name === "lepton") return "lep";
  return name === "divans" ? "dvn" : recogniseDeflate(first);
}

/** Makes what codes files as `how` says. */
export async function openCoding(how: CodingOptions): Promise<Coding> {
  if (how.format !== "pith") {
    return {
      encode(source, ended) {
        if (how.format === "lep") return encodeLeptonFile(source, how, ended);
        if (how.format === "dvn") return encodeDivansFile(source.plain, how, ended);
        return encodeDeflate(source.plain, how, ended);
      },
      close: () => Promise.resolve(),
    };
  }
  const coder = await createCoder({ threads: how.threads });
  return {
    encode: (source, ended) => encodePith(source, how, coder, ended),
    close: () => coder.close(),
  };
}

/** Makes what decodes files of any format; `arithmetic` is for .lep files that do not say theirs. */
export async function openDecoding(
  threads: number,
  arithmetic: Arithmetic = "wrapping",
): Promise<Decoding> {
  const coder = await createCoder({ threads });
  return {
    decode: (coded, format, ended) => {
      if (format === "pith") return decodePith(coded, coder, ended);
      if (format === "lep") return decodeLeptonFile(coded, threads, arithmetic, ended);
      if (format === "dvn") return decodeDivansFile(coded, threads, ended);
      return decodeDeflate(coded, format, ended);
    },
    close: () => coder.close(),
  };
}

async function* encodePith(
  { plain, metadata }: Source,
  { effort, codec, filters }: CodingOptions,
  coder: Coder,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  const codecs = new Set<string>();
  yield* compressStream(plain, {
    coder,
    effort,
    filters,
    ...(codec === "auto" ? {} : { codec }),
    ...(metadata === undefined ? {} : { metadata }),
    onChunk: (chunk) => codecs.add(chunk.codec.name),
  });
  // Every frame was decoded and compared before it came out.
  ended({ codec: joined(codecs), verified: true });
}

async function* decodePith(
  coded: AsyncIterable<Uint8Array>,
  coder: Coder,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  let attributes: FileAttributes = {};
  const codecs = new Set<string>();
  yield* expandStream(coded, {
    coder,
    onMetadata: ({ modifiedMs, mode }) => {
      attributes = { modifiedMs, mode };
    },
    onChunk: (chunk) => codecs.add(chunk.codec.name),
  });
  ended({ codec: joined(codecs), verified: true, attributes });
}

function joined(codecs: ReadonlySet<string>): string {
  return [...codecs].sort().join("+") || "none";
}
