/**
 * Huffman tables and bits of the test JPEG writer.
 *
 *   table    `counts[n]` codes of n bits, then their symbols in the order of their codes
 *   bits     most significant first; after a byte FF a byte 00
 *
 * Tables: those of the standard's Annex K.3, ones fitted to the symbols of a scan (K.2), or a flat
 * one that has every symbol there can be.
 */

export interface HuffmanTable {
  /** Index 1..16; index 0 is not used. */
  readonly counts: readonly number[];
  readonly symbols: readonly number[];
}

export type TableKind = "standard" | "fitted" | "flat";

export interface HuffmanCode {
  readonly code: number;
  readonly bits: number;
}

/** The code of each symbol that has one. */
export function codesOf(table: HuffmanTable): Map<number, HuffmanCode> {
  const codes = new Map<number, HuffmanCode>();
  let code = 0;
  let at = 0;
  for (let bits = 1; bits <= 16; bits++) {
    for (let i = 0; i < table.counts[bits]!; i++) {
      codes.set(table.symbols[at++]!, { code: code++, bits });
    }
    code *= 2;
  }
  return codes;
}

/** The table of that kind: class 0 for DC or 1 for AC, id 0 for luma, symbols' frequencies. */
export function makeTable(
  kind: TableKind,
  tableClass: number,
  id: number,
  frequencies: ReadonlyMap<number, number>,
): HuffmanTable {
  if (kind === "fitted") return fittedTable(frequencies);
  if (kind === "flat") return tableClass === 0 ? FLAT_DC : FLAT_AC;
  return STANDARD[tableClass === 0 ? 0 : 1]![Math.min(id, 1)]!;
}

/** Annex K.2: the tree of least cost, then no code longer than 16 bits and none all ones. */
function fittedTable(frequencies: ReadonlyMap<number, number>): HuffmanTable {
  const used = [...frequencies].filter(([, frequency]) => frequency > 0);
  // A symbol that is never written takes the code of all ones.
  let nodes = [...used, [256, 0.5] as const].map(([symbol, weight]) => ({
    weight,
    leaves: [{ symbol, depth: 0 }],
  }));
  while (nodes.length > 1) {
    nodes.sort((one, other) => one.weight - other.weight);
    const [first, second] = [nodes[0]!, nodes[1]!];
    const leaves = [...first.leaves, ...second.leaves];
    for (const leaf of leaves) leaf.depth++;
    nodes = [{ weight: first.weight + second.weight, leaves }, ...nodes.slice(2)];
  }
  const leaves = nodes[0]!.leaves;
  const counts: number[] = new Array<number>(258).fill(0);
  for (const { depth } of leaves) counts[depth]! += 1;
  for (let bits = 257; bits > 16; bits--) {
    while (counts[bits]! > 0) {
      let shorter = bits - 2;
      while (counts[shorter] === 0) shorter--;
      counts[bits]! -= 2;
      counts[bits - 1]! += 1;
      counts[shorter + 1]! += 2;
      counts[shorter]! -= 1;
    }
  }
  let longest = 16;
  while (counts[longest] === 0) longest--;
  counts[longest]! -= 1;
  const symbols = leaves
    .filter(({ symbol }) => symbol < 256)
    .sort((one, other) => one.depth - other.depth || one.symbol - other.symbol)
    .map(({ symbol }) => symbol);
  return { counts: counts.slice(0, 17), symbols };
}

/** All of one length. */
function evenTable(bits: number, symbols: readonly number[]): HuffmanTable {
  return {
    counts: Array.from({ length: 17 }, (_, n) => (n === bits ? symbols.length : 0)),
    symbols,
  };
}

const FLAT_DC = evenTable(
  5,
  Array.from({ length: 16 }, (_, i) => i),
);
/** Sizes 0..12 with every run: end-of-band runs up to 32767 among them. */
const FLAT_AC = evenTable(
  8,
  Array.from({ length: 256 }, (_, i) => i).filter((symbol) => (symbol & 15) <= 12),
);

/** Runs and sizes of a standard AC table as the standard lists them, in hexadecimal. */
const LUMA_AC =
  "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a252627" +
  "28292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a83848586" +
  "8788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7" +
  "d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa";
const CHROMA_AC =
  "0001020311040521310612415107617113223281081442" +
  "91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455" +
  "565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8" +
  "a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa";

function standardTable(counts: readonly number[], symbols: string): HuffmanTable {
  return { counts: [0, ...counts], symbols: [...Buffer.from(symbols, "hex")] };
}

const DC_SYMBOLS = "000102030405060708090a0b";
const STANDARD: readonly (readonly HuffmanTable[])[] = [
  [
    standardTable([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], DC_SYMBOLS),
    standardTable([0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], DC_SYMBOLS),
  ],
  [
    standardTable([0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125], LUMA_AC),
    standardTable([0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119], CHROMA_AC),
  ],
];

/** Bits into bytes. */
export class BitWriter {
  readonly bytes: number[] = [];
  #value = 0;
  #count = 0;

  put(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#putBit((value >> i) & 1);
  }

  /** Fills the last byte: the k-th bit of the padding is bit k of `pattern`. */
  pad(pattern: number): void {
    for (let k = 0; this.#count > 0; k++) this.#putBit((pattern >> k) & 1);
  }

  /** Bytes that are not scan data: a marker. The last byte must be full. */
  raw(...bytes: number[]): void {
    this.bytes.push(...bytes);
  }

  #putBit(bit: number): void {
    this.#value = 2 * this.#value + bit;
    if (++this.#count < 8) return;
    this.bytes.push(this.#value);
    if (this.#value === 0xff) this.bytes.push(0);
    this.#value = 0;
    this.#count = 0;
  }
}
