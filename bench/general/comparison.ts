/**
 * Everyone on every unit, there and back, and what it adds up to.
 *
 *   unit 1   pith fast, zlib, xz, ...      unit 2   zlib, xz, ..., pith fast      ...
 *
 * Unit by unit everyone has a turn, each time beginning with another, so that what disturbs one
 * disturbs all; medians of the rounds count.
 */
import { median } from "../deflate/report.ts";
import { sum } from "../jpeg/comparison.ts";
import { keepTrip, keptTrip } from "./kept.ts";
import type { Memory, Peer, RoundTrip } from "./peers.ts";
import type { Unit } from "./units.ts";

/** One peer on one unit. */
export interface Trip {
  readonly peer: string;
  readonly unit: string;
  readonly plainBytes: number;
  readonly fault: string | undefined;
  /** Of a unit that came back; medians of CPU time where time was taken. */
  readonly codedBytes: number | undefined;
  readonly encodeSeconds: number | undefined;
  readonly decodeSeconds: number | undefined;
  /** Peaks of a program's process. */
  readonly encodeKib: number | undefined;
  readonly decodeKib: number | undefined;
}

/** One peer on all units. */
export interface Row {
  readonly peer: string;
  readonly version: string;
  readonly units: number;
  readonly faults: number;
  /** Of the units that came back. */
  readonly plainBytes: number;
  readonly codedBytes: number;
  /** MB of input per CPU second. */
  readonly encodeSpeed: number | undefined;
  readonly decodeSpeed: number | undefined;
  readonly memory: Memory | undefined;
}

export interface Plan {
  readonly rounds: number;
  /** Where peers' results are kept from run to run, when sizes alone are asked for; with time taken,
   * everyone works in every run. */
  readonly keptIn: string | undefined;
}

export async function comparisonOf(
  units: readonly Unit[],
  peers: readonly Peer[],
  { rounds, keptIn }: Plan,
): Promise<Trip[]> {
  const trips: Trip[] = [];
  for (const [i, unit] of units.entries()) {
    const samples = new Map<Peer, RoundTrip[]>(peers.map((peer) => [peer, []]));
    for (let round = 0; round < (keptIn === undefined ? rounds : 1); round++) {
      const first = (i + 4 * round) % peers.length;
      for (const peer of [...peers.slice(first), ...peers.slice(0, first)]) {
        samples.get(peer)!.push(await roundTrip(peer, unit, keptIn));
      }
    }
    for (const [peer, all] of samples) trips.push(tripOf(unit, peer, all, keptIn === undefined));
    console.error(`${i + 1} of ${units.length}: ${unit.name}`);
  }
  return trips;
}

async function roundTrip(peer: Peer, unit: Unit, keptIn: string | undefined): Promise<RoundTrip> {
  if (keptIn === undefined) return peer.roundTrip(unit);
  const kept = keptTrip(keptIn, peer, unit);
  if (kept !== undefined) return kept;
  const trip = await peer.roundTrip(unit);
  keepTrip(keptIn, peer, unit, trip);
  return trip;
}

/** A unit that did not come back once is no unit that comes back. */
function tripOf(unit: Unit, peer: Peer, all: readonly RoundTrip[], time: boolean): Trip {
  const fault = all.find((trip) => trip.fault !== undefined)?.fault;
  const codedBytes = Math.max(...all.map((trip) => trip.codedBytes ?? 0));
  const middle = (way: "encode" | "decode"): number | undefined =>
    time && fault === undefined ? median(all.map((trip) => trip[way]!.cpuSeconds)) : undefined;
  return {
    peer: peer.name,
    unit: unit.name,
    plainBytes: unit.bytes.length,
    fault,
    codedBytes: fault === undefined ? codedBytes : undefined,
    encodeSeconds: middle("encode"),
    decodeSeconds: middle("decode"),
    encodeKib: all[0]?.encode?.peakKib,
    decodeKib: all[0]?.decode?.peakKib,
  };
}

/**
 * What the trips add up to, a row a peer.
 *
 * @param largest - the unit for the memory of what runs in this process; without it none is taken
 */
export function rowsOf(
  trips: readonly Trip[],
  peers: readonly Peer[],
  largest: Unit | undefined,
): Row[] {
  return peers.map((peer) => {
    const own = trips.filter((trip) => trip.peer === peer.name);
    const back = own.filter(({ fault }) => fault === undefined);
    const plainBytes = sum(back.map((trip) => trip.plainBytes));
    const speed = (way: "encodeSeconds" | "decodeSeconds"): number | undefined => {
      const seconds = sum(back.map((trip) => trip[way] ?? 0));
      return seconds === 0 ? undefined : plainBytes / 1e6 / seconds;
    };
    return {
      peer: peer.name,
      version: peer.version,
      units: back.length,
      faults: own.length - back.length,
      plainBytes,
      codedBytes: sum(back.map(({ codedBytes }) => codedBytes!)),
      encodeSpeed: speed("encodeSeconds"),
      decodeSpeed: speed("decodeSeconds"),
      memory: largest && (peer.memory?.(largest) ?? peaksOf(back)),
    };
  });
}

function peaksOf(trips: readonly Trip[]): Memory {
  const highest = (way: "encodeKib" | "decodeKib"): number | undefined => {
    const peaks = trips.map((trip) => trip[way]).filter((peak) => peak !== undefined);
    return peaks.length === 0 ? undefined : Math.max(...peaks);
  };
  return { encodeKib: highest("encodeKib"), decodeKib: highest("decodeKib") };
}
