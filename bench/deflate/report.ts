/**
 * Report of the deflate benchmark: medians, ratios to named peers, the targets, and tables.
 */
import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import type { Input } from "./inputs.ts";
import type { Peer, Sample } from "./peers.ts";
import type { Scaling } from "./scaling.ts";

export interface Result {
  readonly input: string;
  readonly peer: string;
  readonly plainBytes: number;
  readonly codedBytes: number;
  /** Median over the rounds, CPU nanoseconds per plain byte. */
  readonly nsPerByte: number;
  /** The same as speed: plain bytes per CPU second, in units of 10^6. */
  readonly megabytesPerSecond: number;
}

export interface Target {
  readonly what: string;
  readonly wanted: string;
  /** Undefined when it could not be measured. */
  readonly measured: number | undefined;
  readonly reached: boolean | undefined;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly date: string;
  readonly commit: string;
  /** Load average over the last minute when the benchmark began. */
  readonly load: number;
  /** Other work ran: wall-clock figures say little, CPU figures are worse than on a quiet machine. */
  readonly busy: boolean;
}

export function machineNow(): Machine {
  const load = loadavg()[0] as number;
  let commit = "unknown";
  try {
    const options = { encoding: "utf8", cwd: import.meta.dirname, stdio: "pipe" } as const;
    commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], options).trim();
  } catch {
    // Not a clone: the results say "unknown".
  }
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    commit,
    load,
    busy: load > 0.5,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

export function resultOf(input: Input, peer: Peer, samples: readonly Sample[]): Result {
  const nsPerByte = median(samples.map(({ cpuNs, plainBytes }) => cpuNs / plainBytes));
  return {
    input: input.name,
    peer: peer.name,
    plainBytes: input.bytes.length,
    codedBytes: samples[0]!.codedBytes,
    nsPerByte,
    megabytesPerSecond: 1000 / nsPerByte,
  };
}

/** The results of one peer on one input. */
function find(results: readonly Result[], peer: string, input: string): Result | undefined {
  return results.find((result) => result.peer === peer && result.input === input);
}

/** Geometric mean over corpus files of how many times as fast as `peer` we are. */
function timesAsFast(
  results: readonly Result[],
  inputs: readonly Input[],
  peer: string,
): number | undefined {
  const ratios = inputs
    .filter(({ ofCorpus }) => ofCorpus)
    .map(({ name }) => [find(results, "pith", name), find(results, peer, name)] as const)
    .filter(([own, other]) => own !== undefined && other !== undefined)
    .map(([own, other]) => other!.nsPerByte / own!.nsPerByte);
  if (ratios.length === 0) return undefined;
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}

/** Fastest to slowest compressible kind of the corpus. */
function speedSpread(
  results: readonly Result[],
  inputs: readonly Input[],
  peer: string,
): number | undefined {
  const speeds = inputs
    .filter(({ compressible }) => compressible)
    .map(({ name }) => find(results, peer, name)?.megabytesPerSecond)
    .filter((speed) => speed !== undefined);
  return speeds.length < 2 ? undefined : Math.max(...speeds) / Math.min(...speeds);
}

export function targetsOf(
  results: readonly Result[],
  inputs: readonly Input[],
  scaling: Scaling | undefined,
): Target[] {
  const atLeast = (what: string, floor: number, measured: number | undefined): Target => ({
    what,
    wanted: `at least ${floor}`,
    measured,
    reached: measured === undefined ? undefined : measured >= floor,
  });
  const atMost = (what: string, ceiling: number, measured: number | undefined): Target => ({
    what,
    wanted: `at most ${ceiling}`,
    measured,
    reached: measured === undefined ? undefined : measured <= ceiling,
  });
  const random = find(results, "pith", "random-16MiB")?.megabytesPerSecond;
  const twain = find(results, "pith", "twain.txt")?.codedBytes;
  return [
    atLeast("times node huffman", 3.5, timesAsFast(results, inputs, "node huffman")),
    atLeast("times klauspost huffman", 1.2, timesAsFast(results, inputs, "klauspost huffman")),
    atMost("bytes of twain.txt", 222_000, twain),
    atMost("speed spread", 2, speedSpread(results, inputs, "pith")),
    atLeast("random, MB/s", 1500, random),
    atLeast("two workers to one", 1.8, scaling?.twoToOne),
    {
      what: "two threads with nothing in common to one",
      wanted: "the machine's own ceiling",
      measured: scaling?.ceiling,
      reached: undefined,
    },
  ];
}

/** Everything as text for people: MB/s and size of each peer on each input, then the targets. */
export function printReport(
  machine: Machine,
  results: readonly Result[],
  inputs: readonly Input[],
  targets: readonly Target[],
): void {
  const { cpu, cores, node, date, commit, load, busy } = machine;
  console.log(`${cpu}, ${cores} cores, Node ${node}, ${date}, commit ${commit}`);
  if (busy) {
    console.log(`The machine was busy (load ${load.toFixed(1)}): take the ratios, not the speeds.`);
  }
  const peers = [...new Set(results.map(({ peer }) => peer))];
  console.log("\nMB of input per CPU second, and size in % of the input\n");
  console.log(`| input | ${peers.join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(peers.length)}`);
  for (const { name } of inputs) {
    const cells = peers.map((peer) => {
      const result = find(results, peer, name);
      if (result === undefined) return "";
      const percent = (100 * result.codedBytes) / result.plainBytes;
      return `${result.megabytesPerSecond.toFixed(0)}, ${percent.toFixed(2)} %`;
    });
    console.log(`| ${name} | ${cells.join(" | ")} |`);
  }
  const speeds = peers.map((peer) => timesAsFast(results, inputs, peer)?.toFixed(2) ?? "");
  console.log(`| times as fast as it, corpus | ${speeds.join(" | ")} |`);
  const spreads = peers.map((peer) => speedSpread(results, inputs, peer)?.toFixed(2) ?? "");
  console.log(`| speed spread, compressible kinds | ${spreads.join(" | ")} |`);
  console.log("\n| target | wanted | measured | |\n| --- | --- | --- | --- |");
  for (const { what, wanted, measured, reached } of targets) {
    const shown = measured === undefined ? "not measured" : Number(measured.toFixed(2));
    const verdict = reached === undefined ? "" : reached ? "reached" : "missed";
    console.log(`| ${what} | ${wanted} | ${shown} | ${verdict} |`);
  }
}
