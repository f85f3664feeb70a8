/**
 * The project's own files as texts, and what a source imports: what floors and tidy look at.
 *
 * Both work on a map from path to text, so that their tests can plant a violation without a disk.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/** Text of each file by its path relative to the project, with forward slashes. */
export type Sources = ReadonlyMap<string, string>;

/** Something that breaks a rule of the house. */
export interface Problem {
  readonly file: string;
  /** Counted from 1; 0 when the file as a whole is meant. */
  readonly line: number;
  readonly says: string;
}

/** One import of a source file. */
export interface Import {
  readonly specifier: string;
  /** `type` leaves nothing behind when the types are stripped; `dynamic` loads when it is reached;
   * `url` names a file for a worker thread. */
  readonly how: "static" | "type" | "dynamic" | "url";
  readonly line: number;
}

const BINARY = /\.(wasm|gz|zip|jpe?g|png|pith|bin|zlib|deflate|tgz)$/;

/**
 * All files that git tracks or would track, as text; files of test vectors and other binaries are
 * left out.
 *
 * @param root - the project's folder, a git working tree
 */
export function readSources(root: string): Sources {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const names = execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  const sources = new Map<string, string>();
  for (const name of new Set(names.split("\0"))) {
    const file = join(root, name);
    if (name === "" || BINARY.test(name)) continue;
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
    const text = readFileSync(file, "utf8");
    if (!text.includes("\0")) sources.set(name, text);
  }
  return sources;
}

/** Everything that a TypeScript source imports, in the order of the kinds below. */
export function importsOf(source: string): Import[] {
  const found: Import[] = [];
  const add = (how: Import["how"], match: RegExpExecArray, specifier: string): void => {
    found.push({ how, specifier, line: lineAt(source, match.index) });
  };
  const statement = /^(?:import|export)\b([^;"'`]*?)\bfrom\s+"([^"]+)"/gm;
  for (const match of source.matchAll(statement)) {
    add(typeOnly(match[1]!) ? "type" : "static", match, match[2]!);
  }
  for (const match of source.matchAll(/^import\s+"([^"]+)"/gm)) add("static", match, match[1]!);
  for (const match of source.matchAll(/(\btype\b.*)?\bimport\(\s*"([^"]+)"\s*\)(\.[A-Z])?/g)) {
    if (inComment(source, match.index)) continue;
    add(match[3] === undefined ? "dynamic" : "type", match, match[2]!);
  }
  // new URL("./worker.ts", ...) and new URL(`./worker${extname(...)}`, ...)
  for (const match of source.matchAll(/new URL\(\s*["`](\.[^"`$]+)(\$\{[^}]*\})?["`]/g)) {
    if (inComment(source, match.index)) continue;
    add("url", match, match[2] === undefined ? match[1]! : `${match[1]}.ts`);
  }
  return found;
}

/** The path that a relative specifier names, seen from `file`. */
export function resolveFrom(file: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(file), specifier));
}

/** Line of a position, counted from 1. */
export function lineAt(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < index; at = text.indexOf("\n", at + 1))
    line++;
  return line;
}

/** Whether an import clause names types only: `import type {...}` or `{ type A, type B }`. */
function typeOnly(clause: string): boolean {
  if (/^\s*type\b(?!\s*,)/.test(clause)) return true;
  const named = /^\s*\{([^}]*)\}\s*$/.exec(clause);
  if (named === null) return false;
  const names = named[1]!.split(",").filter((name) => name.trim() !== "");
  return names.length > 0 && names.every((name) => /^\s*type\s/.test(name));
}

function inComment(source: string, index: number): boolean {
  const start = source.lastIndexOf("\n", index) + 1;
  return /^\s*(\/\/|\*|\/\*)/.test(source.slice(start, index));
}

/** Prints problems the way editors can jump to. */
export function printProblems(problems: readonly Problem[]): void {
  for (const { file, line, says } of problems) {
    process.stdout.write(`${file}${line === 0 ? "" : `:${line}`}  ${says}\n`);
  }
}
