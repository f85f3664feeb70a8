/**
 * Filtering: the reversible change of a chunk's bytes that comes before a general codec.
 *
 *   put   plain -> [ detected, tried with the codec's own measure ] -> filtered -> codec -> frame
 *   get   frame -> codec -> filtered -> undone -> plain, whose SHA-256 tells whether it is right
 *
 * Which filters there are, and how one is found, is in src/filters; here a frame's few bytes of
 * it become a filter and back. Only codecs that can `measure` get filtered chunks: the others know
 * their content (lepton) or leave it alone (stored). All of it runs where chunks are coded and
 * decoded, on worker threads; only names are asked for elsewhere.
 */
import type { BuildFiles } from "../core/build-files.ts";
import type { Codec, Effort } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { FILTER_UNIT_BYTES_MAXIMUM } from "../core/limits.ts";
import {
  applyFilter,
  chooseFilter,
  describeFilter,
  filterName,
  loadFilters,
  readFilter,
  undoFilter,
  writeFilter,
} from "../filters/index.ts";

/** The name by which the kill switch (gate.ts) knows all filters; no codec has it. */
export const FILTERS_SWITCH = "filters";

/** What undoing any filter takes. */
export const FILTERS_FILES: BuildFiles = { kernels: ["filters"] };

/** Which filter a frame has. */
export interface FilterStamp {
  /** Its number, 1..255: the first of its bytes. */
  readonly id: number;
  /** Its name, for metrics: a closed list, and "filter 99" for one that this build has not. */
  readonly name: string;
  /** Its name and what it needs, for people: "delta 13". */
  readonly says: string;
}

/** A chunk after its filter. */
export interface Filtered {
  /** As a frame keeps it. */
  readonly filter: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Chooses a filter for a chunk and applies it.
 *
 * @returns undefined where the chunk is better left as it is, or the codec takes no filters
 * @throws PithError "BuildIncomplete" and what the codec's `measure` throws
 */
export async function filterFor(
  codec: Codec,
  effort: Effort,
  plain: Uint8Array,
): Promise<Filtered | undefined> {
  const { measure } = codec;
  if (measure === undefined || effort === "flat") return undefined;
  if (plain.length > FILTER_UNIT_BYTES_MAXIMUM) return undefined;
  const kernel = await loadFilters();
  const options = { effort, measure: (bytes: Uint8Array) => measure.call(codec, bytes, effort) };
  const { filter } = await chooseFilter(kernel, plain, options);
  if (filter.kind === "none") return undefined;
  return { filter: writeFilter(filter), bytes: applyFilter(kernel, filter, plain) };
}

/**
 * Undoes a frame's filter.
 *
 * @param filter - as the frame keeps it; empty for none
 * @param bytes - what the codec gave
 * @returns as many bytes; `bytes` itself where there is no filter
 * @throws PithError "CodecUnknown", "ChunkTooLarge"
 */
export async function undone(filter: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  if (filter.length === 0) return bytes;
  return undoFilter(await loadFilters(), readFilter(filter), bytes);
}

/** @throws PithError "CodecUnknown" for a filter that this build cannot undo */
export function requireFilter(filter: Uint8Array): void {
  if (filter.length > 0) readFilter(filter);
}

/** What a frame's filter is; undefined where it has none. */
export function stampFilter(filter: Uint8Array): FilterStamp | undefined {
  const [id] = filter;
  if (id === undefined) return undefined;
  const name = nameOfFilter(id);
  return { id, name, says: isFilterKnown(id) ? textOf(filter, name) : name };
}

/** Whether this build has a filter of that number. */
export function isFilterKnown(id: number): boolean {
  return id > 0 && filterName(id) !== undefined;
}

/** The name of a filter, or its number where this build has none. */
export function nameOfFilter(id: number): string {
  return filterName(id) ?? `filter ${id}`;
}

/** Parameters that are not to be read are told by who decodes; a name goes even then. */
function textOf(filter: Uint8Array, name: string): string {
  try {
    return describeFilter(readFilter(filter));
  } catch (error) {
    if (error instanceof PithError) return name;
    throw error;
  }
}
