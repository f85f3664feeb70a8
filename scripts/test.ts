/**
 * The test commands: which files run, in what processes, and when a run counts as passed.
 *
 *   npm test                 unit run      src, scripts and test/*.test.ts, in two processes
 *                            process run   test/system and others, a process per file
 *   npm run test:full        both with PITH_FULL=1 and test/full, then every fuzzer
 *   npm run fuzz             every *.fuzz.ts; `--minutes N` repeats them with new seeds
 *   npm run soak             test/soak; `--minutes N` is passed on as PITH_SOAK_MINUTES
 *
 * Arguments after `--` are file names, which replace the patterns, and options of Node's test
 * runner. A run passes when the runner says so and the count (test-count.ts) agrees: at least
 * one test, no file that ended early, and with CI=true nothing skipped, except what names
 * PITH_FULL or test:full as its reason, and that only where PITH_FULL is not set.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, matchesGlob, resolve } from "node:path";
import { runChild } from "./launch/child.mjs";
import type { TestCount } from "./test-count.ts";

const ROOT = resolve(import.meta.dirname, "..");
const MODES = ["short", "full", "fuzz", "soak"] as const;
export type Mode = (typeof MODES)[number];

/** One call of Node's test runner. */
export interface Run {
  readonly name: string;
  readonly patterns: readonly string[];
  /** One process for many files is four times as fast, but files can disturb one another. */
  readonly isolated: boolean;
  /** Processes, side by side, that share the files of a run that is not isolated; 1 unless told. */
  readonly shards?: number;
  /** A test that takes longer fails; long tests set their own, shorter or longer. */
  readonly timeoutMs: number;
}

const MINUTE_MS = 60_000;

const UNIT: Run = {
  name: "unit run",
  patterns: [
    "src/**/*.test.ts",
    "scripts/**/*.test.ts",
    "bench/**/*.test.ts",
    "train/*.test.ts",
    "test/*.test.ts",
  ],
  isolated: false,
  shards: 2,
  timeoutMs: 2 * MINUTE_MS,
};
const PROCESS: Run = {
  name: "process run",
  patterns: ["test/{system,faults,browser,interop}/**/*.test.ts"],
  isolated: true,
  timeoutMs: 4 * MINUTE_MS,
};
const FUZZ: Run = {
  name: "fuzz run",
  patterns: ["src/**/*.fuzz.ts", "test/**/*.fuzz.ts"],
  isolated: true,
  timeoutMs: 40 * MINUTE_MS,
};
const SOAK: Run = {
  name: "soak run",
  patterns: ["test/soak/*.ts"],
  isolated: true,
  timeoutMs: 7 * 24 * 60 * MINUTE_MS,
};

const RUNS: Readonly<Record<Mode, readonly Run[]>> = {
  short: [UNIT, PROCESS],
  full: [
    { ...UNIT, timeoutMs: 20 * MINUTE_MS },
    {
      ...PROCESS,
      patterns: [...PROCESS.patterns, "test/full/**/*.test.ts"],
      timeoutMs: 40 * MINUTE_MS,
    },
    FUZZ,
  ],
  fuzz: [FUZZ],
  soak: [SOAK],
};

/** What the user asked for after the mode. */
export interface Wish {
  /** Names of files or patterns, relative to the project. */
  readonly files: readonly string[];
  /** Options for Node's test runner. */
  readonly options: readonly string[];
  readonly minutes: number | undefined;
}

/**
 * Sorts the arguments after `--`.
 *
 * @throws Error when `--minutes` is not followed by a positive number
 */
export function readWish(args: readonly string[]): Wish {
  const files: string[] = [];
  const options: string[] = [];
  let minutes: number | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--minutes" || arg.startsWith("--minutes=")) {
      minutes = Number(arg === "--minutes" ? args[++i] : arg.slice("--minutes=".length));
      if (!(minutes > 0)) throw new Error("--minutes wants a number above 0");
    } else if (arg.startsWith("-")) options.push(arg);
    else files.push(arg);
  }
  return { files, options, minutes };
}

