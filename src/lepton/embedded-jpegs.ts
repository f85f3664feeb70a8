/**
 * Embedded JPEGs: where whole JPEGs lie in the records of another one's header.
 *
 *   EXIF, tail   ... | SOI ... SOS ... EOI | ...                              one piece
 *   FLIR, FPXR   APPn | SOI ...... | APPn | .......... | APPn | ... EOI | ...   a piece in each segment
 *
 * A JPEG is found by reading it, marker by marker, from an SOI to its EOI: two bytes that look like one
 * are common. Whether it can be coded is for others to try. Programs that store a stream in the segments
 * of one application begin each with a few bytes of their own, which stay behind.
 */
import { DENSE_EMBEDDED_MAXIMUM } from "../core/limits.ts";

/** A stretch of the records. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** The pieces of one JPEG, in order. */
export type EmbeddedJpeg = readonly Piece[];

/** Streams that are cut into segments: the marker, how each segment begins, and where its part of the
 * stream does, behind marker and length. */
const STREAMS = [
  { marker: 0xe1, begins: "FLIR\0", bytesBefore: 8 },
  { marker: 0xe2, begins: "FPXR\0", bytesBefore: 13 },
];

/** The JPEG's header begins behind its tag and its size (records.ts). */
const HEADER_AT = 7;

const MARKER = { soi: 0xd8, eoi: 0xd9, sos: 0xda, first: 0xc0, restart: 0xd0 } as const;

/** How often all bytes may be walked over in search of an end: what is no JPEG may be begun many times. */
const WALKS = 4;

/**
 * Finds them.
 *
 * @param records - the records of a header, of any content
 * @returns JPEGs that do not overlap, in the order of their first bytes
 */
export function findEmbeddedJpegs(records: Uint8Array): EmbeddedJpeg[] {
  const walk = new Walk(WALKS * records.length);
  const found: EmbeddedJpeg[] = [];
  for (const parts of streamsOf(records)) {
    const stream = joined(records, parts);
    found.push(...walk.find(stream).map((jpeg) => piecesOf(parts, jpeg)));
  }
  const taken = found.flat();
  for (const jpeg of walk.find(records)) {
    const overlaps = taken.some(({ start, end }) => start < jpeg.end && jpeg.start < end);
    if (!overlaps) found.push([jpeg]);
  }
  found.sort((one, other) => (one[0]?.start ?? 0) - (other[0]?.start ?? 0));
  return withoutCrossings(found).slice(0, DENSE_EMBEDDED_MAXIMUM);
}

/** Whoever puts pieces back goes from one JPEG to the next: none may begin before the last one ends. */
function withoutCrossings(jpegs: readonly EmbeddedJpeg[]): EmbeddedJpeg[] {
  let end = 0;
  return jpegs.filter((jpeg) => {
    if ((jpeg[0]?.start ?? 0) < end) return false;
    end = jpeg.at(-1)?.end ?? end;
    return true;
  });
}

/** The segments of each stream that has several, in order. */
function streamsOf(records: Uint8Array): Piece[][] {
  const streams = STREAMS.map((): Piece[] => []);
  let at = HEADER_AT;
  while (at + 4 <= records.length && records[at] === 0xff) {
    const marker = records[at + 1];
    const end = at + 2 + wordAt(records, at + 2);
    if (end > records.length || marker === MARKER.sos) break;
    for (const [i, { marker: wanted, begins, bytesBefore }] of STREAMS.entries()) {
      const start = at + 4 + bytesBefore;
      const isPart = marker === wanted && start < end && beginsWith(records, at + 4, begins);
      if (isPart) streams[i]?.push({ start, end });
    }
    at = end;
  }
  return streams.filter((parts) => parts.length > 1);
}

function beginsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

function joined(records: Uint8Array, parts: readonly Piece[]): Uint8Array {
  const stream = new Uint8Array(parts.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of parts) {
    stream.set(records.subarray(start, end), at);
    at += end - start;
  }
  return stream;
}

/** Where a piece of the stream lies in the records. */
function piecesOf(parts: readonly Piece[], jpeg: Piece): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end } of parts) {
    const from = Math.max(jpeg.start, at);
    const to = Math.min(jpeg.end, at + end - start);
    if (from < to) pieces.push({ start: start + from - at, end: start + to - at });
    at += end - start;
  }
  return pieces;
}

/** Walks over bytes in search of JPEGs, so far and no further. */
class Walk {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  find(bytes: Uint8Array): Piece[] {
    const found: Piece[] = [];
    let at = bytes.indexOf(0xff);
    while (at >= 0 && this.#left > 0) {
      const isBegin = bytes[at + 1] === MARKER.soi && bytes[at + 2] === 0xff;
      const end = isBegin ? this.#endOf(bytes, at) : undefined;
      if (end !== undefined) found.push({ start: at, end });
      at = bytes.indexOf(0xff, end ?? at + 1);
    }
    return found;
  }

  /** Where the JPEG that begins at `start` ends; undefined when it does not. */
  #endOf(bytes: Uint8Array, start: number): number | undefined {
    let at = start + 2;
    let isBehindScan = false;
    while (at + 1 < bytes.length && bytes[at] === 0xff) {
      this.#left -= 1;
      const marker = bytes[at + 1] ?? 0;
      if (marker === 0xff) {
        at += 1;
        continue;
      }
      if (marker === MARKER.eoi) return isBehindScan ? at + 2 : undefined;
      const isAlone = marker < MARKER.first || (marker >= MARKER.restart && marker <= MARKER.soi);
      if (isAlone || at + 4 > bytes.length) return undefined;
      at += 2 + wordAt(bytes, at + 2);
      if (marker !== MARKER.sos) continue;
      isBehindScan = true;
      const from = at;
      at = endOfScan(bytes, at);
      this.#left -= at - from;
    }
    return undefined;
  }
}

/** The next marker that is no restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(0xff, start);
  while (at >= 0) {
    const next = bytes[at + 1] ?? 0;
    const isData = next === 0 || (next >= MARKER.restart && next < MARKER.soi);
    if (!isData && next !== 0xff) return at;
    at = bytes.indexOf(0xff, next === 0xff ? at + 1 : at + 2);
  }
  return bytes.length;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
