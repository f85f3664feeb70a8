/**
 * Identity: whether two paths name one file, and the outputs that must not take the place of an input.
 */
import { lstat, stat } from "node:fs/promises";
import { PithError } from "../core/errors.ts";
import { codeOf, fileFault } from "./file-fault.ts";

/** What tells the file of this name from all others, whatever path leads to it; of a symbolic link its
 * own. Undefined when there is none. @throws PithError "FileIo" */
export function identityAt(path: string): Promise<string | undefined> {
  return identityBy(lstat, path);
}

/**
 * Refuses to write `target` over a file that is read, be it by the name of a link to it.
 *
 * @param inputs - paths; "-" is stdin
 * @throws PithError "BadUsage", "FileIo"
 */
export async function refuseInput(target: string, inputs: readonly string[]): Promise<void> {
  const there = await identityAt(target);
  if (there === undefined) return;
  for (const input of inputs) {
    if (input === "-") continue;
    if ((await identityAt(input)) === there || (await identityBy(stat, input)) === there) {
      throw new PithError("BadUsage", { target, why: "it is an input" });
    }
  }
}

async function identityBy(look: typeof lstat, path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await look(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw fileFault(error);
  }
}
