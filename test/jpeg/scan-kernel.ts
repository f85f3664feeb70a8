/**
 * Drives the kernel's sequential scans from tests: one reads rows, another writes them.
 *
 *   JPEG -> reader's input window -> rows of its store -> writer's store -> its output window
 *
 * The records' fields are those of kernels/jpeg/frame.ts and scan.ts.
 */
import assert from "node:assert/strict";
import { type KernelInstance, type KernelVariant, loadKernel } from "../../src/core/kernel.ts";
import type { JpegScan } from "../../src/lepton/jpeg-frame.ts";
import type { ScanNotes } from "../../src/lepton/scan-notes.ts";

// Statuses, and fields of the kernel's records: kernels/jpeg/scan.ts and frame.ts.
export const STATUS = { done: 0, row: 1, input: 2, output: 3 } as const;
export const BLOCK_BYTES = 160;
const SCAN = {
  spectrum: 13,
  interval: 17,
  padding: 19,
  restarts: 20,
  notes: 22,
  paddings: 23,
  deviations: 36,
  oddRestarts: 37,
};
const SEEN = {
  padding: 24,
  restarts: 25,
  surplus: 26,
  earlyEnd: 27,
  lastBlock: 28,
  end: 32,
  paddings: 34,
  oddRestarts: 38,
};

/** What reading has shown. */
export interface Seen {
  readonly padding: number;
  readonly restarts: number;
  readonly surplus: number;
  readonly earlyEnd: boolean;
  readonly lastBlocks: readonly number[];
  readonly end: number;
}

/** An instance that reads or writes one scan at a time. */
export class ScanKernel {
  readonly kernel: KernelInstance;
  readonly windowBytes: number;
  /** Whether reading notes what no canonical writer makes. */
  takesNotes = false;
  #scan: JpegScan | undefined;

  constructor(kernel: KernelInstance, windowBytes = 1 << 17) {
    this.kernel = kernel;
    this.windowBytes = windowBytes;
  }

  /** The record at the address that `call` gives. */
  record(call: string, fields: number): Int32Array {
    const bytes = this.kernel.bytes(this.kernel.ask(call), 4 * fields);
    return new Int32Array(bytes.buffer, bytes.byteOffset, fields);
  }

  get handoff(): number[] {
    return [...this.record("handoffAddress", 16)];
  }

  set handoff(fields: readonly number[]) {
    this.record("handoffAddress", 16).set(fields);
  }

  /** Opens a frame with its tables: a ring, or a store of all rows. @returns a fault or 0 */
  open(scan: JpegScan, isRing = true, codedBlocks?: readonly number[]): number {
    const { frame } = scan;
    this.#scan = scan;
    const fields = this.record("frameAddress", 32).fill(0);
    const { mcuColumns, mcuRows, width, height } = frame;
    const storeRows = isRing ? 0 : mcuRows;
    fields.set([frame.components.length, mcuColumns, mcuRows, width, height, storeRows, 0]);
    fields.set([this.windowBytes, this.windowBytes], 7);
    for (const [c, { h, v, columns, rows }] of frame.components.entries()) {
      fields.set([h, v, codedBlocks?.[c] ?? columns * rows], 16 + 4 * c);
    }
    const fault = this.kernel.ask("openFrame");
    return fault < 0 ? fault : this.openScan(scan);
  }

  /** Sets up a scan of the open frame, to be begun at its first row. */
  openScan(scan: JpegScan): number {
    const specs = this.kernel.ask("huffmanSpecsAddress");
    for (const [slot, spec] of scan.huffman.entries()) {
      this.kernel.bytes(specs + 272 * slot, 272).set(spec ?? new Uint8Array(272));
      const fault = this.kernel.ask("makeHuffmanTable", slot, 0);
      if (fault < 0) return fault;
    }
    const fields = this.record("scanAddress", 40).fill(0);
    fields[0] = scan.components.length;
    for (const [i, { index, dcTable, acTable }] of scan.components.entries()) {
      fields[1 + i] = index;
      fields[5 + i] = dcTable;
      fields[9 + i] = acTable;
    }
    fields.set([scan.spectralStart, scan.spectralEnd, scan.high, scan.low], SCAN.spectrum);
    fields[SCAN.interval] = scan.restartInterval;
    fields[SCAN.notes] = this.takesNotes ? 1 : 0;
    fields[SEEN.padding] = 0xff;
    this.handoff = new Array(16).fill(0);
    return 0;
  }

  get seen(): Seen {
    const fields = this.record("scanAddress", 40);
    return {
      padding: fields[SEEN.padding]!,
      restarts: fields[SEEN.restarts]!,
      surplus: fields[SEEN.surplus]!,
      earlyEnd: fields[SEEN.earlyEnd] === 1,
      lastBlocks: [...fields.subarray(SEEN.lastBlock, SEEN.lastBlock + 4)],
      end: fields[SEEN.end]!,
    };
  }

