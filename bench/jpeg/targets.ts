/**
 * What the JPEG codecs must reach, and whether this run did.
 *
 * Lepton's own targets first, then those of the dense model, whose names begin with "dense". Sizes by the
 * shipped priors are not held against a target: they were trained on the files.
 */
import type { Target } from "../deflate/report.ts";
import {
  DEFAULT_SEGMENTS,
  DENSE_DEFAULT_SEGMENTS,
  DENSE_ONE_SEGMENT,
  ONE_SEGMENT,
} from "./coders.ts";
import type { Measured } from "./report.ts";
import { FILE_SECONDS_MAXIMUM, isOfUnion } from "./restored.ts";

/** Of photos/: the best existing tool makes 33,130,794 of its 44,149,592 bytes. */
const PHOTOS_BYTES_MAXIMUM = 33_150_000;
const PHOTOS_BYTES = 44_149_592;

/** Of the dense model, cross-validated: shares of a folder. */
const DENSE_SIZES = [
  { folder: "photos", peer: DENSE_ONE_SEGMENT, says: "one segment", percent: 28.0 },
  { folder: "photos", peer: DENSE_DEFAULT_SEGMENTS, says: "default segments", percent: 27.3 },
  { folder: "progressive", peer: DENSE_DEFAULT_SEGMENTS, says: "default segments", percent: 20 },
  { folder: "thumbnails", peer: DENSE_DEFAULT_SEGMENTS, says: "default segments", percent: 22 },
] as const;
/** MB of JPEG per CPU second, and encoding's share of the speed of decoding. */
const DENSE_DECODING = { wanted: 3.5, goal: 6 } as const;
const DENSE_ENCODING_SHARE = 0.7;

/** Sizes and counts are of whole folders, so a quick run has no word on them. */
export function targetsOf(measured: Measured): Target[] {
  const speeds = [...speedTargets(measured), ...denseSpeedTargets(measured)];
  if (measured.quick) return speeds;
  return [
    ...sizeTargets(measured),
    ...denseSizeTargets(measured),
    ...speeds,
    ...restoredTargets(measured),
  ];
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

function denseSizeTargets({ folders = [], priors }: Measured): Target[] {
  return DENSE_SIZES.map(({ folder, peer, says, percent }) => {
    const rows = folders.find((one) => one.folder === folder)?.rows;
    const row = rows?.find((one) => one.peer === peer);
    const isWhole = row?.bitForBit === true && row.refused === 0;
    const saved = row && isWhole ? 100 - (100 * row.codedBytes) / row.plainBytes : undefined;
    const what = `dense, ${folder}/, ${says}, % saved`;
    const target = atLeast(what, percent, saved);
    if (priors.crossValidated) return target;
    return { ...target, what: `${what}, not cross-validated`, reached: undefined };
  });
}

function denseSpeedTargets({ warm = [] }: Measured): Target[] {
  const ours = warm.find(
    ({ peer, sampling }) => peer === DENSE_DEFAULT_SEGMENTS && sampling === "all",
  );
  const share = ours && ours.encodeSpeed / ours.decodeSpeed;
  const { wanted, goal } = DENSE_DECODING;
  return [
    atLeast("dense, decoding on one thread, MB/s of CPU", wanted, ours?.decodeSpeed),
    atLeast("dense, goal: decoding on one thread, MB/s of CPU", goal, ours?.decodeSpeed),
    atLeast("dense, encoding, times its speed of decoding", DENSE_ENCODING_SHARE, share),
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
    atMost(
      `${folder}/, restored by another tool and not by dense alone`,
      0,
      files.filter((file) => isOfUnion(file) && file.dense.outcome !== "restored").length,
    ),
    atLeast(
      `${folder}/, restored with any codec`,
      files.length,
      files.filter(({ auto }) => auto.outcome === "restored").length,
    ),
  ]);
  if (restored.length === 0) return counts;
  const attempts = restored.flatMap(({ files }) =>
    files.flatMap(({ lepton, dense, auto }) => [lepton, dense, auto]),
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
