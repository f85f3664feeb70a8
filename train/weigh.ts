/**
 * Weighing: what pictures take with a prior set, by the kernel itself.
 */
import { readFileSync } from "node:fs";
import { defaultSegments } from "../src/lepton/segments.ts";
import { DenseKernel } from "./dense-kernel.ts";

/** Bytes of a segment's record, about. */
const SEGMENT_BYTES = 20;

/** Bytes of a picture's coded coefficients: in one segment, and in as many as are usual. */
export async function weighPicture(
  path: string,
  regressions: Uint8Array,
  tables: Int16Array,
): Promise<number[]> {
  const jpeg = readFileSync(path);
  const kernel = await DenseKernel.open(regressions);
  kernel.priors = tables;
  kernel.setTraining(false);
  return [1, defaultSegments(jpeg.length, "dense")].map((segments) => {
    let size = 0;
    for (const part of kernel.store(jpeg, segments)) size += kernel.code(part) + SEGMENT_BYTES;
    return size;
  });
}