  /** What was noted in the scan that was read. */
  get notes(): ScanNotes {
    const fields = this.record("scanAddress", 40);
    const [paddings = 0, deviations = 0] = fields.subarray(SEEN.paddings);
    const odd = fields[SEEN.oddRestarts] ?? 0;
    const pairs = this.kernel.bytes(
      this.kernel.ask("deviationsAddress", deviations),
      8 * deviations,
    );
    return {
      paddings: this.kernel.bytes(this.kernel.ask("paddingsAddress", paddings), paddings).slice(),
      deviations: new Uint32Array(pairs.slice().buffer),
      restarts: this.kernel.bytes(this.kernel.ask("oddRestartsAddress", odd), odd).slice(),
    };
  }

  /** Hands over notes on the scan that is to be written. */
  set notes({ paddings, deviations, restarts }: ScanNotes) {
    const count = deviations.length / 2;
    const fields = this.record("scanAddress", 40);
    [fields[SCAN.paddings], fields[SCAN.deviations]] = [paddings.length, count];
    fields[SCAN.oddRestarts] = restarts.length;
    const odd = this.kernel.ask("oddRestartsAddress", restarts.length);
    this.kernel.bytes(odd, restarts.length).set(restarts);
    const at = this.kernel.ask("paddingsAddress", paddings.length);
    this.kernel.bytes(at, paddings.length).set(paddings);
    const pairs = new Uint8Array(deviations.slice().buffer);
    this.kernel.bytes(this.kernel.ask("deviationsAddress", count), pairs.length).set(pairs);
  }

  /**
   * Reads the scan from the row that HANDOFF describes.
   *
   * @param onRow - gets the status and the handoff after each row; false ends the reading
   * @param piece - bytes of the next feeding
   * @returns STATUS.done or a fault
   */
  read(
    jpeg: Uint8Array,
    onRow: (status: number) => boolean | undefined = () => undefined,
    { begin = "beginScanRead", call = "readMcuRow", piece = (): number => this.windowBytes } = {},
  ): number {
    let next = this.handoff[1]!;
    this.kernel.call("restartInput");
    const fault = this.kernel.ask(begin);
    if (fault < 0) return fault;
    for (;;) {
      const status = this.kernel.ask(call);
      if (status === STATUS.input) {
        const at = this.kernel.call("makeInputRoom");
        const room = this.kernel.call("inputRoom");
        const size = Math.min(piece(), room, jpeg.length - next);
        assert.ok(room > 0, "a full window is not enough");
        this.kernel.bytes(at, size).set(jpeg.subarray(next, next + size));
        next += size;
        this.kernel.call("feedInput", size, next === jpeg.length ? 1 : 0);
        continue;
      }
      if (status < 0) return status;
      if (onRow(status) === false || status === STATUS.done) return status;
    }
  }

  /** Begins to write what was read with these facts. */
  beginWrite(seen: Seen, call = "beginScanWrite"): number {
    const fields = this.record("scanAddress", 40);
    fields[SCAN.padding] = seen.padding;
    fields[SCAN.restarts] = seen.restarts - seen.surplus;
    this.kernel.call("restartOutput");
    return this.kernel.ask(call);
  }

  /** Writes a row of the store; what comes out goes to `parts`. */
  writeRow(parts: Uint8Array[], call = "writeMcuRow"): number {
    for (;;) {
      const status = this.kernel.ask(call);
      this.take(parts);
      if (status !== STATUS.output) return status;
    }
  }

  finish(parts: Uint8Array[], isImageEnd: boolean): void {
    assert.equal(this.kernel.call("endScanWrite", isImageEnd ? 1 : 0), STATUS.done);
    this.take(parts);
  }

  take(parts: Uint8Array[]): void {
    const size = this.kernel.call("outputFilled");
    parts.push(this.kernel.bytes(this.kernel.call("outputStart"), size).slice());
    this.kernel.call("dropOutput", size);
  }

  /** All of the store, as bytes. */
  store(isRing = true): Uint8Array {
    const { components, mcuRows } = this.#scan!.frame;
    const rows = isRing ? 2 : mcuRows;
    const blocks = components.reduce((sum, { columns, v }) => sum + columns * v * rows, 0);
    return this.kernel.bytes(this.kernel.call("pictureAddress"), blocks * BLOCK_BYTES);
  }
}

export type ScanKernels = readonly [reader: ScanKernel, writer: ScanKernel];

/** A kernel that reads and one that writes. */
export async function scanKernels(variant: KernelVariant): Promise<ScanKernels> {
  const kernel = await loadKernel("lepton", { variant });
  return [new ScanKernel(kernel.take()), new ScanKernel(kernel.take())];
}

const START: readonly number[] = new Array(16).fill(0);

/** The handoff of a scan's first row. */
export function startAt(byte: number): number[] {
  return START.with(1, byte);
}
