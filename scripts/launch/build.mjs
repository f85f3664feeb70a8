/**
 * The two build steps, each with a stamp: kernels to wasm/, sources to dist/.
 *
 *   .toolchain/wasm.stamp, dist.stamp    hash of path, size and time of all that goes in and all
 *                                        that came out, so that a damaged folder is built again
 *
 * dist/ is built beside and swapped in whole: a service that runs while we build has either
 * the old files or the new ones, and a source that was deleted leaves nothing behind.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { runChild } from "./child.mjs";
import { say } from "./install.mjs";

/** Sources that are run by tests and never built; the same list as in tsconfig.build.json. */
const NOT_BUILT = /(\.(test|fuzz|bench)|\/suite)\.ts$/;

/**
 * @typedef {object} Step
 * @property {string} output - the folder it makes
 * @property {string[]} inputs - files and folders that it reads
 * @property {string} says
 * @property {(root: string, node: string) => Promise<void>} run
 */

/** @type {Step[]} */
const STEPS = [
  {
    output: "wasm",
    inputs: [
      ...["kernels", "train/trained", "package-lock.json"],
      ...["scripts/kernels.ts", "scripts/dictionary.ts", "scripts/trained.ts"],
    ],
    says: "building the kernels (wasm/)",
    run: (root, node) => mustRun(node, [join(root, "scripts", "kernels.ts")], root),
  },
  {
    output: "dist",
    inputs: ["src", "tsconfig.json", "tsconfig.build.json", "package.json", "package-lock.json"],
    says: "building the sources (dist/)",
    run: buildDist,
  },
];

/**
 * Whether nothing changed since the last build. Some milliseconds.
 *
 * @param {string} root
 */
export function buildIsFresh(root) {
  return STEPS.every((step) => stepIsFresh(root, step));
}

/**
 * Runs the steps that are stale.
 *
 * @param {string} root
 * @param {string} node - the Node that runs the compilers
 * @throws Error when a compiler finds an error, after it has printed it
 */
export async function build(root, node) {
  for (const step of STEPS) {
    if (stepIsFresh(root, step)) continue;
    say(step.says);
    const before = hashOf(root, step.inputs);
    await step.run(root, node);
    // A source saved while the compiler ran may or may not be in the build: then leave no stamp.
    if (hashOf(root, step.inputs) !== before) continue;
    mkdirSync(join(root, ".toolchain"), { recursive: true });
    writeFileSync(stampFile(root, step), stampOf(root, step));
  }
}

/**
 * @param {string} root
 * @param {string} node
 */
async function buildDist(root, node) {
  const part = join(root, ".toolchain", "dist.part");
  const old = join(root, ".toolchain", "dist.old");
  for (const folder of [part, old]) rmSync(folder, { recursive: true, force: true });
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  await mustRun(node, [compiler, "-p", "tsconfig.build.json", "--outDir", part], root);
  const command = join(part, "cli", "main.js");
  if (existsSync(command)) chmodSync(command, 0o755);
  const dist = join(root, "dist");
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(part, dist);
  // Code that was compiled and kept from the old build will not be asked for again.
  for (const folder of [old, join(root, ".toolchain", "compile-cache")]) {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 */
async function mustRun(node, args, cwd) {
  const code = await runChild(node, args, { cwd, toStderr: true });
  if (code !== 0) throw new Error("the build failed; the reason is above");
}

/**
 * @param {string} root
 * @param {Step} step
 */
function stepIsFresh(root, step) {
  const stamp = stampFile(root, step);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === stampOf(root, step);
}

/**
 * @param {string} root
 * @param {Step} step
 */
function stampFile(root, step) {
  return join(root, ".toolchain", `${step.output}.stamp`);
}

/**
 * @param {string} root
 * @param {Step} step
 */
function stampOf(root, step) {
  return hashOf(root, [...step.inputs, step.output]);
}

/**
 * @param {string} root
 * @param {string[]} places - files and folders below root
 */
function hashOf(root, places) {
  const hash = createHash("sha256");
  for (const place of places) list(root, place, (line) => hash.update(line));
  return hash.digest("hex");
}

/**
 * Tells path, size and time of every built file at a place, in order of name.
 *
 * @param {string} root
 * @param {string} place
 * @param {(line: string) => void} tell
 */
function list(root, place, tell) {
  if (NOT_BUILT.test(place)) return;
  const status = statSync(join(root, place), { throwIfNoEntry: false });
  if (status === undefined) tell(`${place} absent\n`);
  else if (status.isDirectory()) {
    for (const name of readdirSync(join(root, place)).sort()) list(root, `${place}/${name}`, tell);
  } else tell(`${place} ${status.size} ${status.mtimeMs}\n`);
}
