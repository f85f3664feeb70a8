/**
 * Logistic: probabilities and their logits, ln(p / (1 - p)) in 1/256, by tables of integers.
 *
 *   squash(d)  65536 / (1 + e^(-d / 256)), 1..65535        stretch(p)  the other way round, by p in 1/4096
 */
import { LOGIT_MAXIMUM, PULLS, SQUASHED, STRETCHED } from "./regions.ts";

/** e^(-1/256) in 1/2^32. */
const STEP: u64 = 4278222805;

/** Fills the tables. */
export function fillLogistic(): void {
  let power: u64 = 1 << 31;
  for (let d: i32 = 0; d <= LOGIT_MAXIMUM; d++) {
    const above = <u32>(((<u64>1) << 47) / (((<u64>1) << 31) + power));
    const p = min<u32>(above, 65535);
    store<u16>(SQUASHED + ((<usize>(LOGIT_MAXIMUM + d)) << 1), <u16>p);
    store<u16>(SQUASHED + ((<usize>(LOGIT_MAXIMUM - d)) << 1), <u16>(65536 - p));
    power = (power * STEP) >> 32;
  }
  let d: i32 = -LOGIT_MAXIMUM;
  for (let i: i32 = 0; i < 4096; i++) {
    while (d < LOGIT_MAXIMUM && squash(d) < 16 * i + 8) d += 1;
    store<i16>(STRETCHED + ((<usize>i) << 1), <i16>d);
  }
  // 1 / (n + 1.5): a probability is the mean of what came, begun with a half.
  for (let n: i32 = 0; n < 256; n++) {
    store<u16>(PULLS + ((<usize>n) << 1), <u16>(131072 / (2 * n + 3)));
  }
}

/** Probability in 1/65536 of a logit in -LOGIT_MAXIMUM..LOGIT_MAXIMUM. */
// @ts-ignore: decorator
@inline
export function squash(logit: i32): i32 {
  return <i32>load<u16>(SQUASHED + ((<usize>(logit + LOGIT_MAXIMUM)) << 1));
}

/** Logit of a probability in 1/4096. */
// @ts-ignore: decorator
@inline
export function stretch(probability: u32): i32 {
  return <i32>load<i16>(STRETCHED + ((<usize>probability) << 1));
}

/** What a probability that has learnt `count` times takes of the next difference, in 1/65536. */
// @ts-ignore: decorator
@inline
export function pullOf(count: u32): u32 {
  return <u32>load<u16>(PULLS + ((<usize>count) << 1));
}
