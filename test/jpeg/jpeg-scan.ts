/**
 * One scan of the test JPEG writer, as symbols: what is to be written, before any table is known.
 *
 *   symbol   a symbol of a Huffman table, and bits that follow it
 *   bits     bits alone (refinements)
 *   restart  where a restart is due
 *
 * Symbols are those of the one canonical coder that Lepton's decoder repeats: end-of-band runs as
 * long as the table allows, no zeros before an end of block. `ScanQuirks` breaks that on purpose.
 */
import { type JpegComponent, type JpegPicture, ZIGZAG } from "./jpeg-picture.ts";

export interface ScanPlan {
  /** Indices of components. */
  readonly components: readonly number[];
  readonly spectralStart: number;
  readonly spectralEnd: number;
  readonly high: number;
  readonly low: number;
}

export type ScanStep =
  | {
      readonly kind: "symbol";
      readonly table: number;
      readonly symbol: number;
      readonly bits: string;
    }
  | { readonly kind: "bits"; readonly bits: string }
  | { readonly kind: "restart" };

export interface ScanQuirks {
  /** Longest end-of-band run; what the table has symbols for, unless told otherwise. */
  readonly longestRun?: number;
  /** A run of 16 zeros before the end of a block whose last zeros would have room for it. */
  readonly zerosBeforeEnd?: boolean;
}

/** DC tables are 0..3, AC tables 16..19, as DHT writes class and id. */
export function tableOf(tableClass: number, component: number): number {
  return 16 * tableClass + Math.min(component, 1);
}

/** The symbols of a scan. */
export function scanSteps(
  picture: JpegPicture,
  scan: ScanPlan,
  progressive: boolean,
  restartInterval: number,
  quirks: ScanQuirks = {},
): ScanStep[] {
  const coder = new ScanCoder(scan, progressive, quirks);
  let unit = 0;
  for (const blocks of scanUnits(picture, scan)) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0) coder.restart();
    for (const { component, block } of blocks) {
      coder.block(
        component,
        picture.components[component]!.coefficients.subarray(block, block + 64),
      );
    }
    unit++;
  }
  coder.flush();
  return coder.steps;
}

interface BlockPlace {
  readonly component: number;
  /** Index of its first coefficient. */
  readonly block: number;
}

/** MCUs of the scan, or blocks when it has one component, in their order. */
function* scanUnits(picture: JpegPicture, scan: ScanPlan): Generator<BlockPlace[]> {
  const [only] = scan.components;
  if (scan.components.length === 1 && only !== undefined) {
    const { blockColumns, scanColumns, scanRows } = picture.components[only]!;
    for (let y = 0; y < scanRows; y++) {
      for (let x = 0; x < scanColumns; x++) {
        yield [{ component: only, block: 64 * (y * blockColumns + x) }];
      }
    }
    return;
  }
  for (let mcu = 0; mcu < picture.mcuColumns * picture.mcuRows; mcu++) {
    const x = mcu % picture.mcuColumns;
    const y = Math.floor(mcu / picture.mcuColumns);
    yield scan.components.flatMap((component) =>
      mcuBlocks(picture.components[component]!, x, y).map((block) => ({ component, block })),
    );
  }
}

function mcuBlocks({ h, v, blockColumns }: JpegComponent, x: number, y: number): number[] {
  return Array.from({ length: h * v }, (_, s) => {
    const row = y * v + Math.floor(s / h);
    return 64 * (row * blockColumns + x * h + (s % h));
  });
}

/** `count` low bits of a value, as text. */
function bitsOf(value: number, count: number): string {
  return count === 0 ? "" : (value & (2 ** count - 1)).toString(2).padStart(count, "0");
}

/** Size category and bits of a value: negative ones have one subtracted. */
function sized(value: number): { size: number; bits: string } {
  const size = 32 - Math.clz32(Math.abs(value));
  return { size, bits: bitsOf(value < 0 ? value - 1 : value, size) };
}

/** The index behind sixteen zeros from `start` on, if something follows them; else `start`. */
function behindZeros(values: readonly number[], start: number): number {
  let zeros = 0;
  for (let i = start; i < values.length - 1; i++) {
    if (values[i] === 0 && ++zeros === 16) return i + 1;
  }
  return start;
}

class ScanCoder {
  readonly steps: ScanStep[] = [];
  readonly #scan: ScanPlan;
  readonly #progressive: boolean;
  readonly #quirks: ScanQuirks;
  readonly #last = [0, 0, 0, 0];
  #run = 0;
  /** Correction bits of the blocks of the run. */
  #stored = "";

