/**
 * Chunk index: where rows begin in the bytes of a scan that are there so far, seen in two ways.
 *
 *   bytes    | row | row | row | ro        more may follow, or nothing
 *   known    x     x     x     x           beginnings that hold whatever follows
 *   ending   x     x     x     x  ^        the scan as if the object ended here: an early end
 *
 * Knowing that a row is whole takes a few kilobytes behind it, so what is known stops short of the end;
 * the second view goes on from there to the last byte. The first one is what the next chunk builds
 * on, the second what the file of this chunk says.
 */
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import type { JpegScan } from "./jpeg-frame.ts";
import {
  feed,
  getHandoff,
  getSeen,
  type Handoff,
  openFrame,
  openScan,
  RING,
  STATUS,
  setHandoff,
} from "./picture.ts";
import { endBeforeFault, type IndexOptions, type ScanIndex } from "./scan-index.ts";
import type { ScanNotes } from "./scan-notes.ts";

export interface ChunkIndex {
  /** Beginnings of rows that are certain, from the one where the bytes begin on. */
  readonly known: readonly Handoff[];
  /** What the bytes show of padding that later ones cannot change, and what was noted. */
  readonly padding: number;
  readonly notes: ScanNotes | undefined;
  /** Whether the scan ends within the bytes. */
  readonly isOver: boolean;
  /** All rows, and the scan as it looks when nothing follows. Undefined when the last bytes cannot be
   * read like this: the place of the cut is to blame, not the data. */
  readonly ending: ScanIndex | undefined;
}

const NOTHING = new Uint8Array(0);

/**
 * Walks over the bytes of a single scan that are there.
 *
 * @param pieces - one behind the other, from the byte on that `from` names
 * @param from - where to begin; its position is 0
 * @param reading - the padding as seen before; whether notes are taken as in `indexScan`
 * @param last - whether nothing follows
 * @throws PithError as `indexScan`
 */
export function indexChunk(
  instance: KernelInstance,
  scan: JpegScan,
  pieces: readonly Uint8Array[],
  from: Handoff,
  { padding, takesNotes = false }: IndexOptions & { readonly padding: number },
  last: boolean,
): ChunkIndex {
  openFrame(instance, scan.frame, [], RING);
  openScan(instance, scan, { padding, restarts: -1, isReading: true, takesNotes });
  setHandoff(instance, from);
  instance.call("restartInput");
  instance.call("beginScanRead");
  const rows = [from];
  const endBefore = (error: unknown): ScanIndex | undefined =>
    takesNotes ? endBeforeFault(scan, rows, getSeen(instance), error) : undefined;
  let isOver = false;
  try {
    for (const piece of pieces) {
      for (let rest = piece; rest.length > 0 && !isOver; ) {
        rest = rest.subarray(feed(instance, rest, false));
        isOver = walk(instance, rows);
      }
    }
  } catch (error) {
    const ending = endBefore(error);
    if (ending === undefined) throw error;
    const { padding: seenPadding, notes } = ending.seen;
    return { known: rows, padding: seenPadding, notes, isOver: true, ending };
  }
  if (isOver) {
    const seen = getSeen(instance);
    const { padding: seenPadding, notes } = seen;
    return { known: rows, padding: seenPadding, notes, isOver, ending: { rows, seen } };
  }
  const known = rows.slice();
  const seen = getSeen(instance);
  const ending = readEnding(instance, rows, last, endBefore);
  return { known, padding: seen.padding, notes: seen.notes, isOver, ending };
}

/** Passes over the rows that the window holds. @returns whether the scan is over */
function walk(instance: KernelInstance, rows: Handoff[]): boolean {
  for (;;) {
    const status = instance.call("indexMcuRow");
    if (status === STATUS.input) return false;
    rows.push(getHandoff(instance));
    if (status === STATUS.done) return true;
  }
}

/** Goes on to the end as if nothing followed. */
function readEnding(
  instance: KernelInstance,
  rows: Handoff[],
  last: boolean,
  endBefore: (error: unknown) => ScanIndex | undefined,
): ScanIndex | undefined {
  feed(instance, NOTHING, true);
  try {
    walk(instance, rows);
  } catch (error) {
    const ended = endBefore(error);
    if (ended !== undefined) return ended;
    if (!last && error instanceof PithError && error.kind === "input") return undefined;
    throw error;
  }
  return { rows, seen: getSeen(instance) };
}
