/**
 * Jobs: what a worker does with one picture. The sums of a picture depend on nothing but the picture and
 * the weights given; whoever adds them up does so in the order of the pictures. So neither the number of
 * workers nor their speed can change a bit of what comes out.
 */
import { readFileSync } from "node:fs";
import { judgePicture } from "./judge.ts";
import type { Sums } from "./normal-equations.ts";
import { readPicture } from "./pictures.ts";
import { readRegressions } from "./reference-regressions.ts";
import { type SignedSums, sumMagnitudes, sumSigned } from "./samples.ts";
import { type LearnedTables, learnTables } from "./tables.ts";
import { weighPicture } from "./weigh.ts";

export type Job =
  | { readonly kind: "signed"; readonly path: string }
  /** One answer for each set of weights. */
  | {
      readonly kind: "magnitude";
      readonly path: string;
      readonly regressions: readonly Uint8Array[];
      readonly isFirst: boolean;
    }
  | { readonly kind: "judge"; readonly path: string; readonly regressions: readonly Uint8Array[] }
  /** Of many pictures, in this order. */
  | { readonly kind: "tables"; readonly paths: readonly string[]; readonly regressions: Uint8Array }
  /** What a picture takes in one segment, and in as many as are usual. */
  | {
      readonly kind: "weigh";
      readonly path: string;
      readonly regressions: Uint8Array;
      readonly tables: Int16Array;
    };

export interface Answers {
  readonly signed: SignedSums;
  readonly magnitude: readonly Sums[];
  readonly judge: readonly Readonly<Record<string, number>>[];
  readonly tables: LearnedTables;
  readonly weigh: readonly number[];
}

/** Does a job. */
export async function doJob(job: Job): Promise<Answers[Job["kind"]]> {
  if (job.kind === "tables") return await learnTables(job.paths, job.regressions);
  if (job.kind === "weigh") return await weighPicture(job.path, job.regressions, job.tables);
  const picture = await readPicture(readFileSync(job.path));
  if (job.kind === "signed") return sumSigned(picture);
  const sets = job.regressions.map(readRegressions);
  if (job.kind === "judge") return sets.map((of) => judgePicture(picture, of));
  return sets.map((of) => sumMagnitudes(picture, of, job.isFirst));
}
