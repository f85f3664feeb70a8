/**
 * Byte gatherer: bytes that come in pieces, as one array. Its room grows with what has come, twice as
 * large each time, and never with what somebody says will come.
 */

const FIRST_BYTES = 1024;

export class ByteGatherer {
  #room = new Uint8Array(0);
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of `bytes`. */
  append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.max(length, FIRST_BYTES, 2 * this.#length));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(bytes, this.#length);
    this.#length = length;
  }

  /** Gives away all that there is, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#room.subarray(0, this.#length);
    this.#room = new Uint8Array(0);
    this.#length = 0;
    return bytes;
  }
}
