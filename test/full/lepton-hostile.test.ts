/**
 * The hostile corpus: awkward and broken files, each restored or refused with a fault, none wrong,
 * none beyond twenty seconds or the memory that a coder may take. What both existing Leptons restore,
 * we restore.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { corpusFile, corpusPath, withoutCorpus } from "../corpus.ts";
import { type Outcome, outcomeOf } from "../jpeg/round-trip.ts";

const FILE_MS_MAXIMUM = 20_000;
const RESTORED_MINIMUM = 35;

/** Of this whole process, Node's own 60 MiB and the files themselves included: what dropbox/lepton's
 * encoder was given in production, though here the decoder takes its part as well. */
const PROCESS_BYTES_MAXIMUM = (178 + 60) * 1024 * 1024;

/** Files that dropbox/lepton and lepton_jpeg_rust both restore, by the table of the peers. */
function restoredByBoth(): Set<string> {
  const [head, ...rows] = new TextDecoder()
    .decode(corpusFile("jpeg/peers-hostile.csv"))
    .trim()
    .split("\n")
    .map((row) => row.split(","));
  const columns = ["lepton-cpp", "lepton-rust"].map((name) => head!.indexOf(name));
  assert.ok(columns.every((column) => column > 0));
  const isRestored = (row: string[]): boolean => columns.every((column) => Number(row[column]) > 0);
  return new Set(rows.filter(isRestored).map((row) => row[0]!));
}

test("every hostile file is restored or refused", { skip: withoutCorpus }, async (context) => {
  const files = readdirSync(corpusPath("jpeg/hostile")).filter((name) => name.endsWith(".jpg"));
  assert.equal(files.length, 93);
  const wanted = restoredByBoth();
  assert.ok(wanted.size > 20);
  const outcomes = new Map<Outcome, string[]>();
  for (const name of files) {
    const start = performance.now();
    const outcome = await outcomeOf(corpusFile(`jpeg/hostile/${name}`));
    const spentMs = performance.now() - start;
    assert.ok(spentMs < FILE_MS_MAXIMUM, `${name} took ${Math.round(spentMs)} ms`);
    if (wanted.has(name)) assert.equal(outcome, "restored", name);
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), name]);
  }
  for (const [outcome, names] of outcomes) context.diagnostic(`${outcome}: ${names.join(" ")}`);
  const restored = outcomes.get("restored")?.length ?? 0;
  assert.ok(restored >= RESTORED_MINIMUM, `${restored} restored`);
  const takenBytes = 1024 * process.resourceUsage().maxRSS;
  context.diagnostic(`${Math.round(takenBytes / 1024 / 1024)} MiB at most`);
  assert.ok(takenBytes < PROCESS_BYTES_MAXIMUM, `${takenBytes} bytes`);
});
