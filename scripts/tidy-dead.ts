/**
 * Dead files: sources that nothing reaches.
 *
 * Everything begins at a root: the front doors and the command that package.json publishes, the
 * kernels that are built, the programs in scripts/, bench/ and test/, and every test. What is
 * published must be reached from published roots: a file of src/ that only tests use belongs to
 * test/, unless it is the suite that all drivers of a contract pass, or the driver in memory.
 */
import { KERNELS } from "./kernels.ts";
import { importsOf, type Problem, resolveFrom, type Sources } from "./sources.ts";

const RUNS_ALONE = /\.(test|fuzz|bench)\.ts$/;
const SUITE = /\/suite\.ts$/;
/** Drivers that keep everything in memory: the plainest form of a contract, which tests of all that
 * lies above run on. */
const MEMORY_DRIVER = /^src\/store\/\w+\/memory\.ts$/;
const LOOKED_AT = /^(src|kernels|scripts|test|bench|train)\/.*\.(ts|mjs)$/;

/** Files that no root reaches. */
export function findDead(sources: Sources): Problem[] {
  const published = reachable(sources, publishedRoots(sources));
  const alive = reachable(sources, [...published, ...otherRoots(sources)]);
  const problems: Problem[] = [];
  for (const file of sources.keys()) {
    if (!LOOKED_AT.test(file)) continue;
    if (!alive.has(file)) problems.push({ file, line: 0, says: "nobody imports this" });
    else if (file.startsWith("src/") && !published.has(file) && !forTests(file)) {
      problems.push({ file, line: 0, says: "only tests use this: it belongs to test/" });
    }
  }
  return problems;
}

function forTests(file: string): boolean {
  return RUNS_ALONE.test(file) || SUITE.test(file) || MEMORY_DRIVER.test(file);
}

/** What package.json publishes: each door and each command, as the source it is built from. */
function publishedRoots(sources: Sources): string[] {
  const described = JSON.parse(sources.get("package.json") ?? "{}") as {
    bin?: Record<string, string>;
    exports?: Record<string, string | { default?: string }>;
  };
  const targets = [
    ...Object.values(described.bin ?? {}),
    ...Object.values(described.exports ?? {}).map((door) =>
      typeof door === "string" ? door : (door.default ?? ""),
    ),
  ];
  return targets.map((target) => target.replace(/^\.\/dist\//, "src/").replace(/\.js$/, ".ts"));
}

function otherRoots(sources: Sources): string[] {
  const kernels = KERNELS.map((name) => `kernels/${name}.ts`);
  const programs = [...sources].filter(
    ([file, source]) =>
      RUNS_ALONE.test(file) ||
      /^bench\/[^/]+\.ts$/.test(file) ||
      /^test\/(soak|full)\/[^/]+\.ts$/.test(file) ||
      (/^(scripts|test|bench|train)\//.test(file) && isProgram(file, source, sources)),
  );
  return [...kernels, ...programs.map(([file]) => file)];
}

/** What starts others by their names: the house's commands and the tests. */
const STARTER =
  /^(package\.json|pith|pith\.cmd|\.ci\/run|(scripts|test|bench|train)\/.*\.(ts|mjs)|src\/.*\.test\.ts)$/;

/** A program: it can be run by itself, or another starts it by its name. */
function isProgram(file: string, source: string, sources: Sources): boolean {
  if (source.includes("import.meta.main")) return true;
  const name = file.slice(file.lastIndexOf("/") + 1);
  for (const [other, text] of sources) {
    if (other !== file && STARTER.test(other) && namesProgram(text, name)) return true;
  }
  return false;
}

/** Whether a text names a file other than to import it. */
function namesProgram(text: string, name: string): boolean {
  const imported = new RegExp(`(from|import) "[^"]*${name.replaceAll(".", "\\.")}"`, "g");
  return text.replaceAll(imported, "").includes(name);
}

/** All files reached from the roots, the roots that exist among them. */
function reachable(sources: Sources, roots: readonly string[]): Set<string> {
  const reached = new Set<string>();
  const waiting = [...roots];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const source = sources.get(file);
    if (source === undefined || reached.has(file)) continue;
    reached.add(file);
    for (const { specifier } of importsOf(source)) {
      if (!specifier.startsWith(".")) continue;
      const target = resolveFrom(file, specifier);
      waiting.push(target, `${target}.ts`); // kernels may leave out the ending
    }
  }
  return reached;
}
