/**
 * Coders that run in this process: our codec with its own choice of segments and with one, and zlib
 * as Node has it. All on one thread; ours without the proof of its result where nothing else is said.
 */
import { deflateSync, inflateSync } from "node:zlib";
import {
  decodeLepton,
  decodeLeptonIterable,
  encodeLepton,
  openLeptonChunks,
} from "../../src/lepton/index.ts";

export interface InProcess {
  readonly name: string;
  readonly ours: boolean;
  readonly chunked: boolean;
  /** Another way of one of the others, for the speeds alone. */
  readonly warmOnly?: boolean;
  encode(jpeg: Uint8Array): Promise<Uint8Array>;
  decode(coded: Uint8Array): Promise<Uint8Array>;
}

export const ONE_SEGMENT = "pith, 1 segment";
export const DEFAULT_SEGMENTS = "pith";
/** As everybody but a benchmark has it: decoded again and compared before it is given out. */
const PROVED = "pith, proved";

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

/** Pieces as rows are done. */
export function decodeStream(lepton: Uint8Array, threads: number): AsyncIterable<Uint8Array> {
  return decodeLeptonIterable(lepton, { threads });
}

/** The first chunk of a JPEG as a Lepton file, as a store has it. */
export async function codeChunk(jpeg: Uint8Array, segments: number): Promise<Uint8Array> {
  const session = openLeptonChunks({ segments, verify: false });
  const coded = await session.encode(jpeg.subarray(0, CHUNK_BYTES), jpeg.length <= CHUNK_BYTES);
  session.close();
  if ("refused" in coded) throw new Error(`a chunk was refused: ${coded.refused}`);
  return coded;
}

export function decodeChunk(lepton: Uint8Array, threads: number): Promise<Uint8Array> {
  return decodeLepton(lepton, { threads });
}
