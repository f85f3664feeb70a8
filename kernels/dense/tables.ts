/**
 * Tables: where each parameter of the model lies. A decision adds up the parameters of its contexts, one
 * from each of up to seven tables.
 *
 *   row    4 logits, 4 rates, i16 each, 16 bytes     exponents: lane i is the step "longer than i"
 *   pair   a logit, a rate, i16 each, 4 bytes        trees, signs, bits below the leading one
 *
 * Tables of rows stand together by what they are of; behind them stand as many rows of the upper steps, 4 to
 * 7. Priors have a context's eight logits together, then its eight rates (priors.ts).
 *
 * The tables exist twice, for components 0 and 3 and for components 1 and 2, which have some more. Dimensions, and what the
 * contexts mean: docs/formats/jpeg-dense.md. Logits are in units of 1/8192, rates of 1/32768.
 */
import { DENSE_MODEL } from "../memory.ts";

export const ROW_BYTES: usize = 16;
/** Bytes from a logit to its rate. */
export const ROW_RATES: usize = 8;
export const PAIR_BYTES: usize = 4;
/** Steps of an exponent in a row, and in an upper one; the few longer ones go on in pairs. */
export const ROW_STEPS: i32 = 4;
/** The longest exponent: a DC's difference. */
export const LENGTH_LIMIT: i32 = 17;

/** Levels of `logLevel`, and of half of it. */
export const LEVELS: usize = 42;
export const HALF_LEVELS: usize = 21;

// How many of the 49: a tree of 64 pairs for each context.
const COUNT_TREE: usize = 64 * PAIR_BYTES;
export const COUNT_NEAR: usize = 0;
export const COUNT_OTHER: usize = COUNT_NEAR + 12 * COUNT_TREE;
export const COUNT_WIDE: usize = COUNT_OTHER + 12 * 9 * COUNT_TREE;
export const COUNT_LEFT: usize = COUNT_WIDE + 25 * 7 * COUNT_TREE;
export const COUNT_ABOVE: usize = COUNT_LEFT + 25 * 13 * COUNT_TREE;
export const COUNT_ALL: usize = COUNT_ABOVE + 25 * 13 * COUNT_TREE;
export const COUNT_LOW: usize = COUNT_ALL + 64 * COUNT_TREE;
const COUNT_END: usize = COUNT_LOW + 11 * 11 * COUNT_TREE;

// Interior exponents.
export const INTERIOR_SCALE: usize = COUNT_END;
export const INTERIOR_OWN: usize = INTERIOR_SCALE + 49 * HALF_LEVELS * 3 * ROW_BYTES;
export const INTERIOR_SIGNED: usize = INTERIOR_OWN + 49 * 11 * 12 * ROW_BYTES;
/** Bytes to the row of upper steps. */
export const INTERIOR_UPPER: usize = INTERIOR_SIGNED + LEVELS * 16 * ROW_BYTES - INTERIOR_SCALE;
const INTERIOR_END: usize = INTERIOR_SCALE + 2 * INTERIOR_UPPER;

// Interior bits below the leading one, by `bitPlace`: lengths 2..15, numbers 0..length - 2.
export const PLACES: usize = 105;
export const BITS_PLACE: usize = INTERIOR_END;
export const BITS_SCALE: usize = BITS_PLACE + 49 * PLACES * PAIR_BYTES;
export const BITS_PREFIX: usize = BITS_SCALE + HALF_LEVELS * PLACES * 4 * PAIR_BYTES;
const BITS_END: usize = BITS_PREFIX + 128 * 8 * 6 * PAIR_BYTES;

// Interior signs.
export const SIGN_NEIGHBOURS: usize = BITS_END;
export const SIGN_BORDERS: usize = SIGN_NEIGHBOURS + 49 * 9 * PAIR_BYTES;
export const SIGN_SCALED: usize = SIGN_BORDERS + 49 * 169 * PAIR_BYTES;
export const SIGN_PLACE: usize = SIGN_SCALED + 4 * 169 * PAIR_BYTES;
export const SIGN_SIZE: usize = SIGN_PLACE + 49 * 41 * PAIR_BYTES;
const SIGN_END: usize = SIGN_SIZE + 49 * 4 * PAIR_BYTES;

