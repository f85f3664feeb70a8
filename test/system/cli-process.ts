/**
 * The real command as a child process, run from its sources: words in, exit code and bytes out.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommand } from "../../src/cli/program.ts";
import { fakeRun } from "../cli-run.ts";

/** The entry of the command. */
export const MAIN = resolve(import.meta.dirname, "../../src/cli/main.ts");

export interface Ended {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface PithOptions {
  readonly input?: Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `pith` with these words; its streams are pipes. */
export function startPith(words: readonly string[], options: PithOptions = {}): ChildProcess {
  const { PITH_SERVER: _, ...inherited } = process.env;
  return spawn(process.execPath, [MAIN, ...words], {
    cwd: options.cwd,
    env: { ...inherited, ...options.env },
    stdio: "pipe",
  });
}

/** Runs `pith` with these words to its end. */
export async function pith(words: readonly string[], options: PithOptions = {}): Promise<Ended> {
  const child = startPith(words, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (piece: Buffer) => stdout.push(piece));
  child.stderr?.on("data", (piece: Buffer) => stderr.push(piece));
  // A command that reads no stdin may be gone before it is written.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.input ?? "");
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** Runs `pith` and fails unless it ends well; gives its stdout. */
export async function pithWell(
  words: readonly string[],
  options: PithOptions = {},
): Promise<Buffer> {
  return endedWell(words, await pith(words, options));
}

/** Runs `pith` in this process, which costs a tenth of a new one; otherwise like `pith`. */
export async function pithHere(
  words: readonly string[],
  options: Omit<PithOptions, "cwd"> = {},
): Promise<Ended> {
  const { run, outputBytes, errors } = fakeRun(options.input, false, options.env);
  const code = await runCommand(words, run.surroundings);
  return { code, signal: null, stdout: outputBytes(), stderr: errors() };
}

/** Runs `pith` in this process and fails unless it ends well; gives its stdout. */
export async function pithHereWell(
  words: readonly string[],
  options: Omit<PithOptions, "cwd"> = {},
): Promise<Buffer> {
  return endedWell(words, await pithHere(words, options));
}

function endedWell(words: readonly string[], ended: Ended): Buffer {
  if (ended.code !== 0) throw new Error(`pith ${words.join(" ")}: ${ended.code} ${ended.stderr}`);
  return ended.stdout;
}

/** A new empty folder; removed by `removeFolders`. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pith-cli-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Removes all that `newFolder` made. */
export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

export interface RunningService {
  readonly url: string;
  /** Ends the service in order; fails when it does not end well. */
  stop(): Promise<void>;
  /** Kills it as soon as `when` says so, with no chance to put anything in order. */
  kill(when: () => Promise<boolean>): Promise<void>;
}

/** Starts `pith serve` on a free port over a data folder. */
export async function startService(data: string): Promise<RunningService> {
  const words = ["serve", "--data", data, "--port", "0", "--log-level", "error"];
  const child = startPith(words);
  const ended = once(child, "close");
  let printed = "";
  let noted = "";
  child.stderr?.on("data", (piece: Buffer) => {
    noted += piece.toString();
  });
  const url = await new Promise<string>((found, failed) => {
    child.stdout?.on("data", (piece: Buffer) => {
      printed += piece.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
      if (address !== null) found(address[0]);
    });
    ended.then(() => failed(new Error(`the service did not start: ${noted}`)), failed);
  });
  return {
    url,
    async kill(when) {
      while (!(await when()));
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      if (code !== 0) throw new Error(`the service ended with ${code}: ${noted}`);
    },
  };
}
