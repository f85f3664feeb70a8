/**
 * Units of the general benchmark: what everyone is given. A unit is a whole file of at most 4 MiB, or
 * a piece of one that is cut as the store cuts it, and each is coded alone.
 *
 *   nothing given    the files of the corpus's general/
 *   FILE, FOLDER     these files, and all that lie anywhere in these folders
 *   other words      the corpus's file of this name, or those whose names begin so
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { corpus, corpusPath } from "../../test/corpus.ts";

/** The store's chunk, and the most that the codec takes at once. */
export const UNIT_BYTES = 4 * 1024 * 1024;

export interface Unit {
  /** As tables name it. */
  readonly name: string;
  /** As programs see it: 7-Zip chooses its filter by the ending. */
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** All units of these files and folders, in order; of the corpus when none are given. */
export function unitsOf(given: readonly string[]): Unit[] {
  if (given.length === 0) return corpusUnits("");
  return given.flatMap((word) => {
    const what = statSync(word, { throwIfNoEntry: false });
    if (what === undefined) return corpusUnits(word);
    return what.isDirectory() ? folderUnits(word) : cut(basename(word), readFileSync(word));
  });
}

function corpusUnits(beginning: string): Unit[] {
  if (corpus === undefined) throw new Error("no corpus folder here: PITH_CORPUS names it");
  const folder = corpusPath("general");
  const all = readdirSync(folder).filter((name) => !/^(INDEX\.md|.*\.csv)$/.test(name));
  const names = all.includes(beginning)
    ? [beginning]
    : all.filter((name) => name.startsWith(beginning)).sort();
  if (names.length === 0) throw new Error(`neither a file nor one of the corpus: ${beginning}`);
  return names.flatMap((name) => cut(name, readFileSync(join(folder, name))));
}

function folderUnits(folder: string): Unit[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => cut(relative(folder, path), readFileSync(path)));
}

/** A file as units; empty files make none. */
export function cut(name: string, file: Uint8Array): Unit[] {
  const units: Unit[] = [];
  for (let begin = 0; begin < file.length; begin += UNIT_BYTES) {
    const bytes = file.subarray(begin, begin + UNIT_BYTES);
    const ending = extname(name);
    const piece = `${name.slice(0, name.length - ending.length)}.c${units.length}${ending}`;
    const whole = file.length <= UNIT_BYTES ? name : piece;
    units.push({
      name: whole,
      fileName: basename(whole).replaceAll(/[^\w.-]/g, "_"),
      bytes,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  }
  return units;
}