/**
 * The runs for a wish: all of the mode's, or, when files are named, those that would have them.
 * What fits no run of the mode goes to the last one.
 */
export function chooseRuns(runs: readonly Run[], files: readonly string[]): Run[] {
  if (files.length === 0) return [...runs];
  const left = new Set(files);
  const chosen: Run[] = [];
  for (const run of runs) {
    const own = [...left].filter((file) => run.patterns.some((one) => matchesGlob(file, one)));
    for (const file of own) left.delete(file);
    if (own.length > 0) chosen.push({ ...run, patterns: own });
  }
  if (left.size > 0) chosen.push({ ...runs[runs.length - 1]!, patterns: [...left] });
  return chosen;
}

/**
 * Why a run did not pass, in words; empty when it did.
 *
 * @param code - exit code of the runner
 * @param count - what the counting reporter wrote, undefined when it wrote nothing
 * @param forbidden - tells which skips are failures
 */
export function judge(
  code: number,
  count: TestCount | undefined,
  forbidden: (skip: string) => boolean,
): string[] {
  if (count === undefined) return ["the run ended before its closing counts"];
  const reasons: string[] = [];
  if (code !== 0)
    reasons.push(`${count.failed + count.cancelled} tests failed (exit code ${code})`);
  if (count.tests === 0) reasons.push("no tests were found");
  for (const file of count.unfinished) reasons.push(`${file} ended early, or has no tests`);
  for (const test of count.skipped.filter(forbidden)) reasons.push(`skipped: ${test}`);
  return reasons;
}

/** In CI nothing may be skipped but what a short run leaves to the full one. */
export function forbiddenSkips(ci: boolean, full: boolean): (skip: string) => boolean {
  return (skip) => ci && (full || !/PITH_FULL|test:full/.test(skip));
}

interface Outcome {
  readonly run: Run;
  readonly count: TestCount | undefined;
  readonly reasons: readonly string[];
}

/** Set by a signal: the run under way gets it too, and no other one begins. */
let stopped = false;

/** A run's share of the files: all of them, or every n-th. */
export interface Shard {
  readonly run: Run;
  readonly options: readonly string[];
}

/** What goes side by side. Files or options of the user's may leave a shard nothing: no shards then. */
export function shardsOf(run: Run, { files, options }: Wish): Shard[] {
  const count = files.length + options.length > 0 ? 1 : (run.shards ?? 1);
  if (count === 1) return [{ run, options }];
  return Array.from({ length: count }, (_, i) => ({
    run: { ...run, name: `${run.name} ${i + 1}/${count}` },
    options: [`--test-shard=${i + 1}/${count}`],
  }));
}

/** Runs the test runner for each shard of a run. What the second one tells comes behind the first. */
async function perform(run: Run, wish: Wish, settings: NodeJS.ProcessEnv): Promise<Outcome[]> {
  process.stdout.write(`\n${run.name}\n`);
  const folder = mkdtempSync(join(tmpdir(), "pith-test-"));
  const shards = shardsOf(run, wish);
  const toldBy = (i: number): string => (i === 0 ? "stdout" : join(folder, `told-${i}.txt`));
  const outcomes = await Promise.all(
    shards.map((shard, i) => performShard(shard, toldBy(i), join(folder, `${i}.json`), settings)),
  );
  for (let i = 1; i < shards.length; i++) {
    if (existsSync(toldBy(i))) process.stdout.write(`\n${readFileSync(toldBy(i), "utf8")}`);
  }
  rmSync(folder, { recursive: true });
  return outcomes;
}

/**
 * Runs the test runner once.
 *
 * @param told - where the runner's words go: "stdout", or the name of a file
 * @param counted - name of the file for the counts
 */
