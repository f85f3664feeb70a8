/**
 * Portable inflate: raw deflate decoded in plain TypeScript, for browsers and as a second opinion
 * on the platform's decoder.
 *
 *   BitInput (inflate-bits.ts) -> steps, below -> DecodedWindow (inflate-window.ts)
 *                                   ^ codes of each block (inflate-codes.ts)
 *
 * The stream is a machine of steps, each of which can stop between any two bits and never takes
 * a byte that it does not need: so `bytesRead` is exact at the end. While plenty of input and room
 * are left, `#fast` does the work of the symbol steps in one loop. Every check that the format
 * allows is made, and the same streams are refused as by zlib. Source: RFC 1951.
 */
import { PithError } from "../core/errors.ts";
import { BitInput, corrupt } from "./inflate-bits.ts";
import { type BlockCodes, CodesReader, fixedCodes } from "./inflate-codes.ts";
import type { InflateEngine, Inflating, Pause } from "./inflate-engine.ts";
import { baseOf, LINK, LITERAL, linked, MATCH, maskOf, PAIR } from "./inflate-tables.ts";
import { copyMatch, DecodedWindow } from "./inflate-window.ts";

export const portableEngine: InflateEngine = portableEngineInto(
  "portable",
  () => new DecodedWindow(),
);

/** The same engine, into windows of another kind. */
export function portableEngineInto(name: string, window: () => DecodedWindow): InflateEngine {
  return { name, open: () => new PortableInflating(window()) };
}

/** A turn of `#fast` reads at most 4 times 3 bytes, each read looking at 4. */
const FAST_INPUT_BYTES = 16;

/** Steps of the stream; each names what is read next. */
const BLOCK = 0;
const STORED_LENGTH = 1;
const STORED_CHECK = 2;
const STORED_BYTES = 3;
const CODES = 4;
const SYMBOL = 5;
const LENGTH_EXTRA = 6;
const DISTANCE = 7;
const DISTANCE_EXTRA = 8;
const ENDED = 9;

class PortableInflating implements Inflating {
  #step = BLOCK;
  #final = false;
  #finished = false;
  readonly #input = new BitInput();
  readonly #window: DecodedWindow;
  readonly #codesReader = new CodesReader();
  #codes: BlockCodes = fixedCodes();
  #storedLength = 0;
  #matchLength = 0;
  #matchEntry = 0; // whose extra bits come next

  constructor(window: DecodedWindow) {
    this.#window = window;
  }

  get bytesRead(): number {
    return this.#input.bytesRead;
  }

  feed(input: Uint8Array): void {
    this.#input.feed(input);
  }

  finish(): void {
    this.#finished = true;
  }

  next(): Uint8Array | Pause {
    while (this.#window.at <= this.#window.full && this.#turn()) {
      // Each turn takes one step; it is false when the step lacks input or the stream is over.
    }
    const piece = this.#window.send();
    if (piece !== undefined) return piece;
    if (this.#step === ENDED) return "ended";
    if (this.#finished) throw new PithError("DeflateTruncated", { why: "inside the data" });
    return "hungry";
  }

  close(): void {
    this.#step = ENDED; // all else is memory, and goes with the last reference
  }

  #turn(): boolean {
    switch (this.#step) {
      case BLOCK:
        return this.#readBlockHead();
      case STORED_LENGTH:
        return this.#readStoredLength();
      case STORED_CHECK:
        return this.#readStoredCheck();
      case STORED_BYTES:
        return this.#readStoredBytes();
      case CODES:
        return this.#readCodes();
      case SYMBOL:
        if (this.#fastMayRun()) this.#fast();
        return this.#window.at > this.#window.full || this.#readSymbol();
      case LENGTH_EXTRA:
        return this.#readLengthExtra();
      case DISTANCE:
        return this.#readDistance();
      case DISTANCE_EXTRA:
        return this.#readDistanceExtra();
      default:
        return false;
    }
  }

  #readBlockHead(): boolean {
    const input = this.#input;
    if (!input.need(3)) return false;
    this.#final = input.take(1) === 1;
    const type = input.take(2);
    if (type === 3) throw corrupt("invalid block type");
    if (type === 0) {
      input.align();
      this.#step = STORED_LENGTH;
    } else if (type === 1) {
      this.#codes = fixedCodes();
      this.#step = SYMBOL;
    } else {
      this.#step = CODES;
    }
    return true;
  }

  #readStoredLength(): boolean {
    if (!this.#input.need(16)) return false;
    this.#storedLength = this.#input.take(16);
    this.#step = STORED_CHECK;
    return true;
  }

  #readStoredCheck(): boolean {
    if (!this.#input.need(16)) return false;
    if ((this.#input.take(16) ^ 0xffff) !== this.#storedLength) {
      throw corrupt("invalid stored block lengths");
    }
    this.#step = STORED_BYTES;
    return true;
  }

  /** Copies what is there; `hold` is empty, since a stored block is whole bytes. */
  #readStoredBytes(): boolean {
    const input = this.#input;
    const output = this.#window;
    const count = Math.min(this.#storedLength, input.bytes.length - input.at, output.room);
    output.stored(input.bytes.subarray(input.at, input.at + count));
    input.at += count;
    this.#storedLength -= count;
    if (this.#storedLength > 0) return count > 0;
    this.#endBlock();
    return true;
  }

  #endBlock(): void {
    this.#step = this.#final ? ENDED : BLOCK;
    if (this.#final) this.#input.align();
  }

  #readCodes(): boolean {
    const codes = this.#codesReader.read(this.#input);
    if (codes === undefined) return false;
    this.#codes = codes;
    this.#step = SYMBOL;
    return true;
  }

  /** One step of SYMBOL: one or two literals, the end of the block, or the head of a match. */
  #readSymbol(): boolean {
    const entry = this.#input.look(this.#codes.literals);
    if (entry === undefined) return false;
    this.#input.take(entry & 15);
    const output = this.#window;
    if ((entry & LITERAL) !== 0) {
      output.literal(entry >>> 8);
      if ((entry & PAIR) !== 0) output.literal(entry >>> 16);
    } else if ((entry & MATCH) !== 0) {
      this.#matchEntry = entry;
      this.#step = LENGTH_EXTRA;
    } else if (entry >>> 8 !== 0) {
      this.#endBlock();
    } else {
      throw corrupt("invalid literal/length code");
    }
    return true;
  }

  #readLengthExtra(): boolean {
    const extraBits = this.#matchEntry >>> 24;
    if (!this.#input.need(extraBits)) return false;
    this.#matchLength = baseOf(this.#matchEntry) + this.#input.take(extraBits);
    this.#step = DISTANCE;
    return true;
  }

  #readDistance(): boolean {
    const entry = this.#input.look(this.#codes.distances);
    if (entry === undefined) return false;
    if ((entry & MATCH) === 0) throw corrupt("invalid distance code");
    this.#input.take(entry & 15);
    this.#matchEntry = entry;
    this.#step = DISTANCE_EXTRA;
    return true;
  }

