/**
 * What Pith would save on some files, found by coding them, or a sample of them, into nothing.
 *
 * Files are grouped by kind of content (container/content.ts). A kind's saving is measured on its
 * sample and projected on all its bytes; with --full nothing is projected, and equal chunks count
 * once, as in a store.
 */
import { type Coder, createCoder, describeContent } from "../container/index.ts";
import type { Effort } from "../core/codec.ts";
import { CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { eachInFlight, inFlight } from "./in-flight.ts";
import { beginProgress, type Progress } from "./progress.ts";
import { counting, readFirst, readRange } from "./read-file.ts";
import type { Run } from "./run.ts";
import { type Piece, sampleBeginnings, samplePieces, shareBudget } from "./sample.ts";
import {
  countOf,
  formatBytes,
  formatCount,
  formatPercent,
  formatTable,
  savedPercent,
} from "./table.ts";
import { type FileEntry, listFiles } from "./walk.ts";

type ContentKind = ReturnType<typeof describeContent>;

/** What is coded at most unless --full: some ten seconds on two cores where nothing searches for long,
 * a minute where it does; a piece or more of a kind that is large. */
const SAMPLE_BYTES: Readonly<Record<Effort, number>> = {
  flat: 256 * 1024 * 1024,
  fast: 256 * 1024 * 1024,
  default: 48 * 1024 * 1024,
  dense: 24 * 1024 * 1024,
};
const PIECE_BYTES = 1024 * 1024;

/** What is coded at most of a kind that has a specialist, at some 5 MB/s: again ten seconds, and two
 * dozen photos. */
const SPECIALIST_SAMPLE_BYTES = 64 * 1024 * 1024;

/** A specialist wants its files from the beginning, and most of them to their end. */
const BEGINNING_BYTES = CHUNK_BYTES_MAXIMUM;

/** What describeContent wants to see. */
const LOOK_BYTES = 4096;

/** Files whose first bytes are read at once. */
const LOOKS_IN_FLIGHT = 8;

export interface EstimateSettings {
  readonly effort: Effort;
  readonly full: boolean;
  readonly threads: number;
}

interface Group {
  readonly kind: ContentKind;
  readonly files: FileEntry[];
  bytes: number;
}

/** What was measured of a kind. */
interface Estimate {
  readonly group: Group;
  /** Bytes that were coded. */
  readonly sampledBytes: number;
  /** What they came to. */
  readonly codedBytes: number;
}

/** Tells what would be saved on the files that `paths` mean. */
export async function estimateFiles(
  paths: readonly string[],
  settings: EstimateSettings,
  run: Run,
): Promise<void> {
  const groups = await groupFiles(await listFiles(paths, run), run);
  const budgets = settings.full
    ? groups.map(({ bytes }) => bytes)
    : shareBudget(groups.map(neededOf), SAMPLE_BYTES[settings.effort]);
  const progress = beginProgress(
    run,
    budgets.reduce((sum, bytes) => sum + bytes, 0),
  );
  const coder = await createCoder({ threads: settings.threads });
  const estimates: Estimate[] = [];
  try {
    for (const [i, group] of groups.entries()) {
      const pieces = piecesOf(group, budgets[i] ?? 0);
      estimates.push({ group, ...(await codeAll(pieces, coder, settings, progress, run)) });
    }
  } finally {
    progress.end();
    await coder.close();
  }
  await tell(estimates, settings, run);
}

/** What is to be coded of a kind when there is room. */
function neededOf({ kind, bytes }: Group): number {
  return kind.specialist === undefined ? bytes : Math.min(bytes, SPECIALIST_SAMPLE_BYTES);
}

function piecesOf({ kind, files }: Group, budgetBytes: number): Piece[] {
  return kind.specialist === undefined
    ? samplePieces(files, budgetBytes, PIECE_BYTES)
    : sampleBeginnings(files, budgetBytes, BEGINNING_BYTES);
}

async function groupFiles(files: readonly FileEntry[], run: Run): Promise<Group[]> {
  const groups = new Map<string, Group>();
  const look = async (file: FileEntry): Promise<ContentKind | undefined> => {
    try {
      return describeContent(await readFirst(file.path, LOOK_BYTES));
    } catch (error) {
      run.fail(file.path, error);
      return undefined;
    }
  };
  let next = 0;
  for await (const kind of inFlight(files, LOOKS_IN_FLIGHT, look)) {
    const file = files[next++] as FileEntry;
    if (kind === undefined) continue;
    const group = groups.get(kind.name) ?? { kind, files: [], bytes: 0 };
    group.files.push(file);
    group.bytes += file.bytes;
    groups.set(kind.name, group);
  }
  return [...groups.values()].sort((one, other) => other.bytes - one.bytes);
}

async function codeAll(
  pieces: readonly Piece[],
  coder: Coder,
  { effort, full, threads }: EstimateSettings,
  progress: Progress,
  run: Run,
): Promise<{ sampledBytes: number; codedBytes: number }> {
  let sampledBytes = 0;
  let codedBytes = 0;
  const seen = new Set<string>();
  const known = async (sha256: string): Promise<boolean> => {
    if (!full) return false;
    const met = seen.has(sha256);
    seen.add(sha256);
    return met;
  };
  const code = async ({ file, offset, bytes }: Piece): Promise<void> => {
    progress.on(file.path);
    try {
      const plain = counting(readRange(file.path, offset, bytes), progress.add);
      for await (const chunk of coder.encode(plain, { effort, known })) {
        sampledBytes += chunk.plainBytes;
        codedBytes += chunk.frame?.length ?? 0;
      }
    } catch (error) {
      run.fail(file.path, error);
    }
  };
  await eachInFlight(pieces, threads, code);
  return { sampledBytes, codedBytes };
}

async function tell(
  estimates: readonly Estimate[],
  settings: EstimateSettings,
  run: Run,
): Promise<void> {
  const rows: string[][] = [];
  let plainTotal = 0;
  let storedTotal = 0;
  let filesTotal = 0;
  let sampledTotal = 0;
  for (const { group, sampledBytes, codedBytes } of estimates) {
    const { kind, files, bytes } = group;
    const stored = sampledBytes === 0 ? 0 : Math.round((codedBytes * bytes) / sampledBytes);
    plainTotal += bytes;
    storedTotal += stored;
    filesTotal += files.length;
    sampledTotal += sampledBytes;
    const saved = savedPercent(bytes, stored);
    const remark = remarkOn(kind);
    rows.push([...cells(kind.says, files.length, bytes, stored), remark]);
    await run.tell({
      kind: kind.name,
      says: kind.says,
      files: files.length,
      bytes,
      storedBytes: stored,
      savedPercent: saved,
      sampledBytes,
      packed: kind.packed,
      lossy: kind.lossy,
      specialist: kind.specialist ?? null,
    });
  }
  if (estimates.length > 1) rows.push([...cells("all", filesTotal, plainTotal, storedTotal), ""]);
  if (rows.length === 0) return run.note("there is no file to look at");
  await run.say(
    formatTable(["content", "files", "plain", "stored", "saved", ""], rows, [
      "left",
      "right",
      "right",
      "right",
      "right",
      "left",
    ]),
  );
  const share = sampledTotal < plainTotal ? "Projected from a sample" : "Measured on all bytes";
  const once = settings.full ? "; equal chunks count once" : "";
  const coded = `${formatBytes(sampledTotal)} of ${formatBytes(plainTotal)} coded`;
  await run.say(`${share}: ${coded} at effort "${settings.effort}"${once}. Nothing was written.`);
  const lossy = estimates.filter(({ group: { kind } }) => kind.lossy && !kind.specialist);
  if (lossy.length === 0) return;
  const bytes = lossy.reduce((sum, { group }) => sum + group.bytes, 0);
  const files = lossy.reduce((sum, { group }) => sum + group.files.length, 0);
  await run.say(
    `${countOf(files, "file")} (${formatBytes(bytes)}) are in lossy formats: ` +
      "only a codec made for the format can shrink them further.",
  );
}

function cells(says: string, files: number, bytes: number, stored: number): string[] {
  const saved = formatPercent(savedPercent(bytes, stored));
  return [says, formatCount(files), formatBytes(bytes), formatBytes(stored), saved];
}

function remarkOn({ lossy, packed, specialist }: ContentKind): string {
  if (specialist !== undefined) return `by ${specialist}`;
  if (lossy) return "lossy: needs a specialist";
  return packed ? "packed already" : "";
}
