/**
 * Priors: what the tables begin as. They hold the same parameters in the same order (tables.ts), but a context's
 * eight steps together:
 *
 *   in priors   | 8 logits | 8 rates |
 *   in tables   | 4 logits | 4 rates |  ...  | 4 logits | 4 rates |        the upper four behind all others
 */
import { DENSE_MODEL, DENSE_PRIORS } from "../memory.ts";
import {
  CLASS_BYTES,
  PAIR_BYTES,
  ROW_BYTES,
  ROWS_DC,
  ROWS_DC_END,
  ROWS_EDGE,
  ROWS_EDGE_END,
  ROWS_INTERIOR,
  ROWS_INTERIOR_END,
  ROWS_OTHER,
  ROWS_OTHER_END,
  TABLE_BYTES,
} from "./tables.ts";

/** What a parameter begins with that no training has seen: no opinion, and a fast rate of 0.4. */
const FRESH_RATE: u32 = 13107;
/** Bytes of a context's eight steps. */
const CONTEXT_BYTES: usize = 2 * ROW_BYTES;

/** Fills the priors with parameters that no training has seen. */
export function fillFresh(): void {
  const pair = FRESH_RATE << 16;
  for (let i: usize = 0; i < TABLE_BYTES; i += PAIR_BYTES) store<u32>(DENSE_PRIORS + i, pair);
  for (let colour: usize = 0; colour < 2; colour++) {
    const start = DENSE_PRIORS + colour * CLASS_BYTES;
    fillRows(start + ROWS_INTERIOR, start + ROWS_INTERIOR_END);
    fillRows(start + ROWS_EDGE, start + ROWS_EDGE_END);
    fillRows(start + ROWS_DC, start + ROWS_DC_END);
  }
  const start = DENSE_PRIORS + CLASS_BYTES;
  fillRows(start + ROWS_OTHER, start + ROWS_OTHER_END);
}

function fillRows(from: usize, end: usize): void {
  const rates = FRESH_RATE | (FRESH_RATE << 16);
  for (let row = from; row < end; row += CONTEXT_BYTES) {
    for (let i: usize = 0; i < 16; i += 4) {
      store<u32>(row + i, 0);
      store<u32>(row + i, rates, 16);
    }
  }
}

/** Makes the tables of the priors. */
export function copyPriors(): void {
  memory.copy(DENSE_MODEL, DENSE_PRIORS, TABLE_BYTES);
  for (let colour: usize = 0; colour < 2; colour++) {
    const start = colour * CLASS_BYTES;
    copyRows(start + ROWS_INTERIOR, start + ROWS_INTERIOR_END);
    copyRows(start + ROWS_EDGE, start + ROWS_EDGE_END);
    copyRows(start + ROWS_DC, start + ROWS_DC_END);
  }
  copyRows(CLASS_BYTES + ROWS_OTHER, CLASS_BYTES + ROWS_OTHER_END);
}

function copyRows(start: usize, end: usize): void {
  const upper = (end - start) >> 1;
  let to = DENSE_MODEL + start;
  for (let from = DENSE_PRIORS + start; from < DENSE_PRIORS + end; from += CONTEXT_BYTES) {
    store<u64>(to, load<u64>(from));
    store<u64>(to, load<u64>(from, 16), 8);
    store<u64>(to + upper, load<u64>(from, 8));
    store<u64>(to + upper, load<u64>(from, 24), 8);
    to += ROW_BYTES;
  }
}
