/**
 * Branch: the adaptive probability of one bin. Two counts in a u16, how many zeros (low byte) and
 * ones (high byte) were seen, both 1 at first.
 *
 *   probability of a zero = floor(256 * zeros / (zeros + ones))     1..255, looked up
 *
 * A count that would pass 255 starts again at 129 and halves the other, except when the other is 1:
 * then the branch stays where it is. The table holds no probability for branches with a count of 255:
 * these take a slower way, and all others learn by adding one. Source: docs/formats/lepton.md, the
 * boolean coder.
 */
import { LIMIT_PROBABILITIES, PROBABILITIES } from "../memory.ts";

/** A branch that has seen nothing. */
export const FRESH_BRANCH: u16 = 0x0101;

/** What learning adds to the counts: a zero, a one. */
export const ZERO_SEEN: u32 = 0x0001;
export const ONE_SEEN: u32 = 0x0100;

/** Where a count starts again. */
const AGAIN: u32 = 129;

/** Fills the tables of probabilities: u8[ones][zeros]; and u8[2][256], where either is 255. */
export function fillProbabilities(): void {
  for (let ones: u32 = 1; ones < 255; ones++) {
    for (let zeros: u32 = 1; zeros < 255; zeros++) {
      store<u8>(PROBABILITIES + (ones << 8) + zeros, <u8>((256 * zeros) / (zeros + ones)));
    }
  }
  for (let other: u32 = 1; other < 256; other++) {
    store<u8>(LIMIT_PROBABILITIES + other, <u8>((256 * 255) / (255 + other)));
    store<u8>(LIMIT_PROBABILITIES + 256 + other, <u8>((256 * other) / (255 + other)));
  }
}

/** Probability of a zero in 1/256, or 0 when a count is at its limit. */
// @ts-ignore: decorator
@inline
export function probabilityOfZero(counts: u32): u32 {
  return load<u8>(PROBABILITIES + counts);
}

/** The same when a count is at its limit. */
export function limitProbability(counts: u32): u32 {
  const zeros = counts & 255;
  if (zeros == 255) return load<u8>(LIMIT_PROBABILITIES + (counts >> 8));
  return load<u8>(LIMIT_PROBABILITIES + zeros, 256);
}

/** Teaches a branch of which a count is at its limit. */
export function learnAtLimit(branch: usize, counts: u32, bit: u32): void {
  const zeros = counts & 255;
  const ones = counts >> 8;
  if (bit) {
    if (ones < 255) store<u16>(branch, <u16>(counts + ONE_SEEN));
    else if (zeros != 1) store<u16>(branch, <u16>((AGAIN << 8) | ((zeros + 1) >> 1)));
  } else {
    if (zeros < 255) store<u16>(branch, <u16>(counts + ZERO_SEEN));
    else if (ones != 1) store<u16>(branch, <u16>(AGAIN | (((ones + 1) >> 1) << 8)));
  }
}
