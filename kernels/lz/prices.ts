/**
 * Prices: what each decision of a parse costs, in 1/64 bit, as the coder last measured it.
 *
 * The coder counts what it codes (COUNTS) and turns the counts into prices (PRICES); the parser
 * only reads prices. A command is a run of literals (maybe empty), a type, a length and, where it
 * needs one, a distance:
 *
 *   run(last type, length)  +  literals  +  type(last type, run)  +  length  +  slot, raw, low
 *
 * A price depends only on what a parser can keep track of; the coder knows more and pays less.
 */
import { PRICES } from "../memory.ts";

/** A price that nothing is worth. */
const FORBIDDEN: u16 = 0x6fff;

/** A price of one bit. */
export const BIT: u32 = 64;

/** What a copy takes its bytes from; also the state that the next command is priced by. */
export const TYPE_MATCH: u32 = 0;
export const TYPE_REP0: u32 = 1;
export const TYPE_REP1: u32 = 2;
export const TYPE_REP2: u32 = 3;
export const TYPE_REP3: u32 = 4;
export const TYPE_DICT: u32 = 5;
/** Hints; the parser makes none. */
export const TYPE_HINT: u32 = 6;
export const TYPES: u32 = 8;

/** The recent distances before the first command are this one and the three that follow it. */
export const FIRST_RECENT: u32 = 1;

/** Runs of literals below this have a price each; longer ones cost that of RUNS - 1 and
 * RUN_STEP_PRICE for each doubling. */
export const RUNS: u32 = 64;
/** Runs as a context: 0, 1, 2, 3 and more. */
export const RUN_CLASSES: u32 = 4;
/** Lengths below this have a price each; longer ones that of LENGTHS - 1 and two bits a doubling. */
export const LENGTHS: u32 = 1024;
/** Lengths as a context for distances: 2, 3, 4, 5 and more. */
export const LENGTH_CLASSES: u32 = 4;
/** Distance slots: 2 * (bit length - 1) + the bit after the top one; see slotOf. */
export const SLOTS: u32 = 48;

/** Price of a run of literals, the literals apart. u16[TYPES][RUNS]. */
export const RUN_PRICES: usize = PRICES;
/** Price of a type. u16[TYPES: last][RUN_CLASSES][TYPES]. */
export const TYPE_PRICES: usize = RUN_PRICES + 2 * TYPES * RUNS;
/** Price of a copy's length. u16[3: match, rep0, other reps][LENGTHS]. */
export const LENGTH_PRICES: usize = TYPE_PRICES + 2 * TYPES * RUN_CLASSES * TYPES;
/** Price of a distance's slot with its raw bits. u16[LENGTH_CLASSES][SLOTS]. */
export const SLOT_PRICES: usize = LENGTH_PRICES + 2 * 3 * LENGTHS;
/** Price of a distance's last four bits, by min(slot, 31). u16[32][16]. */
export const LOW_PRICES: usize = SLOT_PRICES + 2 * LENGTH_CLASSES * SLOTS;
/** Price of a dictionary word's length and number, by its length; and of its transform. u16[32],
 * u16[128]. */
export const WORD_PRICES: usize = LOW_PRICES + 2 * 32 * 16;
export const TRANSFORM_PRICES: usize = WORD_PRICES + 2 * 32;
export const PRICES_END: usize = TRANSFORM_PRICES + 2 * 128;

/** The slot of a distance (1 upwards): 0 for 1, 2 for 2, 3 for 3, 4 for 4 and 5, ... 43. */
// @ts-ignore: decorator
@inline
export function slotOf(distance: u32): u32 {
  if (distance == 1) return 0;
  const top = 31 - clz(distance);
  return 2 * top + ((distance >> (top - 1)) & 1);
}

/** Price of a run of literals after a command of type `last`, the literals apart. */
// @ts-ignore: decorator
@inline
export function runPrice(last: u32, run: u32): u32 {
  if (run < RUNS) return load<u16>(RUN_PRICES + ((last * RUNS + run) << 1));
  const doublings = 26 - clz(run); // of RUNS
  return load<u16>(RUN_PRICES + ((last * RUNS + RUNS - 1) << 1)) + 2 * BIT * doublings;
}

/** Price of a type after a command of type `last` and `run` literals. */
// @ts-ignore: decorator
@inline
export function typePrice(last: u32, run: u32, type: u32): u32 {
  const runClass = min<u32>(run, RUN_CLASSES - 1);
  return load<u16>(TYPE_PRICES + (((last * RUN_CLASSES + runClass) * TYPES + type) << 1));
}

/** Price of a copy's length (1 upwards; 2 upwards for TYPE_MATCH). */
// @ts-ignore: decorator
@inline
export function lengthPrice(type: u32, length: u32): u32 {
  const row = LENGTH_PRICES + ((min<u32>(type, 2) * LENGTHS) << 1);
  if (length < LENGTHS) return load<u16>(row + (length << 1));
  const doublings = 22 - clz(length); // of LENGTHS
  return load<u16>(row + ((LENGTHS - 1) << 1)) + 2 * BIT * doublings;
}

/** Price of a match's distance, given its length. */
// @ts-ignore: decorator
@inline
export function distancePrice(length: u32, distance: u32): u32 {
  const lengthClass = min<u32>(length - 2, LENGTH_CLASSES - 1);
  const slot = slotOf(distance);
  const price: u32 = load<u16>(SLOT_PRICES + ((lengthClass * SLOTS + slot) << 1));
  if (slot < 8) return price;
  return price + load<u16>(LOW_PRICES + ((min<u32>(slot, 31) * 16 + (distance & 15)) << 1));
}

/** Makes copies shorter than `minimum` so dear that a parse has none, until prices are settled. */
export function forbidShort(minimum: u32): void {
  for (let kind: u32 = 0; kind < 3; kind++) {
    for (let length: u32 = 0; length < min<u32>(minimum, LENGTHS); length++) {
      store<u16>(LENGTH_PRICES + ((kind * LENGTHS + length) << 1), FORBIDDEN);
    }
  }
}
