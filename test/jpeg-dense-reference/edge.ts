/**
 * Reference of dense JPEG files: the row edge and the column edge of a block, seven coefficients each.
 *
 *   how many are not zero, then each in turn: length, sign, bits below the leading one
 *
 * Written from the section "Edges" of docs/formats/jpeg-dense.md. What a coefficient is guessed from is in
 * edge-regression.ts.
 */
import { type Estimate, quot, type Scene, setCoefficient, side, up } from "./block-coder.ts";
import type { Block } from "./component.ts";
import { placeOf } from "./decisions.ts";
import { type Edge, estimateEdge, placeOn, predictEdge } from "./edge-regression.ts";
import { LENGTH_MOST } from "./interior.ts";
import { blen, cut, log, signOf, sum } from "./levels.ts";

const BASIS_FIRST = 1448;
const PREDICTION_MOST = 2 ** 24;
const BORDER_MOST = 2 ** 18;
const NO_NUMBER = 8;

/** Decodes an edge: how many are not zero, and how far its predictions missed, all seven together. */
export function decodeEdge(
  scene: Scene,
  edge: Edge,
  interiorNumber: number,
  rowNumber: number,
): { number: number; missed: number } {
  const number = decodeNumber(scene, edge, interiorNumber, rowNumber);
  let rest = number;
  let missed = 0;
  for (let i = 1; i <= 7; i++) {
    const k = placeOn(edge, i);
    const prediction = predictEdge(scene, edge, i);
    if (rest > 0) {
      const value = decodeCoefficient(scene, edge, i, rest, prediction);
      setCoefficient(scene, k, value);
      if (value !== 0) rest--;
    }
    missed += Math.abs(Math.floor(prediction / 4096) - scene.x[k]!);
  }
  if (rest > 0) throw new Error("an edge ends before its number is reached");
  return { number, missed };
}

/** The neighbour beyond the edge, the other one of A and L, and whether they are there. */
function around({ neighbours: n }: Scene, edge: Edge) {
  return edge === "row"
    ? { beyond: n.above, isBeyond: n.isAbove, aside: n.left, isAside: n.isLeft }
    : { beyond: n.left, isBeyond: n.isLeft, aside: n.above, isAside: n.isAbove };
}

function numberOf(block: Block, edge: Edge): number {
  return edge === "row" ? block.rowNumber : block.columnNumber;
}

function sumOf(block: Block, edge: Edge): number {
  return edge === "row" ? block.rowSum : block.columnSum;
}

/** @param number - of the interior; @param rowNumber - of the row edge, 0 while that is coded */
function decodeNumber(scene: Scene, edge: Edge, number: number, rowNumber: number): number {
  const { tables, decisions, neighbours: n, coefficients } = scene;
  const { beyond, isBeyond, aside, isAside } = around(scene, edge);
  const fromBeyond = isBeyond ? numberOf(beyond, edge) : NO_NUMBER;
  const fromAside = isAside ? numberOf(aside, edge) : NO_NUMBER;
  const fromOther = numberOf(n.other, edge);
  const corners = sum(sumOf(n.aboveLeft, edge) + sumOf(n.aboveRight, edge));
  let line = 0;
  for (let i = 1; i <= 7; i++) line += Math.abs(coefficients[placeOn(edge, i, 1)]!);
  const table = (name: string, ...place: number[]): number =>
    tables.at(`${edge}Number.${name}`, ...place);
  return decisions.tree(3, [
    table("near", Math.floor((number + 3) / 7), fromBeyond),
    table("inner", fromBeyond, fromAside, Math.min(11, line)),
    table("side", number, fromAside),
    table("other", rowNumber, fromBeyond, fromOther),
    table("line", Math.min(15, line), rowNumber, Math.min(7, number >> 2)),
    table("corners", corners, fromBeyond),
  ]);
}

function decodeCoefficient(
  scene: Scene,
  edge: Edge,
  i: number,
  rest: number,
  prediction: number,
): number {
  const { decisions, tables, quotients } = scene;
  const q = quotients[placeOn(edge, i)]!;
  const border = quot(edge === "row" ? up(scene, i) : side(scene, i), BASIS_FIRST);
  const expected = estimateEdge(scene, edge, i, rest, prediction, border);
  const guess: Guess = {
    pr: q.signed(prediction, PREDICTION_MOST),
    pl: q.signed(cut(border, BORDER_MOST) * 4096, PREDICTION_MOST),
    expected,
  };
  const rows = exponentRows(scene, edge, i, rest, guess);
  const length = decisions.exponent(rows, tables.at("longer", 1));
  if (length > LENGTH_MOST) throw new Error(`a magnitude of ${length} bits`);
  if (length === 0) return 0;
  const sign = decodeSign(scene, edge, i, length, guess);
  return sign * decodeBits(scene, i, length, sign, guess);
}

