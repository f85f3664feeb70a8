/**
 * Parses of one unit by several programs, all as IR, and what our codec makes of an IR.
 *
 *   unit   brotli 11 -> file -> IR      xz 9e -> file -> IR      our own generator -> IR
 *
 * An IR's size counts only when the unit was decoded from it and compared here.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ir } from "../../src/ir/index.ts";
import { runProgram } from "../jpeg/run-program.ts";
import { codeIr, decode, irOf, ownIr } from "./doors.ts";
import { BROTLI_11, findPrograms, PROGRAMS, type ProgramHere, XZ } from "./programs.ts";
import type { Unit } from "./units.ts";

export const OWN = "lz";

export interface Parse {
  /** `lz` for our own, else the program's name. */
  readonly by: string;
  readonly ir: Ir;
}

/** Programs whose files can be read as IR, as far as they are here. */
export function parsers(): readonly ProgramHere[] {
  const wanted = PROGRAMS.filter(({ name }) => name === BROTLI_11 || name === XZ);
  const { here, missing } = findPrograms(wanted);
  for (const name of missing) console.error(`no ${name} here: its parse is left out`);
  return here;
}

/** Our own parse first. `parent` is for files. */
export async function parsesOf(
  unit: Unit,
  programs: readonly ProgramHere[],
  parent: string,
): Promise<Parse[]> {
  const parses: Parse[] = [{ by: OWN, ir: await ownIr(unit.bytes) }];
  for (const program of programs) {
    parses.push({ by: program.name, ir: await irOf(fileOf(unit, program, parent)) });
  }
  return parses;
}

/** The file that a program makes of a unit. */
function fileOf({ name, bytes }: Unit, program: ProgramHere, parent: string): Uint8Array {
  const folder = mkdtempSync(join(parent, "parse-"));
  try {
    writeFileSync(join(folder, "plain"), bytes);
    const cost = runProgram(program.encode(program.program, "plain", "coded"), folder);
    if (cost === undefined) throw new Error(`${program.name} does not encode ${name}`);
    return new Uint8Array(readFileSync(join(folder, "coded")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** How many bytes our codec makes of an IR of this unit. */
export async function codedBytes(ir: Ir, unit: Unit): Promise<number> {
  const file = await codeIr(ir);
  if (Buffer.compare(await decode(file), unit.bytes) !== 0) {
    throw new Error(`an IR of ${unit.name} came back as other bytes`);
  }
  return file.length;
}
