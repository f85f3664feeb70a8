/**
 * Coding of priors: how a prior set is written as few bytes, one walk for both directions.
 *
 *   weights      of the regressions, each by the weight before it in the same lane
 *   parameters   which of them are told; of these the logit by its neighbours, and one of four rates
 *
 * Neighbours are the same parameter one step back in each dimension, in the other class, and in a tree
 * the node above. All decisions are binary, with adaptive probabilities; a reader takes them out of
 * a range coder, a writer puts them into one (train/priors-writer.ts). Source: docs/formats/jpeg-dense.md.
 */
import {
  PRIOR_GROUPS,
  PRIOR_TABLES,
  type PriorTable,
  ROW_LANES,
  rateOf,
  unitOf,
} from "./priors-layout.ts";

/** Bytes before the stream of decisions: magic, number, step, rates, words. */
export const PRIORS_HEADER_BYTES = 20;
/** "PPri". */
export const PRIORS_MAGIC = 0x50507269;

/** Codes a decision whose context has this number. Returns it; readers do not look at `given`. */
export interface PriorsCoder {
  bit(context: number, given: number): number;
}

/** The told part of all parameters, at the indices of their words. */
export interface TableLevels {
  /** At a logit: its level, or NOT_TOLD. At its rate: which of the rates. */
  readonly words: Int16Array;
}

export const NOT_TOLD = -32768;
export const RATE_LEVELS = 4;
/** Levels of logits go from its negative to it. */
export const LOGIT_LEVEL_MAXIMUM = 127;

/** Cells and lanes of the regressions: interior, edges, DC, magnitudes. */
const WEIGHT_SHAPES = [
  [2 * 64, 40],
  [2 * 2 * 8, 24],
  [2, 40],
  [3 * 64, 24],
] as const;
export const WEIGHT_COUNT = 10_576;
const WEIGHT_BITS = 16;

// Contexts. Each stretch is named by its first number.
const NEIGHBOURS_MAXIMUM = 5;
const NEIGHBOUR_CASES = ((NEIGHBOURS_MAXIMUM + 1) * (NEIGHBOURS_MAXIMUM + 2)) / 2;
const SPREAD_CASES = 7;
const UNARY_STEPS = 12;
const LINE = 0;
const TOLD = LINE + PRIOR_GROUPS * 2 * 2;
const ZERO = TOLD + PRIOR_GROUPS * ROW_LANES * NEIGHBOUR_CASES;
const SIGN = ZERO + PRIOR_GROUPS * SPREAD_CASES * 3;
const SIZE = SIGN + PRIOR_GROUPS * SPREAD_CASES * 3;
const RATE = SIZE + PRIOR_GROUPS * SPREAD_CASES * UNARY_STEPS;
const WEIGHT_ZERO = RATE + PRIOR_GROUPS * (RATE_LEVELS + 1) * (RATE_LEVELS + 1) * 4;
const WEIGHT_SIGN = WEIGHT_ZERO + 4 * 40 * 2;
const WEIGHT_LENGTH = WEIGHT_SIGN + 4 * 40 * 3;
const WEIGHT_TOP = WEIGHT_LENGTH + 4 * (WEIGHT_BITS + 1) * WEIGHT_BITS;
/** For what is as likely as not; learns nothing worth knowing. */
const EVEN = WEIGHT_TOP + WEIGHT_BITS;
export const PRIORS_CONTEXTS = EVEN + 1;

/** Codes the weights of all regressions: filled when reading, given when writing. */
export function codeWeights(coder: PriorsCoder, weights: Int16Array): void {
  let at = 0;
  for (const [family, [cells, lanes]] of WEIGHT_SHAPES.entries()) {
    for (let cell = 0; cell < cells; cell++) {
      for (let lane = 0; lane < lanes; lane++, at++) {
        const before = cell === 0 ? 0 : (weights[at - lanes] ?? 0);
        weights[at] = codeWeight(coder, 40 * family + lane, family, before, weights[at] ?? 0);
      }
    }
  }
}

function codeWeight(
  coder: PriorsCoder,
  place: number,
  family: number,
  before: number,
  given: number,
): number {
  if (coder.bit(WEIGHT_ZERO + 2 * place + (before === 0 ? 0 : 1), +(given !== 0)) === 0) return 0;
  const isNegative = coder.bit(WEIGHT_SIGN + 3 * place + 1 + Math.sign(before), +(given < 0));
  const size = Math.abs(given);
  const lengths = WEIGHT_LENGTH + (family * (WEIGHT_BITS + 1) + bitLength(before)) * WEIGHT_BITS;
  let length = 1;
  while (length < WEIGHT_BITS && coder.bit(lengths + length, +(bitLength(size) > length)) === 1) {
    length += 1;
  }
  let coded = 1;
  for (let i = length - 2; i >= 0; i--) {
    const context = i === length - 2 ? WEIGHT_TOP + length - 1 : EVEN;
    coded = (coded << 1) | coder.bit(context, (size >> i) & 1);
  }
  return isNegative === 1 ? -coded : coded;
}

