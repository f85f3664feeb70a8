/**
 * The slides' comparison: every peer on every photo, there and back, and what it adds up to.
 *
 *   photo 1   pith, zlib, libjxl, ...      photo 2   zlib, libjxl, ..., pith      ...
 *
 * Photo by photo everyone has a turn, each time beginning with another, so that what disturbs one
 * disturbs all. Programs' CPU time is that beyond their start; ours is in process and warm.
 */
import { median } from "../deflate/report.ts";
import type { JpegFile, Recorded } from "./files.ts";
import type { Memory, Outcome, Peer, RoundTrip } from "./peers.ts";

/** One peer on one file. */
export interface Trip {
  readonly peer: string;
  readonly file: string;
  readonly plainBytes: number;
  readonly outcome: Outcome;
  readonly codedBytes: number | undefined;
  readonly encodeSeconds: number | undefined;
  readonly decodeSeconds: number | undefined;
}

/** One peer on a folder. */
export interface Row {
  readonly peer: string;
  readonly version: string;
  readonly ours: boolean;
  readonly files: number;
  /** Of the files it took. */
  readonly plainBytes: number;
  readonly codedBytes: number;
  /** Whether every file it took was decoded and compared here. */
  readonly bitForBit: boolean;
  readonly chunked: boolean;
  readonly refused: number;
  readonly wrong: number;
  readonly leftOut: number;
  /** MB of JPEG per CPU second. */
  readonly encodeSpeed: number | undefined;
  readonly decodeSpeed: number | undefined;
  readonly memory: Memory | undefined;
}

/** Every peer on every file, `rounds` times; medians of the costs. */
export async function comparisonOf(
  files: readonly JpegFile[],
  peers: readonly Peer[],
  rounds: number,
): Promise<Trip[]> {
  const trips: Trip[] = [];
  for (const [i, file] of files.entries()) {
    const samples = new Map<Peer, RoundTrip[]>(peers.map((peer) => [peer, []]));
    for (let round = 0; round < rounds; round++) {
      const first = (i + round * 4) % peers.length;
      for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
        samples.get(peer)?.push(await peer.roundTrip(file));
      }
    }
    for (const [peer, all] of samples) trips.push(tripOf(file, peer, all));
    console.error(`comparison: ${i + 1} of ${files.length}, ${file.name}`);
  }
  return trips;
}

function tripOf(file: JpegFile, peer: Peer, all: readonly RoundTrip[]): Trip {
  const [first] = all as [RoundTrip];
  const middle = (way: "encode" | "decode"): number | undefined => {
    const costs = all.map((trip) => trip[way]?.cpuSeconds).filter((cost) => cost !== undefined);
    return costs.length === 0 ? undefined : median(costs);
  };
  return {
    peer: peer.name,
    file: file.name,
    plainBytes: file.bytes.length,
    outcome: all.find(({ outcome }) => outcome !== first.outcome)?.outcome ?? first.outcome,
    codedBytes: first.codedBytes,
    encodeSeconds: middle("encode"),
    decodeSeconds: middle("decode"),
  };
}

/** What the trips add up to, a row a peer; memory is of one file that all are given. */
export async function rowsOf(
  trips: readonly Trip[],
  peers: readonly Peer[],
  memoryFile: JpegFile | undefined,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const peer of peers) {
    const own = trips.filter((trip) => trip.peer === peer.name);
    const taken = own.filter(({ codedBytes }) => codedBytes !== undefined);
    const count = (outcome: Outcome): number =>
      own.filter((trip) => trip.outcome === outcome).length;
    rows.push({
      peer: peer.name,
      version: peer.version,
      ours: peer.ours,
      files: taken.length,
      plainBytes: sum(taken.map(({ plainBytes }) => plainBytes)),
      codedBytes: sum(taken.map(({ codedBytes }) => codedBytes ?? 0)),
      bitForBit: taken.length > 0 && taken.every(({ outcome }) => outcome === "restored"),
      chunked: peer.chunked,
      refused: count("refused"),
      wrong: count("wrong"),
      leftOut: count("left out"),
      encodeSpeed: speedOf(taken, "encodeSeconds"),
      decodeSpeed: speedOf(taken, "decodeSeconds"),
      memory: memoryFile === undefined ? undefined : await peer.memory(memoryFile),
    });
  }
  return rows;
}

/** MB per CPU second over all files; undefined where there is nothing to time. */
function speedOf(
  trips: readonly Trip[],
  way: "encodeSeconds" | "decodeSeconds",
): number | undefined {
  const timed = trips.filter((trip) => trip[way] !== undefined);
  const seconds = sum(timed.map((trip) => trip[way] ?? 0));
  return seconds === 0 ? undefined : sum(timed.map(({ plainBytes }) => plainBytes)) / 1e6 / seconds;
}

/** Recorded totals over files that the tool took, beside what we make of the same files. */
export interface RecordedTotal {
  readonly tool: string;
  readonly files: number;
  readonly plainBytes: number;
  readonly codedBytes: number;
  /** Ours, of the same files and with one segment where the peer's name says one: by Lepton's model and
   * by the dense one. */
  readonly ourBytes: number;
  readonly denseBytes: number;
}

/** The recorded sizes of other tools on the files of these trips. */
export function recordedTotals(
  recorded: Recorded,
  trips: readonly Trip[],
  ours: (tool: string) => { readonly lepton: string; readonly dense: string },
): RecordedTotal[] {
  return [...recorded].map(([tool, sizes]) => {
    const { lepton, dense } = ours(tool);
    const taken = (by: string): readonly Trip[] =>
      trips.filter(({ peer, codedBytes }) => peer === by && codedBytes !== undefined);
    const denseSizes = new Map(taken(dense).map(({ file, codedBytes = 0 }) => [file, codedBytes]));
    const own = taken(lepton).filter(
      ({ file }) => sizes.get(file) !== undefined && denseSizes.has(file),
    );
    return {
      tool,
      files: own.length,
      plainBytes: sum(own.map(({ plainBytes }) => plainBytes)),
      codedBytes: sum(own.map(({ file }) => sizes.get(file) ?? 0)),
      ourBytes: sum(own.map(({ codedBytes }) => codedBytes ?? 0)),
      denseBytes: sum(own.map(({ file }) => denseSizes.get(file) ?? 0)),
    };
  });
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
