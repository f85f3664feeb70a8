/**
 * Benchmark of reading gzip: `npm run bench -- inflate [--json] [--rounds N] [--only NAME]`.
 *
 * Each corpus file is written by zlib twice, by Huffman coding alone and at level 6, and read by
 * everyone in turn, round after round; medians of CPU time, all threads counted, for each byte
 * that comes out. "pith page" is pith/deflate as a browser has it, without Node's zlib. fflate
 * checks neither CRC-32 nor length; all others do. About two minutes.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { constants, gunzipSync, gzipSync } from "node:zlib";
import { gunzipSync as fflateGunzip } from "fflate";
import { inflate } from "../src/deflate/index.ts";
import { JSON_OPTION, optionsOf } from "./command/options.ts";
import { benchInputs } from "./deflate/inputs.ts";
import { machineNow, median } from "./deflate/report.ts";
import type { PageJob } from "./inflate/page.ts";

const ROUNDS = 7;
/** Plain bytes that one sample decodes at least. */
const SAMPLE_BYTES = 8 * 1024 * 1024;

interface Reader {
  readonly name: string;
  /** Decodes the same bytes so many times. */
  read(bytes: Uint8Array, runs: number): Promise<void> | void;
}

interface Row {
  readonly input: string;
  readonly codedBytes: number;
  /** Plain bytes per CPU second in units of 10^6, by reader. */
  readonly megabytesPerSecond: Readonly<Record<string, number>>;
}

const SETTINGS = {
  huffman: { strategy: constants.Z_HUFFMAN_ONLY },
  "level 6": { level: 6 },
} as const;

const values = optionsOf({
  name: "inflate",
  says: "Reading gzip, beside zlib and others. About two minutes.",
  options: {
    json: JSON_OPTION,
    rounds: { kind: "count", value: ROUNDS, says: "rounds of all; medians count" },
    only: { kind: "text", argument: "NAME", says: "inputs whose name contains it" },
  },
});

const page = new Worker(new URL("./inflate/page.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
try {
  await main(values.rounds, values.only, values.json);
} finally {
  rmSync(folder, { recursive: true });
  await page.terminate();
}

async function main(rounds: number, only: string, json: boolean): Promise<void> {
  const machine = machineNow();
  const readers = await allReaders();
  const rows: Row[] = [];
  for (const { name, bytes, ofCorpus } of benchInputs(folder)) {
    if (!ofCorpus || !name.includes(only)) continue;
    for (const [setting, options] of Object.entries(SETTINGS)) {
      const coded = new Uint8Array(gzipSync(bytes, options));
      rows.push(await measure(`${name}, ${setting}`, coded, bytes.length, readers, rounds));
    }
  }
  if (json) console.log(JSON.stringify({ machine, rows }, null, 2));
  else print(machine, rows, readers);
}

async function allReaders(): Promise<Reader[]> {
  const pako = (await import("pako")) as unknown as { ungzip(bytes: Uint8Array): Uint8Array };
  const repeat = (name: string, once: (bytes: Uint8Array) => unknown): Reader => ({
    name,
    async read(bytes, runs) {
      for (let run = 0; run < runs; run++) await once(bytes);
    },
  });
  return [
    repeat("pith", (bytes) => inflate(bytes)),
    { name: "pith page", read: readInPage },
    repeat("node gunzipSync", (bytes) => gunzipSync(bytes)),
    repeat("fflate", (bytes) => fflateGunzip(bytes)),
    repeat("pako", (bytes) => pako.ungzip(bytes)),
  ];
}

async function readInPage(bytes: Uint8Array, runs: number): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    page.once("message", () => resolve());
    page.once("error", reject);
  });
  const job: PageJob = { bytes, runs };
  page.postMessage(job);
  await done;
  page.removeAllListeners("error");
}

async function measure(
  input: string,
  coded: Uint8Array,
  plainBytes: number,
  readers: readonly Reader[],
  rounds: number,
): Promise<Row> {
  const runs = Math.ceil(SAMPLE_BYTES / plainBytes);
  const samples = new Map<string, number[]>(readers.map(({ name }) => [name, []]));
  // The first round warms everybody up and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const { name, read } of readers) {
      const before = process.cpuUsage();
      await read(coded, runs);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) samples.get(name)?.push((runs * plainBytes) / (user + system));
    }
  }
  const speeds = [...samples].map(([name, values]) => [name, median(values)] as const);
  return { input, codedBytes: coded.length, megabytesPerSecond: Object.fromEntries(speeds) };
}

function print(
  machine: ReturnType<typeof machineNow>,
  rows: readonly Row[],
  readers: readonly Reader[],
): void {
  const { cpu, cores, node, date, commit, busy } = machine;
  console.log(`${cpu}, ${cores} cores, Node ${node}, ${date}, commit ${commit}`);
  if (busy) console.log("The machine is busy: figures are lower than on a quiet one.");
  console.log("\nMB of output per CPU second\n");
  console.log(`| input | ${readers.map(({ name }) => name).join(" | ")} |`);
  console.log(`|---|${readers.map(() => "---|").join("")}`);
  for (const { input, megabytesPerSecond } of rows) {
    const cells = readers.map(({ name }) => (megabytesPerSecond[name] ?? 0).toFixed(0));
    console.log(`| ${input} | ${cells.join(" | ")} |`);
  }
  for (const setting of Object.keys(SETTINGS)) {
    const means = readers.map(({ name }) => geometricMean(rows, setting, name).toFixed(0));
    console.log(`| geometric mean, ${setting} | ${means.join(" | ")} |`);
  }
}

function geometricMean(rows: readonly Row[], setting: string, reader: string): number {
  const speeds = rows
    .filter(({ input }) => input.endsWith(`, ${setting}`))
    .map(({ megabytesPerSecond }) => Math.log(megabytesPerSecond[reader] ?? 1));
  return Math.exp(speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length);
}
