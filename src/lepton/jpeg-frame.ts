/**
 * JPEG frame: the picture that a SOF segment describes, and the scans that carry it, as plain data.
 *
 *   frame       width x height, 1..4 components, each sampled h times v
 *   MCU         h * v blocks of each component; mcuColumns * mcuRows of them cover the picture
 *   component   columns * rows blocks with the padding of whole MCUs; a scan of this component
 *               alone holds only the scanColumns * scanRows that the picture touches
 *
 * jpeg-header.ts reads segments; which pictures a Lepton file can hold is said here.
 * Source: ITU-T T.81, A.1 and B.2.2.
 */
import { PithError } from "../core/errors.ts";
import type { CoefficientModel } from "./coefficient-model.ts";

export interface JpegComponent {
  /** As the scans name it; not its index. */
  readonly id: number;
  /** Sampling factors: horizontal, vertical. */
  readonly h: number;
  readonly v: number;
  /** Id of its quantization table, 0..3. */
  readonly quantizer: number;
  /** Blocks in a row and in a column, those that only fill up MCUs included. */
  readonly columns: number;
  readonly rows: number;
  /** The same without them. */
  readonly scanColumns: number;
  readonly scanRows: number;
}

export interface JpegFrame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly mcuColumns: number;
  readonly mcuRows: number;
  readonly components: readonly JpegComponent[];
}

/** A table as a DHT segment has it: 16 counts, then symbols, zeros up to 272 bytes. */
export type HuffmanSpec = Uint8Array;

/** What holds when the entropy-coded data of a scan begin. */
export interface JpegScan {
  readonly frame: JpegFrame;
  /** In the scan's order: index in the frame, ids 0..3 of the Huffman tables. */
  readonly components: readonly {
    readonly index: number;
    readonly dcTable: number;
    readonly acTable: number;
  }[];
  /** Spectral selection and successive approximation; 0, 63, 0, 0 in a sequential frame, whatever
   * the segment says. */
  readonly spectralStart: number;
  readonly spectralEnd: number;
  readonly high: number;
  readonly low: number;
  /** MCUs (blocks in a scan of one component) between restarts; 0 for none. */
  readonly restartInterval: number;
  /** Tables in force, at class * 4 + id with class 0 for DC and 1 for AC. */
  readonly huffman: readonly (HuffmanSpec | undefined)[];
  /** Tables in force by id, raster order. */
  readonly quantizers: readonly (Uint16Array | undefined)[];
}

/**
 * Reads the body of a SOF segment.
 *
 * @param body - what follows the length field
 * @throws PithError "UnsupportedJpeg" when no frame can be made of it
 */
export function readFrame(body: Uint8Array, progressive: boolean): JpegFrame {
  const byte = (at: number): number => body[at] ?? 0;
  const height = (byte(1) << 8) | byte(2);
  const width = (byte(3) << 8) | byte(4);
  const count = byte(5);
  if (body.length < 6 + 3 * count) throw unsupported("a frame segment that is too short");
  if (byte(0) !== 8) throw unsupported("samples that have not 8 bits", { bits: byte(0) });
  if (width === 0 || height === 0) throw unsupported("a picture without size", { width, height });
  if (count < 1 || count > 4) throw unsupported("not 1 to 4 components", { components: count });
  const factors = [];
  for (let i = 0; i < count; i++) {
    const at = 6 + 3 * i;
    const [h, v, quantizer] = [byte(at + 1) >> 4, byte(at + 1) & 15, byte(at + 2)];
    if (h === 0 || v === 0) throw unsupported("a sampling factor of zero");
    if (quantizer > 3) throw unsupported("a quantization table id beyond 3");
    factors.push({ id: byte(at), h, v, quantizer });
  }
  const hMaximum = Math.max(...factors.map(({ h }) => h));
  const vMaximum = Math.max(...factors.map(({ v }) => v));
  const mcuColumns = Math.ceil(width / (8 * hMaximum));
  const mcuRows = Math.ceil(height / (8 * vMaximum));
  const components = factors.map((factor) => ({
    ...factor,
    columns: mcuColumns * factor.h,
    rows: mcuRows * factor.v,
    scanColumns: Math.ceil((width * factor.h) / (8 * hMaximum)),
    scanRows: Math.ceil((height * factor.v) / (8 * vMaximum)),
  }));
  return { progressive, width, height, mcuColumns, mcuRows, components };
}

/**
 * Refuses pictures that the files of a model cannot hold. Dense ones hold all but sampling factors that
 * the standard does not know.
 *
 * @throws PithError "SamplingBeyondFourUnsupported"; for Lepton "SamplingBeyondTwoUnsupported",
 *   "Unsupported4Colors"
 */
export function requireFrame(frame: JpegFrame, model: CoefficientModel): void {
  const sampling = samplingText(frame);
  const factor = Math.max(...frame.components.map(({ h, v }) => Math.max(h, v)));
  if (factor > 4) throw new PithError("SamplingBeyondFourUnsupported", { sampling });
  if (model === "dense") return;
  if (factor > 2) throw new PithError("SamplingBeyondTwoUnsupported", { sampling });
  if (frame.components.length === 4) throw new PithError("Unsupported4Colors");
}

/** How many restart markers are due in a scan. */
export function restartsDue({ frame, restartInterval, components }: JpegScan): number {
  if (restartInterval === 0) return 0;
  const [only] = components;
  const component = components.length === 1 ? frame.components[only?.index ?? 0] : undefined;
  const mcus =
    component === undefined
      ? frame.mcuColumns * frame.mcuRows
      : component.scanColumns * component.scanRows;
  return Math.floor((mcus - 1) / restartInterval);
}

/** Whether one scan holds the whole picture: sequential, with all components. */
export function holdsAll(scan: JpegScan): boolean {
  return !scan.frame.progressive && scan.components.length === scan.frame.components.length;
}

/**
 * The quantization tables of a frame's components.
 *
 * @param tables - by id
 * @param model - for the dense one a table that is not there is one of zeros
 * @throws PithError "UnsupportedJpeg" when one is not there
 */
export function quantizersOf(
  frame: JpegFrame,
  tables: readonly (Uint16Array | undefined)[],
  model: CoefficientModel,
): Uint16Array[] {
  return frame.components.map(({ quantizer }) => {
    const table = tables[quantizer];
    if (table === undefined && model === "dense") return new Uint16Array(64);
    if (table === undefined) {
      throw unsupported("no quantization table", { quantizer });
    }
    return table;
  });
}

/** All blocks of each component. */
export function allBlocks(frame: JpegFrame): number[] {
  return frame.components.map(({ columns, rows }) => columns * rows);
}

/** The sampling factors, horizontal first, as in "2x2,1x1,1x1". */
export function samplingText(frame: JpegFrame): string {
  return frame.components.map(({ h, v }) => `${h}x${v}`).join(",");
}

export function unsupported(why: string, facts: Readonly<Record<string, unknown>> = {}): PithError {
  return new PithError("UnsupportedJpeg", { why, ...facts });
}
