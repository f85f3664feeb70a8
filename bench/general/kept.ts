/**
 * Results of peers that are kept between runs, for runs that look at sizes only: what xz makes of a file
 * today it makes tomorrow, and asking it again costs a minute.
 *
 *   folder/SUM.json     one unit with one peer, its version and its options
 *
 * Costs are kept with the sizes but belong to another hour: reports of kept results show sizes alone.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Peer, RoundTrip } from "./peers.ts";
import type { Unit } from "./units.ts";

/** What this peer made of this unit before; undefined when it must be asked. */
export function keptTrip(folder: string, peer: Peer, unit: Unit): RoundTrip | undefined {
  const path = pathOf(folder, peer, unit);
  if (path === undefined) return undefined;
  try {
    const { codedBytes, encode, decode } = JSON.parse(readFileSync(path, "utf8")) as RoundTrip;
    return { fault: undefined, codedBytes, encode, decode };
  } catch {
    return undefined;
  }
}

/** Keeps a unit that came back. */
export function keepTrip(folder: string, peer: Peer, unit: Unit, trip: RoundTrip): void {
  const path = pathOf(folder, peer, unit);
  if (path === undefined || trip.fault !== undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify(trip));
}

/** 7-Zip's result hangs on the ending of the file's name, and on how long the name is. */
function pathOf(
  folder: string,
  { name, keptAs }: Peer,
  { fileName, sha256 }: Unit,
): string | undefined {
  if (keptAs === undefined) return undefined;
  const sum = createHash("sha256").update(`${name}\n${keptAs}\n${fileName}\n${sha256}`);
  return join(folder, `${sum.digest("hex")}.json`);
}
