/**
 * Reference of the Lepton model: the branches, all arrays one after the other, and the small
 * functions that choose among them. Section 6.1 of the format's text.
 */

/** Where each array of branches begins, in the order of the format's table. */
export const NZ_77 = 0;
export const NZ_ROW = NZ_77 + 2 * 10 * 64;
export const NZ_COLUMN = NZ_ROW + 2 * 8 * 8 * 8;
export const EXP_77 = NZ_COLUMN + 2 * 8 * 8 * 8;
export const EXP_EDGE = EXP_77 + 2 * 10 * 49 * 12 * 11;
export const RESIDUAL = EXP_EDGE + 2 * 8 * 14 * 12 * 11;
export const THRESH = RESIDUAL + 2 * 64 * 10 * 10;
export const SIGN = THRESH + 2 * 256 * 8 * 128;
export const EXP_DC = SIGN + 2 * 4 * 12;
export const RES_DC = EXP_DC + 12 * 17 * 11;
export const BLOCK_BRANCHES = RES_DC + 12 * 10;

export function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

export function int16(value: number): number {
  return (value << 16) >> 16;
}

/** The class 0..9 of a count of 7x7 coefficients. */
export function countClass(count: number): number {
  return [1, 2, 3, 4, 6, 9, 13, 21, 32].filter((first) => count >= first).length;
}