  #readDistanceExtra(): boolean {
    const extraBits = this.#matchEntry >>> 24;
    if (!this.#input.need(extraBits)) return false;
    const distance = baseOf(this.#matchEntry) + this.#input.take(extraBits);
    this.#window.match(distance, this.#matchLength);
    this.#step = SYMBOL;
    return true;
  }

  /** Whether there is input enough for a turn, and no byte of an earlier input waits in `hold`:
   * `#fast` gives whole bytes back, and can give back its own only. */
  #fastMayRun(): boolean {
    const { at, bits, bytes } = this.#input;
    if (this.#window.telling) return false;
    return bits < 8 && at + FAST_INPUT_BYTES <= bytes.length;
  }

  /**
   * Symbols of a block while 16 bytes of input and room for a match are left.
   *
   * State lives in locals here, bits are refilled four bytes at a time without a branch (the
   * upper bits of a refill are those that the next refill brings again), and two looks that can
   * give four literals share a refill. The end of the block and codes without a symbol are left
   * to the steps, and the whole bytes that wait in `hold` are given back.
   */
  #fast(): void {
    const input = this.#input.words;
    const inputSafe = input.byteLength - FAST_INPUT_BYTES;
    const output = this.#window.bytes;
    const full = this.#window.full;
    const { entries: literals, bits: literalBits } = this.#codes.literals;
    const literalMask = maskOf(literalBits);
    const { entries: distances, bits: distanceBits } = this.#codes.distances;
    const distanceMask = maskOf(distanceBits);
    let inputAt = this.#input.at;
    let outputAt = this.#window.at;
    let { hold, bits } = this.#input;

    while (inputAt <= inputSafe && outputAt <= full) {
      hold |= input.getUint32(inputAt, true) << bits;
      inputAt += (31 - bits) >> 3;
      bits |= 24;
      let entry = literals[hold & literalMask] as number;
      if ((entry & LITERAL) !== 0) {
        hold >>>= entry & 15;
        bits -= entry & 15;
        output[outputAt] = entry >>> 8;
        output[outputAt + 1] = entry >>> 16;
        outputAt += 1 + ((entry >>> 5) & 1);
        entry = literals[hold & literalMask] as number;
        if ((entry & LITERAL) !== 0) {
          hold >>>= entry & 15;
          bits -= entry & 15;
          output[outputAt] = entry >>> 8;
          output[outputAt + 1] = entry >>> 16;
          outputAt += 1 + ((entry >>> 5) & 1);
          continue;
        }
        hold |= input.getUint32(inputAt, true) << bits;
        inputAt += (31 - bits) >> 3;
        bits |= 24;
      }
      if ((entry & LINK) !== 0) entry = linked(literals, entry, hold >>> literalBits);
      if ((entry & (LITERAL | MATCH)) === 0) break;
      const length = baseOf(entry) + ((hold >>> (entry & 15)) & maskOf(entry >>> 24));
      hold >>>= (entry & 15) + (entry >>> 24);
      bits -= (entry & 15) + (entry >>> 24);
      if ((entry & LITERAL) !== 0) {
        output[outputAt++] = entry >>> 8; // a literal has no base and no extra bits
        continue;
      }

      hold |= input.getUint32(inputAt, true) << bits;
      inputAt += (31 - bits) >> 3;
      bits |= 24;
      entry = distances[hold & distanceMask] as number;
      if ((entry & LINK) !== 0) entry = linked(distances, entry, hold >>> distanceBits);
      if ((entry & MATCH) === 0) throw corrupt("invalid distance code");
      hold >>>= entry & 15;
      bits -= entry & 15;
      hold |= input.getUint32(inputAt, true) << bits;
      inputAt += (31 - bits) >> 3;
      bits |= 24;
      const distance = baseOf(entry) + (hold & maskOf(entry >>> 24));
      hold >>>= entry >>> 24;
      bits -= entry >>> 24;
      outputAt = copyMatch(output, outputAt, distance, length);
    }
    this.#window.at = outputAt;
    this.#input.at = inputAt - (bits >> 3);
    this.#input.bits = bits & 7;
    this.#input.hold = hold & maskOf(bits & 7);
  }
}
