/**
 * Picture: what a kernel must know of a JPEG before it reads or writes its data, as plain data that
 * threads can send each other, and the handing over of it.
 *
 *   JpegScan, records -> LeptonPicture -> openPicture -> the kernel's FRAME, QUANTIZERS, tables, SCAN
 *
 * Fields of the kernel's records: kernels/jpeg/frame.ts and scan.ts.
 */
import type { KernelInstance } from "../core/kernel.ts";
import type { LeptonArithmetic } from "./file-start.ts";
import type { JpegFrame, JpegScan } from "./jpeg-frame.ts";
import { HUFFMAN_SPEC_BYTES } from "./jpeg-tables.ts";
import type { LeptonSegment } from "./records.ts";
import type { ScanNotes } from "./scan-notes.ts";

export interface LeptonPicture {
  /** The scan whose tables hold, and the frame. */
  readonly scan: JpegScan;
  /** Quantization tables that the model uses, by component, raster order. */
  readonly quantizers: readonly Uint16Array[];
  /** Blocks of each component that are coded. */
  readonly codedBlocks: readonly number[];
  /** The k-th padding bit is bit k. */
  readonly padding: number;
  /** Restart markers in the scan; -1 for all that are due. */
  readonly restarts: number;
  readonly arithmetic: LeptonArithmetic;
  /** Whether priors are capped at 1023, as dropbox/lepton has it. */
  readonly priorsCapped: boolean;
  /** What the scan has that no canonical writer makes; undefined when there is nothing like that. */
  readonly notes?: ScanNotes | undefined;
}

/** What both Lepton programs do unless a file says otherwise. */
export const USUAL_ARITHMETIC: LeptonArithmetic = { dc16: true, adv16: true };

/** How a kernel holds the coefficients: two MCU rows in turn, or all from a row on. */
export interface StoreRows {
  readonly first: number;
  readonly count: number;
}

/** Two MCU rows in turn. */
export const RING: StoreRows = { first: 0, count: 0 };

/** What a call of the kernel answers. */
export const STATUS = { done: 0, row: 1, input: 2, output: 3 } as const;

/** Sizes of the windows, large enough that the host is seldom asked. */
export const INPUT_WINDOW_BYTES = 256 * 1024;
export const OUTPUT_WINDOW_BYTES = 256 * 1024;

/** What SCAN says after a scan was read. */
export interface ScanSeen {
  /** As P0D has it; 0xFF while none was seen. */
  readonly padding: number;
  readonly restarts: number;
  readonly surplusRestarts: number;
  readonly endsEarly: boolean;
  readonly lastBlocks: readonly number[];
  /** Position of the first byte after the scan's data. */
  readonly end: number;
  /** What no canonical writer makes, if notes were asked for and there is something like that. */
  readonly notes?: ScanNotes | undefined;
}

/** Padding that was not seen yet, as the kernel and dropbox/lepton have it. */
export const NO_PADDING = 0xff;

const BLOCKS_OF_NONE = 0;

/** Opens frame and model. @throws PithError "TooMuchMemoryNeeded" before memory is taken */
export function openPicture(
  instance: KernelInstance,
  picture: LeptonPicture,
  store: StoreRows,
): void {
  openFrame(instance, picture.scan.frame, picture.codedBlocks, store);
  openModel(instance, picture, false);
}

/** Lays out the coefficients of a frame. @throws PithError "TooMuchMemoryNeeded" */
export function openFrame(
  instance: KernelInstance,
  frame: JpegFrame,
  codedBlocks: readonly number[],
  store: StoreRows,
): void {
  const fields = new Int32Array(32);
  const { components, mcuColumns, mcuRows, width, height } = frame;
  fields.set([components.length, mcuColumns, mcuRows, width, height, store.count, store.first]);
  fields.set([INPUT_WINDOW_BYTES, OUTPUT_WINDOW_BYTES], 7);
  for (const [c, { h, v }] of components.entries()) {
    fields.set([h, v, codedBlocks[c] ?? BLOCKS_OF_NONE], 16 + 4 * c);
  }
  put(instance, "frameAddress", fields);
  instance.call("openFrame");
}

/**
 * Hands over what the model needs.
 *
 * @param isStrict - whether a zero among the quantizers is refused
 * @throws PithError "UnsupportedJpegWithZeroIdct0"
 */
export function openModel(
  instance: KernelInstance,
  picture: LeptonPicture,
  isStrict: boolean,
): void {
  const quantizers = new Uint16Array(4 * 64);
  for (const [c, table] of picture.quantizers.entries()) quantizers.set(table, 64 * c);
  put(instance, "quantizersAddress", quantizers);
  const { dc16, adv16 } = picture.arithmetic;
  instance.call("openModel", +isStrict, +dc16, +adv16, +picture.priorsCapped);
}

export interface ScanOptions {
  readonly padding: number;
  readonly restarts: number;
  readonly isReading: boolean;
  /** Writing: the file ends early, so what has no code may be what nobody asks for. */
  readonly endsEarly?: boolean | undefined;
  /** Reading: what no canonical writer makes is noted, not refused; so where there are notes. */
  readonly takesNotes?: boolean | undefined;
  readonly notes?: ScanNotes | undefined;
}

