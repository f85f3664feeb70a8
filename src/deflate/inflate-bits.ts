/**
 * Bits of a deflate stream, lowest first, out of bytes that come in pieces.
 *
 *   bytes   |..used..|....not yet....|     a view on what was fed
 *                     ^ at                  up to 7 bits of the byte before it wait in `hold`
 *
 * No byte is taken before a bit of it is needed, and every question can be left unanswered until
 * more bytes come. That is how the place where a stream ends is exact. The fields are open to
 * the fast loop (inflate-portable.ts), which keeps them in locals.
 */
import { PithError } from "../core/errors.ts";
import { LINK, LITERAL, linked, maskOf, PAIR, type Table } from "./inflate-tables.ts";

export class BitInput {
  bytes: Uint8Array = new Uint8Array(0);
  words: DataView = new DataView(this.bytes.buffer);
  at = 0;
  /** The next `bits` bits of the stream. */
  hold = 0;
  bits = 0;
  #readBefore = 0; // bytes of earlier pieces, all used

  /** Bytes of which at least one bit was taken. */
  get bytesRead(): number {
    return this.#readBefore + this.at;
  }

  /** The next piece; every byte of the one before is used. */
  feed(bytes: Uint8Array): void {
    this.#readBefore += this.at;
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  /** Brings at least `count` bits (at most 16) into `hold`; false when the bytes end before. */
  need(count: number): boolean {
    while (this.bits < count) {
      if (this.at >= this.bytes.length) return false;
      this.hold |= (this.bytes[this.at++] as number) << this.bits;
      this.bits += 8;
    }
    return true;
  }

  /** Takes `count` bits out of `hold`, where they must be. */
  take(count: number): number {
    const value = this.hold & maskOf(count);
    this.hold >>>= count;
    this.bits -= count;
    return value;
  }

  /** Drops what is left of the byte that was begun. */
  align(): void {
    this.take(this.bits & 7);
  }

  /**
   * The entry of `table` for the next bits, not taken yet, with all bits of its code in `hold`.
   * Undefined when the bytes end before.
   *
   * Bits that have not come yet read as zeros. An entry whose code is no longer than the bits at
   * hand is right whatever comes; a longer one is looked up again with a byte more. A pair that
   * is not here yet stands for its first literal.
   */
  look(table: Table): number | undefined {
    const { entries, bits } = table;
    for (;;) {
      let entry = entries[this.hold & maskOf(bits)] as number;
      if ((entry & LINK) !== 0) entry = linked(entries, entry, this.hold >>> bits);
      if ((entry & PAIR) !== 0 && (entry & 15) > this.bits) {
        entry = (entry >>> 24) | LITERAL | (entry & 0xff00);
      }
      if ((entry & 15) <= this.bits) return entry;
      if (!this.need(this.bits + 1)) return undefined;
    }
  }
}

/** The fault of a stream that breaks the format; `why` in zlib's words. */
export function corrupt(why: string): PithError {
  return new PithError("DeflateCorrupt", { why });
}
