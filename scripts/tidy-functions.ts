/**
 * Functions that creep past 70 lines.
 *
 * This guards the short ones from growing: a function of 71 to 100 lines once fitted on a screen and
 * can again. The few honest giants beyond are left alone, and suites are lists of tests. Works on formatted sources: a
 * function's last line is the first one that stands as far left as its first. Functions within a
 * function are measured apart and not counted twice: a driver made of closures is no long function.
 */
import type { Problem, Sources } from "./sources.ts";

const LINES_MAXIMUM = 70;
const GIANT_LINES = 100;

const FUNCTION = /^(\s*)(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b\*?\s*(\w+)?/;
const METHOD =
  /^(\s+)(?:(?:public|private|protected|static|override|async|get|set|\*)\s*)*(#?\w+)\s*(?:<[^>]*>)?\(/;
const ARROW = /^(\s*)(?:export\s+)?const\s+(\w+)[^=]*=\s*(?:async\s*)?\(/;
const PROPERTY = /^(\s+)(\w+):\s*(?:async\s*)?\(?[^=]*=>\s*\{$/;
const STATEMENT = /^\s*(if|for|while|switch|catch|return|await|throw|test|describe|it)\b/;

/** Functions just past the limit. */
export function findCreeping(sources: Sources): Problem[] {
  const problems: Problem[] = [];
  for (const [file, source] of sources) {
    if (!/^(src|kernels|scripts|bench|test|train)\/.*\.(ts|mjs)$/.test(file)) continue;
    if (file.endsWith("/suite.ts")) continue;
    for (const { name, line, lines } of functionsOf(source)) {
      if (lines > LINES_MAXIMUM && lines <= GIANT_LINES) {
        problems.push({
          file,
          line,
          says: `${name} has ${lines} lines, more than ${LINES_MAXIMUM}`,
        });
      }
    }
  }
  return problems;
}

interface Measured {
  readonly name: string;
  /** Of its first line, counted from 1. */
  readonly line: number;
  readonly lines: number;
}

/** Name and length of each function and method of a formatted source, without those inside it. */
export function functionsOf(source: string): Measured[] {
  const lines = source.split("\n");
  const found: { name: string; first: number; last: number; own: number }[] = [];
  lines.forEach((text, first) => {
    const start =
      FUNCTION.exec(text) ?? ARROW.exec(text) ?? PROPERTY.exec(text) ?? methodStart(text);
    if (start === null) return;
    const last = lastLine(lines, first, start[1]!);
    if (last === -1) return;
    const own = last - first + 1;
    const parent = found.findLast((one) => one.first < first && last < one.last);
    if (parent !== undefined) parent.own -= own;
    found.push({ name: start[2] ?? "function", first, last, own });
  });
  return found.map(({ name, first, own }) => ({ name, line: first + 1, lines: own }));
}

function methodStart(text: string): RegExpExecArray | null {
  return STATEMENT.test(text) ? null : METHOD.exec(text);
}

/** Index of the closing brace's line, -1 when what begins at `first` is no function with a body. */
function lastLine(lines: readonly string[], first: number, indent: string): number {
  if (/[;,]$/.test(lines[first]!) || /\}$/.test(lines[first]!)) return -1;
  for (let i = first + 1; i < lines.length; i++) {
    const text = lines[i]!;
    if (text.trim() === "" || text.startsWith(`${indent} `)) continue;
    if ([`${indent}}`, `${indent}};`, `${indent}},`].includes(text)) return i;
    // The end of a parameter list or a return type on lines of their own: the body follows.
    if (text.startsWith(`${indent})`) && /[{<]$/.test(text)) continue;
    if (text === `${indent}}> {` || text === `${indent}} {`) continue;
    return -1;
  }
  return -1;
}
