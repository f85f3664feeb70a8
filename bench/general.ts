/**
 * Benchmark of the general codec: `npm run bench -- general [--json] [--files PATH]... [--effort LIST]
 * [--peers LIST] [--rounds N] [--no-time] [--mash] [--optimizers]`.
 *
 *   unit 1   zlib 9, pith fast, ..., bzip2, brotli, zstd, xz, 7-Zip      unit 2   ...
 *
 * A unit is a file of at most 4 MiB, or a piece of a larger one (general/units.ts); without `--files`
 * they are the corpus's. Everyone codes each and gives it back in the same run, interleaved, on one
 * thread; a size counts only when what came back was the same. Ours and zlib are timed in this process, warm,
 * the others by their CPU time beyond their start. `--effort` and `--peers` are lists with commas of
 * what to take (`--peers none`, or the beginnings of names); peers that are not installed are named
 * as missing.
 *
 * `--no-time` is for work on the codec: sizes only, once, and what peers made of a file is kept in
 * the temp folder, so that a rerun takes no longer than our own coding.
 *
 * `--mash` and `--optimizers` instead take the units' parses by brotli, by xz and by ourselves, and
 * tell what mash-ups and optimizers make of them (general/mash.ts, general/optimizers.ts).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, JSON_OPTION, optionsOf, refuse } from "./command/options.ts";
import { machineNow } from "./deflate/report.ts";
import { CODERS } from "./general/coders.ts";
import { comparisonOf, rowsOf } from "./general/comparison.ts";
import { EFFORTS } from "./general/doors.ts";
import { mashTargets, mashUps, printMashUps } from "./general/mash.ts";
import { optimizerGains, printGains } from "./general/optimizers.ts";
import { inProcessPeer, type Peer, programPeer } from "./general/peers.ts";
import { findPrograms, PROGRAMS, ZLIB } from "./general/programs.ts";
import { recordedTotals } from "./general/recorded.ts";
import { type Measured, printMachine, printReport } from "./general/report.ts";
import { targetsOf } from "./general/targets.ts";
import { type Unit, unitsOf } from "./general/units.ts";
import { printTargets } from "./jpeg/tables.ts";

const COMMAND = {
  name: "general",
  says: "The general codec beside zlib, bzip2, brotli, zstd, xz and 7-Zip, as far as they are here.",
  options: {
    json: JSON_OPTION,
    files: { kind: "texts", argument: "PATH", says: "a file instead of the corpus's" },
    effort: {
      kind: "text",
      value: EFFORTS.join(","),
      argument: "LIST",
      says: "efforts with commas, or none",
    },
    peers: {
      kind: "text",
      argument: "LIST",
      says: "beginnings of their names with commas, or none; else all",
    },
    rounds: { kind: "count", value: 1, says: "rounds of all; medians count" },
    time: { kind: "flag", isOn: true, says: "sizes only, once; keeps what peers made of a file" },
    mash: { kind: "flag", says: "what mash-ups make of the units' parses, instead" },
    optimizers: { kind: "flag", says: "what optimizers make of them, instead" },
  },
} as const satisfies Command;

const values = optionsOf(COMMAND);

const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
try {
  const units = unitsOf(values.files);
  if (values.mash || values.optimizers) await measureIrs(units);
  else await measurePeers(units);
} finally {
  rmSync(folder, { recursive: true });
}
// Threads of the codec that idle are no reason to stay.
process.exit();

async function measurePeers(units: readonly Unit[]): Promise<void> {
  const measured = await measure(units);
  if (values.json) console.log(JSON.stringify(measured, null, 2));
  else printReport(measured);
}

async function measureIrs(units: readonly Unit[]): Promise<void> {
  const machine = machineNow();
  const mashed = values.mash ? await mashUps(units, folder) : [];
  const gains = values.optimizers ? await optimizerGains(units, folder) : [];
  const targets = mashTargets(mashed);
  if (values.json) return console.log(JSON.stringify({ machine, mashed, gains, targets }, null, 2));
  printMachine(machine);
  if (values.mash) printMashUps(mashed);
  if (values.optimizers) printGains(gains);
  if (targets.length > 0) printTargets(targets);
}

async function measure(units: readonly Unit[]): Promise<Measured> {
  const machine = machineNow();
  const { peers, missing } = peersWanted();
  const keptIn = values.time ? undefined : join(tmpdir(), "pith-bench-general");
  const plan = { rounds: values.rounds, keptIn };
  if (values.time) await warmUp(units, peers);
  const trips = await comparisonOf(units, peers, plan);
  const rows = rowsOf(trips, peers, values.time ? largestOf(units) : undefined);
  for (const peer of peers) peer.close();
  const rivals = peers.filter(({ rival }) => rival).map(({ name }) => name);
  const names = peers.map(({ name }) => name);
  const targets = targetsOf(trips, rows, rivals);
  return {
    machine,
    rounds: plan.rounds,
    sizesOnly: !values.time,
    missing,
    rivals,
    trips,
    rows,
    recorded: recordedTotals(units, names),
    targets: values.time ? targets : targets.filter(({ measured }) => measured !== undefined),
  };
}

function peersWanted(): { readonly peers: readonly Peer[]; readonly missing: readonly string[] } {
  const efforts = values.effort.split(",");
  const unknown = efforts.find((effort) => !["none", ...EFFORTS].includes(effort));
  if (unknown !== undefined) refuse(COMMAND, `no such effort: ${unknown}`);
  const wanted = values.peers.split(",");
  const named = (name: string): boolean => wanted.some((beginning) => name.startsWith(beginning));
  const { here, missing } = findPrograms(PROGRAMS.filter(({ name }) => named(name)));
  const coders = CODERS.filter(({ name, effort }) =>
    effort === undefined ? named(name) : efforts.includes(effort),
  );
  const peers = [
    ...coders.filter(({ name }) => name === ZLIB).map((coder) => inProcessPeer(coder, folder)),
    ...here.map((program) => programPeer(program, folder)),
    ...coders.filter(({ name }) => name !== ZLIB).map((coder) => inProcessPeer(coder, folder)),
  ];
  if (peers.length === 0) throw new Error("nobody is left to measure");
  return { peers, missing };
}

/** Kernels are compiled in two steps, the better one while the first runs. */
async function warmUp(units: readonly Unit[], peers: readonly Peer[]): Promise<void> {
  const [first] = [...units].filter(({ bytes }) => bytes.length >= 256 * 1024).sort(bySize);
  const unit = first ?? largestOf(units);
  for (const peer of peers) if (peer.effort !== undefined && unit) await peer.roundTrip(unit);
}

function largestOf(units: readonly Unit[]): Unit | undefined {
  return [...units].sort(bySize).at(-1);
}

function bySize(a: Unit, b: Unit): number {
  return a.bytes.length - b.bytes.length;
}
