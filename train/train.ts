/**
 * Training: `npm run train -- FOLDER... [-o FILE] [--folds N] [--judge]`.
 *
 *   JPEGs -> sums of each picture -> added up in the order of their hashes -> weights -> FILE
 *
 * The same files give the same bytes on any machine, wherever they lie and however many threads there
 * are. With --folds, FILE's folder also gets fold-0/ ... fold-N/, each trained on what the other folds
 * hold, and folds.json, which says where each file belongs. `--judge` prices each file with what was
 * trained without it.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { PRIOR_SET } from "../src/lepton/priors.ts";
import { readPriorFile } from "../src/lepton/priors-file.ts";
import { FOLD_LIST, foldsOf, groupOf, type TrainingFile } from "./folds.ts";
import { addSums } from "./normal-equations.ts";
import { Pool } from "./pool.ts";
import { priorSetFile } from "./prior-set.ts";
import { type Regressions, regressionBytes } from "./reference-regressions.ts";
import { noRegressions, solveFamily, sumsOf } from "./regressions.ts";

/** Passes over the magnitudes: more change the last digits only. */
const MAGNITUDE_PASSES = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: {
      type: "string",
      short: "o",
      default: resolve(import.meta.dirname, "trained/jpeg-priors.bin"),
    },
    folds: { type: "string", default: "0" },
    judge: { type: "boolean", default: false },
  },
});

/** A training set: all files but those of one fold; -1 leaves out none. */
interface TrainingSet {
  readonly without: number;
  readonly regressions: Regressions;
  /** The file that is shipped. */
  file: Uint8Array;
}

const files = readTrainingFiles(positionals);
if (files.length === 0) throw new Error("no JPEGs there: npm run train -- FOLDER...");
const foldCount = Number(values.folds);
const folds = foldsOf(files, Math.max(1, foldCount));
const sets: TrainingSet[] = Array.from({ length: foldCount + 1 }, (_, i) => ({
  without: i - 1,
  regressions: noRegressions(),
  file: new Uint8Array(0),
}));
const pool = new Pool();
try {
  await trainSigned();
  for (let pass = 0; pass < MAGNITUDE_PASSES; pass++) await trainMagnitudes(pass);
  await trainTables();
  writeSets();
  if (values.judge) await judge();
  if (foldCount > 0) await weigh();
} finally {
  await pool.close();
}

function readTrainingFiles(folders: readonly string[]): TrainingFile[] {
  const found: TrainingFile[] = [];
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      if (!/\.jpe?g$/i.test(name)) continue;
      const path = join(folder, name);
      const jpeg = readFileSync(path);
      const sha256 = createHash("sha256").update(jpeg).digest("hex");
      found.push({ path, bytes: jpeg.length, sha256, group: groupOf(path, jpeg) });
    }
  }
  return found.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

function isIn(index: number, { without }: TrainingSet): boolean {
  return without === -1 || folds[index] !== without;
}

async function trainSigned(): Promise<void> {
  const families = ["interior", "edge", "dc"] as const;
  const totals = sets.map(() => families.map(sumsOf));
  const jobs = files.map(({ path }) => ({ kind: "signed" as const, path }));
  await pool.run(jobs, (answer, index) => {
    for (const [s, set] of sets.entries()) {
      if (!isIn(index, set)) continue;
      for (const [f, family] of families.entries()) addSums(totals[s]![f]!, answer[family], 1);
    }
  });
  for (const [s, { without, regressions }] of sets.entries()) {
    for (const [f, family] of families.entries()) {
      const { before, after } = solveFamily(family, totals[s]![f]!, regressions[family]);
      if (without === -1) say(`${family}: ${percent(1 - after / before)} explained`);
    }
  }
}

