/**
 * Segment source: a Lepton file that is read while its segments are being decoded.
 *
 *   file   | header | 0 | 1 | 0 | 1 | 0 ...     packets of all segments, mixed
 *   held   [0 0 0]  [1 1]                       per segment, until its decoder takes them
 *
 * Whoever lacks bytes of a segment asks for `more` and looks again; several may wait for the same read.
 * What is held is never more than the file has of it, and no more than its header makes plausible.
 */
import { assertThat, PithError } from "../core/errors.ts";
import type { Intake } from "../core/intake.ts";
import { LEPTON_HELD_SLACK_BYTES } from "../core/limits.ts";
import { ByteQueue } from "./byte-queue.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import type { UnpackOptions } from "./dense-header.ts";
import { type LeptonEvents, type LeptonHeader, LeptonReader } from "./file.ts";

/** Bytes of one segment. */
interface Held {
  readonly queue: ByteQueue;
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
  #broken: { readonly fault: unknown } | undefined;

  /**
   * @param model - whose file it is
   * @param options - for what lies in a dense file's header
   */
  constructor(intake: Intake, model?: CoefficientModel, options?: UnpackOptions) {
    this.#intake = intake;
    const events: LeptonEvents = {
      header: (header) => {
        this.#header = header;
        this.#held = header.segments.map(() => ({ queue: new ByteQueue(), dropped: false }));
      },
      segment: (index, bytes) => this.#keep(index, bytes),
    };
    this.#reader = new LeptonReader(events, model, options);
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
    return this.#held[segment]?.queue.length ?? 0;
  }

  /** Takes held bytes of a segment. @returns at most `most`, none when none are held */
  take(segment: number, most: number): Uint8Array<ArrayBuffer> {
    const taken = this.#held[segment]?.queue.take(most) ?? new Uint8Array(0);
    this.#heldBytes -= taken.length;
    return taken;
  }

  /** Forgets a segment, of which nothing is wanted any more. */
  drop(segment: number): void {
    const held = this.#held[segment];
    if (held === undefined) return;
    this.#heldBytes -= held.queue.length;
    held.queue.clear();
    held.dropped = true;
  }

  async #read(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken.fault;
    if (this.#ended) return;
    try {
      if (await this.#intake.more()) {
        const piece = this.#intake.rest();
        await this.#reader.feed(piece);
        this.#intake.skip(piece.length);
      } else {
        this.#reader.finish();
        this.#ended = true;
      }
    } catch (fault) {
      // Whoever asks later is told the same: a source that failed looks as if it had ended.
      this.#broken = { fault };
      throw fault;
    }
  }

  #keep(segment: number, bytes: Uint8Array): void {
    const held = this.#held[segment];
    if (held === undefined || held.dropped) return;
    held.queue.append(bytes);
    this.#heldBytes += bytes.length;
    const maximum = 2 * (this.#header?.outputBytes ?? 0) + LEPTON_HELD_SLACK_BYTES;
    if (this.#heldBytes > maximum) {
      throw new PithError("TooMuchMemoryNeeded", { heldBytes: this.#heldBytes, maximum });
    }
  }
}
