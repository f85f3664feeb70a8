/**
 * Detection: which filters are worth a trial, from a glance at the bytes.
 *
 *   branches    how many operands an x86 filter would convert; how many ARM64 returns there are
 *   strides     at which distances bytes equal each other more often than by chance (strides.ts)
 *   differences what deltas and predictions leave of the entropy of a slice (entropy.ts)
 *
 * A glance names candidates, it does not choose: a column of equal bytes may be what an LZ coder
 * finds by itself. choose.ts tries them with the coder that is to follow.
 */
import type { Kernel, KernelInstance } from "../core/kernel.ts";
import { requireUnit } from "./apply.ts";
import { type Glance, glanceAt, type Weighed, weigh } from "./entropy.ts";
import {
  type Filter,
  SAMPLE_FORMS,
  sampleBytes,
  WORD_FORMS,
  type WordForm,
  wordBytes,
} from "./filter.ts";
import { findStrides, type Strides } from "./strides.ts";

/** Shorter units gain less than a filter costs in a frame and in trials. */
const UNIT_BYTES_MINIMUM = 256;

/** The share of an x86 unit's bytes that conversion changes from which on it is tried. Chance alone
 * gives 0.024 % (2 opcodes of 256, 2 top bytes of 256, four bytes each). */
const X86_CHANGED_SHARE = 0.002;

/** Operands at RIP are tried where they add this share to those of calls and jumps. */
const RIP_SHARE = 0.05;

/** One word in this many is a return where ARM64 code is; chance gives none in 4 MiB. */
const WORDS_PER_RETURN = 4000;

/** What a difference may leave of the entropy to be tried. */
const LEFT_SHARE = 0.93;

/** Distances that are weighed in any unit: those of samples, pixels and numbers. */
const USUAL_DISTANCES = [1, 2, 3, 4, 6, 8];

/** Words this close may begin anywhere: what precedes them need not be whole words. */
const PHASED_DISTANCE = 4;

/** No more than these of each sort, and in all. */
const STRIDES_TRIED = 3;
const DIFFERENCES_TRIED = 3;
const PREDICTIONS_TRIED = 2;
const CANDIDATES_MAXIMUM = 10;

/**
 * Filters that may help, best guess first; none for most texts.
 *
 * @param kernel - from `loadFilters`
 * @param plain - 0 bytes to 4 MiB
 * @returns at most ten, without "none"; the same on every machine
 * @throws PithError "ChunkTooLarge"
 */
export function detectFilters(kernel: Kernel, plain: Uint8Array): Filter[] {
  requireUnit(plain);
  if (plain.length < UNIT_BYTES_MINIMUM) return [];
  const { branches, strides } = kernel.use((instance) => {
    instance.call("reserve", plain.length, 1);
    instance.bytes(instance.call("unitAddress"), plain.length).set(plain);
    const found = branchesOf(instance, plain.length);
    return { branches: found, strides: findStrides(instance, plain) };
  });
  const glance = glanceAt(plain);
  const transpositions = strides.records
    .slice(0, STRIDES_TRIED)
    .map((stride): Filter => ({ kind: "transpose", stride }));
  const predictions = best(kernel, glance, predictionsFor(strides), PREDICTIONS_TRIED);
  const differences = best(kernel, glance, differencesFor(strides), DIFFERENCES_TRIED);
  const others = alternate([predictions, transpositions, differences]);
  return [...branches, ...others].slice(0, CANDIDATES_MAXIMUM);
}

function branchesOf(instance: KernelInstance, size: number): Filter[] {
  if (instance.call("countReturnsArm64", size) * WORDS_PER_RETURN * 4 > size) {
    return [{ kind: "arm64" }];
  }
  const calls = instance.call("countOperandsX86", 0, size);
  const all = instance.call("countOperandsX86", 1, size);
  if (all * 4 < size * X86_CHANGED_SHARE) return [];
  const plain: Filter[] = [
    { kind: "x86", form: "little" },
    { kind: "x86", form: "big" },
  ];
  if (all - calls < calls * RIP_SHARE) return plain;
  return [{ kind: "x86", form: "big-rip" }, { kind: "x86", form: "little-rip" }, ...plain];
}

/** Deltas of bytes at the usual distances and those found, of words likewise. */
function differencesFor({ records }: Strides): Filter[] {
  const distances = new Set([...USUAL_DISTANCES, ...records]);
  return [...distances].flatMap((distance): Filter[] => [
    { kind: "delta", distance },
    ...WORD_FORMS.flatMap((word) => wordsAt(word, distance)),
  ]);
}

/** Words that begin at the unit's start, and elsewhere where they follow each other closely. */
function wordsAt(word: WordForm, distance: number): Filter[] {
  const size = wordBytes(word);
  if (distance % size !== 0) return [];
  const phases = distance <= PHASED_DISTANCE ? size : 1;
  return Array.from({ length: phases }, (_, phase): Filter => {
    return { kind: "words", word, stride: distance / size, phase };
  });
}

/** Rows of samples of each form, grey, of three colours and, where they are bytes, of four. */
function predictionsFor({ rows }: Strides): Filter[] {
  const filters: Filter[] = [];
  for (const rowBytes of rows) {
    for (const sample of SAMPLE_FORMS) {
      const width = rowBytes / sampleBytes(sample);
      for (const channels of sample === "8" ? [1, 3, 4] : [1, 3]) {
        if (width % channels !== 0) continue;
        filters.push({ kind: "predict", sample, width, channels, tail: 0 });
      }
      // A unit that ends in the middle of a sample.
      if (sample === "8" || !Number.isInteger(width)) continue;
      filters.push({ kind: "predict", sample, width, channels: 1, tail: 1 });
    }
  }
  return filters;
}

/** Those that leave least of the glance's entropy, if they leave little enough. */
function best(kernel: Kernel, glance: Glance, filters: Filter[], most: number): Filter[] {
  const weighed: Weighed[] = filters.map((filter) => weigh(kernel, glance, filter));
  return weighed
    .filter(({ bits }) => bits < glance.bits * LEFT_SHARE)
    .sort((one, other) => one.bits - other.bits)
    .slice(0, most)
    .map(({ filter }) => filter);
}

/** The first of each list, then the second of each, and so on. */
function alternate(lists: readonly Filter[][]): Filter[] {
  const longest = Math.max(...lists.map((list) => list.length));
  const order: Filter[] = [];
  for (let i = 0; i < longest; i++) order.push(...lists.flatMap((list) => list.slice(i, i + 1)));
  return order;
}
