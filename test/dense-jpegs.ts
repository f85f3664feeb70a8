/**
 * Dense JPEGs: files of the dense model by themselves, as the benchmark wants them and no user does: with
 * other priors than the shipped ones, without the proof, on as many threads as one likes.
 *
 *   priors -> choose -> encode -> decode          all in this process, one set of priors at a time
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { concatenate } from "../src/core/bytes.ts";
import { decodeIterable } from "../src/lepton/decode.ts";
import { findEmbeddedJpegs } from "../src/lepton/embedded-jpegs.ts";
import { encodeWhole } from "../src/lepton/encode.ts";
import { chooseDictionary } from "../src/lepton/header-model.ts";
import { choosePriors } from "../src/lepton/priors.ts";
import { closeIdleThreads } from "../src/lepton/threads.ts";
import { priorsForFile } from "../train/folds.ts";

/** How train/ calls what each fold has. */
const PRIORS_FILE = "jpeg-priors.bin";
const DICTIONARY_FILE = "jpeg-headers.bin";

/** What a header has in front of it among the records of a file: a tag and its size. */
const RECORD_START = new Uint8Array(7);

export interface DenseOptions {
  /** As many as it likes, unless told. */
  readonly segments?: number | undefined;
  readonly verify?: boolean | undefined;
}

/** A whole JPEG, as the container codes it. @throws PithError that says why it is refused */
export function encodeDense(
  jpeg: Uint8Array,
  { segments, verify }: DenseOptions = {},
): Promise<Uint8Array> {
  return encodeWhole(jpeg, { model: "dense", segments, verify, threads: 1 }, true);
}

/** Pieces as rows are done. */
export function decodeDenseIterable(coded: Uint8Array, threads: number): AsyncIterable<Uint8Array> {
  return decodeIterable(coded, { model: "dense", threads });
}

export async function decodeDense(coded: Uint8Array, threads = 1): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeDenseIterable(coded, threads)) pieces.push(piece);
  return concatenate(pieces);
}

/** What is known before a file is seen. */
export interface HeldOut {
  readonly priors: Uint8Array;
  /** Of headers; undefined for the shipped one. */
  readonly dictionary: Uint8Array | undefined;
}

/**
 * What was trained without a file and without those of the same camera maker.
 *
 * @param folder - what training with folds has written
 * @param bytes - of the file; one that was not trained on gets what was trained on all
 */
export function heldOut(folder: string, bytes: Uint8Array): HeldOut {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const read = (name: string): Uint8Array => new Uint8Array(priorsForFile(folder, sha256, name));
  return { priors: read(PRIORS_FILE), dictionary: ifThere(() => read(DICTIONARY_FILE)) };
}

function ifThere(read: () => Uint8Array): Uint8Array | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether the folds have dictionaries of headers too. */
export function haveDictionaries(folder: string): boolean {
  return existsSync(join(folder, "fold-0", DICTIONARY_FILE));
}

/** Has this process, and threads that it starts from now on, code and decode with these. */
export async function useHeldOut({ priors, dictionary }: HeldOut): Promise<void> {
  // Threads have the priors of those who started them.
  await closeIdleThreads();
  choosePriors(priors);
  chooseDictionary(dictionary);
}

/** Goes back to what is shipped. */
export async function useShipped(): Promise<void> {
  await closeIdleThreads();
  choosePriors(undefined);
  chooseDictionary(undefined);
}

/** JPEGs that lie in one piece in the header of another one, its bytes between SOI and scan. */
export function jpegsWithin(header: Uint8Array): Uint8Array[] {
  const records = concatenate([RECORD_START, header]);
  return findEmbeddedJpegs(records).flatMap((pieces) => {
    const [piece] = pieces;
    return pieces.length === 1 && piece ? [records.slice(piece.start, piece.end)] : [];
  });
}
