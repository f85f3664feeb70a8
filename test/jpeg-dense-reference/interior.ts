/**
 * Reference of dense JPEG files: the 49 coefficients of a block's interior.
 *
 *   how many are not zero, then each in interior order: length, bits below the leading one, sign
 *
 * Written from the section "Interior" of docs/formats/jpeg-dense.md.
 */
import {
  beside,
  classOf,
  cutMagnitude,
  type Estimate,
  estimate,
  magnitudeInputs,
  regress,
  type Scene,
  setCoefficient,
  side,
  up,
} from "./block-coder.ts";
import { placeOf } from "./decisions.ts";
import { count, log, signOf, sum, wide } from "./levels.ts";
import { INTERIOR } from "./zigzag.ts";

export const LENGTH_MOST = 15;
const PREDICTION_MOST = 2 ** 24;

/** Decodes the interior; how many are not zero. */
export function decodeInterior(scene: Scene): number {
  const number = decodeNumber(scene);
  if (number > INTERIOR.length) throw new Error(`${number} coefficients in an interior`);
  let rest = number;
  let before = 0;
  for (const [z, k] of INTERIOR.entries()) {
    if (rest === 0) break;
    before = decodeCoefficient(scene, z, k, rest, before);
    setCoefficient(scene, k, before);
    if (before !== 0) rest--;
  }
  if (rest > 0) throw new Error("an interior ends before its number is reached");
  return number;
}

function decodeNumber({ neighbours: n, tables, decisions }: Scene): number {
  const l = n.left.number;
  const a = n.above.number;
  const al = n.aboveLeft.number;
  const ar = n.aboveRight.number;
  const o = n.otherNumber;
  const all = l + a + al + ar + n.twoLeft.number + n.twoAbove.number + o;
  return decisions.tree(6, [
    tables.at("number.near", count((l + a + 1) >> 1)),
    tables.at("number.other", count(o), Math.min(8, Math.floor((l + a) / 10))),
    tables.at("number.wide", wide((3 * (l + a) + al + ar + 4) >> 3), Math.min(6, o >> 3)),
    tables.at("number.left", wide(l), a >> 2),
    tables.at("number.above", wide(a), ar >> 2),
    tables.at("number.all", Math.min(63, Math.floor(all / 6))),
    tables.at(
      "number.low",
      sum(n.above.lowSum + (n.aboveRight.lowSum >> 1)),
      sum(n.left.lowSum + (n.aboveLeft.lowSum >> 1)),
    ),
  ]);
}

/** @param before - the coefficient at the place before */
function decodeCoefficient(
  scene: Scene,
  z: number,
  k: number,
  rest: number,
  before: number,
): number {
  const { tables, decisions, quotients, neighbours, component } = scene;
  const { x } = scene;
  const q = quotients[k]!;
  const prediction = predict(scene, k);
  const p = Math.min(PREDICTION_MOST, q.ratio(Math.abs(prediction)));
  const around = magnitudesAround(x, k);
  const expected = estimate(scene, k, [
    ...magnitudeInputs(scene, k),
    ...around,
    Math.floor((q.cutQuantizer * rest) / (INTERIOR.length - z)),
    before === 0 ? 0 : q.cutQuantizer,
    cutMagnitude(Math.floor(prediction / 4096)),
  ]);
  const near = around.reduce((total, one, i) => total + (i < 2 ? 2 : 1) * one, 0);
  const rows = [
    tables.at("interior.scale", z, expected.level >> 1, count(rest) >> 2),
    tables.at("interior.own", z, sum(q.size(near)), count(rest)),
    tables.at("interior.signed", expected.level, Math.min(15, log(p >> 8) >> 1)),
  ];
  if (classOf(component.index) === 1) {
    const fromOther = Math.min(4, q.size(Math.abs(neighbours.other.f[k]!)));
    const fromSecond = Math.min(4, q.size(Math.abs(neighbours.second.f[k]!)));
    const level = Math.min(10, expected.level >> 2);
    rows.push(tables.at("interior.other", z, fromOther, fromSecond, level));
  }
  const length = decisions.exponent(rows, tables.at("longer", 0));
  if (length > LENGTH_MOST) throw new Error(`a magnitude of ${length} bits`);
  if (length === 0) return 0;
  const magnitude = decodeBits(scene, z, length, expected);
  return decodeSign(scene, z, k, { prediction, p, magnitude, level: expected.level });
}

