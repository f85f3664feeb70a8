/**
 * Transposition: records become columns.
 *
 *   a0 b0 c0 | a1 b1 c1 | a2 b2 c2 | rest       ->       a0 a1 a2 | b0 b1 b2 | c0 c1 c2 | rest
 *
 * The whole records are transposed; the rest, shorter than a record, stays at the end. With vector
 * instructions, squares of sixteen by sixteen bytes are turned by interleaving: a round that interleaves
 * rows i and i + 8 rotates the eight bits of a byte's place (row, column) by one, and four rounds make the
 * row the column. Without them, tiles are walked along the side whose lines lie further apart: columns
 * of a whole unit often lie a power of two apart, where a cache holds eight lines and not 64.
 */
import { TURN_SQUARES } from "../memory.ts";

/** Side of a tile: a line of cache. */
const TILE: usize = 64;

/** Side of a square. */
const SQUARE: usize = 16;

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

/** Byte `column` of row `row`, at from + row * fromStep + column, goes to target + column * targetStep + row. */
function turn(
  from: usize,
  fromStep: usize,
  rows: usize,
  columns: usize,
  target: usize,
  targetStep: usize,
): void {
  for (let row: usize = 0; row < rows; row += TILE) {
    const tileRows = min(TILE, rows - row);
    for (let column: usize = 0; column < columns; column += TILE) {
      const source = from + row * fromStep + column;
      const place = target + column * targetStep + row;
      turnTile(source, fromStep, tileRows, min(TILE, columns - column), place, targetStep);
    }
  }
}

function turnTile(
  from: usize,
  fromStep: usize,
  rows: usize,
  columns: usize,
  target: usize,
  targetStep: usize,
): void {
  let squareRows: usize = 0;
  let squareColumns: usize = 0;
  if (ASC_FEATURE_SIMD) {
    squareRows = rows & ~(SQUARE - 1);
    squareColumns = columns & ~(SQUARE - 1);
    for (let row: usize = 0; row < squareRows; row += SQUARE) {
      for (let column: usize = 0; column < squareColumns; column += SQUARE) {
        const place = target + column * targetStep + row;
        turnSquare(from + row * fromStep + column, fromStep, place, targetStep);
      }
    }
    if (squareRows == rows && squareColumns == columns) return;
    // What is left: the columns beside the squares, then the rows below them.
    const beside = from + squareColumns;
    const besideTarget = target + squareColumns * targetStep;
    turnBytes(beside, fromStep, squareRows, columns - squareColumns, besideTarget, targetStep);
  }
  const below = from + squareRows * fromStep;
  turnBytes(below, fromStep, rows - squareRows, columns, target + squareRows, targetStep);
}

function turnBytes(
  from: usize,
  fromStep: usize,
  rows: usize,
  columns: usize,
  target: usize,
  targetStep: usize,
): void {
  if (fromStep > targetStep) {
    for (let row: usize = 0; row < rows; row++) {
      const source = from + row * fromStep;
      let place = target + row;
      for (let column: usize = 0; column < columns; column++) {
        store<u8>(place, load<u8>(source + column));
        place += targetStep;
      }
    }
    return;
  }
  for (let column: usize = 0; column < columns; column++) {
    const place = target + column * targetStep;
    let source = from + column;
    for (let row: usize = 0; row < rows; row++) {
      store<u8>(place + row, load<u8>(source));
      source += fromStep;
    }
  }
}

/** Turns sixteen rows of sixteen bytes. */
function turnSquare(from: usize, fromStep: usize, target: usize, targetStep: usize): void {
  const other = TURN_SQUARES + SQUARE * SQUARE;
  interleave(from, fromStep, TURN_SQUARES, SQUARE);
  interleave(TURN_SQUARES, SQUARE, other, SQUARE);
  interleave(other, SQUARE, TURN_SQUARES, SQUARE);
  interleave(TURN_SQUARES, SQUARE, target, targetStep);
}

/** One round: rows i and i + 8 are interleaved to rows 2i and 2i + 1. */
// @ts-ignore: decorator
@inline
function interleave(from: usize, fromStep: usize, target: usize, targetStep: usize): void {
  for (let i: usize = 0; i < 8; i++) {
    const first = v128.load(from + i * fromStep);
    const second = v128.load(from + (i + 8) * fromStep);
    const place = target + 2 * i * targetStep;
    v128.store(
      place,
      i8x16.shuffle(first, second, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
    );
    v128.store(
      place + targetStep,
      i8x16.shuffle(first, second, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
    );
  }
}
