/**
 * Chunks: a JPEG that comes in chunks, each to a Lepton file of its own.
 *
 *   object   |---- chunk ----|---- chunk ----|-- rest --|      one pass, in order
 *   files          Z               Y              Y            each decodes alone, in any order
 *
 * The first file is an ordinary one that ends early; a later one has in front of its rows, raw, what
 * its chunk begins with. A chunk in which no row begins (marker segments, or what follows the
 * picture) is refused and left to another codec, and the session goes on. So is all that comes of a
 * JPEG of several scans, unless it is one chunk: that is coded whole (encode.ts).
 */
import type { Kernel } from "../core/kernel.ts";
import { type ChunkEncodeOptions, encodeChunk } from "./chunk-encode.ts";
import { type ChunkRefused, ChunkTracker, refusalOf } from "./chunk-tracker.ts";
import { encodeWhole, packingOf } from "./encode.ts";
import { loadEncoder } from "./kernels.ts";
import { requireSegments } from "./segments.ts";

export type { ChunkRefused } from "./chunk-tracker.ts";

export interface LeptonChunksOptions extends ChunkEncodeOptions {}

/** One object's chunks. */
export interface LeptonChunks {
  /**
   * Codes the next chunk.
   *
   * @param chunk - any length from 1 byte on; not kept, not changed
   * @param last - whether the object ends with it
   * @returns a Lepton file that restores exactly the chunk, or why there is none. The same whatever
   *   became of the chunks before
   * @throws only what is a fault of ours
   */
  encode(chunk: Uint8Array, last: boolean): Promise<Uint8Array<ArrayBuffer> | ChunkRefused>;
  /** Takes from a chunk only what later ones depend on, at about a tenth of the cost. */
  observe(chunk: Uint8Array, last: boolean): Promise<void>;
  close(): void;
}

/**
 * Opens a session for one object. With the model "dense" the files are dense ones, which only
 * `decodeLeptonPart` with that model reads.
 *
 * Memory: the kernel's, which depends on the picture's width alone; a cut row, of at most
 * LEPTON_PARTIAL_ROW_BYTES_MAXIMUM; the file that is made.
 *
 * @throws PithError "InvalidArgument" for segments that are not 1 to 16
 *
 * @example
 * const session = openLeptonChunks();
 * const coded = await session.encode(chunk, isLast); // a Lepton file, or { refused }
 */
export function openLeptonChunks(options: LeptonChunksOptions = {}): LeptonChunks {
  requireSegments(options.segments);
  return new Session(options);
}

class Session implements LeptonChunks {
  readonly #options: LeptonChunksOptions;
  #tracker: ChunkTracker | undefined;
  #kernel: Kernel | undefined;

  constructor(options: LeptonChunksOptions) {
    this.#options = { ...options, packing: packingOf(options) };
  }

  async encode(chunk: Uint8Array, last: boolean): Promise<Uint8Array<ArrayBuffer> | ChunkRefused> {
    if (last && this.#tracker === undefined) return await this.#encodeWhole(chunk);
    const { kernel, tracker } = await this.#open();
    const plan = tracker.take(chunk, last);
    return "refused" in plan ? plan : await encodeChunk(kernel, plan, chunk, this.#options);
  }

  async observe(chunk: Uint8Array, last: boolean): Promise<void> {
    const { tracker } = await this.#open();
    // Nothing follows the last one.
    if (!last) tracker.take(chunk, last);
  }

  close(): void {
    this.#tracker = undefined;
  }

  async #encodeWhole(object: Uint8Array): Promise<Uint8Array<ArrayBuffer> | ChunkRefused> {
    try {
      return await encodeWhole(object, this.#options, true);
    } catch (error) {
      return refusalOf(error);
    }
  }

  async #open(): Promise<{ kernel: Kernel; tracker: ChunkTracker }> {
    const { model } = this.#options;
    this.#kernel ??= await loadEncoder(model);
    this.#tracker ??= new ChunkTracker(this.#kernel, model);
    return { kernel: this.#kernel, tracker: this.#tracker };
  }
}
