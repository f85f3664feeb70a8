/**
 * Component: what the model needs of a component's quantizers, made once a job.
 *
 * Quotients by a quantizer are products with its reciprocal, of 40 bits where they must be exact and of 32
 * where they need only be the same everywhere. A quantizer of zero counts as one.
 */
import { components } from "../jpeg/frame.ts";
import { DENSE_COMPONENT_BYTES, DENSE_COMPONENTS, QUANTIZERS } from "../memory.ts";
import { selectTables } from "./tables.ts";
import { selectWeights } from "./weights.ts";

/** i16[64]: at most 16383, as weights see them. i32[64]: as they are. */
const C_CAPPED: usize = 0;
const C_QUANTIZERS: usize = 128;
/** u64[64] twice: 2^40 and 2^32 over each quantizer, the first rounded up. */
const C_EXACT: usize = 384;
const C_CLOSE: usize = 896;
/** i16[8]: the capped ones of the first column. */
const C_COLUMN: usize = 1408;

const EXACT_BITS: u64 = 40;
const CLOSE_BITS: u64 = 32;
/** Products of coefficients and quantizers beyond it are cut. */
const PRODUCT_LIMIT: i32 = 16383;

/** The component that is being coded, and what was made of its quantizers. */
export let component: i32 = 0;
/** Whether it has contexts of what other components are: components 1 and 2. */
export let isColour: bool = false;
let at: usize = DENSE_COMPONENTS;

/** Makes the tables of all components from the quantizers that the host has written. */
export function makeComponents(): void {
  for (let c: i32 = 0; c < components; c++) {
    const table = DENSE_COMPONENTS + <usize>c * DENSE_COMPONENT_BYTES;
    for (let raster: usize = 0; raster < 64; raster++) {
      const q = <i32>load<u16>(QUANTIZERS + 128 * <usize>c + 2 * raster);
      const divisor = <u64>max<i32>(q, 1);
      store<i16>(table + 2 * raster, <i16>min<i32>(q, PRODUCT_LIMIT), C_CAPPED);
      store<i32>(table + 4 * raster, q, C_QUANTIZERS);
      if ((raster & 7) == 0) {
        store<i16>(table + (raster >> 2), <i16>min<i32>(q, PRODUCT_LIMIT), C_COLUMN);
      }
      const exact = (((<u64>1) << EXACT_BITS) + divisor - 1) / divisor;
      store<u64>(table + 8 * raster, exact, C_EXACT);
      store<u64>(table + 8 * raster, ((<u64>1) << CLOSE_BITS) / divisor, C_CLOSE);
    }
  }
}

/** Takes component `c` for what follows. */
export function selectDenseComponent(c: i32): void {
  component = c;
  at = DENSE_COMPONENTS + <usize>c * DENSE_COMPONENT_BYTES;
  selectWeights(c);
  isColour = c == 1 || c == 2;
  selectTables(isColour ? 1 : 0);
}

/** Addresses of the quantizers as weights see them, i16 each: by raster, and of the first column. */
// @ts-ignore: decorator
@inline
export function cappedQuantizers(): usize {
  return at + C_CAPPED;
}

// @ts-ignore: decorator
@inline
export function cappedColumn(): usize {
  return at + C_COLUMN;
}

// @ts-ignore: decorator
@inline
export function cappedQuantizer(raster: usize): i32 {
  return <i32>load<i16>(at + 2 * raster, C_CAPPED);
}

/** A coefficient times its quantizer, within -16384..16383. */
// @ts-ignore: decorator
@inline
export function productOf(raster: usize, coefficient: i32): i32 {
  const product = coefficient * load<i32>(at + 4 * raster, C_QUANTIZERS);
  return max<i32>(min<i32>(product, PRODUCT_LIMIT), -PRODUCT_LIMIT - 1);
}

/** `n`, below 2^23, over the quantizer, rounded down. */
// @ts-ignore: decorator
@inline
export function quotient(raster: usize, n: u32): u32 {
  return <u32>((<u64>n * load<u64>(at + 8 * raster, C_EXACT)) >> EXACT_BITS);
}

/** About `n` over the quantizer. */
// @ts-ignore: decorator
@inline
export function ratio(raster: usize, n: u32): u32 {
  return <u32>((<u64>n * load<u64>(at + 8 * raster, C_CLOSE)) >> CLOSE_BITS);
}

/** A magnitude of products over the quantizer, rounded. */
// @ts-ignore: decorator
@inline
export function sizeOver(raster: usize, n: u32): u32 {
  return ratio(raster, n + (<u32>cappedQuantizer(raster) >> 1));
}

/** About `n` over the quantizer, with its sign, cut to `most`. */
// @ts-ignore: decorator
@inline
export function signedRatio(raster: usize, n: i32, most: u32): i32 {
  const size = <i32>min<u32>(ratio(raster, <u32>abs<i32>(n)), most);
  return n < 0 ? -size : size;
}
