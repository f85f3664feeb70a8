/**
 * Reference block: what the dense model knows of a block and its neighbours when it codes it, in plain
 * integers and in the order of coding.
 *
 *   aboveTwo
 *   aboveLeft  above  aboveRight       values of the same component, coded before
 *   leftTwo left X
 *   luma, blue                         the blocks of other components at the same place
 *
 * Values are coefficients times their quantizers, held to 15 bits, raster order (8 * v + u). It is the
 * model's definition that training and the kernel's tests share; it is written to be read, not to be
 * fast. Source: docs/formats/jpeg-dense.md.
 */

/** One component: 64 coefficients a block, raster order, blocks row by row. */
export interface ReferenceComponent {
  /** Sampling factors. */
  readonly h: number;
  readonly v: number;
  /** Blocks in a row and in a column, with those that only fill up MCUs. */
  readonly columns: number;
  readonly rows: number;
  /** How many of them are coded: fewer where the picture ends early. */
  readonly codedBlocks: number;
  /** Raster order. */
  readonly quantizer: Uint16Array;
  readonly coefficients: Int16Array;
  /** `valuesOf` of these two. */
  readonly values: Int16Array;
}

export interface ReferencePicture {
  readonly components: readonly ReferenceComponent[];
}

/** A block and what lies around it; blocks that are missing are zeros, but for those said below. */
export interface ReferenceBlock {
  /** 1 for the components 1 and 2. */
  readonly isChroma: number;
  /** 1 and 2 for the components 1 and 2, 0 for the others. */
  readonly kind: number;
  readonly quantizer: Uint16Array;
  readonly coefficients: Int16Array;
  /** All values of this block. */
  readonly values: Int16Array;
  /** Those that are coded already; `walkBlock` fills them in. */
  readonly known: Int16Array;
  readonly hasAbove: boolean;
  readonly hasLeft: boolean;
  readonly above: Int16Array;
  readonly left: Int16Array;
  readonly aboveLeft: Int16Array;
  /** `above` itself in the last column. */
  readonly aboveRight: Int16Array;
  /** `above` itself when missing. */
  readonly aboveTwo: Int16Array;
  /** `left` itself when missing. */
  readonly leftTwo: Int16Array;
  /** Of component 0, for the components 1 and 2. */
  readonly luma: Int16Array;
  /** Of component 1, for component 2. */
  readonly blue: Int16Array;
}

/** Who is told of each decision in the order of coding, before its value is known. */
export interface ReferenceVisitor {
  /** An interior coefficient: the `index`-th of 49 in zigzag order. `remaining`: how many of the rest
   * are not zero, this one among them; `follows`: whether the one before was not zero. */
  interior(raster: number, index: number, remaining: number, follows: boolean): void;
  /** The i-th of an edge, 1..7: of the first row (0) or of the first column (1). */
  edge(direction: number, i: number, remaining: number, follows: boolean): void;
  dc(): void;
}

const VALUE_LEAST = -16384;
const VALUE_MOST = 16383;

const ZEROS = new Int16Array(64);

/** Raster indices of the 49 interior coefficients in zigzag order. */
export const INTERIOR: readonly number[] = zigzag().filter((k) => (k & 7) > 0 && k > 7);

function zigzag(): number[] {
  const order: number[] = [];
  for (let diagonal = 0; diagonal < 15; diagonal++) {
    for (let i = 0; i <= diagonal; i++) {
      const u = diagonal % 2 === 1 ? diagonal - i : i;
      if (u < 8 && diagonal - u < 8) order.push(8 * (diagonal - u) + u);
    }
  }
  return order;
}

/** Holds to what the sums of the regressions are bounded for. */
export function clampValue(value: number): number {
  return Math.max(VALUE_LEAST, Math.min(VALUE_MOST, value));
}

/** Coefficients times quantizers; zeros from block `codedBlocks` on. */
export function valuesOf(
  coefficients: Int16Array,
  quantizer: Uint16Array,
  codedBlocks: number,
): Int16Array {
  const values = new Int16Array(coefficients.length);
  for (let i = 0; i < 64 * codedBlocks; i++) {
    const coefficient = coefficients[i]!;
    if (coefficient !== 0) values[i] = clampValue(coefficient * quantizer[i & 63]!);
  }
  return values;
}

/**
 * The block of component `c` at (x, y), with nothing of its own known yet.
 *
 * @param firstRow - of this component, with which its segment begins: nothing above it is looked at
 */
export function blockAt(
  { components }: ReferencePicture,
  c: number,
  x: number,
  y: number,
  firstRow = 0,
): ReferenceBlock {
  const component = components[c]!;
  const { columns, quantizer, values } = component;
  const at = (column: number, row: number): Int16Array => blockOf(values, columns, column, row);
  const hasAbove = y > firstRow;
  const hasLeft = x > 0;
  const above = hasAbove ? at(x, y - 1) : ZEROS;
  const left = hasLeft ? at(x - 1, y) : ZEROS;
  const isChroma = c === 1 || c === 2;
  const [luma, blue] = [components[0]!, components[1]];
  const sharesGrid = c === 2 && blue?.h === component.h && blue.v === component.v;
  return {
    isChroma: isChroma ? 1 : 0,
    kind: isChroma ? c : 0,
    quantizer,
    coefficients: blockOf(component.coefficients, columns, x, y),
    values: at(x, y),
    known: new Int16Array(64),
    hasAbove,
    hasLeft,
    above,
    left,
    aboveLeft: hasAbove && hasLeft ? at(x - 1, y - 1) : ZEROS,
    aboveRight: hasAbove && x + 1 < columns ? at(x + 1, y - 1) : above,
    aboveTwo: y - 2 >= firstRow ? at(x, y - 2) : above,
    leftTwo: x > 1 ? at(x - 2, y) : left,
    luma: isChroma ? lumaAt(luma, component, x, y) : ZEROS,
    blue: sharesGrid ? blockOf(blue.values, columns, x, y) : ZEROS,
  };
}

function blockOf(values: Int16Array, columns: number, x: number, y: number): Int16Array {
  const first = 64 * (y * columns + x);
  return values.subarray(first, first + 64);
}

/** The first luma block at the place of a chroma block. */
function lumaAt(
  luma: ReferenceComponent,
  { h, v }: ReferenceComponent,
  x: number,
  y: number,
): Int16Array {
  const column = Math.min(Math.floor((x * luma.h) / h), luma.columns - 1);
  return blockOf(luma.values, luma.columns, column, Math.floor((y * luma.v) / v));
}

/** Tells a visitor of the block's decisions one by one, and makes each value known behind it. */
export function walkBlock(block: ReferenceBlock, visitor: ReferenceVisitor): void {
  const { coefficients, values, known } = block;
  let remaining = 0;
  for (const k of INTERIOR) if (coefficients[k] !== 0) remaining += 1;
  let follows = false;
  for (let index = 0; remaining > 0; index++) {
    const k = INTERIOR[index]!;
    visitor.interior(k, index, remaining, follows);
    known[k] = values[k]!;
    follows = coefficients[k] !== 0;
    if (follows) remaining -= 1;
  }
  for (const direction of [0, 1]) {
    const step = direction === 0 ? 1 : 8;
    remaining = 0;
    for (let i = 1; i < 8; i++) if (coefficients[step * i] !== 0) remaining += 1;
    follows = false;
    for (let i = 1; remaining > 0; i++) {
      visitor.edge(direction, i, remaining, follows);
      known[step * i] = values[step * i]!;
      follows = coefficients[step * i] !== 0;
      if (follows) remaining -= 1;
    }
  }
  visitor.dc();
  known[0] = values[0]!;
}
