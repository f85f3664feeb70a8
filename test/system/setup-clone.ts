/**
 * A fresh clone of this project in a temporary folder, for tests of what a new user does.
 *
 * It holds the files as they are now, committed or not, and no result of any installation or build.
 * `furnished` lends it the packages, the private Node and the kernels that are here, so that a
 * test need not wait for a network or a compiler that other tests have seen.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { packagesAreFresh } from "../../scripts/launch/install.mjs";

export const ROOT = resolve(import.meta.dirname, "../..");

/** Makes a clone that is removed when the test ends. */
export function bareClone(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "pith-clone-"));
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  execFileSync("git", ["clone", "--quiet", "--no-checkout", ROOT, folder]);
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", args, { cwd: ROOT, encoding: "utf8" }).split("\0");
  for (const name of names) {
    const source = join(ROOT, name);
    if (name === "" || !existsSync(source)) continue;
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(source, join(folder, name), { verbatimSymlinks: true });
  }
  execFileSync("git", ["reset", "--quiet"], { cwd: folder });
  return folder;
}

/** A clone in which only the sources have to be built. */
export function furnishedClone(context: TestContext): string {
  const folder = bareClone(context);
  lend(folder);
  return folder;
}

/** Lends a clone what is installed and built here, but for dist/. */
export function lend(folder: string): void {
  // Otherwise the clone would install, through the link, into this project's own folder.
  assert.ok(packagesAreFresh(ROOT), "node_modules/ is not what the lock says: run npm test");
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, ".toolchain"), { recursive: true });
  for (const name of readdirSync(join(ROOT, ".toolchain"))) {
    const source = join(ROOT, ".toolchain", name);
    if (name.startsWith("node-")) symlinkSync(source, join(folder, ".toolchain", name));
    if (name === "kernels.json") cpSync(source, join(folder, ".toolchain", name));
  }
  if (existsSync(join(ROOT, "wasm"))) {
    cpSync(join(ROOT, "wasm"), join(folder, "wasm"), { recursive: true });
  }
}

/** How a program ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, and what it has said so far. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the match as soon as stdout and stderr together have one. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<Ended>;
}

/** The environment of a user: nothing of the test runner's or of an npm that runs it. */
export function plainEnvironment(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(registry|cache|userconfig|cafile|.*proxy)$)/i.test(name),
  );
  const env: NodeJS.ProcessEnv = { ...Object.fromEntries(kept), ...changes };
  for (const name of ["NODE_TEST_CONTEXT", "NODE_OPTIONS", "NODE_COMPILE_CACHE", "CI"]) {
    if (!(name in changes)) delete env[name];
  }
  return env;
}

/** Starts a program in a folder; it is killed when the test ends, if it still runs. */
export function start(
  context: TestContext,
  folder: string,
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; input?: string | Uint8Array } = {},
): Running {
  const child = spawn(file, args, { cwd: folder, env: options.env ?? plainEnvironment() });
  context.after(() => child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  let listening: (() => void)[] = [];
  const heard = (): void => {
    for (const look of listening) look();
  };
  child.stdout.setEncoding("latin1").on("data", (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    heard();
  });
  child.stdin.on("error", () => {}); // it may end before it has read all
  child.stdin.end(options.input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      heard();
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    const match = await new Promise<RegExpExecArray | null>((resolve) => {
      const look = (): void => {
        const found = pattern.exec(stdout + stderr);
        if (found !== null || child.exitCode !== null) resolve(found);
      };
      listening = [...listening, look];
      look();
    });
    assert.ok(match !== null, `it never said ${pattern}:\n${stdout}${stderr}`);
    return match;
  };
  return { child, says, ended };
}

/** Runs a program to its end. */
export function run(...args: Parameters<typeof start>): Promise<Ended> {
  return start(...args).ended;
}

/** A Node on the PATH that is too old to run Pith, as many machines have; undefined if none. */
export function olderNode(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const nodes = folders.map((folder) => join(folder, "node")).filter((file) => existsSync(file));
  return nodes.find((file) => {
    const version = execFileSync(file, ["--version"], { encoding: "utf8" });
    const major = Number(/^v(\d+)/.exec(version)?.[1]);
    return major >= 18 && major < 24;
  });
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when a condition holds; fails when it does not within two minutes. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += 50) {
    assert.ok(waitedMs < 120_000, `never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
