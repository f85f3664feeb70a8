/**
 * Records: what the inflated header of a Lepton file says, both ways.
 *
 *   HDR n bytes   P0D byte   HHk k segments   CRS n counts   FRS n bytes   EEE 7 numbers
 *   PGR n bytes   PGE n bytes   GRB n bytes   SIZ number
 *   PDB n bytes   DEV n bytes   ODD n bytes                     dense files alone: scan-notes.ts
 *
 * Tags are three letters, but the third byte of HH is a count. HDR comes first; they are written in
 * the order in which dropbox/lepton writes them. An unknown tag refuses the file, there as here: so
 * a record of our own (PTH) keeps other readers off what they could not restore. Layouts:
 * docs/formats/lepton.md; around the header: file.ts.
 */
import { concatenate, viewOf } from "../core/bytes.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { JPEG_SCANS_MAXIMUM, LEPTON_SEGMENTS_MAXIMUM } from "../core/limits.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { Fields } from "./record-fields.ts";
import {
  readNotes,
  type ScanNotes,
  writeDeviations,
  writeOddRestarts,
  writePaddings,
} from "./scan-notes.ts";

/** Block rows that are coded alone, and what writing their part of the scan needs. */
export interface LeptonSegment {
  /** First row of blocks of component 0. */
  readonly startRow: number;
  /** Bytes of scan data that it gives; not said for each segment of a multi-scan file. */
  readonly scanBytes: number;
  /** Bits of its first byte that belong to the segment before: on top, the others zero. */
  readonly overhang: number;
  readonly overhangBits: number;
  /** DC of each component's last block before it. */
  readonly dc: readonly number[];
}

/** Where the data of a scan ended before the picture was complete. */
export interface EarlyEnd {
  /** For information: the highest component, spectral position and bit that were reached. */
  readonly component: number;
  readonly position: number;
  readonly bit: number;
  /** Of components 0..3: index of the last block that was begun. */
  readonly lastBlocks: readonly number[];
}

export interface LeptonRecords {
  /** HDR: segments of the JPEG without SOI, EOI and scan data. */
  readonly jpegHeader: Uint8Array;
  /** P0D: the k-th padding bit before a marker is bit k. */
  readonly padding: number;
  /** HH; undefined in the oldest files, which say it behind the header (file.ts). */
  readonly segments: readonly LeptonSegment[] | undefined;
  /** CRS: restart markers in each scan. Undefined or empty: each that is due is there. */
  readonly restarts?: readonly number[] | undefined;
  /** FRS: surplus restart markers at the end of each scan. Undefined: none. */
  readonly surplusRestarts?: readonly number[] | undefined;
  /** EEE; undefined when the picture is complete. */
  readonly earlyEnd?: EarlyEnd | undefined;
  /** PGR: what stands in place of SOI and header in a chunk of a JPEG. */
  readonly chunkPrefix?: Uint8Array | undefined;
  /** PGE: what stands before SOI. */
  readonly embeddingPrefix?: Uint8Array | undefined;
  /** PDB, DEV, ODD: what each scan has that no canonical writer makes; none behind the last of them. */
  readonly notes?: readonly ScanNotes[] | undefined;
  /** GRB: everything from EOI on, or the last two bytes of a file that ends early. */
  readonly tail: Uint8Array;
}

const SEGMENT_BYTES = 16;
/** What a missing GRB stands for. */
const EOI = Uint8Array.of(0xff, 0xd9);

/** Says which features of ours a file needs: a u32 of bits, then records of their own. None has a
 * meaning yet. */
const EXTENSION = "PTH";
/** Records of dense files alone. */
const DENSE_TAGS: readonly string[] = ["PDB", "DEV", "ODD"];

/**
 * Reads an inflated header.
 *
 * @param model - whose file it is
 * @returns its records, as views on `bytes`; SIZ apart, which replaces the size of the file's
 *   fixed header
 * @throws PithError "BadLeptonFile", "StreamInconsistent", "VersionUnsupported"
 */
