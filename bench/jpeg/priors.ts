/**
 * Priors of the benchmark: what the dense model may know when it codes a file of the corpus, on which the
 * shipped priors were trained.
 *
 *   --priors FOLDER   each file with the priors of its fold, which has neither it nor its camera's maker
 *   otherwise         the shipped ones, or none: the report says that its figures are not cross-validated
 *
 * A process has one set at a time: files are announced before they are coded, outside of what is timed.
 */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import {
  decodeDense,
  encodeDense,
  type HeldOut,
  haveDictionaries,
  heldOut,
  useHeldOut,
} from "../../test/dense-jpegs.ts";
import { fileOf, type JpegFile } from "./files.ts";

const SHIPPED = resolve(import.meta.dirname, "../../wasm/jpeg-priors.bin");

export interface PriorsNote {
  readonly crossValidated: boolean;
  /** For the report. */
  readonly says: string;
}

let folder: string | undefined;
let current: HeldOut | undefined;

/** Takes priors from this folder from now on; from none when it is empty. */
export function takePriorsFrom(path: string): void {
  folder = path === "" ? undefined : resolve(path);
  // A wrong path shows now, not in the middle of the work.
  if (folder !== undefined) heldOut(folder, new Uint8Array(0));
}

/** The argument that gives a child the same priors. */
export function priorsArgument(): string {
  return folder ?? "";
}

/** What a file is coded with; undefined for what is shipped. */
export function heldOutOf({ bytes, within }: JpegFile): HeldOut | undefined {
  return folder === undefined ? undefined : heldOut(folder, within ?? bytes);
}

/** Gets ready for a file: the first trip after a change of priors would pay for it. */
export async function preparePriors(file: JpegFile): Promise<void> {
  const next = heldOutOf(file);
  if (next === undefined || isDeepStrictEqual(next, current)) return;
  await useHeldOut(next);
  current = next;
  const tiny = fileOf("vectors", "tiny.jpg").bytes;
  await decodeDense(await encodeDense(tiny));
}

export function priorsNote(): PriorsNote {
  if (folder !== undefined) {
    const headers = haveDictionaries(folder)
      ? "and so the dictionary of its header"
      : "but the dictionary of headers is the shipped one, which has seen all";
    const says = `Dense: cross-validated, priors of each file trained without its camera's maker, ${headers}.`;
    return { crossValidated: true, says };
  }
  const says = existsSync(SHIPPED)
    ? `Dense: NOT cross-validated, the shipped priors (${statSync(SHIPPED).size} bytes) have seen these files.`
    : "Dense: NOT cross-validated, and no priors are built here: coded without any.";
  return { crossValidated: false, says };
}
