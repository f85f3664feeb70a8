/**
 * Cases: how large the objects are, how many clients there are, and what the objects hold.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { seeded } from "../../test/random.ts";

export type Operation = "put" | "get";

export interface Case {
  readonly name: string;
  readonly objectBytes: number;
  readonly clients: number;
  /** Objects put, and got, in one round. */
  readonly objects: number;
}

const KB = 1000;
const MB = 1000 * KB;
const SIZES = [
  { name: "small", objectBytes: 10 * KB, objects: { 1: 300, 32: 1600 } },
  { name: "medium", objectBytes: 1 * MB, objects: { 1: 40, 32: 160 } },
  { name: "large", objectBytes: 32 * MB, objects: { 1: 4, 32: 32 } },
] as const;

/** Small, medium and large objects, at 1 and at 32 clients. */
export function cases(): Case[] {
  return SIZES.flatMap(({ name, objectBytes, objects }) =>
    ([1, 32] as const).map((clients) => ({
      name: `${name}-${clients}`,
      objectBytes,
      clients,
      objects: objects[clients],
    })),
  );
}

const POOL_BYTES = 128 * MB;
const CORPUS = process.env["PITH_CORPUS"] ?? resolve(import.meta.dirname, "../../../shared/corpus");

let pool: Buffer | undefined;

/**
 * The bytes of an object: a cut from a pool of real files, at a place of its own, so that no two
 * objects share chunks. Without the corpus the pool is made up.
 *
 * @param number - 0, 1, ... in one process
 */
export function objectBytes(number: number, bytes: number): Uint8Array {
  pool ??= makePool();
  // A prime step visits every place before it repeats one.
  const at = (number * 7_654_321) % (pool.length - bytes);
  const cut = Buffer.from(pool.subarray(at, at + bytes));
  cut.write(`object ${number} `, 0, "latin1");
  return cut;
}

/** Half documents, tables and programs, half photographs, as far as they go. */
function makePool(): Buffer {
  if (!existsSync(CORPUS)) return Buffer.from(seeded(1).content(POOL_BYTES / 2));
  const halves = ["general", join("jpeg", "photos")].map((folder) => filesIn(join(CORPUS, folder)));
  const parts: Buffer[] = [];
  for (const files of halves) {
    for (let bytes = 0, i = 0; bytes < POOL_BYTES / 2 && files.length > 0; i++) {
      const part = readFileSync(files[i % files.length] as string);
      parts.push(part);
      bytes += part.length;
    }
  }
  return Buffer.concat(parts);
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}
