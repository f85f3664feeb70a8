/**
 * Types, format and lint of the kernels, which are AssemblyScript and not quite TypeScript.
 *
 * Decorators on functions (`@inline` on a line of its own) are no TypeScript: Biome stops at them. So
 * a copy of kernels/ is checked in which each such line is the comment `//!inline`; `--write`
 * formats the copy, turns the comments back and writes what changed. Types are checked in
 * place by tsc with AssemblyScript's own library; the compiler stays the authority.
 *
 *   node scripts/kernel-style.ts [--write]
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { runChild } from "./launch/child.mjs";

const DECORATOR = /^(\s*)@(inline|lazy|global|unsafe)$/gm;
const MARK = /^(\s*)\/\/!(inline|lazy|global|unsafe)$/gm;

/** Type-only imports do not parse in AssemblyScript; `==` on references and decorators that
 * tsc must ignore are its way of writing. Unmanaged classes are all static, numbers may be u64. */
const BIOME_SETTINGS = {
  root: true,
  formatter: { indentStyle: "space", indentWidth: 2, lineWidth: 100 },
  linter: {
    rules: {
      style: { useImportType: "off", noNonNullAssertion: "off" },
      suspicious: { noDoubleEquals: "off", noTsIgnore: "off" },
      correctness: { noPrecisionLoss: "off" },
      complexity: { noStaticOnlyClass: "off" },
    },
  },
};

/**
 * Checks all of kernels/.
 *
 * @param root - the project's folder
 * @param write - whether to put right what can be put right
 * @returns whether all is well; what is not was printed
 */
export async function kernelStyle(root: string, write: boolean): Promise<boolean> {
  const typed = await runNode(root, root, "typescript/bin/tsc", ["-p", join(root, "kernels")]);
  const folder = join(root, ".toolchain", `kernel-style.${process.pid}`);
  try {
    const names = copyMarked(join(root, "kernels"), folder);
    const args = ["check", "--error-on-warnings", ...(write ? ["--write"] : []), "kernels"];
    const clean = await runNode(root, folder, "@biomejs/biome/bin/biome", args);
    if (write) {
      for (const name of names)
        writeBack(join(folder, "kernels", name), join(root, "kernels", name));
    }
    return typed && clean;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Copies the sources, decorators turned into comments, and gives their names. */
function copyMarked(source: string, folder: string): string[] {
  const all = readdirSync(source, { recursive: true, encoding: "utf8" });
  const names = all.filter((name) => name.endsWith(".ts"));
  for (const name of names) {
    const target = join(folder, "kernels", name);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, marked(readFileSync(join(source, name), "utf8")));
  }
  writeFileSync(join(folder, "biome.json"), JSON.stringify(BIOME_SETTINGS));
  return names;
}

function writeBack(checked: string, original: string): void {
  const text = unmarked(readFileSync(checked, "utf8"));
  if (text !== readFileSync(original, "utf8")) writeFileSync(original, text);
}

/** The source with each line that is only a decorator turned into a comment. */
export function marked(source: string): string {
  return source.replace(DECORATOR, "$1//!$2");
}

/** The inverse of `marked`. */
export function unmarked(source: string): string {
  return source.replace(MARK, "$1@$2");
}

async function runNode(
  root: string,
  folder: string,
  program: string,
  args: readonly string[],
): Promise<boolean> {
  const file = join(root, "node_modules", program);
  return (await runChild(process.execPath, [file, ...args], { cwd: folder })) === 0;
}

if (import.meta.main) {
  const write = process.argv.includes("--write");
  const fine = await kernelStyle(resolve(import.meta.dirname, ".."), write);
  process.exitCode = fine ? 0 : 1;
}
