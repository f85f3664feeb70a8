/**
 * What linters do not know: the house's own habits, one small rule after another.
 *
 * Each rule looks at the texts of all files and tells what breaks it. A rule that needs an
 * exception gets it here, as data with a reason, never as a comment in the file it excuses.
 *
 *   node scripts/tidy.ts
 */
import { resolve } from "node:path";
import { lineAt, type Problem, printProblems, readSources, type Sources } from "./sources.ts";
import { findDead } from "./tidy-dead.ts";
import { findCreeping } from "./tidy-functions.ts";

type Rule = (sources: Sources) => Problem[];

/** Files that we wrote, as against data that came from elsewhere (vectors, the lock). */
const CODE = /^(src|kernels|scripts|test|bench|train)\/.*\.(ts|mjs|js)$/;
const TEST = /\.(test|fuzz|bench)\.ts$/;

/** These files are about the rules, and name what breaks them. */
const ABOUT_RULES = /^scripts\/tidy/;

/** Work that was put off is not committed. */
const PUT_OFF = /\b(FIXME|TODO|XXX|HACK)\b/;

/** Words that the glossary replaces, and abbreviations of words that we spell out. */
const OTHER_WORDS: readonly (readonly [word: RegExp, instead: string])[] = [
  [/compressor/i, "codec"],
  [/plugin/i, "codec"],
  [/envelope/i, "frame"],
  [/recipe/i, "manifest"],
  [
    /^(len|buf|idx|tmp|cfg|ctx|msg|err|cnt|pos|cb|fn|ret|res|req|str|num|arr|obj|val|ptr|dst|src)$/,
    "the whole word",
  ],
];

const NAMELESS =
  /^(utils?|misc|common|helpers?|manager|data|info|types|shared)$|-(utils?|helpers?|manager)$/;

/** Addresses that only exist where this text was written. */
const MACHINE: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/(?<![\w.])\/(work|root|workspace|Users)\/[\w.-]+/, "a path of one machine"],
  [/(?<![\w.])\/home\/(?!user\b|you\b)[a-z][\w-]*\//, "a path of one machine"],
  [/https?:\/\/[\w.-]*(registry|artifactory|nexus|verdaccio)[\w.-]*/i, "a registry's address"],
  [/https?:\/\/[\w.-]+\.(internal|corp|lan|intranet)\b/, "an address of one network"],
];

/** Private addresses; tests may use them as examples. */
const PRIVATE_ADDRESS = /(?<![\d.])(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+\b/;

const RULES: readonly Rule[] = [
  nothingPutOff,
  headers,
  words,
  fileNames,
  noMachine,
  noDefaultExports,
  wholeSuites,
  findDead,
  findCreeping,
];

/** All that the rules find. */
export function findUntidy(sources: Sources): Problem[] {
  return RULES.flatMap((rule) => rule(sources));
}

function nothingPutOff(sources: Sources): Problem[] {
  return linesThat(sources, /\.(ts|mjs|js|md|json|sh)$|^\.ci\/|^pith/, (line) => {
    const found = PUT_OFF.exec(line);
    return found === null ? "" : `${found[1]}: do it or leave it`;
  });
}

/** Each source but tests begins with a comment that says what it is. */
function headers(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (!CODE.test(file) || TEST.test(file)) continue;
    const header = /^(#!.*\n)?\/\*\*\n([\s\S]*?)\*\//.exec(source);
    const lines = header?.[2]?.split("\n").filter((line) => /\w/.test(line)) ?? [];
    if (lines.length === 0)
      problems.push({ file, line: 1, says: "no header that says what this is" });
  }
  return problems;
}

/** Words of our own, in the names of things and files; comments and strings may use any. */
function words(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (!/^(src|kernels)\/.*\.ts$/.test(file)) continue;
    const name = file.slice(file.lastIndexOf("/") + 1);
    for (const [word, instead] of OTHER_WORDS) {
      if (word.test(name)) problems.push({ file, line: 0, says: `${name}: say ${instead}` });
    }
    for (const match of withoutProse(source).matchAll(DECLARED)) {
      const identifier = match[1] ?? match[2] ?? match[3]!;
      const found = OTHER_WORDS.find(([word]) => word.test(identifier));
      if (found === undefined) continue;
      problems.push({
        file,
        line: lineAt(source, match.index),
        says: `${identifier}: say ${found[1]}`,
      });
    }
  }
  return problems;
}

/** Names where they are declared: variables, functions and types; parameters and fields. */
const DECLARED =
  /\b(?:const|let|function|class|interface|type)\s+(\w+)|[(,]\s*(\w+)\??:\s|^\s+(?:readonly\s+)?(\w+)\??:\s/gm;

/** The source with comments and strings blanked, positions kept. */
function withoutProse(source: string): string {
  return source.replaceAll(
    /\/\*[\s\S]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/gm,
    (prose) => prose.replaceAll(/[^\n]/g, " "),
  );
}

function fileNames(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const file of sources.keys()) {
    if (!CODE.test(file)) continue;
    const base = /([^/]+?)(\.(test|fuzz|bench))?\.\w+$/.exec(file)?.[1] ?? file;
    if (NAMELESS.test(base)) problems.push({ file, line: 0, says: `${base} names no idea` });
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(base)) {
      problems.push({ file, line: 0, says: "file names are in kebab-case" });
    }
  }
  return problems;
}

/** Nothing in the repository knows the machine it was written on. */
function noMachine(sources: Sources): Problem[] {
  const problems = linesThat(sources, /./, (line) => {
    const found = MACHINE.find(([pattern]) => pattern.test(line));
    return found === undefined ? "" : found[1];
  });
  const locks = linesThat(sources, /(^|\/)package-lock\.json$/, (line) =>
    /"resolved":\s*"http/.test(line) ? "a download address in the lock; see .npmrc" : "",
  );
  const addresses = linesThat(sources, /^(?!.*\.test\.ts$)/, (line) =>
    PRIVATE_ADDRESS.test(line) ? "an address of one network" : "",
  );
  return [...problems, ...locks, ...addresses];
}

function noDefaultExports(sources: Sources): Problem[] {
  return linesThat(sources, /^src\/.*\.ts$/, (line) =>
    /^export default\b/.test(line) ? "no default exports: a thing has one name" : "",
  );
}

/** A test that runs alone leaves all others out. */
function wholeSuites(sources: Sources): Problem[] {
  return linesThat(sources, /\.(test|fuzz)\.ts$/, (line) =>
    /\b(test|it|describe|suite)\.only\(|\bonly: true\b/.test(line) ? "leaves other tests out" : "",
  );
}

function linesThat(sources: Sources, files: RegExp, complain: (line: string) => string): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (!files.test(file) || ABOUT_RULES.test(file)) continue;
    source.split("\n").forEach((text, i) => {
      const says = complain(text);
      if (says !== "") problems.push({ file, line: i + 1, says });
    });
  }
  return problems;
}

if (import.meta.main) {
  const problems = findUntidy(readSources(resolve(import.meta.dirname, "..")));
  printProblems(problems);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
