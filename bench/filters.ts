/**
 * Benchmark of filters: `npm run bench -- filters [--json] [--only NAME]`.
 *
 *   unit -> the filter that a trial with brotli 5 chooses -> each peer on the plain and the filtered unit
 *        -> each filter's speed, both ways, on the unit that it suits
 *
 * Units are the files of the general corpus, at most 4 MiB each; those for which nothing is chosen are
 * listed last. Peers are xz and bzip2 from the PATH, where they are there, and Node's brotli. Sizes do
 * not hang on the machine; speeds are CPU time of the calls of the kernel's door, copies included,
 * medians of nine rounds. About four minutes.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import {
  applyFilter,
  chooseFilter,
  describeFilter,
  type Filter,
  loadFilters,
  undoFilter,
} from "../src/filters/index.ts";
import { corpus, corpusFile, corpusPath } from "../test/corpus.ts";
import { JSON_OPTION, optionsOf } from "./command/options.ts";
import { machineNow, median } from "./deflate/report.ts";

const UNIT_BYTES = 4 << 20;
const ROUNDS = 9;

type Measure = (bytes: Uint8Array) => number;

interface Row {
  readonly file: string;
  readonly filter: string;
  readonly plainBytes: number;
  /** Sizes by peer: plain, filtered. */
  readonly sizes: Readonly<Record<string, readonly [plain: number, filtered: number]>>;
  /** Plain bytes per CPU second in units of 10^6: apply, undo. */
  readonly speeds: readonly [apply: number, undo: number];
}

const values = optionsOf({
  name: "filters",
  says: "What filters gain on the general corpus, and their speed. About four minutes.",
  options: {
    json: JSON_OPTION,
    only: { kind: "text", argument: "NAME", says: "files whose name contains it" },
  },
});

const kernel = await loadFilters();
const peers = namedPeers();
const rows: Row[] = [];
const others: string[] = [];
for (const file of filesOfCorpus()) {
  const unit = corpusFile(`general/${file}`).subarray(0, UNIT_BYTES);
  const { filter } = await chooseFilter(kernel, unit, { measure: brotli(5), effort: "dense" });
  if (filter.kind === "none") others.push(file);
  else rows.push(rowOf(file, unit, filter));
}
if (values.json)
  process.stdout.write(`${JSON.stringify({ machine: machineNow(), rows, others })}\n`);
else print();

function filesOfCorpus(): string[] {
  if (corpus === undefined) throw new Error("no corpus folder; PITH_CORPUS names one");
  const files = readdirSync(corpusPath("general")).filter((file) => !/\.(md|csv)$/.test(file));
  return files.filter((file) => file.includes(values.only)).sort();
}

function namedPeers(): Record<string, Measure> {
  const programs = { "xz -9e": ["xz", "-9e", "-T1"], "bzip2 -9": ["bzip2", "-9"] };
  const found: Record<string, Measure> = {};
  for (const [name, [program = "", ...args]] of Object.entries(programs)) {
    if (spawnSync(program, ["--version"], { input: "" }).error !== undefined) continue;
    found[name] = (bytes) => {
      const { stdout, status } = spawnSync(program, [...args, "-c"], {
        input: bytes,
        maxBuffer: 2 ** 25,
      });
      if (status !== 0) throw new Error(`${name} fails`);
      return stdout.length;
    };
  }
  return { ...found, "brotli 11": brotli(11) };
}

function brotli(quality: number): Measure {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: 24,
  };
  return (bytes) => brotliCompressSync(bytes, { params }).length;
}

function rowOf(file: string, unit: Uint8Array, filter: Filter): Row {
  const filtered = applyFilter(kernel, filter, unit);
  const sizes: Record<string, readonly [number, number]> = {};
  for (const [name, measure] of Object.entries(peers))
    sizes[name] = [measure(unit), measure(filtered)];
  const speeds = [
    speedOf(unit.length, () => applyFilter(kernel, filter, unit)),
    speedOf(unit.length, () => undoFilter(kernel, filter, filtered)),
  ] as const;
  return { file, filter: describeFilter(filter), plainBytes: unit.length, sizes, speeds };
}

function speedOf(bytes: number, change: () => void): number {
  const runs = Math.ceil((2 * UNIT_BYTES) / bytes);
  const micros = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < runs; i++) change();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return (bytes * runs) / median(micros);
}

function print(): void {
  const { cpu, node, date, commit, load } = machineNow();
  const lines = [`${cpu}, Node ${node}, ${date}, commit ${commit}, load ${load}`, ""];
  const names = Object.keys(peers);
  lines.push(`| file | filter | ${names.join(" | ")} | apply, MB/s | undo, MB/s |`);
  lines.push(`| --- | --- |${" --- |".repeat(names.length + 2)}`);
  for (const { file, filter, sizes, speeds } of rows) {
    const gains = names.map((name) => {
      const [plain, filtered] = sizes[name] as readonly [number, number];
      const percent = (100 * (filtered - plain)) / plain;
      return `${plain} → ${filtered} (${percent > 0 ? "+" : ""}${percent.toFixed(1)} %)`;
    });
    const [apply, undo] = speeds.map((speed) => speed.toFixed(0));
    lines.push(`| ${file} | ${filter} | ${gains.join(" | ")} | ${apply} | ${undo} |`);
  }
  lines.push("", `No filter: ${others.join(", ")}.`);
  process.stdout.write(`${lines.join("\n")}\n`);
}
