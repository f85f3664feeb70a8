/**
 * Accounts: the bits that coded blocks have used, by class. u32[3] after a wipe; measuring adds to them.
 */
import { ACCOUNTS } from "../memory.ts";

/** Offsets: counts and values of interiors, of edges, DCs. */
export const INTERIOR_BITS: usize = 0;
export const EDGE_BITS: usize = 4;
export const DC_BITS: usize = 8;

/** Bits that the decoder had used at the last charge. */
let bitsBefore: u32 = 0;

/** Charges nobody for what was decoded so far. */
// @ts-ignore: decorator
@inline
export function beginCharges(bits: u32): void {
  bitsBefore = bits;
}

/** Charges what was decoded since the last charge to a class. */
// @ts-ignore: decorator
@inline
export function charge(account: usize, bits: u32): void {
  store<u32>(ACCOUNTS + account, load<u32>(ACCOUNTS + account) + bits - bitsBefore);
  bitsBefore = bits;
}
