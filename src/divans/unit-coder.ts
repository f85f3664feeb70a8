/**
 * Unit coder: the encoding kernel's calls for one unit, in pieces of some ten milliseconds. What to call
 * when, and with which figures, is for plan.ts.
 *
 *   findMatches -> firstPrices -> parse -> price -> settle -> parse -> ... -> encode
 *
 * Commands stay in the kernel's memory between the calls; there is one list of them at a time.
 */
import type { KernelInstance } from "../core/kernel.ts";
import { type UnitParameters, writeParameters } from "./parameters.ts";
import type { Block } from "./unit-record.ts";
import type { Steps } from "./work.ts";

/** Unit bytes that a call of the match finder or the parser takes. */
const STEP_BYTES = 32 * 1024;
/** Fractions of a bit that prices are told in, and bits of a byte. */
const PRICES_A_BYTE = 64 * 8;

/** What the bits of a unit went to, in bytes. */
export interface Accounts {
  readonly runs: number;
  readonly literals: number;
  readonly types: number;
  readonly lengths: number;
  readonly distances: number;
  readonly words: number;
  readonly hints: number;
}

/** A unit as it was coded. */
export interface CodedUnit {
  readonly parameters: UnitParameters;
  readonly blocks: readonly Block[];
  /** Bytes of the blocks. */
  readonly codedBytes: number;
}

export class UnitCoder {
  readonly instance: KernelInstance;
  readonly #plainBytes: number;
  #reach: number;

  /** @param plain - 1 byte to 4 MiB; copied into the kernel */
  constructor(instance: KernelInstance, plain: Uint8Array) {
    this.instance = instance;
    this.#plainBytes = plain.length;
    this.#reach = plain.length;
    instance.bytes(instance.call("unitAddress"), plain.length).set(plain);
  }

  get plainBytes(): number {
    return this.#plainBytes;
  }

  /** How much of the unit parsing and pricing look at, from its first byte; all of it at first. */
  get reach(): number {
    return this.#reach;
  }

  set reach(bytes: number) {
    this.#reach = Math.min(bytes, this.#plainBytes);
  }

  /** Finds the unit's matches. Forgets commands.
   *
   * @param depth - strings that are compared at a position, at most
   * @param nice - longest length that is looked for, 4..1023 */
  *findMatches(depth: number, nice: number): Steps<void> {
    this.instance.call("beginMatches", this.#plainBytes, depth, nice);
    yield* this.#walk("findMatches", this.#plainBytes);
  }

  /** Prices for a first parse, from the unit's bytes alone. Forgets commands. */
  *firstPrices(): Steps<void> {
    this.instance.call("beginFirstPrices", this.#reach);
    yield* this.#walk("firstLiteralPrices", this.#reach);
  }

  /** Looks for the cheapest commands by the prices that stand.
   *
   * @param arrivals - ways to reach a position that are kept
   * @param nice - lengths that are taken whole
   * @param wordsEnd - up to where words of the dictionary are looked for
   * @returns how many commands there are */
  *parse(arrivals: number, nice: number, wordsEnd: number): Steps<number> {
    this.instance.call("beginParse", this.#reach, arrivals, nice, wordsEnd);
    yield* this.#walk("parse", this.#reach);
    return this.instance.call("endPath");
  }

  /** Makes commands in one pass that needs no matches and no prices.
   *
   * @returns how many there are */
  *parseLazily(): Steps<number> {
    this.instance.call("beginLazyParse", this.#plainBytes);
    yield* this.#walk("parseLazily", this.#plainBytes);
    return this.instance.call("endPath");
  }

  /** What the commands cost with these parameters, in bytes; counts them for `settle`. */
  *price(commands: number, parameters: UnitParameters): Steps<number> {
    yield;
    writeParameters(this.instance, this.#reach, parameters);
    this.instance.call("priceUnit", commands);
    yield;
    const { runs, literals, types, lengths, distances, words, hints } = this.accounts();
    return runs + literals + types + lengths + distances + words + hints;
  }

  /** Makes prices of what the last `price` has counted. */
  settle(): void {
    this.instance.call("settlePrices");
  }

  /** Prices each byte as a literal by these parameters; prices of commands stay. Forgets commands. */
  *priceLiterals(parameters: UnitParameters): Steps<void> {
    this.writeCommands(Uint32Array.of(this.#reach << 4, 0));
    yield* this.price(1, parameters);
  }

  /** What the last `price` has found. */
  accounts(): Accounts {
    const { instance } = this;
    const bytes = instance.bytes(instance.call("accountAddress"), 8 * 7);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const account = (i: number): number => Number(view.getBigUint64(8 * i, true)) / PRICES_A_BYTE;
    return {
      runs: account(0),
      literals: account(1),
      types: account(2),
      lengths: account(3),
      distances: account(4),
      words: account(5),
      hints: account(6),
    };
  }

  /** The unit's bytes; a view, good until the next call. */
  plain(): Uint8Array {
    return this.instance.bytes(this.instance.call("unitAddress"), this.#plainBytes);
  }

  /** What each byte of the unit costs or would cost as a literal, in 1/64 bit; a view, good until the
   * next call. */
  literalPrices(): Uint16Array {
    const { instance } = this;
    const bytes = instance.bytes(instance.call("literalPriceAddress"), 2 * this.#reach);
    return new Uint16Array(bytes.buffer, bytes.byteOffset, this.#reach);
  }

  /** Has the next parse make no copy shorter than this; until prices are settled. */
  forbidShort(minimumBytes: number): void {
    this.instance.call("forbidShort", minimumBytes);
  }

  /** A copy of the commands that were parsed: two words each. */
  readCommands(commands: number): Uint32Array {
    const { instance } = this;
    const bytes = instance.bytes(instance.call("commandAddress"), 8 * commands).slice();
    return new Uint32Array(bytes.buffer);
  }

  /** Puts commands in the place of those that were parsed: two words each (ir/command.ts). */
  writeCommands(words: Uint32Array): void {
    const { instance } = this;
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    instance.bytes(instance.call("commandAddress"), bytes.length).set(bytes);
  }

  /** Puts the bytes of hints where commands name them. */
  writeHints(bytes: Uint8Array): void {
    this.instance.bytes(this.instance.call("hintAddress"), bytes.length).set(bytes);
  }

  /** Codes the unit by so many commands. */
  *encode(commands: number, parameters: UnitParameters): Steps<CodedUnit> {
    const { instance } = this;
    writeParameters(instance, this.#plainBytes, parameters);
    instance.call("beginEncoding", commands);
    const blocks: Block[] = [];
    let codedBytes = 0;
    for (let at = 0; at < this.#plainBytes; ) {
      yield;
      const size = instance.call("encodeBlock");
      const coded = instance.bytes(instance.call("codedAddress"), size).slice();
      const end = instance.call("unitPosition");
      blocks.push({ plainBytes: end - at, coded });
      codedBytes += size;
      at = end;
    }
    return { parameters, blocks, codedBytes };
  }

  *#walk(call: string, bytes: number): Steps<void> {
    for (let at = 0; at < bytes; ) {
      yield;
      at = this.instance.call(call, STEP_BYTES);
    }
  }
}
