/**
 * Reference of dense JPEG files: orders of a block's coefficients, by raster index 8 v + u.
 *
 *   zigzag     along diagonals, up and down in turn
 *   interior   the same without DC and edges
 */

/** Zigzag index to raster index: diagonals, up and down in turn. */
export const ZIGZAG: readonly number[] = Array.from({ length: 15 }, (_, sum) => {
  const diagonal = Array.from({ length: 8 }, (_, v) => ({ u: sum - v, v })).filter(
    ({ u }) => u >= 0 && u < 8,
  );
  return (sum % 2 === 0 ? diagonal.reverse() : diagonal).map(({ u, v }) => 8 * v + u);
}).flat();

/** The 49 of the interior, in zigzag order. */
export const INTERIOR: readonly number[] = ZIGZAG.filter((k) => k % 8 > 0 && k > 8);
