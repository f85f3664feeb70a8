/**
 * Options that several commands share, and the readers of their values.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { THREADS_MAXIMUM } from "../core/limits.ts";
import { coresOfMachine } from "../core/thread.ts";
import { formatTable } from "./table.ts";

/** Where `pith serve` listens unless told otherwise. */
export const DEFAULT_SERVER = "http://127.0.0.1:7484";

/** A reader of whole numbers in `minimum`..`maximum`. */
export function wholeNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < minimum || value > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

/** A reader of byte counts in `minimum`..`maximum`: whole, or in KiB ("64K") or MiB ("4M"). */
export function byteCount(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const [, digits, unit = ""] = /^(\d+)([KM]?)$/.exec(text) ?? [];
    const value = Number(digits) * (unit === "M" ? 2 ** 20 : unit === "K" ? 2 ** 10 : 1);
    if (digits === undefined || value < minimum || value > maximum) {
      throw new InvalidArgumentError(
        `It must be a number of bytes from ${minimum} to ${maximum}; 64K and 4M count KiB and MiB.`,
      );
    }
    return value;
  };
}

/** An option that takes one of a few words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words);
}

/** The examples at the end of a help page: command and what it does. */
export function examples(lines: readonly (readonly [command: string, does: string])[]): string {
  const rows = lines.map(([command, does]) => [`  ${command}`, does]);
  return `\nExamples:\n${formatTable(["", ""], rows, ["left", "left"])}\n`;
}

/** -q, -v and --json, which run.ts listens to. */
export function addReportOptions(command: Command): Command {
  return command
    .option("-q, --quiet", "print nothing; the exit code tells")
    .option("-v, --verbose", "tell more")
    .option("--json", "print JSON, one object a line");
}

/** -o, -c, --rm and -f; see tasks.ts. */
export function addOutputOptions(command: Command): Command {
  return command
    .option("-o, --output <path>", "the output file, or the folder for several")
    .option("-c, --stdout", "write to stdout")
    .option("--rm", "remove each input once its output is proven and safe on disk")
    .option("-f, --force", "replace outputs that exist");
}

/** -T for work on this machine: a thread a core unless told otherwise. */
export function addThreads(command: Command): Command {
  return command.option(
    "-T, --threads <number>",
    "threads to work with (default: one a core)",
    wholeNumber(1, THREADS_MAXIMUM),
  );
}

/** The threads that were asked for, else one a core. */
export function threadsOf(options: { readonly threads?: number }): number {
  return options.threads ?? coresOfMachine();
}

/** Where the store is that a command works on. */
export interface StoreOptions {
  readonly server?: string;
  readonly data?: string;
}

/** --server and --data. */
export function addStoreOptions(command: Command): Command {
  return command
    .option("--server <url>", `the running service (default: $PITH_SERVER, or ${DEFAULT_SERVER})`)
    .option("--data <folder>", "open this data folder instead; no service may own it");
}
