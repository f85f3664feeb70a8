/**
 * Who gives which awkward file back: each file of vectors/ and hostile/ through our codecs alone, and
 * through Pith as it comes (`auto`), which leaves to other codecs what Lepton refuses.
 *
 *   file -> restore-child.ts: Lepton -> equal?    dense -> equal?    compress -> expand -> equal?
 *
 * The dense model is to restore by itself whatever any one of the other tools does: the union of them.
 *
 * The work is done in another process, so that a hang is a figure in a table and not the end of
 * the benchmark.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Folder, filesOf, recordedOf } from "./files.ts";
import { priorsArgument } from "./priors.ts";
import type { Attempt, Attempts } from "./restore-child.ts";

/** Longest that any file may take, there and back. */
export const FILE_SECONDS_MAXIMUM = 20;

export interface RestoredFile extends Attempts {
  readonly file: string;
  readonly plainBytes: number;
  /** Bytes that each tool once made of it; null where it refused or did not restore it. */
  readonly recorded: Readonly<Record<string, number | null>>;
}

/** Whether any other tool, or our Lepton, gave the file back. */
export function isOfUnion({ lepton, recorded }: RestoredFile): boolean {
  return lepton.outcome === "restored" || Object.values(recorded).some((bytes) => bytes !== null);
}

export interface RestoredFolder {
  readonly folder: Folder;
  readonly files: readonly RestoredFile[];
  /** Peak resident set of the process that did it all. */
  readonly peakKib: number;
}

export async function restoredFolders(quick: boolean): Promise<RestoredFolder[]> {
  const folders: RestoredFolder[] = [];
  for (const folder of ["vectors", "hostile"] as const) {
    const files: RestoredFile[] = [];
    const tools = [...recordedOf(folder)];
    let child = startChild();
    let peakKib = 0;
    for (const { name, path, bytes } of filesOf(folder, quick)) {
      const attempts = await askChild(child, path);
      if (attempts.gone) {
        child.kill("SIGKILL");
        child = startChild();
      }
      peakKib = Math.max(peakKib, attempts.peakKib);
      const recorded = tools.map(([tool, sizes]) => [tool, sizes.get(name) ?? null] as const);
      files.push({
        file: name,
        plainBytes: bytes.length,
        recorded: Object.fromEntries(recorded),
        ...attempts,
      });
    }
    child.kill();
    folders.push({ folder, files, peakKib });
    console.error(`restored: ${folder}`);
  }
  return folders;
}

function startChild(): ChildProcess {
  const stdio: ("ignore" | "inherit" | "ipc")[] = ["ignore", "ignore", "inherit", "ipc"];
  return fork(join(import.meta.dirname, "restore-child.ts"), [priorsArgument()], { stdio });
}

/** What the child answers; what became of it when it does not. */
async function askChild(
  child: ChildProcess,
  path: string,
): Promise<Attempts & { readonly gone: boolean }> {
  const began = performance.now();
  const done = new AbortController();
  const { signal } = done;
  const message = once(child, "message", { signal }).then(([answer]) => answer as Attempts);
  const ended = once(child, "exit", { signal }).then(([code, by]) => `ended by ${by ?? code}`);
  const late = delay(2 * FILE_SECONDS_MAXIMUM * 1000, "no answer", { signal });
  child.send(path);
  try {
    const first = await Promise.race([message, ended, late]);
    if (typeof first !== "string") return { ...first, gone: false };
    const seconds = (performance.now() - began) / 1000;
    const attempt: Attempt = { outcome: "gone", why: first, seconds, codedBytes: undefined };
    return { lepton: attempt, dense: attempt, auto: attempt, codecs: [], peakKib: 0, gone: true };
  } finally {
    done.abort();
    await Promise.allSettled([message, ended, late]);
  }
}
