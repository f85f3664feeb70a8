/**
 * The store of a progressive frame: what the scans have put into it so far.
 *
 *   PASSES   for each coefficient of each component, the lowest bit that is known, plus one
 *
 * Each coefficient has a first pass, then its lower bits one by one, DC before AC. A scan that leaves
 * that order is refused, since it would change what another scan has given. Source: ITU-T T.81,
 * G.1.1.1.
 */
import { FAULT_SCAN } from "../fault.ts";
import { PASSES } from "../memory.ts";
import {
  BLOCK_BYTES,
  BLOCK_MASK,
  blockColumns,
  blockRows,
  components,
  rowAddress,
} from "./frame.ts";
import { finalIndex, firstIndex, low } from "./progressive-scan.ts";
import { SCAN_COMPONENT, SCAN_COMPONENTS, SCAN_HIGH, SCAN_NOTES, scanField } from "./scan.ts";

/**
 * Notes that this scan is read.
 *
 * @returns 0, or FAULT_SCAN when it does not follow from those noted since `clearPasses`
 */
export function notePass(): i32 {
  const high = scanField(SCAN_HIGH);
  if (high != 0 && high != low + 1) return -FAULT_SCAN;
  // A pass is written down as its lowest bit plus one; 0 says that none came.
  if (!isAt(high == 0 ? 0 : high + 1)) return -FAULT_SCAN;
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const passes = passesOf(i);
    memory.fill(passes + firstIndex, <u8>(low + 1), finalIndex - firstIndex + 1);
  }
  return 0;
}

/** Whether all coefficients of the scan are where `pass` has left them: its lowest bit plus one, or
 * 0 when none came. Of a component with AC coefficients the DC must be there. */
function isAt(pass: i32): bool {
  // Only a file that has room for notes can do without it: Lepton's programs cannot.
  const needsDc = firstIndex > 0 && scanField(SCAN_NOTES) == 0;
  for (let i: usize = 0; i < <usize>scanField(SCAN_COMPONENTS); i++) {
    const passes = passesOf(i);
    if (needsDc && load<u8>(passes) == 0) return false;
    for (let k = firstIndex; k <= finalIndex; k++) {
      if (<i32>load<u8>(passes + k) != pass) return false;
    }
  }
  return true;
}

// @ts-ignore: decorator
@inline
function passesOf(i: usize): usize {
  return PASSES + 64 * <usize>scanField(SCAN_COMPONENT + i);
}

/** Forgets all scans: the store is empty again. */
export function clearPasses(): void {
  memory.fill(PASSES, 0, 4 * 64);
}

/** Completes the masks of all blocks, when all scans are read: the DC has none so far. */
export function sealStore(): void {
  for (let c: i32 = 0; c < components; c++) {
    for (let y: i32 = 0; y < blockRows(c); y++) {
      const row = rowAddress(c, y);
      const end = row + BLOCK_BYTES * <usize>blockColumns(c);
      for (let block = row; block < end; block += BLOCK_BYTES) {
        const bit: u64 = load<i16>(block) == 0 ? 0 : 1;
        store<u64>(block, load<u64>(block, BLOCK_MASK) | bit, BLOCK_MASK);
      }
    }
  }
}