async function trainMagnitudes(pass: number): Promise<void> {
  const totals = sets.map(() => sumsOf("magnitude"));
  const isFirst = pass === 0;
  const used = files.map((_, index) => sets.flatMap((set, s) => (isIn(index, set) ? [s] : [])));
  const jobs = files.map(({ path }, index) => {
    const regressions = used[index]!.map((s) => regressionBytes(sets[s]!.regressions));
    return { kind: "magnitude" as const, path, regressions, isFirst };
  });
  await pool.run(jobs, (answer, index) => {
    for (const [i, s] of used[index]!.entries()) addSums(totals[s]!, answer[i]!, 1);
  });
  for (const [s, { without, regressions }] of sets.entries()) {
    const { before, after } = solveFamily("magnitude", totals[s]!, regressions.magnitude);
    if (without === -1)
      say(`magnitude, pass ${pass + 1}: ${percent(1 - after / before)} explained`);
  }
}

async function trainTables(): Promise<void> {
  const jobs = sets.map((set) => ({
    kind: "tables" as const,
    paths: files.filter((_, index) => isIn(index, set)).map(({ path }) => path),
    regressions: regressionBytes(set.regressions),
  }));
  await pool.run(jobs, (answer, s) => {
    const set = sets[s]!;
    set.file = priorSetFile(PRIOR_SET, set.regressions, answer);
    if (set.without === -1) {
      const sha256 = createHash("sha256").update(set.file).digest("hex");
      say(`prior set ${PRIOR_SET}: ${set.file.length} bytes, SHA-256 ${sha256}`);
    }
  });
}

function writeSets(): void {
  const folder = dirname(values.output);
  for (const { without, file } of sets) {
    const target = without === -1 ? folder : join(folder, `fold-${without}`);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, basename(values.output)), file);
  }
  if (foldCount === 0) return;
  const list = Object.fromEntries(files.map(({ sha256 }, index) => [sha256, folds[index]!]));
  const text = JSON.stringify({ count: foldCount, folds: list }, null, 1);
  writeFileSync(join(folder, FOLD_LIST), `${text}\n`);
}

/** Prices each file with what was trained without it, and with what was trained with it. */
async function judge(): Promise<void> {
  const jobs = files.map(({ path }, index) => {
    const without = sets.find((set) => !isIn(index, set)) ?? sets[0]!;
    const regressions = [without, sets[0]!].map((set) => regressionBytes(set.regressions));
    return { kind: "judge" as const, path, regressions };
  });
  const totals: Record<string, number>[] = [{}, {}];
  await pool.run(jobs, (answer, index) => {
    for (const [i, verdict] of answer.entries()) {
      const blocks = verdict["blocks"]!;
      for (const [name, bits] of Object.entries(verdict)) {
        totals[i]![name] = (totals[i]![name] ?? 0) + bits / blocks / files.length;
      }
    }
    say(`${basename(files[index]!.path)} (${files[index]!.group}, ${folds[index]})`);
  });
  for (const [i, name] of ["held out", "trained on"].entries()) {
    const list = Object.entries(totals[i]!).map(([key, bits]) => `${key} ${bits.toFixed(3)}`);
    console.log(`${name}, bits a block: ${list.join(", ")}`);
  }
}

/** Codes each file with what was trained without it. */
async function weigh(): Promise<void> {
  const jobs = files.map(({ path }, index) => {
    const set = sets.find((one) => !isIn(index, one)) ?? sets[0]!;
    const { tables } = readPriorFile(set.file);
    return { kind: "weigh" as const, path, regressions: regressionBytes(set.regressions), tables };
  });
  const totals = new Map<string, number[]>();
  await pool.run(jobs, (sizes, index) => {
    const { path, bytes } = files[index]!;
    const folder = basename(dirname(path));
    const total = totals.get(folder) ?? [0, 0, 0];
    totals.set(folder, total);
    for (const [i, size] of [bytes, ...sizes].entries()) total[i] = total[i]! + size;
    say(`${basename(path)} ${bytes} ${sizes.join(" ")}`);
  });
  for (const [folder, [bytes = 0, one = 0, usual = 0]] of totals) {
    const shares = [one, usual].map((size) => percent(size / bytes)).join(", ");
    console.log(`${folder}, held out: coefficients take ${shares} in one segment, in the usual`);
  }
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