async function performShard(
  { run, options }: Shard,
  told: string,
  counted: string,
  settings: NodeJS.ProcessEnv,
): Promise<Outcome> {
  const args = [
    "--test",
    "--test-force-exit",
    `--test-timeout=${run.timeoutMs}`,
    ...(run.isolated ? ["--test-concurrency=2"] : ["--test-isolation=none"]),
    ...["--test-reporter=spec", `--test-reporter-destination=${told}`],
    `--test-reporter=${join(ROOT, "scripts", "test-count.ts")}`,
    `--test-reporter-destination=${counted}`,
    ...options,
    ...run.patterns,
  ];
  // Worker threads, which tests start by the hundred, each load the sources anew.
  const cache = { NODE_COMPILE_CACHE: join(ROOT, ".toolchain/compile-cache") };
  const env: NodeJS.ProcessEnv = { ...process.env, ...cache, ...settings };
  const code = await runChild(process.execPath, args, { cwd: ROOT, env });
  const text = existsSync(counted) ? readFileSync(counted, "utf8") : "";
  const count = text === "" ? undefined : (JSON.parse(text) as TestCount);
  const forbidden = forbiddenSkips(env["CI"] === "true", env["PITH_FULL"] === "1");
  return { run, count, reasons: judge(code, count, forbidden) };
}

/** Repeats the runs with new seeds until the minutes are over or one fails; the last outcomes. */
async function performFor(runs: readonly Run[], wish: Wish, minutes: number): Promise<Outcome[]> {
  const end = Date.now() + minutes * MINUTE_MS;
  // Seeds begin where no earlier session began; PITH_SEED replays one of them.
  const start = Math.floor(Date.now() / 1000);
  for (let round = 1; ; round++) {
    const settings = { PITH_FULL: "1", PITH_SEED_FIRST: String(start + (round - 1) * 1_000_000) };
    const outcomes: Outcome[] = [];
    for (const run of runs) outcomes.push(...(await perform(run, wish, settings)));
    process.stdout.write(`\nround ${round} from seed ${settings.PITH_SEED_FIRST}\n`);
    const failed = outcomes.some((one) => one.reasons.length > 0);
    if (failed || stopped || Date.now() >= end) return outcomes;
  }
}

/** The closing table: one line a run, then what was wrong. */
export function closingLines(outcomes: readonly Outcome[]): string[] {
  const lines = outcomes.map(({ run, count, reasons }) => {
    const verdict = reasons.length === 0 ? "passed" : "FAILED";
    if (count === undefined) return `${verdict}  ${run.name.padEnd(12)} no counts`;
    const { tests, passed, failed, cancelled, skipped, seconds } = count;
    const figures = `${tests} tests: ${passed} pass, ${failed + cancelled} fail, ${skipped.length} skip`;
    return `${verdict}  ${run.name.padEnd(12)} ${figures} (${seconds.toFixed(1)} s)`;
  });
  const skips = outcomes.flatMap((one) => one.count?.skipped ?? []);
  const reasons = outcomes.flatMap(({ run, reasons }) =>
    reasons.map((why) => `${run.name}: ${why}`),
  );
  return [
    ...lines,
    ...skips.map((test) => `  skipped: ${test}`),
    ...reasons.map((why) => `  ${why}`),
  ];
}

async function main(mode: Mode, wish: Wish): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stopped = true;
    });
  }
  const runs = chooseRuns(RUNS[mode], wish.files);
  const outcomes: Outcome[] = [];
  if (mode === "fuzz" && wish.minutes !== undefined) {
    outcomes.push(...(await performFor(runs, wish, wish.minutes)));
  } else {
    const settings: NodeJS.ProcessEnv = mode === "short" ? {} : { PITH_FULL: "1" };
    if (mode === "soak") settings["PITH_SOAK_MINUTES"] = String(wish.minutes ?? 10);
    for (const run of runs) {
      if (!stopped) outcomes.push(...(await perform(run, wish, settings)));
    }
  }
  process.stdout.write(`\n${closingLines(outcomes).join("\n")}\n`);
  return !stopped && outcomes.every((one) => one.reasons.length === 0) ? 0 : 1;
}

if (import.meta.main) {
  const [mode, ...args] = process.argv.slice(2);
  try {
    const known = MODES.find((one) => one === mode);
    if (known === undefined) throw new Error(`usage: test.ts ${MODES.join("|")} [files] [options]`);
    process.exitCode = await main(known, readWish(args));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
