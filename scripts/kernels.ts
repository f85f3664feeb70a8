/**
 * Builds the kernels: kernels/NAME.ts becomes wasm/NAME.simd.wasm and wasm/NAME.scalar.wasm.
 *
 *   kernels/deflate.ts --+-- memory.ts, fault.ts, deflate/*.ts     what its imports reach
 *                        |
 *                        +-> wasm/deflate.simd.wasm, wasm/deflate.scalar.wasm
 *
 * All builds share one process and one loaded compiler. Each wasm file has a stamp: the hash of the
 * compiler's version, the flags and the contents of every file that its entry reaches. A file whose
 * stamp holds is not built again. Stamps lie in .toolchain/, because wasm/ is published.
 *
 * `node scripts/kernels.ts` builds what is stale, and puts what lies beside the kernels into its place
 * (dictionary.ts, trained.ts). Checking types and style: scripts/kernel-style.ts.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { buildDictionary, DICTIONARY_FILE } from "./dictionary.ts";
import { copyTrained, trainedFiles } from "./trained.ts";

/** The entry files: one wasm module per codec family. Other files in kernels/ are parts of these. */
export const KERNELS = ["deflate", "header", "lepton", "dense", "filters", "divans"] as const;

/** One source, two builds, equal byte for byte in what they put out. */
export const VARIANTS = {
  simd: ["--enable", "simd"],
  scalar: ["--disable", "simd"],
} as const;

/** Integers only, no runtime, memory from outside. 16 pages of 64 KiB to begin with (1 MiB), 4096 at
 * most (256 MiB): the host may offer less, never more. */
const FLAGS = [
  "-O3",
  "--converge",
  "--noAssert",
  ...["--uncheckedBehavior", "always"],
  ...["--runtime", "stub"],
  "--importMemory",
  "--noExportMemory",
  ...["--initialMemory", "16"],
  ...["--maximumMemory", "4096"],
  ...["--enable", "bulk-memory"],
] as const;

/** What the dense model of JPEGs was trained to. */
const PRIORS_FILE = "jpeg-priors.bin";

const STAMPS = ".toolchain/kernels.json";

/** The part of the compiler that is used here. */
interface Compiler {
  main(
    args: readonly string[],
    host: {
      stdout: { write(text: string): void };
      stderr: { write(text: string): void };
      writeFile(name: string, contents: Uint8Array | string, folder: string): void;
    },
  ): Promise<{ error: Error | null }>;
}

/**
 * Builds every stale wasm file.
 *
 * @param root - the project's folder, with kernels/ in it
 * @param names - the entries to build; wasm files of any other name are removed
 * @returns the names of the files that were built, empty when all were fresh
 * @throws Error with the compiler's own report when a kernel does not compile
 *
 * About 0.1 s when nothing is stale, 0.8 to 2 CPU seconds for each build of a real kernel.
 */
export async function buildKernels(
  root: string,
  names: readonly string[] = KERNELS,
): Promise<string[]> {
  const target = join(root, "wasm");
  mkdirSync(target, { recursive: true });
  const stamps = readStamps(root);
  const fresh: Record<string, string> = {};
  const built: string[] = [];

  for (const name of names) {
    for (const [variant, flags] of Object.entries(VARIANTS)) {
      const file = `${name}.${variant}.wasm`;
      const stamp = stampOf(root, name, flags);
      if (stamps[file] !== stamp || !existsSync(join(target, file))) {
        const bytes = await compile(root, name, flags);
        const part = join(target, `${file}.${process.pid}.new`);
        writeFileSync(part, bytes);
        renameSync(part, join(target, file));
        built.push(file);
      }
      fresh[file] = stamp;
    }
  }

  removeOthers(target, [
    ...Object.keys(fresh),
    DICTIONARY_FILE,
    PRIORS_FILE,
    ...trainedFiles(root),
  ]);
  if (JSON.stringify(stamps) !== JSON.stringify(fresh)) writeStamps(root, fresh);
  return built;
}

/** Compiles one entry and checks that it imports its memory and nothing else. */
async function compile(root: string, name: string, flags: readonly string[]): Promise<Uint8Array> {
  const { main } = (await import("assemblyscript/asc")) as unknown as Compiler;
  let report = "";
  let bytes: Uint8Array | undefined;
  const hear = {
    write: (text: string): void => {
      report += text;
    },
  };
  const args = [
    `kernels/${name}.ts`,
    "--baseDir",
    root,
    "--outFile",
    "out.wasm",
    ...FLAGS,
    ...flags,
  ];
  const { error } = await main(args, {
    stdout: hear,
    stderr: hear,
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") bytes = contents;
    },
  });
  if (error !== null || bytes === undefined) {
    throw new Error(`kernels/${name}.ts does not compile\n${report || String(error)}`);
  }
  await assertMemoryOnly(name, bytes);
  return bytes;
}

/** A kernel may import its memory and nothing else: no clock, no random numbers, no abort. */
async function assertMemoryOnly(name: string, bytes: Uint8Array): Promise<void> {
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  const others = WebAssembly.Module.imports(module).filter((one) => one.kind !== "memory");
  if (others.length === 0) return;
  const list = others.map((one) => `${one.module}.${one.name}`).join(", ");
  throw new Error(`kernels/${name}.ts imports more than memory: ${list}`);
}

/** Hash of all that decides the bytes of one wasm file. */
function stampOf(root: string, name: string, flags: readonly string[]): string {
  const compiler = join(root, "node_modules/assemblyscript/package.json");
  const { version } = JSON.parse(readFileSync(compiler, "utf8")) as { version: string };
  const hash = createHash("sha256");
  hash.update(JSON.stringify([version, FLAGS, flags]));
  for (const file of reachedFrom(join(root, "kernels", `${name}.ts`))) {
    const contents = readFileSync(file);
    hash.update(`\n${relative(root, file)} ${contents.length}\n`).update(contents);
  }
  return hash.digest("hex");
}

/** The entry and all files that its relative imports and exports reach, in order of name. */
function reachedFrom(entry: string): string[] {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    if (!existsSync(file)) throw new Error(`there is no kernel source ${file}`);
    reached.add(file);
    for (const match of readFileSync(file, "utf8").matchAll(/\bfrom\s+"(\.[^"]*)"/g)) {
      const named = resolve(dirname(file), match[1]!);
      waiting.push(named.endsWith(".ts") ? named : `${named}.ts`);
    }
  }
  return [...reached].sort();
}

/** Nothing lives on in wasm/ whose kernel is gone, nor parts of a build that was killed. */
function removeOthers(target: string, kept: readonly string[]): void {
  for (const file of readdirSync(target)) {
    const part = /\.(\d+)\.new$/.exec(file);
    const gone = part === null ? !kept.includes(file) : !alive(Number(part[1]));
    if (gone) rmSync(join(target, file));
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function readStamps(root: string): Record<string, string> {
  const file = join(root, STAMPS);
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  } catch {
    return {}; // a torn file: everything is built again
  }
}

function writeStamps(root: string, stamps: Readonly<Record<string, string>>): void {
  const file = join(root, STAMPS);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}.new`, `${JSON.stringify(stamps, null, 2)}\n`);
  renameSync(`${file}.${process.pid}.new`, file);
}

if (import.meta.main) {
  try {
    const root = resolve(import.meta.dirname, "..");
    const built = await buildKernels(root);
    if (buildDictionary(root)) built.push(DICTIONARY_FILE);
    built.push(...copyTrained(root));
    if (built.length > 0) process.stderr.write(`kernels: built ${built.join(", ")}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
