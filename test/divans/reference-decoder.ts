/**
 * A decoder of DivANS records, written from docs/formats/divans.md alone; see reference-rows.ts. Units behind a filter
 * come back as they were coded.
 */
import assert from "node:assert/strict";
import { BlockSymbols, knownNibbles, NibbleCoder, type Symbols } from "./reference-coder.ts";
import { ReferenceCommands } from "./reference-commands.ts";
import { type LiteralView, ReferenceLiterals } from "./reference-literals.ts";

/** What the decoder needs to know of RFC 7932's dictionary. */
export interface ReferenceDictionary {
  /** log2 of how many words there are of a length; 0 for none. */
  bits(length: number): number;
  transformed(length: number, word: number, transform: number): Uint8Array;
}

/** The masks of each preset, as the document's table has them. */
export type ReferencePresets = readonly (readonly (readonly [number, number])[])[];

export interface ReferenceHeader {
  readonly plainBytes: number;
  readonly isCoded: boolean;
  readonly isPrimed: boolean;
  readonly commandRate: number;
  readonly literals: LiteralView;
}

/** Decodes one record. @returns the unit's bytes, and what stands behind them */
export function referenceDecode(
  record: Uint8Array,
  presets: ReferencePresets,
  dictionary: ReferenceDictionary,
): { unit: Uint8Array; rest: Uint8Array } {
  let at = 0;
  const byte = (): number => record[at++]!;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const group = byte();
      value += (group & 127) * 2 ** shift;
      if (group < 128) return value;
    }
  };
  const header = readHeader(byte, number, presets);
  if (!header.isCoded) {
    const end = at + header.plainBytes;
    return { unit: record.slice(at, end), rest: record.slice(end) };
  }
  const walk = new ReferenceWalk(header, dictionary);
  while (walk.at < header.plainBytes) {
    const said = number();
    const size = number();
    const symbols = new BlockSymbols(record.subarray(at, at + size));
    walk.block(symbols, said === 0 ? header.plainBytes : walk.at + said);
    symbols.close();
    at += size;
  }
  return { unit: walk.unit, rest: record.slice(at) };
}

function readHeader(
  byte: () => number,
  number: () => number,
  presets: ReferencePresets,
): ReferenceHeader {
  const plainBytes = number();
  const mode = byte();
  const filterBytes = mode & 2 ? byte() : 0;
  for (let i = 0; i < filterBytes; i++) byte();
  const isCoded = (mode & 1) !== 0;
  let literals: LiteralView = { masks: [], stride: 0, rate: 0, rowBits: 16 };
  if (!isCoded) return { plainBytes, isCoded, isPrimed: false, commandRate: 0, literals };
  const preset = (mode >> 3) & 15;
  const masks = preset < 15 ? presets[preset]! : [0, 1, 2, 3].map(() => [byte(), byte()] as const);
  const seesStride = masks.some(([, others]) => (others & 6) !== 0);
  const stride = seesStride ? number() : 0;
  const rowBits = mode & 128 ? byte() : 16;
  const rates = byte();
  literals = { masks, stride, rate: rates & 15, rowBits };
  return { plainBytes, isCoded, isPrimed: (mode & 4) !== 0, commandRate: rates >> 4, literals };
}

export class ReferenceWalk {
  readonly unit: Uint8Array<ArrayBuffer>;
  at = 0;
  /** Whether copies from where nothing is are damage; else they make zeros. */
  isStrict = true;
  readonly #coder = new NibbleCoder(knownNibbles([]));
  readonly #literals: ReferenceLiterals;
  readonly #commands: ReferenceCommands;
  readonly #dictionary: ReferenceDictionary;
  #run = 0;
  #left = 0;
  #first = 0;
  #isInRun = false;

  constructor(header: ReferenceHeader, dictionary: ReferenceDictionary) {
    this.unit = new Uint8Array(header.plainBytes);
    this.#dictionary = dictionary;
    this.#literals = new ReferenceLiterals(header.literals, this.#coder);
    this.#commands = new ReferenceCommands(this.#coder, header.commandRate);
    if (header.isPrimed) this.#prime();
  }

  /** Makes the bytes up to `stop` of a block's symbols. */
  block(symbols: Symbols, stop: number): void {
    this.#coder.source = symbols;
    while (this.at < stop) {
      if (!this.#isInRun) {
        this.#run = this.#commands.run(this.#byteAt(this.at - 1), this.#matched());
        this.#left = this.#run;
        this.#isInRun = true;
      }
      while (this.#left > 0 && this.at < stop) this.#literal();
      if (this.at === stop) break;
      this.#isInRun = false;
      this.#command(stop);
    }
  }

  #literal(): void {
    const byteAt = (at: number): number => this.#byteAt(at);
    const distance = this.#commands.recent[0]!;
    this.unit[this.at] = this.#literals.code(byteAt, this.at, distance, this.#first);
    this.at++;
    this.#left--;
    this.#first = 0;
  }

  #command(stop: number): void {
    const before = this.#byteAt(this.at - 1);
    const matched = this.#matched();
    const agreed = before === this.#byteAt(this.at - 1 - this.#commands.recent[0]!) ? 1 : 0;
    const type = this.#commands.type(before, matched, agreed, this.#run);
    assert.ok(type <= 6, "a type");
    if (type === 6) {
      const { kind, rawBytes } = this.#commands.hint();
      if (kind === 8) {
        for (let i = 0; i < rawBytes; i++) this.unit[this.at++] = this.#coder.raw(8);
        this.#first = 0;
      }
      return;
    }
    this.#first = 1;
    if (type === 5) {
      const { length, word, transform } = this.#commands.word((size) =>
        this.#dictionary.bits(size),
      );
      const bytes = this.#dictionary.transformed(length, word, transform);
      this.unit.set(bytes, this.at);
      this.at += bytes.length;
      return;
    }
    const length = this.#commands.length(type, before, matched);
    const distance =
      type === 0
        ? this.#commands.distance(this.at, length, before)
        : this.#commands.recall(type - 1);
    const isWithin = distance <= this.at && this.at + length <= stop;
    assert.ok(isWithin || !this.isStrict, "a copy within its block");
    for (let i = 0; i < length; i++, this.at++) {
      this.unit[this.at] = this.unit[this.at - distance]!;
    }
  }

  #matched(): number {
    return this.#byteAt(this.at - this.#commands.recent[0]!);
  }

  #byteAt(at: number): number {
    return at < 0 ? 0 : this.unit[at]!;
  }

  #prime(): void {
    const text: number[] = [];
    for (let word = 0; word < 512; word++) {
      for (let length = 4; length <= 10; length++) {
        text.push(32, ...this.#dictionary.transformed(length, word, 0));
      }
    }
    this.#coder.source = knownNibbles(text);
    for (let i = 0; i < text.length; i++) {
      this.#literals.code((at) => text[at] ?? 0, i, 1, 0);
    }
    this.#literals.startAgain();
  }
}