export function readRecords(
  bytes: Uint8Array,
  model: CoefficientModel = "lepton",
): {
  readonly records: LeptonRecords;
  readonly outputBytes: number | undefined;
} {
  const fields = new Fields(bytes);
  const seen = new Map<string, Fields>();
  let segments: LeptonSegment[] | undefined;
  while (fields.left > 0) {
    const head = fields.take(3);
    const tag = tagOf(head);
    if (seen.size === 0 && tag !== "HDR") throw bad("the first record is not HDR", { tag });
    if (seen.has(tag)) throw bad("a record that comes twice", { tag });
    if (tag === "CMP") break;
    if (tag === "CNT") throw new PithError("VersionUnsupported", { why: "files joined in one" });
    if (DENSE_TAGS.includes(tag) && model !== "dense") throw bad("an unknown record", { tag });
    const body = new Fields(fields.take(bodyBytes(tag, head[2] ?? 0, fields)));
    seen.set(tag, body);
    if (tag === "HH") segments = readSegments(body, head[2] ?? 0);
    if (tag === EXTENSION) refuseFeatures(body);
  }
  const rest = (tag: string): Uint8Array | undefined => {
    const body = seen.get(tag);
    return body?.take(body.left);
  };
  const counts = rest("CRS");
  const restarts = counts === undefined ? undefined : readCounts(counts);
  const surplus = rest("FRS");
  const early = seen.get("EEE");
  const jpegHeader = rest("HDR");
  if (jpegHeader === undefined) throw bad("no record HDR");
  const records: LeptonRecords = {
    jpegHeader,
    padding: readPadding(seen),
    segments,
    restarts,
    surplusRestarts: surplus === undefined ? undefined : [...surplus],
    earlyEnd: early === undefined ? undefined : readEarlyEnd(early),
    chunkPrefix: rest("PGR"),
    embeddingPrefix: rest("PGE"),
    notes: readNotes(rest("PDB"), rest("DEV"), rest("ODD")),
    tail: rest("GRB") ?? EOI,
  };
  return { records, outputBytes: seen.get("SIZ")?.u32() };
}

function tagOf(head: Uint8Array): string {
  const [first = 0, second = 0, third = 0] = head;
  const pair = String.fromCharCode(first, second);
  return pair === "HH" ? pair : pair + String.fromCharCode(third);
}

/** Size of a record's body; takes the length field where there is one. */
function bodyBytes(tag: string, third: number, fields: Fields): number {
  switch (tag) {
    case "HH":
      return third * SEGMENT_BYTES;
    case "P0D":
    case "PAD":
      return 1;
    case "SIZ":
      return 4;
    case "EEE":
      return 7 * 4;
    case "CRS":
      return 4 * requireScans(fields.u32());
    case "FRS":
      return requireScans(fields.u32());
    case "HDR":
    case "PGR":
    case "PGE":
    case "GRB":
    case "PDB":
    case "DEV":
    case "ODD":
    case EXTENSION:
      return fields.u32();
    default:
      throw bad("an unknown record", { tag });
  }
}

/** Counts of scans are few, however long the record: whoever reads them makes numbers of them. */
function requireScans(count: number): number {
  if (count > JPEG_SCANS_MAXIMUM) throw bad("too many scans", { count });
  return count;
}

function readSegments(body: Fields, count: number): LeptonSegment[] {
  if (count < 1 || count > LEPTON_SEGMENTS_MAXIMUM) throw bad("no 1 to 16 segments", { count });
  const segments: LeptonSegment[] = [];
  let before = 0;
  for (let i = 0; i < count; i++) {
    const record = body.take(SEGMENT_BYTES);
    const view = viewOf(record);
    const startRow = view.getUint16(0, true);
    const overhangBits = view.getUint8(7);
    if (startRow < before) {
      throw new PithError("StreamInconsistent", { why: "segments out of order", segment: i });
    }
    // 0xFF is how dropbox/lepton marks that it does not know.
    if (overhangBits > 7 && overhangBits !== 0xff) {
      throw new PithError("StreamInconsistent", { why: "more bits than a byte has", segment: i });
    }
    segments.push({
      startRow,
      scanBytes: view.getUint32(2, true),
      overhang: view.getUint8(6),
      overhangBits,
      dc: [0, 1, 2, 3].map((c) => view.getInt16(8 + 2 * c, true)),
    });
    before = startRow;
  }
  return segments;
}

