/**
 * Optimize: an IR through optimizers, one after the other, each checked to keep the meaning.
 *
 * OPTIMIZERS are ours, in the order in which they are of most use: those that make commands meet
 * first, then those that choose by price.
 */
import { PithError } from "../../core/errors.ts";
import type { Ir, IrPrices, Optimizer } from "../command.ts";
import { staticPrices } from "../static-prices.ts";
import { dictionaryWords } from "./dictionary-words.ts";
import { dropDeadHints, dropHints } from "./hints.ts";
import { requireMeaning } from "./meaning.ts";
import { dropEmpty, mergeCopies, mergeInserts } from "./merge.ts";
import { moveCuts } from "./move-cuts.ts";
import { recentDistances } from "./recent-distances.ts";
import { shortCopies } from "./short-copies.ts";

export const OPTIMIZERS: readonly Optimizer[] = [
  dropHints,
  dropDeadHints,
  dropEmpty,
  mergeInserts,
  mergeCopies,
  recentDistances,
  moveCuts,
  shortCopies,
  dictionaryWords,
];

/**
 * Changes an IR by optimizers into one that makes the same bytes.
 *
 * @param ir - not changed
 * @param plain - the bytes that it makes
 * @param optimizers - in order; one of OPTIMIZERS by its name, or your own
 * @param prices - what commands cost; staticPrices(plain) by default. Optimizers that choose by
 *   price make no IR dearer under them.
 * @throws PithError "InvalidArgument" when `ir` does not make `plain` or a name is unknown;
 *   "RoundTripFailure" when an optimizer's IR does not, with its name
 *
 * The time is in proportion to the commands and bytes, for each optimizer.
 */
export async function optimizeIr(
  ir: Ir,
  plain: Uint8Array,
  optimizers: readonly (Optimizer | string)[],
  prices?: IrPrices,
): Promise<Ir> {
  const found = optimizers.map((one) => (typeof one === "string" ? optimizerNamed(one) : one));
  await requireMeaning(ir, plain, "InvalidArgument", { argument: "ir" });
  const frozen = prices ?? staticPrices(plain);
  let current = ir;
  for (const optimizer of found) {
    current = await optimizer.optimize(current, plain, frozen);
    await requireMeaning(current, plain, "RoundTripFailure", { optimizer: optimizer.name });
  }
  return current;
}

function optimizerNamed(name: string): Optimizer {
  const found = OPTIMIZERS.find((one) => one.name === name);
  if (found !== undefined) return found;
  const known = OPTIMIZERS.map((one) => one.name).join(", ");
  throw new PithError("InvalidArgument", { optimizer: name, known });
}
