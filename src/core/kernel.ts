/**
 * Kernel: loads a wasm module, keeps its idle instances, and turns its fault numbers into errors.
 *
 *   wasm/NAME.simd.wasm --compile once--> Kernel --take--> KernelInstance --calls--> numbers
 *                                           ^                    |
 *                                           +---wiped, idle------+ release
 *
 * A kernel imports its memory and nothing else, and exports `begin` (fills its tables, once an
 * instance), `wipe` (clears what a job left) and its calls. A call returns zero or more, or the
 * negative of a fault number. The same source is built with and without vector instructions;
 * both give the same bytes. Loading works by address in Node, in its worker threads and in a page;
 * a compiled kernel can also be posted to a thread (`kernel.compiled`, `adoptKernel`). Beside the
 * modules lie files that kernels and their hosts read (`loadKernelFile`).
 *
 * No WebAssembly type shows in a declaration, so that users need no library for it.
 */
import { type FaultCode, PithError } from "./errors.ts";
import { KERNEL_BYTES_KEPT, KERNEL_INSTANCES_KEPT } from "./limits.ts";
import { builtIn } from "./thread.ts";

/** "simd" where the platform has vector instructions, else "scalar". */
export type KernelVariant = "simd" | "scalar";

/** What can be posted to another thread and adopted there. */
export interface CompiledKernel {
  readonly name: string;
  readonly variant: KernelVariant;
  /** The compiled module; opaque, can be cloned. */
  readonly module: object;
  /** What each new instance has put into its memory. */
  readonly assets?: readonly KernelAsset[] | undefined;
}

/** Bytes that a kernel does not hold itself, and that outlive its wipes. */
export interface KernelAsset {
  readonly bytes: Uint8Array;
  /** The call that gives the address at which they go. */
  readonly place: string;
  /** The call that takes them in, for a kernel that has to look at them. */
  readonly take?: string | undefined;
}

/** What the numbers in kernels/fault.ts mean. */
export const KERNEL_FAULTS: Readonly<Record<number, string>> = {
  1: "more input than its region holds",
  2: "the output would pass its region",
  4: "a call out of order or without meaning",
  5: "a prefix code is not complete",
  6: "a block took another size than computed",
  7: "input was skipped or taken twice",
};

/** Faults that are not the kernel's: the machine's, or of what it was given to read. Each has a code. */
export const KERNEL_REFUSALS: Readonly<Record<number, readonly [code: FaultCode, why: string]>> = {
  3: ["MallocedNull", "the memory of a kernel cannot grow"],
  20: ["UnsupportedJpeg", "a Huffman table that is over-full or empty"],
  21: ["UnsupportedJpeg", "a Huffman code that is not in its table"],
  22: ["UnsupportedJpeg", "a zero run that passes its block, or zeros that were written out"],
  23: ["InvalidPadding", "padding bits that differ"],
  24: ["InvalidResetCode", "a restart marker that cannot be put back"],
  25: ["CoefficientOutOfRange", "a coefficient of more than eleven bits"],
  26: ["StreamInconsistent", "counts that the coded blocks do not keep"],
  27: ["UnsupportedJpeg", "a scan that the script of scans does not allow"],
  28: ["UnsupportedJpeg", "an end-of-band run that another writer would have merged"],
  30: ["UnsupportedJpeg", "a Huffman code that its table cannot write"],
  31: ["TooMuchMemoryNeeded", "coefficients beyond the memory of a kernel"],
  32: ["UnsupportedJpegWithZeroIdct0", "a quantization table with a zero"],
  40: ["DivansCorrupt", "coded commands that cannot be"],
};

const PAGES_INITIAL = 16;
const PAGES_MAXIMUM = 4096;

/** A module with one vector instruction: () -> v128, a splat and a population count. */
const SIMD_PROBE = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // magic, version
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one of type 0
  ...[0x0a, 0x0a, 0x01, 0x08, 0x00], // code: one body without locals
  ...[0x41, 0x00, 0xfd, 0x0f, 0xfd, 0x62, 0x0b], // i32.const 0, i8x16.splat, i8x16.popcnt, end
);

type Call = (...values: number[]) => number;

/** One instance: a memory and the calls on it. One job at a time. */
export class KernelInstance {
  readonly #kernel: string;
  readonly #memory: WebAssembly.Memory;
  readonly #calls: Readonly<Record<string, Call>>;

  constructor(kernel: string, compiled: object, assets: readonly KernelAsset[] = []) {
    this.#kernel = kernel;
    const module = compiled as WebAssembly.Module;
    this.#memory = newMemory(kernel);
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#calls = instance.exports as unknown as Readonly<Record<string, Call>>;
    this.call("begin");
    for (const { bytes, place, take } of assets) {
      this.bytes(this.call(place), bytes.length).set(bytes);
      if (take !== undefined) this.call(take);
    }
  }

