/**
 * Build files: what a codec needs beside the code, and whether it is there and right.
 *
 *   wasm/NAME.simd.wasm    a kernel: is there and compiles
 *   wasm/NAME.bin          a table that is part of a format: is there and has its sum
 *
 * All of them come with an installation. One that lacks some can work for long without anybody noticing:
 * until the first chunk that needs them. So they are asked for before a store is opened that holds such
 * chunks (container/registry.ts), and before a codec writes (container/code-chunk.ts): with tables of other
 * numbers it would write what no sound build reads.
 */
import { checksumOf } from "./checksum.ts";
import { PithError } from "./errors.ts";
import { loadKernel, loadKernelFile } from "./kernel.ts";

/** A table that lies beside the kernels. */
export interface BuildTable {
  readonly name: string;
  /** CRC-32C of the whole file. */
  readonly sum: number;
}

export interface BuildFiles {
  /** Names of kernels (core/kernel.ts). */
  readonly kernels: readonly string[];
  readonly tables?: readonly BuildTable[];
}

/** What holds, once it was looked at: nothing changes the files of an installation that is in use. */
const sound = new WeakSet<BuildFiles>();

/**
 * Looks whether all of these files are there and right.
 *
 * @param all - what codecs need; read once by a thread: 0.4 to 12 ms a codec
 * @throws PithError "BuildIncomplete" that names every file that is not
 */
export async function requireBuildFiles(all: readonly BuildFiles[]): Promise<void> {
  const unseen = all.filter((files) => !sound.has(files));
  if (unseen.length === 0) return;
  const kernels = unseen.flatMap((files) => files.kernels);
  const tables = unseen.flatMap((files) => files.tables ?? []);
  const looks = await Promise.allSettled([
    ...kernels.map((name) => loadKernel(name)),
    ...tables.map((table) => requireTable(table)),
  ]);
  const causes = looks.flatMap((look) => (look.status === "rejected" ? [look.reason] : []));
  if (causes.length === 0) {
    for (const files of unseen) sound.add(files);
    return;
  }
  const [first] = causes;
  const missing = new Set(causes.map((cause) => nameOf(cause)));
  if (missing.size === 1 && isIncomplete(first)) throw first;
  throw new PithError("BuildIncomplete", { file: [...missing].sort().join(", ") }, first);
}

async function requireTable({ name, sum: expected }: BuildTable): Promise<void> {
  const sum = checksumOf(await loadKernelFile(name));
  if (sum === expected) return;
  throw new PithError("BuildIncomplete", {
    file: name,
    expected: expected.toString(16),
    actual: sum.toString(16),
  });
}

function isIncomplete(error: unknown): error is PithError {
  return error instanceof PithError && error.code === "BuildIncomplete";
}

function nameOf(error: unknown): string {
  return isIncomplete(error) ? String(error.facts["file"]) : String(error);
}
