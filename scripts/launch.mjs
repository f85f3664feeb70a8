/**
 * The launcher: brings a clone into order, then becomes the command.
 *
 *   node, any from 18 on -> private Node 24 where needed -> packages -> kernels, dist -> command
 *
 * Each step looks at a stamp first, so a run with nothing to do costs some milliseconds. All that
 * is fetched or built lies in git-ignored folders: .toolchain/, node_modules/, wasm/ and dist/.
 * Everything the steps have to say goes to stderr: stdout belongs to the command.
 *
 *   node scripts/launch.mjs pith ARGS     the pith command with ARGS (what ./pith runs)
 *   node scripts/launch.mjs serve ARGS    pith serve ARGS (npm start)
 *   node scripts/launch.mjs HOUSE ARGS    a house command of the table below (npm test and others)
 *
 * Plain JavaScript without packages, because it runs before there are any, on an older Node.
 */
import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, buildIsFresh } from "./launch/build.mjs";
import { runChild } from "./launch/child.mjs";
import { findNode, installNode, installPackages, packagesAreFresh } from "./launch/install.mjs";
import { withLock } from "./launch/lock.mjs";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const MAIN = join(ROOT, "dist", "cli", "main.js");

/** The house commands: the script that each runs, and what it gets before the user's arguments.
 * `build` is done when everything is built. */
const HOUSE = new Map([
  ["build", []],
  ["check", ["scripts/check.ts"]],
  ["test", ["scripts/test.ts", "short"]],
  ["test:full", ["scripts/test.ts", "full"]],
  ["fuzz", ["scripts/test.ts", "fuzz"]],
  ["soak", ["scripts/test.ts", "soak"]],
  ["bench", ["scripts/bench.ts"]],
  ["train", ["train/train.ts"]],
  ["train:headers", ["train/headers.ts"]],
]);

/**
 * The Node to run on, after everything stale was fetched or built.
 *
 * @param {boolean} builds - false for what looks at the sources only, broken or not
 * @returns {Promise<string>} path of a Node 24 or newer
 */
async function prepare(builds = true) {
  let node = findNode(ROOT);
  const built = !builds || buildIsFresh(ROOT);
  if (node !== undefined && packagesAreFresh(ROOT) && built) return node;
  await withLock(join(ROOT, ".toolchain", "lock"), async () => {
    node = findNode(ROOT) ?? (await installNode(ROOT));
    if (!packagesAreFresh(ROOT)) await installPackages(ROOT, node);
    if (builds) await build(ROOT, node);
  });
  return /** @type {string} */ (node);
}

/**
 * Runs the pith command, in this process where that will do.
 *
 * @param {string} node
 * @param {string[]} args
 * @param {boolean} watched - whether to end when the parent does
 */
async function becomePith(node, args, watched) {
  if (!existsSync(MAIN)) throw new Error(`the build did not make ${MAIN}`);
  const cache = join(ROOT, ".toolchain", "compile-cache");
  if (watched || node !== process.execPath) {
    process.env["NODE_COMPILE_CACHE"] = cache;
    process.exitCode = await runChild(node, [MAIN, ...args], { watched });
    return;
  }
  nodeModule.enableCompileCache?.(cache);
  process.argv = [process.execPath, MAIN, ...args];
  await import(pathToFileURL(MAIN).href);
}

async function main() {
  const [command = "", ...args] = process.argv.slice(2);
  const house = HOUSE.get(command);
  const known = house !== undefined || command === "pith" || command === "serve";
  if (!known)
    throw new Error(`no such command: ${command}; there are ${[...HOUSE.keys()].join(", ")}`);

  const node = await prepare(command !== "check");
  // Children find the right Node by its plain name.
  process.env["PATH"] = dirname(node) + delimiter + (process.env["PATH"] ?? "");
  if (house === undefined) {
    const serve = command === "serve";
    await becomePith(node, serve ? ["serve", ...args] : args, serve);
  } else if (house.length > 0) {
    const [script = "", ...first] = house;
    const all = [join(ROOT, script), ...first, ...args];
    process.exitCode = await runChild(node, all, { watched: true });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`pith: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
