/**
 * The floors of src/, as data: prints their picture and fails on a step up or sideways.
 *
 * A file imports from its own folder, from core, and from the front door (index.ts) of a lower floor;
 * each floor names the packages it may use. What opens in a browser imports nothing of Node's
 * statically. Outside, bench/ sees front doors only. Types count like everything else: an idea that
 * leans on another is above it, whether or not code is left when the types are gone.
 *
 *   node scripts/floors.ts
 */
import { resolve } from "node:path";
import {
  type Import,
  importsOf,
  lineAt,
  type Problem,
  printProblems,
  readSources,
  resolveFrom,
  type Sources,
} from "./sources.ts";

interface Floor {
  readonly name: string;
  /** Packages that its published files may import. */
  readonly packages: readonly string[];
  readonly says: string;
}

/** From the top down. */
export const FLOORS: readonly Floor[] = [
  { name: "cli", packages: ["commander", "fast-xml-parser"], says: "the pith command" },
  {
    name: "service",
    packages: ["fast-xml-parser", "hash-wasm", "pino", "prom-client", "valibot"],
    says: "S3-style HTTP, metrics, settings",
  },
  { name: "store", packages: [], says: "objects, manifests, chunks, blobs" },
  { name: "container", packages: [], says: "picks a codec, frames, proves" },
  { name: "divans", packages: [], says: "anything else, by commands, nibbles and rANS" },
  { name: "ir", packages: [], says: "the commands: text, meaning, optimizers" },
  { name: "lepton", packages: [], says: "JPEGs, smaller and bit-exact" },
  { name: "deflate", packages: ["fflate"], says: "linear-time deflate, gzip, zlib" },
  { name: "filters", packages: [], says: "reversible changes that make bytes easier" },
  { name: "core", packages: [], says: "contracts, faults, limits, workers" },
];

/** Floors whose front door opens in a browser. */
const BROWSER_DOORS = ["deflate", "divans", "filters", "ir", "lepton"];

/** A front door shows a dozen things at most: more is two ideas, or a lack of one. */
const EXPORTS_MAXIMUM = 12;

const TEST = /(\.(test|fuzz|bench)|\/suite)\.ts$/;

/** All steps that the floors do not allow. */
export function findSteps(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (/^src\/.*\.ts$/.test(file))
      problems.push(...stepsOf(file, source), ...doorsOf(file, source));
    if (/^bench\/.*\.ts$/.test(file)) problems.push(...outsideStepsOf(file, source));
  }
  for (const door of BROWSER_DOORS) problems.push(...nodeBehindDoor(sources, door));
  return problems;
}

function stepsOf(file: string, source: string): Problem[] {
  const level = FLOORS.findIndex((floor) => file.startsWith(`src/${floor.name}/`));
  if (level === -1) return [{ file, line: 0, says: "stands on no floor; see scripts/floors.ts" }];
  const problems = importsOf(source).map((one) => {
    const says = one.specifier.startsWith(".")
      ? complainOfPath(file, level, one)
      : complainOfPackage(file, level, one);
    return { file, line: one.line, says };
  });
  return problems.filter((problem) => problem.says !== "");
}

/** Why a file may not import a path; empty when it may. */
function complainOfPath(file: string, level: number, { specifier, how }: Import): string {
  const target = resolveFrom(file, specifier);
  if (how === "url" && TEST.test(file)) return ""; // a test reads its document or its vectors
  if (target.startsWith("wasm/")) {
    return file === "src/core/kernel.ts" ? "" : "only core/kernel.ts loads kernels";
  }
  if (target === "package.json") return "";
  if (target.startsWith("test/")) {
    return TEST.test(file) ? "" : "only tests import from test/";
  }
  const below = FLOORS.findIndex((floor) => target.startsWith(`src/${floor.name}/`));
  if (below === -1) return `${specifier} leads out of src/`;
  const name = FLOORS[below]!.name;
  if (below === level || name === "core") return "";
  if (below < level) return `a step up: ${FLOORS[level]!.name} may not know ${name}`;
  if (target === `src/${name}/index.ts`) return "";
  return `past the front door: import from ${name}/index.ts`;
}

