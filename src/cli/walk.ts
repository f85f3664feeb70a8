/**
 * From the paths on a command line to the files that they mean.
 *
 *   photos/          photos/a.jpg        relative "a.jpg"
 *                    photos/2025/b.jpg   relative "2025/b.jpg"
 *   notes.txt        notes.txt           relative "notes.txt"
 *
 * Folders are walked whole, in order of names. Symbolic links and special files (pipes, devices,
 * sockets) are no content: inside a folder they are left out with a word, and named on the
 * command line they are a fault.
 */
import type { Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { PithError } from "../core/errors.ts";
import { fileFault } from "./file-fault.ts";
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";

/** One regular file. */
export interface FileEntry {
  /** As it can be opened, and as it is told to the user. */
  readonly path: string;
  /** Below the folder that was named, with "/" between the parts; else the file's own name. */
  readonly relative: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** Permission bits, 0..0o777. */
  readonly mode: number;
  /** Whether the file itself was named, not a folder above it. */
  readonly named: boolean;
}

/** The permission bits that Pith keeps: nothing that lends an owner's rights to others. */
export const MODE_MASK = 0o777;

/**
 * All regular files that `paths` mean.
 *
 * What cannot be read is a fault of the run; the others are still listed. Memory grows with the
 * number of files (about 300 bytes each).
 */
export async function listFiles(paths: readonly string[], run: Run): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  for (const path of paths) {
    try {
      const stats = await lstat(path);
      if (stats.isDirectory()) await walk(path, files, run);
      else if (stats.isFile()) files.push(entryOf(path, basename(path), stats, true));
      else run.fail(path, new PithError("FileIo", { why: `it is ${kindOf(stats)}` }));
    } catch (error) {
      run.fail(path, fileFault(error));
    }
  }
  return files;
}

/** Whether the path leads to a folder, also through a symbolic link; false for what is not there. */
export async function isFolder(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isDirectory() === true;
}

async function walk(folder: string, files: FileEntry[], run: Run): Promise<void> {
  const waiting = [""];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const path = at === "" ? folder : join(folder, at);
    let names: string[];
    try {
      names = await readdir(path);
    } catch (error) {
      run.fail(path, fileFault(error));
      continue;
    }
    const folders: string[] = [];
    for (const name of names.sort()) {
      const relative = at === "" ? name : `${at}/${name}`;
      const full = join(folder, relative);
      try {
        const stats = await lstat(full);
        if (stats.isDirectory()) folders.push(relative);
        else if (stats.isFile()) files.push(entryOf(full, relative, stats, false));
        else run.note(`${printable(full)}: skipped, it is ${kindOf(stats)}`);
      } catch (error) {
        run.fail(full, fileFault(error));
      }
    }
    waiting.push(...folders.reverse());
  }
}

function entryOf(path: string, relative: string, stats: Stats, named: boolean): FileEntry {
  return {
    path,
    relative,
    bytes: stats.size,
    modifiedMs: stats.mtimeMs,
    mode: stats.mode & MODE_MASK,
    named,
  };
}

function kindOf(stats: Stats): string {
  if (stats.isSymbolicLink()) return "a symbolic link";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}
