/**
 * Progressive reader: the blocks, one kind of scan after the other.
 *
 *   DC first        difference to the last DC, to be shifted up
 *   DC refinement   one bit a block
 *   AC first        of one band, run of zeros and value, as in a sequential scan; and runs of blocks
 *                   whose band is empty from some index on
 *   AC refinement   run of zeros and sign for each coefficient that becomes 1 or -1; on the way, and
 *                   in the rest of the block, a bit for each that was not zero before
 *
 * The store holds the coefficients as far as their bits are known. The mask of a block says which of
 * its AC coefficients are not zero, so that refinement looks at no others; `sealStore` adds the DC.
 *
 * Each function reads one block at the place of the bit reader, and leaves it readable by the others
 * whatever comes. Source: ITU-T T.81, G.1.2.
 */
import { dropBits, fillReader, held, holdBits, readBits, ready } from "../bits/msb-read.ts";
import { FAULT_COEFFICIENT, FAULT_EOB_RUN, FAULT_HUFFMAN_CODE, FAULT_ZERO_RUN } from "../fault.ts";
import { noteDeviation } from "./deviations.ts";
import { BLOCK_MASK } from "./frame.ts";
import { coefficientOf, ENTRY_INVALID, ENTRY_SPECIAL, readingEntryOf } from "./huffman-table.ts";
import {
  AC_BITS_MAXIMUM,
  band,
  coefficientAt,
  finalIndex,
  firstIndex,
  low,
  runMaximum,
} from "./progressive-scan.ts";
import { blocksBefore, recordAcTable, recordDcTable, recordPredictor } from "./scan-walk.ts";

/** Blocks that the end-of-band run covers from the next one on. */
let run: i32 = 0;
/** Length of the run that ended with the block before; 0 when that block ended with a coefficient,
 * or a restart came. */
let runBefore: i32 = 0;

/** Takes up to `count` blocks off the run. @returns how many */
export function passRun(count: i32): i32 {
  const passed = min(run, count);
  run -= passed;
  return passed;
}

/** Whether the last block that was read whole, or the one that was not, stands behind a run or in it. */
export function isBehindRun(): bool {
  return runBefore > 0;
}

/** Blocks that the run covers from the next one on. */
export function runLeft(): i32 {
  return run;
}

/** Makes a block one that ends the run before it: its first coefficient that is zero is no more. */
export function stopRun(block: usize): void {
  const mask = load<u64>(block, BLOCK_MASK);
  const places = band & ~mask;
  if (places == 0) return;
  const one: i32 = 1;
  store<i16>(coefficientAt(block, <i32>ctz(places)), <i16>(one << low));
  store<u64>(block, mask | (places & -places), BLOCK_MASK);
}

/** Forgets runs, as at the scan's start and at restarts. */
export function endRuns(): void {
  run = 0;
  runBefore = 0;
}

export function readDcFirst(block: usize, record: usize): i32 {
  if (ready < 32) fillReader();
  const entry = readingEntryOf(recordDcTable(record), held);
  if (entry & ENTRY_INVALID) return takeInvalid();
  const predictor = recordPredictor(record);
  const dc = load<i32>(predictor) + coefficientOf(entry, held);
  dropBits(<i32>entry & 63);
  const value = dc << low;
  // Beyond 16 bits the difference would come back another way.
  if (<i32>(<i16>value) != value) return -FAULT_COEFFICIENT;
  store<i32>(predictor, dc);
  store<i16>(block, <i16>value);
  return 0;
}

/** Takes a code that is in no table, so that bits which are missing in it show. @returns a fault */
function takeInvalid(): i32 {
  dropBits(16);
  return -FAULT_HUFFMAN_CODE;
}

export function readDcRefinement(block: usize): i32 {
  if (ready < 1) fillReader();
  const bit = <i32>(held >> 63);
  dropBits(1);
  store<i16>(block, load<i16>(block) | <i16>(bit << low));
  return 0;
}

/** Reads a block that no run covers, `ahead` MCUs after the next one. */
export function readAcFirst(block: usize, record: usize, ahead: i32): i32 {
  const table = recordAcTable(record);
  let fault: i32 = 0;
  let added: u64 = 0;
  let zerosBefore: u32 = 0;
  let k = firstIndex;
  // In locals, so that a symbol does not wait for the memory of the one before.
  let bits = held;
  let count = ready;
  for (;;) {
    if (count < 32) {
      holdBits(bits, count);
      fillReader();
      bits = held;
      count = ready;
    }
    const entry = readingEntryOf(table, bits);
    const zeros = <i32>(entry >> 12) & 15;
    const size = <i32>(entry >> 8) & 15;
    if (entry & ENTRY_SPECIAL && (entry & ENTRY_INVALID || size > 0 || zeros < 15)) {
      holdBits(bits, count);
      dropBits(<i32>(entry >> 16) & 31);
      fault = takeSpecial(entry, zerosBefore, k == firstIndex, blocksBefore(ahead));
      bits = held;
      count = ready;
      break;
    }
    k += zeros;
    if (k > finalIndex || size + low > AC_BITS_MAXIMUM) {
      fault = k > finalIndex ? -FAULT_ZERO_RUN : -FAULT_COEFFICIENT;
    } else {
      if (size > 0) {
        store<i16>(coefficientAt(block, k), <i16>(coefficientOf(entry, bits) << low));
        added |= (<u64>1) << (<u64>k);
      } else if (k == finalIndex) fault = -FAULT_ZERO_RUN;
      zerosBefore = size == 0 ? zerosBefore + 1 : 0;
    }
    bits <<= entry;
    count -= <i32>(entry & 63);
    if (k >= finalIndex || fault < 0) {
      if (fault == 0) runBefore = 0;
      break;
    }
    k += 1;
  }
  holdBits(bits, count);
  return finishBlock(block, added, fault);
}

