/**
 * What JPEGs and Lepton files are: the picture, how it is cut into segments, and what the bytes of a
 * Lepton file stand for.
 *
 *   photo.jpg: JPEG image, 2.24 MB
 *     baseline JPEG, 3264x2448, 3 components, sampling 2x2,1x1,1x1
 *
 * A JPEG is told by its header alone, a Lepton file by decoding it.
 */
import { concatenate } from "../core/bytes.ts";
import { FAULTS, PithError } from "../core/errors.ts";
import {
  CHUNK_BYTES_MAXIMUM,
  LEPTON_HELD_SLACK_BYTES,
  LEPTON_OUTPUT_BYTES_MAXIMUM,
} from "../core/limits.ts";
import { describeLepton, sniffJpeg } from "../lepton/index.ts";
import { printable } from "./printable.ts";
import { readFile, readFirst } from "./read-file.ts";
import type { Run } from "./run.ts";
import {
  countOf,
  formatBytes,
  formatCount,
  formatPercent,
  formatTable,
  savedPercent,
} from "./table.ts";
import type { FileEntry } from "./walk.ts";

type LeptonDescription = Awaited<ReturnType<typeof describeLepton>>;

/** The longest Lepton file that anything decodes. */
const LEPTON_BYTES_MAXIMUM = 2 * LEPTON_OUTPUT_BYTES_MAXIMUM + LEPTON_HELD_SLACK_BYTES;

/** What most JPEGs have in front of their picture; with more, this is asked for again and again. */
const JPEG_LOOK_BYTES = 256 * 1024;

/** Segments whose first row is named; -v shows a table of all. */
const SEGMENTS_NAMED = 4;

/** Tells what a Lepton file is. @throws PithError when it cannot be decoded */
export async function tellLepton({ path, bytes }: FileEntry, run: Run): Promise<void> {
  if (bytes > LEPTON_BYTES_MAXIMUM) {
    throw new PithError("BadLeptonFile", { bytes, maximum: LEPTON_BYTES_MAXIMUM });
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of readFile(path)) pieces.push(piece);
  const { outputBytes, bytes: classes, ...facts } = await describeLepton(concatenate(pieces));
  const percent = savedPercent(outputBytes, bytes);
  await run.tell({
    name: path,
    kind: "lepton",
    bytes,
    plainBytes: outputBytes,
    savedPercent: percent,
    ...facts,
    holds: classes,
  });
  const { flavour, segments, scans } = facts;
  const lines = [
    `${printable(path)}: Lepton file, ${formatBytes(bytes)} for ${formatBytes(outputBytes)}, ` +
      `${formatPercent(percent)} saved`,
  ];
  if (flavour === "Y" && classes.header === bytes) {
    lines.push("  bytes of any kind, no picture");
  } else {
    const part = flavour === "Y" ? "part of a " : "";
    lines.push(`  ${part}${[...pictureFacts(facts), countOf(scans, "scan")].join(", ")}`);
    lines.push(`  ${segmentsLine(segments)}`, classTable(classes));
    if (run.verbose) lines.push(segmentTable(segments));
  }
  await run.say(lines.join("\n"));
}

/** What a JPEG is, as far as its header says; `fields` are for JSON, the others for people. */
export interface JpegFacts {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** Looks at a JPEG. @throws PithError "FileIo" */
export async function describeJpeg({ path, bytes }: FileEntry): Promise<JpegFacts> {
  for (let look = JPEG_LOOK_BYTES; ; look *= 4) {
    const first = await readFirst(path, Math.min(look, bytes));
    const isAll = first.length >= bytes;
    const found = sniffJpeg(first, isAll);
    if (found.kind === "refused") return refusedFacts(found.fault);
    if (found.kind === "single") return scanFacts(found.scan.frame, false);
    if (found.kind === "multi") return scanFacts(found.frame, true);
    if (isAll || look >= CHUNK_BYTES_MAXIMUM) return { fields: { jpeg: null }, lines: [] };
  }
}

interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly { readonly h: number; readonly v: number }[];
}

function scanFacts(frame: Frame, isSeveral: boolean): JpegFacts {
  const { progressive, width, height } = frame;
  const sampling = frame.components.map(({ h, v }) => `${h}x${v}`).join(",");
  const facts = { progressive, width, height, components: frame.components.length, sampling };
  const words = pictureFacts(facts);
  if (isSeveral && !progressive) words.push("several scans");
  return {
    fields: { jpeg: { ...facts, severalScans: isSeveral } },
    lines: [`  ${words.join(", ")}`],
  };
}

function refusedFacts({ code, message }: PithError): JpegFacts {
  const { number } = FAULTS[code];
  return {
    fields: { jpeg: null, refused: { code, number, why: message } },
    lines: [`  Lepton does not take it: ${message}`],
  };
}

function pictureFacts({
  progressive,
  width,
  height,
  components,
  sampling,
}: Pick<
  LeptonDescription,
  "progressive" | "width" | "height" | "components" | "sampling"
>): string[] {
  return [
    progressive ? "progressive JPEG" : "baseline JPEG",
    `${width}x${height}`,
    countOf(components, "component"),
    `sampling ${sampling}`,
  ];
}

function segmentsLine(segments: LeptonDescription["segments"]): string {
  const rows = segments.map(({ mcuRow }) => String(mcuRow));
  if (rows.length === 1) return "1 segment";
  const more = rows.length > SEGMENTS_NAMED ? ", ..." : "";
  const named = rows.slice(0, SEGMENTS_NAMED).join(", ");
  return `${countOf(rows.length, "segment")}, from MCU rows ${named}${more}`;
}

function classTable({ header, dc, interior, edges }: LeptonDescription["bytes"]): string {
  const sum = header + dc + interior + edges;
  const row = (name: string, bytes: number): string[] => [
    name,
    formatCount(bytes),
    formatPercent((100 * bytes) / sum),
  ];
  return formatTable(
    ["  holds", "bytes", "share"],
    [
      row("  header", header),
      row("  DC", dc),
      row("  7x7", interior),
      row("  edges", edges),
      row("  all", sum),
    ],
    ["left", "right", "right"],
  );
}

function segmentTable(segments: LeptonDescription["segments"]): string {
  return formatTable(
    ["  segment", "MCU row", "bytes"],
    segments.map(({ mcuRow, bytes }, i) => [String(i), String(mcuRow), formatCount(bytes)]),
    ["right", "right", "right"],
  );
}
