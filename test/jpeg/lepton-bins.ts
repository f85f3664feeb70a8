/**
 * Bins of the reference model: the boolean coder of Lepton, both ways, as plainly as it can be
 * said. It exists to judge the kernel's coder by, so it shares nothing with it.
 *
 *   branch     two counts, zeros and ones seen, both 1 at first
 *   decoder    compares the next bits of the stream with a split of the range
 *   encoder    adds up the same splits; a carry runs back into bytes already made
 *
 * The encoder ends a stream as lepton_jpeg_rust does: with the bytes that hold bits, no others.
 * Source: RFC 6386, section 7, whose bit-by-bit form this is.
 */

/** Told of every bin: the range before it, where it was split, and what came. */
export type Trace = (range: number, split: number, bit: number) => void;

/** Either direction: codes one bin with the branch of that number and returns the bin. */
export interface Bins {
  code(branch: number, bit: number): number;
  /** Bins so far, the start bit included. */
  readonly count: number;
}

class Branches {
  readonly #zeros: Uint8Array;
  readonly #ones: Uint8Array;

  constructor(size: number) {
    this.#zeros = new Uint8Array(size).fill(1);
    this.#ones = new Uint8Array(size).fill(1);
  }

  split(branch: number, range: number): number {
    const zeros = this.#zeros[branch];
    const ones = this.#ones[branch];
    if (zeros === undefined || ones === undefined) throw new RangeError(`no branch ${branch}`);
    const probability = Math.floor((256 * zeros) / (zeros + ones));
    return 1 + (((range - 1) * probability) >> 8);
  }

  learn(branch: number, bit: number): void {
    const [came, other] = bit === 0 ? [this.#zeros, this.#ones] : [this.#ones, this.#zeros];
    if (came[branch]! < 255) came[branch]! += 1;
    else if (other[branch] !== 1) {
      came[branch] = 129;
      other[branch] = (other[branch]! + 1) >> 1;
    }
  }
}

/** Reads bins from a segment's stream; beyond its end the stream reads as zeros. */
export class BinDecoder implements Bins {
  count = 1;
  readonly #branches: Branches;
  readonly #stream: Uint8Array;
  readonly #trace: Trace | undefined;
  #next = 2;
  #value: number;
  #range = 255;
  #shifted = 0;

  constructor(branches: number, stream: Uint8Array, trace?: Trace) {
    this.#branches = new Branches(branches);
    this.#stream = stream;
    this.#trace = trace;
    this.#value = ((stream[0] ?? 0) << 8) | (stream[1] ?? 0);
    if (this.#decode(128) !== 0) throw new Error("the start bit is not 0");
  }

  code(branch: number): number {
    this.count++;
    const bit = this.#decode(this.#branches.split(branch, this.#range));
    this.#branches.learn(branch, bit);
    return bit;
  }

  #decode(split: number): number {
    const bit = this.#value >= split << 8 ? 1 : 0;
    this.#trace?.(this.#range, split, bit);
    if (bit === 1) {
      this.#value -= split << 8;
      this.#range -= split;
    } else this.#range = split;
    while (this.#range < 128) {
      this.#range *= 2;
      this.#value *= 2;
      if (++this.#shifted === 8) {
        this.#value |= this.#stream[this.#next++] ?? 0;
        this.#shifted = 0;
      }
    }
    return bit;
  }
}

/** Writes bins; `finish` gives the segment's stream. */
export class BinEncoder implements Bins {
  count = 1;
  readonly #branches: Branches;
  readonly #trace: Trace | undefined;
  readonly #bytes: number[] = [];
  /** Bits below the bytes already made: at first 8, and one more with each doubling. */
  #low = 0;
  #lowBits = 8;
  #range = 255;

  constructor(branches: number, trace?: Trace) {
    this.#branches = new Branches(branches);
    this.#trace = trace;
    this.#encode(0, 128);
  }

  code(branch: number, bit: number): number {
    this.count++;
    this.#encode(bit, this.#branches.split(branch, this.#range));
    this.#branches.learn(branch, bit);
    return bit;
  }

  finish(): Uint8Array {
    while (this.#lowBits > 0) {
      const missing = Math.max(0, 8 - this.#lowBits);
      this.#low *= 2 ** missing;
      this.#lowBits += missing;
      this.#shedByte();
    }
    return Uint8Array.from(this.#bytes);
  }

  #encode(bit: number, split: number): void {
    this.#trace?.(this.#range, split, bit);
    if (bit === 1) {
      this.#low += split;
      this.#range -= split;
    } else this.#range = split;
    while (this.#range < 128) {
      this.#range *= 2;
      this.#low *= 2;
      // Eight bits stay, for a carry out of them is still to come.
      if (++this.#lowBits === 24) this.#shedByte();
    }
  }

  /** Moves the top byte of `low` out. The bit above it is a carry into what went before. */
  #shedByte(): void {
    this.#lowBits -= 8;
    const top = Math.floor(this.#low / 2 ** this.#lowBits);
    this.#low -= top * 2 ** this.#lowBits;
    if (top >= 256) {
      let at = this.#bytes.length - 1;
      while (this.#bytes[at] === 255) this.#bytes[at--] = 0;
      this.#bytes[at]! += 1;
    }
    this.#bytes.push(top & 255);
  }
}
