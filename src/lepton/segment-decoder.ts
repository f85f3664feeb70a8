/**
 * Segment decoder: the coded stream of one segment of a single-scan picture to its part of the scan's
 * data, as its bytes come.
 *
 *   feed(stream bytes) -> | kernel: model, two MCU rows, JPEG writer | -> pieces
 *
 * One kernel instance a decoder. Memory: the kernel's, which depends on the picture's width alone.
 */
import type { KernelInstance } from "../core/kernel.ts";
import {
  feed,
  type Handoff,
  type LeptonPicture,
  openPicture,
  openScan,
  RING,
  STATUS,
  setHandoff,
  takeOutput,
} from "./picture.ts";

/** Which MCU rows a segment holds. */
export interface SegmentRows {
  readonly first: number;
  /** Where the next one begins; of no account for the last one. */
  readonly end: number;
  readonly isLast: boolean;
}

/** Output that is worth handing on. */
const PIECE_BYTES = 32 * 1024;

export class SegmentDecoder {
  readonly #instance: KernelInstance;
  #rows: SegmentRows = { first: 0, end: 0, isLast: true };
  #begun = false;
  #rowsDone = false;
  #endsScan = true;
  #done = true;

  /** Opens the picture on the instance, which is the decoder's until it is done. */
  constructor(instance: KernelInstance, picture: LeptonPicture) {
    this.#instance = instance;
    openPicture(instance, picture, RING);
    openScan(instance, picture.scan, { ...picture, isReading: false });
  }

  /** Nothing comes any more of the open segment. */
  get done(): boolean {
    return this.#done;
  }

  /**
   * Opens a segment; its stream is to be fed next.
   *
   * @param handoff - where its scan data begin; undefined goes on where the segment before ended
   * @param endsScan - whether its scan data end on a byte: not where the next segment goes on
   */
  open(rows: SegmentRows, handoff: Handoff | undefined, endsScan: boolean): void {
    const instance = this.#instance;
    this.#rows = rows;
    this.#endsScan = endsScan;
    this.#begun = false;
    this.#rowsDone = false;
    this.#done = false;
    instance.call("restartInput");
    if (handoff === undefined) return;
    setHandoff(instance, handoff);
    instance.call("beginScanWrite");
  }

  /** Takes stream bytes. @returns how many fitted; the others are to be fed again */
  feed(bytes: Uint8Array, isFinal: boolean): number {
    return feed(this.#instance, bytes, isFinal);
  }

  /**
   * Decodes on.
   *
   * @returns the next bytes of the scan's data; undefined when more of the stream is needed first,
   *   or when all is done
   */
  next(): Uint8Array<ArrayBuffer> | undefined {
    const instance = this.#instance;
    while (!this.#done) {
      const status = this.#step();
      if (status === STATUS.done) this.#done = true;
      const filled = instance.call("outputFilled");
      const isWaiting = status === STATUS.input || status === STATUS.output || this.#done;
      if (filled > 0 && (isWaiting || filled >= PIECE_BYTES)) return takeOutput(instance, filled);
      if (status === STATUS.input) return undefined;
    }
    return undefined;
  }

  #step(): number {
    const instance = this.#instance;
    const { first, end, isLast } = this.#rows;
    if (!this.#begun) {
      instance.call("beginSegmentRead", first, end, +isLast);
      this.#begun = true;
    }
    if (!this.#rowsDone) {
      const status = instance.call("decodeRow");
      if (status !== STATUS.done) return status;
      this.#rowsDone = true;
    }
    return this.#endsScan ? instance.call("endScanWrite", +isLast) : STATUS.done;
  }
}

/** Decodes a segment whose stream is there, after `open`. */
export function* decodeStream(
  decoder: SegmentDecoder,
  stream: Uint8Array,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  let rest = stream;
  do {
    rest = rest.subarray(decoder.feed(rest, true));
    for (;;) {
      const piece = decoder.next();
      if (piece === undefined) break;
      yield piece;
    }
  } while (!decoder.done);
}
