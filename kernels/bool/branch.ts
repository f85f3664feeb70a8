/**
 * Branch: the adaptive probability of one bin. Two counts in a u16, how many zeros (low byte) and
 * ones (high byte) were seen, both 1 at first.
 *
 *   probability of a zero = floor(256 * zeros / (zeros + ones))     1..255, looked up
 *
 * A count that would pass 255 starts again at 129 and halves the other, except when the other is 1:
 * then the branch stays where it is. Source: docs/formats/lepton.md, the boolean coder.
 */
import { PROBABILITIES } from "../memory.ts";

/** A branch that has seen nothing. */
export const FRESH_BRANCH: u16 = 0x0101;

/** Fills the table of probabilities: u8[ones][zeros]. */
export function fillProbabilities(): void {
  for (let ones: u32 = 0; ones < 256; ones++) {
    for (let zeros: u32 = 0; zeros < 256; zeros++) {
      const sum = max<u32>(ones + zeros, 1);
      store<u8>(PROBABILITIES + (ones << 8) + zeros, <u8>min<u32>((256 * zeros) / sum, 255));
    }
  }
}

// @ts-ignore: decorator
@inline
export function probabilityOfZero(counts: u32): u32 {
  return load<u8>(PROBABILITIES + counts);
}

/** Teaches the branch at `branch`, whose counts were `counts`, that `bit` came. */
// @ts-ignore: decorator
@inline
export function learn(branch: usize, counts: u32, bit: u32): void {
  const place = bit << 3;
  if (((counts >> place) & 255) == 255) learnAtLimit(branch, counts, place);
  else store<u16>(branch, <u16>(counts + (1 << place)));
}

// @ts-ignore: decorator
@inline
export function learnZero(branch: usize, counts: u32): void {
  if ((counts & 255) == 255) learnAtLimit(branch, counts, 0);
  else store<u16>(branch, <u16>(counts + 1));
}

// @ts-ignore: decorator
@inline
export function learnOne(branch: usize, counts: u32): void {
  if (counts >= 0xff00) learnAtLimit(branch, counts, 8);
  else store<u16>(branch, <u16>(counts + 256));
}

/** Off the usual way. */
function learnAtLimit(branch: usize, counts: u32, place: u32): void {
  const other = (counts >> (8 - place)) & 255;
  if (other == 1) return;
  const again: u32 = 129;
  store<u16>(branch, <u16>((again << place) | (((other + 1) >> 1) << (8 - place))));
}
