/**
 * Where tests find real files: a folder beside the project, given by PITH_CORPUS or at its
 * usual place. A clone without it still passes: such tests skip and say so, except in CI, where a
 * missing corpus is a failure.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const FOLDER = process.env["PITH_CORPUS"] ?? resolve(import.meta.dirname, "../../shared/corpus");

/** The corpus folder, or undefined when there is none. */
export const corpus: string | undefined = existsSync(FOLDER) ? FOLDER : undefined;

/** For `test(name, { skip: withoutCorpus }, ...)`: false when the corpus is there or must be. */
export const withoutCorpus: string | false =
  corpus === undefined && process.env["CI"] !== "true" ? "no corpus folder here" : false;

/** The path of a corpus file, for example `corpusPath("deflate/data/twain.txt")`. */
export function corpusPath(name: string): string {
  return join(FOLDER, name);
}

/** The bytes of a corpus file. */
export function corpusFile(name: string): Uint8Array {
  return readFileSync(corpusPath(name));
}
