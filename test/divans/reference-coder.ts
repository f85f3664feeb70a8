/**
 * rANS of DivANS, written from docs/formats/divans.md alone: symbols out of blocks. And a source of symbols that are known
 * already, for the primer. See reference-rows.ts.
 */
import assert from "node:assert/strict";
import {
  endsOfFour,
  endsOfOne,
  learnRow,
  learnWeights,
  type Row,
  type WeightSets,
  weightsFor,
} from "./reference-rows.ts";

/** What symbols come from. */
export interface Symbols {
  /** The symbol of these lower ends. */
  next(ends: readonly number[]): number;
  /** Bits that no row foresees. */
  raw(bits: number): number;
}

/** Nibbles, coded by rows that learn from them. */
export class NibbleCoder {
  /** What they come from now. */
  source: Symbols;

  constructor(source: Symbols) {
    this.source = source;
  }

  /** A nibble of one row. */
  single(row: Row, rate: number): number {
    const value = this.source.next(endsOfOne(row));
    learnRow(row, value, rate);
    return value;
  }

  /** A nibble of four. */
  mixed(rows: readonly Row[], sets: WeightSets, rate: number): number {
    const weights = weightsFor(sets, rows);
    const ends = endsOfFour(rows, weights);
    const value = this.source.next(ends);
    learnWeights(rows, weights, value, ends[value + 1]! - ends[value]!);
    for (const row of rows) learnRow(row, value, rate);
    return value;
  }

  raw(bits: number): number {
    return this.source.raw(bits);
  }
}

/** The nibbles of bytes that are known already. */
export function knownNibbles(bytes: Iterable<number>): Symbols {
  const nibbles = [...bytes].flatMap((byte) => [byte >> 4, byte & 15]).reverse();
  return { next: () => nibbles.pop()!, raw: () => assert.fail("literals have no raw bits") };
}

/** The symbols of one block. */
export class BlockSymbols implements Symbols {
  readonly #states: number[];
  readonly #words: number[] = [];
  #turn = 0;

  constructor(block: Uint8Array) {
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    this.#states = [view.getUint32(0, true), view.getUint32(4, true)];
    for (let at = 8; at < block.length; at += 2) this.#words.push(view.getUint16(at, true));
    this.#words.reverse();
  }

  next(ends: readonly number[]): number {
    const place = this.#states[this.#turn]! % 32_768;
    const value = ends.findLastIndex((end) => end <= place);
    this.#take(place, ends[value]!, ends[value + 1]! - ends[value]!);
    return value;
  }

  raw(bits: number): number {
    const place = this.#states[this.#turn]! % 32_768;
    const value = place >> (15 - bits);
    this.#take(place, value << (15 - bits), 1 << (15 - bits));
    return value;
  }

  #take(place: number, start: number, frequency: number): void {
    let next = frequency * Math.floor(this.#states[this.#turn]! / 32_768) + place - start;
    if (next < 65_536) {
      assert.ok(this.#words.length > 0, "a word more");
      next = next * 65_536 + this.#words.pop()!;
    }
    this.#states[this.#turn] = next;
    this.#turn ^= 1;
  }

  /** Says that no symbol follows. */
  close(): void {
    assert.deepEqual(this.#states, [65_536, 65_536], "both states come back");
    assert.equal(this.#words.length, 0, "all words are used");
  }
}
