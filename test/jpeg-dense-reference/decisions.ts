/**
 * Reference of dense JPEG files: additive decisions, and the numbers that are made of them.
 *
 *   one       a bit, from a parameter of each context
 *   tree      a number of some bits, the first bit first
 *   exponent  the length of a magnitude, step by step
 *
 * Written from the section "Additive decisions" of docs/formats/jpeg-dense.md. A context is the index of its
 * parameter; of a tree or a row, that of its first one.
 */
import { cut16, errorOf, halved, learntLogit, learntRate, probabilityOf } from "./arithmetic.ts";
import type { Parameters } from "./prior-parameters.ts";
import type { RangeDecoder } from "./range-decoder.ts";
import { ROW_STEPS, type TableShape, tablesOfClass } from "./tables.ts";

/** The lengths that are no longer coded: no step asks whether one is longer. */
const LENGTH_MOST = 17;

export class Decisions {
  /** Decisions so far. */
  count = 0;
  readonly #logits: Int16Array;
  readonly #rates: Int16Array;
  readonly #decoder: RangeDecoder;

  /** @param parameters - what is known at first; it is not changed */
  constructor(parameters: Parameters, decoder: RangeDecoder) {
    this.#logits = parameters.logits.slice();
    this.#rates = parameters.rates.slice();
    this.#decoder = decoder;
  }

  one(contexts: readonly number[]): number {
    let sum = 0;
    for (const at of contexts) sum += halved(this.#logits[at]!);
    return this.#decide(sum, contexts);
  }

  tree(bits: number, contexts: readonly number[]): number {
    let node = 1;
    while (node < 1 << bits) node = 2 * node + this.one(contexts.map((first) => first + node));
    return node - (1 << bits);
  }

  /**
   * The length of a magnitude.
   *
   * @param rows - the first step of each context
   * @param longer - the parameter of the first step beyond rows
   */
  exponent(rows: readonly number[], longer: number): number {
    for (let step = 0; step < LENGTH_MOST; step++) {
      const contexts =
        step < ROW_STEPS ? rows.map((row) => row + step) : [longer + step - ROW_STEPS];
      let sum = 0;
      for (const at of contexts) sum = cut16(sum + halved(this.#logits[at]!));
      if (this.#decide(sum, contexts) === 0) return step;
    }
    return LENGTH_MOST;
  }

  #decide(sum: number, contexts: readonly number[]): number {
    const probability = probabilityOf(sum);
    const bit = this.#decoder.decode(probability);
    const error = errorOf(bit, probability);
    for (const at of contexts) {
      this.#logits[at] = learntLogit(this.#logits[at]!, this.#rates[at]!, error);
      this.#rates[at] = learntRate(this.#rates[at]!);
    }
    this.count++;
    return bit;
  }
}

/** Which bit below the leading one: number j of a magnitude of this length. */
export function placeOf(length: number, j: number): number {
  return ((length - 2) * (length - 1)) / 2 + j;
}

/** A class's tables: from contexts to the index of a parameter. */
export class Tables {
  readonly #tables: ReadonlyMap<string, { readonly first: number; readonly shape: TableShape }>;

  constructor(parameters: Parameters, colour: number) {
    const first = parameters.first[colour]!;
    this.#tables = new Map(
      tablesOfClass(colour).map((shape) => [shape.name, { first: first.get(shape.name)!, shape }]),
    );
  }

  /** The parameter at this place of a table; what is left out of the place is 0. */
  at(name: string, ...place: number[]): number {
    const table = this.#tables.get(name);
    if (table === undefined) throw new Error(`no table ${name}`);
    const { first, shape } = table;
    let index = 0;
    for (const [d, size] of shape.sizes.entries()) {
      const coordinate = place[d] ?? 0;
      if (!(coordinate >= 0 && coordinate < size)) {
        throw new Error(`place ${place.join(" ")} of ${name}`);
      }
      index = index * size + coordinate;
    }
    return first + (shape.form === "row" ? ROW_STEPS * index : index);
  }
}
