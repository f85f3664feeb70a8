/**
 * What the coded bytes of JPEGs stand for, model beside model:
 *
 *   photo.jpg: JPEG image, 2.24 MB
 *     holds     lepton  share  jpeg-dense  share
 *     header    12,098   2.2%      10,310   2.0%
 *     ...
 *
 * Of a .pith file, the frames as they are, which are decoded for it; of a JPEG, what either model makes
 * of all of it.
 */
import type { Coder, openPith } from "../container/index.ts";
import { concatenate } from "../core/bytes.ts";
import { CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { describeLepton, openLeptonChunks } from "../lepton/index.ts";
import { readFile } from "./read-file.ts";
import { formatCount, formatPercent, formatTable } from "./table.ts";
import type { FileEntry } from "./walk.ts";

type PithFile = Awaited<ReturnType<typeof openPith>>;
type Description = Awaited<ReturnType<typeof describeLepton>>;
type Shares = Description["bytes"];

/** The codecs for JPEGs, and their models. */
const MODELS = { lepton: "lepton", "jpeg-dense": "dense" } as const;
type JpegCodecName = keyof typeof MODELS;
const NAMES = Object.keys(MODELS) as readonly JpegCodecName[];

/** What is told of classes: `fields` are for JSON, the others for people. */
export interface Classes {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

export const NO_CLASSES: Classes = { fields: {}, lines: [] };

/** What a codec's bytes come to. */
interface Sum {
  readonly bytes: Shares;
  /** Of the dense model. */
  readonly dense: Description["dense"];
}

/** What either model would make of a JPEG. @throws PithError what keeps it from being read */
export async function classesOfJpeg({ path, bytes }: FileEntry): Promise<Classes> {
  if (bytes > CHUNK_BYTES_MAXIMUM) return { fields: {}, lines: ["  too long for --classes"] };
  const pieces: Uint8Array[] = [];
  for await (const piece of readFile(path)) pieces.push(piece);
  const jpeg = concatenate(pieces);
  const sums = new Map<JpegCodecName, Sum>();
  const lines: string[] = [];
  for (const name of NAMES) {
    const model = MODELS[name];
    const session = openLeptonChunks({ model });
    const coded = await session.encode(jpeg, true);
    session.close();
    if (coded instanceof Uint8Array) addTo(sums, name, await describeLepton(coded, model));
    else lines.push(`  ${name} does not take it: ${coded.why ?? coded.refused}`);
  }
  const told = tell(sums);
  return { ...told, lines: [...lines, ...told.lines] };
}

/** What the JPEGs' frames of a .pith file hold. @throws PithError when one cannot be decoded */
export async function classesOfPith(
  pith: PithFile,
  coder: Coder,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<Classes> {
  const sums = new Map<JpegCodecName, Sum>();
  for await (const { codec, frameOffset, frameBytes, payloadOffset } of pith.frames()) {
    const name = NAMES.find((one) => coder.codecs.some((c) => c.name === one && c.id === codec.id));
    if (name === undefined) continue;
    const payload = await read(payloadOffset, frameOffset + frameBytes - payloadOffset);
    addTo(sums, name, await describeLepton(payload, MODELS[name]));
  }
  return tell(sums);
}

function addTo(sums: Map<JpegCodecName, Sum>, name: JpegCodecName, one: Description): void {
  const before = sums.get(name)?.bytes ?? { header: 0, dc: 0, interior: 0, edges: 0 };
  const { header, dc, interior, edges } = one.bytes;
  const bytes = {
    header: before.header + header,
    dc: before.dc + dc,
    interior: before.interior + interior,
    edges: before.edges + edges,
  };
  sums.set(name, { bytes, dense: one.dense });
}

function tell(sums: ReadonlyMap<JpegCodecName, Sum>): Classes {
  if (sums.size === 0) return NO_CLASSES;
  const named = [...sums];
  const classes = Object.fromEntries(
    named.map(([name, { bytes, dense }]) => [name, { ...bytes, ...dense }]),
  );
  const lines = named.flatMap(([name, { dense }]) =>
    dense === undefined ? [] : [`  ${name}: model ${dense.modelNumber}, priors ${dense.priorSet}`],
  );
  return { fields: { classes }, lines: [...lines, classTable(named)] };
}

function classTable(sums: readonly (readonly [JpegCodecName, Sum])[]): string {
  const row = (says: string, bytesOf: (bytes: Shares) => number): string[] => [
    says,
    ...sums.flatMap(([, { bytes }]) => [
      formatCount(bytesOf(bytes)),
      formatPercent((100 * bytesOf(bytes)) / sumOf(bytes)),
    ]),
  ];
  return formatTable(
    ["  holds", ...sums.flatMap(([name]) => [name, "share"])],
    [
      row("  header", ({ header }) => header),
      row("  DC", ({ dc }) => dc),
      row("  7x7", ({ interior }) => interior),
      row("  edges", ({ edges }) => edges),
      row("  all", sumOf),
    ],
    ["left", ...sums.flatMap(() => ["right", "right"] as const)],
  );
}

function sumOf({ header, dc, interior, edges }: Shares): number {
  return header + dc + interior + edges;
}
