/**
 * Header dictionary: what many headers have in common, out of the headers of pictures.
 *
 *   headers -> stretches that makers share -> without what the model expects by then -> dictionary
 *
 * Makers that share six bytes share them for a reason: a standard, a profile, a program. What only one
 * maker writes is cut short: a few bytes of it stay, so that the model learns what kind of bytes go on
 * there. The headers of thumbnails come last, since most headers are like them, and what is nearest is
 * trusted most. Same headers, same bytes; their order does not matter.
 */
import { createHash } from "node:crypto";
import { concatenate, viewOf } from "../src/core/bytes.ts";
import type { KernelInstance } from "../src/core/kernel.ts";
import { writeModelled } from "../src/lepton/header-model.ts";
import type { Material } from "./header-material.ts";

export interface DictionaryOptions {
  /** Bytes that makers must share to be common. */
  readonly commonBytes: number;
  /** Stretches of one maker that are longer are cut to `leftBytes`. */
  readonly ownBytes: number;
  readonly leftBytes: number;
  /** Mean surprise of a chunk, in 1/65536 bit a bit, below which the model knows it. */
  readonly known: number;
  /** Of one header: from its beginning, and from its end. */
  readonly headBytes: number;
  readonly tailBytes: number;
  /** The dictionary's length at most. */
  readonly maximumBytes: number;
}

export const DICTIONARY_OPTIONS: DictionaryOptions = {
  commonBytes: 6,
  ownBytes: 16,
  leftBytes: 6,
  known: 2000,
  headBytes: 6000,
  tailBytes: 800,
  maximumBytes: 48 * 1024,
};

const CHUNK_BYTES = 16;
const HEAD_BYTES = 8;

/**
 * Makes a dictionary, as the kernel takes it: u32 its size, u32 that of the coded bytes, these.
 *
 * @param instance - of the header kernel, without a dictionary; it knows this one afterwards
 */
export function makeDictionary(
  instance: KernelInstance,
  materials: readonly Material[],
  options: DictionaryOptions = DICTIONARY_OPTIONS,
): Uint8Array {
  const pieces = commonParts(materials, options);
  const chosen = withoutKnown(instance, pieces, options);
  const plain = concatenate(chosen);
  instance.call("clear");
  instance.call("keep");
  const steps = writeModelled(instance, plain);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  instance.call("keep");
  const coded = step.value ?? new Uint8Array(0);
  const file = concatenate([new Uint8Array(HEAD_BYTES), coded]);
  viewOf(file).setUint32(0, plain.length, true);
  viewOf(file).setUint32(4, coded.length, true);
  return file;
}

/** Each header, cut to what makers share; the shortest first. */
function commonParts(materials: readonly Material[], options: DictionaryOptions): Uint8Array[] {
  const parts = materials.map(({ group, modelled }) => ({ group, bytes: ends(modelled, options) }));
  const owners = ownersOf(parts, options.commonBytes);
  const cut = parts.map(({ bytes }) => ({
    bytes: cutOwn(bytes, owners, options),
    name: createHash("sha256").update(bytes).digest("hex"),
  }));
  cut.sort((a, b) => a.bytes.length - b.bytes.length || (a.name < b.name ? -1 : 1));
  return cut.map(({ bytes }) => bytes);
}

function ends(bytes: Uint8Array, { headBytes, tailBytes }: DictionaryOptions): Uint8Array {
  if (bytes.length <= headBytes + tailBytes) return bytes;
  return concatenate([bytes.subarray(0, headBytes), bytes.subarray(bytes.length - tailBytes)]);
}

const SHARED = "";

/** For each stretch of some bytes its group, or that several have it. */
function ownersOf(
  parts: readonly { readonly group: string; readonly bytes: Uint8Array }[],
  size: number,
): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { group, bytes } of parts) {
    for (let at = 0; at + size <= bytes.length; at++) {
      const name = nameOf(bytes, at, size);
      const owner = owners.get(name);
      if (owner === undefined) owners.set(name, group);
      else if (owner !== group) owners.set(name, SHARED);
    }
  }
  return owners;
}

function nameOf(bytes: Uint8Array, at: number, size: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + size));
}

/** Cuts stretches that only one group has. */
function cutOwn(
  bytes: Uint8Array,
  owners: ReadonlyMap<string, string>,
  { commonBytes, ownBytes, leftBytes }: DictionaryOptions,
): Uint8Array {
  const isCommon = new Uint8Array(bytes.length);
  for (let at = 0; at + commonBytes <= bytes.length; at++) {
    const isShared = owners.get(nameOf(bytes, at, commonBytes)) === SHARED;
    if (isShared) isCommon.fill(1, at, at + commonBytes);
  }
  const kept: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    let end = at;
    while (end < bytes.length && isCommon[end] === isCommon[at]) end += 1;
    const isCut = isCommon[at] === 0 && end - at > ownBytes;
    kept.push(bytes.subarray(at, isCut ? at + leftBytes : end));
    at = end;
  }
  return concatenate(kept);
}

/** Leaves out what the model knows by the time it comes. */
function withoutKnown(
  instance: KernelInstance,
  pieces: readonly Uint8Array[],
  { known, maximumBytes }: DictionaryOptions,
): Uint8Array[] {
  instance.call("clear");
  instance.call("keep");
  const chosen: Uint8Array[] = [];
  let size = 0;
  for (const piece of pieces) {
    const surprises = surprisesOf(instance, piece);
    const isNew = surprises.map((surprise) => surprise >= known);
    const kept: Uint8Array[] = [];
    for (const [i] of surprises.entries()) {
      const isNear = isNew[i - 1] === true || isNew[i] === true || isNew[i + 1] === true;
      const from = i * CHUNK_BYTES;
      if (isNear) kept.push(piece.subarray(from, from + CHUNK_BYTES));
    }
    const rest = concatenate(kept);
    instance.call("restart");
    if (size + rest.length > maximumBytes) continue;
    learn(instance, rest);
    instance.call("keep");
    chosen.push(rest);
    size += rest.length;
  }
  return chosen.reverse();
}

/** Mean surprise of each chunk, by the model as it stands. */
function surprisesOf(instance: KernelInstance, bytes: Uint8Array): number[] {
  instance.call("restart");
  const surprises: number[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    surprises.push(learn(instance, chunk) / (8 * chunk.length));
  }
  return surprises;
}

/** @returns the sum of its bits' surprises */
function learn(instance: KernelInstance, bytes: Uint8Array): number {
  const pieceBytes = instance.call("pieceBytes");
  let surprise = 0;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = bytes.subarray(at, at + pieceBytes);
    instance.bytes(instance.call("pieceAddress"), piece.length).set(piece);
    surprise += instance.ask("learnPiece", piece.length) >>> 0;
  }
  return surprise;
}
