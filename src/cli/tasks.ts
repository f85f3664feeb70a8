/**
 * What compress and expand have in common: which file goes where, several at once, and what is
 * told at the end.
 *
 *   (nothing), -       stdin          ->  stdout, or the file of -o
 *   a.txt              a.txt          ->  a.txt.pith beside it, or -o, or stdout with -c
 *   photos/            photos/x/b.jpg ->  photos/x/b.jpg.pith, or DIR/x/b.jpg.pith with -o DIR
 *
 * A task ends with a file that is whole and proven, or with none. Inputs are kept unless --rm was
 * given, and then removed last.
 */
import { PithError } from "../core/errors.ts";
import { FolderMaker, pathBelow } from "./below.ts";
import { identityAt } from "./identity.ts";
import { inFlight } from "./in-flight.ts";
import { beginProgress, type Progress } from "./progress.ts";
import { type FileResult, tellResult, tellTable } from "./result.ts";
import type { ReportOptions, Run } from "./run.ts";
import { type FileEntry, isFolder, listFiles } from "./walk.ts";

/** Where outputs go; `addOutputOptions` in options.ts. */
export interface OutputOptions extends ReportOptions {
  readonly output?: string;
  readonly stdout?: boolean;
  readonly rm?: boolean;
  readonly force?: boolean;
}

export interface FileTask {
  /** undefined reads stdin. */
  readonly file: FileEntry | undefined;
  /** For messages. */
  readonly name: string;
  /** undefined writes stdout. */
  readonly target: string | undefined;
}

/** What a command knows of its inputs. */
export interface InputRules {
  /** An input's name as its output's; undefined when it says none. */
  rename(name: string): string | undefined;
  /** Whether a file of a walked folder is for this command; tells when it is worth a word. Files
   * that were named are always taken. */
  accepts(file: FileEntry): Promise<boolean>;
}

/**
 * Finds the files and decides where each goes; folders of outputs are made.
 *
 * @throws PithError "BadUsage" when the options contradict each other
 */
export async function planTasks(
  paths: readonly string[],
  options: OutputOptions,
  rules: InputRules,
  run: Run,
): Promise<FileTask[]> {
  const toStdout = options.stdout === true || options.output === "-";
  const fromStdin = paths.length === 0 || paths.includes("-");
  const refuse = (why: string): never => {
    throw new PithError("BadUsage", { why });
  };
  if (fromStdin && paths.length > 1) refuse("stdin goes alone");
  if (paths.length === 0) refuseTerminal(run);
  if (options.stdout === true && options.output !== undefined)
    refuse("-o and -c exclude each other");
  if (options.rm === true && (fromStdin || toStdout)) refuse("--rm goes with files only");
  if (fromStdin) {
    const target = toStdout ? undefined : options.output;
    return [{ file: undefined, name: "(stdin)", target }];
  }
  const files = await findInputs(paths, rules.accepts, run);
  if (toStdout) return files.map((file) => ({ file, name: file.path, target: undefined }));
  const place = await placing(paths, options, rules);
  const inputs = options.force === true ? await identitiesOf(files) : new Set<string>();
  const taken = new Set<string>();
  const tasks: FileTask[] = [];
  for (const file of files) {
    try {
      const target = await place(file);
      if (taken.has(target)) throw new PithError("FileExists", { target, why: "written just now" });
      const there = inputs.size > 0 ? await identityAt(target) : undefined;
      if (there !== undefined && inputs.has(there)) {
        throw new PithError("BadUsage", { target, why: "it is an input" });
      }
      taken.add(target);
      tasks.push({ file, name: file.path, target });
    } catch (error) {
      run.fail(file.path, error);
    }
  }
  return tasks;
}

/**
 * The files that must not be written over, not even with -f: an output in the place of its own input
 * would go with it when --rm removes that.
 */
async function identitiesOf(files: readonly FileEntry[]): Promise<Set<string>> {
  const identities = new Set<string>();
  for (const { path } of files) {
    const identity = await identityAt(path);
    if (identity !== undefined) identities.add(identity);
  }
  return identities;
}

/** A terminal would wait for somebody to type the file. @throws PithError "BadUsage" */
export function refuseTerminal(run: Run): void {
  if (run.surroundings.stdin.isTTY !== true) return;
  throw new PithError("BadUsage", { why: "name files, or send something through a pipe" });
}

/** The files that `paths` mean and the command takes. */
export async function findInputs(
  paths: readonly string[],
  accepts: InputRules["accepts"],
  run: Run,
): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  for (const file of await listFiles(paths, run)) {
    try {
      if (file.named || (await accepts(file))) files.push(file);
    } catch (error) {
      run.fail(file.path, error);
    }
  }
  return files;
}

/** How a file finds its target. */
async function placing(
  paths: readonly string[],
  options: OutputOptions,
  rules: InputRules,
): Promise<(file: FileEntry) => Promise<string>> {
  const { output } = options;
  if (output === undefined) {
    return async (file) => {
      const target = rules.rename(file.path);
      if (target !== undefined) return target;
      throw new PithError("BadUsage", { why: "its name says no other name; give -o or -c" });
    };
  }
  const [only] = paths;
  const single = paths.length === 1 && only !== undefined && !(await isFolder(only));
  if (single && !output.endsWith("/") && !(await isFolder(output))) return async () => output;
  const folders = new FolderMaker(output);
  return async (file) => {
    const name = rules.rename(file.relative) ?? file.relative;
    const target = pathBelow(output, name);
    await folders.makeFor(name);
    return target;
  };
}

/**
 * Does the tasks, several at once, and tells their results in order and a table at the end.
 *
 * @param work - does one; undefined when it left the file alone and said why
 */
export async function runTasks(
  tasks: readonly FileTask[],
  threads: number,
  run: Run,
  work: (task: FileTask, progress: Progress) => Promise<FileResult | undefined>,
): Promise<void> {
  if (tasks.length === 0) return run.note("there is no file to work on");
  const sizes = tasks.map(({ file }) => file?.bytes);
  const known = sizes.every((bytes) => bytes !== undefined);
  const progress = beginProgress(
    run,
    known ? sizes.reduce((sum, bytes) => sum + bytes, 0) : undefined,
  );
  // Outputs that share stdout cannot be written at once.
  const limit = tasks.some(({ target }) => target === undefined) ? 1 : threads;
  const results: FileResult[] = [];
  const guarded = async (task: FileTask): Promise<FileResult | undefined> => {
    progress.on(task.name);
    try {
      return await work(task, progress);
    } catch (error) {
      run.fail(task.name, error);
      return undefined;
    }
  };
  try {
    for await (const result of inFlight(tasks, limit, guarded)) {
      if (result === undefined) continue;
      results.push(result);
      await tellResult(result, tasks.length, run);
    }
  } finally {
    progress.end();
  }
  if (tasks.length > 1) await tellTable(results, run);
}
