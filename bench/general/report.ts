/**
 * Report of the general benchmark: tables that go into docs/performance.md as they are.
 */
import type { Machine, Target } from "../deflate/report.ts";
import { bytes, heading, printTargets, speed, table } from "../jpeg/tables.ts";
import { oursAt } from "./coders.ts";
import type { Row, Trip } from "./comparison.ts";
import { EFFORTS } from "./doors.ts";
import type { Memory } from "./peers.ts";
import { ZLIB } from "./programs.ts";
import type { RecordedTotal } from "./recorded.ts";
import { distancesOf } from "./targets.ts";

export interface Measured {
  readonly machine: Machine;
  readonly rounds: number;
  /** Sizes only, peers' perhaps from an earlier run. */
  readonly sizesOnly: boolean;
  readonly missing: readonly string[];
  /** Peers whose best no file may miss by much. */
  readonly rivals: readonly string[];
  readonly trips: readonly Trip[];
  readonly rows: readonly Row[];
  readonly recorded: readonly RecordedTotal[];
  readonly targets: readonly Target[];
}

export function printMachine({ cpu, cores, node, date, commit, load, busy }: Machine): void {
  console.log(`${cpu}, ${cores} cores, Node ${node}, ${date}, commit ${commit}`);
  if (busy) {
    console.log(`The machine was busy (load ${load.toFixed(1)}): take the ratios, not the speeds.`);
  }
}

export function printReport(measured: Measured): void {
  const { rows, trips, missing, rivals, sizesOnly, rounds } = measured;
  printMachine(measured.machine);
  if (missing.length > 0) console.log(`Not here: ${missing.join(", ")}.`);
  printSizes(trips, rows);
  printDistances(trips, rivals);
  printTotals(measured);
  if (!sizesOnly) {
    printSpeeds(trips);
    console.log(rounds === 1 ? "\nOne round." : `\nMedians of ${rounds} rounds.`);
  }
  for (const { peer, unit, fault } of trips.filter((trip) => trip.fault !== undefined)) {
    console.log(`\nFAULT: ${peer} on ${unit}: ${fault}`);
  }
  if (measured.targets.length > 0) printTargets(measured.targets);
}

function printSizes(trips: readonly Trip[], rows: readonly Row[]): void {
  heading("Bytes of each unit");
  const units = [...new Map(trips.map(({ unit, plainBytes }) => [unit, plainBytes]))];
  const cell = (unit: string, peer: string): string => {
    const trip = trips.find((one) => one.unit === unit && one.peer === peer);
    return trip?.codedBytes === undefined ? "FAULT" : bytes(trip.codedBytes);
  };
  const plain = units.reduce((total, [, plainBytes]) => total + plainBytes, 0);
  table(
    ["unit", "bytes", ...rows.map(({ peer }) => peer)],
    [
      ...units.map(([unit, size]) => [
        unit,
        bytes(size),
        ...rows.map(({ peer }) => cell(unit, peer)),
      ]),
      ["sum", bytes(plain), ...rows.map(({ codedBytes }) => bytes(codedBytes))],
    ],
  );
}

function printDistances(trips: readonly Trip[], rivals: readonly string[]): void {
  const ours = EFFORTS.map((effort) => ({
    effort,
    distances: distancesOf(trips, oursAt(effort), rivals),
  })).filter(({ distances }) => distances.length > 0);
  const [first] = ours;
  if (first === undefined) return;
  heading(`Ours against the best of ${rivals.join(", ")}, in % of it; below 0 ours is smaller`);
  table(
    ["unit", "best", "its bytes", ...ours.map(({ effort }) => effort)],
    first.distances.map(({ unit, best, bestBytes }) => [
      unit,
      best,
      bytes(bestBytes),
      ...ours.map(({ distances }) => {
        const own = distances.find((distance) => distance.unit === unit);
        return own === undefined ? "FAULT" : signed(own.percent);
      }),
    ]),
  );
}

function printTotals({ rows, recorded, sizesOnly }: Measured): void {
  heading("Everyone: MB of input per CPU second; peaks of whole processes");
  const zlib = rows.find(({ peer }) => peer === ZLIB);
  const plainBytes = Math.max(...rows.map((row) => row.plainBytes));
  const sizes = (codedBytes: number, units: string): string[] => [
    bytes(codedBytes),
    `${((100 * codedBytes) / plainBytes).toFixed(2)} %`,
    zlib === undefined ? "" : `${(100 * (1 - codedBytes / zlib.codedBytes)).toFixed(2)} %`,
    units,
  ];
  const told = rows.map((row) => [
    row.peer,
    ...sizes(row.codedBytes, row.faults === 0 ? "yes" : `NO: ${row.faults} units`),
    ...(sizesOnly ? [] : [speed(row.encodeSpeed), speed(row.decodeSpeed), ...memoryOf(row.memory)]),
  ]);
  const before = recorded.map(({ tool, codedBytes }) => [
    `${tool} (recorded earlier)`,
    ...sizes(codedBytes, ""),
    ...(sizesOnly ? [] : ["", "", "", ""]),
  ]);
  table(
    [
      "peer",
      "bytes",
      "of the input",
      `saved beyond ${ZLIB}`,
      "came back",
      ...(sizesOnly ? [] : ["encode", "decode", "MiB, encode / decode", "of them"]),
    ],
    [...told, ...before],
  );
  const versions = rows.filter(({ version }) => version !== "");
  console.log(
    `\nVersions: ${versions.map(({ peer, version }) => `${peer}: ${version}`).join("; ")}`,
  );
}

function memoryOf(memory: Memory | undefined): [peaks: string, parts: string] {
  if (memory?.encodeKib === undefined) return ["", ""];
  const mib = (kib: number | undefined): string =>
    kib === undefined ? "-" : (kib / 1024).toFixed(0);
  const peaks = `${mib(memory.encodeKib)} / ${mib(memory.decodeKib)}`;
  if (memory.idleKib === undefined) return [peaks, ""];
  const parts = [`Node's ${mib(memory.idleKib)}`];
  if (memory.encodeKernelKib) {
    parts.push(`kernels' ${mib(memory.encodeKernelKib)} / ${mib(memory.decodeKernelKib)}`);
  }
  return [peaks, parts.join(", ")];
}

function printSpeeds(trips: readonly Trip[]): void {
  const peers = [...new Set(trips.map(({ peer }) => peer))];
  const units = [...new Set(trips.map(({ unit }) => unit))];
  heading("MB of input per CPU second, encode / decode");
  table(
    ["unit", ...peers],
    units.map((unit) => [
      unit,
      ...peers.map((peer) => {
        const trip = trips.find((one) => one.unit === unit && one.peer === peer);
        if (trip?.encodeSeconds === undefined || trip.decodeSeconds === undefined) return "";
        const megabytes = trip.plainBytes / 1e6;
        return `${rate(megabytes, trip.encodeSeconds)} / ${rate(megabytes, trip.decodeSeconds)}`;
      }),
    ]),
  );
}

/** Nothing where a program took no longer than its start. */
function rate(megabytes: number, seconds: number): string {
  return seconds <= 0 ? "-" : speed(megabytes / seconds);
}

export function signed(percent: number): string {
  return `${percent > 0 ? "+" : ""}${percent.toFixed(2)}`;
}
