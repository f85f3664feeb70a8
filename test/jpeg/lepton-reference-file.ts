/**
 * Reference of the Lepton model: reads what it needs of a .lep file of version 1 or 2, and no more
 * (no checks: test vectors are taken at their word). Sections 1.2 to 1.4 of the format's text.
 *
 *   decodeReference(lepton)   every coefficient, the bins' count, the segments' streams
 */
import { createHash } from "node:crypto";
import { brotliDecompressSync, inflateSync } from "node:zlib";
import type { Trace } from "./lepton-bins.ts";
import {
  decodeSegment,
  type ReferenceComponent,
  type ReferencePicture,
  type ReferenceSegment,
  segmentsFrom,
} from "./lepton-reference.ts";
import { type Arithmetic, USUAL_ARITHMETIC } from "./lepton-reference-block.ts";

/** A .lep file taken apart; its coefficients are still zero. */
export interface ReferenceFile {
  readonly picture: ReferencePicture;
  readonly segments: readonly ReferenceSegment[];
  /** One stream for each segment, its packets put together. */
  readonly streams: readonly Uint8Array[];
}

export interface ReferenceResult extends ReferenceFile {
  readonly bins: number;
}

/** Zigzag index to raster index, as JPEG writes its tables. */
// biome-ignore format: a table of eight rows
export const ZIGZAG: readonly number[] = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/** Decodes all coefficients of a .lep file; `trace` hears the bins of every segment in turn. */
export function decodeReference(
  lepton: Uint8Array,
  arithmetic: Arithmetic = USUAL_ARITHMETIC,
  trace?: Trace,
): ReferenceResult {
  const file = readReferenceFile(lepton, arithmetic);
  let bins = 0;
  for (const [i, segment] of file.segments.entries()) {
    bins += decodeSegment(file.picture, segment, file.streams[i]!, trace);
  }
  return { ...file, bins };
}

/** First 12 hexadecimal digits of the SHA-256 of all coefficients, as the format's text lists. */
export function coefficientHash(picture: ReferencePicture): string {
  const hash = createHash("sha256");
  for (const { coefficients } of picture.components) {
    hash.update(new Uint8Array(coefficients.buffer, 0, coefficients.byteLength));
  }
  return hash.digest("hex").slice(0, 12);
}

/** Takes a .lep file apart. */
export function readReferenceFile(lepton: Uint8Array, arithmetic: Arithmetic): ReferenceFile {
  const view = new DataView(lepton.buffer, lepton.byteOffset, lepton.length);
  const packets = 28 + view.getUint32(24, true) + 3;
  const compressed = lepton.subarray(28, packets - 3);
  const inflated = lepton[2] === 1 ? inflateSync(compressed) : brotliDecompressSync(compressed);
  const records = readRecords(inflated);
  const picture = readPicture(records.jpegHeader, records.lastBlocks, arithmetic);
  const legacy = records.firstRows === undefined;
  const firstRows = records.firstRows ?? [0];
  let body = packets;
  if (legacy) {
    const count = lepton[body++]!;
    for (let i = 1; i < count; i++, body += 2) firstRows.push(view.getUint16(body, true));
  }
  const segments = segmentsFrom(picture, firstRows);
  const end = lepton.length - 4 - (lepton[2] === 1 ? 0 : 3);
  return { picture, segments, streams: readPackets(lepton.subarray(body, end), segments.length) };
}

interface Records {
  readonly jpegHeader: Uint8Array;
  readonly firstRows: number[] | undefined;
  readonly lastBlocks: number[] | undefined;
}

