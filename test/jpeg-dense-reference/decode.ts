/**
 * Reference of dense JPEG files: a whole file back into its JPEG. It shares no line with the kernel, nor
 * with what writes such files, and is not fast.
 *
 *   file -> header -> records -> picture -> segments -> scans -> JPEG
 *
 * Written from docs/formats/jpeg-dense.md and, where that refers to it, docs/formats/lepton.md. It looks
 * for no fault but those that would end it: it is there to judge files that are right.
 */
import { decodeHeader } from "./header.ts";
import { HeaderModel } from "./header-model.ts";
import { type Markers, readMarkers } from "./markers.ts";
import { notesReader } from "./notes.ts";
import { type PriorSet, readPriorSet } from "./prior-set.ts";
import { type DenseFile, type Handoff, type Records, readFile, readRecords } from "./records.ts";
import { writeScan } from "./scan-writer.ts";
import { decodeSegment, type Picture } from "./segment.ts";

const END_OF_IMAGE = Uint8Array.of(0xff, 0xd9);
const START: Handoff = {
  firstRow: 0,
  scanBytes: 0,
  overhang: 0,
  overhangBits: 0,
  dc: [0, 0, 0, 0],
};

export interface Decoded {
  readonly jpeg: Uint8Array;
  readonly picture: Picture;
  readonly records: Records;
  /** Binary decisions of all segments. */
  readonly decisions: number;
}

export class DenseReference {
  readonly #priors: PriorSet;
  /** What has coded the dictionary. */
  readonly #headers: HeaderModel;

  /** @param priors - jpeg-priors.bin; @param dictionary - jpeg-headers.bin */
  constructor(priors: Uint8Array, dictionary: Uint8Array) {
    this.#priors = readPriorSet(priors);
    this.#headers = HeaderModel.primed(dictionary);
  }

  decode(bytes: Uint8Array): Decoded {
    const file = readFile(bytes);
    if (file.priorSet !== this.#priors.number || file.priorHash !== this.#priors.hash) {
      throw new Error(`prior set ${file.priorSet}, which is not the one at hand`);
    }
    const header = decodeHeader(
      file.header,
      this.#headers.copy(),
      (coded) => this.decode(coded).jpeg,
    );
    const records = readRecords(header);
    const markers = readMarkers(records.bytes.get("HDR")!);
    const { picture } = markers;
    for (const [c, component] of picture.components.entries()) {
      const last = records.lastBlocks?.[c];
      if (last !== undefined) component.codedBlocks = last + 1;
    }
    const opening = openingOf(records, markers);
    const end = file.plainBytes - tailOf(records).length;
    // Where no byte of the scans is wanted there need be none in the segments.
    const isWanted = opening.length < end;
    const decisions = isWanted ? decodeSegments(file, records, picture, this.#priors) : 0;
    const jpeg = new Uint8Array(file.plainBytes);
    let at = 0;
    const scans = isWanted ? scanParts(records, markers) : [];
    for (const part of [opening, ...scans]) {
      for (let i = 0; i < part.length && at < end; i++) jpeg[at++] = part[i]!;
    }
    jpeg.set(tailOf(records), at);
    return { jpeg: jpeg.subarray(0, at + tailOf(records).length), picture, records, decisions };
  }
}

function decodeSegments(
  file: DenseFile,
  { handoffs }: Records,
  picture: Picture,
  priors: PriorSet,
): number {
  const rows = picture.components[0]!.v;
  let decisions = 0;
  for (const [i, { firstRow }] of handoffs.entries()) {
    const next = handoffs[i + 1];
    const end = next === undefined ? picture.mcuRows : next.firstRow / rows;
    decisions += decodeSegment(picture, priors, file.streams[i]!, firstRow / rows, end);
  }
  return decisions;
}

/** All that stands before the first scan's data. */
function openingOf({ bytes }: Records, { scans }: Markers): number[] {
  const instead = bytes.get("PGR");
  const start = instead ?? [0xff, 0xd8, ...(scans[0]?.header ?? [])];
  return [...(bytes.get("PGE") ?? []), ...start];
}

/** What stands at the end, as it is. */
function tailOf({ bytes }: Records): Uint8Array {
  return bytes.get("GRB") ?? END_OF_IMAGE;
}

/** Data of the scans, with the marker segments between and behind them. */
function scanParts(records: Records, markers: Markers): ArrayLike<number>[] {
  const { bytes } = records;
  const notesOf = notesReader(bytes.get("PDB"), bytes.get("DEV"), bytes.get("ODD"));
  const parts = markers.scans.flatMap((scan, i) => [
    i === 0 ? [] : scan.header,
    writeScan({
      picture: markers.picture,
      scan,
      notes: notesOf(i),
      padding: records.padding,
      restarts: records.restarts === undefined ? undefined : (records.restarts[i] ?? 0),
      surplus: bytes.get("FRS")?.[i] ?? 0,
      handoff: records.handoffs[0] ?? START,
      endsEarly: records.lastBlocks !== undefined,
    }),
  ]);
  return bytes.has("PGR") ? parts : [...parts, markers.rest];
}
