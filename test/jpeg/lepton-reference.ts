/**
 * Reference of the Lepton model: one segment's coefficients, decoded or encoded, written straight
 * from the format's text to judge the kernel by. It shares no line with it and is not fast.
 *
 *   for each row of blocks, in the order of the format
 *     for each block   count of the 7x7, the 7x7, both edges, then DC
 *
 * Rows and segments are here; what happens in a block is in lepton-reference-block.ts, bins in
 * lepton-bins.ts, reading a .lep file in lepton-reference-file.ts.
 */
import { BinDecoder, BinEncoder, type Bins, type Trace } from "./lepton-bins.ts";
import { type Arithmetic, BlockCoder, type RowNeighbours } from "./lepton-reference-block.ts";
import { BLOCK_BRANCHES } from "./lepton-reference-branches.ts";

/** One component's coefficients: blocks in rows, 64 in raster order each. */
export interface ReferenceComponent {
  readonly h: number;
  readonly v: number;
  readonly blockColumns: number;
  readonly blockRows: number;
  /** Blocks that are coded: all, unless the file ends early. */
  readonly codedBlocks: number;
  /** In raster order. */
  readonly quantization: Uint16Array;
  readonly coefficients: Int16Array;
}

export interface ReferencePicture {
  readonly mcuRows: number;
  readonly components: readonly ReferenceComponent[];
  readonly arithmetic: Arithmetic;
  /** Encodes what no encoder should: coefficients of the 7x7 up to 2047. */
  readonly isLax?: boolean;
}

/** Rows of component 0: from `firstRow` up to `endRow`, which the last segment does not heed. */
export interface ReferenceSegment {
  readonly firstRow: number;
  readonly endRow: number;
  readonly isLast: boolean;
}

/** Where a row of blocks is. */
export interface RowPlace {
  readonly component: number;
  readonly row: number;
}

/** Fills the picture's coefficients from a segment's stream; the count of bins. */
export function decodeSegment(
  picture: ReferencePicture,
  segment: ReferenceSegment,
  stream: Uint8Array,
  trace?: Trace,
): number {
  const bins = new BinDecoder(BLOCK_BRANCHES, stream, trace);
  codeSegment(picture, segment, bins, false);
  return bins.count;
}

/** The stream of a segment of the picture, and the count of its bins. */
export function encodeSegment(
  picture: ReferencePicture,
  segment: ReferenceSegment,
  trace?: Trace,
): { stream: Uint8Array; bins: number } {
  const bins = new BinEncoder(BLOCK_BRANCHES, trace);
  codeSegment(picture, segment, bins, true);
  return { stream: bins.finish(), bins: bins.count };
}

function codeSegment(
  picture: ReferencePicture,
  segment: ReferenceSegment,
  bins: Bins,
  encodes: boolean,
): void {
  const coders = picture.components.map(
    ({ quantization }, c) => new BlockCoder(bins, encodes, Math.min(c, 1), quantization, picture),
  );
  const above: (RowNeighbours | undefined)[] = picture.components.map(() => undefined);
  for (const place of segmentRows(picture, segment)) {
    const c = place.component;
    above[c] = codeRow(coders[c]!, picture.components[c]!, place.row, above[c]);
  }
}

/** Segments that begin at these rows of component 0; the first row is 0. */
export function segmentsFrom(
  picture: ReferencePicture,
  firstRows: readonly number[],
): ReferenceSegment[] {
  return firstRows.map((firstRow, i) => ({
    firstRow,
    endRow: firstRows[i + 1] ?? picture.components[0]!.blockRows,
    isLast: i === firstRows.length - 1,
  }));
}

/** The rows of blocks of a segment, in coding order (section 4.1 of the format). */
export function* segmentRows(
  picture: ReferencePicture,
  segment: ReferenceSegment,
): Generator<RowPlace> {
  const { components, mcuRows } = picture;
  const codedRows = components.map(codedRowsOf);
  const v0 = components[0]!.v;
  for (let m = 0; m < mcuRows; m++) {
    for (let c = components.length - 1; c >= 0; c--) {
      const { v } = components[c]!;
      for (let k = 0; k < v; k++) {
        const row = m * v + k;
        const lumaRow = c === 0 ? row : m * v0;
        const isPast = lumaRow >= segment.endRow && !segment.isLast;
        if (row >= codedRows[c]!) {
          const judges = Math.max(1, components.length - 1);
          const others = components.slice(0, judges);
          if (isPast || others.every((one, j) => m * one.v >= codedRows[j]!)) return;
          continue;
        }
        if (isPast) return;
        if (lumaRow >= segment.firstRow) yield { component: c, row };
      }
    }
  }
}

function codedRowsOf(component: ReferenceComponent): number {
  const { v, blockColumns, blockRows, codedBlocks } = component;
  const rows = Math.min(Math.ceil(codedBlocks / blockColumns), blockRows);
  return Math.min(Math.ceil(rows / v) * v, blockRows);
}

/** One row of blocks; what the row below needs of it. */
function codeRow(
  coder: BlockCoder,
  component: ReferenceComponent,
  row: number,
  above: RowNeighbours | undefined,
): RowNeighbours {
  const { blockColumns, coefficients, codedBlocks } = component;
  const blockAt = (index: number): Int16Array => coefficients.subarray(64 * index, 64 * index + 64);
  const own: RowNeighbours = {
    counts: new Uint8Array(blockColumns),
    bottoms: new Int16Array(8 * blockColumns),
  };
  let right: Int16Array | undefined;
  for (let column = 0; column < blockColumns; column++) {
    const index = row * blockColumns + column;
    const isLeft = column > 0;
    const isAbove = above !== undefined;
    const result = coder.code(blockAt(index), {
      left: isLeft ? blockAt(index - 1) : undefined,
      above: isAbove ? blockAt(index - blockColumns) : undefined,
      aboveLeft: isLeft && isAbove ? blockAt(index - blockColumns - 1) : undefined,
      leftCount: own.counts[column - 1] ?? 0,
      aboveCount: above?.counts[column] ?? 0,
      leftEdge: right,
      aboveEdge: above?.bottoms.subarray(8 * column, 8 * column + 8),
    });
    own.counts[column] = result.count;
    own.bottoms.set(result.bottom, 8 * column);
    right = result.right;
    if (index + 1 >= codedBlocks) break;
  }
  return own;
}
