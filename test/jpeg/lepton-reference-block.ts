/**
 * Reference of the Lepton model: one block, decoded or encoded. Steps, names and order are those
 * of sections 6.1 to 6.7 of the format's text; nothing is precomputed or skipped.
 *
 * A block is 64 coefficients in raster order, index 8 * v + u. All arithmetic is that of 32-bit
 * integers which wrap (Math.imul and | 0), as in the programs that the format comes from.
 */
import type { Bins } from "./lepton-bins.ts";
import {
  bitLength,
  countClass,
  EXP_77,
  EXP_DC,
  EXP_EDGE,
  int16,
  NZ_77,
  NZ_COLUMN,
  NZ_ROW,
  RES_DC,
  RESIDUAL,
  SIGN,
  THRESH,
} from "./lepton-reference-branches.ts";
import { edgesOf, predictDc } from "./lepton-reference-dc.ts";
import { inverseTransform } from "./lepton-reference-transform.ts";

/** What old writers did otherwise; true, true, any in files of today. */
export interface Arithmetic {
  /** Differences of the pixels that a block leaves to its neighbours wrap at 16 bits. */
  readonly dc16: boolean;
  /** Differences of the pixels of the current block wrap at 16 bits. */
  readonly adv16: boolean;
  /** Weighted neighbours of a 7x7 coefficient count as at most 1023 (dropbox/lepton). */
  readonly clampsPrior: boolean;
}

export const USUAL_ARITHMETIC: Arithmetic = { dc16: true, adv16: true, clampsPrior: true };

/** What a row of blocks leaves to the row below. */
export interface RowNeighbours {
  /** Of each block: how many of its 7x7 coefficients are not zero. */
  readonly counts: Uint8Array;
  /** Of each block: eight values of its bottom edge. */
  readonly bottoms: Int16Array;
}

/** What is known around a block; absent neighbours are undefined, their counts not read. */
export interface BlockNeighbours {
  readonly left: Int16Array | undefined;
  readonly above: Int16Array | undefined;
  readonly aboveLeft: Int16Array | undefined;
  readonly leftCount: number;
  readonly aboveCount: number;
  readonly leftEdge: Int16Array | undefined;
  readonly aboveEdge: Int16Array | undefined;
}

/** The coefficients leave what the format can say, or the stream contradicts itself. */
export class ReferenceFault extends Error {
  /** 6 or 7, as Lepton's exit codes. */
  readonly number: number;

  constructor(number: number, says: string) {
    super(says);
    this.number = number;
  }
}

/** Raster indices of the 7x7 coefficients in zigzag order. */
// biome-ignore format: a table of seven rows
const ZIGZAG_49 = [
  9, 10, 17, 25, 18, 11, 12, 19, 26, 33, 41, 34, 27, 20, 13, 14, 21, 28, 35, 42, 49, 57, 50, 43,
  36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62,
  63,
];

const EDGE_WEIGHTS = [8192, 11363, 10703, 9633, 8192, 6436, 4433, 2260];

/** Largest magnitudes by edge position, seven of the row and seven of the column. */
const EDGE_LIMITS = [
  [931, 985, 968, 1020, 968, 1020, 1020],
  [932, 985, 967, 1020, 969, 1020, 1020],
].flat();

export interface BlockResult {
  readonly count: number;
  readonly right: Int16Array;
  readonly bottom: Int16Array;
}

/** Codes the blocks of one component of one segment. */
export class BlockCoder {
  readonly #bins: Bins;
  readonly #encodes: boolean;
  /** Colour class: 0 for the first component, 1 for the others. */
  readonly #k: number;
  readonly #q: Uint16Array;
  readonly #arithmetic: Arithmetic;
  readonly #interiorMost: number;

  constructor(
    bins: Bins,
    encodes: boolean,
    colorClass: number,
    quantization: Uint16Array,
    rules: { readonly arithmetic: Arithmetic; readonly isLax?: boolean },
  ) {
    this.#bins = bins;
    this.#encodes = encodes;
    this.#k = colorClass;
    this.#q = quantization;
    this.#arithmetic = rules.arithmetic;
    this.#interiorMost = rules.isLax === true ? 2047 : 1023;
  }

