/**
 * What files are: Pith's own by their index, gzip, zlib, Lepton's and DivANS's by decoding them, all
 * others by their first bytes.
 */
import { open } from "node:fs/promises";
import { type Coder, createCoder, describeContent, openPith } from "../container/index.ts";
import { decodeDeflate } from "./deflate-coding.ts";
import { type Classes, classesOfJpeg, classesOfPith, NO_CLASSES } from "./describe-classes.ts";
import { tellDivans } from "./describe-divans.ts";
import { describeJpeg, tellLepton } from "./describe-lepton.ts";
import { fileFault } from "./file-fault.ts";
import { recogniseFormat } from "./floors.ts";
import { printable } from "./printable.ts";
import { readFile, readFirst } from "./read-file.ts";
import type { Run } from "./run.ts";
import {
  codecLabel,
  countOf,
  formatBytes,
  formatPercent,
  formatTable,
  formatTime,
  savedPercent,
} from "./table.ts";
import { type FileEntry, listFiles } from "./walk.ts";

/** What describeContent wants to see. */
const LOOK_BYTES = 4096;

type PithFile = Awaited<ReturnType<typeof openPith>>;

interface FrameLine {
  readonly codec: string;
  readonly version: number;
  /** What came before the codec; not there where nothing did. */
  readonly filter?: string;
  /** The same with what it needs: "delta 13". */
  readonly filterText?: string;
  readonly offset: number;
  readonly plainBytes: number;
  readonly frameBytes: number;
  readonly sha256: string;
}

/** Tells what the files are that `paths` mean; with `classes` also what coded bytes stand for. */
export async function describeFiles(
  paths: readonly string[],
  run: Run,
  classes = false,
): Promise<void> {
  const files = await listFiles(paths, run);
  const coder = await createCoder({ threads: 0 });
  try {
    for (const file of files) {
      try {
        await describe(file, coder, run, classes);
      } catch (error) {
        run.fail(file.path, fileFault(error));
      }
    }
  } finally {
    await coder.close();
  }
}

async function describe(file: FileEntry, coder: Coder, run: Run, classes: boolean): Promise<void> {
  const first = await readFirst(file.path, LOOK_BYTES);
  const format = recogniseFormat(first);
  if (format === "pith") return describePith(file, coder, run, classes);
  if (format === "lep") return tellLepton(file, run);
  if (format === "dvn") return tellDivans(file, run);
  if (format !== undefined && (await describeDeflate(file, format, run))) return;
  const { name, says, packed, lossy, specialist = null } = describeContent(first);
  const { path, bytes } = file;
  const isJpeg = name === "jpeg";
  const { fields, lines } = isJpeg ? await describeJpeg(file) : { fields: {}, lines: [] };
  const coded = isJpeg && classes ? await classesOfJpeg(file) : NO_CLASSES;
  const facts = { ...fields, ...coded.fields };
  await run.tell({ name: path, kind: name, says, bytes, packed, lossy, specialist, ...facts });
  const told = [`${printable(path)}: ${says}, ${formatBytes(bytes)}`, ...lines, ...coded.lines];
  await run.say(told.join("\n"));
}

/** @returns false for a file that only begins like one of these */
async function describeDeflate(
  file: FileEntry,
  format: "gz" | "zlib" | "deflate",
  run: Run,
): Promise<boolean> {
  let plainBytes = 0;
  try {
    for await (const piece of decodeDeflate(readFile(file.path), format, () => undefined)) {
      plainBytes += piece.length;
    }
  } catch (error) {
    // Two bytes make no zlib file; gzip's mark is clear enough to call the rest damage.
    if (format === "zlib") return false;
    throw error;
  }
  const { path, bytes } = file;
  const percent = savedPercent(plainBytes, bytes);
  await run.tell({ name: path, kind: format, bytes, plainBytes, savedPercent: percent });
  await run.say(
    `${printable(path)}: ${format} file, ${formatBytes(bytes)} for ` +
      `${formatBytes(plainBytes)}, ${formatPercent(percent)} saved`,
  );
  return true;
}

async function describePith(
  file: FileEntry,
  coder: Coder,
  run: Run,
  classes: boolean,
): Promise<void> {
  const handle = await open(file.path, "r");
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const pith = await openPith({ bytes: file.bytes, read }, { coder });
    const coded = classes ? await classesOfPith(pith, coder, read) : NO_CLASSES;
    await tellPith(file, pith, await framesOf(pith, coder), coded, run);
  } finally {
    await handle.close();
  }
}

async function framesOf(pith: PithFile, coder: Coder): Promise<FrameLine[]> {
  const frames: FrameLine[] = [];
  for await (const frame of pith.frames()) {
    const { plainOffset: offset, plainBytes, frameBytes, sha256 } = frame;
    const { id, version } = frame.codec;
    const codec = coder.codecs.find((known) => known.id === id)?.name ?? `codec ${id}`;
    const { filter } = frame;
    const before = filter === undefined ? {} : { filter: filter.name, filterText: filter.says };
    frames.push({ codec, version, ...before, offset, plainBytes, frameBytes, sha256 });
  }
  return frames;
}

async function tellPith(
  { path, bytes }: FileEntry,
  { plainBytes, metadata }: PithFile,
  frames: readonly FrameLine[],
  coded: Classes,
  run: Run,
): Promise<void> {
  const codecs = [...new Set(frames.map(({ codec }) => codec))].sort();
  const filters = [...new Set(frames.flatMap(({ filter }) => filter ?? []))].sort();
  const percent = savedPercent(plainBytes, bytes);
  await run.tell({
    name: path,
    kind: "pith",
    bytes,
    plainBytes,
    savedPercent: percent,
    codecs,
    filters,
    chunks: frames.length,
    kept: metadata,
    ...(run.verbose ? { frames } : {}),
    ...coded.fields,
  });
  const kept: string[] = [];
  if (metadata.name !== undefined) kept.push(printable(metadata.name));
  if (metadata.modifiedMs !== undefined) kept.push(formatTime(metadata.modifiedMs));
  if (metadata.mode !== undefined) kept.push(`mode ${metadata.mode.toString(8)}`);
  const behind = filters.length === 0 ? "" : ` after ${filters.join(", ")}`;
  const by = codecs.length === 0 ? "" : ` by ${codecs.join(", ")}${behind}`;
  const lines = [
    `${printable(path)}: Pith file, ${formatBytes(bytes)} for ${formatBytes(plainBytes)}, ` +
      `${formatPercent(percent)} saved, ${countOf(frames.length, "chunk")}${by}`,
  ];
  if (kept.length > 0) lines.push(`  of ${kept.join(", ")}`);
  if (run.verbose && frames.length > 0) lines.push(frameTable(frames));
  lines.push(...coded.lines);
  await run.say(lines.join("\n"));
}

function frameTable(frames: readonly FrameLine[]): string {
  return formatTable(
    ["  offset", "plain", "frame", "codec", "SHA-256 of the plain bytes"],
    frames.map((frame) => [
      String(frame.offset),
      String(frame.plainBytes),
      String(frame.frameBytes),
      codecLabel(`${frame.codec} ${frame.version}`, frame.filterText),
      frame.sha256,
    ]),
    ["right", "right", "right", "left", "left"],
  );
}
