/**
 * Coefficient: the block that is being coded, as far as it is known.
 *
 *   block        its coefficients, and the mask of those that are not zero (jpeg/frame.ts)
 *   record       the same times the quantizers, for predictions and for later blocks (records.ts)
 *   magnitudes   of these products, with zeros around, for the interior's own neighbours
 */
import { reads } from "../jpeg/direction.ts";
import { OWN_MAGNITUDES, UNZIGZAG } from "../memory.ts";
import { productOf } from "./component.ts";
import { clear, keepProduct } from "./records.ts";

/** Bytes of a line of OWN_MAGNITUDES; (u, v) lies at line v + 2, place u + 2. */
export const OWN_LINE: usize = 24;
/** Eleven lines, rounded up. */
const OWN_BYTES: usize = 272;

/** Mask of the block that is being coded: complete from the start when writing. */
export let mask: u64 = 0;

/** Begins a block whose coefficients that are not zero `known` tells, when they are to be written. */
// @ts-ignore: decorator
@inline
export function beginCoefficients(known: u64): void {
  mask = known;
  clear(OWN_MAGNITUDES, OWN_BYTES);
}

/** Keeps a coefficient that is not zero. */
// @ts-ignore: decorator
@inline
export function keepCoefficient<D>(
  block: usize,
  raster: usize,
  magnitude: u32,
  isPositive: u32,
): void {
  const value = isPositive ? <i32>magnitude : -(<i32>magnitude);
  if (reads<D>()) {
    store<i16>(block + 2 * raster, <i16>value);
    mask |= (<u64>1) << (<u64>load<u8>(UNZIGZAG + raster));
  }
  const u = raster & 7;
  const v = raster >> 3;
  const product = productOf(raster, value);
  store<u16>(OWN_MAGNITUDES + OWN_LINE * (v + 2) + 2 * (u + 2), <u16>abs<i32>(product));
  keepProduct(u, v, product);
}
