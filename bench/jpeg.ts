/**
 * Benchmark of the JPEG codecs: `npm run bench -- jpeg [--json] [--quick] [--rounds N] [--only PART]
 * [--priors FOLDER] [--plots FOLDER]`.
 *
 *   comparison   everyone on every photo, there and back: the table of the slides
 *   folders      progressive/, large/ and the photos' thumbnails, and what other tools were once seen to reach
 *   warm         speed in process on one thread, for each kind of sampling, beside djxl and cjxl
 *   segments     what segments cost in size and gain in time
 *   cold         whole commands on one photo, time to the first byte
 *   restored     who gives back the awkward files of vectors/ and hostile/
 *
 * Peers run in the same session, interleaved; medians count. Sizes and proofs are exact at any load,
 * CPU figures want a quiet machine, wall-clock figures want a silent one. Figures as SVG go to
 * `--plots`, by default bench/jpeg/out. `--quick` takes a few files of each folder.
 *
 * Lepton's model and the dense one stand beside each other in every part. `--priors` names a folder that
 * training with folds has written: each file is then coded with priors that know neither it nor its
 * camera's maker. Without it the shipped priors serve, and the report says so.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { corpus } from "../test/corpus.ts";
import { type Command, JSON_OPTION, optionsOf, refuse } from "./command/options.ts";
import { machineNow } from "./deflate/report.ts";
import {
  DEFAULT_SEGMENTS,
  DENSE_DEFAULT_SEGMENTS,
  DENSE_ONE_SEGMENT,
  ONE_SEGMENT,
} from "./jpeg/coders.ts";
import { coldFigures } from "./jpeg/cold.ts";
import { comparisonOf, recordedTotals, rowsOf } from "./jpeg/comparison.ts";
import { figuresOf } from "./jpeg/figures.ts";
import { fileOf, filesOf, recordedOf } from "./jpeg/files.ts";
import { type Peer, peersOf } from "./jpeg/peers.ts";
import { priorsNote, takePriorsFrom } from "./jpeg/priors.ts";
import { programsHere } from "./jpeg/programs.ts";
import { type FolderSizes, type Measured, printReport } from "./jpeg/report.ts";
import { restoredFolders } from "./jpeg/restored.ts";
import { segmentCurves } from "./jpeg/segments.ts";
import { storedFiles } from "./jpeg/stored.ts";
import { targetsOf } from "./jpeg/targets.ts";
import { thumbnailsOf } from "./jpeg/thumbnails.ts";
import { warmSamples, warmSpeeds } from "./jpeg/warm.ts";

const PARTS = ["comparison", "folders", "warm", "segments", "cold", "restored"] as const;

/** The photo on which everyone's memory is taken: the largest, 8 megapixels in 4:2:0. */
const MEMORY_FILE = "nexus-4.jpg";

const COMMAND = {
  name: "jpeg",
  says: "Lepton's model and the dense one beside other tools for JPEGs, as far as they are here.",
  options: {
    json: JSON_OPTION,
    quick: { kind: "flag", says: "a few files of each folder" },
    rounds: { kind: "count", value: 3, says: "rounds of all; medians count" },
    only: { kind: "text", argument: "PART", says: `the beginning of ${PARTS.join(", ")}` },
    priors: {
      kind: "text",
      argument: "FOLDER",
      says: "what training with folds wrote, so that no file was trained on",
    },
    plots: { kind: "text", argument: "FOLDER", says: "where figures go; else bench/jpeg/out" },
  },
} as const satisfies Command;

const values = optionsOf(COMMAND);
const plots = values.plots === "" ? resolve(import.meta.dirname, "jpeg/out") : values.plots;

const wanted = PARTS.filter((part) => part.startsWith(values.only));
if (wanted.length === 0) refuse(COMMAND, `--only takes the beginning of ${PARTS.join(", ")}`);
if (corpus === undefined) throw new Error("no corpus folder here: PITH_CORPUS names it");

takePriorsFrom(values.priors);
const folder = mkdtempSync(join(tmpdir(), "pith-bench-"));
try {
  const measured = await measure(wanted, values.quick, values.rounds);
  const targets = targetsOf(measured);
  if (values.json) console.log(JSON.stringify({ ...measured, targets }, null, 2));
  else printReport(measured, targets);
  drawFigures(measured);
} finally {
  rmSync(folder, { recursive: true });
}
// Threads of the codec that idle are no reason to stay.
process.exit();

