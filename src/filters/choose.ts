/**
 * Choice: the filter that makes a unit smallest with the coder that is to follow, or none.
 *
 *   unit     |.......|--- piece ---|...............|--- piece ---|.......|
 *   trials   piece as it is, piece filtered, for each candidate of detect.ts: sizes added up
 *   finals   the best two and the plain unit whole, at effort "dense"
 *
 * At effort "fast" pieces are more and shorter, and measured as one: what a measure takes for itself counts.
 *
 * Pieces are cut from the plain unit and filtered alone, never cut from the filtered one: a piece of a
 * transposed unit would be a few columns. They begin at a multiple of sixteen and end as the unit
 * does modulo sixteen, so that words counted from the start and samples counted from the end are whole
 * in them; columns and rows that are cut elsewhere are the same columns and rows.
 */
import { concatenate } from "../core/bytes.ts";
import type { Effort } from "../core/codec.ts";
import type { Kernel } from "../core/kernel.ts";
import {
  FILTER_CANDIDATES_FAST,
  FILTER_SAMPLE_BYTES,
  FILTER_SAMPLE_BYTES_FAST,
  FILTER_SAVED_SHARE_MINIMUM,
} from "../core/limits.ts";
import { applyFilter } from "./apply.ts";
import { detectFilters } from "./detect.ts";
import { type Filter, NO_FILTER } from "./filter.ts";
import { looksLikeText } from "./text.ts";

export interface ChooseOptions {
  /** The size that bytes would take with the coder that is to follow, in bytes or any other unit. */
  readonly measure: (bytes: Uint8Array) => number | Promise<number>;
  /** "flat" tries nothing, "fast" the first few candidates and none for text, "default" all of them on a sample, "dense"
   * the best two on the whole unit as well. Default "default". */
  readonly effort?: Effort;
}

export interface FilterTrial {
  readonly filter: Filter;
  /** What `measure` said, of the sample or of the whole unit. */
  readonly size: number;
}

export interface FilterChoice {
  /** The one to take; "none" where none is smaller by enough. */
  readonly filter: Filter;
  /** Sizes that led to it, smallest first, "none" among them; empty where nothing was tried. */
  readonly trials: readonly FilterTrial[];
}

/** What filters are tried on. */
interface Sample {
  readonly bytes: number;
  readonly pieces: number;
  readonly isMeasuredAsOne: boolean;
}

const SAMPLE: Sample = { bytes: FILTER_SAMPLE_BYTES, pieces: 2, isMeasuredAsOne: false };
const QUICK_SAMPLE: Sample = { bytes: FILTER_SAMPLE_BYTES_FAST, pieces: 8, isMeasuredAsOne: true };

/** How many are tried whole at effort "dense". */
const FINALISTS = 2;

/**
 * Chooses the filter for a unit by trial.
 *
 * @param kernel - from `loadFilters`
 * @param plain - 0 bytes to 4 MiB
 * @throws PithError "ChunkTooLarge"; what `measure` throws, unchanged
 *
 * Cost: detection, and `measure` of at most 640 KiB eleven times, at "fast" of 160 KiB five times; "dense"
 * adds three whole units.
 */
export async function chooseFilter(
  kernel: Kernel,
  plain: Uint8Array,
  { measure, effort = "default" }: ChooseOptions,
): Promise<FilterChoice> {
  const isPassedOver = effort === "flat" || (effort === "fast" && looksLikeText(plain));
  const found = isPassedOver ? [] : detectFilters(kernel, plain);
  const candidates = effort === "fast" ? found.slice(0, FILTER_CANDIDATES_FAST) : found;
  if (candidates.length === 0) return { filter: NO_FILTER, trials: [] };

  const sample = effort === "fast" ? QUICK_SAMPLE : SAMPLE;
  const pieces = piecesOf(plain, sample);
  const measured = sample.isMeasuredAsOne ? asOne(measure) : oneByOne(measure);
  const trials = await tryAll(kernel, pieces, [NO_FILTER, ...candidates], measured);
  const isWhole = pieces.length === 1;
  if (effort !== "dense" || isWhole) return { filter: winnerOf(trials), trials };

  const finalists = trials.filter(isSmaller(trials)).slice(0, FINALISTS);
  if (finalists.length === 0) return { filter: NO_FILTER, trials };
  const filters = [NO_FILTER, ...finalists.map(({ filter }) => filter)];
  const finals = await tryAll(kernel, [plain], filters, oneByOne(measure));
  return { filter: winnerOf(finals), trials: finals };
}

/** The size of each filter's pieces, smallest first; of equal ones the first in the list. */
async function tryAll(
  kernel: Kernel,
  pieces: readonly Uint8Array[],
  filters: readonly Filter[],
  measured: (pieces: readonly Uint8Array[]) => Promise<number>,
): Promise<FilterTrial[]> {
  const trials: FilterTrial[] = [];
  for (const filter of filters) {
    const filtered = pieces.map((piece) =>
      filter.kind === "none" ? piece : applyFilter(kernel, filter, piece),
    );
    trials.push({ filter, size: await measured(filtered) });
  }
  return trials.sort((one, other) => one.size - other.size);
}

function asOne(measure: ChooseOptions["measure"]) {
  return async (pieces: readonly Uint8Array[]): Promise<number> => measure(concatenate(pieces));
}

function oneByOne(measure: ChooseOptions["measure"]) {
  return async (pieces: readonly Uint8Array[]): Promise<number> => {
    let size = 0;
    for (const piece of pieces) size += await measure(piece);
    return size;
  };
}

function winnerOf(trials: readonly FilterTrial[]): Filter {
  return trials.find(isSmaller(trials))?.filter ?? NO_FILTER;
}

/** Whether a trial is enough smaller than that of no filter. */
function isSmaller(trials: readonly FilterTrial[]): (trial: FilterTrial) => boolean {
  const plain = trials.find(({ filter }) => filter.kind === "none")?.size ?? 0;
  return ({ filter, size }) =>
    filter.kind !== "none" && size < plain * (1 - FILTER_SAVED_SHARE_MINIMUM);
}

/** Pieces spread over the unit, two around a quarter and three quarters; the unit itself where that is
 * little more. */
function piecesOf(plain: Uint8Array, { bytes, pieces }: Sample): Uint8Array[] {
  if (plain.length <= bytes + bytes / 4) return [plain];
  const pieceBytes = bytes / pieces;
  return Array.from({ length: pieces }, (_, i) => {
    const middle = Math.floor((plain.length * (2 * i + 1)) / (2 * pieces));
    const at = (middle - pieceBytes / 2) & ~15;
    return plain.subarray(at, at + pieceBytes + (plain.length & 15));
  });
}
