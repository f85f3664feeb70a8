/**
 * Pith's doors as the general benchmark uses them: all it knows of the codec and of the IR.
 *
 *   unit -> encode(effort) -> .dvn -> decode -> unit         on the calling thread
 */
export const EFFORTS = ["fast", "default", "dense"] as const;
export type Effort = (typeof EFFORTS)[number];

/** What `pith/divans` gives. */
interface DivansDoor {
  encodeDivans(plain: Uint8Array, options: { readonly effort: Effort }): Promise<Uint8Array>;
  decodeDivans(file: Uint8Array): Promise<Uint8Array>;
}

const divans = await loadDoor<DivansDoor>("divans");

/** A build whose codec is not there yet has peers to measure all the same. */
export const HAS_DIVANS = divans !== undefined;

export async function encode(plain: Uint8Array, effort: Effort): Promise<Uint8Array> {
  return door().encodeDivans(plain, { effort });
}

export async function decode(file: Uint8Array): Promise<Uint8Array> {
  return door().decodeDivans(file);
}

function door(): DivansDoor {
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
