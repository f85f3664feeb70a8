/**
 * Meaning: that an IR makes the bytes it is said to make, before others build on it.
 */
import { type FaultCode, type FaultFacts, PithError } from "../../core/errors.ts";
import type { Ir } from "../command.ts";
import { runIr } from "../run.ts";

/**
 * Passes when `ir` makes exactly `plain`.
 *
 * @throws PithError of that code with those facts otherwise, and where the bytes first differ
 */
export async function requireMeaning(
  ir: Ir,
  plain: Uint8Array,
  code: FaultCode,
  facts: FaultFacts,
): Promise<void> {
  let made: Uint8Array;
  try {
    made = await runIr(ir, { maximumBytes: plain.length });
  } catch (error) {
    const knows = error instanceof PithError && /^(Ir|OutputLimit)/.test(error.code);
    if (!knows) throw error;
    throw new PithError(code, { ...facts, why: error.message }, error);
  }
  const at = firstDifference(made, plain);
  if (at !== -1) throw new PithError(code, { ...facts, why: "it makes other bytes", at });
}

/** Where two arrays first differ, -1 when they are equal. */
function firstDifference(one: Uint8Array, other: Uint8Array): number {
  const shared = Math.min(one.length, other.length);
  for (let i = 0; i < shared; i++) if (one[i] !== other[i]) return i;
  return one.length === other.length ? -1 : shared;
}
