/**
 * Get: an object's bytes out of the store, all of them or a range.
 *
 *   row -> manifest -> the chunks that the range touches -> each read, decoded and proven -> bytes
 *
 * A chunk's bytes leave only after all of it was proven, so no wrong byte ever does; when a chunk is
 * damaged the body ends with an error that names the object, and everything else is served.
 * The next chunks are read while one is being sent. Memory: READ_AHEAD_CHUNKS + 1 chunks.
 */
import { PithError } from "../core/errors.ts";
import { readChunk } from "./chunk.ts";
import type { Holding } from "./keep.ts";
import { decodeManifest, type ManifestChunk } from "./manifest.ts";
import { checkCondition } from "./meta/condition.ts";
import type { Condition, ObjectRow } from "./meta/meta.ts";
import type { StoreParts } from "./parts.ts";
import { stopIf } from "./put.ts";

/** Chunks that are read and decoded beyond the one being sent: enough for two cores. */
const READ_AHEAD_CHUNKS = 2;

/** Which bytes: from `first` to `last` (to the end without it), or the last so many. */
export type RangeRequest =
  | { readonly first: number; readonly last?: number | undefined }
  | { readonly suffix: number };

/** Positions of the first and the last byte, both within the object. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface GetOptions {
  readonly range?: RangeRequest | undefined;
  /** What must hold for the version that is read. */
  readonly condition?: Condition | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenedObject {
  readonly row: ObjectRow;
  /** What was asked for, cut to the object; undefined for all of it. */
  readonly range: ByteRange | undefined;
  /** Length of the body. */
  readonly bytes: number;
  /** Nothing is read before it is iterated; ending it early lets go of everything. Once. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Opens an object for reading.
 *
 * @throws PithError of names, "NoSuchBucket", "NoSuchKey", "PreconditionFailed",
 *   "RangeNotSatisfiable", "ManifestCorrupt"; the body throws kind "corrupt" or "io", or "Aborted"
 */
export async function getObject(
  parts: StoreParts,
  bucket: string,
  key: string,
  options: GetOptions,
): Promise<OpenedObject> {
  const openedMs = parts.clock.nowMs();
  const row = await parts.meta.getObject(bucket, key);
  checkCondition(options.condition ?? {}, row);
  const range = options.range && resolveRange(options.range, row.bytes);
  const slices = alarming(parts, row, () => slicesOf(row, range));
  const bytes = range === undefined ? row.bytes : range.last - range.first + 1;
  return { row, range, bytes, body: readBody(parts, row, slices, openedMs, options.signal) };
}

/** Every byte of a version that was read from the metadata at `openedMs`. */
export function readAll(
  parts: StoreParts,
  row: ObjectRow,
  openedMs: number,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  return readBody(parts, row, slicesOf(row, undefined), openedMs, signal);
}

/** @throws PithError "RangeNotSatisfiable" when the object has none of these bytes */
function resolveRange(request: RangeRequest, bytes: number): ByteRange {
  const range =
    "suffix" in request
      ? { first: Math.max(0, bytes - request.suffix), last: bytes - 1 }
      : { first: request.first, last: Math.min(request.last ?? bytes - 1, bytes - 1) };
  const { first, last } = range;
  if (!Number.isSafeInteger(first) || first < 0 || first > last) {
    throw new PithError("RangeNotSatisfiable", { ...request, bytes });
  }
  return range;
}

/** A part of one chunk: its bytes `from` to before `to`. */
interface Slice {
  readonly index: number;
  readonly chunk: ManifestChunk;
  readonly from: number;
  readonly to: number;
}

function slicesOf(row: ObjectRow, range: ByteRange | undefined): Slice[] {
  const { first, last } = range ?? { first: 0, last: row.bytes - 1 };
  const slices: Slice[] = [];
  let at = 0;
  for (const [index, chunk] of decodeManifest(row.manifest).entries()) {
    const from = Math.max(0, first - at);
    const to = Math.min(chunk.bytes, last + 1 - at);
    if (from < to) slices.push({ index, chunk, from, to });
    at += chunk.bytes;
  }
  if (at !== row.bytes) throw new PithError("ManifestCorrupt", { bytes: row.bytes, sum: at });
  return slices;
}

async function* readBody(
  parts: StoreParts,
  row: ObjectRow,
  slices: readonly Slice[],
  openedMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const holding = parts.keeper.hold();
  try {
    for (const { chunk } of slices) holding.add(chunk.sha256);
    await claimIfLate(parts, holding, openedMs);
    const ahead: Promise<Uint8Array>[] = [];
    for (const [i, { index, from, to }] of slices.entries()) {
      while (ahead.length <= READ_AHEAD_CHUNKS && i + ahead.length < slices.length) {
        const reading = readChunk(parts, (slices[i + ahead.length] as Slice).chunk);
        // It is awaited in its turn, unless the body ends before that.
        reading.catch(() => undefined);
        ahead.push(reading);
      }
      stopIf(signal);
      stopIf(parts.closing);
      const plain = await naming(parts, row, index, ahead.shift() as Promise<Uint8Array>);
      yield plain.subarray(from, to);
    }
  } finally {
    holding.end();
  }
}

/**
 * A version that was replaced right after its row was read keeps its chunks for the grace time
 * from then on: only who begins late, or lasts long, has to claim them.
 */
async function claimIfLate(
  { clock, graceMs }: StoreParts,
  holding: Holding,
  openedMs: number,
): Promise<void> {
  if (clock.nowMs() - openedMs >= graceMs / 3) await holding.renew();
}

/** Adds the object to what is known of a failure, and raises the alarm for damage. */
async function naming(
  parts: StoreParts,
  row: ObjectRow,
  index: number,
  reading: Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await reading;
  } catch (error) {
    const fault = PithError.from(error, "AssertionFailure");
    const { bucket, key, version } = row;
    const facts = { bucket, key, version, chunk: index, ...fault.facts };
    const named = new PithError(fault.code, facts, fault);
    if (named.kind === "corrupt" || named.kind === "bug") parts.alarm(named);
    throw named;
  }
}

function alarming<Result>(parts: StoreParts, row: ObjectRow, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const fault = PithError.from(error, "AssertionFailure");
    const { bucket, key, version } = row;
    const named = new PithError(fault.code, { bucket, key, version, ...fault.facts }, fault);
    parts.alarm(named);
    throw named;
  }
}
