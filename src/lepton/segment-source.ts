/**
 * Segment source: a Lepton file that is read while its segments are being decoded.
 *
 *   file   | header | 0 | 1 | 0 | 1 | 0 ...     packets of all segments, mixed
 *   held   [0 0 0]  [1 1]                       per segment, until its decoder takes them
 *
 * Whoever lacks bytes of a segment asks for `more` and looks again; several may wait for the same read.
 * What is held is never more than the file has of it, and no more than its header makes plausible.
 */
import { copyOf } from "../core/bytes.ts";
import { assertThat, PithError } from "../core/errors.ts";
import type { Intake } from "../core/intake.ts";
import { LEPTON_HELD_SLACK_BYTES } from "../core/limits.ts";
import { type LeptonHeader, LeptonReader } from "./file.ts";

/** Bytes of one segment, in the pieces in which they came. */
interface Held {
  pieces: Uint8Array[];
  bytes: number;
  /** Whether nobody wants any more of it. */
  dropped: boolean;
}

export class SegmentSource {
  readonly #intake: Intake;
  readonly #reader: LeptonReader;
  #header: LeptonHeader | undefined;
  #held: Held[] = [];
  #heldBytes = 0;
  #ended = false;
  #reading: Promise<void> | undefined;

  constructor(intake: Intake) {
    this.#intake = intake;
    this.#reader = new LeptonReader({
      header: (header) => {
        this.#header = header;
        this.#held = header.segments.map(() => ({ pieces: [], bytes: 0, dropped: false }));
      },
      segment: (index, bytes) => this.#keep(index, bytes),
    });
  }

  /** Whether the file was read to its end, so that what is held is all there will be. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Reads up to the end of the header. @throws PithError as `LeptonReader` */
  async header(): Promise<LeptonHeader> {
    while (this.#header === undefined && !this.#ended) await this.more();
    assertThat(this.#header !== undefined, "a file that was read has a header");
    return this.#header;
  }

  /** Reads a piece of the file. @throws PithError as `LeptonReader`; "TooMuchMemoryNeeded"; what
   * the source throws */
  more(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Reads all that is left. */
  async finish(): Promise<void> {
    while (!this.#ended) await this.more();
  }

  /** Bytes of a segment that are held. */
  heldOf(segment: number): number {
    return this.#held[segment]?.bytes ?? 0;
  }

  /** Takes held bytes of a segment. @returns at most `most`, none when none are held */
  take(segment: number, most: number): Uint8Array<ArrayBuffer> {
    const held = this.#held[segment];
    const size = Math.min(most, held?.bytes ?? 0);
    const taken = new Uint8Array(size);
    if (held === undefined || size === 0) return taken;
    let at = 0;
    let count = 0;
    for (const piece of held.pieces) {
      const part = piece.subarray(0, size - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < piece.length) {
        held.pieces[count] = piece.subarray(part.length);
        break;
      }
      count += 1;
      if (at === size) break;
    }
    held.pieces.splice(0, count);
    held.bytes -= size;
    this.#heldBytes -= size;
    return taken;
  }

  /** Forgets a segment, of which nothing is wanted any more. */
  drop(segment: number): void {
    const held = this.#held[segment];
    if (held === undefined) return;
    this.#heldBytes -= held.bytes;
    this.#held[segment] = { pieces: [], bytes: 0, dropped: true };
  }

  async #read(): Promise<void> {
    if (this.#ended) return;
    if (await this.#intake.more()) {
      const piece = this.#intake.rest();
      await this.#reader.feed(piece);
      this.#intake.skip(piece.length);
    } else {
      this.#reader.finish();
      this.#ended = true;
    }
  }

  #keep(segment: number, bytes: Uint8Array): void {
    const held = this.#held[segment];
    if (held === undefined || held.dropped) return;
    held.pieces.push(copyOf(bytes));
    held.bytes += bytes.length;
    this.#heldBytes += bytes.length;
    const maximum = 2 * (this.#header?.outputBytes ?? 0) + LEPTON_HELD_SLACK_BYTES;
    if (this.#heldBytes > maximum) {
      throw new PithError("TooMuchMemoryNeeded", { heldBytes: this.#heldBytes, maximum });
    }
  }
}