function readRecords(inflated: Uint8Array): Records {
  const view = new DataView(inflated.buffer, inflated.byteOffset, inflated.length);
  let jpegHeader = new Uint8Array(0);
  let firstRows: number[] | undefined;
  let lastBlocks: number[] | undefined;
  for (let at = 0; at < inflated.length; ) {
    const tag = String.fromCharCode(...inflated.subarray(at, at + 3));
    at += 3;
    if (tag.startsWith("HH")) {
      const count = inflated[at - 1]!;
      firstRows = Array.from({ length: count }, (_, i) => view.getUint16(at + 16 * i, true));
      at += 16 * count;
    } else if (tag === "P0D" || tag === "PAD") at += 1;
    else if (tag === "SIZ") at += 4;
    else if (tag === "EEE") {
      lastBlocks = [3, 4, 5, 6].map((i) => view.getUint32(at + 4 * i, true));
      at += 28;
    } else {
      const count = view.getUint32(at, true);
      const size = tag === "CRS" ? 4 * count : count;
      if (tag === "HDR") jpegHeader = Uint8Array.from(inflated.subarray(at + 4, at + 4 + size));
      at += 4 + size;
    }
  }
  return { jpegHeader, firstRows, lastBlocks };
}

/** The frame and the tables in force when the first scan begins. */
function readPicture(
  header: Uint8Array,
  lastBlocks: readonly number[] | undefined,
  arithmetic: Arithmetic,
): ReferencePicture {
  const tables = [0, 1, 2, 3].map(() => new Uint16Array(64));
  let frame: Uint8Array | undefined;
  for (let at = 0; at + 4 <= header.length; ) {
    const type = header[at + 1]!;
    const size = 2 + header[at + 2]! * 256 + header[at + 3]!;
    const body = header.subarray(at + 4, at + size);
    if (type === 0xdb) readQuantization(body, tables);
    if (type >= 0xc0 && type <= 0xc2) frame = body;
    if (type === 0xda) break;
    at += size;
  }
  if (frame === undefined) throw new Error("no frame in the header");
  const height = frame[1]! * 256 + frame[2]!;
  const width = frame[3]! * 256 + frame[4]!;
  const factors = Array.from({ length: frame[5]! }, (_, c) => {
    const [hv, table] = [frame[7 + 3 * c]!, frame[8 + 3 * c]!];
    return { h: hv >> 4, v: hv & 15, quantization: tables[table]! };
  });
  const mcuColumns = Math.ceil(width / (8 * Math.max(...factors.map(({ h }) => h))));
  const mcuRows = Math.ceil(height / (8 * Math.max(...factors.map(({ v }) => v))));
  const components = factors.map(({ h, v, quantization }, c): ReferenceComponent => {
    const blockColumns = mcuColumns * h;
    const blockRows = mcuRows * v;
    const blocks = blockColumns * blockRows;
    const codedBlocks = lastBlocks === undefined ? blocks : lastBlocks[c]! + 1;
    const coefficients = new Int16Array(64 * blocks);
    return { h, v, blockColumns, blockRows, codedBlocks, quantization, coefficients };
  });
  return { mcuRows, components, arithmetic };
}

function readQuantization(body: Uint8Array, tables: readonly Uint16Array[]): void {
  for (let at = 0; at < body.length; ) {
    const isWide = body[at]! >= 16;
    const table = tables[body[at++]! & 15]!;
    for (const r of ZIGZAG) {
      const value = isWide ? body[at]! * 256 + body[at + 1]! : body[at]!;
      at += isWide ? 2 : 1;
      if (value === 0) break;
      table[r] = value;
    }
  }
}

function readPackets(body: Uint8Array, count: number): Uint8Array[] {
  const streams: number[][] = Array.from({ length: count }, () => []);
  for (let at = 0; at < body.length; ) {
    const kind = (body[at]! >> 4) & 3;
    const index = body[at++]! & 15;
    let size = 1024 << (2 * kind);
    if (kind === 0) {
      size = body[at]! + 256 * body[at + 1]! + 1;
      at += 2;
    }
    const stream = streams[index];
    if (stream === undefined) throw new Error(`a packet of segment ${index} of ${count}`);
    for (const byte of body.subarray(at, at + size)) stream.push(byte);
    at += size;
  }
  return streams.map((stream) => Uint8Array.from(stream));
}
