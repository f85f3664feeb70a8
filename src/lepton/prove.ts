/**
 * Prove: a Lepton file is decoded with another kernel instance before anybody gets it. What passes the
 * parsers is not always what a canonical writer puts back.
 */
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { decodeLepton } from "./decode.ts";

/**
 * Decodes a file and compares.
 *
 * @param plain - what it must restore
 * @throws PithError "RoundTripFailure"; of kind "limit" where decoding takes more than it may
 */
export async function prove(lepton: Uint8Array, plain: Uint8Array): Promise<void> {
  let restored: Uint8Array;
  try {
    restored = await decodeLepton(lepton);
  } catch (error) {
    if (error instanceof PithError && error.kind === "limit") throw error;
    throw new PithError("RoundTripFailure", { why: String(error) }, error);
  }
  if (!equalBytes(restored, plain)) {
    throw new PithError("RoundTripFailure", { expected: plain.length, actual: restored.length });
  }
}
