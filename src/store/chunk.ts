/**
 * Chunk: how one chunk gets into the store, is found again and is read.
 *
 *   write   reserve blob -> write file (durable) -> chunk row        in this order, always
 *   replace the same, but the row is swapped, and only from the blob that was looked at
 *   find    chunk row claimed, blob there with its recorded length, not known to be damaged
 *   read    chunk row -> blob -> frame checked and decoded, SHA-256 compared (coder)
 *
 * A chunk whose blob is gone or damaged is repaired by the next put of the same bytes: it counts as
 * not found, is coded again, and its row is pointed to the new blob.
 */
import type { CodedChunk } from "../container/index.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { RESERVE_WAIT_MS } from "../core/limits.ts";
import type { ManifestChunk } from "./manifest.ts";
import type { ChunkPlace, ChunkRow, ChunkState } from "./meta/meta.ts";
import { keepUntilMs, type StoreParts } from "./parts.ts";

/** How often a chunk is tried again when it changed places in the middle. Each time needs
 * somebody else to have moved it: a handful is never reached by accident. */
const TRIES = 8;

const RESERVE_FIRST_WAIT_MS = 2;
const RESERVE_LONGEST_WAIT_MS = 500;

/** A chunk that was coded and proven. */
export interface FramedChunk extends ManifestChunk {
  readonly frame: Uint8Array;
  /** Names the blob: SHA-256 of the frame, taken where it was proven. */
  readonly frameSha256: string;
  readonly storedAs: NonNullable<CodedChunk["storedAs"]>;
  readonly state: ChunkState;
  /** The way it was coded (tried.ts); 0 for a chunk that waits to be coded. */
  readonly tried: number;
}

/** A chunk as the coder gave it; undefined when it was known and needs no frame. */
export function framedChunk(
  chunk: CodedChunk,
  state: ChunkState,
  tried: number,
): FramedChunk | undefined {
  const { sha256, plainBytes: bytes, frame, frameSha256, storedAs } = chunk;
  if (frame === undefined) return undefined;
  assertThat(storedAs !== undefined && frameSha256 !== undefined, "a frame says what it is");
  return { sha256, bytes, frame, frameSha256, storedAs, state, tried };
}

/**
 * Looks for a stored chunk that a put can rely on, and claims it.
 *
 * @returns the row, or undefined when the chunk has to be stored (again)
 */
export async function findChunk(parts: StoreParts, sha256: string): Promise<ChunkRow | undefined> {
  // Most chunks are new: a look does not wait for the flush that a claim shares with others.
  const [there] = await parts.meta.getChunks([sha256]);
  if (there === undefined) return undefined;
  const [row] = await parts.meta.claimChunks([sha256], keepUntilMs(parts));
  return row !== undefined && (await isSound(parts, row)) ? row : undefined;
}

/**
 * Stores a chunk; when this resolves its bytes are durable and its row is there.
 *
 * @throws PithError "DiskFull", "ReadOnly", "StoreIo"; "ChunkGone" when the collector kept winning
 */
export async function writeChunk(parts: StoreParts, chunk: FramedChunk): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    const reservation = await writeBlob(parts, chunk);
    try {
      if (await pointTo(parts, chunk, reservation)) return;
    } catch (error) {
      if (!(error instanceof PithError) || error.code !== "ChunkGone") throw error;
    }
  }
  throw new PithError("ChunkGone", { sha256: chunk.sha256 });
}

/**
 * Gives a stored chunk another frame, if it still has the blob that the new one was held against.
 * The old blob is garbage from then on.
 *
 * @returns whether it did; the new blob is garbage when it did not
 * @throws PithError as writeChunk
 */
export async function replaceFrame(
  parts: StoreParts,
  chunk: FramedChunk,
  fromBlob: string,
): Promise<boolean> {
  const { sha256 } = chunk;
  for (let i = 0; i < TRIES; i++) {
    const reservation = await writeBlob(parts, chunk);
    const place = placeOf(parts, chunk);
    try {
      return await parts.meta.swapChunk(sha256, fromBlob, place, reservation, keepUntilMs(parts));
    } catch (error) {
      if (!(error instanceof PithError) || error.code !== "ChunkGone") throw error;
    }
  }
  throw new PithError("ChunkGone", { sha256 });
}