/** Hands over the tables and the description of a scan. */
export function openScan(instance: KernelInstance, scan: JpegScan, options: ScanOptions): void {
  const slots = new Set<number>();
  for (const { dcTable, acTable } of scan.components) slots.add(dcTable).add(4 + acTable);
  const specs = new Uint8Array(8 * HUFFMAN_SPEC_BYTES);
  for (const slot of slots) specs.set(scan.huffman[slot] ?? [], slot * HUFFMAN_SPEC_BYTES);
  put(instance, "huffmanSpecsAddress", specs);
  // A decoder takes over-full tables: others have written files with them.
  for (const slot of slots) instance.call("makeHuffmanTable", slot, +!options.isReading);

  const fields = new Int32Array(40);
  fields[0] = scan.components.length;
  for (const [i, { index, dcTable, acTable }] of scan.components.entries()) {
    fields[1 + i] = index;
    fields[5 + i] = dcTable;
    fields[9 + i] = acTable;
  }
  fields.set([scan.spectralStart, scan.spectralEnd, scan.high, scan.low], 13);
  fields.set([scan.restartInterval, +scan.frame.progressive, options.padding], 17);
  fields[20] = options.restarts;
  fields[21] = +(options.endsEarly === true);
  const { isReading, takesNotes, notes } = options;
  fields[22] = +(takesNotes === true || notes !== undefined);
  fields[24] = options.padding;
  if (notes !== undefined && !isReading) {
    const [paddings, deviations] = [notes.paddings.length, notes.deviations.length / 2];
    fields[23] = paddings;
    fields[36] = deviations;
    fields[37] = notes.restarts.length;
    put(instance, "oddRestartsAddress", notes.restarts, notes.restarts.length);
    put(instance, "paddingsAddress", notes.paddings, paddings);
    put(instance, "deviationsAddress", notes.deviations, deviations);
  }
  put(instance, "scanAddress", fields);
}

/** Where a segment's scan data begin. */
export interface Handoff {
  /** MCU row that comes next. */
  readonly mcuRow: number;
  /** Position in the stream of the byte that holds its first bit. */
  readonly position: number;
  readonly overhang: number;
  readonly overhangBits: number;
  readonly dc: readonly number[];
  /** Restart markers before this place. */
  readonly restarts: number;
}

/** The place of an image's first bit. */
export const START: Handoff = {
  mcuRow: 0,
  position: 0,
  overhang: 0,
  overhangBits: 0,
  dc: [0, 0, 0, 0],
  restarts: 0,
};

export function setHandoff(instance: KernelInstance, handoff: Handoff): void {
  const fields = new Int32Array(16);
  const { mcuRow, position, overhang, overhangBits, dc, restarts } = handoff;
  fields.set([mcuRow, position, overhang, overhangBits]);
  fields.set(dc.slice(0, 4), 4);
  fields[8] = restarts;
  put(instance, "handoffAddress", fields);
}

export function getHandoff(instance: KernelInstance): Handoff {
  const fields = get(instance, "handoffAddress", 16);
  const [mcuRow = 0, position = 0, overhang = 0, overhangBits = 0] = fields;
  return {
    mcuRow,
    position,
    overhang,
    overhangBits,
    dc: [...fields.subarray(4, 8)],
    restarts: fields[8] ?? 0,
  };
}

export function getSeen(instance: KernelInstance): ScanSeen {
  const fields = get(instance, "scanAddress", 40);
  return {
    padding: fields[24] ?? 0,
    restarts: fields[25] ?? 0,
    surplusRestarts: fields[26] ?? 0,
    endsEarly: fields[27] !== 0,
    lastBlocks: [...fields.subarray(28, 32)],
    end: fields[32] ?? 0,
    notes: getNotes(instance, fields),
  };
}

function getNotes(instance: KernelInstance, fields: Int32Array): ScanNotes | undefined {
  const isMixed = fields[33] !== 0;
  const [paddings = 0, deviations = 0] = fields.subarray(34, 36);
  const restarts = fields[38] ?? 0;
  if (!isMixed && deviations === 0 && restarts === 0) return undefined;
  const markers = instance.call("oddRestartsAddress", restarts);
  const patterns = instance.call("paddingsAddress", paddings);
  const pairs = instance.bytes(instance.call("deviationsAddress", deviations), 8 * deviations);
  return {
    paddings: instance.bytes(patterns, isMixed ? paddings : 0).slice(),
    deviations: new Uint32Array(pairs.slice().buffer),
    restarts: instance.bytes(markers, restarts).slice(),
  };
}

/** The handoff that a segment's record tells. */
export function handoffOf(segment: LeptonSegment, v: number): Handoff {
  const bits = segment.overhangBits > 7 ? 0 : segment.overhangBits;
  return {
    ...START,
    mcuRow: segment.startRow / v,
    overhang: segment.overhang & (0xff00 >> bits) & 0xff,
    overhangBits: bits,
    dc: segment.dc,
  };
}

/** Appends to the input window what fits. @returns how many bytes fitted */
export function feed(instance: KernelInstance, bytes: Uint8Array, isFinal: boolean): number {
  const address = instance.call("makeInputRoom");
  const size = Math.min(instance.call("inputRoom"), bytes.length);
  instance.bytes(address, size).set(bytes.subarray(0, size));
  instance.call("feedInput", size, +(isFinal && size === bytes.length));
  return size;
}

/** Takes the first `size` bytes of the output window, a copy. */
export function takeOutput(instance: KernelInstance, size: number): Uint8Array<ArrayBuffer> {
  const bytes = instance.bytes(instance.call("outputStart"), size).slice();
  instance.call("dropOutput", size);
  return bytes;
}

function put(
  instance: KernelInstance,
  at: string,
  fields: ArrayBufferView,
  ...given: readonly number[]
): void {
  const bytes = new Uint8Array(fields.buffer, fields.byteOffset, fields.byteLength);
  instance.bytes(instance.call(at, ...given), bytes.length).set(bytes);
}

function get(instance: KernelInstance, at: string, count: number): Int32Array {
  return new Int32Array(instance.bytes(instance.call(at), 4 * count).slice().buffer);
}
