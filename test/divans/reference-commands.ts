/**
 * Commands of DivANS, written from docs/formats/divans.md alone; see reference-rows.ts.
 */
import assert from "node:assert/strict";
import type { NibbleCoder } from "./reference-coder.ts";
import {
  begunAs,
  evenRow,
  newWeights,
  type Row,
  shapedRow,
  type WeightSets,
} from "./reference-rows.ts";

/** Kinds of nibble with four rows: their first row, and whether the header's rate counts. */
const KINDS = {
  run: ["1684446577a8acef", true],
  type: ["0000000000c66aef", true],
  length: ["9ff9abcbcceeedfd", false],
  recentLength: ["6dd79a898abcafed", false],
  octave: ["000088889efffea5", true],
  fine: ["cddedeefddddddef", false],
  last: ["even", false],
} as const;
type Kind = keyof typeof KINDS;

/** A number joined with others, each with its bits: the first highest. */
function join(
  first: number,
  ...others: readonly (readonly [value: number, bits: number])[]
): number {
  return others.reduce((joined, [value, bits]) => joined * 2 ** bits + value, first);
}

export class ReferenceCommands {
  readonly #coder: NibbleCoder;
  readonly #rate: number;
  readonly #tables = new Map<string, Row>();
  readonly #weights = new Map<Kind, WeightSets>();
  #types = 0;
  #runs = 0;
  #long = 0;
  #octaves = 0;
  recent = [1, 2, 3, 4];

  constructor(coder: NibbleCoder, rate: number) {
    this.#coder = coder;
    this.#rate = rate;
  }

  get #steadyRate(): number {
    return this.#rate >= 5 && this.#rate < 10 ? this.#rate - 5 : this.#rate;
  }

  run(before: number, matched: number): number {
    const type1 = this.#types & 7;
    const wasRecent = type1 > 0 ? 1 : 0;
    const first = this.#mixed("run", [
      join(type1, [this.#long, 4]),
      join(wasRecent, [before, 8]),
      join(type1, [this.#runs, 6]),
      join(wasRecent, [matched, 8]),
    ]);
    const run = this.#count("run", first);
    this.#runs = ((this.#runs << 3) | Math.min(run, 7)) & 63;
    return run;
  }

  type(before: number, matched: number, agreed: number, run: number): number {
    const hasRun = run > 0 ? 1 : 0;
    const type = this.#mixed("type", [
      join(Math.min(run, 3), [this.#types, 6]),
      join(agreed, [Math.min(run, 7), 3], [this.#types, 6]),
      join(hasRun, [before, 8]),
      join(hasRun, [matched, 8]),
    ]);
    this.#types = ((this.#types << 3) | type) & 63;
    return type;
  }

  length(type: number, before: number, matched: number): number {
    const kind = Math.min(type, 2);
    const first = this.#mixed(type === 0 ? "length" : "recentLength", [
      join(kind, [this.#types >> 3, 3]),
      join(kind, [before, 8]),
      join(kind, [this.#runs & 7, 3], [this.#long >> 1, 3]),
      join(kind, [matched, 8]),
    ]);
    const length = this.#count(`length ${kind}`, first) + (type === 0 ? 2 : 1);
    this.#long = Math.min(length, 15);
    return length;
  }

  distance(at: number, length: number, before: number): number {
    const lengthClass = Math.min(length - 2, 3);
    const long2 = Math.min(length - 2, 15);
    const octave1 = this.#octaves & 15;
    const pair = this.#mixed("octave", [
      long2,
      join(octave1, [long2, 4]),
      join(Math.min(length - 2, 1), [before, 8]),
      join(lengthClass, [this.#octaves, 8]),
    ]);
    let distance = 1;
    if (pair > 0) {
      const fine = this.#mixed("fine", [
        join(pair, [lengthClass, 2]),
        join(pair, [octave1, 4]),
        join(pair, [before >> 4, 4]),
        join(pair, [at & 3, 2], [long2, 4]),
      ]);
      distance = this.#rest(at, 2 * pair - 1 + (fine >> 3), fine & 7);
    }
    this.#octaves = ((this.#octaves << 4) | pair) & 255;
    this.recent = [distance, ...this.recent.slice(0, 3)];
    return distance;
  }

  #rest(at: number, top: number, upper: number): number {
    assert.ok(top <= 21, "within a unit");
    if (top <= 3) return (8 + upper) >> (3 - top);
    const low = Math.min(top - 3, 4);
    const rawBits = top - 3 - low;
    const raw = rawBits > 0 ? this.#coder.raw(rawBits) : 0;
    const last = this.#mixed("last", [
      top,
      join(top, [this.recent[0]! & 15, 4]),
      join(at & 15, [this.recent[1]! & 15, 4]),
      join(top, [at & 3, 2], [upper, 3]),
    ]);
    const lowest = last & ((1 << low) - 1);
    return (((8 + upper) << rawBits) | raw) * 2 ** low + lowest;
  }

  recall(which: number): number {
    const distance = this.recent[which]!;
    this.recent = [distance, ...this.recent.filter((_, i) => i !== which)];
    return distance;
  }

  word(bitsOf: (length: number) => number): { length: number; word: number; transform: number } {
    let length = this.#single("word length");
    if (length === 15) length += this.#single("word length, more");
    length += 4;
    const bits = bitsOf(length);
    assert.ok(bits > 0, "there are words of that length");
    const word = this.#coder.raw(bits);
    const high = this.#single("transform, high");
    const low = this.#single(`transform, low ${high}`);
    this.#long = Math.min(length, 15);
    return { length, word, transform: 16 * high + low };
  }

  /** A hint's kind; its bytes are left out. Raw bytes are told by their number. */
  hint(): { kind: number; rawBytes: number } {
    const kind = this.#single("hint");
    const length = 256 * this.#coder.raw(8) + this.#coder.raw(8);
    if (kind === 8) return { kind, rawBytes: length };
    let before = 0;
    for (let i = 0; i < length; i++) {
      const high = this.#single(`hint, high ${before & 15}`);
      before = 16 * high + this.#single(`hint, low ${high}`);
    }
    return { kind, rawBytes: 0 };
  }

  #count(what: string, first: number): number {
    if (first < 13) return first;
    if (first === 13) return 13 + this.#single(`${what} 13`);
    if (first === 14) {
      const high = this.#single(`${what} 14, high`);
      return 29 + 16 * high + this.#single(`${what} 14, low ${high}`);
    }
    return 4096 * this.#coder.raw(12) + this.#coder.raw(12);
  }

  #single(name: string): number {
    // Rows of four have numbers behind their names, which could be those of these.
    const apart = `${name}, single`;
    const row = this.#tables.get(apart) ?? evenRow();
    this.#tables.set(apart, row);
    return this.#coder.single(row, this.#steadyRate);
  }

  #mixed(kind: Kind, contexts: readonly number[]): number {
    const [shape, isHeaders] = KINDS[kind];
    let parent = shape === "even" ? evenRow() : shapedRow(shape);
    const rows = contexts.map((context, k) => {
      const name = `${kind} ${k} ${context}`;
      parent = this.#tables.get(name) ?? begunAs(parent);
      this.#tables.set(name, parent);
      return parent;
    });
    const weights = this.#weights.get(kind) ?? newWeights();
    this.#weights.set(kind, weights);
    return this.#coder.mixed(rows, weights, isHeaders ? this.#rate : this.#steadyRate);
  }
}
