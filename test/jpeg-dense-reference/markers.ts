/**
 * Reference of dense JPEG files: marker segments of HDR.
 *
 *   groups   each up to an SOS: its bytes, and what it sets for the scan behind it
 *   picture  of the frame, with the quantizers that hold behind the last marker segment
 *
 * Written from the section "Records" of docs/formats/jpeg-dense.md and from "The picture" of lepton.md.
 * Source of the marker segments: ITU-T T.81.
 */
import { Component } from "./component.ts";
import type { Picture } from "./segment.ts";
import { ZIGZAG } from "./zigzag.ts";

export interface HuffmanTable {
  /** How many codes of 1 to 16 bits. */
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

export interface Scan {
  /** Of HDR, the SOS with them. */
  readonly header: Uint8Array;
  readonly isProgressive: boolean;
  readonly restartInterval: number;
  /** By class * 16 + number, as DHT has it. */
  readonly huffman: ReadonlyMap<number, HuffmanTable>;
  readonly members: readonly { component: number; dcTable: number; acTable: number }[];
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
}

export interface Markers {
  readonly picture: Picture;
  readonly scans: readonly Scan[];
  /** Behind the last SOS. */
  readonly rest: Uint8Array;
}

interface FrameComponent {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly table: number;
}

interface Frame {
  readonly isProgressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly FrameComponent[];
}

class MarkerReader {
  readonly #quantizers = [0, 1, 2, 3].map(() => new Uint16Array(64));
  readonly #scans: Scan[] = [];
  #huffman = new Map<number, HuffmanTable>();
  #restartInterval = 0;
  #frame: Frame | undefined;

  read(header: Uint8Array): Markers {
    let group = 0;
    for (let at = 0; at + 4 <= header.length; ) {
      if (header[at] !== 0xff || !beginsSegment(header[at + 1]!)) {
        at++;
        continue;
      }
      const type = header[at + 1]!;
      if (type === 0xd9) {
        at += 2;
        continue;
      }
      const end = at + 2 + 256 * header[at + 2]! + header[at + 3]!;
      const body = header.subarray(at + 4, end);
      this.#segment(type, body);
      at = end;
      if (type !== 0xda) continue;
      this.#scans.push(this.#scan(header.subarray(group, end), body));
      group = end;
    }
    return { picture: this.#picture(), scans: this.#scans, rest: header.subarray(group) };
  }

  #segment(type: number, body: Uint8Array): void {
    if (type === 0xc4) this.#huffmanTables(body);
    if (type === 0xdb) this.#quantizationTables(body);
    if (type === 0xdd) this.#restartInterval = 256 * body[0]! + body[1]!;
    if (type >= 0xc0 && type <= 0xc2) this.#frame = readFrame(body, type === 0xc2);
  }

  #huffmanTables(body: Uint8Array): void {
    this.#huffman = new Map(this.#huffman);
    for (let at = 0; at < body.length; ) {
      const counts = [...body.subarray(at + 1, at + 17)];
      const end = at + 17 + counts.reduce((total, count) => total + count, 0);
      this.#huffman.set(body[at]!, { counts, symbols: [...body.subarray(at + 17, end)] });
      at = end;
    }
  }

  #quantizationTables(body: Uint8Array): void {
    for (let at = 0; at < body.length; ) {
      const valueBytes = body[at]! >= 16 ? 2 : 1;
      const table = this.#quantizers[body[at++]! & 15]!;
      for (const [i, k] of ZIGZAG.entries()) {
        const value = body.subarray(at + valueBytes * i, at + valueBytes * (i + 1));
        table[k] = value.reduce((sum, byte) => 256 * sum + byte, 0);
        // Behind a zero the values of the table before stay.
        if (table[k] === 0) break;
      }
      at += 64 * valueBytes;
    }
  }

  #scan(header: Uint8Array, body: Uint8Array): Scan {
    if (this.#frame === undefined) throw new Error("a scan before its frame");
    const count = body[0]!;
    const { components, isProgressive } = this.#frame;
    const highLow = body[3 + 2 * count]!;
    return {
      header,
      isProgressive,
      restartInterval: this.#restartInterval,
      huffman: this.#huffman,
      members: Array.from({ length: count }, (_, i) => ({
        component: components.findIndex(({ id }) => id === body[1 + 2 * i]),
        dcTable: body[2 + 2 * i]! >> 4,
        acTable: 16 + (body[2 + 2 * i]! & 15),
      })),
      start: isProgressive ? body[1 + 2 * count]! : 0,
      end: isProgressive ? body[2 + 2 * count]! : 63,
      high: isProgressive ? highLow >> 4 : 0,
      low: isProgressive ? highLow & 15 : 0,
    };
  }

  #picture(): Picture {
    if (this.#frame === undefined) throw new Error("no frame");
    const { width, height, components } = this.#frame;
    const h = Math.max(...components.map((one) => one.h));
    const v = Math.max(...components.map((one) => one.v));
    const mcuColumns = Math.ceil(width / (8 * h));
    const mcuRows = Math.ceil(height / (8 * v));
    return {
      width,
      height,
      mcuColumns,
      mcuRows,
      components: components.map(
        (one, index) =>
          new Component({
            index,
            h: one.h,
            v: one.v,
            columns: mcuColumns * one.h,
            rows: mcuRows * one.v,
            scanColumns: Math.ceil((width * one.h) / (8 * h)),
            scanRows: Math.ceil((height * one.v) / (8 * v)),
            quantizers: this.#quantizers[one.table] ?? new Uint16Array(64),
          }),
      ),
    };
  }
}

/** What HDR says. */
export function readMarkers(header: Uint8Array): Markers {
  return new MarkerReader().read(header);
}

/** Whether a marker segment begins at ff with this behind it; all else is passed over. */
function beginsSegment(type: number): boolean {
  return (
    (type >= 0xc0 && type <= 0xcf) ||
    (type >= 0xd9 && type <= 0xdb) ||
    type === 0xdd ||
    (type >= 0xe0 && type <= 0xef) ||
    type === 0xfe
  );
}

function readFrame(body: Uint8Array, isProgressive: boolean): Frame {
  return {
    isProgressive,
    height: 256 * body[1]! + body[2]!,
    width: 256 * body[3]! + body[4]!,
    components: Array.from({ length: body[5]! }, (_, c) => ({
      id: body[6 + 3 * c]!,
      h: body[7 + 3 * c]! >> 4,
      v: body[7 + 3 * c]! & 15,
      table: body[8 + 3 * c]!,
    })),
  };
}
