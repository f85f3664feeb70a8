/**
 * Reference of dense JPEG files: what a scan says of one block.
 *
 *   sequential     DC, runs of zeros and coefficients, end of block
 *   progressive    DC or a band, first or refined, with runs of blocks that end
 *
 * Written from the section "Scans" of docs/formats/lepton.md and, for what no canonical writer does, from
 * "Deviations" of docs/formats/jpeg-dense.md.
 */
import { type BitWriter, Codes, putValue } from "./bit-writer.ts";
import type { Scan } from "./markers.ts";
import { ZIGZAG } from "./zigzag.ts";

const SIXTEEN_ZEROS = 0xf0;
const RUN_BITS_MOST = 14;

/** What is different in a block: how many times sixteen zeros, or 0 for a run that ends before it. */
export type Deviation = number | undefined;

export class BlockWriter {
  readonly #writer: BitWriter;
  readonly #scan: Scan;
  readonly #codes: ReadonlyMap<number, Codes>;
  /** DC of each component's last block. */
  readonly #last: number[];
  /** Blocks of the pending end-of-band run, the table it is written with, and its stored bits. */
  #run = 0;
  #runTable = 0;
  #stored: number[] = [];

  constructor(writer: BitWriter, scan: Scan, lastDc: readonly number[]) {
    this.#writer = writer;
    this.#scan = scan;
    this.#codes = new Map([...scan.huffman].map(([number, table]) => [number, new Codes(table)]));
    this.#last = [...lastDc];
  }

  forgetDc(): void {
    this.#last.fill(0);
  }

  /** @param member - of the scan */
  write(block: Int16Array, member: Scan["members"][number], deviation: Deviation): void {
    const { isProgressive, start, high } = this.#scan;
    const { component, dcTable, acTable } = member;
    if (!isProgressive) {
      this.#dc(component, dcTable, block[0]!);
      this.#sequential(block, acTable, deviation);
      return;
    }
    this.#runTable = acTable;
    if (start === 0 && high === 0) this.#dc(component, dcTable, block[0]! >> this.#scan.low);
    else if (start === 0) this.#writer.put((block[0]! >> this.#scan.low) & 1, 1);
    else if (high === 0) this.#acFirst(block, acTable, deviation);
    else this.#acRefine(block, acTable, deviation);
  }

  #symbol(table: number, symbol: number): void {
    const codes = this.#codes.get(table);
    if (codes === undefined) throw new Error(`no Huffman table ${table}`);
    codes.put(this.#writer, symbol);
  }

  #dc(component: number, table: number, value: number): void {
    const difference = ((value - this.#last[component]!) << 16) >> 16;
    const width = 32 - Math.clz32(Math.abs(difference));
    this.#symbol(table, width);
    putValue(this.#writer, difference, width);
    this.#last[component] = value;
  }

  /** A coefficient behind so many zeros. */
  #coefficient(table: number, zeros: number, value: number): void {
    for (let i = 16; i <= zeros; i += 16) this.#symbol(table, SIXTEEN_ZEROS);
    const width = 32 - Math.clz32(Math.abs(value));
    this.#symbol(table, 16 * (zeros % 16) + width);
    putValue(this.#writer, value, width);
  }

  #sequential(block: Int16Array, table: number, deviation: Deviation): void {
    let zeros = 0;
    for (let i = 1; i < 64; i++) {
      const value = block[ZIGZAG[i]!]!;
      if (value === 0) zeros++;
      else {
        this.#coefficient(table, zeros, value);
        zeros = 0;
      }
    }
    if (zeros === 0) return;
    for (let i = 0; i < (deviation ?? 0); i++) this.#symbol(table, SIXTEEN_ZEROS);
    this.#symbol(table, 0);
  }

  /** What this scan and those before it have of a coefficient: its magnitude shifted, its sign. */
  #shifted(block: Int16Array, i: number): number {
    const value = block[ZIGZAG[i]!]!;
    const magnitude = Math.abs(value) >> this.#scan.low;
    return value < 0 ? -magnitude : magnitude;
  }

  #acFirst(block: Int16Array, table: number, deviation: Deviation): void {
    const { start, end } = this.#scan;
    if (deviation !== undefined) this.endRun();
    let zeros = 0;
    for (let i = start; i <= end; i++) {
      const value = this.#shifted(block, i);
      if (value === 0) zeros++;
      else {
        this.endRun();
        this.#coefficient(table, zeros, value);
        zeros = 0;
      }
    }
    if (zeros === 0) return;
    for (let i = 0; i < (deviation ?? 0); i++) this.#symbol(table, SIXTEEN_ZEROS);
    this.#growRun();
  }

  #acRefine(block: Int16Array, table: number, deviation: Deviation): void {
    const { start, end } = this.#scan;
    const values = Array.from({ length: end + 1 }, (_, i) =>
      i < start ? 0 : this.#shifted(block, i),
    );
    const newEnd = Math.max(start, 1 + values.findLastIndex((value) => Math.abs(value) === 1));
    if (newEnd > start || deviation !== undefined) this.endRun();
    let zeros = 0;
    let i = start;
    for (; i < newEnd; i++) {
      const value = values[i]!;
      if (value === 0) {
        zeros++;
        if (zeros < 16) continue;
        this.#symbolAndStored(table, SIXTEEN_ZEROS);
        zeros = 0;
      } else if (Math.abs(value) === 1) {
        this.#symbolAndStored(table, 16 * zeros + 1, value > 0 ? 1 : 0);
        zeros = 0;
      } else this.#stored.push(Math.abs(value) & 1);
    }
    for (let left = 16 * (deviation ?? 0); left > 0; i++) {
      const value = values[i]!;
      if (value !== 0) this.#stored.push(Math.abs(value) & 1);
      else if (--left % 16 === 0) this.#symbolAndStored(table, SIXTEEN_ZEROS);
    }
    const isOpen = i <= end;
    for (; i <= end; i++) {
      if (values[i] !== 0) this.#stored.push(Math.abs(values[i]!) & 1);
    }
    if (isOpen) this.#growRun();
  }

  #symbolAndStored(table: number, symbol: number, sign?: number): void {
    this.#symbol(table, symbol);
    if (sign !== undefined) this.#writer.put(sign, 1);
    this.#putStored();
  }

  #putStored(): void {
    for (const bit of this.#stored) this.#writer.put(bit, 1);
    this.#stored = [];
  }

  #growRun(): void {
    this.#run++;
    const codes = this.#codes.get(this.#runTable);
    let width = RUN_BITS_MOST;
    while (width > 0 && codes?.has(16 * width) !== true) width--;
    if (this.#run === 2 ** (width + 1) - 1) this.endRun();
  }

  /** Writes the end-of-band run that is pending, if any. */
  endRun(): void {
    if (this.#run === 0) return;
    const width = 31 - Math.clz32(this.#run);
    this.#symbol(this.#runTable, 16 * width);
    this.#writer.put(this.#run - 2 ** width, width);
    this.#run = 0;
    this.#putStored();
  }
}
