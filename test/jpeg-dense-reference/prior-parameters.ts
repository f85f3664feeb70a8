/**
 * Reference of dense JPEG files: what a prior set knows of the tables' parameters.
 *
 *   table -> lines along its last dimension -> is any told? -> units of it -> level and rate
 *
 * A parameter's neighbours are the same one step back in each dimension and, of the second class, the
 * same in the first. Written from the section "Prior set" of docs/formats/jpeg-dense.md.
 */
import type { PriorDecoder } from "./prior-coder.ts";
import { parametersOf, ROW_STEPS, type TableShape, tablesOfClass } from "./tables.ts";

const FRESH_RATE = 13_107;
const LOGIT_MOST = 32_767;
const STEP_MOST = 12;
const NO_RATE = 4;

/** Logits and rates of all tables, each table's at `first` of its name. */
export interface Parameters {
  readonly logits: Int16Array;
  readonly rates: Int16Array;
  /** By class. */
  readonly first: readonly ReadonlyMap<string, number>[];
}

interface Table {
  readonly shape: TableShape;
  readonly first: number;
  /** Where the same table of class 0 begins; undefined in class 0, and of tables that it has not. */
  readonly twin: number | undefined;
}

export function readParameters(
  decoder: PriorDecoder,
  step: number,
  rates: readonly number[],
): Parameters {
  const { tables, first, count } = layOut();
  const told = new Told(count);
  for (const table of tables) new TableReader(decoder, told, table).read();
  const logits = new Int16Array(count);
  const ratesOfAll = new Int16Array(count).fill(FRESH_RATE);
  for (let i = 0; i < count; i++) {
    if (told.isTold[i] === 0) continue;
    logits[i] = Math.max(-LOGIT_MOST - 1, Math.min(LOGIT_MOST, told.levels[i]! * step));
    ratesOfAll[i] = rates[told.rates[i]!]!;
  }
  return { logits, rates: ratesOfAll, first };
}

function layOut(): { tables: Table[]; first: Map<string, number>[]; count: number } {
  const tables: Table[] = [];
  const first = [new Map<string, number>(), new Map<string, number>()];
  let count = 0;
  for (const colour of [0, 1]) {
    for (const shape of tablesOfClass(colour)) {
      const twin = colour === 0 ? undefined : first[0]!.get(shape.name);
      tables.push({ shape, first: count, twin });
      first[colour]!.set(shape.name, count);
      count += parametersOf(shape);
    }
  }
  return { tables, first, count };
}

class Told {
  readonly isTold: Uint8Array;
  readonly levels: Int32Array;
  readonly rates: Uint8Array;

  constructor(count: number) {
    this.isTold = new Uint8Array(count);
    this.levels = new Int32Array(count);
    this.rates = new Uint8Array(count);
  }
}

class TableReader {
  readonly #decoder: PriorDecoder;
  readonly #told: Told;
  readonly #table: Table;
  /** Parameters from a unit to the next one along each dimension. */
  readonly #strides: readonly number[];
  readonly #unit: number;
  #signBefore = 0;
  #rateBefore = NO_RATE;

  constructor(decoder: PriorDecoder, told: Told, table: Table) {
    this.#decoder = decoder;
    this.#told = told;
    this.#table = table;
    const { sizes, form } = table.shape;
    this.#unit = form === "row" ? ROW_STEPS : 1;
    this.#strides = sizes.map((_, d) => sizes.slice(d + 1).reduce((a, b) => a * b, this.#unit));
  }

  read(): void {
    const { shape, twin } = this.#table;
    const line = this.#unit * shape.sizes.at(-1)!;
    let anyBefore = 0;
    for (let start = 0; start < parametersOf(shape); start += line) {
      const fromTwin = twin === undefined ? 0 : this.#told.isTold[twin + start]!;
      anyBefore = this.#decoder.decode(`any ${shape.group} ${anyBefore} ${fromTwin}`);
      if (anyBefore === 0) continue;
      for (let unit = start; unit < start + line; unit += this.#unit) {
        if (shape.form === "row") this.#readRow(unit);
        else this.#readSingle(unit, shape.form === "tree" ? unit - start : 0);
      }
    }
  }

  /** Steps up to the first that is not told. */
  #readRow(row: number): void {
    this.#signBefore = 0;
    this.#rateBefore = NO_RATE;
    for (let step = 0; step < ROW_STEPS; step++) {
      if (!this.#readIfTold(row + step, step, this.#neighbours(row, step))) return;
    }
  }

  /** @param node - 0 where there is no tree */
  #readSingle(index: number, node: number): void {
    const parent = this.#table.first + index - node + (node >> 1);
    const place = node < 2 ? 0 : 1 + this.#told.isTold[parent]!;
    this.#readIfTold(index, place, this.#neighbours(index, 0));
  }

  #readIfTold(index: number, place: number, neighbours: readonly number[]): boolean {
    const told = neighbours.filter((at) => this.#told.isTold[at] === 1);
    const { group } = this.#table.shape;
    const context = `told ${group} ${place} ${neighbours.length} ${told.length}`;
    if (this.#decoder.decode(context) === 0) return false;
    this.#readParameter(index, told);
    return true;
  }

  /** Indices of the neighbours of a unit's parameter. */
  #neighbours(unit: number, step: number): number[] {
    const { first, twin, shape } = this.#table;
    const neighbours: number[] = [];
    for (const [d, stride] of this.#strides.entries()) {
      const isNode = shape.form === "tree" && d === this.#strides.length - 1;
      const place = Math.floor(unit / stride) % shape.sizes[d]!;
      if (place > 0 && !isNode) neighbours.push(first + unit + step - stride);
    }
    if (twin !== undefined) neighbours.push(twin + unit + step);
    return neighbours;
  }

  #readParameter(index: number, told: readonly number[]): void {
    const { group } = this.#table.shape;
    const at = this.#table.first + index;
    const levels = told.map((one) => this.#told.levels[one]!);
    const name = `${group} ${spreadOf(levels)}`;
    const signed = `${name} ${this.#signBefore}`;
    let difference = 0;
    if (this.#decoder.decode(`different ${signed}`) === 1) {
      const isNegative = this.#decoder.decode(`negative ${signed}`) === 1;
      let size = 1;
      while (this.#decoder.decode(`size ${name} ${Math.min(size, STEP_MOST)}`) === 1) size++;
      difference = isNegative ? -size : size;
    }
    this.#signBefore = Math.sign(difference);
    const rates = told.map((one) => this.#told.rates[one]!);
    const expected = rates.length === 0 ? NO_RATE : meanOf(rates);
    const rateName = `rate ${group} ${expected} ${this.#rateBefore}`;
    const upper = this.#decoder.decode(rateName);
    const rate = 2 * upper + this.#decoder.decode(`${rateName} ${upper}`);
    this.#rateBefore = rate;
    this.#told.isTold[at] = 1;
    this.#told.levels[at] = meanOf(levels) + difference;
    this.#told.rates[at] = rate;
  }
}

/** Halves up; 0 of none. */
function meanOf(numbers: readonly number[]): number {
  const sum = numbers.reduce((total, number) => total + number, 0);
  return numbers.length === 0 ? 0 : Math.floor((2 * sum + numbers.length) / (2 * numbers.length));
}

function spreadOf(levels: readonly number[]): number {
  if (levels.length < 2) return levels.length;
  const apart = Math.max(...levels) - Math.min(...levels);
  return 2 + (apart <= 2 ? apart : apart <= 4 ? 3 : 4);
}
