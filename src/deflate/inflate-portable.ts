/**
 * Portable inflate: raw deflate decoded in plain TypeScript, for browsers and as a second opinion
 * on the platform's decoder.
 *
 *   input   |..used..|....not yet....|     a view on what was fed
 *                    ^ #inputAt            up to 7 bits of the byte before it wait in #hold
 *   output  |--- last 32 KiB ---|--- the next piece ---|- spare -|
 *                               ^ #sentAt    ^ #outputAt
 *
 * The stream is a machine of steps, each of which can stop between any two bits and never takes
 * a byte that it does not need: so `bytesRead` is exact at the end. While plenty of input and room
 * are left, `#fast` does the work of the symbol steps in one loop. Every check that the format
 * allows is made (zlib's rules where RFC 1951 is silent). Tables: inflate-tables.ts.
 * Source: RFC 1951. Why not a package: docs/decisions, "our own inflate in browsers".
 */
import { PithError } from "../core/errors.ts";
import { type InflateEngine, type Inflating, type Pause, PIECE_BYTES } from "./inflate-engine.ts";
import {
  buildTable,
  DISTANCE_ROOT_BITS,
  DISTANCE_SYMBOLS,
  distanceTable,
  LENGTH_ROOT_BITS,
  LENGTH_SYMBOLS,
  LINK,
  LITERAL,
  LITERAL_ROOT_BITS,
  LITERAL_SYMBOLS,
  lengthTable,
  literalTable,
  MATCH,
  PAIR,
  pairLiterals,
  type Table,
} from "./inflate-tables.ts";

export const portableEngine: InflateEngine = {
  name: "portable",
  open: () => new PortableInflating(),
};

const WINDOW_BYTES = 32 * 1024;
const MATCH_BYTES_MAXIMUM = 258;
const OUTPUT_BYTES = WINDOW_BYTES + PIECE_BYTES;
/** The window is moved down once more than this is filled: no room for another match. */
const OUTPUT_FULL = OUTPUT_BYTES - MATCH_BYTES_MAXIMUM;

/** A turn of `#fast` reads at most 4 times 3 bytes, each read looking at 4. */
const FAST_INPUT_BYTES = 16;

const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Steps of the stream; each names what is read next. */
const BLOCK = 0;
const STORED_LENGTH = 1;
const STORED_CHECK = 2;
const STORED_BYTES = 3;
const TABLE_SIZES = 4;
const LENGTH_LENGTHS = 5;
const CODE_LENGTHS = 6;
const SYMBOL = 7;
const LENGTH_EXTRA = 8;
const DISTANCE = 9;
const DISTANCE_EXTRA = 10;
const ENDED = 11;

class PortableInflating implements Inflating {
  #step = BLOCK;
  #final = false;
  #finished = false;

  #input: Uint8Array = new Uint8Array(0);
  #words: DataView = new DataView(this.#input.buffer);
  #inputAt = 0;
  #readBefore = 0; // bytes of earlier inputs, all used
  #hold = 0; // the next #bits bits of the stream, lowest first
  #bits = 0;

  readonly #output = new Uint8Array(OUTPUT_BYTES);
  #outputAt = 0;
  #sentAt = 0;
  #full = PIECE_BYTES - MATCH_BYTES_MAXIMUM; // beyond it the piece is sent

  readonly #dynamicLiterals = literalTable();
  readonly #dynamicDistances = distanceTable();
  readonly #codeOfLengths = lengthTable();
  #literals: Table = this.#dynamicLiterals;
  #distances: Table = this.#dynamicDistances;

  readonly #lengths = new Uint8Array(286 + 30);
  #lengthsRead = 0;
  #literalCount = 0;
  #distanceCount = 0;
  #lengthLengthCount = 0;

  #storedLength = 0;
  #matchLength = 0;
  #matchEntry = 0; // whose extra bits come next

  get bytesRead(): number {
    return this.#readBefore + this.#inputAt;
  }

  feed(input: Uint8Array): void {
    this.#readBefore += this.#inputAt;
    this.#input = input;
    this.#words = new DataView(input.buffer, input.byteOffset, input.byteLength);
    this.#inputAt = 0;
  }

  finish(): void {
    this.#finished = true;
  }

