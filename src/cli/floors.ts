/**
 * Coding and decoding on the floors below: .pith files by the container, gzip, zlib and raw deflate
 * by deflate. One coder, with its threads, serves all files of a command.
 */
import {
  type Coder,
  compressStream,
  createCoder,
  describeContent,
  expandStream,
} from "../container/index.ts";
import type { Coding, CodingOptions, Decoding, Outcome, Source } from "./coding.ts";
import { decodeDeflate, encodeDeflate } from "./deflate-coding.ts";
import { type Format, recogniseDeflate } from "./formats.ts";
import type { FileAttributes } from "./output.ts";

/** First bytes that tell formats apart. */
export const LOOK_BYTES = 16;

/** The format of a file that begins with `first`, undefined for anything else. Raw deflate cannot
 * be told from noise. */
export function recogniseFormat(first: Uint8Array): Format | undefined {
  return describeContent(first).name === "pith" ? "pith" : recogniseDeflate(first);
}

/** Makes what codes files as `how` says. */
export async function openCoding(how: CodingOptions): Promise<Coding> {
  if (how.format !== "pith") {
    return {
      encode: ({ plain }, ended) => encodeDeflate(plain, how, ended),
      close: () => Promise.resolve(),
    };
  }
  const coder = await createCoder({ threads: how.threads });
  return {
    encode: (source, ended) => encodePith(source, how, coder, ended),
    close: () => coder.close(),
  };
}

/** Makes what decodes files of any format. */
export async function openDecoding(threads: number): Promise<Decoding> {
  const coder = await createCoder({ threads });
  return {
    decode: (coded, format, ended) =>
      format === "pith" ? decodePith(coded, coder, ended) : decodeDeflate(coded, format, ended),
    close: () => coder.close(),
  };
}

async function* encodePith(
  { plain, metadata }: Source,
  { effort, codec }: CodingOptions,
  coder: Coder,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  const codecs = new Set<string>();
  yield* compressStream(plain, {
    coder,
    effort,
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
