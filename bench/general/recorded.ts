/**
 * Sizes that tools once made of the corpus's files (peers.csv beside them), for tools that are not here.
 */
import { existsSync, readFileSync } from "node:fs";
import { corpus, corpusPath } from "../../test/corpus.ts";
import { sum } from "../jpeg/comparison.ts";
import type { Unit } from "./units.ts";

export interface RecordedTotal {
  readonly tool: string;
  readonly codedBytes: number;
}

/** Columns of the record that are told, and the peer whose absence makes them worth telling. */
const TOOLS = [
  { column: "divans11m2", tool: "dropbox/divans -q11 -mixing=2", peer: "dropbox/divans" },
  { column: "bsc", tool: "bsc 3.3.5", peer: "bsc" },
  { column: "zpaq5", tool: "zpaq -m5, 0.4 MB/s", peer: "zpaq" },
] as const;

/** What tools outside `peers` once made of all these units; none unless each is of the record. */
export function recordedTotals(
  units: readonly Unit[],
  peers: readonly string[],
): readonly RecordedTotal[] {
  const path = corpusPath("general/peers.csv");
  if (corpus === undefined || !existsSync(path)) return [];
  const [head = "", ...lines] = readFileSync(path, "utf8").trim().split("\n");
  const columns = head.split(",");
  const rows = new Map(lines.map((line) => [line.split(",")[0]!, line.split(",").map(Number)]));
  const own = units.map(({ name, bytes }) => {
    const row = rows.get(name);
    return row?.[columns.indexOf("bytes")] === bytes.length ? row : undefined;
  });
  if (own.length === 0 || own.includes(undefined)) return [];
  return TOOLS.filter(({ peer }) => !peers.includes(peer)).map(({ column, tool }) => ({
    tool,
    codedBytes: sum(own.map((row) => row![columns.indexOf(column)]!)),
  }));
}
