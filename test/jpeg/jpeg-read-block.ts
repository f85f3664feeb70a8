/**
 * Blocks of the test JPEG reader: bits, Huffman symbols and what they do to 64 coefficients.
 *
 * Written from the standard (T.81, annexes F.2 and G.2), for valid files only: beyond the end of
 * the data bits read as zeros, and a code that is not in the table is an error.
 */
import type { HuffmanTable } from "./jpeg-huffman.ts";
import { ZIGZAG } from "./jpeg-picture.ts";
import type { ScanPlan } from "./jpeg-scan.ts";

/** Bits of one scan, most significant first, without stuffed zeros; stops at markers. */
class BitReader {
  position: number;
  readonly #bytes: Uint8Array;
  #value = 0;
  #count = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.position = position;
  }

  bit(): number {
    if (this.#count === 0) {
      const byte = this.#bytes[this.position];
      const isData = byte !== 0xff || this.#bytes[this.position + 1] === 0;
      this.#value = isData ? (byte ?? 0) : 0;
      if (isData) this.position += byte === 0xff ? 2 : 1;
      this.#count = 8;
    }
    return (this.#value >> --this.#count) & 1;
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) value = 2 * value + this.bit();
    return value;
  }

  /** Leaves out the padding and a restart marker. */
  restart(): void {
    this.#count = 0;
    this.position += 2;
  }
}

/** A table as its reader needs it: for each length the first code and the first symbol's index. */
interface Codes {
  readonly table: HuffmanTable;
  readonly first: readonly number[];
  readonly index: readonly number[];
}

function codesFor(table: HuffmanTable): Codes {
  const first: number[] = [0];
  const index: number[] = [0];
  let code = 0;
  let at = 0;
  for (let bits = 1; bits <= 16; bits++) {
    first.push(code);
    index.push(at);
    code = 2 * (code + table.counts[bits]!);
    at += table.counts[bits]!;
  }
  return { table, first, index };
}

/** Reads the blocks of one scan. */
export class BlockReader {
  readonly #bits: BitReader;
  readonly #codes: ReadonlyMap<number, Codes>;
  readonly #scan: ScanPlan;
  readonly #progressive: boolean;
  readonly #last = [0, 0, 0, 0];
  /** Blocks left of an end-of-band run. */
  #run = 0;

  constructor(
    bytes: Uint8Array,
    start: number,
    scan: ScanPlan,
    progressive: boolean,
    tables: ReadonlyMap<number, HuffmanTable>,
  ) {
    this.#bits = new BitReader(bytes, start);
    this.#scan = scan;
    this.#progressive = progressive;
    this.#codes = new Map([...tables].map(([id, table]) => [id, codesFor(table)]));
  }

  get position(): number {
    return this.#bits.position;
  }

  restart(): void {
    this.#bits.restart();
    this.#last.fill(0);
    this.#run = 0;
  }

  /** Reads what the scan has of a block; tables are numbers of DHT. */
  read(block: Int16Array, component: number, dcTable: number, acTable: number): void {
    const { spectralStart, high, low } = this.#scan;
    if (!this.#progressive) {
      block[0] = this.#dc(component, dcTable);
      this.#sequential(block, acTable);
    } else if (spectralStart === 0 && high === 0) {
      block[0] = this.#dc(component, dcTable) * 2 ** low;
    } else if (spectralStart === 0) block[0]! |= this.#bits.bit() << low;
    else if (high === 0) this.#acFirst(block, acTable);
    else this.#acRefine(block, acTable);
  }

  #symbol(table: number): number {
    const codes = this.#codes.get(table);
    if (codes === undefined) throw new Error(`no table ${table}`);
    let code = 0;
    for (let bits = 1; bits <= 16; bits++) {
      code = 2 * code + this.#bits.bit();
      const offset = code - codes.first[bits]!;
      if (offset < codes.table.counts[bits]!) {
        return codes.table.symbols[codes.index[bits]! + offset]!;
      }
    }
    throw new Error(`no such code in table ${table}`);
  }

  #value(size: number): number {
    const value = this.#bits.bits(size);
    return size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
  }

  #dc(component: number, table: number): number {
    const value = this.#last[component]! + this.#value(this.#symbol(table));
    this.#last[component] = value;
    return value;
  }

  #sequential(block: Int16Array, table: number): void {
    for (let z = 1; z < 64; z++) {
      const symbol = this.#symbol(table);
      if (symbol === 0) return;
      z += symbol >> 4;
      // A run of 16 zeros has no value of its own: it reads as a zero.
      block[ZIGZAG[z]!] = this.#value(symbol & 15);
    }
  }

  #acFirst(block: Int16Array, table: number): void {
    if (this.#run > 0) {
      this.#run--;
      return;
    }
    for (let z = this.#scan.spectralStart; z <= this.#scan.spectralEnd; z++) {
      const symbol = this.#symbol(table);
      if ((symbol & 15) === 0 && symbol < 0xf0) {
        this.#run = 2 ** (symbol >> 4) + this.#bits.bits(symbol >> 4) - 1;
        return;
      }
      z += symbol >> 4;
      block[ZIGZAG[z]!] = this.#value(symbol & 15) * 2 ** this.#scan.low;
    }
  }

  #acRefine(block: Int16Array, table: number): void {
    const { spectralEnd, low } = this.#scan;
    let z = this.#scan.spectralStart;
    while (this.#run === 0 && z <= spectralEnd) {
      const symbol = this.#symbol(table);
      if ((symbol & 15) === 0 && symbol < 0xf0) {
        this.#run = 2 ** (symbol >> 4) + this.#bits.bits(symbol >> 4);
        break;
      }
      const value = (symbol & 15) === 0 ? 0 : this.#bits.bit() === 1 ? 1 : -1;
      z = this.#correct(block, z, symbol >> 4);
      if (value !== 0) block[ZIGZAG[z]!] = value * 2 ** low;
      z++;
    }
    if (this.#run === 0) return;
    this.#correct(block, z, 64);
    this.#run--;
  }

  /** Corrects what is not zero from `z` on, past that many zeros; the place of the next zero. */
  #correct(block: Int16Array, start: number, zeros: number): number {
    let left = zeros;
    let z = start;
    for (; z <= this.#scan.spectralEnd; z++) {
      const r = ZIGZAG[z]!;
      if (block[r] === 0) {
        if (left-- === 0) return z;
      } else if (this.#bits.bit() === 1) block[r]! += Math.sign(block[r]!) * 2 ** this.#scan.low;
    }
    return z;
  }
}
