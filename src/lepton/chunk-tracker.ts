/**
 * Chunk tracker: follows a JPEG of one scan through the chunks of its object, and plans the Lepton file
 * of each: which rows it codes, and what it keeps raw.
 *
 *   chunks    | header, row 0, row 1, ro|w 2, row 3, row 4, r|ow 5, EOI, garbage |
 *   coded     Z: header, rows 0, 1, 2   Y: rows 3, 4, 5      -
 *   raw                                 the rest of row 2    the rest of row 5: refused
 *
 * A row that is cut is coded in the chunk where it begins, as far as it goes, like the end of a JPEG
 * that was cut off; its rest stands raw in front of the next chunk's rows. What is carried along:
 * where the row begins that is not whole yet, and its bytes. Bytes of the files: docs/formats/lepton.md,
 * "Chunks"; coding what is planned: chunk-encode.ts.
 */
import { concatenate, copyOf } from "../core/bytes.ts";
import { type FaultCode, PithError } from "../core/errors.ts";
import type { Kernel } from "../core/kernel.ts";
import { LEPTON_PARTIAL_ROW_BYTES_MAXIMUM } from "../core/limits.ts";
import { ChunkHeader } from "./chunk-header.ts";
import { type ChunkIndex, indexChunk } from "./chunk-index.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import type { LeptonFlavour } from "./file-start.ts";
import { holdsAll, type JpegScan } from "./jpeg-frame.ts";
import { JPEG_START_BYTES, requireRestorable } from "./jpeg-header.ts";
import { type Handoff, NO_PADDING, START } from "./picture.ts";
import { endAtRow, type ScanIndex } from "./scan-index.ts";

/** Why a chunk is not coded; `why` is for people. */
export interface ChunkRefused {
  readonly refused: FaultCode;
  readonly why?: string;
}

/** What a chunk's file is to hold. */
export interface ChunkPlan {
  readonly flavour: LeptonFlavour;
  readonly scan: JpegScan;
  /** Marker segments for the header record. */
  readonly jpegHeader: Uint8Array;
  /** For the chunk record; undefined in the first chunk, whose header says it. */
  readonly chunkPrefix: Uint8Array | undefined;
  /** From the first row that begins in the chunk to the chunk's end. */
  readonly data: Uint8Array;
  /** The ways to end it, best first. Positions count from the first byte of `data`. */
  readonly endings: readonly ChunkEnding[];
}

export interface ChunkEnding {
  readonly index: ScanIndex;
  /** Whether the last row that is coded is whole, so that nothing of the next one must be read. */
  readonly endsWithRow: boolean;
}

/** Where the tracker is within a scan. */
interface Place {
  readonly scan: JpegScan;
  readonly essential: Uint8Array;
  /** The row that is not whole yet, at position 0 of `kept`, which is what has come of it. */
  readonly next: Handoff;
  readonly kept: Uint8Array;
  readonly padding: number;
}

const NOTHING = new Uint8Array(0);

/** Follows one object. */
export class ChunkTracker {
  readonly #kernel: Kernel;
  readonly #model: CoefficientModel;
  #header: ChunkHeader | undefined;
  #place: Place | undefined;
  /** Why nothing of the object can be coded any more. */
  #over: ChunkRefused | undefined;
  #isFirst = true;

  /** @param model - that codes what is planned */
  constructor(kernel: Kernel, model: CoefficientModel = "lepton") {
    this.#kernel = kernel;
    this.#model = model;
    this.#header = new ChunkHeader(model);
  }

