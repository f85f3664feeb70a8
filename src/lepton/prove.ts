/**
 * Prove: a Lepton file is decoded with other kernel instances before anybody gets it. What passes the
 * parsers is not always what a canonical writer puts back.
 */
import { equalBytes } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { decodeIterable } from "./decode.ts";
import type { Work } from "./work.ts";

/**
 * Decodes a file and compares, piece by piece.
 *
 * @param plain - what it must restore
 * @param model - that coded it
 * @throws PithError "RoundTripFailure"; of kind "limit" where decoding takes more than it may; of kind
 *   "io" where a thread broke; "Aborted"
 */
export async function prove(
  lepton: Uint8Array,
  plain: Uint8Array,
  work: Work,
  model: CoefficientModel = "lepton",
): Promise<void> {
  const pieces = decodeIterable(lepton, { ...work.forProof, model });
  let at = 0;
  try {
    for (;;) {
      const piece = await nextOf(pieces);
      if (piece === undefined) break;
      const end = at + piece.length;
      if (!equalBytes(piece, plain.subarray(at, end))) {
        throw new PithError("RoundTripFailure", { at });
      }
      at = end;
      work.add(piece.length);
    }
  } finally {
    await pieces.return();
  }
  if (at !== plain.length) {
    throw new PithError("RoundTripFailure", { expected: plain.length, actual: at });
  }
}

async function nextOf(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<Uint8Array | undefined> {
  try {
    const result = await pieces.next();
    return result.done === true ? undefined : result.value;
  } catch (error) {
    const isKnown = error instanceof PithError;
    if (isKnown && (["limit", "io"].includes(error.kind) || error.code === "Aborted")) throw error;
    throw new PithError("RoundTripFailure", { why: String(error) }, error);
  }
}
