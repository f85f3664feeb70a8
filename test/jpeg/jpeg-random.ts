/**
 * Plans at random for the test JPEG writer, and the scripts of scans that they follow.
 *
 *   sequential     one scan of all components, or one scan each
 *   progressive    DC first, then bands of AC in any order that the standard allows
 */
import type { Random } from "../random.ts";
import {
  clearPadding,
  type JpegPicture,
  makePicture,
  plainTable,
  type QuantizationTable,
  type Sampling,
  slopingTable,
  type Texture,
} from "./jpeg-picture.ts";
import type { ScanPlan } from "./jpeg-scan.ts";
import type { JpegPlan } from "./jpeg-writer.ts";

function sequentialScan(components: readonly number[]): ScanPlan {
  return { components, spectralStart: 0, spectralEnd: 63, high: 0, low: 0 };
}

/** One scan of all components. */
export function oneScan(picture: JpegPicture): ScanPlan[] {
  return [sequentialScan(picture.components.map((_, c) => c))];
}

/** A scan for each component. */
export function separateScans(picture: JpegPicture): ScanPlan[] {
  return picture.components.map((_, c) => sequentialScan([c]));
}

/** Scans of one band of one component, or of DC, from the coarsest to the finest. */
function bandScans(
  components: readonly number[],
  spectralStart: number,
  spectralEnd: number,
  low: number,
): ScanPlan[] {
  const scans = [{ components, spectralStart, spectralEnd, high: 0, low }];
  for (let high = low; high > 0; high--) {
    scans.push({ components, spectralStart, spectralEnd, high, low: high - 1 });
  }
  return scans;
}

/** What libjpeg writes for `-progressive`: ten scans for three components, six for one. */
export function usualScript(picture: JpegPicture): ScanPlan[] {
  const all = picture.components.map((_, c) => c);
  const bands = all.flatMap((c) => [
    ...bandScans([c], 1, 5, 2).slice(0, 1),
    ...bandScans([c], 6, 63, 2).slice(0, 1),
  ]);
  const first = bandScans(all, 0, 0, 1);
  const fine = [2, 1].flatMap((high) =>
    all.map((c) => ({ components: [c], spectralStart: 1, spectralEnd: 63, high, low: high - 1 })),
  );
  return [first[0]!, ...bands, fine.slice(0, all.length), first[1]!, fine.slice(all.length)].flat();
}

/** A script at random: every band complete, scans of different bands in any order. */
export function randomScript(random: Random, picture: JpegPicture): ScanPlan[] {
  const all = picture.components.map((_, c) => c);
  const [first, ...finer] = bandScans(all, 0, 0, random.upTo(3));
  const lines = [finer];
  for (const c of all) {
    for (let start = 1; start <= 63; ) {
      const end = random.oneIn(3) ? 63 : start + random.upTo(64 - start);
      lines.push(bandScans([c], start, end, random.upTo(4)));
      start = end + 1;
    }
  }
  const scans = [first!];
  for (;;) {
    const left = lines.filter((line) => line.length > 0);
    if (left.length === 0) return scans;
    scans.push(random.pick(left).shift()!);
  }
}

/** Samplings of at most ten blocks a MCU, as the standard wants. */
export const SAMPLINGS: readonly (readonly Sampling[])[] = [
  [[1, 1]],
  [[2, 2]],
  [[2, 1]],
  [
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 2],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 1],
    [1, 1],
    [1, 1],
  ],
  [
    [1, 2],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 2],
    [2, 1],
    [1, 2],
  ],
  [
    [1, 1],
    [2, 2],
    [1, 2],
  ],
  [
    [2, 2],
    [1, 1],
  ],
  [
    [1, 1],
    [2, 1],
  ],
];

/** Samplings that only dense files hold. */
export const WIDE_SAMPLINGS: readonly (readonly Sampling[])[] = [
  [
    [1, 1],
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 2],
    [1, 1],
    [1, 1],
    [2, 2],
  ],
  [
    [1, 2],
    [2, 1],
    [1, 1],
    [1, 2],
  ],
  [
    [3, 1],
    [1, 1],
    [1, 1],
  ],
  [
    [1, 4],
    [1, 1],
    [1, 2],
  ],
  [
    [4, 2],
    [1, 1],
    [1, 1],
  ],
  [
    [3, 2],
    [2, 3],
  ],
  [
    [4, 4],
    [4, 4],
    [4, 4],
    [4, 4],
  ],
  [[3, 3]],
];

export interface RandomChoices {
  readonly width: number;
  readonly height: number;
  readonly samplings: readonly Sampling[];
  readonly texture: Texture;
  readonly kind: "one scan" | "separate" | "usual" | "script";
}

/** A valid plan; what is not chosen comes from the generator. */
export function randomPlan(random: Random, choices: RandomChoices): JpegPlan {
  const { width, height, samplings, texture, kind } = choices;
  const tables = [randomQuantization(random, 0), randomQuantization(random, 1)];
  const made = makePicture(random, { width, height }, samplings, texture, tables);
  // Scans of one component leave padding out.
  const keeps = kind === "separate" || samplings.length === 1 ? "nothing" : "dc";
  const isWhole = kind === "one scan" && samplings.length > 1;
  const picture = isWhole ? made : clearPadding(made, keeps);
  const progressive = kind === "usual" || kind === "script";
  const scans = {
    "one scan": () => oneScan(picture),
    separate: () => separateScans(picture),
    usual: () => usualScript(picture),
    script: () => randomScript(random, picture),
  }[kind]();
  return {
    picture,
    scans,
    progressive,
    restartInterval: random.oneIn(2) ? 0 : 1 + random.upTo(12),
    tables: random.pick(["fitted", "fitted", "flat"]),
    padding: random.oneIn(4) ? 0 : 0x7f,
    lateQuantization: random.oneIn(6),
    ...(random.oneIn(4) ? { garbage: random.bytes(random.upTo(40)) } : {}),
  };
}

/** A table of quantization: of one value, or one that grows with frequency. */
export function randomQuantization(random: Random, id: number): QuantizationTable {
  const kind = random.upTo(4);
  if (kind === 0) return plainTable(id, random.pick([1, 2, 7, 8, 255]));
  if (kind === 1) return plainTable(id, random.pick([256, 1023, 65535]));
  return slopingTable(id, 1 + random.upTo(30), random.pick([0.1, 1, 3, 12]));
}
