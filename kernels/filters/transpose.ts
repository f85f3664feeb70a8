/**
 * Transposition: records become columns.
 *
 *   a0 b0 c0 | a1 b1 c1 | a2 b2 c2 | rest       ->       a0 a1 a2 | b0 b1 b2 | c0 c1 c2 | rest
 *
 * The whole records are transposed; the rest, shorter than a record, stays at the end. Records are taken
 * a few at a time, so that neither side reaches further than the nearest cache holds; with vector
 * instructions, squares of sixteen by sixteen bytes are turned in registers.
 */

/** Records that are turned together: a line of cache in each column. */
const RECORDS_AT_ONCE: usize = 64;

/** Transposes [from, end) in records of `stride` bytes to `target`. */
export function transpose(from: usize, end: usize, stride: usize, target: usize): void {
  const records = (end - from) / stride;
  turn(from, stride, records, stride, target, records);
  const whole = records * stride;
  memory.copy(target + whole, from + whole, end - from - whole);
}

/** Takes the transposition back. */
export function untranspose(from: usize, end: usize, stride: usize, target: usize): void {
  const records = (end - from) / stride;
  turn(from, records, stride, records, target, stride);
  const whole = records * stride;
  memory.copy(target + whole, from + whole, end - from - whole);
}

/** Writes `rows` rows of `columns` bytes as columns: byte c of row r goes to target + c * targetStep + r. */
function turn(
  from: usize,
  fromStep: usize,
  rows: usize,
  columns: usize,
  target: usize,
  targetStep: usize,
): void {
  for (let row: usize = 0; row < rows; row += RECORDS_AT_ONCE) {
    const rowsEnd = min(row + RECORDS_AT_ONCE, rows);
    for (let column: usize = 0; column < columns; column++) {
      let source = from + row * fromStep + column;
      const place = target + column * targetStep;
      for (let i = row; i < rowsEnd; i++) {
        store<u8>(place + i, load<u8>(source));
        source += fromStep;
      }
    }
  }
}
