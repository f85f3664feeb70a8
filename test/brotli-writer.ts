/**
 * Writes Brotli streams bit by bit, those too that no encoder would: for tests of readers.
 *
 * Codes are simple ones of one or two symbols. RFC 7932, sections 3.4, 9.1 and 9.2.
 */

/** The only symbol of each code. */
export interface OneSymbolEach {
  readonly literal: number;
  readonly command: number;
  readonly distance: number;
}

export class BrotliWriter {
  readonly #bits: number[] = [];

  /** `count` bits of `value`, lowest first. */
  bits(value: number, count: number): void {
    for (let i = 0; i < count; i++) this.#bits.push(Math.floor(value / 2 ** i) % 2);
  }

  /** The stream's header: a window of 2^16 bytes. */
  window16(): void {
    this.bits(0, 1);
  }

  /** The header of a stream with a large window. */
  largeWindow(bits: number): void {
    this.bits(0b0_001_000_1, 8);
    this.bits(bits, 6);
  }

  metadata(bytes: Uint8Array): void {
    this.bits(0, 1);
    this.bits(3, 2);
    this.bits(0, 1);
    if (bytes.length === 0) this.bits(0, 2);
    else {
      this.bits(1, 2);
      this.bits(bytes.length - 1, 8);
    }
    this.#bytes(bytes);
  }

  stored(bytes: Uint8Array): void {
    this.bits(0, 3);
    this.bits(bytes.length - 1, 16);
    this.bits(1, 1);
    this.#bytes(bytes);
  }

  /** The last metablock, empty. */
  end(): void {
    this.bits(3, 2);
  }

  /** The beginning of a coded metablock of `size` bytes. */
  metablock(size: number, last = true): void {
    this.bits(last ? 1 : 0, last ? 2 : 1); // the last one, and not empty
    const nibbles = size > 2 ** 20 ? 6 : size > 2 ** 16 ? 5 : 4;
    this.bits(nibbles - 4, 2);
    this.bits(size - 1, 4 * nibbles);
    if (!last) this.bits(0, 1);
  }

  /** A whole header of the last metablock, without blocks and contexts, and codes of one symbol. */
  plainHeader(size: number, symbols: OneSymbolEach): void {
    this.metablock(size);
    this.plainCodes(symbols);
  }

  /** What follows the size in such a header. */
  plainCodes(symbols: OneSymbolEach): void {
    for (let i = 0; i < 3; i++) this.oneType();
    this.bits(0, 6); // no postfix bits, no direct distances
    this.bits(0, 2); // lsb6
    this.bits(0, 2); // one code each
    this.simpleCode([symbols.literal], 8);
    this.simpleCode([symbols.command], 10);
    this.simpleCode([symbols.distance], 6);
  }

  /** Blocks of one type. */
  oneType(): void {
    this.bits(0, 1);
  }

  /** Blocks of two types that follow each other, the first of at most 4. Later a bit "0" is the other
   * type, and two bits are its length less 1. */
  twoTypes(firstLength: number): void {
    this.bits(1, 4); // 1 + 2^0
    this.simpleCode([0, 1], 2);
    this.simpleCode([0], 5);
    this.bits(firstLength - 1, 2);
  }

  /** A code of one or two symbols, the lesser one first; a name has `nameBits` bits. */
  simpleCode(symbols: readonly number[], nameBits: number): void {
    this.bits(1, 2);
    this.bits(symbols.length - 1, 2);
    for (const symbol of symbols) this.bits(symbol, nameBits);
  }

  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    for (const [i, bit] of this.#bits.entries()) bytes[i >> 3]! |= bit << (i & 7);
    return bytes;
  }

  #bytes(bytes: Uint8Array): void {
    this.bits(0, -this.#bits.length & 7);
    for (const byte of bytes) this.bits(byte, 8);
  }
}
