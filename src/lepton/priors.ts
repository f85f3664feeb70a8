/**
 * Priors: what the dense model knows before it has seen a picture. Trained beforehand, shipped beside the
 * kernels as one file, and put into the memory of each instance of the dense kernel.
 *
 *   wasm/jpeg-priors.bin -> prior set: number, hash, tables -> kernel, once an instance
 *
 *   file   weights of the regressions, i16[10576] | tables
 *
 * A dense file names the set that it was coded with, and its hash: with others it would come out wrong.
 */
import { checksumOf } from "../core/checksum.ts";
import { PithError } from "../core/errors.ts";
import { type KernelAsset, loadKernelFile } from "../core/kernel.ts";

export interface PriorSet {
  /** 1..255; a set that differs in any way has another number. */
  readonly number: number;
  /** CRC-32C of the shipped file. */
  readonly hash: number;
  readonly assets: readonly KernelAsset[];
}

/** The prior set that this build codes with, and the only one that it reads. */
export const PRIOR_SET = 1;

/** Shipped beside the kernels. */
const PRIORS_FILE = "jpeg-priors.bin";
/** Weights of all regressions, i16 each. */
const REGRESSION_BYTES = 2 * 10_576;

/** A kernel that was given nothing: what is coded without training. */
const NO_PRIORS: PriorSet = { number: PRIOR_SET, hash: 0, assets: [] };

const known = new WeakMap<Uint8Array, PriorSet>();
/** Instead of the shipped ones. */
let chosen: PriorSet | undefined;

/** The prior set, read on first use. @throws PithError "KernelFault" */
export async function loadPriors(): Promise<PriorSet> {
  if (chosen !== undefined) return chosen;
  let file: Uint8Array;
  try {
    file = await loadKernelFile(PRIORS_FILE);
  } catch (error) {
    if (error instanceof PithError) return NO_PRIORS;
    throw error;
  }
  const set = known.get(file) ?? priorSetOf(file);
  known.set(file, set);
  return set;
}

/** Has this process code and decode with other priors than the shipped ones, undefined with these: for
 * training and for judging what was trained, on one thread. */
export function choosePriors(file: Uint8Array | undefined): void {
  chosen = file === undefined ? undefined : priorSetOf(file);
}

/** Takes a file apart. @throws PithError "KernelFault" when it is too short */
function priorSetOf(file: Uint8Array): PriorSet {
  if (file.length < REGRESSION_BYTES) {
    throw new PithError("KernelFault", { file: PRIORS_FILE, bytes: file.length });
  }
  const weights = file.subarray(0, REGRESSION_BYTES);
  const assets: KernelAsset[] = [
    { bytes: weights, place: "regressionsAddress", take: "takeRegressions" },
  ];
  const tables = file.subarray(REGRESSION_BYTES);
  if (tables.length > 0) assets.push({ bytes: tables, place: "priorsAddress" });
  return { number: PRIOR_SET, hash: checksumOf(file), assets };
}
