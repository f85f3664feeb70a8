/**
 * Header model: bytes of headers to a range-coded stream and back, by the kernel that knows a dictionary.
 *
 *   wasm/jpeg-headers.bin -> the first instance learns it -> its model goes to all instances after it
 *
 * The dictionary is part of the format: another one would make other bytes of a stream. So its sum is
 * written here. How it is trained: train/headers.ts.
 */
import { checksumOf } from "../core/checksum.ts";
import { PithError } from "../core/errors.ts";
import {
  type CompiledKernel,
  Kernel,
  type KernelInstance,
  type KernelVariant,
  loadKernel,
  loadKernelFile,
} from "../core/kernel.ts";
import { ByteGatherer } from "./byte-gatherer.ts";

const DICTIONARY_FILE = "jpeg-headers.bin";
/** CRC-32C of the dictionary that goes with prior set 1. */
const DICTIONARY_SUM = 0x8d11d7b3;

/** Steps between which others may run; they tell nothing. */
export type ModelSteps<Value> = Generator<undefined, Value, undefined>;

/** A kernel for each direction: what one has coded is proved by instances that have coded nothing. */
export interface HeaderKernels {
  readonly writing: Kernel;
  readonly reading: Kernel;
}

const loaded = new Map<KernelVariant | undefined, Promise<HeaderKernels>>();
/** Instead of the shipped one. */
let chosen: Uint8Array | undefined;

/** Has this process code and decode headers with another dictionary than the shipped one, undefined with
 * that: for judging what was trained. Nothing may be under way. */
export function chooseDictionary(dictionary: Uint8Array | undefined): void {
  chosen = dictionary;
  loaded.clear();
}

/** The kernels, with the dictionary. @throws PithError "BuildIncomplete" */
export function loadHeaderKernels(variant?: KernelVariant): Promise<HeaderKernels> {
  const known = loaded.get(variant);
  if (known !== undefined) return known;
  const loading = load(variant);
  loaded.set(variant, loading);
  loading.catch(() => loaded.delete(variant));
  return loading;
}

async function load(variant: KernelVariant | undefined): Promise<HeaderKernels> {
  const [bare, dictionary] = await Promise.all([
    loadKernel("header", variant === undefined ? {} : { variant }),
    chosen ?? loadShipped(),
  ]);
  const compiled = withDictionary(bare, dictionary);
  return { writing: new Kernel(compiled), reading: new Kernel(compiled) };
}

async function loadShipped(): Promise<Uint8Array> {
  const dictionary = await loadKernelFile(DICTIONARY_FILE);
  const sum = checksumOf(dictionary);
  if (sum === DICTIONARY_SUM) return dictionary;
  const [expected, actual] = [DICTIONARY_SUM.toString(16), sum.toString(16)];
  throw new PithError("BuildIncomplete", { file: DICTIONARY_FILE, expected, actual });
}

/** The kernel whose instances know a dictionary from the first. */
export function withDictionary(kernel: Kernel, dictionary: Uint8Array): CompiledKernel {
  const { compiled } = kernel;
  const learnt = new Kernel({
    ...compiled,
    assets: [{ bytes: dictionary, place: "dictionaryAddress", take: "takeDictionary" }],
  }).take();
  const bytes = learnt.bytes(learnt.call("keptAddress"), learnt.call("keptBytes")).slice();
  return { ...compiled, assets: [{ bytes, place: "keptAddress", take: "takeKept" }] };
}

/**
 * Codes bytes as one stream.
 *
 * @returns it; undefined for bytes that were made to keep a coder from ever settling what it has written
 */
export function* writeModelled(
  instance: KernelInstance,
  plain: Uint8Array,
): ModelSteps<Uint8Array | undefined> {
  const stream = new ByteGatherer();
  const take = (size: number): void => {
    stream.append(instance.bytes(instance.call("outputStart"), size));
    instance.call("dropOutput", size);
  };
  const pieceBytes = instance.call("pieceBytes");
  instance.call("restart");
  instance.call("beginWriting");
  for (let at = 0; at < plain.length; at += pieceBytes) {
    const piece = plain.subarray(at, at + pieceBytes);
    instance.bytes(instance.call("pieceAddress"), piece.length).set(piece);
    if (instance.call("writePiece", piece.length) !== 0) return undefined;
    take(instance.call("settledOutput"));
    yield;
  }
  instance.call("endWriting");
  take(instance.call("outputFilled"));
  return stream.take();
}

/** Decodes a stream as far as one asks; behind its end there are zeros. */
export class ModelReader {
  readonly #instance: KernelInstance;
  readonly #stream: Uint8Array;
  #at = 0;

  constructor(instance: KernelInstance, stream: Uint8Array) {
    this.#instance = instance;
    this.#stream = stream;
    instance.call("restart");
    instance.call("openInput");
    this.#feed();
    instance.call("beginReading");
  }

  byte(): number {
    return this.#piece(1)[0] ?? 0;
  }

  *bytes(size: number): ModelSteps<Uint8Array> {
    const plain = new ByteGatherer();
    const pieceBytes = this.#instance.call("pieceBytes");
    while (plain.length < size) {
      plain.append(this.#piece(Math.min(size - plain.length, pieceBytes)));
      yield;
    }
    return plain.take();
  }

  #piece(size: number): Uint8Array {
    if (this.#at < this.#stream.length) this.#feed();
    this.#instance.call("readPiece", size);
    return this.#instance.bytes(this.#instance.call("pieceAddress"), size);
  }

  #feed(): void {
    const address = this.#instance.call("makeInputRoom");
    const part = this.#stream.subarray(this.#at, this.#at + this.#instance.call("inputRoom"));
    this.#instance.bytes(address, part.length).set(part);
    this.#at += part.length;
    this.#instance.call("feedInput", part.length, +(this.#at === this.#stream.length));
  }
}
