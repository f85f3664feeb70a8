/**
 * Chunk encode: the Lepton file of one chunk, as planned by chunk-tracker.ts.
 *
 *   plan -> segments coded from their handoffs -> file -> proof
 *
 * A cut can fall so that what is left of the last block decodes to something the model cannot code. Then
 * the file is made once more, with that row raw in its tail.
 */

import { PithError } from "../core/errors.ts";
import type { Kernel } from "../core/kernel.ts";
import { LEPTON_HEADER_SLACK_BYTES } from "../core/limits.ts";
import { type ChunkEnding, type ChunkPlan, type ChunkRefused, refusalOf } from "./chunk-tracker.ts";
import type { PackOptions } from "./dense-header.ts";
import { encodeSegments } from "./encode-segments.ts";
import { type CodingOptions, planRows, type SinglePlan, tailOf } from "./encode-single.ts";
import { writeLepton } from "./file.ts";
import { prove } from "./prove.ts";
import { writeRecords } from "./records.ts";
import { Work, type WorkOptions } from "./work.ts";

export interface ChunkEncodeOptions extends Pick<CodingOptions, "segments" | "model">, WorkOptions {
  /** False gives files out without having decoded them: where somebody else does. */
  readonly verify?: boolean | undefined;
  /** For what lies in a dense file's header. */
  readonly packing?: PackOptions | undefined;
}

/**
 * Codes one chunk.
 *
 * @param chunk - its bytes, of which the plan was made
 * @returns its Lepton file, or why it cannot be coded
 */
export async function encodeChunk(
  kernel: Kernel,
  plan: ChunkPlan,
  chunk: Uint8Array,
  options: ChunkEncodeOptions,
): Promise<Uint8Array<ArrayBuffer> | ChunkRefused> {
  let first: ChunkRefused | undefined;
  for (const ending of plan.endings) {
    try {
      return await encodeTo(kernel, plan, ending, chunk, options);
    } catch (error) {
      const refusal = refusalOf(error);
      if (error instanceof PithError && error.kind === "limit") return refusal;
      first ??= refusal;
    }
  }
  return first ?? { refused: "OnlyGarbageNoJpeg" };
}

async function encodeTo(
  kernel: Kernel,
  plan: ChunkPlan,
  ending: ChunkEnding,
  chunk: Uint8Array,
  options: ChunkEncodeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const single = planEnding(plan, ending, options);
  const { jpegHeader, chunkPrefix, flavour } = plan;
  const records = { ...single.records, jpegHeader, chunkPrefix };
  const bytes = jpegHeader.length + (chunkPrefix?.length ?? 0);
  // A cheap look first: readers refuse a header that is longer than its output and a little more.
  const maximum = chunk.length + LEPTON_HEADER_SLACK_BYTES;
  if (bytes > chunk.length && writeRecords(records).length > maximum) {
    throw new PithError("HeaderTooLarge", { bytes, maximum });
  }
  // Who codes chunks keeps the cores busy with several of them, unless told.
  const work = new Work({ threads: 1, ...options });
  work.expect(options.verify === false ? chunk.length : 2 * chunk.length);
  const { model, packing } = options;
  const streams = await encodeSegments(kernel, single, work);
  const parts = { model, packing, flavour, outputBytes: chunk.length, records, streams };
  const lepton = await writeLepton(parts);
  if (options.verify !== false) await prove(lepton, chunk, work, model);
  return lepton;
}

function planEnding(
  { scan, data }: ChunkPlan,
  { index, endsWithRow }: ChunkEnding,
  options: ChunkEncodeOptions,
): SinglePlan {
  const tail = tailOf(data, index.seen, options.model);
  const end = data.length - tail.length;
  const plan = planRows(scan, index, data, { tail, end }, options);
  if (!endsWithRow) return plan;
  const segments = plan.segments.map((segment) => ({
    ...segment,
    rows: { ...segment.rows, isLast: false },
  }));
  return { ...plan, segments };
}
