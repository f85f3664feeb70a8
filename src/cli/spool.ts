/**
 * stdin as a file: S3 wants to know an object's length before its bytes, so what comes through a
 * pipe is laid down first.
 */
import { rmSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PithError } from "../core/errors.ts";
import { fileFault } from "./file-fault.ts";
import { undoOnInterrupt } from "./interrupt.ts";
import { readInput } from "./read-file.ts";
import type { Run } from "./run.ts";
import type { FileEntry } from "./walk.ts";

export interface Spooled {
  readonly file: FileEntry;
  /** Removes what was laid down. */
  discard(): Promise<void>;
}

/**
 * Reads stdin to its end into a temporary file.
 *
 * @param key - where it will go: a whole key, because stdin has no name of its own
 * @throws PithError "BadUsage" when other paths go with "-" or the key is none, "FileIo"
 */
export async function spoolInput(
  run: Run,
  paths: readonly string[],
  key: string,
): Promise<Spooled> {
  if (paths.length > 1) throw new PithError("BadUsage", { why: "stdin goes alone" });
  if (key === "" || key.endsWith("/")) {
    throw new PithError("BadUsage", { why: "stdin has no name: give bucket/key" });
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), "pith-"));
    const forget = undoOnInterrupt(() => rmSync(folder, { recursive: true, force: true }));
    const discard = async (): Promise<void> => {
      await rm(folder, { recursive: true, force: true });
      forget();
    };
    const path = join(folder, "stdin");
    const file = await open(path, "wx", 0o600);
    let bytes = 0;
    try {
      for await (const piece of readInput(run.surroundings.stdin)) {
        await file.writeFile(piece);
        bytes += piece.length;
      }
    } catch (error) {
      await discard();
      throw error;
    } finally {
      await file.close();
    }
    const modifiedMs = Date.now();
    const entry = { path, relative: "-", bytes, modifiedMs, mode: 0o644, named: true };
    return { file: entry, discard };
  } catch (error) {
    throw fileFault(error);
  }
}
