/**
 * Decoding a Lepton file to the JPEG it was made from.
 */
import { concatenate } from "../core/bytes.ts";
import { loadKernel } from "../core/kernel.ts";
import { writeBody } from "./decode-body.ts";
import { planDecode } from "./decode-plan.ts";
import { type LeptonArithmetic, readLepton } from "./file.ts";

export interface DecodeLeptonOptions {
  readonly arithmetic?: LeptonArithmetic | undefined;
}

export async function decodeLepton(
  lepton: Uint8Array,
  options: DecodeLeptonOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { header, streams } = await readLepton(lepton);
  const plan = planDecode(header, options);
  const kernel = await loadKernel("lepton");
  return kernel.use((instance) => concatenate([...writeBody(instance, plan, streams)]));
}
