/**
 * Chunk header: the marker segments of a JPEG, read while its chunks come.
 *
 *   chunks   | SOI, segments, segm|ent, segments | ..., SOS, scan data |
 *   kept                       |----|                a segment that is cut
 *   essential       frame, tables, restart interval, scan: what every chunk's file must repeat
 */
import { concatenate, copyOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { LEPTON_ESSENTIAL_BYTES_MAXIMUM } from "../core/limits.ts";
import { ByteGatherer } from "./byte-gatherer.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { type JpegScan, unsupported } from "./jpeg-frame.ts";
import { beginsJpeg, JPEG_START_BYTES, JpegHeader } from "./jpeg-header.ts";
import { essentialSegments } from "./jpeg-markers.ts";

/** Bytes that tell a JPEG. */
const MAGIC_BYTES = 3;

/** The first scan, found. */
export interface ScanStart {
  readonly scan: JpegScan;
  /** Where its data begin in the chunk; at its end when they come with the next one. */
  readonly at: number;
  /** The segments that decoding needs, one behind the other. */
  readonly essential: Uint8Array;
}

/** Reads the segments before the first scan. */
export class ChunkHeader {
  readonly #header: JpegHeader;
  readonly #essential = new ByteGatherer();
  #kept: Uint8Array = new Uint8Array(0);
  #hasBegun = false;

  /** @param model - that codes the picture */
  constructor(model: CoefficientModel) {
    this.#header = new JpegHeader({ frames: model });
  }

  /**
   * Reads on with the object's next chunk.
   *
   * @returns undefined when the chunk ends before the first scan does begin
   * @throws PithError as `JpegHeader.read`; "HeaderTooLarge"
   */
  read(chunk: Uint8Array): ScanStart | undefined {
    const bytes = this.#kept.length === 0 ? chunk : concatenate([this.#kept, chunk]);
    if (bytes.length < MAGIC_BYTES) {
      this.#kept = copyOf(bytes);
      return undefined;
    }
    if (!this.#hasBegun && !beginsJpeg(bytes)) throw unsupported("not a JPEG");
    const from = this.#hasBegun ? 0 : JPEG_START_BYTES;
    this.#hasBegun = true;
    const step = this.#header.read(bytes, from);
    if (step.kind === "end") throw unsupported("a JPEG without a scan");
    for (const segment of essentialSegments(bytes.subarray(from, step.at))) {
      this.#essential.append(segment);
    }
    if (this.#essential.length > LEPTON_ESSENTIAL_BYTES_MAXIMUM) {
      throw new PithError("HeaderTooLarge", {
        bytes: this.#essential.length,
        maximum: LEPTON_ESSENTIAL_BYTES_MAXIMUM,
      });
    }
    if (step.kind === "more") {
      this.#kept = copyOf(bytes.subarray(step.at));
      return undefined;
    }
    const at = step.at - (bytes.length - chunk.length);
    return { scan: step.scan, at, essential: this.#essential.take() };
  }
}
