/**
 * Coding for the command: plain bytes to one of its formats and back, proven.
 *
 * This is the seam between the files of the command line and the floors below: .pith files are
 * the container's, .lep files Lepton's, .dvn files DivANS's, gzip, zlib and raw deflate deflate's.
 */
import type { Effort } from "../core/codec.ts";
import type { Format } from "./formats.ts";
import type { FileAttributes } from "./output.ts";

export const CODECS = [
  "auto",
  "stored",
  "deflate",
  "zlib",
  "divans",
  "lepton",
  "jpeg-dense",
] as const;
export type CodecName = (typeof CODECS)[number];

export interface CodingOptions {
  readonly format: Format;
  readonly codec: CodecName;
  readonly effort: Effort;
  /** gz, zlib and deflate: how to search; undefined follows codec and effort. */
  readonly level: DeflateLevel | undefined;
  readonly threads: number;
  /** pith, dvn: whether filters are tried before general codecs; they are unless this is false. */
  readonly filters?: boolean | undefined;
  /** pith: whether name, time and mode go into the file. */
  readonly metadata: boolean;
  /** lep: parts that can be decoded at once; undefined leaves it to Lepton. */
  readonly segments?: number | undefined;
  /** lep: the bytes of the JPEG that are coded; undefined codes them all. */
  readonly range?: ByteRange | undefined;
}

export interface ByteRange {
  readonly start: number;
  /** Undefined goes to the end. */
  readonly bytes: number | undefined;
}

/** How sums of Lepton's model behave in files that do not say so. */
export const ARITHMETICS = ["wrapping", "exact", "exact-bottom"] as const;
export type Arithmetic = (typeof ARITHMETICS)[number];

export type DeflateLevel = "huffman" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** What coding one file came to, known when its last byte has left. */
export interface Outcome {
  readonly codec: string;
  readonly verified: boolean;
  /** Plain bytes that the file holds, where these are not all that was read. */
  readonly plainBytes?: number;
  /** What a .pith file keeps of its plain file. */
  readonly attributes?: FileAttributes;
}

/** A file's bytes, and what a .pith file is to keep of it. */
export interface Source {
  readonly plain: AsyncIterable<Uint8Array>;
  readonly metadata: { name: string; modifiedMs: number; mode: number } | undefined;
  /** lep: told of bytes as they are coded, which begins when all have been read. */
  readonly done?: ((bytes: number) => void) | undefined;
}

export interface Coding {
  /**
   * Codes one file's bytes.
   *
   * @param ended - told once, after the last byte was yielded
   */
  encode(source: Source, ended: (outcome: Outcome) => void): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

export interface Decoding {
  /**
   * Decodes one file's bytes; their checksums hold once the iteration has ended.
   *
   * @param ended - told once, after the last byte was yielded
   */
  decode(
    coded: AsyncIterable<Uint8Array>,
    format: Format,
    ended: (outcome: Outcome) => void,
  ): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
