/**
 * The codec contract: what a codec must offer to live in Pith.
 *
 *   object   |------ chunk ------|------ chunk ------|--- rest ---|
 *                    |                   |                |
 *   session       encode()            encode()         encode()     in order, once
 *                    |                   |                |
 *   coded     parameters+payload  parameters+payload     ...        each decodes alone
 *
 * A codec opens one encode session per object. The session sees the object's chunks once, in
 * order, and may carry state from one to the next (where a JPEG's scan stands at a cut), but what
 * it returns for a chunk must hold all that decoding that chunk needs. Nobody reads again from
 * byte 0. A session that cannot take a chunk refuses it: that chunk goes to the next codec, and the
 * session is asked again for the one after.
 *
 * A coded chunk may consist of parts that decode alone, so that several threads can share the work
 * of reading it:
 *
 *   coded     parameters+payload  ->  part 0 | part 1 | part 2     decode(.., part), in any order
 *   chunk     |-------- 0 --------|---- 1 ----|-------- 2 --------|
 *
 * The list of codecs is in container/registry.ts; frames around coded chunks in
 * container/frame.ts.
 */

import type { BuildFiles } from "./build-files.ts";
import type { FaultCode } from "./errors.ts";

/** How much time a put may spend: `flat` never searches for matches and takes the same time on
 * any input, `dense` spends what it takes. */
export const EFFORTS = ["flat", "fast", "default", "dense"] as const;
export type Effort = (typeof EFFORTS)[number];

/** What a codec says of an object after a look at its first chunk. */
export interface Claim {
  /** How to cut this object, in bytes: CHUNK_BYTES for what can be cut there, up to
   * CHUNK_BYTES_MAXIMUM for what cannot. */
  readonly chunkBytes: number;
  /** True when the claim holds only if the whole object is one chunk of at most `chunkBytes`; a
   * longer object is then cut as usual and left to the next codec. */
  readonly whole: boolean;
}

/** One coded chunk before it is framed. */
export interface Coded {
  /** What `decode` needs beside the payload; short, goes into the frame's header. */
  readonly parameters: Uint8Array;
  readonly payload: Uint8Array;
}

/** The answer of a session to a chunk: coded, or refused. A refusal is everyday whatever its
 * code: also "RoundTripFailure", where a session has found out by itself that what it read does
 * not come back, is counted and no alarm. The session lives on. */
export type Encoded =
  | Coded
  | {
      /** The reason that the counters show. */
      readonly refused: FaultCode;
      /** What the code leaves open, for the log. */
      readonly why?: string;
    };

export interface EncodeSession {
  /**
   * Takes the object's next chunk.
   *
   * @param chunk - plain bytes, 1 byte to the claim's `chunkBytes`; not kept, not changed
   * @param last - whether the object ends with this chunk
   * @returns what was coded; or a refusal, after which the session is asked for the next chunk
   * @throws whatever it likes: an error ends the session, and the chunk goes to the next codec
   */
  encode(chunk: Uint8Array, last: boolean): Encoded | Promise<Encoded>;
  /**
   * Sees a chunk that needs no coding because it is stored already: takes from it only what later
   * chunks depend on. A session of an independent codec is never asked.
   */
  observe(chunk: Uint8Array, last: boolean): void | Promise<void>;
  /** Lets go of what the session holds. Called once, also after an error. */
  close(): void;
}

export interface Codec {
  /** 1..65535, written in frames: never used again for anything else. */
  readonly id: number;
  /** Lower case, for people, options and metrics. */
  readonly name: string;
  /** 1..255: what this build writes. A change of output is a new version. */
  readonly version: number;
  /** Every version that `decode` reads; holds `version`. */
  readonly readableVersions: readonly number[];
  /** What decoding needs beside the code: asked for before a store is opened that holds frames of this
   * codec, and before it writes any. Other tables are another version. */
  readonly files?: BuildFiles | undefined;
  /** Efforts at which a specialist takes part unasked; all unless told. Named, it codes at any. */
  readonly efforts?: readonly Effort[] | undefined;
  /** True for a specialist that may claim what others code smaller: where a chunk's bytes repeat, they are
   * asked, too (container/contest.ts). */
  readonly contested?: boolean | undefined;
  /** True when chunks of one object do not depend on each other and may be coded at once. */
  readonly independent: boolean;
  /**
   * A look at the object's first chunk.
   *
   * @param first - the first CHUNK_BYTES of the object, or all of it when it is shorter
   * @param ended - whether `first` is the whole object
   * @returns a claim when this codec is a specialist for the content; undefined leaves the
   *   object to the general codecs. Must be fast: magic numbers and headers only.
   */
  sniff(first: Uint8Array, ended: boolean): Claim | undefined;
  /**
   * About how long the coded form of these bytes would be, by a trial that is quick rather than right:
   * lengths of the same bytes, filtered one way and another, are compared with each other and
   * with nothing else. A codec that offers this may be given filtered chunks (container/filtering.ts);
   * without it, chunks come as they are. Runs where chunks are coded.
   *
   * @param bytes - a sample of a chunk, or all of it
   */
  measure?(bytes: Uint8Array, effort: Effort): number | Promise<number>;
  /** Opens a session for one object. */
  open(effort: Effort): EncodeSession | Promise<EncodeSession>;
  /**
   * Into how many parts a coded chunk falls, for a codec whose chunks do; without it a chunk is
   * one part. Asked before any checksum is, so it takes nothing for granted, and on threads that
   * must not be held up: a look at a few bytes.
   *
   * @returns 1..PARTS_MAXIMUM
   */
  parts?(coded: Coded, version: number, plainBytes: number): number;
  /**
   * Decodes one part of a chunk from nothing but its frame's fields. Parts may be asked for in any
   * order, each on another thread; all of them in order are the chunk.
   *
   * @param coded - parameters and payload as the session returned them; may lie in memory that
   *   threads share; not changed
   * @param version - one of `readableVersions`
   * @param plainBytes - the length of the chunk, already checked against the limits
   * @param part - which part, from 0; always 0 for a codec without `parts`
   * @returns the part's bytes, not used again by the codec: together exactly `plainBytes`
   * @throws PithError when the payload does not decode to that
   */
  decode(
    coded: Coded,
    version: number,
    plainBytes: number,
    part: number,
  ): Uint8Array | Promise<Uint8Array>;
}
