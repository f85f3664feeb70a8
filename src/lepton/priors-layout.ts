/**
 * Layout of the priors: the tables of the dense model in the order in which they lie in the kernel's memory,
 * as data (kernels/dense/tables.ts has the same as addresses). What a prior set says of a parameter it says
 * in this order, and by its neighbours here.
 *
 *   rows    8 logits, 8 rates         a unit for each context
 *   pairs   a logit, a rate           the same
 *   trees   a logit, a rate           a unit for each node; nodes are the last dimension
 *
 * Parameters are 16-bit words; "at" is the index of one.
 */

export interface PriorTable {
  readonly kind: "rows" | "pairs" | "trees";
  /** Tables whose parameters are alike: they share statistics when a prior set is coded. */
  readonly group: number;
  /** In units, the last dimension next to each other in memory. */
  readonly dimensions: readonly number[];
  /** First word, and the one behind the last. */
  readonly at: number;
  readonly end: number;
  /** How far back the same parameter of the first class lies; 0 when there is none. */
  readonly twin: number;
}

export const ROW_LANES = 8;
/** Words of a unit. */
const ROW_WORDS = 2 * ROW_LANES;
const PAIR_WORDS = 2;

/** A rate that no training has seen; its logit is 0. */
export const FRESH_RATE = 13107;
/** The lowest rate, as in kernels/dense/additive.ts. */
export const RATE_FLOOR = 300;

type Shape = readonly [kind: PriorTable["kind"], group: number, ...dimensions: number[]];

const LEVELS = 42;
const HALF_LEVELS = 21;
/** Bits below the leading one: of coefficients, of DCs. */
const PLACES = 105;
const DC_PLACES = 136;

const EDGE_COUNTS: readonly Shape[] = [
  ["trees", 4, 8, 9, 8],
  ["trees", 4, 9, 9, 12, 8],
  ["trees", 4, 50, 9, 8],
  ["trees", 4, 8, 9, 9, 8],
  ["trees", 4, 16, 8, 8, 8],
  ["trees", 4, 11, 9, 8],
];

/** Tables of one class of components. */
const CLASS: readonly Shape[] = [
  // How many of the interior.
  ["trees", 0, 12, 64],
  ["trees", 0, 12, 9, 64],
  ["trees", 0, 25, 7, 64],
  ["trees", 0, 25, 13, 64],
  ["trees", 0, 25, 13, 64],
  ["trees", 0, 64, 64],
  ["trees", 0, 11, 11, 64],
  // Its exponents, bits and signs.
  ["rows", 1, 49, HALF_LEVELS, 3],
  ["rows", 1, 49, 11, 12],
  ["rows", 1, LEVELS, 16],
  ["pairs", 2, 49, PLACES],
  ["pairs", 2, HALF_LEVELS, PLACES, 4],
  ["pairs", 2, 128, 8, 6],
  ["pairs", 3, 49, 9],
  ["pairs", 3, 49, 13, 13],
  ["pairs", 3, 4, 13, 13],
  ["pairs", 3, 49, 41],
  ["pairs", 3, 49, 4],
  // How many of an edge, of the row's and the column's.
  ...EDGE_COUNTS,
  ...EDGE_COUNTS,
  // Their exponents, signs and bits.
  ["rows", 5, 7, HALF_LEVELS, 8],
  ["rows", 5, 7, HALF_LEVELS, 8],
  ["rows", 5, HALF_LEVELS, HALF_LEVELS],
  ["rows", 5, 7, 8, 8],
  ["rows", 5, 7, 11, 8],
  ["rows", 5, 7, 12, HALF_LEVELS],
  ["pairs", 6, 63, 4],
  ["pairs", 6, 7, 21],
  ["pairs", 6, 49, 7],
  ["pairs", 6, 13, 9, 7],
  ["pairs", 7, 7, PLACES],
  ["pairs", 7, 33, 16],
  ["pairs", 7, 33, PLACES],
  ["pairs", 7, HALF_LEVELS, PLACES],
  ["pairs", 7, 33, 12, 4],
  // DCs.
  ["rows", 8, 24, 24],
  ["rows", 8, LEVELS],
  ["rows", 8, 24, 24],
  ["rows", 8, 24, 24],
  ["rows", 8, 12, 24],
  ["pairs", 9, DC_PLACES],
  ["pairs", 9, 24, DC_PLACES],
  ["pairs", 9, 16, 24, 4],
  ["pairs", 10, 8, 24],
  ["pairs", 10, 25, 17],
  ["pairs", 10, 4, 8, 17],
  // Longer exponents.
  ["pairs", 9, 3, 16],
];

/** Tables of the second class alone: what other components say. */
const OTHER: readonly Shape[] = [
  ["rows", 1, 49, 5, 5, 11],
  ["rows", 5, 7, 8, 8, 8],
  ["rows", 8, 12, 21],
  ["pairs", 3, 2, 49, 9],
];

export const PRIOR_GROUPS = 11;

/** All tables, in order. */
export const PRIOR_TABLES: readonly PriorTable[] = placeAll();

/** Words of all tables. */
export const PRIOR_WORDS = toRow(PRIOR_TABLES.at(-1)?.end ?? 0);

function placeAll(): PriorTable[] {
  const first = place(CLASS, 0, 0);
  const classWords = toRow(first.at(-1)?.end ?? 0);
  return [...first, ...place(CLASS, classWords, classWords), ...place(OTHER, 2 * classWords, 0)];
}

function place(shapes: readonly Shape[], from: number, twin: number): PriorTable[] {
  let next = from;
  return shapes.map(([kind, group, ...dimensions]) => {
    const units = dimensions.reduce((product, size) => product * size, 1);
    const at = kind === "rows" ? toRow(next) : next;
    next = at + units * (kind === "rows" ? ROW_WORDS : PAIR_WORDS);
    return { kind, group, dimensions, at, end: next, twin };
  });
}

/** Rows begin at multiples of their size. */
function toRow(words: number): number {
  return Math.ceil(words / ROW_WORDS) * ROW_WORDS;
}

/** Words of a unit, and its logits, which come first. */
export function unitOf(kind: PriorTable["kind"]): {
  readonly words: number;
  readonly lanes: number;
} {
  return kind === "rows" ? { words: ROW_WORDS, lanes: ROW_LANES } : { words: PAIR_WORDS, lanes: 1 };
}

/** Where the rate of the logit at `at` lies. */
export function rateOf(kind: PriorTable["kind"], at: number): number {
  return kind === "rows" ? at + ROW_LANES : at + 1;
}

/** Tables that no training has seen. */
export function freshPriors(): Int16Array<ArrayBuffer> {
  const words = new Int16Array(PRIOR_WORDS);
  for (let i = 1; i < PRIOR_WORDS; i += 2) words[i] = FRESH_RATE;
  for (const { kind, at, end } of PRIOR_TABLES) {
    if (kind !== "rows") continue;
    for (let row = at; row < end; row += ROW_WORDS) {
      words.fill(0, row, row + ROW_LANES).fill(FRESH_RATE, row + ROW_LANES, row + ROW_WORDS);
    }
  }
  return words;
}
