/**
 * Compressed files into plain ones, or only through the decoder to prove that it can be done.
 *
 * What a file is, is told by its first bytes. A folder's files that are nothing of ours are left
 * alone; a file that was named must be something.
 */
import { unlink } from "node:fs/promises";
import { PithError } from "../core/errors.ts";
import type { Decoding, Outcome } from "./coding.ts";
import type { ExpandOptions } from "./expand.ts";
import { fileFault } from "./file-fault.ts";
import { LOOK_BYTES, openDecoding, recogniseFormat } from "./floors.ts";
import { type Format, formatOfName, plainName } from "./formats.ts";
import { beginOutput, type FileAttributes } from "./output.ts";
import { printable } from "./printable.ts";
import type { Progress } from "./progress.ts";
import { counting, peek, readFile, readFirst, readInput } from "./read-file.ts";
import type { FileResult } from "./result.ts";
import type { Run } from "./run.ts";
import {
  type FileTask,
  findInputs,
  type InputRules,
  planTasks,
  refuseTerminal,
  runTasks,
} from "./tasks.ts";
import { type FileEntry, MODE_MASK } from "./walk.ts";
import { writeOut } from "./write-out.ts";

/** Formats that cannot tell whether what they give is what went in. */
const SUMLESS: Readonly<Partial<Record<Format, string>>> = {
  deflate: "raw deflate",
  lep: "a .lep file",
};

/** Takes the plain bytes of a task; gives their number. */
type Keep = (
  plain: AsyncIterable<Uint8Array>,
  task: FileTask,
  format: Format,
  attributes: () => FileAttributes,
) => Promise<number>;

/** Expands what `paths` mean; faults are told and counted by `run`. */
export async function expandFiles(
  paths: readonly string[],
  options: ExpandOptions,
  threads: number,
  run: Run,
): Promise<void> {
  const rules: InputRules = { rename: plainName, accepts: (file) => isOurs(file, options, run) };
  const tasks = await planTasks(paths, options, rules, run);
  run.dataOnStdout = tasks.some(({ target }) => target === undefined);
  const keep: Keep = (plain, { file, target }, format, attributes) =>
    target === undefined
      ? writeOut(plain, run.surroundings.stdout)
      : writeFile(plain, target, file, format, attributes, options);
  await decodeAll(tasks, options, keep, threads, run);
}

/** Decodes what `paths` mean and keeps nothing. */
export async function testFiles(
  paths: readonly string[],
  options: ExpandOptions,
  threads: number,
  run: Run,
): Promise<void> {
  const fromStdin = paths.length === 0 || paths.includes("-");
  if (paths.length === 0) refuseTerminal(run);
  const named = paths.filter((path) => path !== "-");
  const files = await findInputs(named, (file) => isOurs(file, options, run), run);
  const tasks: FileTask[] = files.map((file) => ({ file, name: file.path, target: undefined }));
  if (fromStdin) tasks.push({ file: undefined, name: "(stdin)", target: undefined });
  const count: Keep = async (plain) => {
    let bytes = 0;
    for await (const piece of plain) bytes += piece.length;
    return bytes;
  };
  await decodeAll(tasks, options, count, threads, run);
}

async function decodeAll(
  tasks: readonly FileTask[],
  { format, arithmetic }: ExpandOptions,
  keep: Keep,
  threads: number,
  run: Run,
): Promise<void> {
  const decoding = await openDecoding(threads, arithmetic);
  try {
    await runTasks(tasks, threads, run, (task, progress) =>
      decodeOne(task, format, decoding, keep, progress, run),
    );
  } finally {
    await decoding.close();
  }
}

async function decodeOne(
  task: FileTask,
  asked: Format | undefined,
  decoding: Decoding,
  keep: Keep,
  progress: Progress,
  run: Run,
): Promise<FileResult> {
  const startedMs = performance.now();
  const { file, name, target } = task;
  let bytesIn = 0;
  const source = file === undefined ? readInput(run.surroundings.stdin) : readFile(file.path);
  const counted = counting(source, (bytes) => {
    bytesIn += bytes;
    progress.add(bytes);
  });
  const { first, whole } = await peek(counted, LOOK_BYTES);
  let outcome: Outcome | undefined;
  let bytesOut: number;
  try {
    const format = asked ?? formatOf(first, name);
    if (format === undefined) throw new PithError("FormatUnknown");
    const plain = decoding.decode(whole, format, (ended) => {
      outcome = ended;
    });
    bytesOut = await keep(plain, task, format, () => attributesFor(file, outcome));
  } finally {
    // What fails before the first byte is asked for leaves the file open.
    await whole.return();
  }
  return {
    name,
    output: target,
    codec: outcome?.codec ?? "",
    bytesIn,
    bytesOut,
    plainBytes: bytesOut,
    codedBytes: bytesIn,
    seconds: (performance.now() - startedMs) / 1000,
    verified: outcome?.verified === true,
  };
}

/** What a .pith file keeps of its plain file, else the compressed file's own. */
function attributesFor(file: FileEntry | undefined, outcome: Outcome | undefined): FileAttributes {
  const { modifiedMs, mode } = outcome?.attributes ?? {};
  return {
    modifiedMs: modifiedMs ?? file?.modifiedMs,
    mode: mode === undefined ? file?.mode : mode & MODE_MASK,
  };
}

async function writeFile(
  plain: AsyncIterable<Uint8Array>,
  target: string,
  file: FileEntry | undefined,
  format: Format,
  attributes: () => FileAttributes,
  { force = false, rm = false }: ExpandOptions,
): Promise<number> {
  const sumless = SUMLESS[format];
  if (rm && sumless !== undefined) {
    throw new PithError("BadUsage", { why: `${sumless} has no checksum that would allow --rm` });
  }
  const output = await beginOutput(target, force);
  try {
    for await (const piece of plain) await output.write(piece);
    await output.finish(attributes(), rm || force);
    if (rm && file !== undefined) await unlink(file.path);
  } catch (error) {
    throw fileFault(error);
  } finally {
    await output.discard();
  }
  return output.bytes;
}

/** What a file is: by its content, and raw deflate, which has no mark of its own, by its name. */
function formatOf(first: Uint8Array, name: string): Format | undefined {
  const recognised = recogniseFormat(first);
  if (recognised !== undefined) return recognised;
  return formatOfName(name) === "deflate" ? "deflate" : undefined;
}

/** Whether a file of a folder is one to expand. The two bytes that begin a zlib stream begin many
 * other files too: there, and only there, the name has to agree. */
async function isOurs(file: FileEntry, options: ExpandOptions, run: Run): Promise<boolean> {
  const format = options.format ?? formatOf(await readFirst(file.path, LOOK_BYTES), file.path);
  if (format !== undefined && (format !== "zlib" || formatOfName(file.path) === "zlib"))
    return true;
  run.detail(`${printable(file.path)}: skipped, it is neither .pith, Lepton, .dvn, gzip nor zlib`);
  return false;
}
