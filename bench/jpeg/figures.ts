/**
 * Figures of the JPEG benchmark: what its tables say, drawn.
 *
 *   saving-by-size.svg   how much smaller files of each size get, by whom
 *   time-by-size.svg     CPU time to encode and to decode, by whom
 *   segments.svg         what cutting a chunk into segments costs in size and gains in time, by Lepton's model
 *   segments-dense.svg   the same by the dense one
 *   tools.svg            saving and decoding speed of everyone
 */
import { median } from "../deflate/report.ts";
import { type Axis, doublingAxis, linearAxis, logAxis } from "./axes.ts";
import { type Row, sum, type Trip } from "./comparison.ts";
import { COLORS, drawFigure, type Point, type Series } from "./plot.ts";
import { CHUNK_GOAL, type SegmentCurve } from "./segments.ts";
import type { WarmSample } from "./warm.ts";

type Look = Pick<Series, "color" | "mark" | "dashed">;

/** How each peer looks in every figure; who is not here gets no points in the first two. */
const LOOKS: Readonly<Record<string, Look>> = {
  pith: { color: COLORS.blue, mark: "dot" },
  "pith, 1 segment": { color: COLORS.sky, mark: "ring" },
  "pith dense": { color: COLORS.purple, mark: "dot" },
  "pith dense, 1 segment": { color: COLORS.purple, mark: "ring" },
  libjxl: { color: COLORS.orange, mark: "square" },
  "dropbox/lepton": { color: COLORS.green, mark: "ring" },
  lepton_jpeg_rust: { color: COLORS.green, mark: "diamond" },
  packJPG: { color: COLORS.purple, mark: "triangle" },
  brunsli: { color: COLORS.amber, mark: "diamond" },
  mozjpeg: { color: COLORS.purple, mark: "cross", dashed: true },
  "jpegtran -progressive": { color: COLORS.green, mark: "triangle", dashed: true },
  "jpegtran -optimize": { color: COLORS.amber, mark: "diamond", dashed: true },
  "brotli 11": { color: COLORS.grey, mark: "cross" },
};

/** Everyone else, in the figure of all tools. */
const OTHER: Look = { color: COLORS.grey, mark: "square" };

export interface Drawn {
  readonly name: string;
  readonly svg: string;
}

export interface Results {
  /** Machine and date, for the subtitle. */
  readonly where: string;
  readonly trips: readonly Trip[];
  readonly rows: readonly Row[];
  readonly warm: readonly WarmSample[];
  readonly curves: readonly SegmentCurve[];
}

const SEGMENT_FIGURES = [
  ["lepton", "segments.svg"],
  ["dense", "segments-dense.svg"],
] as const;

/** All figures that these results suffice for. */
export function figuresOf(results: Results): Drawn[] {
  const figures: Drawn[] = [];
  if (results.trips.length > 0) {
    figures.push({ name: "saving-by-size.svg", svg: savingBySize(results) });
    figures.push({ name: "tools.svg", svg: tools(results) });
  }
  if (results.warm.length > 0) figures.push({ name: "time-by-size.svg", svg: timeBySize(results) });
  for (const [model, name] of SEGMENT_FIGURES) {
    const curves = results.curves.filter((curve) => curve.model === model);
    if (curves.length > 0) figures.push({ name, svg: segments({ ...results, curves }) });
  }
  return figures;
}

function savingBySize({ trips, where }: Results): string {
  const series = peersOf(trips).map((peer): Series => {
    const points = trips
      .filter((trip) => trip.peer === peer && trip.codedBytes !== undefined)
      .map(({ plainBytes, codedBytes = 0 }) => ({
        x: plainBytes / 1e6,
        y: 100 - (100 * codedBytes) / plainBytes,
      }));
    return { name: peer, ...(LOOKS[peer] as Look), points, line: mediansBySize(points) };
  });
  const all = series.flatMap(({ points }) => points);
  return drawFigure({
    title: "How much smaller camera JPEGs become",
    subtitle: `Each mark is one photo of the corpus; lines join medians of size classes. ${where}`,
    panels: [
      {
        title: "Saved, in % of the file",
        x: doublingAxis("size of the JPEG, MB (10^6 bytes, logarithmic)", ...extent(all, "x")),
        y: linearAxis("saved, %", Math.min(0, ...ys(all)), Math.max(...ys(all))),
        series,
      },
    ],
    note: "jpegtran and mozjpeg (dashed) write another JPEG of the same picture: the first file does not come back.",
  });
}

/** One point for each class of sizes, two classes to a doubling: the median of its files. */
function mediansBySize(points: readonly Point[]): Point[] {
  const classes = Map.groupBy(points, ({ x }) => Math.round(2 * Math.log2(x)));
  return [...classes.values()]
    .map((members) => ({
      x: Math.exp(sum(members.map(({ x }) => Math.log(x))) / members.length),
      y: median(members.map(({ y }) => y)),
    }))
    .sort((a, b) => a.x - b.x);
}

