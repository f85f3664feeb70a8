/**
 * A source's pieces, as they come: what the chunker (cut.ts) and the reader of .pith files
 * (byte-reader.ts) take their bytes from.
 *
 * A piece is valid until the source is asked for the next, so whoever takes bytes copies them
 * before asking again.
 */
import { PithError } from "../core/errors.ts";

export class Pieces {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);
  #ended = false;
  #asking = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /**
   * Has at least one byte ready for `take`.
   *
   * @returns false when the source has ended
   * @throws what the source throws; PithError "BadUsage" when it gives anything but bytes
   */
  async ready(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#ended) {
      this.#asking = true;
      try {
        const { done, value } = await this.#source.next();
        if (done === true) this.#ended = true;
        else if (value instanceof Uint8Array) this.#rest = value;
        else throw new PithError("BadUsage", { what: "a source gives Uint8Arrays" });
      } catch (error) {
        this.#ended = true;
        throw error;
      } finally {
        this.#asking = false;
      }
    }
    return this.#rest.length > 0;
  }

  /** Takes up to `maximum` bytes of what is ready: a view, valid until `ready` is called again. */
  take(maximum: number): Uint8Array {
    const taken = this.#rest.subarray(0, maximum);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Ends the source. Does not wait for one that is being asked right now: it may never answer. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const asking = this.#asking;
    // Whoever ends early has the reason; a source that fails at its end has nothing to add.
    const returned = (async () => this.#source.return?.())().catch(() => undefined);
    if (!asking) await returned;
  }
}
