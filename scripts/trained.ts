/**
 * Copies what was trained to where programs find it: train/trained/NAME.bin to wasm/NAME.bin.
 *
 * Training takes pictures that not everybody has, and minutes; its results are part of the formats and
 * stand in the repository. Who reads one checks its sum.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const FOLDER = "train/trained";

/** The names of all trained files. */
export function trainedFiles(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(".bin"))
    .sort();
}

/** Copies those that are not there as they are. @returns their names */
export function copyTrained(root: string): string[] {
  mkdirSync(join(root, "wasm"), { recursive: true });
  return trainedFiles(root).filter((name) => {
    const bytes = readFileSync(join(root, FOLDER, name));
    const target = join(root, "wasm", name);
    if (existsSync(target) && readFileSync(target).equals(bytes)) return false;
    const part = `${target}.${process.pid}.new`;
    writeFileSync(part, bytes);
    renameSync(part, target);
    return true;
  });
}
