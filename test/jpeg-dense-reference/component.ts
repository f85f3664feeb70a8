/**
 * Reference of dense JPEG files: what is kept of a component's blocks, and what a block sees of it.
 *
 *   coefficients   as the JPEG has them; F: times their quantizers
 *   Neighbours     F and numbers of the blocks around the one that is coded
 *
 * Written from the section "Neighbours" of docs/formats/jpeg-dense.md.
 */
import { INTERIOR } from "./zigzag.ts";

const F_MOST = 16_383;
const SUM_MOST = 255;
const DC_LENGTH_MOST = 11;

/** F of a block, and the numbers that are kept of it. */
export interface Block {
  readonly f: Int16Array;
  readonly number: number;
  readonly rowNumber: number;
  readonly columnNumber: number;
  readonly rowSum: number;
  readonly columnSum: number;
  /** Of the first five in the interior's order. */
  readonly lowSum: number;
  /** Length of its DC's difference. */
  readonly dcLength: number;
}

export const NO_BLOCK: Block = {
  f: new Int16Array(64),
  number: 0,
  rowNumber: 0,
  columnNumber: 0,
  rowSum: 0,
  columnSum: 0,
  lowSum: 0,
  dcLength: 0,
};

export interface Neighbours {
  readonly isAbove: boolean;
  readonly isLeft: boolean;
  /** A, L, AL, AR, AA, LL of the text. */
  readonly above: Block;
  readonly left: Block;
  readonly aboveLeft: Block;
  readonly aboveRight: Block;
  readonly twoAbove: Block;
  readonly twoLeft: Block;
  /** O and O2: blocks of other components. */
  readonly other: Block;
  readonly second: Block;
  /** The mean of the interior numbers under the block, or that of O2. */
  readonly otherNumber: number;
}

export class Component {
  readonly index: number;
  readonly h: number;
  readonly v: number;
  readonly columns: number;
  readonly rows: number;
  readonly scanColumns: number;
  readonly scanRows: number;
  readonly quantizers: Uint16Array;
  readonly coefficients: Int16Array;
  /** With an early end, fewer than all. */
  codedBlocks: number;
  #blocks: (Block | undefined)[];

  constructor(shape: {
    index: number;
    h: number;
    v: number;
    columns: number;
    rows: number;
    scanColumns: number;
    scanRows: number;
    quantizers: Uint16Array;
  }) {
    this.index = shape.index;
    this.h = shape.h;
    this.v = shape.v;
    this.columns = shape.columns;
    this.rows = shape.rows;
    this.scanColumns = shape.scanColumns;
    this.scanRows = shape.scanRows;
    this.quantizers = shape.quantizers;
    this.codedBlocks = shape.columns * shape.rows;
    this.coefficients = new Int16Array(64 * this.codedBlocks);
    this.#blocks = [];
  }

  get codedRows(): number {
    const rows = Math.ceil(this.codedBlocks / this.columns);
    return Math.min(this.rows, Math.ceil(rows / this.v) * this.v);
  }

  /** The coefficients of a block, in raster order. */
  block(x: number, y: number): Int16Array {
    const first = 64 * (y * this.columns + x);
    return this.coefficients.subarray(first, first + 64);
  }

  /** Blocks of one segment do not see those of another. */
  forget(): void {
    this.#blocks = [];
  }

  kept(x: number, y: number): Block | undefined {
    if (x < 0 || y < 0 || x >= this.columns) return undefined;
    return this.#blocks[y * this.columns + x];
  }

  keep(x: number, y: number, block: Block): void {
    this.#blocks[y * this.columns + x] = block;
  }

  /** F of one coefficient. */
  fOf(k: number, coefficient: number): number {
    return Math.max(-F_MOST - 1, Math.min(F_MOST, coefficient * this.quantizers[k]!));
  }
}

/** What is kept of a block that has been coded. */
export function describeBlock(
  component: Component,
  coefficients: Int16Array,
  dcDifference: number,
): Block {
  const magnitude = (k: number): number => Math.abs(coefficients[k]!);
  const sum = (places: readonly number[]): number =>
    Math.min(
      SUM_MOST,
      places.reduce((total, k) => total + magnitude(k), 0),
    );
  const number = (places: readonly number[]): number =>
    places.filter((k) => coefficients[k] !== 0).length;
  return {
    f: Int16Array.from(coefficients, (coefficient, k) => component.fOf(k, coefficient)),
    number: number(INTERIOR),
    rowNumber: number(ROW_EDGE),
    columnNumber: number(COLUMN_EDGE),
    rowSum: sum(ROW_EDGE),
    columnSum: sum(COLUMN_EDGE),
    lowSum: sum(INTERIOR.slice(0, 5)),
    dcLength: Math.min(DC_LENGTH_MOST, 32 - Math.clz32(Math.abs(dcDifference))),
  };
}

const ROW_EDGE = [1, 2, 3, 4, 5, 6, 7];
const COLUMN_EDGE = [8, 16, 24, 32, 40, 48, 56];

/** What the block at x, y sees, in a segment whose first row of this component is `firstRow`. */
export function neighboursOf(
  components: readonly Component[],
  component: Component,
  x: number,
  y: number,
  firstRow: number,
): Neighbours {
  const isAbove = y > firstRow;
  const isLeft = x > 0;
  const above = (isAbove && component.kept(x, y - 1)) || NO_BLOCK;
  const left = (isLeft && component.kept(x - 1, y)) || NO_BLOCK;
  const isLastColumn = x === component.columns - 1;
  const others = othersOf(components, component, x, y);
  return {
    isAbove,
    isLeft,
    above,
    left,
    aboveLeft: (isAbove && component.kept(x - 1, y - 1)) || NO_BLOCK,
    aboveRight: isLastColumn ? above : (isAbove && component.kept(x + 1, y - 1)) || NO_BLOCK,
    twoAbove: y - 1 > firstRow ? (component.kept(x, y - 2) ?? NO_BLOCK) : above,
    twoLeft: x > 1 ? (component.kept(x - 2, y) ?? NO_BLOCK) : left,
    ...others,
  };
}

type Others = Pick<Neighbours, "other" | "second" | "otherNumber">;

function othersOf(
  components: readonly Component[],
  component: Component,
  x: number,
  y: number,
): Others {
  const { index, h, v } = component;
  const [first, one] = components;
  if (index === 0 || index === 3 || first === undefined) {
    return { other: NO_BLOCK, second: NO_BLOCK, otherNumber: 0 };
  }
  const firstX = Math.min(Math.floor((x * first.h) / h), first.columns - 1);
  const firstY = Math.floor((y * first.v) / v);
  const other = first.kept(firstX, firstY) ?? NO_BLOCK;
  const isSecond = index === 2 && one!.h === h && one!.v === v;
  const second = (isSecond && one!.kept(x, y)) || NO_BLOCK;
  let otherNumber = second.number;
  if (index === 1) {
    const numbers: number[] = [];
    const across = Math.max(1, Math.floor(first.h / h));
    const down = Math.max(1, Math.floor(first.v / v));
    for (let i = 0; i < down; i++) {
      for (let j = 0; j < across; j++) {
        numbers.push(first.kept(firstX + j, firstY + i)?.number ?? 0);
      }
    }
    otherNumber = Math.floor(numbers.reduce((a, b) => a + b, 0) / numbers.length);
  }
  return { other, second, otherNumber };
}