  next(): Uint8Array | Pause {
    this.#run();
    if (this.#outputAt > this.#sentAt) return this.#send();
    if (this.#step === ENDED) return "ended";
    if (this.#finished) throw new PithError("DeflateTruncated", { why: "inside the data" });
    return "hungry";
  }

  close(): void {
    this.#input = new Uint8Array(0);
    this.#inputAt = 0;
  }

  /** A copy of what was decoded since the last one; moves the window down when all is full. */
  #send(): Uint8Array {
    const piece = this.#output.slice(this.#sentAt, this.#outputAt);
    if (this.#outputAt > OUTPUT_FULL) {
      this.#output.copyWithin(0, this.#outputAt - WINDOW_BYTES, this.#outputAt);
      this.#outputAt = WINDOW_BYTES;
    }
    this.#sentAt = this.#outputAt;
    this.#full = Math.min(OUTPUT_FULL, this.#sentAt + PIECE_BYTES - MATCH_BYTES_MAXIMUM);
    return piece;
  }

  /** Decodes until the input is used, the output is full or the stream is over. */
  #run(): void {
    while (this.#outputAt <= this.#full && this.#turn()) {
      // Each turn takes one step; it is false when the step lacks input or the stream is over.
    }
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
      case TABLE_SIZES:
        return this.#readTableSizes();
      case LENGTH_LENGTHS:
        return this.#readLengthLengths();
      case CODE_LENGTHS:
        return this.#readCodeLengths();
      case SYMBOL:
        if (this.#fastMayRun()) this.#fast();
        return this.#outputAt > this.#full || this.#readSymbol();
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

  /** Whether there is input enough for a turn, and no byte of an earlier input waits in #hold:
   * `#fast` gives whole bytes back, and can give back its own only. */
  #fastMayRun(): boolean {
    return this.#bits < 8 && this.#inputAt + FAST_INPUT_BYTES <= this.#input.length;
  }

  /** Brings at least `count` bits (at most 16) into #hold; false when the input ends before. */
  #need(count: number): boolean {
    while (this.#bits < count) {
      if (this.#inputAt >= this.#input.length) return false;
      this.#hold |= (this.#input[this.#inputAt++] as number) << this.#bits;
      this.#bits += 8;
    }
    return true;
  }

  /** Takes `count` bits out of #hold, where they must be. */
  #take(count: number): number {
    const value = this.#hold & ((1 << count) - 1);
    this.#hold >>>= count;
    this.#bits -= count;
    return value;
  }

  #readBlockHead(): boolean {
    if (!this.#need(3)) return false;
    this.#final = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 3) throw corrupt("invalid block type");
    if (type === 0) {
      this.#take(this.#bits & 7); // the rest of the byte; #need never holds a whole one
      this.#step = STORED_LENGTH;
    } else if (type === 1) {
      const fixed = fixedTables();
      this.#literals = fixed.literals;
      this.#distances = fixed.distances;
      this.#step = SYMBOL;
    } else {
      this.#step = TABLE_SIZES;
    }
    return true;
  }

  #readStoredLength(): boolean {
    if (!this.#need(16)) return false;
    this.#storedLength = this.#take(16);
    this.#step = STORED_CHECK;
    return true;
  }

  #readStoredCheck(): boolean {
    if (!this.#need(16)) return false;
    if ((this.#take(16) ^ 0xffff) !== this.#storedLength) {
      throw corrupt("invalid stored block lengths");
    }
    this.#step = STORED_BYTES;
    return true;
  }

  #readStoredBytes(): boolean {
    const count = Math.min(
      this.#storedLength,
      this.#input.length - this.#inputAt,
      this.#full + MATCH_BYTES_MAXIMUM - this.#outputAt,
    );
    const bytes = this.#input.subarray(this.#inputAt, this.#inputAt + count);
    this.#output.set(bytes, this.#outputAt);
    this.#inputAt += count;
    this.#outputAt += count;
    this.#storedLength -= count;
    if (this.#storedLength > 0) return count > 0;
    this.#endBlock();
    return true;
  }

  #endBlock(): void {
    this.#step = this.#final ? ENDED : BLOCK;
    if (this.#final) {
      this.#hold = 0;
      this.#bits = 0;
    }
  }

  #readTableSizes(): boolean {
    if (!this.#need(14)) return false;
    this.#literalCount = this.#take(5) + 257;
    this.#distanceCount = this.#take(5) + 1;
    this.#lengthLengthCount = this.#take(4) + 4;
    if (this.#literalCount > 286 || this.#distanceCount > 30) {
      throw corrupt("too many length or distance symbols");
    }
    this.#lengths.fill(0, 0, 19);
    this.#lengthsRead = 0;
    this.#step = LENGTH_LENGTHS;
    return true;
  }

  #readLengthLengths(): boolean {
    while (this.#lengthsRead < this.#lengthLengthCount) {
      if (!this.#need(3)) return false;
      this.#lengths[LENGTHS_ORDER[this.#lengthsRead++] as number] = this.#take(3);
    }
    const lengths = this.#lengths.subarray(0, 19);
    // zlib takes a set without any code for one that says "length 0" with each bit; such a block
    // is refused a little later, because its end has no code.
    if (!buildTable(this.#codeOfLengths, lengths, LENGTH_SYMBOLS, LENGTH_ROOT_BITS, 0)) {
      throw corrupt("invalid code lengths set");
    }
    this.#lengthsRead = 0;
    this.#step = CODE_LENGTHS;
    return true;
  }

  #readCodeLengths(): boolean {
    const total = this.#literalCount + this.#distanceCount;
    const { entries, bits } = this.#codeOfLengths;
    while (this.#lengthsRead < total) {
      let entry = entries[this.#hold & ((1 << bits) - 1)] as number;
      while ((entry & 15) > this.#bits) {
        if (!this.#need(this.#bits + 1)) return false;
        entry = entries[this.#hold & ((1 << bits) - 1)] as number;
      }
      const symbol = entry >>> 8;
      if (symbol < 16) {
        this.#take(entry & 15);
        this.#lengths[this.#lengthsRead++] = symbol;
      } else if (!this.#repeatLength(entry, total)) {
        return false;
      }
    }
    this.#buildTables();
    this.#step = SYMBOL;
    return true;
  }

  /** Takes a repeat code (16, 17, 18) with its extra bits and writes what it stands for. */
  #repeatLength(entry: number, total: number): boolean {
    const codeBits = entry & 15;
    const symbol = entry >>> 8;
    const extraBits = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
    if (!this.#need(codeBits + extraBits)) return false;
    this.#take(codeBits);
    const count = this.#take(extraBits) + (symbol === 18 ? 11 : 3);
    if ((symbol === 16 && this.#lengthsRead === 0) || this.#lengthsRead + count > total) {
      throw corrupt("invalid bit length repeat");
    }
    const length = symbol === 16 ? (this.#lengths[this.#lengthsRead - 1] as number) : 0;
    this.#lengths.fill(length, this.#lengthsRead, this.#lengthsRead + count);
    this.#lengthsRead += count;
    return true;
  }

  #buildTables(): void {
    const total = this.#literalCount + this.#distanceCount;
    const ofLiterals = this.#lengths.subarray(0, this.#literalCount);
    const ofDistances = this.#lengths.subarray(this.#literalCount, total);
    const literals = this.#dynamicLiterals;
    const distances = this.#dynamicDistances;
    if (ofLiterals[256] === 0) throw corrupt("invalid code -- missing end-of-block");
    if (!buildTable(literals, ofLiterals, LITERAL_SYMBOLS, LITERAL_ROOT_BITS, 1)) {
      throw corrupt("invalid literal/lengths set");
    }
    if (!buildTable(distances, ofDistances, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 1)) {
      throw corrupt("invalid distances set");
    }
    pairLiterals(literals);
    this.#literals = literals;
    this.#distances = distances;
  }

  /**
   * The entry for the next bits of #hold, with a second look where the first table links to
   * another, and with all bits of its code in #hold. Undefined when the input ends before.
   *
   * Bits that have not come yet read as zeros. An entry whose code is no longer than the bits at
   * hand is right whatever comes; a longer one is looked up again with a byte more. So no byte is
   * taken before a code needs it.
   */
  #look(table: Table): number | undefined {
    const { entries, bits } = table;
    for (;;) {
      let entry = entries[this.#hold & ((1 << bits) - 1)] as number;
      if ((entry & LINK) !== 0) entry = linked(entries, entry, this.#hold >>> bits);
      if ((entry & PAIR) !== 0 && (entry & 15) > this.#bits) {
        entry = (entry >>> 24) | LITERAL | (entry & 0xff00);
      }
      if ((entry & 15) <= this.#bits) return entry;
      if (!this.#need(this.#bits + 1)) return undefined;
    }
  }

  /** One step of SYMBOL: one or two literals, the end of the block, or the head of a match. */
  #readSymbol(): boolean {
    const entry = this.#look(this.#literals);
    if (entry === undefined) return false;
    this.#take(entry & 15);
    if ((entry & LITERAL) !== 0) {
      this.#output[this.#outputAt++] = entry >>> 8;
      if ((entry & PAIR) !== 0) this.#output[this.#outputAt++] = entry >>> 16;
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
    if (!this.#need(extraBits)) return false;
    this.#matchLength = baseOf(this.#matchEntry) + this.#take(extraBits);
    this.#step = DISTANCE;
    return true;
  }

  #readDistance(): boolean {
    const entry = this.#look(this.#distances);
    if (entry === undefined) return false;
    if ((entry & MATCH) === 0) throw corrupt("invalid distance code");
    this.#take(entry & 15);
    this.#matchEntry = entry;
    this.#step = DISTANCE_EXTRA;
    return true;
  }

  #readDistanceExtra(): boolean {
    const extraBits = this.#matchEntry >>> 24;
    if (!this.#need(extraBits)) return false;
    const distance = baseOf(this.#matchEntry) + this.#take(extraBits);
    this.#outputAt = copyMatch(this.#output, this.#outputAt, distance, this.#matchLength);
    this.#step = SYMBOL;
    return true;
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
    const input = this.#words;
    const inputSafe = this.#input.length - FAST_INPUT_BYTES;
    const output = this.#output;
    const full = this.#full;
    const { entries: literals, bits: literalBits } = this.#literals;
    const literalMask = (1 << literalBits) - 1;
    const { entries: distances, bits: distanceBits } = this.#distances;
    const distanceMask = (1 << distanceBits) - 1;
    let inputAt = this.#inputAt;
    let outputAt = this.#outputAt;
    let hold = this.#hold;
    let bits = this.#bits;

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
    this.#inputAt = inputAt - (bits >> 3);
    this.#outputAt = outputAt;
    this.#bits = bits & 7;
    this.#hold = hold & ((1 << this.#bits) - 1);
  }
}

/** The entry in the second table that a LINK leads to; `hold` begins with its index. */
function linked(entries: Uint32Array, link: number, hold: number): number {
  return entries[baseOf(link) + (hold & maskOf(link >>> 24))] as number;
}

/** The 16 bits of an entry that hold a base or a place. */
function baseOf(entry: number): number {
  return (entry >>> 8) & 0xffff;
}

function maskOf(bits: number): number {
  return (1 << bits) - 1;
}

/** Copies a match to the end of what is decoded, which may overlap it; returns the new end. */
function copyMatch(output: Uint8Array, outputAt: number, distance: number, length: number): number {
  let source = outputAt - distance;
  if (source < 0) throw corrupt("invalid distance too far back");
  const end = outputAt + length;
  if (distance === 1) {
    output.fill(output[source] as number, outputAt, end);
  } else {
    for (let target = outputAt; target < end; ) output[target++] = output[source++] as number;
  }
  return end;
}

function corrupt(why: string): PithError {
  return new PithError("DeflateCorrupt", { why });
}

let fixed: { readonly literals: Table; readonly distances: Table } | undefined;

/** The tables of fixed blocks, built when the first one comes. */
function fixedTables(): { readonly literals: Table; readonly distances: Table } {
  if (fixed === undefined) {
    const lengths = new Uint8Array(288).fill(8);
    lengths.fill(9, 144, 256).fill(7, 256, 280);
    fixed = { literals: literalTable(), distances: distanceTable() };
    const ofDistances = new Uint8Array(32).fill(5);
    buildTable(fixed.literals, lengths, LITERAL_SYMBOLS, LITERAL_ROOT_BITS, 0);
    buildTable(fixed.distances, ofDistances, DISTANCE_SYMBOLS, DISTANCE_ROOT_BITS, 0);
    pairLiterals(fixed.literals);
  }
  return fixed;
}