function refuseFeatures(body: Fields): void {
  const features = body.u32();
  if (features !== 0) {
    throw new PithError("VersionUnsupported", { why: "features of a later Pith", features });
  }
}

function readCounts(body: Uint8Array): number[] {
  const view = viewOf(body);
  return Array.from({ length: body.length / 4 }, (_, i) => view.getUint32(4 * i, true));
}

/** P0D, or PAD of the oldest files: 1 for ones, 0 for zeros, -1 for unknown. */
function readPadding(seen: ReadonlyMap<string, Fields>): number {
  const pattern = seen.get("P0D");
  if (pattern !== undefined) return pattern.u8();
  const bit = seen.get("PAD");
  if (bit === undefined) throw bad("no record P0D");
  return bit.u8() === 1 ? 0x7f : 0;
}

function readEarlyEnd(body: Fields): EarlyEnd {
  const [component, position, bit] = [body.u32(), body.u32(), body.u32()];
  const lastBlocks = [body.u32(), body.u32(), body.u32(), body.u32()];
  return { component, position, bit, lastBlocks };
}

/** The inflated header that holds these records. */
export function writeRecords(records: LeptonRecords): Uint8Array {
  const { segments = [], restarts, surplusRestarts, earlyEnd } = records;
  const count = segments.length;
  assertThat(count >= 1 && count <= LEPTON_SEGMENTS_MAXIMUM, "1 to 16 segments", { count });
  assertThat(surplusRestarts?.every((n) => n < 256) ?? true, "a byte counts surplus restarts");
  const parts = [...sized("HDR", records.jpegHeader), tagged("P0D"), byte(records.padding)];
  parts.push(tagged("HH"), byte(segments.length), ...segments.map(writeSegment));
  if (restarts !== undefined) parts.push(tagged("CRS"), words([restarts.length, ...restarts]));
  if (surplusRestarts !== undefined) parts.push(...sized("FRS", Uint8Array.from(surplusRestarts)));
  if (earlyEnd !== undefined) {
    const { component, position, bit, lastBlocks } = earlyEnd;
    parts.push(tagged("EEE"), words([component, position, bit, ...lastBlocks]));
  }
  if (records.chunkPrefix !== undefined) parts.push(...sized("PGR", records.chunkPrefix));
  if (records.embeddingPrefix !== undefined) parts.push(...sized("PGE", records.embeddingPrefix));
  const { notes = [], tail } = records;
  const [paddings, deviations] = [writePaddings(notes), writeDeviations(notes)];
  if (paddings !== undefined) parts.push(...sized("PDB", paddings));
  if (deviations !== undefined) parts.push(...sized("DEV", deviations));
  const oddRestarts = writeOddRestarts(notes);
  if (oddRestarts !== undefined) parts.push(...sized("ODD", oddRestarts));
  const isEoi = tail.length === 2 && tail[0] === EOI[0] && tail[1] === EOI[1];
  if (!isEoi) parts.push(...sized("GRB", tail));
  return concatenate(parts);
}

function writeSegment(segment: LeptonSegment): Uint8Array {
  const record = new Uint8Array(SEGMENT_BYTES);
  const view = viewOf(record);
  view.setUint16(0, segment.startRow, true);
  view.setUint32(2, segment.scanBytes, true);
  view.setUint8(6, segment.overhang);
  view.setUint8(7, segment.overhangBits);
  for (const [c, dc] of segment.dc.slice(0, 4).entries()) view.setInt16(8 + 2 * c, dc, true);
  return record;
}

function sized(tag: string, body: Uint8Array): Uint8Array[] {
  return [tagged(tag), words([body.length]), body];
}

function tagged(tag: string): Uint8Array {
  return Uint8Array.from(tag, (letter) => letter.charCodeAt(0));
}

function byte(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return bytes;
}

function bad(why: string, facts: Readonly<Record<string, unknown>> = {}): PithError {
  return new PithError("BadLeptonFile", { why, ...facts });
}