function bitLength(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Codes the levels of all parameters: filled when reading, given when writing. */
export function codeLevels(coder: PriorsCoder, { words }: TableLevels): void {
  for (const table of PRIOR_TABLES) new TableCoder(coder, table, words).code();
}

class TableCoder {
  readonly #coder: PriorsCoder;
  readonly #table: PriorTable;
  readonly #words: Int16Array;
  /** Words back to each neighbour of the unit that is coded. */
  readonly #steps = new Int32Array(NEIGHBOURS_MAXIMUM);
  #count = 0;
  /** Of the parameter coded last: how it differed from what its neighbours said, its rate. */
  #difference = 0;
  #rate = RATE_LEVELS;

  constructor(coder: PriorsCoder, table: PriorTable, words: Int16Array) {
    this.#coder = coder;
    this.#table = table;
    this.#words = words;
  }

  code(): void {
    const { kind, dimensions, at, end } = this.#table;
    const { words: unitWords } = unitOf(kind);
    const place = new Int32Array(dimensions.length);
    const inner = dimensions.length - 1;
    const innerSize = dimensions[inner] ?? 0;
    const line = unitWords * innerSize;
    let isTold = 0;
    for (let unit = at; unit < end; unit += unitWords) {
      if (place[inner] === 0) {
        isTold = this.#codeLine(unit, line, isTold);
        if (isTold === 0) {
          this.#words.fill(NOT_TOLD, unit, unit + line);
          place[inner] = innerSize - 1;
          unit += line - unitWords;
        }
      }
      if (isTold === 0) {
        advance(place, dimensions);
        continue;
      }
      this.#findNeighbours(place, unitWords);
      if (kind === "rows") this.#codeRow(unit);
      else this.#codePair(unit, kind === "trees" ? (place[inner] ?? 0) : 0);
      advance(place, dimensions);
    }
  }

  /** Whether any parameter of a line along the last dimension is told. */
  #codeLine(unit: number, size: number, before: number): number {
    let given = 0;
    for (let at = unit; at < unit + size && given === 0; at++) {
      const isLogit = this.#table.kind === "rows" ? at % (2 * ROW_LANES) < ROW_LANES : at % 2 === 0;
      if (isLogit && this.#words[at] !== NOT_TOLD) given = 1;
    }
    const above = this.#table.twin > 0 && this.#words[unit - this.#table.twin] !== NOT_TOLD ? 1 : 0;
    return this.#coder.bit(LINE + (this.#table.group * 2 + before) * 2 + above, given);
  }

  #findNeighbours(place: Int32Array, unitWords: number): void {
    const { kind, dimensions, twin } = this.#table;
    this.#count = 0;
    let step = unitWords;
    for (let d = dimensions.length - 1; d >= 0; d--) {
      const isNodes = kind === "trees" && d === dimensions.length - 1;
      if (!isNodes && (place[d] ?? 0) > 0) this.#steps[this.#count++] = step;
      step *= dimensions[d] ?? 0;
    }
    if (twin > 0) this.#steps[this.#count++] = twin;
  }

  /** The steps of a row that are told come first: later ones are reached through them. */
  #codeRow(unit: number): void {
    this.#rate = RATE_LEVELS;
    this.#difference = 0;
    let lane = 0;
    while (lane < ROW_LANES && this.#isTold(unit + lane, lane)) {
      this.#codeParameter(unit + lane);
      lane += 1;
    }
    for (; lane < ROW_LANES; lane++) this.#words[unit + lane] = NOT_TOLD;
  }

  #codePair(unit: number, node: number): void {
    const parent = this.#words[unit - 2 * (node - (node >> 1))] === NOT_TOLD ? 1 : 2;
    if (this.#isTold(unit, node < 2 ? 0 : parent)) this.#codeParameter(unit);
    else this.#words[unit] = NOT_TOLD;
  }

  #isTold(at: number, lane: number): boolean {
    let told = 0;
    for (let i = 0; i < this.#count; i++) {
      if (this.#words[at - (this.#steps[i] ?? 0)] !== NOT_TOLD) told += 1;
    }
    const seen = (this.#count * (this.#count + 1)) / 2 + told;
    const context = TOLD + (this.#table.group * ROW_LANES + lane) * NEIGHBOUR_CASES + seen;
    return this.#coder.bit(context, +(this.#words[at] !== NOT_TOLD)) === 1;
  }

  #codeParameter(at: number): void {
    const words = this.#words;
    const rateAt = rateOf(this.#table.kind, at);
    const toRate = rateAt - at;
    let count = 0;
    let sum = 0;
    let rates = 0;
    let least = LOGIT_LEVEL_MAXIMUM;
    let most = -LOGIT_LEVEL_MAXIMUM;
    for (let i = 0; i < this.#count; i++) {
      const neighbour = at - (this.#steps[i] ?? 0);
      const level = words[neighbour] ?? NOT_TOLD;
      if (level === NOT_TOLD) continue;
      count += 1;
      sum += level;
      rates += words[neighbour + toRate] ?? 0;
      if (level < least) least = level;
      if (level > most) most = level;
    }
    const expected = count === 0 ? 0 : Math.floor((2 * sum + count) / (2 * count));
    const spread = count < 2 ? count : 2 + spreadCase(most - least);
    words[at] = expected + this.#codeDifference(spread, (words[at] ?? 0) - expected);
    const expectedRate = count === 0 ? RATE_LEVELS : Math.floor((2 * rates + count) / (2 * count));
    words[rateAt] = this.#codeRate(expectedRate, words[rateAt] ?? 0);
  }

  #codeDifference(spread: number, given: number): number {
    const coder = this.#coder;
    const place = this.#table.group * SPREAD_CASES + spread;
    const before = 1 + Math.sign(this.#difference);
    this.#difference = 0;
    if (coder.bit(ZERO + 3 * place + before, +(given !== 0)) === 0) return 0;
    const isNegative = coder.bit(SIGN + 3 * place + before, +(given < 0));
    const size = Math.abs(given);
    let coded = 1;
    while (coded < 2 * LOGIT_LEVEL_MAXIMUM) {
      const context = SIZE + place * UNARY_STEPS + Math.min(coded, UNARY_STEPS) - 1;
      if (coder.bit(context, +(size > coded)) === 0) break;
      coded += 1;
    }
    this.#difference = isNegative === 1 ? -coded : coded;
    return this.#difference;
  }

  #codeRate(expected: number, given: number): number {
    const place = (this.#table.group * (RATE_LEVELS + 1) + expected) * (RATE_LEVELS + 1);
    const contexts = RATE + 4 * (place + this.#rate);
    const high = this.#coder.bit(contexts + 1, given >> 1);
    this.#rate = 2 * high + this.#coder.bit(contexts + 2 + high, given & 1);
    return this.#rate;
  }
}

/** Goes to the next unit. */
function advance(place: Int32Array, dimensions: readonly number[]): void {
  for (let d = dimensions.length - 1; d >= 0; d--) {
    place[d] = (place[d] ?? 0) + 1;
    if ((place[d] ?? 0) < (dimensions[d] ?? 0)) break;
    place[d] = 0;
  }
}

/** How far neighbours are apart: 0, 1, 2, 3 or 4, more. */
function spreadCase(distance: number): number {
  if (distance < 3) return distance;
  return distance < 5 ? 3 : 4;
}

/** The range stays between these, so that all products stay below 2^31. */
export const RANGE_BITS = 31;
export const RANGE_LEAST = 2 ** (RANGE_BITS - 8);
/** Of a probability. */
export const PROBABILITY_BITS = 15;
const PROBABILITY_LEAST = 32;
const PROBABILITY_ONE = 1 << PROBABILITY_BITS;
const FAST_SHIFT = 4;
const SLOW_SHIFT = 7;

/** Adaptive probabilities of zeros, in 32768ths: the mean of one that learns fast and one that is slow. */
export function freshProbabilities(): Uint16Array {
  return new Uint16Array(2 * PRIORS_CONTEXTS).fill(PROBABILITY_ONE >> 1);
}

export function probabilityOfZero(probabilities: Uint16Array, context: number): number {
  const sum = (probabilities[2 * context] ?? 0) + (probabilities[2 * context + 1] ?? 0);
  return Math.max(PROBABILITY_LEAST, Math.min(PROBABILITY_ONE - PROBABILITY_LEAST, sum >> 1));
}

export function learn(probabilities: Uint16Array, context: number, bit: number): void {
  const target = bit === 0 ? PROBABILITY_ONE : 0;
  const fast = probabilities[2 * context] ?? 0;
  const slow = probabilities[2 * context + 1] ?? 0;
  probabilities[2 * context] = fast + ((target - fast) >> FAST_SHIFT);
  probabilities[2 * context + 1] = slow + ((target - slow) >> SLOW_SHIFT);
}

/** Takes decisions out of a stream. Beyond its end there are zeros. */
export class PriorsReader implements PriorsCoder {
  readonly #bytes: Uint8Array;
  readonly #probabilities = freshProbabilities();
  #at = 0;
  #range = 2 ** RANGE_BITS - 1;
  #value = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 5; i++) this.#shift();
  }

  bit(context: number): number {
    const probability = probabilityOfZero(this.#probabilities, context);
    const split = (this.#range >> PROBABILITY_BITS) * probability;
    const bit = this.#value < split ? 0 : 1;
    this.#range = bit === 0 ? split : this.#range - split;
    if (bit === 1) this.#value -= split;
    while (this.#range < RANGE_LEAST) {
      this.#range <<= 8;
      this.#shift();
    }
    learn(this.#probabilities, context, bit);
    return bit;
  }

  #shift(): void {
    this.#value = (this.#value << 8) | (this.#bytes[this.#at++] ?? 0);
  }
}
