/**
 * The two codes of a block: the fixed ones, or those that a dynamic block brings along.
 *
 *   HLIT HDIST HCLEN | lengths of the length code | lengths of both codes, coded and repeated
 *
 * Reading can stop between any two bits and goes on with the next call. Source: RFC 1951,
 * sections 3.2.6 and 3.2.7; where it is silent on incomplete codes, zlib's rules.
 */
import { type BitInput, corrupt } from "./inflate-bits.ts";
import {
  buildTable,
  DISTANCE_ROOT_BITS,
  DISTANCE_SYMBOLS,
  distanceTable,
  LENGTH_ROOT_BITS,
  LENGTH_SYMBOLS,
  LITERAL_ROOT_BITS,
  LITERAL_SYMBOLS,
  lengthTable,
  literalTable,
  pairLiterals,
  type Table,
} from "./inflate-tables.ts";

/** The codes that the symbols of a block are written in. */
export interface BlockCodes {
  readonly literals: Table;
  readonly distances: Table;
}

const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LITERAL_COUNT_MAXIMUM = 286;
const DISTANCE_COUNT_MAXIMUM = 30;

/** Steps of reading; each names what is read next. */
const SIZES = 0;
const LENGTH_LENGTHS = 1;
const LENGTHS = 2;

/** Reads the codes of dynamic blocks, one block after the other. */
export class CodesReader {
  #step = SIZES;
  readonly #codes: BlockCodes = { literals: literalTable(), distances: distanceTable() };
  readonly #lengthTable = lengthTable();
  readonly #lengths = new Uint8Array(LITERAL_COUNT_MAXIMUM + DISTANCE_COUNT_MAXIMUM);
  #lengthsRead = 0;
  #literalCount = 0;
  #distanceCount = 0;
  #lengthLengthCount = 0;

  /**
   * Reads on.
   *
   * @returns the codes, good until the next block is read; undefined when the input ends before
   * @throws PithError DeflateCorrupt
   */
  read(input: BitInput): BlockCodes | undefined {
    if (this.#step === SIZES && !this.#readSizes(input)) return undefined;
    if (this.#step === LENGTH_LENGTHS && !this.#readLengthLengths(input)) return undefined;
    if (!this.#readLengths(input)) return undefined;
    this.#step = SIZES;
    this.#build();
    return this.#codes;
  }

  #readSizes(input: BitInput): boolean {
    if (!input.need(14)) return false;
    this.#literalCount = input.take(5) + 257;
    this.#distanceCount = input.take(5) + 1;
    this.#lengthLengthCount = input.take(4) + 4;
    if (
      this.#literalCount > LITERAL_COUNT_MAXIMUM ||
      this.#distanceCount > DISTANCE_COUNT_MAXIMUM
    ) {
      throw corrupt("too many length or distance symbols");
    }
    this.#lengths.fill(0, 0, LENGTHS_ORDER.length);
    this.#lengthsRead = 0;
    this.#step = LENGTH_LENGTHS;
    return true;
  }

  #readLengthLengths(input: BitInput): boolean {
    while (this.#lengthsRead < this.#lengthLengthCount) {
      if (!input.need(3)) return false;
      this.#lengths[LENGTHS_ORDER[this.#lengthsRead++] as number] = input.take(3);
    }
    const lengths = this.#lengths.subarray(0, LENGTHS_ORDER.length);
    // zlib takes a set without any code for one that says "length 0" with each bit; such a block
    // is refused a little later, because its end has no code.
    if (!buildTable(this.#lengthTable, lengths, LENGTH_SYMBOLS, LENGTH_ROOT_BITS, 0)) {
      throw corrupt("invalid code lengths set");
    }
    this.#lengthsRead = 0;
    this.#step = LENGTHS;
    return true;
  }

  #readLengths(input: BitInput): boolean {
    const total = this.#literalCount + this.#distanceCount;
    while (this.#lengthsRead < total) {
      const entry = input.look(this.#lengthTable);
      if (entry === undefined) return false;
      const symbol = entry >>> 8;
      if (symbol < 16) {
        input.take(entry & 15);
        this.#lengths[this.#lengthsRead++] = symbol;
      } else if (!this.#repeatLength(input, symbol, entry & 15)) {
        return false;
      }
    }
    return true;
  }

  /** Takes a repeat code (16, 17, 18) with its extra bits and writes what it stands for. */
  #repeatLength(input: BitInput, symbol: number, codeBits: number): boolean {
    const extraBits = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
    if (!input.need(codeBits + extraBits)) return false;
    input.take(codeBits);
    const count = input.take(extraBits) + (symbol === 18 ? 11 : 3);
    const begin = this.#lengthsRead;
    const end = begin + count;
    if ((symbol === 16 && begin === 0) || end > this.#literalCount + this.#distanceCount) {
      throw corrupt("invalid bit length repeat");
    }
    const length = symbol === 16 ? (this.#lengths[begin - 1] as number) : 0;
    this.#lengths.fill(length, begin, end);
    this.#lengthsRead = end;
    return true;
  }

  #build(): void {
    const { literals, distances } = this.#codes;
    const ofLiterals = this.#lengths.subarray(0, this.#literalCount);
    const ofDistances = this.#lengths.subarray(this.#literalCount, this.#lengthsRead);
    if (ofLiterals[256] === 0) throw corrupt("invalid code -- missing end-of-block");
    if (!buildTable(literals, ofLiterals, LITERAL_SYMBOLS, LITERAL_ROOT_BITS, 1)) {
      throw corrupt("invalid literal/lengths set");
    }
    if (!buildTable(distances, ofDistances, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 1)) {
      throw corrupt("invalid distances set");
    }
    pairLiterals(literals);
  }
}

let fixed: BlockCodes | undefined;

/** The codes of fixed blocks, built when the first one comes. */
export function fixedCodes(): BlockCodes {
  if (fixed === undefined) {
    const ofLiterals = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
    const ofDistances = new Uint8Array(32).fill(5);
    fixed = { literals: literalTable(), distances: distanceTable() };
    buildTable(fixed.literals, ofLiterals, LITERAL_SYMBOLS, LITERAL_ROOT_BITS, 0);
    buildTable(fixed.distances, ofDistances, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 0);
    pairLiterals(fixed.literals);
  }
  return fixed;
}