/** Puts what became not zero into the mask. @returns the fault */
// @ts-ignore: decorator
@inline
function finishBlock(block: usize, added: u64, fault: i32): i32 {
  store<u64>(block, load<u64>(block, BLOCK_MASK) | added, BLOCK_MASK);
  if (fault < 0 && added != 0) runBefore = 0;
  return fault;
}

/**
 * Takes what is neither a coefficient nor sixteen zeros: an end of band, or what may not be.
 *
 * @param zerosBefore - how often sixteen zeros came right before it, which an end of band says as well
 * @param isEmpty - whether nothing at all came before it in the block
 * @param place - of the block in the scan
 */
function takeSpecial(entry: u32, zerosBefore: u32, isEmpty: bool, place: u32): i32 {
  if (entry & ENTRY_INVALID) return takeInvalid();
  if ((entry >> 8) & 15) return -FAULT_COEFFICIENT;
  if (zerosBefore > 0 && !noteDeviation(place, zerosBefore)) return -FAULT_ZERO_RUN;
  // An empty block goes into the run before, if that could grow.
  if (isEmpty && runBefore > 0 && runBefore < runMaximum) {
    if (!noteDeviation(place, 0)) return -FAULT_EOB_RUN;
  }
  const bits = <i32>(entry >> 12) & 15;
  runBefore = (1 << bits) + <i32>readBits(bits);
  run = runBefore - 1;
  return 0;
}

export function readAcRefinement(block: usize, record: usize, ahead: i32): i32 {
  // Those that were not zero before this scan.
  const known = load<u64>(block, BLOCK_MASK) & band;
  if (run > 0) {
    run -= 1;
    if (known != 0) refine(block, known);
    return 0;
  }
  const table = recordAcTable(record);
  let fault: i32 = 0;
  let added: u64 = 0;
  let zerosBefore: u32 = 0;
  /** The part of the band that is not yet passed. */
  let rest = band;
  do {
    if (ready < 32) fillReader();
    const entry = readingEntryOf(table, held);
    const size = <i32>(entry >> 8) & 15;
    let zeros = <i32>(entry >> 12) & 15;
    dropBits(<i32>(entry >> 16) & 31);
    if (entry & ENTRY_INVALID || size > 1 || (size == 0 && zeros < 15)) {
      fault = takeSpecial(entry, zerosBefore, rest == band, blocksBefore(ahead));
      if (fault == 0) refine(block, known & rest);
      break;
    }
    const isPositive = <i32>(held >> 63);
    dropBits(size);
    // What was zero before is passed `zeros` times; the next such place is the one meant.
    let places = rest & ~known;
    for (; zeros > 0; zeros--) places &= places - 1;
    if (places == 0) {
      fault = -FAULT_ZERO_RUN;
      break;
    }
    const place = places & -places;
    const between = known & rest & (place - 1);
    if (between != 0) refine(block, between);
    rest &= ~((place << 1) - 1);
    zerosBefore = size == 0 ? zerosBefore + 1 : 0;
    if (size > 0) {
      store<i16>(coefficientAt(block, <i32>ctz(place)), <i16>(((isPositive << 1) - 1) << low));
      added |= place;
    }
  } while (rest != 0);
  if (rest == 0 && fault == 0) {
    fault = zerosBefore > 0 ? -FAULT_ZERO_RUN : 0;
    runBefore = 0;
  }
  return finishBlock(block, added, fault);
}

/** Takes a bit for each coefficient of `set` and puts it into its magnitude. */
function refine(block: usize, set: u64): void {
  let bits = held;
  let count = ready;
  for (let left = set; left != 0; left &= left - 1) {
    if (count < 1) {
      holdBits(bits, count);
      fillReader();
      bits = held;
      count = ready;
    }
    const address = coefficientAt(block, <i32>ctz(left));
    const value = <i32>load<i16>(address);
    // Up or down by 1 << low, or by nothing, without a branch: the bits are random.
    const step = ((value >> 31) | 1) << low;
    store<i16>(address, <i16>(value + (step & -(<i32>(bits >> 63)))));
    bits <<= 1;
    count -= 1;
  }
  holdBits(bits, count);
}
