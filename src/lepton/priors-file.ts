/**
 * Priors' file: a prior set as it is shipped, to what a kernel takes.
 *
 *   0   4  "PPri"             8   four rates, u16 each      20  weights and parameters, one stream
 *   4   1  number of the set  16  words of the tables, u32      (priors-coding.ts)
 *   6   2  step of a logit                                  -4  CRC-32C of all before, high byte first
 *
 * Numbers are little-endian. Source: docs/formats/jpeg-dense.md, "Prior set".
 */
import { viewOf } from "../core/bytes.ts";
import { checksumOf } from "../core/checksum.ts";
import { PithError } from "../core/errors.ts";
import {
  codeLevels,
  codeWeights,
  NOT_TOLD,
  PRIORS_HEADER_BYTES,
  PRIORS_MAGIC,
  PriorsReader,
  RATE_LEVELS,
  WEIGHT_COUNT,
} from "./priors-coding.ts";
import {
  freshPriors,
  PRIOR_TABLES,
  PRIOR_WORDS,
  RATE_FLOOR,
  rateOf,
  unitOf,
} from "./priors-layout.ts";

const CHECKSUM_BYTES = 4;

export interface PriorFile {
  readonly number: number;
  /** Of all regressions. */
  readonly weights: Int16Array<ArrayBuffer>;
  /** Logits and rates of all parameters, as they lie in the kernel's memory. */
  readonly tables: Int16Array<ArrayBuffer>;
}

/** Whether these bytes are a file, and not bare weights. */
export function isPriorFile(bytes: Uint8Array): boolean {
  return bytes.length >= PRIORS_HEADER_BYTES && viewOf(bytes).getUint32(0) === PRIORS_MAGIC;
}

/**
 * Reads a file. A twentieth of a second.
 *
 * @throws PithError "KernelFault" when it is damaged, or for another kernel
 */
export function readPriorFile(bytes: Uint8Array): PriorFile {
  const view = viewOf(bytes);
  const end = bytes.length - CHECKSUM_BYTES;
  const isWhole = isPriorFile(bytes) && end >= PRIORS_HEADER_BYTES;
  if (!isWhole || view.getUint32(end) !== checksumOf(bytes.subarray(0, end))) {
    throw new PithError("KernelFault", { why: "a damaged prior set", bytes: bytes.length });
  }
  const words = view.getUint32(16, true);
  if (words !== PRIOR_WORDS) {
    throw new PithError("KernelFault", { why: "a prior set for other tables", words });
  }
  const reader = new PriorsReader(bytes.subarray(PRIORS_HEADER_BYTES, end));
  const weights = new Int16Array(WEIGHT_COUNT);
  codeWeights(reader, weights);
  const levels = new Int16Array(PRIOR_WORDS);
  codeLevels(reader, { words: levels });
  const rates = Array.from({ length: RATE_LEVELS }, (_, i) => view.getUint16(8 + 2 * i, true));
  if (rates.some((rate) => rate < RATE_FLOOR || rate > 32767)) {
    throw new PithError("KernelFault", { why: "a prior set with rates out of range" });
  }
  const tables = tablesFrom(levels, view.getUint16(6, true), rates);
  return { number: view.getUint8(4), weights, tables };
}

/** Levels to logits and rates; what is not told stays as no training has seen it. */
function tablesFrom(
  levels: Int16Array,
  step: number,
  rates: readonly number[],
): Int16Array<ArrayBuffer> {
  const tables = freshPriors();
  for (const { kind, at, end } of PRIOR_TABLES) {
    const { words, lanes } = unitOf(kind);
    for (let unit = at; unit < end; unit += words) {
      for (let i = unit; i < unit + lanes; i++) {
        const level = levels[i] ?? NOT_TOLD;
        if (level === NOT_TOLD) continue;
        const rateAt = rateOf(kind, i);
        tables[i] = Math.max(-32768, Math.min(32767, level * step));
        tables[rateAt] = rates[levels[rateAt] ?? 0] ?? 0;
      }
    }
  }
  return tables;
}