  /**
   * Takes the object's next chunk. What it plans does not depend on what became of plans before.
   *
   * @param chunk - may be changed once the plan was carried out
   */
  take(chunk: Uint8Array, last: boolean): ChunkPlan | ChunkRefused {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (this.#over !== undefined) return this.#over;
    try {
      return this.#read(chunk, last, isFirst);
    } catch (error) {
      this.#over = refusalOf(error);
      return this.#over;
    }
  }

  #read(chunk: Uint8Array, last: boolean, isFirst: boolean): ChunkPlan | ChunkRefused {
    let scanAt = 0;
    if (this.#header !== undefined) {
      const found = this.#header.read(chunk);
      if (found === undefined) {
        if (last) throw new PithError("ShortRead");
        return nothing("marker segments only");
      }
      if (!holdsAll(found.scan)) throw new PithError("ProgressiveUnsupported");
      if (this.#model === "lepton") requireRestorable(found.scan);
      const { scan, essential } = found;
      scanAt = found.at;
      this.#header = undefined;
      this.#place = { scan, essential, next: START, kept: NOTHING, padding: NO_PADDING };
    }
    const place = this.#place;
    if (place === undefined) return nothing("the scan is over");
    const bytes = chunk.subarray(scanAt);
    const reading = { padding: place.padding, takesNotes: this.#model === "dense" };
    const index = this.#kernel.use((instance) =>
      indexChunk(instance, place.scan, [place.kept, bytes], place.next, reading, last),
    );
    this.#goOn(place, index, bytes);
    const plan = planOf(place, index, bytes);
    if (plan === undefined) return nothing("no row of the picture begins in the chunk");
    const { endings, dataAt } = plan;
    const common = { scan: place.scan, data: bytes.subarray(dataAt), endings };
    const at = scanAt + dataAt;
    return isFirst
      ? {
          ...common,
          flavour: "Z",
          jpegHeader: chunk.subarray(JPEG_START_BYTES, at),
          chunkPrefix: undefined,
        }
      : {
          ...common,
          flavour: "Y",
          jpegHeader: place.essential,
          chunkPrefix: chunk.subarray(0, at),
        };
  }

  /** Remembers what the next chunk depends on. */
  #goOn(place: Place, { known, padding, isOver }: ChunkIndex, bytes: Uint8Array): void {
    this.#place = undefined;
    if (isOver) return;
    const row = known.at(-1) ?? place.next;
    const at = row.position - place.kept.length;
    const keptBytes = bytes.length - at;
    if (keptBytes > LEPTON_PARTIAL_ROW_BYTES_MAXIMUM) {
      const facts = { bytes: keptBytes, maximum: LEPTON_PARTIAL_ROW_BYTES_MAXIMUM };
      this.#over = refusalOf(new PithError("TooMuchMemoryNeeded", facts));
      return;
    }
    const kept =
      at >= 0
        ? copyOf(bytes.subarray(at))
        : concatenate([place.kept.subarray(row.position), bytes]);
    this.#place = { ...place, next: { ...row, position: 0 }, kept, padding };
  }
}

/** What of a chunk can be coded. */
function planOf(
  place: Place,
  index: ChunkIndex,
  bytes: Uint8Array,
): { readonly dataAt: number; readonly endings: readonly ChunkEnding[] } | undefined {
  const before = place.kept.length;
  const isHere = (row: Handoff): boolean =>
    row.position >= before && row.position < before + bytes.length;
  const first = (index.ending?.rows ?? index.known).find(isHere);
  if (first === undefined) return undefined;
  const dataAt = first.position - before;
  const rebase = (rows: readonly Handoff[]): Handoff[] =>
    rows
      .filter((row) => row.position >= first.position)
      .map((row) => ({ ...row, position: row.position - first.position }));
  const endings: ChunkEnding[] = [];
  const { ending } = index;
  if (ending !== undefined && reaches(place.scan, ending, first)) {
    const seen = { ...ending.seen, end: ending.seen.end - first.position };
    const rows = rebase(ending.rows);
    endings.push({ index: { rows, seen }, endsWithRow: ending.endsWithRow === true });
  }
  if (ending?.seen.endsEarly !== false && !index.isOver) {
    const atRow = endAtRow(place.scan, rebase(index.known), index);
    if (atRow !== undefined) {
      endings.push({ index: atRow, endsWithRow: true });
    }
  }
  return endings.length === 0 ? undefined : { dataAt, endings };
}

/** Whether a block of the first component is coded from that row on. */
function reaches({ frame }: JpegScan, { seen }: ScanIndex, { mcuRow }: Handoff): boolean {
  if (!seen.endsEarly) return mcuRow < frame.mcuRows;
  const [component] = frame.components;
  if (component === undefined) return false;
  return (seen.lastBlocks[0] ?? 0) >= mcuRow * component.v * component.columns;
}

/** Faults that say nothing of the JPEG, though their kind is that of refusals. */
const NO_REFUSALS: readonly FaultCode[] = ["Aborted", "InvalidArgument"];

/**
 * The refusal that an error stands for.
 *
 * @throws the error itself when the JPEG is not to blame
 */
export function refusalOf(error: unknown): ChunkRefused {
  if (!(error instanceof PithError)) throw error;
  const { code, kind, facts } = error;
  const isRefusal = kind === "input" || kind === "limit" || code === "RoundTripFailure";
  if (!isRefusal || NO_REFUSALS.includes(code)) throw error;
  return { refused: code, why: typeof facts["why"] === "string" ? facts["why"] : error.message };
}

function nothing(why: string): ChunkRefused {
  return { refused: "OnlyGarbageNoJpeg", why };
}
