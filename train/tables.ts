/**
 * Tables: what the dense model begins with, learned from many pictures.
 *
 *   1  the model runs over all pictures without a new start; logits are averaged over all parts
 *   2  each part begins with that, as in use: how far its logits have gone in the end is averaged, which
 *      brings the logits nearer to where parts end; how widely they scatter says how fast each
 *      should learn
 *   3  once more, from there
 *
 * A part is a stretch of rows of some 600 KB; of large pictures some parts are taken. Integers are
 * summed up, so nothing depends on the order but the first pass, which goes by the files' hashes.
 */
import { readFileSync } from "node:fs";
import {
  FRESH_RATE,
  freshPriors,
  PRIOR_TABLES,
  rateOf,
  unitOf,
} from "../src/lepton/priors-layout.ts";
import { DenseKernel, type Part } from "./dense-kernel.ts";

/** What training tells of each parameter, at the index of its logit's word. */
export interface LearnedTables {
  /** Logits and rates, as the kernel has them. */
  readonly words: Int16Array;
  /** How often each parameter took part in a decision, about. */
  readonly visits: Float64Array;
}

/** Bytes of a picture in a part, about, and parts of a picture that are taken at most. */
const PART_BYTES = 600_000;
const PARTS_MAXIMUM = 4;

/** Rate that all begin the second pass with: that of 50 visits. */
const FIRST_RATE = 2185;
/** Units of a logit, of a rate. */
const LOGIT_ONE = 8192;
const RATE_ONE = 32768;
/** A rate is this times the mean square of how far logits go. 0.6, 1.2, 2.4, 4 save 25.14, 25.20, 25.23,
 * 25.22 % of pictures held out. */
const RATE_SCALE = 2.4;
/** Rates that a prior set can have. */
const RATE_MOST = 8000;
const RATE_LEAST = 300;
/** Each mean square begins with so many parts of that value: few visits say little. */
const DOUBT_PARTS = 3;
const DOUBT_SQUARE = 0.06 * LOGIT_ONE * LOGIT_ONE;
/** Parts that pull each mean towards where it was. */
const DOUBT_MEAN = 4;

/** Learns from pictures, in their order. */
export async function learnTables(
  paths: readonly string[],
  regressions: Uint8Array,
): Promise<LearnedTables> {
  const kernel = await DenseKernel.open(regressions);
  const fresh = kernel.priors;
  if (!equalWords(fresh, freshPriors())) throw new Error("priors-layout.ts is not the kernel's");
  const places = placesOf(fresh.length);
  let words = meanOfRun(kernel, paths, fresh, places);
  raiseRates(words, places);
  let visits: Float64Array = new Float64Array(0);
  for (let pass = 0; pass < 2; pass++) ({ words, visits } = refine(kernel, paths, words, places));
  return { words, visits };
}

function equalWords(one: Int16Array, other: Int16Array): boolean {
  return one.length === other.length && one.every((word, i) => word === other[i]);
}

/** At each logit's word the word of its rate, at others -1. */
function placesOf(count: number): Int32Array {
  const places = new Int32Array(count).fill(-1);
  for (const { kind, at, end } of PRIOR_TABLES) {
    const { words, lanes } = unitOf(kind);
    for (let unit = at; unit < end; unit += words) {
      for (let i = unit; i < unit + lanes; i++) places[i] = rateOf(kind, i);
    }
  }
  return places;
}

function forParts(
  kernel: DenseKernel,
  paths: readonly string[],
  visit: (part: Part) => void,
): void {
  for (const path of paths) {
    const jpeg = readFileSync(path);
    const count = Math.max(1, Math.round(jpeg.length / PART_BYTES));
    const parts = kernel.store(jpeg, count);
    const taken = Math.min(parts.length, PARTS_MAXIMUM);
    for (let i = 0; i < taken; i++) visit(parts[Math.floor((i * parts.length) / taken)]!);
  }
}

/** One run without a new start: rates as they end, logits as they are in the mean. */
function meanOfRun(
  kernel: DenseKernel,
  paths: readonly string[],
  fresh: Int16Array,
  places: Int32Array,
): Int16Array {
  const sums = new Float64Array(fresh.length);
  let parts = 0;
  let model = fresh;
  kernel.priors = fresh;
  kernel.setTraining(false);
  forParts(kernel, paths, (part) => {
    kernel.code(part);
    kernel.setTraining(true);
    model = kernel.model;
    for (let i = 0; i < model.length; i++) sums[i] = sums[i]! + model[i]!;
    parts += 1;
  });
  return model.map((word, i) => (places[i]! < 0 ? word : Math.round(sums[i]! / parts)));
}

/** Has what was seen learn faster again. */
function raiseRates(words: Int16Array, places: Int32Array): void {
  for (const rateAt of places) {
    if (rateAt >= 0) words[rateAt] = Math.max(FIRST_RATE, words[rateAt]!);
  }
}

/** One run in which each part begins with `from`. */
function refine(
  kernel: DenseKernel,
  paths: readonly string[],
  from: Int16Array,
  places: Int32Array,
): LearnedTables {
  const count = from.length;
  const [sums, squares, parts] = [count, count, count].map((size) => new Float64Array(size));
  const visits = new Float64Array(count);
  kernel.priors = from;
  kernel.setTraining(false);
  forParts(kernel, paths, (part) => {
    kernel.code(part);
    const model = kernel.model;
    for (let i = 0; i < count; i++) {
      const rateAt = places[i]!;
      if (rateAt < 0 || (model[rateAt] === from[rateAt] && model[i] === from[i])) continue;
      const moved = model[i]! - from[i]!;
      sums![i] = sums![i]! + moved;
      squares![i] = squares![i]! + moved * moved;
      parts![i] = parts![i]! + 1;
      // A rate r has 0.4 * 10 / r - 10 visits behind it.
      const seen = 10 * FRESH_RATE * (1 / model[rateAt]! - 1 / from[rateAt]!);
      visits[i] = visits[i]! + Math.max(1, seen);
    }
  });
  const words = from.slice();
  for (let i = 0; i < count; i++) {
    const seen = parts![i]!;
    if (places[i]! < 0 || seen === 0) continue;
    words[i] = Math.round(from[i]! + sums![i]! / (seen + DOUBT_MEAN));
    const square = (squares![i]! + DOUBT_PARTS * DOUBT_SQUARE) / (seen + DOUBT_PARTS);
    const rate = Math.round((RATE_SCALE * RATE_ONE * square) / (LOGIT_ONE * LOGIT_ONE));
    words[places[i]!] = Math.max(RATE_LEAST, Math.min(RATE_MOST, rate));
  }
  return { words, visits };
}