function predict({ x, neighbours: n, weights, component }: Scene, k: number): number {
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const u = k & 7;
  const row = k - u;
  const inputs = [
    ...eight.map((j) => n.above.f[8 * j + u]!),
    ...eight.map((j) => n.left.f[row + j]!),
    ...eight.map((j) => x[8 * j + u]!),
    ...eight.map((j) => x[row + j]!),
    ...[n.aboveLeft, n.aboveRight, n.other, n.second].map(({ f }) => f[k]!),
  ];
  return regress(weights.interior, 40 * (64 * classOf(component.index) + k), inputs);
}

/** What is known around a place, the two nearest first; edges are not known yet. */
function magnitudesAround(x: Int16Array, k: number): number[] {
  return [
    beside(x, k, -1, 0),
    beside(x, k, 0, -1),
    beside(x, k, -1, -1),
    beside(x, k, -2, 0),
    beside(x, k, 0, -2),
    beside(x, k, -1, 1),
    beside(x, k, 1, -1),
  ].map(Math.abs);
}

function decodeBits(
  { tables, decisions }: Scene,
  z: number,
  length: number,
  expected: Estimate,
): number {
  let t = 1;
  for (let j = length - 2; j >= 0; j--) {
    const place = placeOf(length, j);
    const bit = decisions.one([
      tables.at("interiorBits.place", z, place),
      tables.at("interiorBits.scale", expected.level >> 1, place, t < 4 ? t : 0),
      tables.at(
        "interiorBits.prefix",
        Math.min(127, expected.sixteenths >> 3),
        Math.min(7, t),
        Math.min(5, j),
      ),
    ]);
    t = 2 * t + bit;
  }
  return t;
}

interface Signed {
  readonly prediction: number;
  readonly p: number;
  readonly magnitude: number;
  readonly level: number;
}

/** The magnitude with its sign. */
function decodeSign(scene: Scene, z: number, k: number, signed: Signed): number {
  const { tables, decisions, quotients, neighbours: n, component } = scene;
  const { prediction, p, magnitude: a, level } = signed;
  const q = quotients[k]!;
  const border = (left: number): number => {
    const steps = Math.min(6, Math.floor((q.ratio(Math.abs(left)) >> 10) / a));
    return 6 + Math.sign(left) * steps;
  };
  const fromAbove = border(up(scene, k & 7));
  const fromLeft = border(side(scene, k >> 3));
  const direction = Math.sign(prediction);
  const share = Math.min(20, (Math.floor((6 * p) / a) + 2048) >> 12);
  const size = Math.min(24, (12 * p + 2048) >> 12);
  const contexts = [
    tables.at("interiorSign.neighbours", z, 3 * signOf(n.above.f[k]!) + signOf(n.left.f[k]!)),
    tables.at("interiorSign.borders", z, fromAbove, fromLeft),
    tables.at("interiorSign.scaled", Math.min(3, level >> 3), fromAbove, fromLeft),
    tables.at("interiorSign.place", z, 20 + direction * share),
    tables.at("interiorSign.size", 24 + direction * size, Math.min(3, a - 1)),
  ];
  const other = n.other.f[k]!;
  if (component.index === 1) {
    const twice = 2 * component.quantizers[k]!;
    const holds = [other >= -twice, other >= 0, other > 0, other > twice].filter(Boolean).length;
    contexts.push(tables.at("interiorSign.other", 0, z, holds));
  }
  if (component.index === 2) {
    const signs = 3 * signOf(n.second.f[k]!) + signOf(other);
    contexts.push(tables.at("interiorSign.other", 1, z, signs));
  }
  return decisions.one(contexts) === 1 ? a : -a;
}