/**
 * Reserves the blob and writes it; waits while an old blob of that name is being deleted.
 *
 * @returns the reservation under which it lies there
 */
async function writeBlob(
  parts: StoreParts,
  { frameSha256: blob, frame }: FramedChunk,
): Promise<number> {
  let wait = RESERVE_FIRST_WAIT_MS;
  for (let waited = 0; waited < RESERVE_WAIT_MS; waited += wait) {
    const end = parts.writing.begin(blob);
    try {
      const reservation = await parts.meta.reserveBlob(blob, frame.length, keepUntilMs(parts));
      if (reservation !== "deleting") {
        await parts.blobs.put(blob, frame, parts.damaged.has(blob));
        parts.damaged.delete(blob);
        return reservation;
      }
    } finally {
      end();
    }
    // A deletion that a crash or a failing disk left unfinished has nobody else to finish it.
    if (wait > RESERVE_FIRST_WAIT_MS) await parts.collector.settle();
    await parts.clock.wait(wait);
    wait = Math.min(2 * wait, RESERVE_LONGEST_WAIT_MS);
  }
  throw new PithError("StoreIo", { blob, why: "an old blob of this name cannot be removed" });
}

/** @returns false when another put moved the chunk in the middle */
async function pointTo(
  parts: StoreParts,
  chunk: FramedChunk,
  reservation: number,
): Promise<boolean> {
  const { sha256, bytes, state, frameSha256: blob } = chunk;
  const place = placeOf(parts, chunk);
  const { meta } = parts;
  const row = await meta.putChunk(sha256, bytes, place, reservation, keepUntilMs(parts));
  const better = row.state === "plain" && state === "coded";
  if (!better && (row.blob === blob || (await isSound(parts, row)))) return true;
  // Asked anew: how long the old blob is kept goes by the moment of the swap (last-backup.ts).
  return await meta.swapChunk(sha256, row.blob, place, reservation, keepUntilMs(parts));
}

function placeOf(parts: StoreParts, chunk: FramedChunk): ChunkPlace {
  const { frame, frameSha256: blob, storedAs, state, tried } = chunk;
  const { codec, codecVersion } = storedAs;
  const { writer } = parts;
  return { blob, blobBytes: frame.length, codec, codecVersion, state, tried, writer };
}

/**
 * The plain bytes of a chunk, proven to be those that the manifest names.
 *
 * @throws PithError kind "corrupt" with the blob's name, or "io"
 */
export async function readChunk(
  parts: StoreParts,
  { sha256, bytes }: ManifestChunk,
): Promise<Uint8Array> {
  for (let i = 0, before: string | undefined; ; i++) {
    const [row] = await parts.meta.getChunks([sha256]);
    if (row === undefined) throw new PithError("BlobMissing", { sha256, why: "no chunk row" });
    try {
      const plain = await readBlob(parts, row);
      assertThat(plain.length === bytes, "a chunk is as long as its manifest says", { sha256 });
      return plain;
    } catch (error) {
      const fault = PithError.from(error, "AssertionFailure");
      if (fault.kind !== "corrupt") throw fault;
      // It may have been coded anew, and its old blob collected, since the row was read.
      if (row.blob === before || i >= TRIES) {
        parts.damaged.add(row.blob);
        throw new PithError(fault.code, { ...fault.facts, sha256, blob: row.blob }, fault);
      }
      before = row.blob;
    }
  }
}

async function readBlob({ blobs, coder }: StoreParts, row: ChunkRow): Promise<Uint8Array> {
  const frame = await blobs.get(row.blob);
  if (frame.length !== row.blobBytes) {
    throw new PithError("BlobCorrupt", { expected: row.blobBytes, actual: frame.length });
  }
  return await coder.decode(frame, row.sha256);
}

async function isSound({ blobs, damaged }: StoreParts, row: ChunkRow): Promise<boolean> {
  return !damaged.has(row.blob) && (await blobs.size(row.blob)) === row.blobBytes;
}
