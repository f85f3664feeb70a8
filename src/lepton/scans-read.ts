/**
 * Scans read: all scans of a JPEG into the kernel's store of the whole picture, one after the other, and
 * what a Lepton file says of them.
 *
 *   | scan | segments | scan | segments | scan that cannot be read, EOI, garbage |
 *   | ------ store and header record -------- | ------------- tail ------------- |
 *
 * Where one cannot be read as it stands, Lepton refuses the JPEG. A dense file has all scans before it,
 * and the rest raw in its tail. A scan that is cut short is coded as far as it goes: in a Lepton file if
 * the JPEG ends there, in a dense one whatever follows.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import { JPEG_PADDINGS_MAXIMUM } from "../core/limits.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { type JpegScan, restartsDue } from "./jpeg-frame.ts";
import {
  type FirstScan,
  JPEG_START_BYTES,
  type JpegHeader,
  type JpegStep,
  readFirstScan,
} from "./jpeg-header.ts";
import {
  feed,
  getSeen,
  NO_PADDING,
  openScan,
  type ScanSeen,
  START,
  STATUS,
  setHandoff,
} from "./picture.ts";
import { type ScanNotes, saysSomething } from "./scan-notes.ts";
import type { Steps } from "./work.ts";

/** What was read of all scans. */
export interface ScansRead {
  /** The segments before and between the scans. */
  readonly jpegHeader: Uint8Array;
  /** Quantization tables as they stand behind those segments. */
  readonly quantizers: JpegScan["quantizers"];
  readonly padding: number;
  readonly restarts: readonly number[];
  /** Whether any scan has restart markers, or could have: where all are missing that must be said. */
  readonly countsRestarts: boolean;
  readonly surplusRestarts: readonly number[];
  /** What no canonical writer makes; undefined when there is nothing like that. */
  readonly notes: readonly ScanNotes[] | undefined;
  /** Where the data end, if not with the picture: the last block of each component that was begun. */
  readonly lastBlocks: readonly number[] | undefined;
  readonly tail: Uint8Array;
}

/** Bytes of a file cut short that are kept as they are. What the zeros behind its end make of the last
 * codes differs from what stands there in up to four bytes. */
const CUT_TAIL_BYTES = 8;

/** What a record FRS can say of a scan. */
const SURPLUS_MAXIMUM = 255;

const NO_NOTES: ScanNotes = {
  paddings: new Uint8Array(0),
  deviations: new Uint32Array(0),
  restarts: new Uint8Array(0),
};

/**
 * Reads the scans of a JPEG, whose frame is open.
 *
 * @param jpeg - the whole file
 * @param model - that is to code it
 * @throws PithError of kind "input" when the data cannot be restored exactly
 */
export function* readScans(
  instance: KernelInstance,
  jpeg: Uint8Array,
  first: FirstScan,
  model: CoefficientModel = "lepton",
): Steps<ScansRead> {
  const whole = new ScansReader(instance, jpeg, first, model);
  try {
    return yield* whole.read(Number.POSITIVE_INFINITY);
  } catch (error) {
    const isInput = error instanceof PithError && error.kind === "input";
    if (model !== "dense" || whole.scans === 0 || !isInput) throw error;
  }
  // What the scan that failed has left in the store must go.
  const again = new ScansReader(instance, jpeg, readFirstScan(jpeg, model), model);
  return yield* again.read(whole.scans);
}

class ScansReader {
  readonly #instance: KernelInstance;
  readonly #jpeg: Uint8Array;
  readonly #header: JpegHeader;
  readonly #isDense: boolean;
  #scan: JpegScan;
  #at: number;
  #padding = NO_PADDING;
  #countsRestarts = false;
  #paddings = 0;
  #oddRestarts = 0;
  readonly #parts: Uint8Array[];
  readonly #restarts: number[] = [];
  readonly #surplusRestarts: number[] = [];
  readonly #notes: ScanNotes[] = [];
  readonly #lastBlocks = [0, 0, 0, 0];
  readonly #coded = new Set<number>();

  constructor(
    instance: KernelInstance,
    jpeg: Uint8Array,
    { scan, at, header }: FirstScan,
    model: CoefficientModel,
  ) {
    this.#instance = instance;
    this.#jpeg = jpeg;
    this.#header = header;
    this.#isDense = model === "dense";
    this.#scan = scan;
    this.#at = at;
    this.#parts = [jpeg.subarray(JPEG_START_BYTES, at)];
  }

  /** Scans that were read to their end. */
  get scans(): number {
    return this.#restarts.length;
  }

