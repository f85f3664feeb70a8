/**
 * Segment decoder: the coded stream of one segment of a single-scan picture to its part of the scan's
 * data, as its bytes come.
 *
 *   feed(stream bytes) -> | kernel: model, two MCU rows, JPEG writer | -> pieces
 *
 * One kernel instance a decoder. Memory: the kernel's, which depends on the picture's width alone.
 */
import type { KernelInstance } from "../core/kernel.ts";
import { ByteLimit } from "./byte-limit.ts";
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

/** A segment that is to be decoded: plain data. */
export interface SegmentToDecode {
  readonly rows: SegmentRows;
  /** Where its scan data begin; undefined where they go on from the segment before. */
  readonly handoff: Handoff | undefined;
  /** Whether its scan data end with it, on a byte: not where the next segment goes on. */
  readonly endsScan: boolean;
  /** Scan bytes that it gives at most. */
  readonly limitBytes: number;
}

/** Output that is worth handing on: little at first, so that who waits for it can begin. */
const PIECE_BYTES_FIRST = 1024;
const PIECE_BYTES = 32 * 1024;

/** Bytes of a stream that its first step reads at once. */
const START_BYTES = 8;

const NOTHING = new Uint8Array(0);

export class SegmentDecoder {
  readonly #instance: KernelInstance;
  #segment: SegmentToDecode | undefined;
  #limit = new ByteLimit(0);
  /** Bytes that were fed before the first step. */
  #startBytes = 0;
  #begun = false;
  #rowsDone = false;
  #done = true;
  #pieceBytes = PIECE_BYTES_FIRST;

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

  /** Opens a segment; its stream is to be fed next. */
  open(segment: SegmentToDecode): void {
    const instance = this.#instance;
    this.#segment = segment;
    this.#limit = new ByteLimit(segment.limitBytes);
    this.#startBytes = 0;
    this.#begun = false;
    this.#rowsDone = false;
    this.#done = false;
    instance.call("restartInput");
    if (segment.handoff === undefined) return;
    setHandoff(instance, segment.handoff);
    instance.call("beginScanWrite");
  }

  /** Takes stream bytes. @returns how many fitted; the others are to be fed again */
  feed(bytes: Uint8Array, isFinal: boolean): number {
    const size = feed(this.#instance, bytes, isFinal);
    this.#startBytes += isFinal ? START_BYTES : size;
    return size;
  }

  /**
   * Decodes on, an MCU row at most.
   *
   * @returns the next bytes of the scan's data, none where a row gave too few to be worth it; undefined
   *   when more of the stream is needed first, or when all is done
   */
  next(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#done || this.#segment === undefined) return undefined;
    const instance = this.#instance;
    const status = this.#step(this.#segment);
    if (status === STATUS.done) this.#done = true;
    const filled = instance.call("outputFilled");
    const isWaiting = status === STATUS.input || status === STATUS.output || this.#done;
    if (filled > 0 && (isWaiting || filled >= this.#pieceBytes)) {
      this.#pieceBytes = Math.min(2 * this.#pieceBytes, PIECE_BYTES);
      const piece = this.#limit.cut(takeOutput(instance, filled));
      // A segment whose data go on in the next one must be decoded to its end.
      if (this.#limit.reached && this.#segment.endsScan) this.#done = true;
      return piece;
    }
    return status === STATUS.input || this.#done ? undefined : NOTHING;
  }

  #step({ rows, endsScan }: SegmentToDecode): number {
    const instance = this.#instance;
    const { first, end, isLast } = rows;
    if (!this.#begun) {
      if (this.#startBytes < START_BYTES) return STATUS.input;
      instance.call("beginSegmentRead", first, end, +isLast);
      this.#begun = true;
    }
    if (!this.#rowsDone) {
      const status = instance.call("decodeRow");
      if (status !== STATUS.done) return status;
      this.#rowsDone = true;
    }
    return endsScan ? instance.call("endScanWrite", +isLast) : STATUS.done;
  }
}

/** Decodes a segment whose stream is there, row by row. */
export function* decodeSegment(
  decoder: SegmentDecoder,
  segment: SegmentToDecode,
  stream: Uint8Array,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  decoder.open(segment);
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
