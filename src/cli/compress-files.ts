/**
 * Files into compressed files, one task at a time or several at once.
 *
 *   input -> SHA-256 -> coding (proven) -> temporary file -> [--rm: decoded from disk again]
 *                                                         -> name, time, mode -> [input removed]
 *
 * An output has its name only once every byte of it was decoded again to the input's bytes.
 */
import { stat, unlink } from "node:fs/promises";
import { basename } from "node:path";
import { PithError } from "../core/errors.ts";
import { runningSha256 } from "../core/hash.ts";
import type { Coding, CodingOptions, Decoding, Outcome, Source } from "./coding.ts";
import { fileFault } from "./file-fault.ts";
import { LOOK_BYTES, openCoding, openDecoding, recogniseFormat } from "./floors.ts";
import { extensionOf, formatOfName } from "./formats.ts";
import { looksLikeJpeg } from "./lepton-coding.ts";
import { beginOutput } from "./output.ts";
import { printable } from "./printable.ts";
import type { Progress } from "./progress.ts";
import { counting, hashing, readFile, readFirst, readInput } from "./read-file.ts";
import type { FileResult } from "./result.ts";
import type { Run } from "./run.ts";
import {
  type FileTask,
  type InputRules,
  type OutputOptions,
  planTasks,
  runTasks,
} from "./tasks.ts";
import type { FileEntry } from "./walk.ts";
import { writeOut } from "./write-out.ts";

/** Where coding and decoding come from; tests bring floors that lie. */
export interface Floors {
  openCoding(how: CodingOptions): Promise<Coding>;
  openDecoding(threads: number): Promise<Decoding>;
}

/** Compresses what `paths` mean; faults are told and counted by `run`. */
export async function compressFiles(
  paths: readonly string[],
  options: OutputOptions,
  how: CodingOptions,
  run: Run,
  floors: Floors = { openCoding, openDecoding },
): Promise<void> {
  const rules: InputRules = {
    rename: (name) => name + extensionOf(how.format),
    accepts: (file) => isToCode(file, options, how, run),
  };
  const tasks = await planTasks(paths, options, rules, run);
  refuseStdout(tasks, options, how, run);
  const coding = await floors.openCoding(how);
  const decoding = await floors.openDecoding(how.threads);
  const compressing = new Compressing(options, how, coding, decoding, run);
  try {
    await runTasks(tasks, how.threads, run, (task, progress) => compressing.one(task, progress));
  } finally {
    await coding.close();
    await decoding.close();
  }
}

/** Beside their inputs lie the outputs of earlier runs: those are left as they are. And what is no
 * JPEG cannot become a .lep file. */
async function isToCode(
  file: FileEntry,
  options: OutputOptions,
  how: CodingOptions,
  run: Run,
): Promise<boolean> {
  const format = options.output === undefined ? formatOfName(file.path) : undefined;
  if (format === undefined && how.format !== "lep") return true;
  const first = await readFirst(file.path, LOOK_BYTES);
  const isDone = format !== undefined && recogniseFormat(first) === format;
  if (!isDone && (how.format !== "lep" || looksLikeJpeg(first))) return true;
  const why = isDone ? "it is compressed already" : "it is no JPEG";
  run.note(`${printable(file.path)}: skipped, ${why}`);
  return false;
}

/** @throws PithError "BadUsage" for what stdout cannot take */
function refuseStdout(
  tasks: readonly FileTask[],
  options: OutputOptions,
  how: CodingOptions,
  run: Run,
): void {
  const toStdout = tasks.filter(({ target }) => target === undefined).length;
  if (toStdout === 0) return;
  run.dataOnStdout = true;
  if (toStdout > 1 && how.format !== "gz") {
    throw new PithError("BadUsage", { why: "only gzip files may follow each other in one stream" });
  }
  if (run.surroundings.stdout.isTTY === true && options.force !== true) {
    throw new PithError("BadUsage", {
      why: "compressed data are not for a terminal; give -o or -f",
    });
  }
}

class Compressing {
  readonly #options: OutputOptions;
  readonly #how: CodingOptions;
  readonly #coding: Coding;
  readonly #decoding: Decoding;
  readonly #run: Run;

  constructor(
    options: OutputOptions,
    how: CodingOptions,
    coding: Coding,
    decoding: Decoding,
    run: Run,
  ) {
    this.#options = options;
    this.#how = how;
    this.#coding = coding;
    this.#decoding = decoding;
    this.#run = run;
  }

  async one(task: FileTask, progress: Progress): Promise<FileResult> {
    const startedMs = performance.now();
    const { file, name, target } = task;
    const hash = runningSha256();
    let bytesIn = 0;
    const isReadAhead = this.#how.format === "lep";
    const source =
      file === undefined ? readInput(this.#run.surroundings.stdin) : readFile(file.path);
    // What the output is held against when it is read back from the disk.
    const hashed = this.#options.rm === true ? hashing(source, hash) : source;
    const plain = counting(hashed, (bytes) => {
      bytesIn += bytes;
      if (!isReadAhead) progress.add(bytes);
    });
    const done = isReadAhead ? progress.add : undefined;
    let outcome: Outcome | undefined;
    const metadata = this.#metadataOf(file);
    const coded = this.#coding.encode({ plain, metadata, done }, (ended) => {
      outcome = ended;
    });
    const bytesOut =
      target === undefined
        ? await writeOut(coded, this.#run.surroundings.stdout)
        : await this.#write(coded, target, file, () => hash.finish());
    const plainBytes = outcome?.plainBytes ?? bytesIn;
    return {
      name,
      output: target,
      codec: outcome?.codec ?? "",
      bytesIn: plainBytes,
      bytesOut,
      plainBytes,
      codedBytes: bytesOut,
      seconds: (performance.now() - startedMs) / 1000,
      verified: outcome?.verified === true,
    };
  }

  async #write(
    coded: AsyncIterable<Uint8Array>,
    target: string,
    file: FileEntry | undefined,
    sha256: () => string,
  ): Promise<number> {
    const { force = false, rm = false } = this.#options;
    const output = await beginOutput(target, force);
    try {
      for await (const piece of coded) await output.write(piece);
      if (rm) await this.#proveOnDisk(output.temporaryPath, sha256());
      if (file !== undefined) await refuseChanged(file);
      await output.finish(file ?? {}, rm || force);
      if (rm && file !== undefined) await unlink(file.path);
    } catch (error) {
      throw fileFault(error);
    } finally {
      await output.discard();
    }
    return output.bytes;
  }

  #metadataOf(file: FileEntry | undefined): Source["metadata"] {
    if (file === undefined || !this.#how.metadata) return undefined;
    const { path, modifiedMs, mode } = file;
    return { name: basename(path), modifiedMs: Math.round(modifiedMs), mode };
  }

  /** Reads the output back as it lies there, before its input may go. */
  async #proveOnDisk(path: string, expected: string): Promise<void> {
    const hash = runningSha256();
    const plain = this.#decoding.decode(readFile(path), this.#how.format, () => undefined);
    for await (const piece of plain) hash.update(piece);
    const actual = hash.finish();
    if (actual !== expected) throw new PithError("RoundTripFailure", { expected, actual });
  }
}

/** What changed while it was read is no whole version of the file. */
async function refuseChanged(file: FileEntry): Promise<void> {
  const now = await stat(file.path);
  if (now.mtimeMs !== file.modifiedMs || now.size !== file.bytes) {
    throw new PithError("FileChanged");
  }
}