  constructor(scan: ScanPlan, progressive: boolean, quirks: ScanQuirks) {
    this.#scan = scan;
    this.#progressive = progressive;
    this.#quirks = quirks;
  }

  restart(): void {
    this.flush();
    this.#last.fill(0);
    this.steps.push({ kind: "restart" });
  }

  block(component: number, block: Int16Array): void {
    const { spectralStart, spectralEnd, high, low } = this.#scan;
    if (!this.#progressive) {
      this.#dcFirst(component, block[0]!);
      this.#sequential(component, block);
    } else if (spectralStart === 0 && high === 0) this.#dcFirst(component, block[0]! >> low);
    else if (spectralStart === 0) this.#bits(bitsOf(block[0]! >> low, 1));
    else {
      const shifted = ZIGZAG.slice(spectralStart, spectralEnd + 1).map((r) => {
        const value = block[r]!;
        return Math.sign(value) * (Math.abs(value) >> low);
      });
      if (high === 0) this.#acFirst(component, shifted);
      else this.#acRefine(component, shifted);
    }
  }

  /** Writes the pending end-of-band run. */
  flush(): void {
    if (this.#run > 0) {
      const size = 31 - Math.clz32(this.#run);
      const component = this.#scan.components[0]!;
      this.#symbol(tableOf(1, component), size << 4, bitsOf(this.#run, size));
      this.#bits(this.#stored);
    }
    this.#run = 0;
    this.#stored = "";
  }

  #dcFirst(component: number, value: number): void {
    const { size, bits } = sized(value - this.#last[component]!);
    this.#symbol(tableOf(0, component), size, bits);
    this.#last[component] = value;
  }

  #sequential(component: number, block: Int16Array): void {
    const table = tableOf(1, component);
    let zeros = 0;
    for (let z = 1; z < 64; z++) {
      const value = block[ZIGZAG[z]!]!;
      if (value === 0) zeros++;
      else {
        for (; zeros > 15; zeros -= 16) this.#symbol(table, 0xf0);
        const { size, bits } = sized(value);
        this.#symbol(table, (zeros << 4) | size, bits);
        zeros = 0;
      }
    }
    if (zeros > 16 && this.#quirks.zerosBeforeEnd === true) this.#symbol(table, 0xf0);
    if (zeros > 0) this.#symbol(table, 0);
  }

  #acFirst(component: number, values: readonly number[]): void {
    const table = tableOf(1, component);
    let zeros = 0;
    for (const value of values) {
      if (value === 0) zeros++;
      else {
        this.flush();
        for (; zeros > 15; zeros -= 16) this.#symbol(table, 0xf0);
        const { size, bits } = sized(value);
        this.#symbol(table, (zeros << 4) | size, bits);
        zeros = 0;
      }
    }
    if (zeros > 16 && this.#quirks.zerosBeforeEnd === true) {
      this.flush();
      this.#symbol(table, 0xf0);
    }
    if (zeros > 0) this.#endBlock("");
  }

  #acRefine(component: number, values: readonly number[]): void {
    const table = tableOf(1, component);
    const fresh = values.findLastIndex((value) => Math.abs(value) === 1) + 1;
    const end = this.#quirks.zerosBeforeEnd === true ? behindZeros(values, fresh) : fresh;
    if (end > 0) this.flush();
    let zeros = 0;
    let stored = "";
    for (const value of values.slice(0, end)) {
      if (value === 0) {
        if (++zeros === 16) {
          this.#symbol(table, 0xf0, stored);
          [zeros, stored] = [0, ""];
        }
      } else if (Math.abs(value) === 1) {
        this.#symbol(table, (zeros << 4) | 1, (value > 0 ? "1" : "0") + stored);
        [zeros, stored] = [0, ""];
      } else stored += value & 1;
    }
    for (const value of values.slice(end)) {
      if (value !== 0) stored += value & 1;
    }
    if (end < values.length) this.#endBlock(stored);
  }

  #endBlock(stored: string): void {
    this.#run++;
    this.#stored += stored;
    if (this.#run >= (this.#quirks.longestRun ?? 0x7fff)) this.flush();
  }

  #symbol(table: number, symbol: number, bits = ""): void {
    this.steps.push({ kind: "symbol", table, symbol, bits });
  }

  #bits(bits: string): void {
    if (bits !== "") this.steps.push({ kind: "bits", bits });
  }
}