// How many of an edge's seven: a tree of 8 pairs, for the row's edge and the column's.
const EDGE_TREE: usize = 8 * PAIR_BYTES;
export const EDGE_COUNT_NEAR: usize = SIGN_END;
export const EDGE_COUNT_INNER: usize = EDGE_COUNT_NEAR + 8 * 9 * EDGE_TREE;
export const EDGE_COUNT_SIDE: usize = EDGE_COUNT_INNER + 9 * 9 * 12 * EDGE_TREE;
export const EDGE_COUNT_OTHER: usize = EDGE_COUNT_SIDE + 50 * 9 * EDGE_TREE;
export const EDGE_COUNT_LINE: usize = EDGE_COUNT_OTHER + 8 * 9 * 9 * EDGE_TREE;
export const EDGE_COUNT_CORNERS: usize = EDGE_COUNT_LINE + 16 * 8 * 8 * EDGE_TREE;
const EDGE_COUNTS: usize = EDGE_COUNT_CORNERS + 11 * 9 * EDGE_TREE - EDGE_COUNT_NEAR;
/** Step from the row's tables to the column's. */
export const EDGE_COUNT_DIRECTION: usize = EDGE_COUNTS;

// Edge exponents.
export const EDGE_SIGNED: usize = (EDGE_COUNT_NEAR + 2 * EDGE_COUNTS + 31) & ~31;
export const EDGE_SCALE: usize = EDGE_SIGNED + 7 * HALF_LEVELS * 8 * ROW_BYTES;
export const EDGE_BOTH: usize = EDGE_SCALE + 7 * HALF_LEVELS * 8 * ROW_BYTES;
export const EDGE_OWN: usize = EDGE_BOTH + HALF_LEVELS * HALF_LEVELS * ROW_BYTES;
export const EDGE_NEAR: usize = EDGE_OWN + 7 * 8 * 8 * ROW_BYTES;
export const EDGE_BORDER: usize = EDGE_NEAR + 7 * 11 * 8 * ROW_BYTES;
export const EDGE_UPPER: usize = EDGE_BORDER + 7 * 12 * HALF_LEVELS * ROW_BYTES - EDGE_SIGNED;
const EDGE_END: usize = EDGE_SIGNED + 2 * EDGE_UPPER;

// Edge signs.
export const EDGE_SIGN_SIZE: usize = EDGE_END;
export const EDGE_SIGN_BORDER: usize = EDGE_SIGN_SIZE + 63 * 4 * PAIR_BYTES;
export const EDGE_SIGN_SCALE: usize = EDGE_SIGN_BORDER + 7 * 21 * PAIR_BYTES;
export const EDGE_SIGN_OTHER: usize = EDGE_SIGN_SCALE + 49 * 7 * PAIR_BYTES;
const EDGE_SIGN_END: usize = EDGE_SIGN_OTHER + 13 * 9 * 7 * PAIR_BYTES;

// Edge bits.
export const EDGE_BITS_PLACE: usize = EDGE_SIGN_END;
export const EDGE_BITS_SIGNED: usize = EDGE_BITS_PLACE + 7 * PLACES * PAIR_BYTES;
export const EDGE_BITS_MEAN: usize = EDGE_BITS_SIGNED + 33 * 16 * PAIR_BYTES;
export const EDGE_BITS_SCALE: usize = EDGE_BITS_MEAN + 33 * PLACES * PAIR_BYTES;
export const EDGE_BITS_BOTH: usize = EDGE_BITS_SCALE + HALF_LEVELS * PLACES * PAIR_BYTES;
const EDGE_BITS_END: usize = EDGE_BITS_BOTH + 33 * 12 * 4 * PAIR_BYTES;

