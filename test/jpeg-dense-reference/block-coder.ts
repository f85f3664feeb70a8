/**
 * Reference of dense JPEG files: what the parts of a block's decoding share.
 *
 *   Scene   one block: its coefficients so far, F of them, its neighbours, its class's tables
 *
 * Written from the sections "Neighbours" and "Regressions" of docs/formats/jpeg-dense.md. The parts are in
 * interior.ts, edge.ts and dc.ts.
 */
import type { Component, Neighbours } from "./component.ts";
import type { Decisions, Tables } from "./decisions.ts";
import { log, type Quotients } from "./levels.ts";
import type { Weights } from "./prior-set.ts";

/** The first row of the 8-point DCT, times 4096. */
const BASIS = [1448, 2009, 1892, 1703, 1448, 1138, 784, 400];
const CROSS_MOST = 32_767;
const INPUT_MOST = 16_383;
const SIXTEENTHS_MOST = 4095;

export interface Scene {
  readonly component: Component;
  readonly decisions: Decisions;
  readonly tables: Tables;
  readonly weights: Weights;
  /** By raster index. */
  readonly quotients: readonly Quotients[];
  readonly neighbours: Neighbours;
  readonly coefficients: Int16Array;
  /** F of what is known. */
  readonly x: Int16Array;
}

/** 0 for components 0 and 3, 1 for the others. */
export function classOf(component: number): number {
  return component === 1 || component === 2 ? 1 : 0;
}

/** The place beside k, or zero where the block ends. */
export function beside(f: Int16Array, k: number, across: number, down: number): number {
  const u = (k & 7) + across;
  const v = (k >> 3) + down;
  return u < 0 || v < 0 || u > 7 || v > 7 ? 0 : f[8 * v + u]!;
}

export function cross(f: Int16Array, k: number): number {
  const places: readonly (readonly [across: number, down: number])[] = [
    [-1, 0],
    [1, 0],
    [0, -1],
    [0, 1],
  ];
  let sum = 0;
  for (const [across, down] of places) {
    const isDc = (k & 7) + across === 0 && (k >> 3) + down === 0;
    if (!isDc) sum += Math.abs(beside(f, k, across, down));
  }
  return Math.min(CROSS_MOST, sum);
}

/** What is left to be said of the border with the block above, in column u. */
export function up({ neighbours, x }: Scene, u: number): number {
  let sum = 0;
  for (const [j, weight] of BASIS.entries()) {
    sum += weight * ((j % 2 === 0 ? 1 : -1) * neighbours.above.f[8 * j + u]! - x[8 * j + u]!);
  }
  return sum;
}

/** The same with the block to the left, in row v. */
export function side({ neighbours, x }: Scene, v: number): number {
  let sum = 0;
  for (const [j, weight] of BASIS.entries()) {
    sum += weight * ((j % 2 === 0 ? 1 : -1) * neighbours.left.f[8 * v + j]! - x[8 * v + j]!);
  }
  return sum;
}

/** Sum of products of a regression's weights and inputs. @param first - index of its weights */
export function regress(weights: Int16Array, first: number, inputs: readonly number[]): number {
  let sum = 0;
  for (const [i, input] of inputs.entries()) sum += weights[first + i]! * input;
  return sum;
}

/** Inputs of magnitudes that all places have. */
export function magnitudeInputs({ neighbours: n, quotients }: Scene, k: number): number[] {
  const blocks = [n.above, n.left, n.aboveLeft, n.aboveRight, n.twoAbove, n.twoLeft];
  return [
    ...blocks.map(({ f }) => Math.abs(f[k]!)),
    cross(n.above.f, k),
    cross(n.left.f, k),
    Math.abs(n.other.f[k]!),
    Math.abs(n.second.f[k]!),
    quotients[k]!.cutQuantizer,
  ];
}

/** A magnitude as an input. */
export function cutMagnitude(n: number): number {
  return Math.min(INPUT_MOST, Math.abs(n));
}

/** A difference as an input. */
export function cutDifference(n: number): number {
  return Math.max(-INPUT_MOST - 1, Math.min(INPUT_MOST, n));
}

export interface Estimate {
  /** In 1/16 of the quantizer. */
  readonly sixteenths: number;
  /** Its level, qe in the text. */
  readonly level: number;
}

/** How large a coefficient is expected to be. */
export function estimate(scene: Scene, k: number, inputs: readonly number[]): Estimate {
  const { component, weights, quotients } = scene;
  const row = component.index === 3 ? 0 : component.index;
  const sum = Math.max(0, regress(weights.magnitudes, 24 * (64 * row + k), inputs));
  const sixteenths = Math.min(SIXTEENTHS_MOST, quotients[k]!.exact(sum >> 8));
  return { sixteenths, level: log(sixteenths) };
}

/** Sets a coefficient that is known now. */
export function setCoefficient(scene: Scene, k: number, value: number): void {
  scene.coefficients[k] = value;
  scene.x[k] = scene.component.fOf(k, value);
}

/** n / d toward zero. */
export function quot(n: number, d: number): number {
  return Math.trunc(n / d);
}
