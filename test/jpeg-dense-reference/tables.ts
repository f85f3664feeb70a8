/**
 * Reference of dense JPEG files: names, sizes and order of the model's tables.
 *
 *   class 0   the tables that both classes have
 *   class 1   the same, then those of what other components say
 *
 * Written from the section "Tables" of docs/formats/jpeg-dense.md. A table is a box of units, the last
 * dimension running fastest: rows of eight parameters, or one parameter each.
 */

/** Rows of eight steps, single parameters, and trees of them, whose last dimension is the node. */
export type TableForm = "row" | "pair" | "tree";

export interface TableShape {
  readonly name: string;
  readonly form: TableForm;
  readonly group: number;
  readonly sizes: readonly number[];
}

/** Steps of an exponent in a row. */
export const ROW_STEPS = 8;
const INTERIOR_TREE = 64;
const EDGE_TREE = 8;
/** Bits below the leading one: of lengths 2 to 15, and of DC's to 17. */
const PLACES = 105;
const DC_PLACES = 136;

function shape(name: string, form: TableForm, group: number, ...sizes: number[]): TableShape {
  return { name, form, group, sizes };
}

function edgeNumbers(direction: string): TableShape[] {
  return [
    shape(`${direction}.near`, "tree", 4, 8, 9, EDGE_TREE),
    shape(`${direction}.inner`, "tree", 4, 9, 9, 12, EDGE_TREE),
    shape(`${direction}.side`, "tree", 4, 50, 9, EDGE_TREE),
    shape(`${direction}.other`, "tree", 4, 8, 9, 9, EDGE_TREE),
    shape(`${direction}.line`, "tree", 4, 16, 8, 8, EDGE_TREE),
    shape(`${direction}.corners`, "tree", 4, 11, 9, EDGE_TREE),
  ];
}

const SHARED_TABLES: readonly TableShape[] = [
  shape("number.near", "tree", 0, 12, INTERIOR_TREE),
  shape("number.other", "tree", 0, 12, 9, INTERIOR_TREE),
  shape("number.wide", "tree", 0, 25, 7, INTERIOR_TREE),
  shape("number.left", "tree", 0, 25, 13, INTERIOR_TREE),
  shape("number.above", "tree", 0, 25, 13, INTERIOR_TREE),
  shape("number.all", "tree", 0, 64, INTERIOR_TREE),
  shape("number.low", "tree", 0, 11, 11, INTERIOR_TREE),
  shape("interior.scale", "row", 1, 49, 21, 3),
  shape("interior.own", "row", 1, 49, 11, 12),
  shape("interior.signed", "row", 1, 42, 16),
  shape("interiorBits.place", "pair", 2, 49, PLACES),
  shape("interiorBits.scale", "pair", 2, 21, PLACES, 4),
  shape("interiorBits.prefix", "pair", 2, 128, 8, 6),
  shape("interiorSign.neighbours", "pair", 3, 49, 9),
  shape("interiorSign.borders", "pair", 3, 49, 13, 13),
  shape("interiorSign.scaled", "pair", 3, 4, 13, 13),
  shape("interiorSign.place", "pair", 3, 49, 41),
  shape("interiorSign.size", "pair", 3, 49, 4),
  ...edgeNumbers("rowNumber"),
  ...edgeNumbers("columnNumber"),
  shape("edge.signed", "row", 5, 7, 21, 8),
  shape("edge.scale", "row", 5, 7, 21, 8),
  shape("edge.both", "row", 5, 21, 21),
  shape("edge.own", "row", 5, 7, 8, 8),
  shape("edge.near", "row", 5, 7, 11, 8),
  shape("edge.border", "row", 5, 7, 12, 21),
  shape("edgeSign.size", "pair", 6, 63, 4),
  shape("edgeSign.border", "pair", 6, 7, 21),
  shape("edgeSign.scale", "pair", 6, 49, 7),
  shape("edgeSign.other", "pair", 6, 13, 9, 7),
  shape("edgeBits.place", "pair", 7, 7, PLACES),
  shape("edgeBits.signed", "pair", 7, 33, 16),
  shape("edgeBits.mean", "pair", 7, 33, PLACES),
  shape("edgeBits.scale", "pair", 7, 21, PLACES),
  shape("edgeBits.both", "pair", 7, 33, 12, 4),
  shape("dc.unsure", "row", 8, 24, 24),
  shape("dc.sum", "row", 8, 42),
  shape("dc.first", "row", 8, 24, 24),
  shape("dc.second", "row", 8, 24, 24),
  shape("dc.count", "row", 8, 12, 24),
  shape("dcBits.place", "pair", 9, DC_PLACES),
  shape("dcBits.unsure", "pair", 9, 24, DC_PLACES),
  shape("dcBits.prefix", "pair", 9, 16, 24, 4),
  shape("dcSign.rounding", "pair", 10, 8, 24),
  shape("dcSign.borders", "pair", 10, 25, 17),
  shape("dcSign.size", "pair", 10, 4, 8, 17),
  shape("longer", "pair", 9, 3, 16),
];

/** Of class 1 alone, behind its others. */
const OTHER_TABLES: readonly TableShape[] = [
  shape("interior.other", "row", 1, 49, 5, 5, 11),
  shape("edge.other", "row", 5, 7, 8, 8, 8),
  shape("dc.other", "row", 8, 12, 21),
  shape("interiorSign.other", "pair", 3, 2, 49, 9),
];

/** All tables of a class, in their order. */
export function tablesOfClass(colour: number): readonly TableShape[] {
  return colour === 0 ? SHARED_TABLES : [...SHARED_TABLES, ...OTHER_TABLES];
}

/** Parameters of a table. */
export function parametersOf({ form, sizes }: TableShape): number {
  const units = sizes.reduce((product, size) => product * size, 1);
  return form === "row" ? ROW_STEPS * units : units;
}

/** 16-bit words of all tables, where rows, classes and the end stand at multiples of a row's. */
export function wordsOfTables(): number {
  const rowWords = 2 * ROW_STEPS;
  const toRow = (words: number): number => rowWords * Math.ceil(words / rowWords);
  let words = 0;
  for (const shapes of [SHARED_TABLES, SHARED_TABLES, OTHER_TABLES]) {
    for (const table of shapes) {
      words = (table.form === "row" ? toRow(words) : words) + 2 * parametersOf(table);
    }
    words = toRow(words);
  }
  return words;
}
