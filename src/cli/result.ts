/**
 * What became of one file, and how it is told: one JSON object, one line, one row.
 */
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";
import {
  countOf,
  formatBytes,
  formatPercent,
  formatRate,
  formatTable,
  savedPercent,
} from "./table.ts";

export interface FileResult {
  readonly name: string;
  /** Where it went; undefined for stdout, or when nothing was written. */
  readonly output: string | undefined;
  /** Codecs that wrote or will read it, for example "zlib" or "deflate+stored". */
  readonly codec: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Plain and coded size, whichever of the two was read. */
  readonly plainBytes: number;
  readonly codedBytes: number;
  readonly seconds: number;
  /** Whether the bytes have been decoded again and found to be the same, or to have the hash
   * that was recorded with them. */
  readonly verified: boolean;
}

/** Rows of a table that are shown unless -v asks for all. */
const ROWS_SHOWN = 40;

/** The result as a JSON object; the shape is documented in docs/guides/command-line.md. */
function resultFields(result: FileResult): Record<string, unknown> {
  return {
    name: result.name,
    ...(result.output === undefined ? {} : { output: result.output }),
    codec: result.codec,
    bytesIn: result.bytesIn,
    bytesOut: result.bytesOut,
    savedPercent: savedPercent(result.plainBytes, result.codedBytes),
    seconds: Math.round(result.seconds * 1000) / 1000,
    verified: result.verified,
  };
}

/** Tells one result: always with --json, as a line when it is alone or with -v. */
export async function tellResult(result: FileResult, ofTotal: number, run: Run): Promise<void> {
  await run.tell(resultFields(result));
  if (ofTotal === 1 && !run.dataOnStdout) await run.say(resultLine(result));
  else if (run.verbose) run.note(resultLine(result));
}

function resultLine(result: FileResult): string {
  const { name, output, bytesIn, bytesOut, plainBytes, codedBytes, seconds, codec } = result;
  const where = output === undefined ? "" : ` -> ${printable(output)}`;
  const sizes =
    bytesIn === bytesOut && output === undefined
      ? formatBytes(bytesIn)
      : `${formatBytes(bytesIn)} -> ${formatBytes(bytesOut)}`;
  const saved = formatPercent(savedPercent(plainBytes, codedBytes));
  const rate = formatRate(plainBytes, seconds);
  return `${printable(name)}${where}: ${sizes}, ${saved} saved by ${codec} (${rate})`;
}

/** The table of several results and their sum, without -q and --json. */
export async function tellTable(results: readonly FileResult[], run: Run): Promise<void> {
  if (results.length === 0 || run.dataOnStdout) return;
  const shown = run.verbose ? results : results.slice(0, ROWS_SHOWN);
  const rows = shown.map((result) => rowOf(result.name, result.codec, result));
  if (shown.length < results.length) {
    rows.push([`... and ${countOf(results.length - shown.length, "more", "more")} (-v)`]);
  }
  const sum = (pick: (result: FileResult) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const total = {
    plainBytes: sum((result) => result.plainBytes),
    codedBytes: sum((result) => result.codedBytes),
  };
  rows.push(rowOf(countOf(results.length, "file"), "", total));
  await run.say(
    formatTable(["file", "codec", "plain", "coded", "saved"], rows, [
      "left",
      "left",
      "right",
      "right",
      "right",
    ]),
  );
}

function rowOf(
  name: string,
  codec: string,
  { plainBytes, codedBytes }: { readonly plainBytes: number; readonly codedBytes: number },
): string[] {
  const saved = formatPercent(savedPercent(plainBytes, codedBytes));
  return [name, codec, formatBytes(plainBytes), formatBytes(codedBytes), saved];
}
