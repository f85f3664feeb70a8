/**
 * Reference of dense JPEG files: what a coefficient on an edge is guessed from.
 *
 * Written from the section "Regressions" of docs/formats/jpeg-dense.md, its paragraphs on edges and on
 * magnitudes.
 */
import {
  classOf,
  cutMagnitude,
  type Estimate,
  estimate,
  magnitudeInputs,
  regress,
  type Scene,
} from "./block-coder.ts";

export type Edge = "row" | "column";

const ONE_TO_SEVEN = [1, 2, 3, 4, 5, 6, 7];
const ZERO_TO_SEVEN = [0, ...ONE_TO_SEVEN];

/** Place i of the edge, or of a line beside it further inside the block. */
export function placeOn(edge: Edge, i: number, line = 0): number {
  return edge === "row" ? 8 * line + i : 8 * i + line;
}

/** In 1/4096. */
export function predictEdge(scene: Scene, edge: Edge, i: number): number {
  const { x, neighbours: n, weights, component } = scene;
  const k = placeOn(edge, i);
  // One place on along the edge's own direction of change, and one back along the edge.
  const further = edge === "row" ? 8 : 1;
  const back = edge === "row" ? 1 : 8;
  const beyond = edge === "row" ? n.above : n.left;
  const aside = edge === "row" ? n.left : n.above;
  const inputs = [
    ...ZERO_TO_SEVEN.map((j) => beyond.f[placeOn(edge, i, j)]!),
    n.second.f[k]!,
    ...ONE_TO_SEVEN.map((j) => x[placeOn(edge, i, j)]!),
    aside.f[k]!,
    aside.f[k + further]!,
    n.aboveLeft.f[k]!,
    n.aboveRight.f[k]!,
    n.aboveLeft.f[k + further]!,
    i > 1 ? x[k - back]! : 0,
    i > 2 ? x[k - 2 * back]! : 0,
    n.other.f[k]!,
  ];
  const direction = edge === "row" ? 0 : 1;
  const regression = 8 * (2 * classOf(component.index) + direction) + i;
  return regress(weights.edges, 24 * regression, inputs);
}

/** How large the coefficient is expected to be. */
export function estimateEdge(
  scene: Scene,
  edge: Edge,
  i: number,
  rest: number,
  prediction: number,
  border: number,
): Estimate {
  const { x, neighbours: n, quotients } = scene;
  const k = placeOn(edge, i);
  const q = quotients[k]!;
  const f = (place: number): number => Math.abs(x[place]!);
  const wholePrediction = Math.floor(prediction / 4096);
  const next = edge === "row" ? n.above.f[k + 1]! : n.left.f[k + 8]!;
  return estimate(scene, k, [
    ...magnitudeInputs(scene, k),
    f(placeOn(edge, i, 1)),
    f(placeOn(edge, i, 2)),
    i > 1 ? f(placeOn(edge, i - 1)) : 0,
    i > 2 ? f(placeOn(edge, i - 2)) : 0,
    i > 1 ? f(placeOn(edge, i - 1, 1)) : 0,
    i < 7 ? f(placeOn(edge, i + 1, 1)) : 0,
    edge === "column" ? f(i) : 0,
    Math.floor((q.cutQuantizer * rest) / (8 - i)),
    i > 1 && x[placeOn(edge, i - 1)] !== 0 ? q.cutQuantizer : 0,
    cutMagnitude(wholePrediction),
    cutMagnitude(border - wholePrediction),
    i < 7 ? Math.abs(next) : 0,
  ]);
}
