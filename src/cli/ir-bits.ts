/**
 * What the bits of IR are spent on, as a table.
 *
 *   notes.ir: 58,493 commands for 388 kB, 119 kB as bits
 *     spent on      bytes  share  each
 */
import type { measureIr } from "../divans/index.ts";
import { type Ir, IrCursor } from "../ir/index.ts";
import { printable } from "./printable.ts";
import type { Run } from "./run.ts";
import { countOf, formatBytes, formatCount, formatPercent, formatTable } from "./table.ts";

type IrBits = Awaited<ReturnType<typeof measureIr>>;

/** What each account is, for people. */
const SAYS: Readonly<Record<keyof IrBits, string>> = {
  literals: "literals",
  runs: "lengths of runs of literals",
  types: "types of commands",
  lengths: "lengths of copies",
  distances: "distances of copies",
  words: "words of the dictionary",
  hints: "hints, lengths of rndins",
};

/** Commands of an IR by what they are, and what they make. */
interface Counts {
  readonly plainBytes: number;
  readonly commands: number;
  readonly literals: number;
  readonly copies: number;
  readonly words: number;
}

/** Tells what `bits` are of `ir`. */
export async function tellBits(name: string, ir: Ir, bits: IrBits, run: Run): Promise<void> {
  const counts = countsOf(ir);
  await run.tell({ name, ...counts, bits });
  const total = sum(bits);
  const accounts = Object.keys(SAYS) as (keyof IrBits)[];
  const rows = accounts.map((account) => [
    `  ${SAYS[account]}`,
    bytesOf(bits[account]),
    shareOf(bits[account], total),
  ]);
  const { plainBytes, commands } = counts;
  await run.say(
    [
      `${printable(name)}: ${countOf(commands, "command")} for ${formatBytes(plainBytes)}, ` +
        `${formatBytes(Math.round(total / 8))} as bits`,
      formatTable(
        ["  spent on", "bytes", "share"],
        [...rows, ["  all", bytesOf(total), shareOf(total, total)]],
        ["left", "right", "right"],
      ),
    ].join("\n"),
  );
}

function countsOf(ir: Ir): Counts {
  const counts = { plainBytes: 0, commands: 0, literals: 0, copies: 0, words: 0 };
  const cursor = new IrCursor(ir);
  while (cursor.next()) {
    const { kind, length } = cursor;
    counts.commands++;
    counts.plainBytes += length;
    if (kind === "insert" || kind === "rndins") counts.literals += length;
    else if (kind === "copy") counts.copies++;
    else if (kind === "dict") counts.words++;
  }
  return counts;
}

function sum(bits: IrBits): number {
  return Object.values(bits).reduce((total, each) => total + each, 0);
}

function bytesOf(bits: number): string {
  return formatCount(Math.round(bits / 8));
}

function shareOf(bits: number, total: number): string {
  return formatPercent(total === 0 ? 0 : (100 * bits) / total);
}
