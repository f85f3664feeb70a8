/**
 * Scan index: where the MCU rows of a scan begin, found without keeping a coefficient.
 *
 *   scan data -> kernel -> row, row, row ...      at a tenth of what coding takes
 *
 * What the scan shows on the way (padding, restarts, an early end) is what a Lepton file says of it.
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
  type ScanSeen,
  STATUS,
  setHandoff,
} from "./picture.ts";
import type { Steps } from "./work.ts";

export interface ScanIndex {
  /** Where each MCU row begins that has data, from the first one asked for; then where the last
   * complete one ends, unless the scan ends early within it. */
  readonly rows: readonly Handoff[];
  readonly seen: ScanSeen;
  /** Whether the last row that counts is whole, and nothing behind it is to be read. */
  readonly endsWithRow?: boolean | undefined;
}

export interface IndexOptions {
  /** For a file that can say what no canonical writer makes: it is noted, and what cannot be noted ends the
   * scan with the row before. */
  readonly takesNotes?: boolean | undefined;
}

/**
 * Walks over the data of a single scan, row by row.
 *
 * @param data - from the byte that `from` names on; what lies behind the scan may follow
 * @param from - where to begin
 * @param padding - as seen before; NO_PADDING at first
 * @throws PithError of kind "input" when the data are not what a canonical writer makes, or with notes
 *   when that is so before the second row
 */
export function* indexScan(
  instance: KernelInstance,
  scan: JpegScan,
  data: Uint8Array,
  from: Handoff,
  padding: number,
  { takesNotes }: IndexOptions = {},
): Steps<ScanIndex> {
  openFrame(instance, scan.frame, [], RING);
  openScan(instance, scan, { padding, restarts: -1, isReading: true, takesNotes });
  setHandoff(instance, from);
  instance.call("restartInput");
  let rest = data.subarray(feed(instance, data, true));
  instance.call("beginScanRead");
  const rows = [from];
  for (;;) {
    let status: number;
    try {
      status = instance.call("indexMcuRow");
    } catch (error) {
      const seen = getSeen(instance);
      const ended = takesNotes === true ? endBeforeFault(scan, rows, seen, error) : undefined;
      if (ended === undefined) throw error;
      return ended;
    }
    if (status === STATUS.input) rest = rest.subarray(feed(instance, rest, true));
    else {
      rows.push(getHandoff(instance));
      if (status === STATUS.done) return { rows, seen: getSeen(instance) };
    }
    yield 0;
  }
}

/**
 * An early end where the last row begins that is known: all before it is whole.
 *
 * @param rows - from the first that is coded
 * @param seen - what the scan has shown
 * @returns undefined when there is no whole row
 */
export function endAtRow(
  { frame }: JpegScan,
  rows: readonly Handoff[],
  { padding, notes }: Pick<ScanSeen, "padding" | "notes">,
): ScanIndex | undefined {
  const last = rows.at(-1);
  if (last === undefined || rows.length < 2 || last.mcuRow >= frame.mcuRows) return undefined;
  const lastBlocks = [0, 0, 0, 0];
  for (const [c, { v, columns }] of frame.components.entries()) {
    lastBlocks[c] = last.mcuRow * v * columns - 1;
  }
  const { position: end, restarts } = last;
  const seen = { padding, restarts, surplusRestarts: 0, endsEarly: true, lastBlocks, end, notes };
  return { rows, seen, endsWithRow: true };
}

/** The same where reading met a fault; undefined too when the JPEG is not to blame. */
export function endBeforeFault(
  scan: JpegScan,
  rows: readonly Handoff[],
  seen: ScanSeen,
  error: unknown,
): ScanIndex | undefined {
  const isInput = error instanceof PithError && error.kind === "input";
  return isInput ? endAtRow(scan, rows, seen) : undefined;
}
