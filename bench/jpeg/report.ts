/**
 * Report of the JPEG benchmark: tables that go into docs/performance.md as they are.
 */
import type { Machine, Target } from "../deflate/report.ts";
import type { Cold } from "./cold.ts";
import type { RecordedTotal, Row, Trip } from "./comparison.ts";
import type { Memory } from "./peers.ts";
import type { PriorsNote } from "./priors.ts";
import { printRestored } from "./report-restored.ts";
import { printCurve } from "./report-segments.ts";
import type { RestoredFolder } from "./restored.ts";
import type { SegmentCurve } from "./segments.ts";
import type { StoredFile } from "./stored.ts";
import { bytes, heading, percentSaved, printTargets, speed, table } from "./tables.ts";
import type { WarmSample, WarmSpeed } from "./warm.ts";

export interface FolderSizes {
  readonly folder: string;
  readonly rows: readonly Row[];
  readonly recorded: readonly RecordedTotal[];
}

/** Everything that was measured; parts that were not asked for are missing. */
export interface Measured {
  readonly machine: Machine;
  /** A few files of each folder: totals are not those of the targets. */
  readonly quick: boolean;
  /** What the dense model knew of the files. */
  readonly priors: PriorsNote;
  trips?: readonly Trip[];
  rows?: readonly Row[];
  folders?: readonly FolderSizes[];
  stored?: readonly StoredFile[];
  warmSamples?: readonly WarmSample[];
  warm?: readonly WarmSpeed[];
  segments?: readonly SegmentCurve[];
  cold?: Cold;
  restored?: readonly RestoredFolder[];
}

export function printReport(measured: Measured, targets: readonly Target[]): void {
  const { cpu, cores, node, date, commit, load, busy } = measured.machine;
  console.log(`${cpu}, ${cores} cores, Node ${node}, ${date}, commit ${commit}`);
  if (busy) {
    console.log(`The machine was busy (load ${load.toFixed(1)}): take the ratios, not the speeds.`);
  }
  console.log(measured.priors.says);
  if (measured.rows !== undefined) printComparison(measured.rows);
  for (const folder of measured.folders ?? []) printFolder(folder);
  if (measured.stored !== undefined) printStored(measured.stored);
  if (measured.warm !== undefined) printWarm(measured.warm);
  for (const curve of measured.segments ?? []) printCurve(curve);
  if (measured.cold !== undefined) printCold(measured.cold);
  for (const folder of measured.restored ?? []) printRestored(folder);
  printTargets(targets);
}

function printComparison(rows: readonly Row[]): void {
  heading("Everyone on photos/: MB of JPEG per CPU second; memory on one photo of 8 megapixels");
  table(
    [
      "tool",
      "saved",
      "bit for bit",
      "chunks alone",
      "encode",
      "decode",
      "memory MiB, encode / decode",
    ],
    rows.map((row) => [
      row.peer,
      percentSaved(row),
      verdict(row),
      row.chunked ? "yes" : "no",
      speed(row.encodeSpeed),
      speed(row.decodeSpeed),
      memory(row.memory),
    ]),
  );
  const versions = rows.filter(({ ours, version }) => !ours && version !== "unknown");
  console.log(`\n${versions.map(({ peer, version }) => `${peer}: ${version}`).join("; ")}`);
}

/** Files not taken are told, so that a share of the files is never read as the whole. */
function verdict({ files, bitForBit, refused, wrong, leftOut, decodeSpeed }: Row): string {
  const notes: string[] = [];
  if (refused > 0) notes.push(`${refused} refused`);
  if (leftOut > 0) notes.push(`${leftOut} too slow to try`);
  if (wrong > 0) notes.push(`${wrong} WRONG`);
  if (files === 0) return notes.join(", ");
  const word = bitForBit ? "yes" : decodeSpeed === undefined ? "no: another JPEG" : "NO";
  return [word, ...notes].join(", ");
}