  /**
   * Calls an export of the kernel.
   *
   * @returns what it returned, zero or more
   * @throws PithError "KernelFault" when it returned a fault number; a code of its own where the
   *   fault is not the kernel's (KERNEL_REFUSALS)
   */
  call(name: string, ...values: number[]): number {
    const result = this.ask(name, ...values);
    if (result < 0) {
      const fault = -result;
      const refusal = KERNEL_REFUSALS[fault];
      if (refusal !== undefined) throw new PithError(refusal[0], { why: refusal[1] });
      const why = KERNEL_FAULTS[fault] ?? "a fault without a name";
      throw new PithError("KernelFault", { kernel: this.#kernel, call: name, fault, why });
    }
    return result;
  }

  /** The same for an export whose result may be any 32-bit number, as a checksum is. */
  ask(name: string, ...values: number[]): number {
    const call = this.#calls[name];
    if (call === undefined) {
      throw new PithError("KernelFault", { kernel: this.#kernel, call: name, why: "no such call" });
    }
    return call(...values);
  }

  /** The memory from `address` on, `size` bytes; a view, good until the next call. */
  bytes(address: number, size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#memory.buffer as ArrayBuffer, address, size);
  }

  /** Size of the memory, in bytes. */
  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }
}

/** @throws PithError "MallocedNull" when the platform has no more */
function newMemory(kernel: string): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: PAGES_INITIAL, maximum: PAGES_MAXIMUM });
  } catch (error) {
    throw new PithError("MallocedNull", { kernel, pages: PAGES_INITIAL }, error);
  }
}

/** A compiled kernel and its idle instances. */
export class Kernel {
  readonly name: string;
  readonly variant: KernelVariant;
  readonly #module: WebAssembly.Module;
  readonly #assets: readonly KernelAsset[] | undefined;
  readonly #idle: KernelInstance[] = [];

  constructor(compiled: CompiledKernel) {
    this.name = compiled.name;
    this.variant = compiled.variant;
    this.#module = compiled.module as WebAssembly.Module;
    this.#assets = compiled.assets;
  }

  /** What a worker thread needs to have the same kernel without compiling it. */
  get compiled(): CompiledKernel {
    const { name, variant } = this;
    return { name, variant, module: this.#module, assets: this.#assets };
  }

  /** Idle instances that are kept, for tests and metrics. */
  get idleCount(): number {
    return this.#idle.length;
  }

  /** An instance for one job: an idle one, else a new one (about 0.2 ms).
   *
   * @throws PithError "MallocedNull" */
  take(): KernelInstance {
    return this.#idle.pop() ?? new KernelInstance(this.name, this.#module, this.#assets);
  }

  /** Takes an instance back after a job that ended well, wipes it, and keeps it unless its memory
   * has grown large or enough others are idle. */
  release(instance: KernelInstance): void {
    if (instance.memoryBytes > KERNEL_BYTES_KEPT) return;
    if (this.#idle.length >= KERNEL_INSTANCES_KEPT) return;
    instance.ask("wipe");
    this.#idle.push(instance);
  }

  /** Runs one job on an instance. After a fault or a trap the instance is dropped. */
  use<Value>(job: (instance: KernelInstance) => Value): Value {
    const instance = this.take();
    const value = job(instance);
    this.release(instance);
    return value;
  }
}

export interface LoadOptions {
  /** Which build; default "simd" where the platform has it. */
  readonly variant?: KernelVariant;
}

const kernels = new Map<string, Promise<Kernel>>();

/**
 * The kernel of that name, compiled on first use and shared afterwards.
 *
 * @throws PithError "BuildIncomplete" when its file is missing or does not compile
 */
export function loadKernel(name: string, options: LoadOptions = {}): Promise<Kernel> {
  const variant = options.variant ?? bestVariant();
  const key = `${name}.${variant}`;
  const known = kernels.get(key);
  if (known !== undefined) return known;
  const loading = compileKernel(name, variant).then((compiled) => new Kernel(compiled));
  kernels.set(key, loading);
  // A failure is told to whoever waits; the next load tries again.
  loading.catch(() => kernels.delete(key));
  return loading;
}

const kernelFiles = new Map<string, Promise<Uint8Array>>();

/**
 * A file that lies beside the kernels, for example "dictionary.bin": read on first use and shared
 * afterwards. Nobody changes it.
 *
 * @throws PithError "BuildIncomplete" when it cannot be read
 */
export function loadKernelFile(name: string): Promise<Uint8Array> {
  const known = kernelFiles.get(name);
  if (known !== undefined) return known;
  const address = new URL(`../../wasm/${name}`, import.meta.url);
  const loading: Promise<Uint8Array> = bytesAt(address).catch((error: unknown) => {
    throw PithError.from(error, "BuildIncomplete", { file: name, address: address.href });
  });
  kernelFiles.set(name, loading);
  loading.catch(() => kernelFiles.delete(name));
  return loading;
}

/** Makes a kernel that another thread compiled the one that `loadKernel` gives here. */
export function adoptKernel(compiled: CompiledKernel): Kernel {
  const kernel = new Kernel(compiled);
  kernels.set(`${compiled.name}.${compiled.variant}`, Promise.resolve(kernel));
  return kernel;
}

/** The faster build that this platform can run. */
export function bestVariant(): KernelVariant {
  return WebAssembly.validate(SIMD_PROBE) ? "simd" : "scalar";
}

async function compileKernel(name: string, variant: KernelVariant): Promise<CompiledKernel> {
  const file = `${name}.${variant}.wasm`;
  const address = new URL(`../../wasm/${file}`, import.meta.url);
  try {
    const bytes = await bytesAt(address);
    return { name, variant, module: await WebAssembly.compile(bytes) };
  } catch (error) {
    throw PithError.from(error, "BuildIncomplete", { file, address: address.href });
  }
}

async function bytesAt(address: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (address.protocol === "file:") {
    const files = builtIn("node:fs/promises") as typeof import("node:fs/promises");
    return Uint8Array.from(await files.readFile(address));
  }
  const response = await fetch(address);
  const { ok, status } = response;
  if (!ok) {
    const file = address.pathname.replace(/.*\//, "");
    throw new PithError("BuildIncomplete", { file, address: address.href, status });
  }
  return new Uint8Array(await response.arrayBuffer());
}