  /** Reads so many scans, or all. */
  *read(most: number): Steps<ScansRead> {
    this.#instance.call("clearPicture");
    for (;;) {
      const seen = this.#countable(yield* this.#readScan());
      const end = this.#at + seen.end;
      if (seen.endsEarly) return this.#endEarly(seen, end);
      this.#note(seen);
      const { quantizers } = this.#header;
      const step = this.scans < most ? this.#stepFrom(end) : undefined;
      if (step === undefined || step.kind === "more") return this.#result(quantizers, end);
      yield step.at - this.#at;
      this.#parts.push(this.#jpeg.subarray(end, step.at));
      if (step.kind === "end") return this.#result(this.#header.quantizers, step.at);
      this.#scan = step.scan;
      this.#at = step.at;
    }
  }

  /** Reads one scan into the store, row by row. */
  *#readScan(): Steps<ScanSeen> {
    const [instance, scan] = [this.#instance, this.#scan];
    const { progressive } = scan.frame;
    if (!progressive) requireFresh(scan, this.#coded);
    const options = { padding: this.#padding, restarts: -1, takesNotes: this.#isDense };
    openScan(instance, scan, { ...options, isReading: true });
    setHandoff(instance, START);
    const data = this.#jpeg.subarray(this.#at);
    instance.call("restartInput");
    let fed = feed(instance, data, true);
    instance.call(progressive ? "beginProgressiveRead" : "beginScanRead");
    const row = progressive ? "readProgressiveRow" : "readMcuRow";
    for (;;) {
      const status = instance.call(row);
      if (status === STATUS.done) return getSeen(instance);
      if (status === STATUS.input) fed += feed(instance, data.subarray(fed), true);
      yield 0;
    }
  }

  /** More surplus restart markers than a byte counts are stray bytes for a dense file. */
  #countable(seen: ScanSeen): ScanSeen {
    const { surplusRestarts, restarts, end } = seen;
    if (surplusRestarts <= SURPLUS_MAXIMUM) return seen;
    if (!this.#isDense) {
      throw new PithError("InvalidResetCode", { why: "too many surplus ones", surplusRestarts });
    }
    const [fewer, before] = [restarts - surplusRestarts, end - 2 * surplusRestarts];
    return { ...seen, surplusRestarts: 0, restarts: fewer, end: before };
  }

  /** Remembers what a scan has shown. */
  #note(seen: ScanSeen): void {
    const { notes = NO_NOTES } = seen;
    this.#paddings += notes.paddings.length;
    this.#oddRestarts += notes.restarts.length;
    if (this.#paddings > JPEG_PADDINGS_MAXIMUM) {
      throw new PithError("InvalidPadding", { why: "too much of it is mixed" });
    }
    if (this.#oddRestarts > JPEG_PADDINGS_MAXIMUM) {
      throw new PithError("InvalidResetCode", { why: "too many before one that is not as due" });
    }
    this.#padding = seen.padding;
    const there = seen.restarts - seen.surplusRestarts;
    // Where some that are due are missing, surplus ones do not stand in for them.
    this.#restarts.push(there < restartsDue(this.#scan) ? there : seen.restarts);
    this.#countsRestarts ||= seen.restarts > 0 || this.#scan.restartInterval > 0;
    this.#surplusRestarts.push(seen.surplusRestarts);
    this.#notes.push(notes);
    for (const { index } of this.#scan.components) {
      const last = Math.max(this.#lastBlocks[index] ?? 0, seen.lastBlocks[index] ?? 0);
      this.#lastBlocks[index] = last;
    }
  }

  #endEarly(seen: ScanSeen, end: number): ScansRead {
    if (end < this.#jpeg.length && !this.#isDense) {
      throw new PithError("UnsupportedJpeg", { why: "a scan cut short" });
    }
    this.#note(seen);
    const result = this.#result(this.#header.quantizers, Math.max(this.#at, end - CUT_TAIL_BYTES));
    return { ...result, lastBlocks: this.#lastBlocks };
  }

  /** Reads the segments behind a scan. @returns undefined where a dense file leaves them alone */
  #stepFrom(end: number): JpegStep | undefined {
    try {
      return this.#header.read(this.#jpeg, end);
    } catch (error) {
      const isInput = error instanceof PithError && error.kind === "input";
      if (this.#isDense && isInput) return undefined;
      throw error;
    }
  }

  #result(quantizers: JpegScan["quantizers"], tailAt: number): ScansRead {
    return {
      jpegHeader: concatenate(this.#parts),
      quantizers,
      padding: this.#padding,
      restarts: this.#restarts,
      countsRestarts: this.#countsRestarts,
      surplusRestarts: this.#surplusRestarts,
      notes: saysSomething(this.#notes) ? this.#notes : undefined,
      lastBlocks: undefined,
      tail: this.#jpeg.subarray(tailAt),
    };
  }
}

/** In a sequential file a component has one scan: a second would take the place of the first. */
function requireFresh({ components }: JpegScan, coded: Set<number>): void {
  for (const { index } of components) {
    if (coded.has(index)) {
      throw new PithError("UnsupportedJpeg", { why: "a component in two scans", index });
    }
    coded.add(index);
  }
}