// DC exponents, bits, signs. Lengths go up to 17.
export const DC_PLACES: usize = 136;
export const DC_UNSURE: usize = (EDGE_BITS_END + 31) & ~31;
export const DC_SUM: usize = DC_UNSURE + 24 * 24 * ROW_BYTES;
export const DC_FIRST: usize = DC_SUM + LEVELS * ROW_BYTES;
export const DC_SECOND: usize = DC_FIRST + 24 * 24 * ROW_BYTES;
export const DC_COUNT: usize = DC_SECOND + 24 * 24 * ROW_BYTES;
export const DC_UPPER: usize = DC_COUNT + 12 * 24 * ROW_BYTES - DC_UNSURE;
export const DC_BITS_PLACE: usize = DC_UNSURE + 2 * DC_UPPER;
export const DC_BITS_UNSURE: usize = DC_BITS_PLACE + DC_PLACES * PAIR_BYTES;
export const DC_BITS_PREFIX: usize = DC_BITS_UNSURE + 24 * DC_PLACES * PAIR_BYTES;
export const DC_SIGN_ROUNDING: usize = DC_BITS_PREFIX + 16 * 24 * 4 * PAIR_BYTES;
export const DC_SIGN_BORDERS: usize = DC_SIGN_ROUNDING + 8 * 24 * PAIR_BYTES;
export const DC_SIGN_SIZE: usize = DC_SIGN_BORDERS + 25 * 17 * PAIR_BYTES;
const DC_SIGN_END: usize = DC_SIGN_SIZE + 4 * 8 * 17 * PAIR_BYTES;

/** Steps of exponents beyond a row: of interior, edge and DC. */
export const ESCAPE_INTERIOR: usize = DC_SIGN_END;
export const ESCAPE_EDGE: usize = ESCAPE_INTERIOR + 16 * PAIR_BYTES;
export const ESCAPE_DC: usize = ESCAPE_EDGE + 16 * PAIR_BYTES;
/** Bytes of the tables that both classes have. */
export const CLASS_BYTES: usize = (ESCAPE_DC + 16 * PAIR_BYTES + 31) & ~31;

// Tables of the second class alone, behind its others: what other components say.
export const INTERIOR_OTHER: usize = CLASS_BYTES;
export const EDGE_OTHER: usize = INTERIOR_OTHER + 49 * 5 * 5 * 11 * ROW_BYTES;
export const DC_OTHER: usize = EDGE_OTHER + 7 * 8 * 8 * 8 * ROW_BYTES;
export const OTHER_UPPER: usize = DC_OTHER + 12 * 21 * ROW_BYTES - INTERIOR_OTHER;
export const SIGN_OTHER: usize = INTERIOR_OTHER + 2 * OTHER_UPPER;
const OTHER_END: usize = SIGN_OTHER + 2 * 49 * 9 * PAIR_BYTES;

/** Bytes of all tables. */
export const TABLE_BYTES: usize = (CLASS_BYTES + OTHER_END + 31) & ~31;

/** Stretches of rows, in bytes from a class' start (the last of the second class alone); all others hold
 * pairs. */
export const ROWS_INTERIOR: usize = INTERIOR_SCALE;
export const ROWS_INTERIOR_END: usize = INTERIOR_END;
export const ROWS_EDGE: usize = EDGE_SIGNED;
export const ROWS_EDGE_END: usize = EDGE_END;
export const ROWS_DC: usize = DC_UNSURE;
export const ROWS_DC_END: usize = DC_BITS_PLACE;
export const ROWS_OTHER: usize = INTERIOR_OTHER;
export const ROWS_OTHER_END: usize = SIGN_OTHER;

/** The tables of the component that is being coded. */
export let tables: usize = DENSE_MODEL;

/** Selects the tables of class 0 (components 0 and 3) or 1. */
export function selectTables(colour: i32): void {
  tables = DENSE_MODEL + <usize>colour * CLASS_BYTES;
}

/** Which bit below the leading one: `number` of a magnitude of `length` bits. */
// @ts-ignore: decorator
@inline
export function bitPlace(length: u32, number: i32): usize {
  return <usize>(((length - 2) * (length - 1)) >> 1) + <usize>number;
}
