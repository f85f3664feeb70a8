/**
 * Dense header: the header records of a dense file as they are stored, and unpacked.
 *
 * For now a raw deflate stream.
 */
import { PithError } from "../core/errors.ts";
import { deflate, inflate } from "../deflate/index.ts";

const HEADER_LEVEL = 9;

/** Packs header records. */
export function packHeader(records: Uint8Array): Promise<Uint8Array> {
  return deflate(records, { format: "raw", level: HEADER_LEVEL });
}

/**
 * Unpacks header records.
 *
 * @param maximumBytes - what they may become
 * @throws PithError "HeaderTooLarge", "BadLeptonFile"
 */
export async function unpackHeader(coded: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
  try {
    return await inflate(coded, { format: "raw", maxOutputBytes: maximumBytes });
  } catch (error) {
    const fault = PithError.from(error, "BadLeptonFile");
    if (fault.code === "OutputLimit")
      throw new PithError("HeaderTooLarge", { maximumBytes }, error);
    if (fault.kind !== "input") throw fault;
    throw new PithError("BadLeptonFile", { part: "header", why: fault.message }, error);
  }
}
