/**
 * A JPEG writer for tests: coefficients in, a file out, with every liberty that files take.
 *
 *   SOI, segments, DQT, SOFn, DHT, DRI, SOS and scan data for each scan, more segments, EOI, garbage
 *
 * Valid by default; what a plan names beyond that is what real files do wrong. The same plan gives
 * the same bytes. Layout of the picture: jpeg-picture.ts; symbols of a scan: jpeg-scan.ts; tables:
 * jpeg-huffman.ts; plans at random: jpeg-random.ts. Source: ITU-T T.81.
 */
import {
  BitWriter,
  codesOf,
  type HuffmanCode,
  type HuffmanTable,
  makeTable,
  type TableKind,
} from "./jpeg-huffman.ts";
import { type JpegPicture, ZIGZAG } from "./jpeg-picture.ts";
import { type ScanPlan, type ScanQuirks, type ScanStep, scanSteps, tableOf } from "./jpeg-scan.ts";

export interface JpegPlan {
  readonly picture: JpegPicture;
  readonly scans: readonly ScanPlan[];
  readonly progressive: boolean;
  /** Marker of the frame; C0, or C2 when progressive. */
  readonly frameMarker?: number;
  readonly precision?: number;
  /** MCUs, or blocks in scans of one component, between restarts. */
  readonly restartInterval?: number;
  /** Fitted to each scan unless told otherwise. */
  readonly tables?: TableKind;
  /** The k-th padding bit is bit k; all ones unless told otherwise. */
  readonly padding?: number;
  /** Every second padding has its bits turned. */
  readonly mixesPadding?: boolean;
  /** How many of the restart markers that are due are written. */
  readonly restartsKept?: number;
  /** Restart markers after the last data of each scan. */
  readonly surplusRestarts?: number;
  readonly quirks?: ScanQuirks;
  /** Quantization tables follow the frame. */
  readonly lateQuantization?: boolean;
  /** Whole segments: after SOI, and between the last scan and EOI. */
  readonly firstSegments?: Uint8Array;
  readonly lastSegments?: Uint8Array;
  /** Whether EOI is there, and what follows it. */
  readonly hasEnd?: boolean;
  readonly garbage?: Uint8Array;
}

export interface WrittenJpeg {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the data of each scan is: its first byte, and the one after its last. */
  readonly scans: readonly { readonly start: number; readonly end: number }[];
}

/** A marker segment: its length is put before `body`. */
export function segment(marker: number, body: ArrayLike<number>): Uint8Array {
  const size = body.length + 2;
  return Uint8Array.of(0xff, marker, size >> 8, size & 255, ...Array.from(body));
}

/** Writes the file of a plan. */
export function writeJpeg(plan: JpegPlan): Uint8Array<ArrayBuffer> {
  return writeJpegParts(plan).bytes;
}

/** Writes the file of a plan and tells where its scans are. */
export function writeJpegParts(plan: JpegPlan): WrittenJpeg {
  const { picture, restartInterval = 0 } = plan;
  const bytes: number[] = [0xff, 0xd8];
  const add = (more: ArrayLike<number>): void => {
    for (let i = 0; i < more.length; i++) bytes.push(more[i]!);
  };
  add(plan.firstSegments ?? []);
  if (plan.lateQuantization !== true) add(quantizationSegments(picture));
  add(frameSegment(plan));
  if (plan.lateQuantization === true) add(quantizationSegments(picture));
  if (restartInterval > 0) {
    add(segment(0xdd, [restartInterval >> 8, restartInterval & 255]));
  }
  const kind = plan.tables ?? "fitted";
  const quirks = { ...(kind === "standard" ? { longestRun: 1 } : {}), ...plan.quirks };
  const scans: { start: number; end: number }[] = [];
  for (const [i, scan] of plan.scans.entries()) {
    const steps = scanSteps(picture, scan, plan.progressive, restartInterval, quirks);
    const tables = tablesOf(kind, steps);
    const known = kind !== "fitted" && i > 0;
    add(known ? [] : tableSegments(kind === "fitted" ? tables : allTables(kind)));
    add(scanHeader(plan, scan));
    const start = bytes.length;
    add(scanData(plan, steps, tables));
    scans.push({ start, end: bytes.length });
  }
  add(plan.lastSegments ?? []);
  if (plan.hasEnd !== false) add([0xff, 0xd9]);
  add(plan.garbage ?? []);
  return { bytes: Uint8Array.from(bytes), scans };
}

