/**
 * Reference of dense JPEG files: bits of scan data, with stuffed zeros, padding and Huffman codes.
 *
 * Written from the section "Bits" of docs/formats/lepton.md; codes as ITU-T T.81, annex C, has them.
 */
import type { HuffmanTable } from "./markers.ts";

/** A symbol that its table has no code for. */
export class NoCode extends Error {}

export class BitWriter {
  readonly bytes: number[] = [];
  #byte: number;
  #bits: number;

  /** @param byte - whose first `bits` bits, on top, stand before what is to be written */
  constructor(byte: number, bits: number) {
    this.#byte = byte >> (8 - bits);
    this.#bits = bits;
  }

  get isOnBorder(): boolean {
    return this.#bits === 0;
  }

  put(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      this.#byte = 2 * this.#byte + (Math.floor(value / 2 ** i) & 1);
      this.#bits++;
      if (this.#bits < 8) continue;
      this.bytes.push(this.#byte);
      if (this.#byte === 0xff) this.bytes.push(0);
      this.#byte = 0;
      this.#bits = 0;
    }
  }

  /** @param pattern - the k-th padding bit of a byte is bit k */
  pad(pattern: number): void {
    for (let k = 0; !this.isOnBorder; k++) this.put((pattern >> k) & 1, 1);
  }

  marker(number: number): void {
    this.bytes.push(0xff, number);
  }
}

/** Codes of a table by symbol. */
export class Codes {
  readonly #codes = new Map<number, { readonly code: number; readonly bits: number }>();

  constructor({ counts, symbols }: HuffmanTable) {
    let code = 0;
    let at = 0;
    for (const [i, count] of counts.entries()) {
      for (let j = 0; j < count; j++) {
        const symbol = symbols[at++]!;
        // Tables that name a symbol twice are written with its first code.
        if (!this.#codes.has(symbol)) this.#codes.set(symbol, { code, bits: i + 1 });
        code++;
      }
      code *= 2;
    }
  }

  has(symbol: number): boolean {
    return this.#codes.has(symbol);
  }

  put(writer: BitWriter, symbol: number): void {
    const known = this.#codes.get(symbol);
    if (known === undefined) throw new NoCode(`no code for symbol ${symbol}`);
    writer.put(known.code, known.bits);
  }
}

/** Bits that say a number of this width: negative ones as the number plus 2^width less one. */
export function putValue(writer: BitWriter, value: number, width: number): void {
  writer.put(value < 0 ? value + 2 ** width - 1 : value, width);
}
