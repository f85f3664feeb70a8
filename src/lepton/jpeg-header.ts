/**
 * JPEG header: the marker segments before, between and after the scans.
 *
 *   FF D8 | segments ... SOS | entropy-coded data | segments ... SOS | data | ... | FF D9 | rest
 *           `read` -> scan     the kernel's         `read` -> scan            `read` -> end
 *
 * One reader serves three: the encoder, which lets it read from where a scan's data ended; the
 * decoder, whose header record holds the segments of all scans one behind the other; and who only
 * looks at the first bytes of an object (jpeg-sniff.ts). A reader remembers the tables, so that each
 * scan gets those in force where its data begin. It takes whole segments only: when the bytes end
 * inside one, it says where, and goes on from there when more have come. For a dense file it passes
 * over whatever stands between segments; Lepton files must be read by others, who do not.
 *
 * Frames are in jpeg-frame.ts, tables in jpeg-tables.ts. Source: ITU-T T.81, B.1 and B.2.
 */
import { PithError } from "../core/errors.ts";
import {
  JPEG_SCANS_MAXIMUM,
  JPEG_SEGMENTS_MAXIMUM,
  JPEG_TABLE_BYTES_MAXIMUM,
} from "../core/limits.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import {
  type HuffmanSpec,
  type JpegFrame,
  type JpegScan,
  readFrame,
  requireFrame,
  unsupported,
} from "./jpeg-frame.ts";
import {
  COM,
  DHT,
  DQT,
  DRI,
  EOI,
  hasLength,
  isFrame,
  markerFrom,
  SOF_PROGRESSIVE,
  SOI,
  SOS,
} from "./jpeg-markers.ts";
import { readHuffmanTables, readQuantizers } from "./jpeg-tables.ts";

/** SOI. */
export const JPEG_START_BYTES = 2;

export type JpegStep =
  /** A scan whose data begin at `at`. */
  | { readonly kind: "scan"; readonly at: number; readonly scan: JpegScan }
  /** The EOI marker stands at `at`. */
  | { readonly kind: "end"; readonly at: number }
  /** The bytes end before the segment at `at` does. */
  | { readonly kind: "more"; readonly at: number };

export interface JpegHeaderOptions {
  /** "lepton" (the default) refuses at once what Lepton files cannot hold, "dense" what dense ones
   * cannot; "any" reads on, for people who want to know what a JPEG is. */
  readonly frames?: CoefficientModel | "any" | undefined;
}

/** Reads segments and remembers what they say. */
export class JpegHeader {
  readonly #frames: CoefficientModel | "any";
  readonly #huffman: (HuffmanSpec | undefined)[] = new Array(8).fill(undefined);
  readonly #quantizers: (Uint16Array | undefined)[] = new Array(4).fill(undefined);
  #frame: JpegFrame | undefined;
  #restartInterval = 0;
  #scans = 0;
  #segments = 0;
  #tableBytes = 0;
  #followsComment = false;

  constructor(options: JpegHeaderOptions = {}) {
    this.#frames = options.frames ?? "lepton";
  }

  /** The frame, once its segment was read. */
  get frame(): JpegFrame | undefined {
    return this.#frame;
  }

  /** Scans begun so far. */
  get scans(): number {
    return this.#scans;
  }

  /** Quantization tables as they stand now: behind the last segment, those that dropbox/lepton's
   * model uses for all of the picture. */
  get quantizers(): readonly (Uint16Array | undefined)[] {
    return this.#quantizers.slice();
  }

