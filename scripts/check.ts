/**
 * Everything that can be said of the sources without running them, in well under a minute.
 *
 *   types      src, test, scripts, bench and train together, at TypeScript's strictest
 *   style      format and lint by Biome
 *   kernels    types, format and lint of the AssemblyScript
 *   floors     who imports whom (floors.ts), with the picture
 *   tidy       the house's own habits (tidy.ts)
 *
 * All five run even when one fails. `npm run check -- --write` puts right what Biome can.
 */
import { join, resolve } from "node:path";
import { drawFloors, findSteps } from "./floors.ts";
import { kernelStyle } from "./kernel-style.ts";
import { runChild } from "./launch/child.mjs";
import { printProblems, readSources } from "./sources.ts";
import { findUntidy } from "./tidy.ts";

const ROOT = resolve(import.meta.dirname, "..");

type Check = (write: boolean) => Promise<boolean> | boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  types: () => program("typescript/bin/tsc", ["-p", "."]),
  style: (write) => {
    const change = write ? ["--write"] : [];
    return program("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", ...change]);
  },
  kernels: (write) => kernelStyle(ROOT, write),
  floors: () => {
    const sources = readSources(ROOT);
    process.stdout.write(drawFloors(sources));
    const problems = findSteps(sources);
    printProblems(problems);
    return problems.length === 0;
  },
  tidy: () => {
    const problems = findUntidy(readSources(ROOT));
    printProblems(problems);
    return problems.length === 0;
  },
};

async function program(file: string, args: readonly string[]): Promise<boolean> {
  const path = join(ROOT, "node_modules", file);
  return (await runChild(process.execPath, [path, ...args], { cwd: ROOT })) === 0;
}

const write = process.argv.includes("--write");
const verdicts: string[] = [];
for (const [name, check] of Object.entries(CHECKS)) {
  const start = performance.now();
  const passed = await check(write);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  verdicts.push(`${passed ? "passed" : "FAILED"}  ${name.padEnd(8)} ${seconds} s`);
  if (!passed) process.exitCode = 1;
}
process.stdout.write(`\n${verdicts.join("\n")}\n`);
