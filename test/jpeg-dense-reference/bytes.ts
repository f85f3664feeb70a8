/**
 * Reference of dense JPEG files: bytes read one after the other, words and varints among them.
 *
 * Behind the end is an error: what is read by this says beforehand how long it is.
 */

export class ByteReader {
  position = 0;
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  take(count: number): Uint8Array {
    if (this.position + count > this.bytes.length) throw new Error("the bytes end too early");
    this.position += count;
    return this.bytes.subarray(this.position - count, this.position);
  }

  word(): number {
    const bytes = this.take(4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  varint(): number {
    return readVarint(() => this.byte());
  }
}

/** Seven bits a byte, the lowest first, the top bit set where more follow. */
export function readVarint(next: () => number): number {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const byte = next();
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return value;
  }
  throw new Error("a number of more than five bytes");
}
