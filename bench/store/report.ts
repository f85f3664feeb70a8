/**
 * Report of the store's benchmark: medians of the rounds, and a table that goes into
 * docs/performance.md as it is.
 */
import { type Machine, median } from "../deflate/report.ts";
import type { Operation } from "./cases.ts";
import type { Run } from "./clients.ts";
import type { ServerKind } from "./servers.ts";

export interface Sample extends Run {
  readonly server: ServerKind;
  readonly case: string;
  readonly operation: Operation;
  readonly cpuSeconds: number;
}

/** One server at one case, over all rounds. */
export interface Summary {
  readonly case: string;
  readonly operation: Operation;
  readonly server: ServerKind;
  /** 10^6 bytes a second of wall-clock time. */
  readonly megabytesPerSecond: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** CPU seconds of the server for 10^9 bytes. */
  readonly cpuSecondsPerGigabyte: number;
}

/** Medians over the rounds of each server, case and operation, in the order they were measured. */
export function summaryOf(samples: readonly Sample[]): Summary[] {
  const groups = Map.groupBy(
    samples,
    (sample) => `${sample.case} ${sample.operation} ${sample.server}`,
  );
  return [...groups.values()].map((group) => {
    const [first] = group as [Sample];
    const over = (value: (sample: Sample) => number): number => median(group.map(value));
    return {
      case: first.case,
      operation: first.operation,
      server: first.server,
      megabytesPerSecond: over(({ bytes, seconds }) => bytes / 1e6 / seconds),
      requestsPerSecond: over(({ milliseconds, seconds }) => milliseconds.length / seconds),
      p50Ms: over(({ milliseconds }) => percentile(milliseconds, 0.5)),
      p95Ms: over(({ milliseconds }) => percentile(milliseconds, 0.95)),
      p99Ms: over(({ milliseconds }) => percentile(milliseconds, 0.99)),
      cpuSecondsPerGigabyte: over(({ cpuSeconds, bytes }) => (cpuSeconds * 1e9) / bytes),
    };
  });
}

/** The value that this share of the values does not pass. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function printReport(machine: Machine, summaries: readonly Summary[]): void {
  const { cpu, cores, node, date, commit, load, busy } = machine;
  const noise = busy ? `, busy (load ${load.toFixed(1)})` : "";
  console.log(`${date}, commit ${commit}, Node ${node}, ${cores} x ${cpu}${noise}\n`);
  console.log("| case | server | MB/s | requests/s | p50 ms | p95 ms | p99 ms | CPU s/GB |");
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
  const order = Map.groupBy(summaries, (each) => `${each.operation} ${each.case}`);
  for (const [name, group] of order) {
    for (const each of group) {
      const figures = [
        each.megabytesPerSecond,
        each.requestsPerSecond,
        each.p50Ms,
        each.p95Ms,
        each.p99Ms,
        each.cpuSecondsPerGigabyte,
      ];
      console.log(`| ${[name, each.server, ...figures.map(short)].join(" | ")} |`);
    }
  }
}

/** Three digits that count. */
function short(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
