/**
 * DivANS worker: what a thread of the DivANS pool does. It gets the compiled kernel once, then units to code
 * and to decode. See threads.ts.
 */
import { serveJobs, transferring } from "../core/jobs.ts";
import { adoptKernel, type CompiledKernel, type KernelVariant } from "../core/kernel.ts";
import { loadDivans } from "./kernels.ts";
import { decodeRecord, type UnitRecord } from "./unit-decode.ts";
import { encodeUnitWith, type UnitChoices } from "./unit-encode.ts";
import { Work } from "./work.ts";

export interface EncodeRequest {
  readonly plain: Uint8Array;
  readonly choices: UnitChoices;
}

export interface DecodeRequest {
  readonly record: UnitRecord;
}

export type DivansJobs = typeof jobs;

let variant: KernelVariant | undefined;

const jobs = {
  async encode({ plain, choices }: EncodeRequest): Promise<{ record: Uint8Array<ArrayBuffer> }> {
    const record = await encodeUnitWith(await loadDivans(variant), plain, choices, new Work());
    return transferring({ record }, [record.buffer]);
  },

  async decode({ record }: DecodeRequest): Promise<{ plain: Uint8Array<ArrayBuffer> }> {
    const plain = await decodeRecord(await loadDivans(variant), record, new Work());
    return transferring({ plain }, [plain.buffer]);
  },
};

serveJobs(jobs, (setup) => {
  variant = adoptKernel(setup as CompiledKernel).variant;
});