function quantizationSegments(picture: JpegPicture): number[] {
  return picture.quantization.flatMap(({ id, isWide, values }) => {
    const inZigzag = ZIGZAG.map((r) => values[r]!);
    const body = inZigzag.flatMap((value) => (isWide ? [value >> 8, value & 255] : [value]));
    return [...segment(0xdb, [(isWide ? 16 : 0) + id, ...body])];
  });
}

function frameSegment(plan: JpegPlan): Uint8Array {
  const { width, height, components } = plan.picture;
  const marker = plan.frameMarker ?? (plan.progressive ? 0xc2 : 0xc0);
  const size = [height >> 8, height & 255, width >> 8, width & 255];
  const each = components.flatMap(({ id, h, v, quantizer }) => [id, 16 * h + v, quantizer]);
  return segment(marker, [plan.precision ?? 8, ...size, components.length, ...each]);
}

function scanHeader({ picture }: JpegPlan, scan: ScanPlan): Uint8Array {
  const each = scan.components.flatMap((c) => [
    picture.components[c]!.id,
    // The same id for DC and AC: the table's number without its class.
    16 * tableOf(0, c) + tableOf(0, c),
  ]);
  const { spectralStart, spectralEnd, high, low } = scan;
  const spectral = [spectralStart, spectralEnd, 16 * high + low];
  return segment(0xda, [scan.components.length, ...each, ...spectral]);
}

type Tables = ReadonlyMap<number, HuffmanTable>;

/** The tables that the steps of a scan need. */
function tablesOf(kind: TableKind, steps: readonly ScanStep[]): Tables {
  const frequencies = new Map<number, Map<number, number>>();
  for (const step of steps) {
    if (step.kind !== "symbol") continue;
    const own = frequencies.get(step.table) ?? new Map<number, number>();
    frequencies.set(step.table, own.set(step.symbol, (own.get(step.symbol) ?? 0) + 1));
  }
  const numbers = [...frequencies.keys()].sort((one, other) => one - other);
  return new Map(
    numbers.map((table) => {
      return [table, makeTable(kind, table >> 4, table & 15, frequencies.get(table)!)];
    }),
  );
}

/** All tables of a kind that does not depend on the scan. */
function allTables(kind: TableKind): Tables {
  return new Map(
    [0, 1, 16, 17].map((table) => [table, makeTable(kind, table >> 4, table & 1, new Map())]),
  );
}

function tableSegments(tables: Tables): number[] {
  return [...tables].flatMap(([number, { counts, symbols }]) => [
    ...segment(0xc4, [number, ...counts.slice(1), ...symbols]),
  ]);
}

function scanData(plan: JpegPlan, steps: readonly ScanStep[], tables: Tables): number[] {
  const codes = new Map([...tables].map(([number, table]) => [number, codesOf(table)]));
  const writer = new BitWriter();
  const { padding = 0x7f, restartsKept = Number.POSITIVE_INFINITY } = plan;
  let restarts = 0;
  const pad = (): void =>
    writer.pad(plan.mixesPadding === true && restarts % 2 === 1 ? ~padding : padding);
  for (const step of steps) {
    if (step.kind === "restart") {
      pad();
      if (restarts < restartsKept) writer.raw(0xff, 0xd0 + (restarts % 8));
      restarts++;
      continue;
    }
    if (step.kind === "symbol") {
      const { code, bits } = codeOf(codes, step.table, step.symbol);
      writer.put(code, bits);
    }
    for (const bit of step.bits) writer.put(Number(bit), 1);
  }
  pad();
  for (let i = 0; i < (plan.surplusRestarts ?? 0); i++) {
    writer.raw(0xff, 0xd0 + ((restarts + i) % 8));
  }
  return writer.bytes;
}

function codeOf(
  codes: ReadonlyMap<number, ReadonlyMap<number, HuffmanCode>>,
  table: number,
  symbol: number,
): HuffmanCode {
  const code = codes.get(table)?.get(symbol);
  if (code === undefined) {
    throw new RangeError(`table ${table} has no symbol ${symbol.toString(16)}`);
  }
  return code;
}