interface Guess {
  /** What the regression and the border say, in 1/4096 of the quantizer. */
  readonly pr: number;
  readonly pl: number;
  readonly expected: Estimate;
}

function exponentRows(
  scene: Scene,
  edge: Edge,
  i: number,
  rest: number,
  { pr, pl, expected }: Guess,
): number[] {
  const { tables, quotients, neighbours: n, coefficients, x, component } = scene;
  const k = placeOn(edge, i);
  const q = quotients[k]!;
  const level = expected.level;
  const half = log(Math.abs(pr) >> 8) >> 1;
  const magnitude = (block: Block): number => Math.abs(block.f[k]!);
  const size = (n: number): number => Math.min(7, q.size(n));
  const before = i === 1 ? 0 : Math.abs(coefficients[placeOn(edge, i - 1)]!);
  // By its own quantizer, not by that of the edge.
  const inside = placeOn(edge, i, 1);
  const beside = quotients[inside]!.size(Math.abs(x[inside]!));
  const near = 13 * magnitude(n.above) + 13 * magnitude(n.left) + 6 * magnitude(n.aboveLeft);
  const rows = [
    tables.at("edge.signed", i - 1, half, rest),
    tables.at("edge.scale", i - 1, level >> 1, rest),
    tables.at("edge.both", half, level >> 1),
    tables.at("edge.own", i - 1, Math.min(7, before), Math.min(7, beside)),
    tables.at("edge.near", i - 1, sum(q.size(near >> 4)), rest),
    tables.at("edge.border", i - 1, Math.min(11, blen(Math.abs(pl) >> 9)), half),
  ];
  if (component.index === 1 || component.index === 2) {
    const [first, second] = [size(magnitude(n.other)), size(magnitude(n.second))];
    rows.push(tables.at("edge.other", i - 1, first, second, Math.min(7, Math.floor(level / 5))));
  }
  return rows;
}

/** 1 or -1. @param length - of the magnitude */
function decodeSign(scene: Scene, edge: Edge, i: number, length: number, guess: Guess): number {
  const { tables, decisions, neighbours: n } = scene;
  const { pr, pl, expected } = guess;
  const k = placeOn(edge, i);
  const { aside } = around(scene, edge);
  const shared = 32 * quot(12 * pr, 32 + expected.sixteenths);
  const bit = decisions.one([
    tables.at("edgeSign.size", 31 + cut((8 * pr + 2048) >> 12, 31), Math.min(3, length - 1)),
    tables.at("edgeSign.border", i - 1, 10 + cut((2 * pl) >> 12, 10)),
    tables.at("edgeSign.scale", 24 + cut((shared + 2048) >> 12, 24), i - 1),
    tables.at(
      "edgeSign.other",
      6 + cut((2 * pr) >> 12, 6),
      3 * signOf(aside.f[k]!) + signOf(n.second.f[k]!),
      i - 1,
    ),
  ]);
  return bit === 1 ? 1 : -1;
}

function decodeBits(
  { tables, decisions }: Scene,
  i: number,
  length: number,
  sign: number,
  { pr, pl, expected }: Guess,
): number {
  const c = sign * pr;
  const mean = (sign * (pr + pl)) >> 1;
  let t = 1;
  for (let j = length - 2; j >= 0; j--) {
    const middle = (2 * t + 1) * 2 ** (j + 12);
    const apart = (x: number): number =>
      16 + cut(Math.floor((4 * (x - middle) + 2 ** (11 + j)) / 2 ** (12 + j)), 16);
    const place = placeOf(length, j);
    const bit = decisions.one([
      tables.at("edgeBits.place", i - 1, place),
      tables.at("edgeBits.signed", apart(c), j),
      tables.at("edgeBits.mean", apart(mean), place),
      tables.at("edgeBits.scale", expected.level >> 1, place),
      tables.at("edgeBits.both", apart(c), Math.min(11, expected.level >> 2), Math.min(3, j)),
    ]);
    t = 2 * t + bit;
  }
  return t;
}