function memory(of: Memory | undefined): string {
  if (of?.encodeKib === undefined) return "";
  const mib = (kib: number | undefined): string =>
    kib === undefined ? "-" : (kib / 1024).toFixed(0);
  const both = `${mib(of.encodeKib)} / ${mib(of.decodeKib)}`;
  return of.idleKib === undefined ? both : `${both}, ${mib(of.idleKib)} of them Node's`;
}

function printFolder({ folder, rows, recorded }: FolderSizes): void {
  heading(`Sizes of ${folder}/`);
  table(
    ["tool", "files", "of bytes", "bytes", "saved", "bit for bit"],
    rows
      .filter(({ codedBytes }) => codedBytes > 0)
      .map((row) => [
        row.peer,
        row.files,
        bytes(row.plainBytes),
        bytes(row.codedBytes),
        percentSaved(row),
        verdict(row),
      ]),
  );
  if (recorded.length === 0) return;
  console.log("\nRecorded earlier, on files that the tool restored; ours of the same files\n");
  table(
    ["tool", "files", "bytes", "saved", "ours", "saved by ours", "dense", "saved by dense"],
    recorded
      .filter(({ files }) => files > 0)
      .map((total) => [
        total.tool,
        total.files,
        bytes(total.codedBytes),
        percentSaved(total),
        bytes(total.ourBytes),
        percentSaved({ ...total, codedBytes: total.ourBytes }),
        bytes(total.denseBytes),
        percentSaved({ ...total, codedBytes: total.denseBytes }),
      ]),
  );
}

function printStored(files: readonly StoredFile[]): void {
  heading("As Pith stores them: chunk by chunk");
  table(
    ["file", "effort", "bytes", "stored", "saved", "chunks", "restored"],
    files.map(({ file, effort, plainBytes, storedBytes, chunks, restored }) => [
      file,
      effort,
      bytes(plainBytes),
      bytes(storedBytes),
      percentSaved({ plainBytes, codedBytes: storedBytes }),
      chunks.join(" "),
      restored ? "yes" : "NO",
    ]),
  );
}

function printWarm(speeds: readonly WarmSpeed[]): void {
  heading("In process, warm, one thread: MB of JPEG per CPU second, nanoseconds per byte");
  table(
    ["sampling", "peer", "files", "encode", "ns/byte", "decode", "ns/byte", "times djxl"],
    speeds.map((each) => {
      const djxl = speeds.find(
        ({ peer, sampling }) => peer === "libjxl" && sampling === each.sampling,
      );
      const ratio = djxl === undefined ? undefined : each.decodeSpeed / djxl.decodeSpeed;
      return [
        each.sampling,
        each.peer,
        each.files,
        speed(each.encodeSpeed),
        speed(each.encodeNsPerByte),
        speed(each.decodeSpeed),
        speed(each.decodeNsPerByte),
        ratio === undefined ? "" : ratio.toFixed(2),
      ];
    }),
  );
}

function printCold({ file, plainBytes, runs, firstBytes }: Cold): void {
  heading(`Whole processes on ${file}, ${bytes(plainBytes)} bytes`);
  table(
    ["command", "wall ms", "CPU ms", "peak MiB"],
    runs.map(({ command, wallMs, cpuMs, peakMib }) => [
      command,
      wallMs.toFixed(0),
      cpuMs.toFixed(0),
      peakMib?.toFixed(0) ?? "",
    ]),
  );
  console.log("");
  table(
    ["decoding as it is read", "first byte, ms", "first of the scan", "share", "whole, ms"],
    firstBytes.map(({ what, firstByteMs, firstScanByteMs, wholeMs }) => [
      what,
      firstByteMs.toFixed(1),
      firstScanByteMs.toFixed(1),
      `${((100 * firstScanByteMs) / wholeMs).toFixed(1)} %`,
      wholeMs.toFixed(0),
    ]),
  );
}
