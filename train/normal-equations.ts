/**
 * Normal equations: weighted least squares, one system for each cell of a regression.
 *
 *   a cell   | lanes x lanes, upper triangle | lanes: products with the target | target squared | count |
 *
 * Only + - * / and square roots, in an order that the input alone decides, so that the same pictures
 * give the same weights to the last bit on any machine.
 */

export interface Sums {
  readonly lanes: number;
  readonly cells: Float64Array;
}

/** Added to the diagonal, as a share of its mean: lanes that say the same twice do no harm. */
const RIDGE = 1e-6;

export function emptySums(cells: number, lanes: number): Sums {
  return { lanes, cells: new Float64Array(cells * strideOf(lanes)) };
}

function strideOf(lanes: number): number {
  return lanes * lanes + lanes + 2;
}

const present = new Int32Array(64);
const values = new Float64Array(64);

/** Adds one sample to a cell. */
export function addSample(
  { lanes, cells }: Sums,
  cell: number,
  inputs: Int32Array,
  target: number,
  weight: number,
): void {
  const first = cell * strideOf(lanes);
  let count = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const input = inputs[lane]!;
    if (input === 0) continue;
    present[count] = lane;
    values[count] = input;
    count += 1;
  }
  const products = first + lanes * lanes;
  for (let i = 0; i < count; i++) {
    const weighted = weight * values[i]!;
    const row = first + lanes * present[i]!;
    for (let j = i; j < count; j++) {
      const at = row + present[j]!;
      cells[at] = cells[at]! + weighted * values[j]!;
    }
    const at = products + present[i]!;
    cells[at] = cells[at]! + weighted * target;
  }
  cells[products + lanes] = cells[products + lanes]! + weight * target * target;
  cells[products + lanes + 1] = cells[products + lanes + 1]! + weight;
}

/** Adds what another picture has given, times a factor. */
export function addSums(to: Sums, from: Sums, factor: number): void {
  for (let i = 0; i < to.cells.length; i++) {
    to.cells[i] = to.cells[i]! + factor * from.cells[i]!;
  }
}

/** What a cell's system says of its fit. */
export interface Solution {
  readonly weights: Float64Array;
  /** Weighted sum of squares of the target, and of what the weights leave of it. */
  readonly before: number;
  readonly after: number;
}

/** Solves one cell by Cholesky's factors. Zeros where there were no samples. */
export function solve({ lanes, cells }: Sums, cell: number): Solution {
  const first = cell * strideOf(lanes);
  const products = first + lanes * lanes;
  const at = (i: number, j: number): number => cells[first + lanes * i + j]!;
  const before = cells[products + lanes]!;
  let trace = 0;
  for (let i = 0; i < lanes; i++) trace += at(i, i);
  const weights = new Float64Array(lanes);
  if (trace === 0) return { weights, before, after: before };
  const ridge = (RIDGE * trace) / lanes;

  const lower = new Float64Array(lanes * lanes);
  for (let i = 0; i < lanes; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(j, i) + (i === j ? ridge : 0);
      for (let k = 0; k < j; k++) sum -= lower[lanes * i + k]! * lower[lanes * j + k]!;
      lower[lanes * i + j] = i === j ? Math.sqrt(sum) : sum / lower[lanes * j + j]!;
    }
  }
  for (let i = 0; i < lanes; i++) {
    let sum = cells[products + i]!;
    for (let k = 0; k < i; k++) sum -= lower[lanes * i + k]! * weights[k]!;
    weights[i] = sum / lower[lanes * i + i]!;
  }
  for (let i = lanes - 1; i >= 0; i--) {
    let sum = weights[i]!;
    for (let k = i + 1; k < lanes; k++) sum -= lower[lanes * k + i]! * weights[k]!;
    weights[i] = sum / lower[lanes * i + i]!;
  }
  let explained = 0;
  for (let i = 0; i < lanes; i++) explained += weights[i]! * cells[products + i]!;
  return { weights, before, after: before - explained };
}
