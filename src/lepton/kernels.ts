/**
 * Kernels: the Lepton kernel for coding, and the same for decoding.
 *
 * Both are one module, but no instance ever does both: what the encoder made is proved by an instance
 * that cannot have inherited anything from the one that coded.
 */
import { type CompiledKernel, Kernel, loadKernel } from "../core/kernel.ts";

const encoders = new WeakMap<Kernel, Kernel>();

/** The kernel whose instances decode. @throws PithError "KernelFault" */
export function loadDecoder(): Promise<Kernel> {
  return loadKernel("lepton");
}

/** The kernel whose instances code. @throws PithError "KernelFault" */
export async function loadEncoder(): Promise<Kernel> {
  const decoder = await loadDecoder();
  const encoder = encoders.get(decoder) ?? encoderOf(decoder.compiled);
  encoders.set(decoder, encoder);
  return encoder;
}

/** A kernel of its own that was compiled elsewhere. */
export function encoderOf(compiled: CompiledKernel): Kernel {
  return new Kernel(compiled);
}
