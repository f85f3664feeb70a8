/**
 * Order: keys in order of their UTF-8 bytes, and the folding of keys into common prefixes.
 *
 *   keys       a/1  a/2  b  c/x/1          delimiter "/"
 *   listing    a/        b  c/
 *
 * The order of UTF-8 bytes is the order of code points; JavaScript's own order of strings is that
 * of UTF-16 units and differs above U+D800. `listPage` is the one walk that every driver uses: a
 * driver only says how to seek, so a prefix that holds a million keys costs one seek.
 */
import type { ListPage, ListQuery, ObjectEntry } from "./meta.ts";

const SURROGATES_FIRST = 0xd800;
const SURROGATES_LAST = 0xdfff;
const CODE_POINT_LAST = 0x10ffff;

/** Where a walk starts: at `key` itself or after it. */
export interface Position {
  readonly key: string;
  readonly inclusive: boolean;
}

/** Negative, 0 or positive, as `first` is before, at or after `other` in order of UTF-8 bytes. */
export function compareUtf8(first: string, other: string): number {
  const shared = Math.min(first.length, other.length);
  for (let i = 0; i < shared; i++) {
    const a = first.charCodeAt(i);
    const b = other.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return first.length - other.length;
}

/** UTF-16 units in order of the code points they stand for: surrogates after all the others. */
function rank(unit: number): number {
  if (unit < SURROGATES_FIRST) return unit;
  return unit <= SURROGATES_LAST ? unit + 0x10000 : unit;
}

/**
 * The first string after every string that begins with `prefix`.
 *
 * @returns undefined when there is none: for "" and for nothing but U+10FFFF
 */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0) {
    const last = points.pop() ?? 0;
    if (last === CODE_POINT_LAST) continue;
    const next = last + 1 === SURROGATES_FIRST ? SURROGATES_LAST + 1 : last + 1;
    return String.fromCodePoint(...points, next);
  }
  return undefined;
}

/** The common prefix that a key folds into: up to the first delimiter after `prefix`. */
export function foldKey(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === "") return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/**
 * One page of a listing.
 *
 * @param seek - the bucket's objects from a position on, in order; left early
 *
 * Costs one seek for each common prefix of the page and one step for each object.
 */
export function listPage(
  query: ListQuery,
  seek: (from: Position) => Iterable<ObjectEntry>,
): ListPage {
  const { prefix, delimiter, limit } = query;
  const objects: ObjectEntry[] = [];
  const prefixes: string[] = [];
  let last = "";
  let from = limit > 0 ? startOf(query) : undefined;
  walk: while (from !== undefined) {
    const walk: Iterable<ObjectEntry> = seek(from);
    from = undefined;
    for (const entry of walk) {
      if (!entry.key.startsWith(prefix)) break;
      if (objects.length + prefixes.length >= limit) return { objects, prefixes, next: last };
      const common = foldKey(entry.key, prefix, delimiter);
      if (common === undefined) {
        objects.push(entry);
        last = entry.key;
      } else {
        prefixes.push(common);
        last = common;
        from = positionAfter(common);
        continue walk;
      }
    }
  }
  return { objects, prefixes, next: undefined };
}

/** The first key that may belong to the page. */
function startOf({ prefix, delimiter, after }: ListQuery): Position | undefined {
  if (after === "" || compareUtf8(after, prefix) < 0) return { key: prefix, inclusive: true };
  const common = after.startsWith(prefix) ? foldKey(after, prefix, delimiter) : undefined;
  // Keys that fold into a prefix which is not after `after` have been listed with it.
  return common === undefined ? { key: after, inclusive: false } : positionAfter(common);
}

function positionAfter(prefix: string): Position | undefined {
  const key = afterPrefix(prefix);
  return key === undefined ? undefined : { key, inclusive: true };
}
