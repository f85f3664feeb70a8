/**
 * The engine: where the work on chunks is done, behind one face.
 *
 * pipeline.ts decides what is done in which order; an engine does it, on this thread
 * (inline-coder.ts) or on worker threads (pool-coder.ts). Codecs are named, since a thread has its own
 * instance of each.
 */
import type { Effort } from "../core/codec.ts";
import type { CodeReply, CodeWish, PlainChunk } from "./code-chunk.ts";

/** A reply, and a number for the place that made it: a proof must be made at another. */
export type Placed<Value> = { readonly value: Value; readonly place: number };

/** A session of a codec whose chunks depend on each other; all calls in the object's order. */
export interface EngineSession {
  encode(chunk: PlainChunk): Promise<Placed<CodeReply>>;
  observe(chunk: PlainChunk): Promise<void>;
  /** Lets go of the session wherever it lies; also after an error. @throws what the codec throws */
  close(): Promise<void>;
}

/** A frame whose proof is done. */
export interface ProvedFrame {
  readonly frame: Uint8Array;
  /** Lower-case hexadecimal SHA-256 of the frame's own bytes. */
  readonly frameSha256: string;
}

export interface Engine {
  /** Codes a chunk alone, with a codec whose chunks are independent. */
  code(
    codec: string,
    wish: CodeWish,
    chunk: PlainChunk,
    signal: AbortSignal,
  ): Promise<Placed<CodeReply>>;
  openSession(codec: string, effort: Effort, signal: AbortSignal): Promise<EngineSession>;
  /**
   * Decodes a fresh frame at another place than `place` and compares.
   *
   * @param frame - gone from this thread afterwards; the proved frame comes back instead
   * @throws PithError "RoundTripFailure" and what verify.ts names
   */
  prove(
    frame: Uint8Array<ArrayBuffer>,
    plainSha256: string,
    place: number,
    signal: AbortSignal,
  ): Promise<ProvedFrame>;
}
