/**
 * Pith's doors as the general benchmark uses them: all it knows of the codec and of the IR.
 *
 *   unit -> encode(effort) -> .dvn -> decode -> unit         on the calling thread
 *   unit, xz's file or brotli's -> IR -> another IR -> .dvn, priced as our codec would code it
 */
import type { PithError } from "../../src/container/index.ts";
import {
  decodeDivans,
  encodeDivans,
  encodeIr,
  generateIr,
  unitPrices,
} from "../../src/divans/index.ts";
import { type Ir, IrBuilder, mashIr, optimizeIr, readIr } from "../../src/ir/index.ts";

export const EFFORTS = ["fast", "default", "dense"] as const;
export type Effort = (typeof EFFORTS)[number];

export async function encode(plain: Uint8Array, effort: Effort): Promise<Uint8Array> {
  return encodeDivans(plain, { effort, threads: 1 });
}

export async function decode(file: Uint8Array): Promise<Uint8Array> {
  return decodeDivans(file, { threads: 1 });
}

/** The IR of our own parse. */
export async function ownIr(plain: Uint8Array): Promise<Ir> {
  return generateIr(plain, { generator: "lz", effort: "dense" });
}

/** The IR that another program's file holds. */
export async function irOf(file: Uint8Array): Promise<Ir> {
  return (await readIr(file)).ir;
}

/** Hints are left out: they are there for others, and change no other bit. */
export async function codeIr(commands: Ir): Promise<Uint8Array> {
  return encodeIr(commands, { hints: false });
}

/** @param cheaper - the one that our codec makes less of: what commands cost is measured on it */
export async function mash(first: Ir, second: Ir, plain: Uint8Array, cheaper: Ir): Promise<Ir> {
  return mashIr(first, second, plain, await unitPrices(plain, cheaper));
}

export async function optimize(commands: Ir, plain: Uint8Array, names: string[]): Promise<Ir> {
  return optimizeIr(commands, plain, names, await unitPrices(plain, commands));
}

/** Which optimizers there are: who asks for another is told. */
export async function optimizerNames(): Promise<readonly string[]> {
  const nothing = new IrBuilder().finish();
  const error = await optimizeIr(nothing, new Uint8Array(), [""]).catch((fault: unknown) => fault);
  const { known } = (error as PithError).facts;
  return String(known).split(", ");
}
