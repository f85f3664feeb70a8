/**
 * Priors: what the dense model knows before it has seen a picture. Trained beforehand, shipped beside the
 * kernels as one file, and put into the memory of each instance of the dense kernel.
 *
 *   wasm/jpeg-priors.bin -> prior set: number, hash, tables -> kernel, once an instance
 *
 * How the file is written: priors-file.ts and priors-coding.ts.
 *
 * A dense file names the set that it was coded with, and its hash: with others it would come out wrong.
 */
import { checksumOf } from "../core/checksum.ts";
import { PithError } from "../core/errors.ts";
import { type KernelAsset, loadKernelFile } from "../core/kernel.ts";
import { isPriorFile, readPriorFile } from "./priors-file.ts";

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

const known = new WeakMap<Uint8Array, PriorSet>();
/** Instead of the shipped ones. */
let chosen: PriorSet | undefined;

/** The prior set, read on first use. @throws PithError "KernelFault" */
export async function loadPriors(): Promise<PriorSet> {
  if (chosen !== undefined) return chosen;
  const file = await loadKernelFile(PRIORS_FILE);
  const set = known.get(file) ?? priorSetOf(file);
  known.set(file, set);
  return set;
}

/** Has this process code and decode with other priors than the shipped ones, undefined with these: for
 * training and for judging what was trained, on one thread. */
export function choosePriors(file: Uint8Array | undefined): void {
  chosen = file === undefined ? undefined : priorSetOf(file);
}

/** Takes bytes apart: a file as it is shipped, or else bare weights with the tables behind them.
 * @throws PithError "KernelFault" when they are damaged or too few */
function priorSetOf(bytes: Uint8Array): PriorSet {
  const hash = checksumOf(bytes);
  if (isPriorFile(bytes)) {
    const { number, weights, tables } = readPriorFile(bytes);
    return { number, hash, assets: assetsOf(bytesOf(weights), bytesOf(tables)) };
  }
  if (bytes.length < REGRESSION_BYTES) {
    throw new PithError("KernelFault", { file: PRIORS_FILE, bytes: bytes.length });
  }
  const weights = bytes.subarray(0, REGRESSION_BYTES);
  return { number: PRIOR_SET, hash, assets: assetsOf(weights, bytes.subarray(REGRESSION_BYTES)) };
}

function assetsOf(weights: Uint8Array, tables: Uint8Array): KernelAsset[] {
  const ofWeights = { bytes: weights, place: "regressionsAddress", take: "takeRegressions" };
  return tables.length === 0 ? [ofWeights] : [ofWeights, { bytes: tables, place: "priorsAddress" }];
}

function bytesOf(words: Int16Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