  /** Codes a block; when decoding, `block` is zeroed and filled. */
  code(block: Int16Array, around: BlockNeighbours): BlockResult {
    if (!this.#encodes) block.fill(0);
    const count = this.#codeCount(block, around);
    const [endU, endV] = this.#codeInterior(block, around, count);
    const third = Math.floor((count + 3) / 7);
    this.#codeEdge(block, around.above, { array: NZ_ROW, end: endU, third, step: 1, base: 0 });
    this.#codeEdge(block, around.left, { array: NZ_COLUMN, end: endV, third, step: 8, base: 7 });
    const pixels = inverseTransform(block, this.#q);
    this.#codeDc(block, pixels, around);
    const dc = block[0]! * this.#q[0]!;
    return { count, ...edgesOf(dc, pixels, this.#arithmetic.dc16) };
  }

  /** Step 1: how many 7x7 coefficients are not zero. */
  #codeCount(block: Int16Array, around: BlockNeighbours): number {
    const { left, above, leftCount, aboveCount } = around;
    let context = 0;
    if (left && above) context = Math.floor((aboveCount + leftCount + 2) / 4);
    else if (left || above) context = Math.floor(((left ? leftCount : aboveCount) + 1) / 2);
    const own = ZIGZAG_49.filter((r) => block[r] !== 0).length;
    const count = this.#tree(NZ_77 + (this.#k * 10 + countClass(context)) * 64, 6, own);
    if (count > 49) throw new ReferenceFault(7, `${count} coefficients of 49 are not zero`);
    return count;
  }

  /** Step 2: the 7x7 coefficients; the largest u and v of one that is not zero. */
  #codeInterior(block: Int16Array, around: BlockNeighbours, count: number): [number, number] {
    let remaining = count;
    let endU = 0;
    let endV = 0;
    for (let z = 0; z < 49 && remaining > 0; z++) {
      const r = ZIGZAG_49[z]!;
      const n = countClass(remaining);
      const length = bitLength(Math.min(this.#prior(r, around), 2047));
      const exponent = EXP_77 + (((this.#k * 10 + n) * 49 + z) * 12 + length) * 11;
      const value = this.#signed(block[r]!, exponent, SIGN + this.#k * 48, (i) =>
        this.#residual(r, n, i),
      );
      if (Math.abs(value) > this.#interiorMost && this.#encodes) {
        throw new ReferenceFault(6, `coefficient ${r} is ${value}`);
      }
      block[r] = value;
      if (value === 0) continue;
      endU = Math.max(endU, r & 7);
      endV = Math.max(endV, r >> 3);
      remaining--;
    }
    if (remaining > 0) throw new ReferenceFault(7, `${remaining} coefficients are left`);
    return [endU, endV];
  }

  #prior(r: number, { left, above, aboveLeft }: BlockNeighbours): number {
    let prior = Math.abs(left?.[r] ?? above?.[r] ?? 0);
    if (left && above) {
      const sum = Math.abs(left[r]!) + Math.abs(above[r]!);
      prior = (13 * sum + 6 * Math.abs(aboveLeft?.[r] ?? 0)) >> 5;
    }
    return this.#arithmetic.clampsPrior ? Math.min(prior, 1023) : prior;
  }

  /** Step 3: the row 1..7 or the column 8, 16 .. 56. */
  #codeEdge(
    block: Int16Array,
    neighbour: Int16Array | undefined,
    edge: { array: number; end: number; third: number; step: number; base: number },
  ): void {
    const places = [1, 2, 3, 4, 5, 6, 7].map((j) => j * edge.step);
    const own = places.filter((r) => block[r] !== 0).length;
    const array = edge.array + ((this.#k * 8 + edge.end) * 8 + edge.third) * 8;
    let count = this.#tree(array, 3, own);
    for (const [j, r] of places.entries()) {
      if (count === 0) return;
      const e = edge.base + j;
      const prediction = this.#predict(block, neighbour, r, edge.step === 1 ? 8 : 1);
      const size = Math.abs(prediction);
      const length = bitLength(Math.min(size, 1023));
      const exponent = EXP_EDGE + (((this.#k * 8 + count) * 14 + e) * 12 + length) * 11;
      const direction = int16(prediction);
      const a = direction === 0 ? 0 : direction > 0 ? 1 : 2;
      const value = this.#signed(
        block[r]!,
        exponent,
        SIGN + (this.#k * 4 + a) * 12 + length,
        this.#edgeResidual(r, count, size, this.#threshold(e, r)),
      );
      block[r] = value;
      if (value !== 0) count--;
    }
    if (count > 0) throw new ReferenceFault(7, `${count} coefficients of an edge are left`);
  }

  #predict(block: Int16Array, neighbour: Int16Array | undefined, r: number, o: number): number {
    const q = this.#q;
    if (neighbour === undefined || q[r] === 0) return 0;
    let sum = 0;
    for (let i = 0; i < 8; i++) {
      const at = r + i * o;
      const weight = Math.imul(EDGE_WEIGHTS[i]!, q[at]!);
      const there = Math.imul(weight, neighbour[at]!);
      sum = (sum + (i % 2 === 0 ? there : -there)) | 0;
      if (i > 0) sum = (sum - Math.imul(weight, block[at]!)) | 0;
    }
    return Math.trunc(sum / (8192 * q[r]!));
  }

  #threshold(e: number, r: number): number {
    const q = this.#q[r]!;
    const most = q === 0 ? EDGE_LIMITS[e]! - 1 : Math.floor((EDGE_LIMITS[e]! + q - 1) / q);
    return Math.max(0, bitLength(most & 0xffff) - 7);
  }

  #edgeResidual(r: number, count: number, size: number, threshold: number): ResidualBranch {
    return (i, coded, length) => {
      if (i < threshold) return this.#residual(r, count, i);
      // The node of the tree is what is coded so far, its leading one included.
      const node = Math.min(coded, 127);
      const a = Math.min((size & 0xffff) >> threshold, 255);
      const b = Math.min(length - threshold, 7);
      return THRESH + ((this.#k * 256 + a) * 8 + b) * 128 + node;
    };
  }

  #residual(r: number, n: number, i: number): number {
    return RESIDUAL + ((this.#k * 64 + r) * 10 + n) * 10 + i;
  }

  /** Step 4: DC, as a difference from what the neighbours' pixels make likely. */
  #codeDc(block: Int16Array, pixels: Int16Array, around: BlockNeighbours): void {
    const { prediction, spread, lean } = predictDc(
      pixels,
      around,
      this.#q[0]!,
      this.#arithmetic.adv16,
    );
    const a = Math.min(bitLength(Math.abs(spread)), 11);
    const b = bitLength(Math.abs(lean));
    const s = 1 + (lean === 0 ? 2 : lean > 0 ? 1 : 0);
    const dc = block[0]!;
    let difference = this.#encodes ? dc - prediction : 0;
    if (difference < -1024) difference += 2049;
    if (difference > 1024) difference -= 2049;
    const value = this.#signed(
      difference,
      EXP_DC + (a * 17 + b) * 11,
      SIGN + this.#k * 48 + s,
      (i) => RES_DC + a * 10 + i,
    );
    let decoded = value + prediction;
    if (decoded < -1024) decoded += 2049;
    if (decoded > 1024) decoded -= 2049;
    if (this.#encodes && decoded !== dc) throw new ReferenceFault(6, `DC is ${dc}`);
    block[0] = decoded;
  }

  /** A number of `bits` bits as a path through a tree, most significant bit first. */
  #tree(array: number, bits: number, value: number): number {
    let node = 1;
    for (let i = bits - 1; i >= 0; i--) {
      node = 2 * node + this.#bins.code(array + node, (value >> i) & 1);
    }
    return node - 2 ** bits;
  }

  /** Length in unary, sign, then the bits below the leading one. */
  #signed(value: number, exponent: number, sign: number, branch: ResidualBranch): number {
    const magnitude = Math.abs(value);
    const own = bitLength(magnitude);
    if (this.#encodes && own > 11) throw new ReferenceFault(6, `${value} has more than 11 bits`);
    let length = 0;
    while (length < 11 && this.#bins.code(exponent + length, own > length ? 1 : 0)) length++;
    if (length === 0) return 0;
    const positive = this.#bins.code(sign, value > 0 ? 1 : 0);
    let coded = 1;
    for (let i = length - 2; i >= 0; i--) {
      const bit = this.#bins.code(branch(i, coded, length), (magnitude >> i) & 1);
      coded = 2 * coded + bit;
    }
    return positive ? coded : -coded;
  }
}

/** The branch of residual bit `i` of a magnitude of `length` bits whose upper bits are `coded`. */
type ResidualBranch = (i: number, coded: number, length: number) => number;