async function measure(
  parts: readonly string[],
  quick: boolean,
  rounds: number,
): Promise<Measured> {
  const measured: Measured = { machine: machineNow(), quick, priors: priorsNote() };
  const alone = parts.every((part) => part === "segments" || part === "restored");
  const programs = alone ? [] : programsHere();
  const peers = alone ? [] : peersOf(programs, folder);
  await warmUp(peers);
  if (parts.includes("comparison")) await compare(measured, peers, quick);
  if (parts.includes("folders")) await measureFolders(measured, peers, quick);
  if (parts.includes("warm")) {
    const able = peers.filter(({ forJpeg, reversible }) => forJpeg && reversible);
    measured.warmSamples = await warmSamples(filesOf("photos", quick), able, rounds);
    measured.warm = warmSpeeds(measured.warmSamples);
  }
  for (const peer of peers) peer.close();
  if (parts.includes("segments")) measured.segments = await segmentCurves(quick, rounds);
  if (parts.includes("cold")) measured.cold = await coldFigures(programs, folder, rounds);
  if (parts.includes("restored")) measured.restored = await restoredFolders(quick);
  return measured;
}

/** Kernels are compiled in two steps, the better one while the first runs. */
async function warmUp(peers: readonly Peer[]): Promise<void> {
  const photo = fileOf("photos", MEMORY_FILE);
  for (const peer of peers.filter(({ ours }) => ours)) await peer.roundTrip(photo);
}

async function compare(measured: Measured, peers: readonly Peer[], quick: boolean): Promise<void> {
  const photos = filesOf("photos", quick);
  const sized = peers.filter(({ warmOnly }) => !warmOnly);
  const trips = await comparisonOf(photos, sized, 1);
  measured.trips = trips;
  measured.rows = await rowsOf(trips, sized, fileOf("photos", MEMORY_FILE));
  measured.folders = [{ folder: "photos", rows: measured.rows, recorded: recorded("photos") }];

  function recorded(of: "photos"): FolderSizes["recorded"] {
    return recordedTotals(recordedOf(of), trips, ourPeer);
  }
}

/** What a recorded tool is compared with: those whose name says one segment, with one of ours. */
function ourPeer(tool: string): { readonly lepton: string; readonly dense: string } {
  return /1 segment|packJPG|brunsli|libjxl/.test(tool)
    ? { lepton: ONE_SEGMENT, dense: DENSE_ONE_SEGMENT }
    : { lepton: DEFAULT_SEGMENTS, dense: DENSE_DEFAULT_SEGMENTS };
}

/** Folders beside photos/: only those peers that know JPEG and give it back. */
async function measureFolders(
  measured: Measured,
  peers: readonly Peer[],
  quick: boolean,
): Promise<void> {
  const able = peers.filter(
    ({ forJpeg, reversible, warmOnly }) => forJpeg && reversible && !warmOnly,
  );
  const progressive = filesOf("progressive", quick);
  const trips = await comparisonOf(progressive, able, 1);
  const rows = await rowsOf(trips, able, undefined);
  const thumbnails = thumbnailsOf(filesOf("photos", quick));
  const smallTrips = await comparisonOf(thumbnails, able, 1);
  const smallRows = await rowsOf(smallTrips, able, undefined);
  const recorded = recordedTotals(recordedOf("progressive"), trips, ourPeer);
  const large = filesOf("large", quick);
  const programs = able.filter(({ ours }) => !ours);
  const largeTrips = await comparisonOf(large, programs, 1);
  const largeRows = await rowsOf(largeTrips, programs, undefined);
  measured.folders = [
    ...(measured.folders ?? []),
    { folder: "progressive", rows, recorded },
    { folder: "thumbnails", rows: smallRows, recorded: [] },
    { folder: "large", rows: largeRows, recorded: [] },
  ];
  measured.stored = await storedFiles([...large, ...progressive]);
}

function drawFigures(measured: Measured): void {
  const { cpu, cores, date, commit, busy } = measured.machine;
  const figures = figuresOf({
    where: `${cpu}, ${cores} cores, ${date}, ${commit}${busy ? ", busy machine" : ""}`,
    trips: measured.trips ?? [],
    rows: measured.rows ?? [],
    warm: measured.warmSamples ?? [],
    curves: measured.segments ?? [],
  });
  if (figures.length === 0) return;
  mkdirSync(plots, { recursive: true });
  for (const { name, svg } of figures) writeFileSync(join(plots, name), svg);
  console.error(`figures: ${figures.map(({ name }) => name).join(", ")} in ${plots}`);
}