function timeBySize({ warm, where }: Results): string {
  const ways = [
    { title: "Encode", key: "encodeSeconds" },
    { title: "Decode", key: "decodeSeconds" },
  ] as const;
  const longest = Math.max(
    ...warm.flatMap(({ encodeSeconds, decodeSeconds }) => [encodeSeconds, decodeSeconds]),
  );
  const largest = Math.max(...warm.map(({ plainBytes }) => plainBytes)) / 1e6;
  const panels = ways.map(({ title, key }) => ({
    title: `${title}, one thread, warm`,
    // Room for the labels at the ends of the lines.
    x: linearAxis("size of the JPEG, MB (10^6 bytes)", 0, largest * 1.15),
    y: linearAxis("CPU time, ms", 0, longest * 1000),
    series: peersOf(warm).map((peer): Series => {
      const own = warm.filter((sample) => sample.peer === peer);
      const points = own.map((sample) => ({ x: sample.plainBytes / 1e6, y: 1000 * sample[key] }));
      const slope = sum(points.map(({ y }) => y)) / sum(points.map(({ x }) => x));
      const label = `${(1000 / slope).toFixed(1)} MB/s`;
      const line = [
        { x: 0, y: 0 },
        { x: largest, y: slope * largest, label },
      ];
      return { name: peer, ...(LOOKS[peer] as Look), points, line };
    }),
  }));
  return drawFigure({
    title: "CPU time by file size",
    subtitle: `Each mark is one photo; the line is the total over all photos. ${where}`,
    panels,
    note: "CPU time of all threads; programs: what a process that does the work twice takes beyond its start, halved.",
  });
}

function segments({ curves, where }: Results): string {
  const looks: readonly Look[] = [
    { color: COLORS.blue, mark: "dot" },
    { color: COLORS.orange, mark: "square" },
    { color: COLORS.green, mark: "diamond" },
  ];
  const size = curves.map(({ file, points }, i): Series => {
    const line = points.map(({ segments: x, savedPercent: y }) => ({ x, y }));
    return { name: file, ...(looks[i % looks.length] as Look), points: line, line };
  });
  const speed = curves.flatMap(({ file, points }, i) =>
    ([1, 2] as const).map((threads): Series => {
      const key = threads === 1 ? "oneThreadSpeed" : "twoThreadsSpeed";
      const line = points.map((each) => ({ x: each.segments, y: each[key] }));
      const look = looks[i % looks.length] as Look;
      return { name: file, ...look, dashed: threads === 1, points: line, line };
    }),
  );
  const counts = curves[0]?.points.map((each) => each.segments) ?? [];
  const x = {
    label: "segments (logarithmic)",
    scale: "log",
    from: Math.min(...counts) * 0.9,
    to: Math.max(...counts) * 1.1,
    ticks: counts,
  } as const;
  const saved = ys(size.flatMap(({ points }) => points));
  return drawFigure({
    title: "What segments cost and gain",
    subtitle: `Chunks of 4 MiB, and a whole photo, ${curves[0]?.model}. ${where}`,
    panels: [
      { title: "Saved", x, y: linearFrom("saved, %", saved), series: size },
      {
        title: "Decoding by the clock: two threads, and one (dashed)",
        x,
        y: linearAxis(
          "MB of JPEG per second",
          0,
          Math.max(CHUNK_GOAL, ...ys(speed.flatMap(({ points }) => points))),
        ),
        series: speed,
        levels: [{ y: CHUNK_GOAL, says: `100 Mbit/s (${CHUNK_GOAL} MB/s)` }],
      },
    ],
    note: "Each further segment begins with an untaught model. Speeds are by the wall clock and want a quiet machine.",
  });
}

/** An axis over these values alone, not from zero: for curves whose shape is the point. */
function linearFrom(label: string, values: readonly number[]): Axis {
  const from = Math.floor(Math.min(...values) - 0.25);
  const to = Math.ceil(Math.max(...values) + 0.25);
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return { label, scale: "linear", from, to, ticks };
}

function tools({ rows, where }: Results): string {
  const shown = rows.filter(({ files, decodeSpeed }) => files > 0 && decodeSpeed !== undefined);
  const series = shown.map(
    ({ peer, plainBytes, codedBytes, decodeSpeed = 0 }): Series => ({
      name: peer,
      ...(LOOKS[peer] ?? OTHER),
      points: [{ x: decodeSpeed, y: 100 - (100 * codedBytes) / plainBytes, label: peer }],
    }),
  );
  const all = series.flatMap(({ points }) => points);
  return drawFigure({
    title: "Saving and decoding speed of tools that give every byte back",
    subtitle: `Totals over the photos. ${where}`,
    panels: [
      {
        title: "Up and to the right is better",
        x: logAxis("decoding, MB of JPEG per CPU second (logarithmic)", ...extent(all, "x")),
        y: linearAxis("saved, %", Math.min(...ys(all)), Math.max(...ys(all))),
        series,
      },
    ],
    note: "Programs: CPU time of the process beyond its start. Pith and zlib: in process, warm.",
  });
}

/** Peers that have a look, in the order of their first sample. */
function peersOf(samples: readonly { readonly peer: string }[]): string[] {
  const peers = new Set(samples.map(({ peer }) => peer));
  return [...peers].filter((peer) => LOOKS[peer] !== undefined);
}

function ys(points: readonly Point[]): number[] {
  return points.map(({ y }) => y);
}

function extent(points: readonly Point[], key: "x" | "y"): [number, number] {
  const values = points.map((each) => each[key]);
  return [Math.min(...values), Math.max(...values)];
}
