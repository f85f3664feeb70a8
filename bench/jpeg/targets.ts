/**
 * What the JPEG codec must reach, and whether this run did.
 */
import type { Target } from "../deflate/report.ts";
import { DEFAULT_SEGMENTS, ONE_SEGMENT } from "./coders.ts";
import type { Measured } from "./report.ts";
import { FILE_SECONDS_MAXIMUM } from "./restored.ts";

/** Of photos/: the best existing tool makes 33,130,794 of its 44,149,592 bytes. */
const PHOTOS_BYTES_MAXIMUM = 33_150_000;
const PHOTOS_BYTES = 44_149_592;

/** Sizes and counts are of whole folders, so a quick run has no word on them. */
export function targetsOf(measured: Measured): Target[] {
  if (measured.quick) return speedTargets(measured);
  return [...sizeTargets(measured), ...speedTargets(measured), ...restoredTargets(measured)];
}

function sizeTargets({ folders = [] }: Measured): Target[] {
  const row = (folder: string, peer: string) =>
    folders.find((one) => one.folder === folder)?.rows.find((one) => one.peer === peer);
  const one = row("photos", ONE_SEGMENT);
  const saved = (folder: string): number | undefined => {
    const found = row(folder, DEFAULT_SEGMENTS);
    return found && 100 - (100 * found.codedBytes) / found.plainBytes;
  };
  return [
    atMost(
      "photos/, one segment, bytes",
      PHOTOS_BYTES_MAXIMUM,
      one?.plainBytes === PHOTOS_BYTES ? one.codedBytes : undefined,
    ),
    atLeast("photos/, default segments, % saved", 24.1, saved("photos")),
    atLeast("progressive/, % saved", 17.5, saved("progressive")),
  ];
}

function speedTargets({ warm = [] }: Measured): Target[] {
  const find = (peer: string) => warm.find((one) => one.peer === peer && one.sampling === "all");
  const ours = find(ONE_SEGMENT);
  const djxl = find("libjxl")?.decodeSpeed;
  const times = (speed: number | undefined): number | undefined =>
    speed === undefined || djxl === undefined ? undefined : speed / djxl;
  return [
    atLeast("decoding, times djxl's CPU speed", 1.7, times(ours?.decodeSpeed)),
    atLeast("encoding, times djxl's CPU speed", 1.7, times(ours?.encodeSpeed)),
    atLeast("goal: decoding on one thread, MB/s", 12.5, ours?.decodeSpeed),
    atLeast("goal: encoding on one thread, MB/s", 12.5, ours?.encodeSpeed),
  ];
}

function restoredTargets({ restored = [] }: Measured): Target[] {
  const wanted = { vectors: 34, hostile: 35 } as Readonly<Record<string, number>>;
  const counts = restored.flatMap(({ folder, files }): Target[] => [
    atLeast(
      `${folder}/, restored by Lepton alone, of ${files.length}`,
      wanted[folder] ?? 0,
      files.filter(({ lepton }) => lepton.outcome === "restored").length,
    ),
    atLeast(
      `${folder}/, restored with any codec`,
      files.length,
      files.filter(({ auto }) => auto.outcome === "restored").length,
    ),
  ]);
  if (restored.length === 0) return counts;
  const attempts = restored.flatMap(({ files }) =>
    files.flatMap(({ lepton, auto }) => [lepton, auto]),
  );
  return [
    ...counts,
    atMost("wrong bytes", 0, attempts.filter(({ outcome }) => outcome === "wrong").length),
    atMost(
      "slowest file there and back, s",
      FILE_SECONDS_MAXIMUM,
      Math.max(...attempts.map(({ seconds }) => seconds)),
    ),
  ];
}

export function atLeast(what: string, floor: number, measured: number | undefined): Target {
  const reached = measured === undefined ? undefined : measured >= floor;
  return { what, wanted: `at least ${floor}`, measured, reached };
}

export function atMost(what: string, ceiling: number, measured: number | undefined): Target {
  const reached = measured === undefined ? undefined : measured <= ceiling;
  return { what, wanted: `at most ${ceiling}`, measured, reached };
}
