/**
 * Coders that run in this process: our codecs with their own choice of segments and with one, and zlib
 * as Node has it. All on one thread; ours without the proof of its result where nothing else is said.
 *
 *   pith         Lepton's model, in Lepton files
 *   pith dense   the dense model, in files of its own: what .pith files and the store hold of it
 */
import { deflateSync, inflateSync } from "node:zlib";
import {
  decodeLepton,
  decodeLeptonIterable,
  encodeLepton,
  openLeptonChunks,
} from "../../src/lepton/index.ts";
import { decodeDense, decodeDenseIterable, encodeDense } from "../../test/dense-jpegs.ts";
import type { JpegFile } from "./files.ts";
import { preparePriors } from "./priors.ts";

/** Whose files they are. */
export type Model = "lepton" | "dense";

export interface InProcess {
  readonly name: string;
  readonly ours: boolean;
  readonly chunked: boolean;
  /** Another way of one of the others, for the speeds alone. */
  readonly warmOnly?: boolean;
  /** Before a file is coded, and not timed. */
  prepare?(file: JpegFile): Promise<void>;
  encode(jpeg: Uint8Array): Promise<Uint8Array>;
  decode(coded: Uint8Array): Promise<Uint8Array>;
}

export const ONE_SEGMENT = "pith, 1 segment";
export const DEFAULT_SEGMENTS = "pith";
/** As everybody but a benchmark has it: decoded again and compared before it is given out. */
const PROVED = "pith, proved";

export const DENSE_ONE_SEGMENT = "pith dense, 1 segment";
export const DENSE_DEFAULT_SEGMENTS = "pith dense";

export const CHUNK_BYTES = 4 * 1024 * 1024;

export const IN_PROCESS: readonly InProcess[] = [
  {
    name: DEFAULT_SEGMENTS,
    ours: true,
    chunked: true,
    encode: (jpeg) => encodeUnproved(jpeg),
    decode,
  },
  {
    name: ONE_SEGMENT,
    ours: true,
    chunked: true,
    encode: (jpeg) => encodeUnproved(jpeg, 1),
    decode,
  },
  {
    name: PROVED,
    ours: true,
    chunked: true,
    warmOnly: true,
    encode: encodeProved,
    decode,
  },
  {
    name: DENSE_DEFAULT_SEGMENTS,
    ours: true,
    chunked: true,
    prepare: preparePriors,
    encode: (jpeg) => encodeDense(jpeg, { verify: false }),
    decode: (coded) => decodeDense(coded),
  },
  {
    name: DENSE_ONE_SEGMENT,
    ours: true,
    chunked: true,
    prepare: preparePriors,
    encode: (jpeg) => encodeDense(jpeg, { segments: 1, verify: false }),
    decode: (coded) => decodeDense(coded),
  },
  {
    name: "zlib 9",
    ours: false,
    chunked: true,
    encode: async (jpeg) => new Uint8Array(deflateSync(jpeg, { level: 9 })),
    decode: async (coded) => new Uint8Array(inflateSync(coded)),
  },
];

/** A Lepton file that nobody has decoded yet; without a count, as many segments as it likes. */
export function encodeUnproved(jpeg: Uint8Array, segments?: number): Promise<Uint8Array> {
  return encodeLepton(jpeg, { segments, threads: 1, verify: false });
}

export function encodeProved(jpeg: Uint8Array): Promise<Uint8Array> {
  return encodeLepton(jpeg, { threads: 1 });
}

export function decode(lepton: Uint8Array): Promise<Uint8Array> {
  return decodeLepton(lepton, { threads: 1 });
}

/** A file that nobody has decoded yet, by either model. */
export function encodeBy(model: Model, jpeg: Uint8Array): Promise<Uint8Array> {
  return model === "dense" ? encodeDense(jpeg, { verify: false }) : encodeUnproved(jpeg);
}

/** Pieces as rows are done. */
export function decodeStream(
  model: Model,
  coded: Uint8Array,
  threads: number,
): AsyncIterable<Uint8Array> {
  return model === "dense"
    ? decodeDenseIterable(coded, threads)
    : decodeLeptonIterable(coded, { threads });
}

/** The first chunk of a JPEG, as a store has it. */
export async function codeChunk(
  model: Model,
  jpeg: Uint8Array,
  segments: number,
): Promise<Uint8Array> {
  const session = openLeptonChunks({ model, segments, verify: false });
  const coded = await session.encode(jpeg.subarray(0, CHUNK_BYTES), jpeg.length <= CHUNK_BYTES);
  session.close();
  if ("refused" in coded) throw new Error(`a chunk was refused: ${coded.refused}`);
  return coded;
}

export function decodeChunk(model: Model, coded: Uint8Array, threads: number): Promise<Uint8Array> {
  return model === "dense" ? decodeDense(coded, threads) : decodeLepton(coded, { threads });
}
