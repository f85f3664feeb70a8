/**
 * Additive: the arithmetic of the model. The logit of a decision is the sum of a parameter from each of its
 * contexts; what was wrong about it afterwards moves all of these, each at a rate of its own,
 * which falls with every use. This is logistic regression on one-hot features.
 *
 *   logit   sum of theta / 2, in 1/4096    P = squash(logit)       (levels.ts)
 *   theta   += error * eta                 error = bit - P, in 1/8192; saturating at 16 bits
 *   eta     -= eta * eta / 4               down to a floor: eta = 0.4 * 10 / (10 + uses)
 *
 * Contexts: contexts.ts. Decisions: pairs.ts, rows.ts. Source: docs/formats/jpeg-dense.md.
 */

import { reads } from "../jpeg/direction.ts";
import { decodeBit } from "../range/decode.ts";
import { encodeBit } from "../range/encode.ts";

/** A use costs a rate its square, shifted by so much. */
export const RATE_SHIFT: i32 = 2;
/** Rates do not fall below it: 0.046 over five contexts. */
const RATE_FLOOR: i32 = 300;
export let floor: i32 = RATE_FLOOR;
/** The same in four lanes. */
export let rowFloors: i64 = RATE_FLOOR * 0x0001_0001_0001_0001;

/** Sets the lowest rate; for training alone. */
export function setRateFloor(rate: i32): void {
  floor = rate;
  rowFloors = <i64>rate * 0x0001_0001_0001_0001;
}

/** What the logit at `at` adds to a decision's: half of it. */
// @ts-ignore: decorator
@inline
export function theta(at: usize): i32 {
  return <i32>load<i16>(at) >> 1;
}

/** A rate after a use. */
// @ts-ignore: decorator
@inline
export function slower(rate: i32): i32 {
  return max<i32>(rate - scaled(rate, rate >> RATE_SHIFT), floor);
}

/** Product of two fractions of 32768, rounded. */
// @ts-ignore: decorator
@inline
export function scaled(a: i32, b: i32): i32 {
  return (a * b + 0x4000) >> 15;
}

// @ts-ignore: decorator
@inline
export function saturated(n: i32): i32 {
  return max<i32>(min<i32>(n, 32767), -32768);
}

/** How far the probability of a one was off, in 1/8192. */
// @ts-ignore: decorator
@inline
export function errorOf(bit: u32, probability: u32): i32 {
  return (<i32>(bit << 16) - <i32>probability) >> 3;
}

/** Codes a decision whose one has a probability of so many 65536ths. */
// @ts-ignore: decorator
@inline
export function code<D>(probability: u32, given: u32): u32 {
  if (reads<D>()) return decodeBit(probability);
  encodeBit(probability, given);
  return given;
}
