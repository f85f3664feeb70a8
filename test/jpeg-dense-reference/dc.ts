/**
 * Reference of dense JPEG files: the DC of a block, when all else is known.
 *
 *   trained opinion, two borders -> prediction in eighths -> difference: length, bits, sign
 *
 * Written from the section "DC" of docs/formats/jpeg-dense.md.
 */
import {
  classOf,
  cutDifference,
  quot,
  regress,
  type Scene,
  setCoefficient,
  side,
  up,
} from "./block-coder.ts";
import { placeOf } from "./decisions.ts";
import { count, cut, log } from "./levels.ts";

const BASIS_FIRST = 1448;
const OPINION_MOST = 2 ** 27;
const VALUE_MOST = 32_767;
const LEVEL_MOST = 23;

interface Opinions {
  /** T, bA, bL, B of the text, in 1/4096; both numbers of what edges missed, together. */
  readonly trained: number;
  readonly above: number;
  readonly left: number;
  readonly both: number;
  readonly missed: number;
}

/**
 * Decodes the DC; the difference that was coded.
 *
 * @param missedAbove - how far the predictions of the row edge missed; `missedLeft` of the column edge
 */
export function decodeDc(
  scene: Scene,
  interiorNumber: number,
  missedAbove: number,
  missedLeft: number,
): number {
  const { tables, decisions, quotients, component, neighbours } = scene;
  const q = quotients[0]!;
  const { trained, above, left, both, missed } = opinions(scene, missedAbove, missedLeft);
  const r = q.signed(Math.floor((trained + both) / 2), OPINION_MOST) >> 9;
  const prediction = (r + 4) >> 3;
  const eighths = (r + 4) & 7;
  const g = q.signed(above - left, OPINION_MOST);
  const h = q.signed(trained - both, OPINION_MOST);
  const errors = [q.ratio(4 * missed), Math.abs(g) >> 9, Math.abs(h) >> 9];
  const [e1, e2, e3] = errors as [number, number, number];
  const levels = errors.map((error) => Math.min(LEVEL_MOST, log(error) >> 1));
  const [q1, q2, q3] = levels as [number, number, number];
  const rows = [
    tables.at("dc.unsure", q1, q2),
    tables.at("dc.sum", log((e1 >> 1) + (e2 >> 1) + e3)),
    tables.at("dc.first", q1, q3),
    tables.at("dc.second", q2, q3),
    tables.at("dc.count", count(interiorNumber), q2),
  ];
  if (component.index === 2) {
    const level = Math.min(20, log((e1 >> 1) + (e2 >> 1)) >> 1);
    rows.push(tables.at("dc.other", neighbours.second.dcLength, level));
  }
  const length = decisions.exponent(rows, tables.at("longer", 2));
  let difference = 0;
  if (length > 0) {
    const magnitude = decodeBits(scene, length, q1, q2);
    const fromBoth = 8 + cut((4 * h) >> 12, 8);
    const bit = decisions.one([
      tables.at("dcSign.rounding", eighths, q2),
      tables.at("dcSign.borders", 12 + cut((2 * g) >> 12, 12), fromBoth),
      tables.at("dcSign.size", Math.min(3, magnitude - 1), eighths, fromBoth),
    ]);
    difference = bit === 1 ? magnitude : -magnitude;
  }
  const value = prediction + difference;
  if (Math.abs(value) > VALUE_MOST) throw new Error(`a DC of ${value}`);
  setCoefficient(scene, 0, value);
  return difference;
}

function opinions(scene: Scene, missedAbove: number, missedLeft: number): Opinions {
  const { neighbours: n } = scene;
  const missed = missedAbove + missedLeft;
  if (!n.isAbove && !n.isLeft) return { trained: 0, above: 0, left: 0, both: 0, missed };
  const quantizer = scene.quotients[0]!.cutQuantizer;
  const own = {
    above: { value: quot(up(scene, 0) * 4096, BASIS_FIRST), missed: missedAbove },
    left: { value: quot(side(scene, 0) * 4096, BASIS_FIRST), missed: missedLeft },
  };
  const above = n.isAbove ? own.above : own.left;
  const left = n.isLeft ? own.left : own.above;
  const sum =
    above.value * (left.missed + quantizer + 1) + left.value * (above.missed + quantizer + 1);
  return {
    trained: trainedOpinion(scene),
    above: above.value,
    left: left.value,
    both: quot(sum, above.missed + left.missed + 2 * quantizer + 2),
    missed: above.missed + left.missed,
  };
}

function trainedOpinion({ neighbours: n, x, weights, component }: Scene): number {
  const a = n.isAbove ? n.above.f[0]! : n.left.f[0]!;
  const l = n.isLeft ? n.left.f[0]! : n.above.f[0]!;
  const base = (a + l) >> 1;
  const hasBoth = n.isAbove && n.isLeft;
  const ones = [1, 2, 3, 4, 5, 6, 7];
  const inputs = [
    cutDifference(a - l),
    ...ones.map((j) => n.above.f[8 * j]!),
    hasBoth ? cutDifference(n.aboveLeft.f[0]! - base) : 0,
    ...ones.map((j) => n.left.f[j]!),
    n.isAbove ? cutDifference(n.aboveRight.f[0]! - base) : 0,
    ...ones.map((j) => x[8 * j]!),
    n.isLeft ? cutDifference(n.twoLeft.f[0]! - l) : 0,
    ...ones.map((j) => x[j]!),
    n.isAbove ? cutDifference(n.twoAbove.f[0]! - a) : 0,
    n.aboveLeft.f[1]!,
    n.aboveLeft.f[8]!,
    n.aboveRight.f[1]!,
    n.aboveRight.f[8]!,
  ];
  return base * 4096 + regress(weights.dc, 40 * classOf(component.index), inputs);
}

function decodeBits({ tables, decisions }: Scene, length: number, q1: number, q2: number): number {
  let t = 1;
  for (let j = length - 2; j >= 0; j--) {
    const place = placeOf(length, j);
    const bit = decisions.one([
      tables.at("dcBits.place", place),
      tables.at("dcBits.unsure", q1, place),
      tables.at("dcBits.prefix", Math.min(15, t), q2, Math.min(3, j)),
    ]);
    t = 2 * t + bit;
  }
  return t;
}
