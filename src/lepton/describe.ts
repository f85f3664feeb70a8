/**
 * Describe: what a Lepton file holds, and what its bytes stand for.
 *
 *   file = fixed header and packets | JPEG header, compressed | interiors | edges | DCs | tail
 *
 * The classes are those of the figure in the NSDI paper on Lepton. The coded ones are found by
 * decoding: an arithmetic coder leaves no other trace of where one value ends.
 */
import type { KernelInstance } from "../core/kernel.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { unpackingOf } from "./decode.ts";
import { planDecode } from "./decode-plan.ts";
import { readLepton } from "./file.ts";
import type { DenseStart, LeptonFlavour } from "./file-start.ts";
import { samplingText } from "./jpeg-frame.ts";
import { loadDecoder } from "./kernels.ts";
import { feed, type LeptonPicture, openPicture, RING, STATUS } from "./picture.ts";
import type { SegmentRows } from "./segment-decoder.ts";

export interface LeptonDescription {
  /** Of the format: 1, 2 or 4; 65 for dense files. */
  readonly version: number;
  /** Of a dense file: which model, and which priors it was coded with. */
  readonly dense?: DenseStart;
  /** "Z" one scan, "X" several, "Y" a chunk of a JPEG or bytes of any kind. */
  readonly flavour: LeptonFlavour;
  /** What the file decodes to, in bytes. */
  readonly outputBytes: number;
  readonly width: number;
  readonly height: number;
  readonly components: number;
  /** As in "2x2,1x1,1x1": horizontal factor first. */
  readonly sampling: string;
  readonly progressive: boolean;
  readonly scans: number;
  readonly segments: readonly LeptonSegmentDescription[];
  /** Bytes of the Lepton file by what they stand for; their sum is its size. */
  readonly bytes: LeptonClasses;
}

export interface LeptonSegmentDescription {
  /** First MCU row. */
  readonly mcuRow: number;
  /** Bytes of the coded stream. */
  readonly bytes: number;
}

export interface LeptonClasses {
  /** The JPEG's header, tail and all else that is not coefficients. */
  readonly header: number;
  readonly dc: number;
  /** The 49 coefficients that are in neither the first row nor the first column of their block. */
  readonly interior: number;
  /** The 14 others. */
  readonly edges: number;
}

/**
 * Describes a Lepton file.
 *
 * @param lepton - a whole file
 * @param model - whose file it is
 * @throws PithError as `decodeLepton`; what cannot be decoded cannot be described
 *
 * Takes as long as decoding does, at once and without giving way, and no more memory than the file again
 * and a few rows of the picture, also of several scans.
 *
 * @example
 * const { width, height, bytes } = await describeLepton(lepton);
 */
export async function describeLepton(
  lepton: Uint8Array,
  model: CoefficientModel = "lepton",
): Promise<LeptonDescription> {
  const { header, streams } = await readLepton(lepton, model, unpackingOf({}));
  const plan = planDecode(header);
  const { frame } = plan.picture.scan;
  const kernel = await loadDecoder(model);
  const shares = kernel.use((instance) => {
    openPicture(instance, plan.picture, RING);
    for (const [i, { rows }] of plan.segments.entries()) {
      measure(instance, plan.picture, rows, streams[i] ?? new Uint8Array(0));
    }
    return readAccounts(instance);
  });
  const segments = plan.segments.map(({ rows }, i) => ({
    mcuRow: rows.first,
    bytes: streams[i]?.length ?? 0,
  }));
  const coded = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    version: header.version,
    ...(header.dense === undefined ? {} : { dense: header.dense }),
    flavour: header.flavour,
    outputBytes: header.outputBytes,
    width: frame.width,
    height: frame.height,
    components: frame.components.length,
    sampling: samplingText(frame),
    progressive: frame.progressive,
    scans: plan.groups.groups.length,
    segments,
    bytes: classesOf(lepton.length, coded, shares),
  };
}

/** Bits by class: interiors, edges, DCs. */
type Shares = readonly [number, number, number];

/** Decodes a segment for its bits alone. */
function measure(
  instance: KernelInstance,
  picture: LeptonPicture,
  rows: SegmentRows,
  stream: Uint8Array,
): void {
  if (stream.length === 0 || picture.codedBlocks.every((count) => count === 0)) return;
  instance.call("restartInput");
  let rest = stream.subarray(feed(instance, stream, true));
  instance.call("beginSegmentRead", rows.first, rows.end, +rows.isLast);
  for (;;) {
    const status = instance.call("measureSegmentRow");
    if (status === STATUS.done) return;
    if (status === STATUS.input) rest = rest.subarray(feed(instance, rest, true));
  }
}

function readAccounts(instance: KernelInstance): Shares {
  const bytes = instance.bytes(instance.call("accountsAddress"), 12).slice();
  const [interior = 0, edges = 0, dc = 0] = new Uint32Array(bytes.buffer);
  return [interior, edges, dc];
}

/** Turns bits into bytes that sum up to the streams' size: what bits leave over goes to the largest. */
function classesOf(fileBytes: number, coded: number, shares: Shares): LeptonClasses {
  const [interiorBits, edgeBits, dcBits] = shares;
  const sum = interiorBits + edgeBits + dcBits;
  if (sum === 0) return { header: fileBytes, dc: 0, interior: 0, edges: 0 };
  const edges = Math.round((coded * edgeBits) / sum);
  const dc = Math.round((coded * dcBits) / sum);
  return { header: fileBytes - coded, dc, interior: coded - edges - dc, edges };
}
