/**
 * What the general codec must reach, and whether this run did. Sums and worst files are of the whole
 * corpus: another choice of files has no word on them.
 */
import type { Target } from "../deflate/report.ts";
import { sum } from "../jpeg/comparison.ts";
import { atLeast, atMost } from "../jpeg/targets.ts";
import { oursAt } from "./coders.ts";
import type { Row, Trip } from "./comparison.ts";
import { BROTLI_9, BROTLI_11 } from "./programs.ts";

/** The corpus that the sums are of. */
const CORPUS_BYTES = 33_963_911;
const CORPUS_UNITS = 24;

/** Units from this size are held to a speed of decoding each; the cost of a call blurs smaller. */
const TIMED_BYTES_MINIMUM = 256 * 1024;

/** Files of the corpus that are packed already. */
const PACKED = ["policy.pdf", "slides-growing-liberty.otp"];
/** A stored frame's own bytes (FRAME_OVERHEAD_BYTES). */
const FRAME_BYTES = 128;

const FAST = oursAt("fast");
const DEFAULT = oursAt("default");
const DENSE = oursAt("dense");

/** One unit beside the best of the rivals. */
export interface Distance {
  readonly unit: string;
  /** The rival that made the least, and what it made. */
  readonly best: string;
  readonly bestBytes: number;
  /** In per cent of that: below 0 where ours is smaller. */
  readonly percent: number;
}

/** How far a peer is from the best rival, unit by unit; units without a rival are left out. */
export function distancesOf(
  trips: readonly Trip[],
  peer: string,
  rivals: readonly string[],
): Distance[] {
  const own = trips.filter((trip) => trip.peer === peer && trip.codedBytes !== undefined);
  return own.flatMap(({ unit, codedBytes }) => {
    const [best] = trips
      .filter((trip) => trip.unit === unit && rivals.includes(trip.peer))
      .filter((trip) => trip.codedBytes !== undefined)
      .sort((a, b) => a.codedBytes! - b.codedBytes!);
    if (best === undefined) return [];
    const percent = 100 * (codedBytes! / best.codedBytes! - 1);
    return [{ unit, best: best.peer, bestBytes: best.codedBytes!, percent }];
  });
}

export function targetsOf(
  trips: readonly Trip[],
  rows: readonly Row[],
  rivals: readonly string[],
): Target[] {
  const units = new Map(trips.map(({ unit, plainBytes }) => [unit, plainBytes]));
  const whole = units.size === CORPUS_UNITS && sum([...units.values()]) === CORPUS_BYTES;
  return [
    ...(whole ? sizeTargets(trips, rows, rivals) : []),
    ...speedTargets(trips, rows),
    ...memoryTargets(rows),
  ];
}

function sizeTargets(
  trips: readonly Trip[],
  rows: readonly Row[],
  rivals: readonly string[],
): Target[] {
  const total = (peer: string): number | undefined => {
    const row = rows.find((one) => one.peer === peer);
    return row?.faults === 0 ? row.codedBytes : undefined;
  };
  const worst = distancesOf(trips, DENSE, rivals).sort((a, b) => b.percent - a.percent)[0];
  const growth = trips
    .filter(({ peer, unit }) => peer === DENSE && PACKED.includes(unit))
    .map(({ codedBytes, plainBytes }) => (codedBytes ?? Infinity) - plainBytes);
  return [
    atMost("default, bytes of the corpus (xz -9e)", 9_337_000, total(DEFAULT)),
    atMost("dense, bytes of the corpus", 8_970_000, total(DENSE)),
    atMost("goal: dense, bytes of the corpus (bsc)", 8_690_000, total(DENSE)),
    atMost(
      `dense, worst file against the best of ${rivals.join(", ")}, % (${worst?.unit ?? "none"})`,
      2,
      worst?.percent,
    ),
    atMost(
      "packed files, growth in bytes",
      FRAME_BYTES,
      growth.length === 0 ? undefined : Math.max(...growth),
    ),
  ];
}

function speedTargets(trips: readonly Trip[], rows: readonly Row[]): Target[] {
  const find = (peer: string): Row | undefined => rows.find((row) => row.peer === peer);
  const times = (ours: string, theirs: string): number | undefined => {
    const [own, other] = [find(ours)?.encodeSpeed, find(theirs)?.encodeSpeed];
    return own === undefined || other === undefined ? undefined : other / own;
  };
  const slowest = trips
    .filter(({ peer, plainBytes }) => peer === DENSE && plainBytes > TIMED_BYTES_MINIMUM)
    .filter(({ decodeSeconds }) => decodeSeconds !== undefined)
    .map(({ unit, plainBytes, decodeSeconds }) => ({
      unit,
      speed: plainBytes / 1e6 / decodeSeconds!,
    }))
    .sort((a, b) => a.speed - b.speed)[0];
  return [
    atMost(`fast, CPU time of encoding, times ${BROTLI_9}`, 1.5, times(FAST, BROTLI_9)),
    atMost(`default, CPU time of encoding, times ${BROTLI_11}`, 1, times(DEFAULT, BROTLI_11)),
    atLeast(
      `dense, decoding, slowest file over 256 KB, MB/s (${slowest?.unit ?? "none"})`,
      12.5,
      slowest?.speed,
    ),
    atLeast("default, decoding, MB/s over all", 25, find(DEFAULT)?.decodeSpeed),
    atLeast("dense, decoding, MB/s over all", 25, find(DENSE)?.decodeSpeed),
  ];
}

function memoryTargets(rows: readonly Row[]): Target[] {
  const memory = rows.find(({ peer }) => peer === DENSE)?.memory;
  const mib = (kib: number | undefined): number | undefined => (kib ? kib / 1024 : undefined);
  const beyond = (kib: number | undefined): number | undefined =>
    kib === undefined || memory?.idleKib === undefined ? undefined : kib - memory.idleKib;
  return [
    atMost("dense, encoding, process beyond its start, MiB", 200, mib(beyond(memory?.encodeKib))),
    atMost("dense, encoding, kernels, MiB", 200, mib(memory?.encodeKernelKib)),
    atMost("decoding, kernels, MiB", 24, mib(memory?.decodeKernelKib)),
  ];
}
