/**
 * Prior set: what was learned, cut down to what is worth its bytes, as the file that is shipped.
 *
 *   logits    in steps, rates in four levels; parameters with few visits are not told at all
 *   file      docs/formats/jpeg-dense.md, "Prior set"
 */
import { checksumOf } from "../src/core/checksum.ts";
import {
  codeLevels,
  codeWeights,
  LOGIT_LEVEL_MAXIMUM,
  NOT_TOLD,
  PRIORS_HEADER_BYTES,
  PRIORS_MAGIC,
} from "../src/lepton/priors-coding.ts";
import { PRIOR_TABLES, PRIOR_WORDS, rateOf, unitOf } from "../src/lepton/priors-layout.ts";
import { PriorsWriter } from "./priors-writer.ts";
import { FAMILIES, type Regressions } from "./reference-regressions.ts";
import type { LearnedTables } from "./tables.ts";

/** Step of a logit, in 8192ths. */
const LOGIT_STEP = 640;
/** The four rates; a learned one goes to the nearest by ratio: thresholds are their geometric means. */
const RATES = [600, 1500, 3750, 8000] as const;
const RATE_THRESHOLDS = [949, 2372, 5477] as const;
/** Visits that make a parameter worth telling. */
const VISITS_LEAST = 48;

/** The file of a prior set. */
export function priorSetFile(
  number: number,
  regressions: Regressions,
  learned: LearnedTables,
): Uint8Array {
  const writer = new PriorsWriter();
  const weights = FAMILIES.flatMap((family) => [...regressions[family]]);
  codeWeights(writer, Int16Array.from(weights));
  codeLevels(writer, { words: levelsOf(learned) });
  const stream = writer.finish();
  const file = new Uint8Array(PRIORS_HEADER_BYTES + stream.length + 4);
  const view = new DataView(file.buffer);
  view.setUint32(0, PRIORS_MAGIC);
  view.setUint8(4, number);
  view.setUint16(6, LOGIT_STEP, true);
  for (const [i, rate] of RATES.entries()) view.setUint16(8 + 2 * i, rate, true);
  view.setUint32(16, PRIOR_WORDS, true);
  file.set(stream, PRIORS_HEADER_BYTES);
  view.setUint32(file.length - 4, checksumOf(file.subarray(0, file.length - 4)));
  return file;
}

function levelsOf({ words, visits }: LearnedTables): Int16Array {
  const levels = new Int16Array(words.length).fill(NOT_TOLD);
  for (const { kind, at, end } of PRIOR_TABLES) {
    const { words: unitWords, lanes } = unitOf(kind);
    for (let unit = at; unit < end; unit += unitWords) {
      for (let i = unit; i < unit + lanes; i++) {
        // Later steps of a row have no more visits than earlier ones.
        if (visits[i]! < VISITS_LEAST) break;
        const level = Math.round(words[i]! / LOGIT_STEP);
        levels[i] = Math.max(-LOGIT_LEVEL_MAXIMUM, Math.min(LOGIT_LEVEL_MAXIMUM, level));
        const rateAt = rateOf(kind, i);
        levels[rateAt] = RATE_THRESHOLDS.filter((least) => words[rateAt]! >= least).length;
      }
    }
  }
  return levels;
}
