/**
 * Coding one chunk on this thread: asks a session, frames what it gives, holds both to their
 * limits. Runs inside a worker (worker.ts) or inline (inline-coder.ts); the proof is apart
 * from it (verify.ts).
 */
import { requireBuildFiles } from "../core/build-files.ts";
import type { Codec, Coded, Effort, EncodeSession } from "../core/codec.ts";
import { assertThat, FAULTS, type FaultCode } from "../core/errors.ts";
import { FRAME_OVERHEAD_BYTES, SAVED_SHARE_MINIMUM } from "../core/limits.ts";
import { SAVES_TOO_LITTLE } from "./choose.ts";
import { type Contest, contestOf } from "./contest.ts";
import { type Filtered, type FilterStamp, filterFor, stampFilter } from "./filtering.ts";
import { encodeFrame, frameBytesOf } from "./frame.ts";

const NO_FILTER = new Uint8Array(0);

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
export type CodeReply =
  | {
      readonly frame: Uint8Array<ArrayBuffer>;
      /** What the chunk was changed by before the codec had it. */
      readonly filter: FilterStamp | undefined;
      /** Undefined where nobody else can make a smaller one. */
      readonly contest?: Contest | undefined;
    }
  | Refused;

/** How a chunk is to be coded. */
export interface CodeWish {
  readonly effort: Effort;
  /** Whether a filter may come before the codec. */
  readonly filters: boolean;
}

/** Why a codec passes a chunk on. */
export interface Refused {
  readonly refused: FaultCode;
  readonly why?: string;
}

/**
 * Opens a session, where all is there that the codec needs.
 *
 * @throws PithError "BuildIncomplete"; what the codec throws
 */
export async function openSession(codec: Codec, effort: Effort): Promise<EncodeSession> {
  if (codec.files !== undefined) await requireBuildFiles([codec.files]);
  return await codec.open(effort);
}

/**
 * Has a session code its next chunk.
 *
 * @param filtered - the chunk after a filter, which the session gets instead
 * @returns a frame that saves at least SAVED_SHARE_MINIMUM (any frame where `codec` is `stored`)
 * @throws what the session throws; PithError "AssertionFailure" when it breaks the contract
 */
export async function codeChunk(
  codec: Codec,
  session: EncodeSession,
  chunk: PlainChunk,
  filtered?: Filtered,
): Promise<CodeReply> {
  const { plain, sha256, last } = chunk;
  const filter = filtered?.filter ?? NO_FILTER;
  const encoded = await session.encode(filtered?.bytes ?? plain, last);
  if ("refused" in encoded) return checkedRefusal(encoded, codec);
  assertCoded(encoded, codec);
  const { parameters, payload } = encoded;

  const isLastResort = codec.name === "stored";
  const parameterBytes = filter.length + parameters.length;
  const saved = plain.length - parameterBytes - payload.length;
  if (!isLastResort && saved < plain.length * SAVED_SHARE_MINIMUM) {
    return SAVES_TOO_LITTLE;
  }
  const frameBytes = frameBytesOf(parameterBytes, payload.length);
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
    filter,
    parameters,
    payload,
  });
  const contest = codec.contested === true ? contestOf(plain) : undefined;
  return { frame, filter: stampFilter(filter), contest };
}

/** Codes a chunk with a session of its own, for codecs whose chunks are independent; behind the filter
 * that suits it, where filters are wished for. */
export async function codeAlone(
  codec: Codec,
  { effort, filters }: CodeWish,
  chunk: PlainChunk,
): Promise<CodeReply> {
  const filtered = filters ? await filterFor(codec, effort, chunk.plain) : undefined;
  const session = await openSession(codec, effort);
  try {
    return await codeChunk(codec, session, chunk, filtered);
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
