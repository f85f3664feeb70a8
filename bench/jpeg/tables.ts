/**
 * Tables of the benchmarks' reports: rows of Markdown, and how figures are written in them.
 */
import type { Target } from "../deflate/report.ts";

export function printTargets(targets: readonly Target[]): void {
  heading("Targets");
  table(
    ["target", "wanted", "measured", ""],
    targets.map(({ what, wanted, measured, reached }) => [
      what,
      wanted,
      measured === undefined ? "not measured" : Number(measured.toFixed(2)),
      reached === undefined ? "" : reached ? "reached" : "missed",
    ]),
  );
}

export function heading(words: string): void {
  console.log(`\n${words}\n`);
}

export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  console.log(`| ${head.join(" | ")} |`);
  console.log(`|${" --- |".repeat(head.length)}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

export function percentSaved(of: {
  readonly plainBytes: number;
  readonly codedBytes: number;
}): string {
  if (of.plainBytes === 0) return "";
  return `${(100 - (100 * of.codedBytes) / of.plainBytes).toFixed(2)} %`;
}

export function speed(value: number | undefined): string {
  if (value === undefined) return "";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

export function bytes(count: number): string {
  return count.toLocaleString("en-US");
}

export function mibOf(kib: number): string {
  return (kib / 1024).toFixed(0);
}