  /**
   * Reads segments up to the next scan, the end of the picture, or the end of the bytes.
   *
   * @param bytes - a JPEG, or the header record of a Lepton file
   * @param at - where a segment begins: behind SOI (0 in a header record), or where the data of
   *   a scan ended, or where the last call ended with "more"
   * @throws PithError "UnsupportedJpeg" for what breaks the format or cannot be restored, what
   *   `requireFrame` throws, and "HeaderTooLarge". Time grows with the bytes passed over, memory does not.
   */
  read(bytes: Uint8Array, at: number): JpegStep {
    let next = at;
    for (;;) {
      next = this.#toMarker(bytes, next);
      const type = bytes[next + 1];
      if (type === undefined) return { kind: "more", at: next };
      if (type === EOI) return { kind: "end", at: next };
      if (!hasLength(type)) throw unsupported("a marker out of place", { type, at: next });
      const size = ((bytes[next + 2] ?? 0) << 8) | (bytes[next + 3] ?? 0);
      const end = next + 2 + size;
      if (next + 4 > bytes.length) return { kind: "more", at: next };
      if (size < 2) throw unsupported("a segment of impossible length", { size, at: next });
      if (end > bytes.length) return { kind: "more", at: next };
      this.#count(type, size);
      const body = bytes.subarray(next + 4, end);
      this.#followsComment = type === COM;
      next = end;
      if (type === SOS) return { kind: "scan", at: end, scan: this.#readScan(body) };
      this.#readSegment(type, body);
    }
  }

  /** Keeps the time that a header can take within bounds. */
  #count(type: number, size: number): void {
    this.#segments += 1;
    if (type === DHT || type === DQT) this.#tableBytes += size;
    const isTooMuch =
      this.#segments > JPEG_SEGMENTS_MAXIMUM || this.#tableBytes > JPEG_TABLE_BYTES_MAXIMUM;
    if (!isTooMuch) return;
    const [segments, tableBytes] = [this.#segments, this.#tableBytes];
    throw new PithError("HeaderTooLarge", { segments, tableBytes });
  }

  /** Where the marker begins that is due at `at`. */
  #toMarker(bytes: Uint8Array, at: number): number {
    if (at >= bytes.length) return at;
    if (this.#frames === "dense") return markerFrom(bytes, at);
    let next = at;
    if (bytes[next] !== 0xff && this.#followsComment) {
      // dropbox/lepton lets a stray byte pass behind a comment: some writers count it wrongly.
      if (next + 1 === bytes.length) return at;
      next += 1;
    }
    if (bytes[next] !== 0xff) {
      throw unsupported("another byte where a marker is due", { at: next });
    }
    // Fill bytes are legal, but neither Lepton program lets them pass in a header.
    if (this.#frames === "any") while (bytes[next + 1] === 0xff) next += 1;
    return next;
  }

  #readSegment(type: number, body: Uint8Array): void {
    if (type === DHT) readHuffmanTables(body, this.#huffman);
    else if (type === DQT) readQuantizers(body, this.#quantizers);
    else if (type === DRI) {
      if (body.length < 2) throw unsupported("a restart interval without a value");
      this.#restartInterval = ((body[0] ?? 0) << 8) | (body[1] ?? 0);
    } else if (isFrame(type)) {
      if (this.#frame !== undefined) throw unsupported("more than one frame");
      const frame = readFrame(body, type === SOF_PROGRESSIVE);
      if (this.#frames !== "any") requireFrame(frame, this.#frames);
      this.#frame = frame;
    }
  }

  /** Reads the body of a SOS segment. */
  #readScan(body: Uint8Array): JpegScan {
    const frame = this.#frame;
    if (frame === undefined) throw unsupported("a scan before the frame");
    this.#scans += 1;
    if (this.#scans > JPEG_SCANS_MAXIMUM) throw unsupported("too many scans");
    const byte = (at: number): number => body[at] ?? 0;
    const count = byte(0);
    if (count < 1 || count > frame.components.length || body.length < 4 + 2 * count) {
      throw unsupported("a scan of an impossible number of components", { components: count });
    }
    const components = [];
    const seen = new Set<number>();
    for (let i = 0; i < count; i++) {
      const [id, tables] = [byte(1 + 2 * i), byte(2 + 2 * i)];
      const index = frame.components.findIndex((component) => component.id === id);
      const [dcTable, acTable] = [tables >> 4, tables & 15];
      if (index < 0) throw unsupported("a scan of an unknown component", { id });
      if (seen.has(index)) throw unsupported("a scan with a component twice", { id });
      if (dcTable > 3 || acTable > 3) throw unsupported("a Huffman table id beyond 3");
      seen.add(index);
      components.push({ index, dcTable, acTable });
    }
    const at = 1 + 2 * count;
    const [spectralStart, spectralEnd] = [byte(at), byte(at + 1)];
    const [high, low] = [byte(at + 2) >> 4, byte(at + 2) & 15];
    // A sequential scan is what it is, whatever it says of itself.
    const counts = frame.progressive || this.#frames !== "dense";
    const isImpossible = spectralStart > spectralEnd || spectralEnd > 63 || high > 11 || low > 11;
    if (counts && isImpossible) {
      throw unsupported("an impossible part of the spectrum", { spectralStart, spectralEnd });
    }
    const spectrum = frame.progressive
      ? { spectralStart, spectralEnd, high, low }
      : { spectralStart: 0, spectralEnd: 63, high: 0, low: 0 };
    return {
      frame,
      components,
      ...spectrum,
      restartInterval: this.#restartInterval,
      huffman: this.#huffman.slice(),
      quantizers: this.#quantizers.slice(),
    };
  }
}

/** The first scan of a JPEG. */
export interface FirstScan {
  readonly scan: JpegScan;
  /** Where its data begin. */
  readonly at: number;
  /** Can go on behind them. */
  readonly header: JpegHeader;
}

/**
 * Reads a JPEG up to the data of its first scan, as an encoder does.
 *
 * @param jpeg - all of it, or its beginning
 * @param model - that is to code it
 * @throws PithError "ShortRead" when there is no scan in the bytes; as `JpegHeader.read`
 */
export function readFirstScan(jpeg: Uint8Array, model: CoefficientModel = "lepton"): FirstScan {
  if (!beginsJpeg(jpeg)) {
    if (jpeg.length < 3) throw new PithError("ShortRead", { bytes: jpeg.length });
    throw unsupported("not a JPEG");
  }
  const header = new JpegHeader({ frames: model });
  const step = header.read(jpeg, JPEG_START_BYTES);
  if (step.kind === "more") throw new PithError("ShortRead", { at: step.at });
  if (step.kind === "end") throw unsupported("a JPEG without a scan");
  return { scan: step.scan, at: step.at, header };
}

/**
 * Refuses what no Lepton program restores, or not each of them. A dense file restores all of it.
 *
 * @param quantizers - those that the model is to use: of the scan when it holds the whole picture,
 *   else as they stand behind the last scan
 * @throws PithError "UnsupportedJpegWithZeroIdct0", "UnsupportedJpeg"
 */
export function requireRestorable(
  scan: JpegScan,
  quantizers: readonly (Uint16Array | undefined)[] = scan.quantizers,
): void {
  const [first] = scan.frame.components;
  for (const [index, { quantizer }] of scan.frame.components.entries()) {
    const table = quantizers[quantizer];
    if (table === undefined || table[0] === 0) {
      throw new PithError("UnsupportedJpegWithZeroIdct0", { component: index });
    }
  }
  // The interval counts blocks there, but both programs find their place again by MCUs.
  const isSampled = first !== undefined && first.h * first.v > 1;
  if (scan.restartInterval > 0 && scan.frame.components.length === 1 && isSampled) {
    throw unsupported("restarts in a picture of one component with sampling factors");
  }
}

/** Whether these bytes begin as a JPEG does: FF D8 FF. */
export function beginsJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff;
}
