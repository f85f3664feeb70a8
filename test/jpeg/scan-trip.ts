/**
 * All scans of a JPEG read into a kernel's store and written again, with what the records of a file say
 * of them and without any model: what readers and writers make of a JPEG alone.
 *
 *   JPEG -> scans-read.ts -> store, records -> bytes -> records -> decode-plan.ts, decode-body.ts -> JPEG
 */
import { concatenate } from "../../src/core/bytes.ts";
import type { KernelInstance } from "../../src/core/kernel.ts";
import type { CoefficientModel } from "../../src/lepton/coefficient-model.ts";
import { assemble, writeScans } from "../../src/lepton/decode-body.ts";
import { planDecode } from "../../src/lepton/decode-plan.ts";
import { allBlocks } from "../../src/lepton/jpeg-frame.ts";
import { readFirstScan } from "../../src/lepton/jpeg-header.ts";
import { openFrame } from "../../src/lepton/picture.ts";
import { readRecords, writeRecords } from "../../src/lepton/records.ts";
import { readScans, type ScansRead } from "../../src/lepton/scans-read.ts";

const SEGMENT = { startRow: 0, scanBytes: 0, overhang: 0, overhangBits: 0, dc: [0, 0, 0, 0] };
const DENSE = { modelNumber: 1, priorSet: 1, priorHash: 0 };

/**
 * Reads all scans and writes them.
 *
 * @returns what was written, and what was read
 * @throws PithError where the JPEG is refused
 */
export async function tripScans(
  instance: KernelInstance,
  jpeg: Uint8Array,
  model: CoefficientModel,
): Promise<{ readonly written: Uint8Array; readonly read: ScansRead }> {
  const first = readFirstScan(jpeg, model);
  const { frame } = first.scan;
  openFrame(instance, frame, allBlocks(frame), { first: 0, count: frame.mcuRows });
  const read = finish(readScans(instance, jpeg, first, model));
  instance.call("sealStore");
  const { lastBlocks, surplusRestarts } = read;
  const header = writeRecords({
    jpegHeader: read.jpegHeader,
    padding: read.padding,
    segments: [SEGMENT],
    restarts: read.countsRestarts ? read.restarts : undefined,
    surplusRestarts,
    earlyEnd:
      lastBlocks === undefined ? undefined : { component: 0, position: 0, bit: 0, lastBlocks },
    notes: read.notes,
    tail: read.tail,
  });
  const { records } = readRecords(header, model);
  const plan = planDecode({
    version: model === "dense" ? 65 : 1,
    flavour: "X",
    arithmetic: undefined,
    rustVersion: undefined,
    dense: model === "dense" ? DENSE : undefined,
    outputBytes: jpeg.length,
    codedHeaderBytes: header.length,
    records,
    segments: records.segments ?? [],
    isLegacy: false,
  });
  const pieces: Uint8Array[] = [];
  for await (const piece of assemble(plan, piecesOf(writeScans(instance, plan)))) {
    pieces.push(piece);
  }
  return { written: concatenate(pieces), read };
}

async function* piecesOf(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

function finish<Value>(steps: Generator<unknown, Value, undefined>): Value {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
