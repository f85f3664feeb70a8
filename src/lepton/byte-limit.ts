/**
 * Byte limit: cuts pieces off at a limit that counts over all of them.
 */

export class ByteLimit {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  get reached(): boolean {
    return this.#left <= 0;
  }

  /** What of `piece` is within the limit. */
  cut<Buffer extends ArrayBufferLike>(piece: Uint8Array<Buffer>): Uint8Array<Buffer> {
    const kept = piece.length <= this.#left ? piece : piece.subarray(0, Math.max(0, this.#left));
    this.#left -= kept.length;
    return kept;
  }
}
