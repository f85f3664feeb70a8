/**
 * Kernels: the DivANS kernel for coding, and the same for decoding, each with the dictionary in its memory.
 *
 * Both are one module, but no instance ever does both: what the encoder made is proved by an instance
 * that cannot have inherited anything from the one that coded. An encoder takes some 140 MB, of which one
 * is kept for the next unit of this thread.
 */
import { PithError } from "../core/errors.ts";
import {
  Kernel,
  type KernelInstance,
  type KernelVariant,
  loadKernel,
  loadKernelFile,
} from "../core/kernel.ts";

/** What coding and decoding take their instances from. */
export interface DivansKernels {
  /** What decoders are instances of, for threads. */
  readonly kernel: Kernel;
  /** An instance that decodes, for one job. */
  takeDecoder(): KernelInstance;
  /** Takes it back after a job that ended well. */
  releaseDecoder(instance: KernelInstance): void;
  takeEncoder(): KernelInstance;
  releaseEncoder(instance: KernelInstance): void;
}

const loaded = new WeakMap<Kernel, DivansKernels>();

/** Runs a job on a decoder, which lives on unless the kernel itself has failed: bytes that cannot be decoded
 * leave nothing behind that the next unit does not clear. */
export async function useDecoder<Value>(
  kernels: DivansKernels,
  job: (instance: KernelInstance) => Promise<Value>,
): Promise<Value> {
  const instance = kernels.takeDecoder();
  try {
    const value = await job(instance);
    kernels.releaseDecoder(instance);
    return value;
  } catch (error) {
    if (isOfBytes(error)) kernels.releaseDecoder(instance);
    throw error;
  }
}

/** Whether a fault lies in what was given to decode, or with whoever gave it. */
export function isOfBytes(error: unknown): boolean {
  return error instanceof PithError && error.kind !== "bug";
}

/** The kernel and its dictionary, read on first use. @throws PithError "BuildIncomplete" */
export async function loadDivans(variant?: KernelVariant): Promise<DivansKernels> {
  const [kernel, dictionary] = await Promise.all([
    loadKernel("divans", variant === undefined ? {} : { variant }),
    loadKernelFile("dictionary.bin"),
  ]);
  const known = loaded.get(kernel) ?? kernelsOf(kernel, dictionary);
  loaded.set(kernel, known);
  return known;
}

function kernelsOf(decoders: Kernel, dictionary: Uint8Array): DivansKernels {
  const encoders = new Kernel(decoders.compiled);
  const ready = new WeakSet<KernelInstance>();
  let idleEncoder: KernelInstance | undefined;

  /** An instance with the dictionary, which outlives the wipe between two jobs. */
  function take(kernel: Kernel): KernelInstance {
    const instance = kernel.take();
    if (ready.has(instance)) return instance;
    instance.bytes(instance.call("dictionaryAddress"), dictionary.length).set(dictionary);
    ready.add(instance);
    return instance;
  }

  return {
    kernel: decoders,
    takeDecoder: () => take(decoders),
    releaseDecoder: (instance) => decoders.release(instance),
    takeEncoder() {
      const idle = idleEncoder;
      idleEncoder = undefined;
      if (idle !== undefined) return idle;
      const instance = take(encoders);
      instance.call("reserveEncoder");
      return instance;
    },
    releaseEncoder(instance) {
      if (idleEncoder !== undefined) return;
      instance.ask("wipe");
      idleEncoder = instance;
    },
  };
}
