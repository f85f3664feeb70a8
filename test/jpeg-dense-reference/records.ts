/**
 * Reference of dense JPEG files: records of the header, and the file around it.
 *
 *   start, coded header, CMP, packets, length
 *
 * Written from the sections "Start" and "Records" of docs/formats/jpeg-dense.md, and from lepton.md where
 * that refers to it.
 */
import { ByteReader } from "./bytes.ts";

const START_BYTES = 28;
const DENSE_VERSION = 65;
const MODEL = 1;
/** Records that hold a number of bytes. */
const BYTES_RECORDS = ["HDR", "FRS", "GRB", "PGR", "PGE", "PDB", "DEV", "ODD"] as const;
type BytesRecord = (typeof BYTES_RECORDS)[number];

export interface Handoff {
  readonly firstRow: number;
  readonly scanBytes: number;
  readonly overhang: number;
  readonly overhangBits: number;
  readonly dc: readonly number[];
}

export interface Records {
  readonly bytes: ReadonlyMap<BytesRecord, Uint8Array>;
  readonly padding: number;
  readonly handoffs: readonly Handoff[];
  /** CRS: how many restart markers each scan has. */
  readonly restarts: readonly number[] | undefined;
  /** EEE: the last block that was begun, of each component. */
  readonly lastBlocks: readonly number[] | undefined;
}

export interface DenseFile {
  readonly flavour: string;
  readonly priorSet: number;
  readonly priorHash: number;
  readonly plainBytes: number;
  readonly header: Uint8Array;
  /** Each segment's packets put together. */
  readonly streams: readonly Uint8Array[];
}

/** Takes a dense file apart. */
export function readFile(file: Uint8Array): DenseFile {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const headerEnd = START_BYTES + view.getUint32(24, true);
  const isDense =
    view.getUint16(0) === 0xcf84 && file[2] === DENSE_VERSION && view.getUint32(8) === 0x50697468;
  if (!isDense || file[12] !== MODEL || view.getUint16(18) !== 0) throw new Error("no dense file");
  if (view.getUint32(file.length - 4, true) !== file.length) throw new Error("a wrong length");
  const mark = String.fromCharCode(...file.subarray(headerEnd, headerEnd + 3));
  if (mark !== "CMP") throw new Error("no mark behind the header");
  return {
    flavour: String.fromCharCode(file[3]!),
    priorSet: file[13]!,
    priorHash: view.getUint32(14, true),
    plainBytes: view.getUint32(20, true),
    header: file.subarray(START_BYTES, headerEnd),
    streams: readPackets(file.subarray(headerEnd + 3, -4), file[4]!),
  };
}

function readPackets(body: Uint8Array, segments: number): Uint8Array[] {
  const streams: number[][] = Array.from({ length: segments }, () => []);
  const reader = new ByteReader(body);
  while (!reader.isAtEnd) {
    const kind = reader.byte();
    const length =
      kind >> 4 === 0 ? reader.byte() + 256 * reader.byte() + 1 : 1024 << (2 * (kind >> 4));
    for (const byte of reader.take(length)) streams[kind & 15]!.push(byte);
  }
  return streams.map((stream) => Uint8Array.from(stream));
}

/** Reads what the header says. */
export function readRecords(header: Uint8Array): Records {
  const reader = new ByteReader(header);
  const bytes = new Map<BytesRecord, Uint8Array>();
  let padding = 0;
  let handoffs: Handoff[] = [];
  let restarts: number[] | undefined;
  let lastBlocks: number[] | undefined;
  while (!reader.isAtEnd) {
    const tag = String.fromCharCode(...reader.take(3));
    const name = BYTES_RECORDS.find((one) => one === tag);
    if (name !== undefined) bytes.set(name, reader.take(reader.word()));
    else if (tag === "P0D") padding = reader.byte();
    else if (tag.startsWith("HH")) handoffs = readHandoffs(reader, tag.charCodeAt(2));
    else if (tag === "CRS") restarts = words(reader, reader.word());
    else if (tag === "EEE") lastBlocks = words(reader, 7).slice(3);
    else if (tag === "CMP") break;
    else throw new Error(`no record ${tag}`);
  }
  return { bytes, padding, handoffs, restarts, lastBlocks };
}

function words(reader: ByteReader, count: number): number[] {
  return Array.from({ length: count }, () => reader.word());
}

function readHandoffs(reader: ByteReader, count: number): Handoff[] {
  return Array.from({ length: count }, () => {
    const bytes = reader.take(16);
    const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
    return {
      firstRow: view.getUint16(0, true),
      scanBytes: view.getUint32(2, true),
      overhang: bytes[6]!,
      overhangBits: bytes[7]!,
      dc: [0, 1, 2, 3].map((c) => view.getInt16(8 + 2 * c, true)),
    };
  });
}
