/**
 * Options of a benchmark: what its words mean, what it takes where they are not said, and how to use it.
 *
 *   --help            the usage, exit code 0
 *   what is unknown   one line and the usage, exit code 2; nothing was measured
 */
import { parseArgs } from "node:util";

/** One option, `--NAME` or `--NAME VALUE`; `says` is a line for people. */
export type Option =
  /** Given or not; one that is on is switched off by `--no-NAME`. */
  | { readonly kind: "flag"; readonly isOn?: true; readonly says: string }
  | {
      readonly kind: "text";
      readonly value?: string;
      /** What its value is called. */
      readonly argument: string;
      readonly says: string;
    }
  /** May be given several times. */
  | { readonly kind: "texts"; readonly argument: string; readonly says: string }
  /** 1 or more. */
  | { readonly kind: "count"; readonly value: number; readonly says: string };

export interface Command {
  /** As `npm run bench -- NAME` has it. */
  readonly name: string;
  readonly says: string;
  readonly options: Readonly<Record<string, Option>>;
}

interface ValueOf {
  readonly flag: boolean;
  readonly text: string;
  readonly texts: readonly string[];
  readonly count: number;
}

export type Values<Chosen extends Command> = {
  readonly [Name in keyof Chosen["options"]]: ValueOf[Chosen["options"][Name]["kind"]];
};

/** What was asked for, or why it cannot be. */
export type Asked<Chosen extends Command> =
  | { readonly values: Values<Chosen> }
  | { readonly help: true }
  | { readonly complaint: string };

/** All benchmarks that print a table can print JSON. */
export const JSON_OPTION = { kind: "flag", says: "print JSON" } as const;

/** Reads the words behind the program's name; tells how to use it, and ends the process, where that was asked
 * for or they cannot be read. */
export function optionsOf<const Chosen extends Command>(command: Chosen): Values<Chosen> {
  const asked = readOptions(command, process.argv.slice(2));
  if ("values" in asked) return asked.values;
  if ("complaint" in asked) return refuse(command, asked.complaint);
  process.stdout.write(usageOf(command));
  process.exit(0);
}

/** Says in a line what is wrong, then how it is right, and ends the process. */
export function refuse(command: Command, complaint: string): never {
  process.stderr.write(`${complaint}\n\n${usageOf(command)}`);
  process.exit(2);
}

export function readOptions<const Chosen extends Command>(
  { options }: Chosen,
  words: readonly string[],
): Asked<Chosen> {
  const described = Object.entries(options).map(
    ([name, { kind }]) =>
      [name, { type: kind === "flag" ? "boolean" : "string", multiple: kind === "texts" }] as const,
  );
  let given: Readonly<Record<string, unknown>>;
  try {
    given = parseArgs({
      args: [...words],
      options: { ...Object.fromEntries(described), help: { type: "boolean", short: "h" } },
      allowNegative: true,
    }).values;
  } catch (error) {
    // The first sentence names the word; the others are about shells.
    const says = error instanceof Error ? error.message : String(error);
    return { complaint: says.split(/\. |\n/)[0] ?? says };
  }
  if (given["help"] === true) return { help: true };
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) {
    const value = readValue(option, given[name]);
    if (value === undefined) return { complaint: `--${name} takes a whole number, 1 or more` };
    values[name] = value;
  }
  return { values: values as Values<Chosen> };
}

/** Undefined for what is no count. */
function readValue(option: Option, given: unknown): unknown {
  switch (option.kind) {
    case "flag":
      return given ?? option.isOn === true;
    case "text":
      return given ?? option.value ?? "";
    case "texts":
      return given ?? [];
    case "count": {
      const count = Number(given ?? option.value);
      return Number.isSafeInteger(count) && count >= 1 ? count : undefined;
    }
  }
}

export function usageOf({ name, says, options }: Command): string {
  const rows = Object.entries(options).map(([word, option]) => [
    `${option.kind === "flag" && option.isOn === true ? "--no-" : "--"}${word}${argumentOf(option)}`,
    `${option.says}${usualOf(option)}`,
  ]);
  const width = Math.max(...rows.map(([words = ""]) => words.length), "--help".length);
  const lines = [...rows, ["--help", "print this"]].map(
    ([words = "", line = ""]) => `  ${words.padEnd(width)}  ${line}\n`,
  );
  return `usage: npm run bench -- ${name} [OPTIONS]\n\n${says}\n\n${lines.join("")}`;
}

function argumentOf(option: Option): string {
  if (option.kind === "count") return " N";
  return option.kind === "flag" ? "" : ` ${option.argument}`;
}

function usualOf(option: Option): string {
  if (option.kind === "texts") return "; may be given several times";
  if (option.kind === "flag" || option.value === undefined) return "";
  return `; else ${option.value}`;
}
