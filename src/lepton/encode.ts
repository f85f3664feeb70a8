/**
 * Encode: a JPEG to a Lepton file that decodes to exactly these bytes, or a refusal that says why not.
 *
 *   JPEG -> header -> one scan (encode-single.ts) or several (encode-several.ts) -> file -> proof
 *
 * The proof decodes the file with another kernel instance before anybody gets it: what passes the
 * parsers is not always what a canonical writer puts back.
 */
import { PithError } from "../core/errors.ts";
import { loadKernel } from "../core/kernel.ts";
import { LEPTON_OUTPUT_BYTES_MAXIMUM, LEPTON_SEGMENTS_MAXIMUM } from "../core/limits.ts";
import { encodeSeveral } from "./encode-several.ts";
import { type CutOptions, encodePlan, planSingle } from "./encode-single.ts";
import { writeLepton } from "./file.ts";
import { holdsAll } from "./jpeg-frame.ts";
import { readFirstScan } from "./jpeg-header.ts";
import { prove } from "./prove.ts";

export interface EncodeLeptonOptions extends CutOptions {
  /** False gives the file out without having decoded it: for benchmarks only. */
  readonly verify?: boolean | undefined;
}

export async function encodeLepton(
  jpeg: Uint8Array,
  options: EncodeLeptonOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkOptions(jpeg, options);
  const { scan, at, header } = readFirstScan(jpeg);
  const isSingle = holdsAll(scan);
  const kernel = await loadKernel("lepton");
  const { records, streams } = kernel.use((instance) => {
    if (!isSingle) return encodeSeveral(instance, jpeg, scan, at, header, options);
    const plan = planSingle(instance, jpeg, scan, at, options);
    return { records: plan.records, streams: encodePlan(instance, plan) };
  });
  const flavour = isSingle ? "Z" : "X";
  const lepton = await writeLepton({ flavour, outputBytes: jpeg.length, records, streams });
  if (options.verify !== false) await prove(lepton, jpeg);
  return lepton;
}

function checkOptions(jpeg: Uint8Array, { segments }: EncodeLeptonOptions): void {
  const isCount = segments === undefined || (Number.isInteger(segments) && segments >= 1);
  if (!isCount || (segments ?? 1) > LEPTON_SEGMENTS_MAXIMUM) {
    throw new PithError("InvalidArgument", { what: "segments are 1 to 16", segments });
  }
  if (jpeg.length > LEPTON_OUTPUT_BYTES_MAXIMUM) {
    throw new PithError("OutputLimit", {
      bytes: jpeg.length,
      maximum: LEPTON_OUTPUT_BYTES_MAXIMUM,
    });
  }
}
