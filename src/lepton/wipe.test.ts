/**
 * Wiping: nothing of one owner's picture is left in a kernel's memory for the next one's job.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { equalBytes } from "../core/bytes.ts";
import { Kernel, type KernelInstance } from "../core/kernel.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { planDecode } from "./decode-plan.ts";
import { encodeJpeg } from "./encode.ts";
import { readLepton } from "./file.ts";
import { readFirstScan } from "./jpeg-header.ts";
import { loadDecoder } from "./kernels.ts";
import { openPicture, RING, START } from "./picture.ts";
import { indexScan } from "./scan-index.ts";
import { decodeSegment, SegmentDecoder } from "./segment-decoder.ts";
import { runAtOnce } from "./work.ts";

const FOLDER = new URL("../../test/vectors/lepton/", import.meta.url);

/** All of an instance's memory, a copy. */
function memoryOf(instance: KernelInstance): Uint8Array {
  return instance.bytes(0, instance.memoryBytes).slice();
}

for (const model of ["lepton", "dense"] as const) {
  test(`a wiped instance holds nothing of what it decoded and read, ${model}`, async () => {
    await checkWipe(model);
  });
}

async function checkWipe(model: CoefficientModel): Promise<void> {
  const { compiled } = await loadDecoder(model);
  const [used, fresh] = [new Kernel(compiled).take(), new Kernel(compiled).take()];
  const jpeg = readFileSync(new URL("colorswap.jpg", FOLDER));
  const file = await encodeJpeg(jpeg, { model });
  const { header, streams } = await readLepton(file, model);
  const plan = planDecode(header);
  openPicture(fresh, plan.picture, RING);
  fresh.ask("wipe");

  const decoder = new SegmentDecoder(used, plan.picture);
  for (const [i, segment] of plan.segments.entries()) {
    const pieces = [...decodeSegment(decoder, segment, streams[i] as Uint8Array)];
    assert.ok(pieces.length > 0);
  }
  const { scan, at } = readFirstScan(jpeg);
  runAtOnce(indexScan(used, scan, jpeg.subarray(at), START, 0xff));
  assert.ok(!equalBytes(memoryOf(used), memoryOf(fresh)), "there is something to wipe");
  used.ask("wipe");
  assert.ok(equalBytes(memoryOf(used), memoryOf(fresh)));
}
