/**
 * Block lister: reads a raw deflate stream block by block and says how each was made, for tests
 * that look at the structure of what we write and not only at what it decodes to.
 *
 * Plain and slow on purpose: one bit at a time, as in RFC 1951. It decodes everything and refuses
 * what the RFC does not allow, so it is one more independent reader.
 */
import assert from "node:assert/strict";

export interface ListedBlock {
  readonly kind: "stored" | "fixed" | "dynamic";
  readonly final: boolean;
  /** Offset of the block's first bit. */
  readonly startBit: number;
  /** Bits of the whole block with header, padding and end. */
  readonly bits: number;
  /** Bytes it decodes to, and where they begin. */
  readonly plainStart: number;
  readonly plainBytes: number;
  /** Matches among its symbols. */
  readonly matches: number;
  /** Code lengths of the literal/length code; empty for stored blocks. */
  readonly lengths: readonly number[];
}

export interface Listing {
  readonly blocks: readonly ListedBlock[];
  readonly plain: Uint8Array;
  /** Bytes up to the end of the final block. */
  readonly bytesRead: number;
}

const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Lists the blocks of a raw deflate stream up to the one with the final bit. */
export function listBlocks(stream: Uint8Array): Listing {
  const source = new Bits(stream);
  const output: number[] = [];
  const blocks: ListedBlock[] = [];
  for (let final = false; !final; ) {
    const startBit = source.at;
    const plainStart = output.length;
    final = source.take(1) === 1;
    const kind = source.take(2);
    let matches = 0;
    let lengths: number[] = [];
    if (kind === 0) copyStored(source, output);
    else {
      assert.notEqual(kind, 3, "reserved block kind");
      const codes = kind === 1 ? fixedLengths() : readLengths(source);
      lengths = codes.literals;
      matches = decodeSymbols(source, output, codes.literals, codes.distances);
    }
    blocks.push({
      kind: (["stored", "fixed", "dynamic"] as const)[kind] as ListedBlock["kind"],
      final,
      startBit,
      bits: source.at - startBit,
      plainStart,
      plainBytes: output.length - plainStart,
      matches,
      lengths,
    });
  }
  return { blocks, plain: Uint8Array.from(output), bytesRead: Math.ceil(source.at / 8) };
}

/** Sum of 2^-length over a code: 1 when it is complete. */
export function kraftSum(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0);
}

class Bits {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      const byte = this.#bytes[this.at >> 3];
      assert.notEqual(byte, undefined, "the stream ends early");
      value |= (((byte as number) >> (this.at & 7)) & 1) << i;
      this.at++;
    }
    return value;
  }
}

function copyStored(source: Bits, output: number[]): void {
  source.at = (source.at + 7) & ~7;
  const size = source.take(16);
  assert.equal(source.take(16), size ^ 0xffff, "complement of a stored length");
  for (let i = 0; i < size; i++) output.push(source.take(8));
}

function fixedLengths(): { literals: number[]; distances: number[] } {
  const literals = Array.from({ length: 288 }, (_, symbol) => {
    if (symbol < 144) return 8;
    if (symbol < 256) return 9;
    return symbol < 280 ? 7 : 8;
  });
  return { literals, distances: new Array<number>(30).fill(5) };
}

function readLengths(source: Bits): { literals: number[]; distances: number[] } {
  const literalCount = source.take(5) + 257;
  const distanceCount = source.take(5) + 1;
  const tokenCount = source.take(4) + 4;
  assert.ok(literalCount <= 286 && distanceCount <= 30, "too many symbols");
  const tokens = new Array<number>(19).fill(0);
  for (let i = 0; i < tokenCount; i++) tokens[LENGTH_ORDER[i] as number] = source.take(3);
  assert.equal(kraftSum(tokens), 1, "the code of code lengths is complete");
  const decode = decoderOf(tokens);
  const lengths: number[] = [];
  while (lengths.length < literalCount + distanceCount) {
    const token = decode(source);
    if (token < 16) lengths.push(token);
    else {
      const [base, bits] = token === 16 ? [3, 2] : token === 17 ? [3, 3] : [11, 7];
      const value = token === 16 ? lengths.at(-1) : 0;
      assert.notEqual(value, undefined, "a repeat comes first");
      const count = base + source.take(bits);
      for (let i = 0; i < count; i++) lengths.push(value as number);
    }
  }
  assert.equal(lengths.length, literalCount + distanceCount, "a repeat passes the end");
  return { literals: lengths.slice(0, literalCount), distances: lengths.slice(literalCount) };
}

function decodeSymbols(
  source: Bits,
  output: number[],
  literals: number[],
  distances: number[],
): number {
  assert.equal(kraftSum(literals), 1, "the literal code is complete");
  const decodeLiteral = decoderOf(literals);
  const decodeDistance = decoderOf(distances);
  let matches = 0;
  for (;;) {
    const symbol = decodeLiteral(source);
    if (symbol === 256) return matches;
    if (symbol < 256) output.push(symbol);
    else {
      const length = lengthOf(symbol, source);
      assert.equal(decodeDistance(source), 0, "only distance 1 is ever written");
      assert.ok(output.length > 0, "a match before the start");
      const value = output.at(-1) as number;
      for (let i = 0; i < length; i++) output.push(value);
      matches++;
    }
  }
}

function lengthOf(symbol: number, source: Bits): number {
  assert.ok(symbol <= 285, "a length symbol");
  if (symbol === 285) return 258;
  if (symbol < 265) return symbol - 254;
  const bits = (symbol - 261) >> 2;
  return 3 + ((4 + ((symbol - 257) & 3)) << bits) + source.take(bits);
}

/** Decodes one canonical code, bit by bit. */
function decoderOf(lengths: readonly number[]): (source: Bits) => number {
  const symbols = new Map<number, number>();
  let code = 0;
  for (let length = 1; length <= 15; length++) {
    code <<= 1;
    lengths.forEach((own, symbol) => {
      if (own === length) symbols.set((length << 16) | code++, symbol);
    });
  }
  return (source) => {
    let bits = 0;
    for (let length = 1; length <= 15; length++) {
      bits = (bits << 1) | source.take(1);
      const symbol = symbols.get((length << 16) | bits);
      if (symbol !== undefined) return symbol;
    }
    return assert.fail("no such code");
  };
}
