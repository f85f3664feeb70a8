/**
 * Coding one chunk on this thread: asks a session, frames what it gives, holds both to their
 * limits. Runs inside a worker (worker.ts) or inline (inline-coder.ts); the proof is apart
 * from it (verify.ts).
 */
import type { Codec, Coded, EncodeSession } from "../core/codec.ts";
import { assertThat, FAULTS, type FaultCode } from "../core/errors.ts";
import { FRAME_OVERHEAD_BYTES, SAVED_SHARE_MINIMUM } from "../core/limits.ts";
import { SAVES_TOO_LITTLE } from "./choose.ts";
import { encodeFrame, frameBytesOf } from "./frame.ts";

/** A chunk as it is handed to a codec. */
export interface PlainChunk {
  /** May lie in memory that threads share; nobody changes it. */
  readonly plain: Uint8Array;
  /** Lower-case hexadecimal SHA-256 of `plain`, taken before any codec saw it. */
  readonly sha256: string;
  /** Whether the object ends with this chunk. */
  readonly last: boolean;
}

/** A frame that is not proved yet, or why there is none. */
export type CodeReply = { readonly frame: Uint8Array<ArrayBuffer> } | Refused;

/** Why a codec passes a chunk on. */
export interface Refused {
  readonly refused: FaultCode;
  readonly why?: string;
}

/**
 * Has a session code its next chunk.
 *
 * @returns a frame that saves at least SAVED_SHARE_MINIMUM (any frame where `codec` is `stored`)
 * @throws what the session throws; PithError "AssertionFailure" when it breaks the contract
 */
export async function codeChunk(
  codec: Codec,
  session: EncodeSession,
  chunk: PlainChunk,
): Promise<CodeReply> {
  const { plain, sha256, last } = chunk;
  const encoded = await session.encode(plain, last);
  if ("refused" in encoded) return checkedRefusal(encoded, codec);
  assertCoded(encoded, codec);
  const { parameters, payload } = encoded;

  const isLastResort = codec.name === "stored";
  const saved = plain.length - parameters.length - payload.length;
  if (!isLastResort && saved < plain.length * SAVED_SHARE_MINIMUM) {
    return SAVES_TOO_LITTLE;
  }
  const frameBytes = frameBytesOf(parameters.length, payload.length);
  assertThat(
    frameBytes <= plain.length + FRAME_OVERHEAD_BYTES,
    "a frame is about its chunk's size",
  );
  const { id, version } = codec;
  const frame = encodeFrame({
    codec: id,
    codecVersion: version,
    plainBytes: plain.length,
    sha256,
    parameters,
    payload,
  });
  return { frame };
}

/** Codes a chunk with a session of its own, for codecs whose chunks are independent. */
export async function codeAlone(
  codec: Codec,
  effort: Parameters<Codec["open"]>[0],
  chunk: PlainChunk,
): Promise<CodeReply> {
  const session = await codec.open(effort);
  try {
    return await codeChunk(codec, session, chunk);
  } finally {
    session.close();
  }
}

function checkedRefusal(refusal: Refused, codec: Codec): Refused {
  const { refused, why } = refusal;
  assertThat(Object.hasOwn(FAULTS, refused), "a refusal has a reason", { codec: codec.name });
  return why === undefined ? { refused } : { refused, why: String(why) };
}

function assertCoded(encoded: Coded, codec: Codec): void {
  const { parameters, payload } = encoded;
  const sound = parameters instanceof Uint8Array && payload instanceof Uint8Array;
  assertThat(sound, "a codec returns bytes", { codec: codec.name });
}