/** Why a file may not import a package; empty when it may. */
function complainOfPackage(file: string, level: number, { specifier }: Import): string {
  if (specifier.startsWith("node:") || TEST.test(file)) return "";
  const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)![0];
  const floor = FLOORS[level]!;
  return floor.packages.includes(name)
    ? ""
    : `${floor.name} has no leave to use the package ${name}`;
}

/** Checks that a front door names what it shows, and not too much. */
function doorsOf(file: string, source: string): Problem[] {
  if (!/^src\/[^/]+\/index\.ts$/.test(file)) return [];
  const star = /^export\s+\*/m.exec(source);
  if (star !== null) {
    return [{ file, line: lineAt(source, star.index), says: "a front door names each export" }];
  }
  const count = exportsOf(source).length;
  if (count <= EXPORTS_MAXIMUM) return [];
  return [{ file, line: 0, says: `${count} exports; a front door has ${EXPORTS_MAXIMUM} at most` }];
}

/** Names that a source exports. */
export function exportsOf(source: string): string[] {
  const names: string[] = [];
  for (const match of source.matchAll(/^export\s+(?:type\s+)?\{([^}]*)\}/gm)) {
    const list = match[1]!.replaceAll(/\/\/.*$/gm, "").split(",");
    names.push(...list.map((name) => name.trim()).filter((name) => name !== ""));
  }
  const declared =
    /^export\s+(?:declare\s+|abstract\s+|async\s+)*(?:const|let|function\*?|class|interface|type)\s+(\w+)/gm;
  for (const match of source.matchAll(declared)) names.push(match[1]!);
  return names;
}

/** bench/ stands outside: it knows the doors, as a user does, and the tests' own tools. */
function outsideStepsOf(file: string, source: string): Problem[] {
  const problems: Problem[] = [];
  for (const { specifier, line } of importsOf(source)) {
    if (!specifier.startsWith(".")) continue;
    const target = resolveFrom(file, specifier);
    if (/^(bench|test)\//.test(target) || /^src\/[^/]+\/index\.ts$/.test(target)) continue;
    problems.push({ file, line, says: `${specifier} is no front door` });
  }
  return problems;
}

/** Static imports of Node's own modules behind a door that must open in a browser. */
function nodeBehindDoor(sources: Sources, floor: string): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const waiting = [`src/${floor}/index.ts`];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const source = sources.get(file);
    if (source === undefined || seen.has(file)) continue;
    seen.add(file);
    for (const { specifier, how, line } of importsOf(source)) {
      if (how !== "static") continue;
      if (specifier.startsWith(".")) waiting.push(resolveFrom(file, specifier));
      else if (specifier.startsWith("node:")) {
        problems.push({
          file,
          line,
          says: `${specifier} is not in a browser, where ${floor} opens`,
        });
      }
    }
  }
  return problems;
}

/** The floors as a picture: name, what it is, how many files, and which floors it leans on. */
export function drawFloors(sources: Sources): string {
  const lines = FLOORS.map(({ name, says }) => {
    const own = [...sources].filter(([file]) => file.startsWith(`src/${name}/`));
    const files = own.filter(([file]) => file.endsWith(".ts") && !TEST.test(file));
    const below = new Set<string>();
    for (const [file, source] of files) {
      for (const { specifier } of importsOf(source)) {
        const target = specifier.startsWith(".") ? resolveFrom(file, specifier) : "";
        const floor = FLOORS.find((one) => target.startsWith(`src/${one.name}/`));
        if (floor !== undefined && floor.name !== name) below.add(floor.name);
      }
    }
    const order = FLOORS.map((floor) => floor.name).filter((one) => below.has(one));
    const leans = order.length === 0 ? "" : ` -> ${order.join(", ")}`;
    return `  ${name.padEnd(10)} ${says.padEnd(36)} ${String(files.length).padStart(3)} files${leans}`;
  });
  return `${lines.join("\n")}\n`;
}

if (import.meta.main) {
  const sources = readSources(resolve(import.meta.dirname, ".."));
  process.stdout.write(drawFloors(sources));
  const problems = findSteps(sources);
  printProblems(problems);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
