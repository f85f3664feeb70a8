/**
 * Runs one benchmark: `npm run bench -- NAME ARGS` is bench/NAME.ts with ARGS.
 *
 * The benchmark's standard output is the results; it is passed through untouched.
 */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { runChild } from "./launch/child.mjs";

const FOLDER = resolve(import.meta.dirname, "..", "bench");

/** Names that `npm run bench` knows: the programs that lie directly in bench/. */
function benchmarks(): string[] {
  const files = readdirSync(FOLDER).filter((file) => /^[a-z-]+\.ts$/.test(file));
  return files.map((file) => file.slice(0, -".ts".length));
}

const [name = "", ...args] = process.argv.slice(2);
const file = join(FOLDER, `${name}.ts`);
const usage = `usage: npm run bench -- NAME [ARGS], NAME one of ${benchmarks().join(", ")}\n`;
if (name === "--help" || name === "-h") {
  process.stdout.write(usage);
} else if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  process.exitCode = await runChild(process.execPath, [file, ...args]);
}
