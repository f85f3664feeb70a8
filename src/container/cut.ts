/**
 * The chunker: an object's bytes, as they come, into chunks.
 *
 *   writes   |--|------|-|---------|----|        any sizes
 *   chunks   |------- n -------|--- rest --|     n bytes each but the last
 *
 * Where it cuts depends on the bytes and on the claimed size alone, never on the writes, so equal
 * objects share chunks. It copies what comes (a source may use its buffers again), looks one
 * byte ahead to know whether a chunk is the last, and keeps no more than the chunk that it fills.
 */
import { assertThat } from "../core/errors.ts";
import { CHUNK_BYTES, CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { Pieces } from "./pieces.ts";

/** Where chunks lie in memory. */
export interface ChunkMemory {
  /** A buffer of at least `bytes`; its content is arbitrary. */
  take(bytes: number): Uint8Array;
  /** Takes a buffer back that nobody reads any more. */
  giveBack(buffer: Uint8Array): void;
}

export interface Cut {
  readonly plain: Uint8Array;
  /** Whether the object ends with this chunk. */
  readonly last: boolean;
  /** What to give back when nobody reads the chunk any more; undefined where the buffer holds
   * other chunks too. */
  readonly buffer: Uint8Array | undefined;
}

/** First buffer of an object: most objects are small, and it grows by doubling. */
const FIRST_BYTES = 64 * 1024;

const NOTHING = new Uint8Array(0);

export class Cutter {
  readonly #pieces: Pieces;
  readonly #memory: ChunkMemory;
  /** The bytes of `#buffer` from `#start` to `#end` are not given out yet. */
  #buffer: Uint8Array | undefined;
  #start = 0;
  #end = 0;
  /** Bytes given out so far: an object that has shown to be long gets whole buffers at once. */
  #given = 0;

  constructor(source: AsyncIterable<Uint8Array>, memory: ChunkMemory) {
    this.#pieces = new Pieces(source);
    this.#memory = memory;
  }

  /**
   * A look at the bytes that come next, without taking them.
   *
   * @param bytes - how far to look, up to CHUNK_BYTES_MAXIMUM
   * @returns that many bytes, or fewer when the object has fewer; `ended` says whether nothing
   *   comes after them
   */
  async look(bytes: number): Promise<{ first: Uint8Array; ended: boolean }> {
    await this.#fill(bytes);
    const available = Math.min(bytes, this.#end - this.#start);
    const first = (this.#buffer ?? NOTHING).subarray(this.#start, this.#start + available);
    return { first, ended: await this.#endsAfter(available) };
  }

  /**
   * The next chunk.
   *
   * @param bytes - its size, unless the object ends before
   * @returns undefined when there is nothing left
   */
  async next(bytes: number): Promise<Cut | undefined> {
    await this.#fill(bytes);
    const length = Math.min(bytes, this.#end - this.#start);
    if (length === 0 || this.#buffer === undefined) return undefined;
    const plain = this.#buffer.subarray(this.#start, this.#start + length);
    const alone = this.#start === 0 && this.#end === length;
    const buffer = alone ? this.#buffer : undefined;
    const last = await this.#endsAfter(length);
    this.#start += length;
    this.#given += length;
    if (this.#start === this.#end) this.#dropBuffer();
    return { plain, last, buffer };
  }

  /** Ends the source early; what was looked at and not taken is dropped. */
  close(): Promise<void> {
    this.#dropBuffer();
    return this.#pieces.close();
  }

  /** Has `bytes` bytes in the buffer, or all that are left. */
  async #fill(bytes: number): Promise<void> {
    assertThat(bytes >= 1 && bytes <= CHUNK_BYTES_MAXIMUM, "a chunk has a size", { bytes });
    while (this.#end - this.#start < bytes && (await this.#pieces.ready())) {
      const room = bytes - (this.#end - this.#start);
      const piece = this.#pieces.take(room);
      this.#reserve(this.#end - this.#start + piece.length, bytes);
      this.#buffer?.set(piece, this.#end);
      this.#end += piece.length;
    }
  }

  /** Makes room for `needed` bytes, of which `wanted` may come; moves what is there. */
  #reserve(needed: number, wanted: number): void {
    const buffer = this.#buffer;
    if (buffer !== undefined && buffer.length - this.#start >= needed) return;
    let size = this.#given > 0 ? wanted : Math.min(FIRST_BYTES, wanted);
    while (size < needed) size = Math.min(size * 2, wanted);
    const larger = this.#memory.take(size);
    if (buffer !== undefined) {
      larger.set(buffer.subarray(this.#start, this.#end));
      // A chunk that was cut from this buffer may still be read.
      if (this.#start === 0) this.#memory.giveBack(buffer);
    }
    this.#buffer = larger;
    this.#end -= this.#start;
    this.#start = 0;
  }

  #dropBuffer(): void {
    this.#buffer = undefined;
    this.#start = 0;
    this.#end = 0;
  }

  /** Whether the object has nothing behind the next `length` bytes. */
  async #endsAfter(length: number): Promise<boolean> {
    return this.#end - this.#start === length && !(await this.#pieces.ready());
  }
}

/** Buffers of one chunk that are kept for the next: fresh memory costs more than filling it. */
const KEPT_MAXIMUM = 8;

/** Chunk buffers that threads share, so that a chunk reaches any codec without a copy. */
export class SharedChunkMemory implements ChunkMemory {
  readonly #kept: Uint8Array[] = [];

  take(bytes: number): Uint8Array {
    const kept = bytes === CHUNK_BYTES ? this.#kept.pop() : undefined;
    return kept ?? new Uint8Array(new SharedArrayBuffer(bytes));
  }

  giveBack(buffer: Uint8Array): void {
    if (buffer.length === CHUNK_BYTES && this.#kept.length < KEPT_MAXIMUM) this.#kept.push(buffer);
  }
}

/** Chunk buffers for one thread. */
export const plainChunkMemory: ChunkMemory = {
  take: (bytes) => new Uint8Array(bytes),
  giveBack: () => undefined,
};
