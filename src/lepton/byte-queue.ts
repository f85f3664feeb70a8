/**
 * Byte queue: bytes that come in pieces and leave in others, first in, first out.
 *
 *   room   | gone | held ............ | free |
 *
 * However small the pieces are, its room is at most some three times what was held at once.
 */

const FIRST_BYTES = 1024;

export class ByteQueue {
  #room = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds a copy of `bytes`. */
  append(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#room.length) this.#makeRoom(bytes.length);
    this.#room.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Takes the first bytes, the caller's to keep. @returns at most `most` */
  take(most: number): Uint8Array<ArrayBuffer> {
    const taken = this.#room.slice(this.#start, Math.min(this.#end, this.#start + most));
    this.#start += taken.length;
    if (this.#start === this.#end) this.clear();
    return taken;
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#room = new Uint8Array(0);
    this.#start = 0;
    this.#end = 0;
  }

  #makeRoom(bytes: number): void {
    const held = this.#room.subarray(this.#start, this.#end);
    const room = new Uint8Array(Math.max(held.length + bytes, 2 * held.length, FIRST_BYTES));
    room.set(held);
    this.#room = room;
    this.#start = 0;
    this.#end = held.length;
  }
}
