/**
 * One block of a sequential scan: the codes of its DC and of its coefficients to the store, or past
 * them when only places are wanted.
 *
 *   DC | zeros, value | zeros, value | sixteen zeros | zeros, value | end of block
 *
 * A block that breaks off because data ran out keeps what was read of it. Where the missing bits make
 * a run that is too long, its last coefficient is a one, as both Lepton programs have it.
 *
 * The loop keeps the reader's bits in locals. With them in the reader's module variables a symbol
 * has to wait for the store of the one before. Source: ITU-T T.81, F.2.2.
 */
import { borrowed, fillReader, held, holdBits, ready } from "../bits/msb-read.ts";
import { FAULT_COEFFICIENT, FAULT_HUFFMAN_CODE, FAULT_ZERO_RUN } from "../fault.ts";
import { ZIGZAG } from "../memory.ts";
import { noteDeviation } from "./deviations.ts";
import { BLOCK_MASK } from "./frame.ts";
import {
  coefficientOf,
  ENTRY_INVALID,
  ENTRY_LONG,
  ENTRY_SPECIAL,
  longEntryOf,
  readingEntryOf,
} from "./huffman-table.ts";
import {
  blockAddress,
  blocksBeforeRecord,
  recordAcTable,
  recordDcTable,
  recordPredictor,
} from "./scan-walk.ts";

/** Most bits of a DC and of another coefficient: a code of 16 bits and the value. */
const DC_BITS_MAXIMUM: i32 = 16 + 15;
const AC_BITS_MAXIMUM: i32 = 16 + 11;

/** Most bytes of a block: 31 bits of DC, 63 times 27 bits, every byte stuffed. */
export const BLOCK_STREAM_BYTES: usize = 512;

/** What a block is but for a fault: read, the last one, or not there because data ran out before. */
export const BLOCK_READ: i32 = 0;
export const BLOCK_LAST: i32 = 1;
export const BLOCK_ABSENT: i32 = 2;

/** Whether coefficients go to the store. */
export class Storing {}
export class Indexing {}

/** Reads one block. @returns BLOCK_* or a negative fault */
export function readBlock<Mode>(record: usize): i32 {
  if (ready < DC_BITS_MAXIMUM) fillReader();
  if (ready <= borrowed) return BLOCK_ABSENT;
  const dcEntry = readingEntryOf(recordDcTable(record), held);
  if (dcEntry & ENTRY_INVALID) return isCut(dcEntry, ready) ? BLOCK_LAST : -FAULT_HUFFMAN_CODE;
  const predictor = recordPredictor(record);
  const dc = <i32>(<i16>(load<i32>(predictor) + coefficientOf(dcEntry, held)));
  store<i32>(predictor, dc);
  let bits = held << dcEntry;
  let count = ready - <i32>(dcEntry & 63);

  const block = blockAddress(record);
  const acTable = recordAcTable(record);
  let mask: u64 = 0;
  let k: i32 = 0; // zigzag index of the last coefficient
  let written: i32 = -1; // of the last zero that was written out
  let zeros: u32 = 0; // how often sixteen of them, one behind the other
  while (k < 63) {
    if (count < AC_BITS_MAXIMUM) {
      holdBits(bits, count);
      fillReader();
      bits = held;
      count = ready;
    }
    let entry = load<u32>(acTable + (<usize>(bits >> 51) & 0x1ffc));
    if (entry & ENTRY_SPECIAL) {
      if (entry & ENTRY_LONG) entry = longEntryOf(acTable, entry, bits);
      if (entry & ENTRY_SPECIAL) {
        const fault = faultOf(entry);
        if (fault != 0) {
          if (!isCut(entry, count)) return -fault;
          count = borrowed - 1;
          break;
        }
        bits <<= entry;
        count -= <i32>(entry & 63);
        if ((entry & 0xff00) == 0) break; // end of block
        zeros = k == written ? zeros + 1 : 1;
        k += 16;
        written = k;
        continue;
      }
    }
    k += <i32>((entry >> 12) & 15) + 1;
    if (k > 63) {
      count -= <i32>(entry & 63);
      written = k;
      break;
    }
    if (idof<Mode>() == idof<Storing>()) {
      store<i16>(block + ((<usize>load<u8>(ZIGZAG + k)) << 1), <i16>coefficientOf(entry, bits));
      mask |= (<u64>1) << k;
    }
    bits <<= entry;
    count -= <i32>(entry & 63);
  }
  holdBits(bits, count);

  if (k == written) {
    // Zeros up to the end that no writer makes, unless they come of bits that are missing.
    if (count < borrowed) {
      if (idof<Mode>() == idof<Storing>()) store<i16>(block, 1, 2 * 63);
      mask |= (<u64>1) << 63;
    } else if (k > 62 || !noteDeviation(blocksBeforeRecord(record, 0), zeros)) {
      return -FAULT_ZERO_RUN;
    }
  }
  if (idof<Mode>() == idof<Storing>()) storeDc(block, dc, mask);
  return count < borrowed ? BLOCK_LAST : BLOCK_READ;
}

// @ts-ignore: decorator
@inline
function storeDc(block: usize, dc: i32, mask: u64): void {
  store<i16>(block, <i16>dc);
  store<u64>(block, dc == 0 ? mask : mask | 1, BLOCK_MASK);
}

/** What is wrong with an AC entry that has the flag ENTRY_SPECIAL; 0 for end of block and for
 * sixteen zeros. */
function faultOf(entry: u32): i32 {
  if (entry & ENTRY_INVALID) return FAULT_HUFFMAN_CODE;
  const symbol = (entry >> 8) & 0xff;
  if (symbol == 0 || symbol == 0xf0) return 0;
  return symbol & 15 ? FAULT_COEFFICIENT : FAULT_ZERO_RUN;
}

/** Whether bits that are missing may be among those of a code that cannot be. While none were
 * missed there may be as many as 27 bits held and more to come. */
function isCut(entry: u32, count: i32): bool {
  const length: i32 = entry & ENTRY_INVALID ? 16 : <i32>(entry & 63);
  return borrowed > 0 && count - borrowed < length;
}
