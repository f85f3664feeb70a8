/**
 * A small disk and a folder that cannot be written, as the machine allows: root mounts them, others
 * do with less.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";

/** What stands between a folder and writes; `end` takes it away. */
export interface Obstacle {
  readonly end: () => void;
}

/** Mounts a file system of so many bytes on a new folder; undefined where that is not allowed. */
export function mountSmallDisk(folder: string, bytes: number): Obstacle | undefined {
  mkdirSync(folder);
  const mounted = run("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "pith-test", folder]);
  return mounted ? { end: () => unmount(folder) } : undefined;
}

/** Makes a folder and all in it unwritable; undefined where root may not mount. */
export function makeReadOnly(folder: string): Obstacle | undefined {
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o555);
    return { end: () => chmodSync(folder, 0o755) };
  }
  // Modes do not stop root: a mount of the folder onto itself does.
  if (!run("mount", ["--bind", folder, folder])) return undefined;
  if (run("mount", ["-o", "remount,bind,ro", folder])) return { end: () => unmount(folder) };
  unmount(folder);
  return undefined;
}

function unmount(folder: string): void {
  execFileSync("umount", ["-l", folder], { stdio: "ignore" });
}

function run(command: string, parameters: string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: "ignore" });
    return true;
  } catch {
    // Not root, or in a container that may not mount: the caller does without.
    return false;
  }
}
