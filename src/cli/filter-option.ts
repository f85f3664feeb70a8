/**
 * Filters as `pith ir` says them: which filter stands before which units of a .dvn file.
 *
 *   NAME[:NUMBER[+NUMBER]][@UNITS]      x86-little    delta:4@1-3,5    predict-16-little:512+16@2
 *
 * Names and numbers are those of `pith info`; units are counted from 1, and without them all are meant.
 */
import { InvalidArgumentError } from "commander";
import { PithError } from "../core/errors.ts";
import { describeFilter, type Filter, filterName, readFilter } from "../filters/index.ts";

/** What one --filter says. */
export interface SaidFilter {
  readonly filter: Filter;
  /** First and last units, counted from 1; undefined means all. */
  readonly units: readonly UnitRange[] | undefined;
}

type UnitRange = readonly [first: number, last: number];

const FORM = /^([a-z0-9-]+)(?::(\d{1,5})(?:\+(\d{1,3}))?)?(?:@([\d,-]+))?$/;
const RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/;

/** Reads one --filter, behind those that were read before. */
export function readFilterOption(
  text: string,
  before: readonly SaidFilter[] = [],
): readonly SaidFilter[] {
  const [, name = "", first, other, units] = FORM.exec(text) ?? [];
  const filter = filterOf(name, first, other);
  if (filter === undefined) {
    throw new InvalidArgumentError(
      `It must be NAME[:NUMBER[+NUMBER]][@UNITS], with a name from ${names().join(", ")}.`,
    );
  }
  return [...before, { filter, units: units?.split(",").map(readRange) }];
}

/** Undefined where there is no such filter, or its numbers cannot be. */
function filterOf(name: string, first = "", other = ""): Filter | undefined {
  const number = names().indexOf(name) + 1;
  const less = first === "" ? 0 : Number(first) - 1;
  if (number === 0 || less < 0 || less > 0xffff || Number(other) > 255) return undefined;
  const says = `${name}${first === "" ? "" : ` ${less + 1}`}${Number(other) > 0 ? `+${Number(other)}` : ""}`;
  const low = less & 255;
  for (const bytes of [
    [number],
    [number, low, less >> 8],
    [number, low, less >> 8, Number(other)],
  ]) {
    try {
      const filter = readFilter(Uint8Array.from(bytes));
      if (describeFilter(filter) === says) return filter;
    } catch (error) {
      if (!(error instanceof PithError) || error.code !== "CodecUnknown") throw error;
    }
  }
  return undefined;
}

/** The names of all filters but none, by number. */
function names(): readonly string[] {
  const found: string[] = [];
  for (let number = 1; ; number++) {
    const name = filterName(number);
    if (name === undefined) return found;
    found.push(name);
  }
}

function readRange(text: string): UnitRange {
  const [, first, last = first] = RANGE.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  if (range[0] >= 1 && range[0] <= range[1]) return range;
  throw new InvalidArgumentError("Units are numbers from 1 on, as in 1-3,5.");
}

/**
 * The filter of each unit.
 *
 * @param units - how many there are
 * @returns undefined where nothing was said
 * @throws PithError "BadUsage" for a unit that is not there, or has two filters
 */
export function filtersOfUnits(
  said: readonly SaidFilter[] | undefined,
  units: number,
): readonly Filter[] | undefined {
  if (said === undefined) return undefined;
  const filters = Array.from({ length: units }, (): Filter => ({ kind: "none" }));
  for (const { filter, units: ranges = units > 0 ? [[1, units] as const] : [] } of said) {
    for (const [first, last] of ranges) {
      if (last > units) refuse(`--filter: there is no unit ${last}, only ${units}`);
      for (let unit = first; unit <= last; unit++) {
        if (filters[unit - 1]!.kind !== "none") refuse(`--filter: unit ${unit} has two filters`);
        filters[unit - 1] = filter;
      }
    }
  }
  return filters;
}

function refuse(why: string): never {
  throw new PithError("BadUsage", { why });
}

/** A filter with the units that stand behind it. */
export interface FilteredUnits {
  /** As people read it: "delta 4". */
  readonly says: string;
  /** The units: "1-3,5". */
  readonly units: string;
  readonly isSingle: boolean;
  /** As --filter takes it. */
  readonly option: string;
}

/** Each filter of a file's units, in the order in which they come. */
export function filteredUnits(filters: readonly Filter[]): readonly FilteredUnits[] {
  const ranges = new Map<string, [number, number][]>();
  for (const [i, filter] of filters.entries()) {
    if (filter.kind === "none") continue;
    const says = describeFilter(filter);
    const found = ranges.get(says) ?? [];
    ranges.set(says, found);
    const last = found.at(-1);
    if (last !== undefined && last[1] === i) last[1] = i + 1;
    else found.push([i + 1, i + 1]);
  }
  return [...ranges].map(([says, found]) => {
    const units = found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
    const count = found.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    const where = count === filters.length ? "" : `@${units.join(",")}`;
    const option = `${says.replace(" ", ":")}${where}`;
    return { says, units: units.join(","), isSingle: count === 1, option };
  });
}
