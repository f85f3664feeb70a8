/**
 * Scan break: which block is the last one, of a whole scan and of one whose data end before.
 *
 *   MCUs of a row   | read | read | started: block 0, 1, ... | not there |
 *
 * Blocks are counted by component, row by row. The walk is scan-walk.ts.
 */
import { blockColumns, blockRows, verticalFactor } from "./frame.ts";
import {
  blockRecord,
  indexAt,
  line,
  mcuBlocks,
  mcuColumn,
  mcuRow,
  recordComponent,
} from "./scan-walk.ts";

/** Index of the last block of component `c`. */
export function lastBlock(c: i32): i32 {
  return blockColumns(c) * blockRows(c) - 1;
}

/**
 * Highest index of a block of component `c` that was started, when the scan breaks off in the MCU
 * that comes next with its first `started` blocks; 0 when there is none.
 */
export function lastBlockStarted(c: i32, started: i32): i32 {
  const columns = blockColumns(c);
  let last = mcuRow * verticalFactor(c) * columns - 1;
  for (let i: i32 = 0; i < mcuBlocks; i++) {
    const record = blockRecord(i);
    if (recordComponent(record) != c) continue;
    const x = i < started ? mcuColumn : mcuColumn - 1;
    if (x >= 0) last = max(last, indexAt(record, x));
    else if (line > 0) last = max(last, indexAt(record, 0) - 1);
  }
  return max(last, 0);
}
