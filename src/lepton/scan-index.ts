/**
 * Scan index: where the MCU rows of a scan begin, found without keeping a coefficient.
 *
 *   scan data -> kernel -> row, row, row ...      at a tenth of what coding takes
 *
 * What the scan shows on the way (padding, restarts, an early end) is what a Lepton file says of it.
 */
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
}

/**
 * Walks over the data of a single scan, row by row.
 *
 * @param data - from the byte that `from` names on; what lies behind the scan may follow
 * @param from - where to begin
 * @param padding - as seen before; NO_PADDING at first
 * @throws PithError of kind "input" when the data are not what a canonical writer makes
 */
export function* indexScan(
  instance: KernelInstance,
  scan: JpegScan,
  data: Uint8Array,
  from: Handoff,
  padding: number,
): Steps<ScanIndex> {
  openFrame(instance, scan.frame, [], RING);
  openScan(instance, scan, { padding, restarts: -1, isReading: true });
  setHandoff(instance, from);
  instance.call("restartInput");
  let rest = data.subarray(feed(instance, data, true));
  instance.call("beginScanRead");
  const rows = [from];
  for (;;) {
    const status = instance.call("indexMcuRow");
    if (status === STATUS.input) rest = rest.subarray(feed(instance, rest, true));
    else {
      rows.push(getHandoff(instance));
      if (status === STATUS.done) return { rows, seen: getSeen(instance) };
    }
    yield 0;
  }
}
