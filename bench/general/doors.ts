/**
 * Pith's doors as the general benchmark uses them: all it knows of the codec and of the IR.
 *
 *   unit -> encode(effort) -> .dvn -> decode -> unit         on the calling thread
 *   unit, xz's file or brotli's -> IR -> another IR -> .dvn
 */
import type { PithError } from "../../src/container/index.ts";
import { type Ir, IrBuilder, mashIr, optimizeIr, readIr } from "../../src/ir/index.ts";

export const EFFORTS = ["fast", "default", "dense"] as const;
export type Effort = (typeof EFFORTS)[number];

/** What `pith/divans` gives. */
interface DivansDoor {
  encodeDivans(plain: Uint8Array, options: { readonly effort: Effort }): Promise<Uint8Array>;
  decodeDivans(file: Uint8Array): Promise<Uint8Array>;
  generateIr(
    plain: Uint8Array,
    options: { readonly generator: "lz"; readonly effort: Effort },
  ): Promise<Ir>;
  encodeIr(ir: Ir): Promise<Uint8Array>;
}

const divans = await loadDoor<DivansDoor>("divans");

/** A build whose codec is not there yet has peers to measure all the same. */
export const HAS_DIVANS = divans !== undefined;

export async function encode(plain: Uint8Array, effort: Effort): Promise<Uint8Array> {
  return theDivans().encodeDivans(plain, { effort });
}

export async function decode(file: Uint8Array): Promise<Uint8Array> {
  return theDivans().decodeDivans(file);
}

/** The IR of our own parse. */
export async function ownIr(plain: Uint8Array): Promise<Ir> {
  return theDivans().generateIr(plain, { generator: "lz", effort: "dense" });
}

/** The IR that another program's file holds. */
export async function irOf(file: Uint8Array): Promise<Ir> {
  return (await readIr(file)).ir;
}

export async function encodeIr(commands: Ir): Promise<Uint8Array> {
  return theDivans().encodeIr(commands);
}

export async function mash(first: Ir, second: Ir, plain: Uint8Array): Promise<Ir> {
  return mashIr(first, second, plain);
}

export async function optimize(commands: Ir, plain: Uint8Array, names: string[]): Promise<Ir> {
  return optimizeIr(commands, plain, names);
}

/** Which optimizers there are: who asks for another is told. */
export async function optimizerNames(): Promise<readonly string[]> {
  const nothing = new IrBuilder().finish();
  const error = await optimizeIr(nothing, new Uint8Array(), [""]).catch((fault: unknown) => fault);
  const { known } = (error as PithError).facts;
  return String(known).split(", ");
}

function theDivans(): DivansDoor {
  if (divans === undefined) throw new Error("this build has no pith/divans");
  return divans;
}

async function loadDoor<Door>(name: string): Promise<Door | undefined> {
  const address = new URL(`../../src/${name}/index.ts`, import.meta.url).href;
  try {
    return (await import(address)) as Door;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
