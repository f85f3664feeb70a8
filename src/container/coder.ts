/**
 * The coder: what turns plain chunks into proven frames, and frames back.
 *
 *   object's bytes -> cut.ts -> chunk -> [ session -> frame -> proof ] -> CodedChunk, in order
 *                                           worker A      worker B
 *
 * Whoever stores frames (the store, the .pith writer) sees only this contract. The
 * implementations differ in where the work is done: inline-coder.ts on this thread, pool-coder.ts on
 * worker threads with deadlines. Both go through the same choice (choose.ts) and the same
 * proof (verify.ts).
 */
import type { Effort } from "../core/codec.ts";
import type { FaultCode } from "../core/errors.ts";
import type { FilterStamp } from "./filtering.ts";
import type { Gate } from "./gate.ts";
import type { StoredName, StoredVersion } from "./registry.ts";

/** Which codec wrote a frame. */
export interface CodecStamp {
  readonly id: number;
  readonly name: string;
  readonly version: number;
}

/** One chunk of a .pith file that has been written or read, for progress and reports. */
export interface ToldChunk {
  readonly plainBytes: number;
  readonly frameBytes: number;
  /** Which codec wrote it. */
  readonly codec: CodecStamp;
  /** What came before the codec; undefined for nothing. */
  readonly filter: FilterStamp | undefined;
}

/** One chunk of an object on its way to the store. */
export interface CodedChunk {
  /** Position in the object, 0 for the first chunk. */
  readonly index: number;
  readonly plainBytes: number;
  /** Lower-case hexadecimal SHA-256 of the plain bytes. */
  readonly sha256: string;
  readonly last: boolean;
  /** The proven frame, or undefined where `known` said that the chunk is stored already. */
  readonly frame: Uint8Array | undefined;
  /** Lower-case hexadecimal SHA-256 of the frame's own bytes, taken by whoever proved it. */
  readonly frameSha256: string | undefined;
  readonly codec: CodecStamp | undefined;
  /** What came before the codec; undefined for nothing. */
  readonly filter: FilterStamp | undefined;
  /** What a store keeps of codec and filter, to ask the version gate with. */
  readonly storedAs: StoredVersion | undefined;
}

/**
 * What a codec made of a chunk, for an operator to count.
 *
 *   coded     its frame is proved and handed on
 *   refused   the chunk goes to the next codec: everyday, whatever the code
 *   failed    it threw, hung, trapped, or its frame did not give the chunk back: an alarm where
 *             the code is of kind "bug"
 */
export type CoderEvent =
  | {
      readonly codec: string;
      readonly outcome: "coded";
      /** Name of the filter that came before the codec; undefined for none. */
      readonly filter?: string | undefined;
    }
  | PassedOn;

export interface PassedOn {
  readonly codec: string;
  readonly outcome: "refused" | "failed";
  readonly code: FaultCode;
  /** What is known beside the code: more of the reason, the chunk's hash. */
  readonly why: string;
}

export interface EncodeOptions {
  readonly effort: Effort;
  /** A codec's name to use it alone before `stored`; undefined chooses by content. */
  readonly codec?: string | undefined;
  /** False tries no filters before general codecs. */
  readonly filters?: boolean | undefined;
  /** Asked for every chunk before it is coded: true when it is stored already. */
  readonly known?: ((sha256: string, plainBytes: number) => Promise<boolean>) | undefined;
  /** Told what codecs refused, and where they failed, in this object alone. */
  readonly passedOn?: ((event: PassedOn) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a server wants to know of the work behind a coder. */
export interface CoderStats {
  /** Worker threads that run now; 0 where there are none. */
  readonly threads: number;
  /** Threads with a job. */
  readonly busy: number;
  /** Jobs that wait for a thread. */
  readonly waiting: number;
  /** Threads that hung, trapped or died since the start. */
  readonly replaced: number;
  /** Jobs answered, well or with a fault. */
  readonly done: number;
}

export interface Coder {
  /**
   * Cuts, codes and proves one object's bytes.
   *
   * Yields chunks in order, each exactly once, with at most CHUNKS_IN_FLIGHT under way; an empty
   * object yields nothing. Each frame decodes alone, and has been decoded by another kernel
   * instance to bytes of the same SHA-256 before it is yielded. Ending the iteration early
   * releases everything.
   *
   * @throws PithError of the source's or the signal's doing; a codec's own failure never surfaces:
   *   the next codec takes the chunk, `stored` being the last.
   */
  encode(source: AsyncIterable<Uint8Array>, options: EncodeOptions): AsyncIterable<CodedChunk>;

  /**
   * Decodes one frame.
   *
   * @param frame - a whole frame
   * @param sha256 - the hash that the plain bytes must have; undefined takes the frame's own
   * @throws PithError kind "corrupt" when the frame or its plain bytes are not what was written
   */
  decode(frame: Uint8Array, sha256?: string): Promise<Uint8Array>;

  /** The codecs of this build, with the version that each writes. */
  readonly codecs: readonly CodecStamp[];

  /** The kill switch that it asks. */
  readonly gate: Gate;

  /**
   * The version gate: asked before a store is opened for work.
   *
   * @param stored - the codecs and versions that the store holds frames of
   * @throws PithError "VersionGate" that names every one that this build cannot decode; "BuildIncomplete"
   *   that names every file that decoding them takes, and that is missing or damaged
   */
  requireReadable(stored: Iterable<StoredVersion>): Promise<void>;

  /** Codec and filter of frames that a store holds, in words. */
  nameStored(stored: StoredVersion): StoredName;

  stats(): CoderStats;

  /** Stops the workers and the watch on the kill switch; jobs under way end with an error. */
  close(): Promise<void>;
}
