/**
 * Kernels: of each model the kernel for coding, and the same for decoding.
 *
 * Both are one module, but no instance ever does both: what the encoder made is proved by an instance
 * that cannot have inherited anything from the one that coded.
 */
import { type CompiledKernel, Kernel, type KernelVariant, loadKernel } from "../core/kernel.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { loadPriors, type PriorSet } from "./priors.ts";

const encoders = new WeakMap<Kernel, Kernel>();
/** Of the bare kernel, and of the priors that its instances are given. */
const denseDecoders = new WeakMap<Kernel, WeakMap<PriorSet, Kernel>>();

/** The kernel whose instances decode. @throws PithError "BuildIncomplete", "KernelFault" */
export async function loadDecoder(
  model: CoefficientModel = "lepton",
  variant?: KernelVariant,
): Promise<Kernel> {
  const options = variant === undefined ? {} : { variant };
  if (model === "lepton") return await loadKernel("lepton", options);
  const [bare, priors] = await Promise.all([loadKernel("dense", options), loadPriors()]);
  const decoders = denseDecoders.get(bare) ?? new WeakMap<PriorSet, Kernel>();
  const { assets } = priors;
  const decoder = decoders.get(priors) ?? new Kernel({ ...bare.compiled, assets });
  decoders.set(priors, decoder);
  denseDecoders.set(bare, decoders);
  return decoder;
}

/** The kernel whose instances code. @throws PithError "BuildIncomplete", "KernelFault" */
export async function loadEncoder(
  model: CoefficientModel = "lepton",
  variant?: KernelVariant,
): Promise<Kernel> {
  const decoder = await loadDecoder(model, variant);
  const encoder = encoders.get(decoder) ?? encoderOf(decoder.compiled);
  encoders.set(decoder, encoder);
  return encoder;
}

/** A kernel of its own that was compiled elsewhere. */
export function encoderOf(compiled: CompiledKernel): Kernel {
  return new Kernel(compiled);
}
