/**
 * Reads a source of pieces of any size in whole parts: a header, a frame, an index.
 *
 * It holds what is left of one piece; how large a part may be is for the caller to check before
 * it makes room for it.
 */
import { PithError } from "../core/errors.ts";
import { Pieces } from "./pieces.ts";

export class ByteReader {
  readonly #pieces: Pieces;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = new Pieces(source);
  }

  /**
   * Fills `target`.
   *
   * @returns how many bytes there were: fewer than asked when the source ends
   */
  async fill(target: Uint8Array): Promise<number> {
    let at = 0;
    while (at < target.length && (await this.#pieces.ready())) {
      const piece = this.#pieces.take(target.length - at);
      target.set(piece, at);
      at += piece.length;
    }
    return at;
  }

  /** Fills `target` whole. @throws PithError "PithTruncated" when the source ends before */
  async need(target: Uint8Array): Promise<void> {
    const actual = await this.fill(target);
    if (actual < target.length) {
      throw new PithError("PithTruncated", { missing: target.length - actual });
    }
  }

  /** Whether nothing is left. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#pieces.ready());
  }

  close(): Promise<void> {
    return this.#pieces.close();
  }
}
