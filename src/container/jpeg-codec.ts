/**
 * What both specialists for JPEGs are made of: the payload is a file of src/lepton, of the whole picture
 * or of the bytes of one chunk of it, by the one coefficient model or the other.
 *
 *   one scan          cut anywhere, 4 MiB a chunk; each file has what its chunk needs
 *   several scans     progressive and others: the whole object is one chunk, or is left to others
 *   what cannot be coded, and yet begins as a JPEG, is claimed all the same: its refusal is counted
 *
 * The parts of a chunk are the segments of its file.
 */
import type { Claim, Codec, EncodeSession } from "../core/codec.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import {
  countLeptonParts,
  decodeLeptonPart,
  openLeptonChunks,
  sniffJpeg,
} from "../lepton/index.ts";

type Model = NonNullable<Parameters<typeof decodeLeptonPart>[3]>;

const NOTHING = new Uint8Array(0);

/** What the specialists differ in. */
export type JpegCodecTraits = Pick<
  Codec,
  "id" | "name" | "version" | "readableVersions" | "files" | "efforts"
>;

/** The specialist that codes by `model`. */
export function jpegCodec(model: Model, traits: JpegCodecTraits): Codec {
  return {
    ...traits,
    contested: true,
    independent: false,
    sniff: (first, ended) => claimJpeg(first, ended, model),
    open: () => openSession(model),
    parts: ({ payload }) => countLeptonParts(payload),
    decode: ({ payload }, _version, plainBytes, part) =>
      decodeLeptonPart(payload, part, plainBytes, model),
  };
}

function claimJpeg(first: Uint8Array, ended: boolean, model: Model): Claim | undefined {
  const { kind } = sniffJpeg(first, ended, model);
  if (kind === "none") return undefined;
  if (kind === "multi") return { chunkBytes: CHUNK_BYTES_MAXIMUM, whole: true };
  return { chunkBytes: CHUNK_BYTES, whole: false };
}

/** A session that proves its files itself: JPEGs that pass the parser and yet are not what a
 * canonical writer puts back are refused, and no alarm. What fails the proof behind that is one. */
function openSession(model: Model): EncodeSession {
  // It runs on a thread of the coder, beside others.
  const chunks = openLeptonChunks({ model, threads: 1 });
  return {
    async encode(chunk, last) {
      const coded = await chunks.encode(chunk, last);
      return coded instanceof Uint8Array ? { parameters: NOTHING, payload: coded } : coded;
    },
    observe: (chunk, last) => chunks.observe(chunk, last),
    close: () => chunks.close(),
  };
}
