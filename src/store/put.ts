/**
 * Put: an object's bytes into the store.
 *
 *   source -> MD5, length -> coder: cut, code, prove -> chunks written -> one commit -> acknowledged
 *
 * Nothing is acknowledged before everything is durable. A put that fails leaves chunks and blobs that
 * nothing references, which the collector removes after the grace time. Memory: what the coder
 * holds, and WRITES_IN_FLIGHT frames.
 */
import { randomBytes } from "node:crypto";
import type { CodedChunk } from "../container/index.ts";
import { toHex } from "../core/bytes.ts";
import type { Effort } from "../core/codec.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { type RunningHash, runningMd5 } from "../core/hash.ts";
import { OBJECT_BYTES_MAXIMUM } from "../core/limits.ts";
import { findChunk, framedChunk, writeChunk } from "./chunk.ts";
import { encodeManifest, type ManifestChunk } from "./manifest.ts";
import { checkCondition } from "./meta/condition.ts";
import type { Condition, ObjectHeaders, ObjectRow } from "./meta/meta.ts";
import { checkBucketName, checkKey, checkUserMetadata } from "./names.ts";
import { keepUntilMs, type StoreParts } from "./parts.ts";
import { Attempt } from "./tried.ts";

/** Frames of one object that are being written: the disk works while the next chunk is coded. */
const WRITES_IN_FLIGHT = 2;

/** "verified" acknowledges what was coded and proven; "async" the plain bytes, coded later. */
export type WriteMode = "verified" | "async";

export interface PutOptions {
  readonly headers?: ObjectHeaders | undefined;
  /** Names in lower case. */
  readonly userMetadata?: Readonly<Record<string, string>> | undefined;
  /** Looked at before the first byte is read, and again when the object is committed. */
  readonly condition?: Condition | undefined;
  readonly mode?: WriteMode | undefined;
  readonly effort?: Effort | undefined;
  /** A codec's name to use it alone; undefined chooses by content. */
  readonly codec?: string | undefined;
  /** The length that was announced: any other is refused. */
  readonly expectedBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stores one object.
 *
 * @param source - the plain bytes; iterated once, ended early when the put fails
 * @returns the row that is current now; its `etag` is the MD5 of the bytes
 * @throws PithError of names, conditions, the source, the disk ("DiskFull", "ReadOnly", "StoreIo"),
 *   "IncompleteBody", "EntityTooLarge", "Aborted", or "ChunkGone" (send it again)
 */
export async function putObject(
  parts: StoreParts,
  bucket: string,
  key: string,
  source: AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<ObjectRow> {
  const { headers = { contentType: "binary/octet-stream" }, userMetadata = {} } = options;
  const { expectedBytes = 0 } = options;
  checkBucketName(bucket);
  checkKey(key);
  checkUserMetadata(userMetadata);
  if (expectedBytes > OBJECT_BYTES_MAXIMUM)
    throw new PithError("EntityTooLarge", { expectedBytes });
  await checkBefore(parts, bucket, key, options.condition);
  const measure: Measure = { md5: runningMd5(), bytes: 0 };
  const holding = parts.keeper.hold();
  try {
    const chunks = await storeChunks(parts, measured(source, measure, options), options, (sha256) =>
      holding.add(sha256),
    );
    const row: ObjectRow = {
      bucket,
      key,
      version: newVersion(parts.clock.nowMs()),
      bytes: measure.bytes,
      etag: measure.md5.finish(),
      modifiedMs: parts.clock.nowMs(),
      headers,
      userMetadata,
      manifest: encodeManifest(chunks),
    };
    assertThat(sumOf(chunks) === row.bytes, "the chunks are the object", { bytes: row.bytes });
    stopIf(options.signal);
    await parts.meta.putObject(row, options.condition ?? {}, keepUntilMs(parts));
    return row;
  } finally {
    holding.end();
  }
}

/** Fails before a byte is read where the commit would fail anyway. */
async function checkBefore(
  { meta }: StoreParts,
  bucket: string,
  key: string,
  condition: Condition | undefined,
): Promise<void> {
  if ((await meta.getBucket(bucket)) === undefined) throw new PithError("NoSuchBucket", { bucket });
  if (condition?.ifMatch === undefined && condition?.ifNoneMatch === undefined) return;
  const page = await meta.listObjects({ bucket, prefix: key, delimiter: "", after: "", limit: 1 });
  const [current] = page.objects;
  checkCondition(condition, current?.key === key ? current : undefined);
}

/**
 * Codes the source's bytes and stores every chunk that is not there yet.
 *
 * @param hold - called with each chunk as soon as it is there
 * @returns the chunks in order
 */
async function storeChunks(
  parts: StoreParts,
  source: AsyncIterable<Uint8Array>,
  options: Pick<PutOptions, "mode" | "effort" | "codec" | "signal">,
  hold: (sha256: string) => void,
): Promise<ManifestChunk[]> {
  const plain = options.mode === "async";
  const { effort = "default", codec } = options;
  const attempt = new Attempt(parts.coder, { effort, codec });
  const { signal, unlink } = linkSignals(parts.closing, options.signal);
  const chunks: ManifestChunk[] = [];
  const writes: Promise<void>[] = [];
  const known = async (sha256: string): Promise<boolean> => {
    const found = (await findChunk(parts, sha256)) !== undefined;
    if (found) hold(sha256);
    return found;
  };
  const write = async (coded: CodedChunk): Promise<void> => {
    const chunk = plain
      ? framedChunk(coded, "plain", 0)
      : framedChunk(coded, "coded", attempt.mark);
    if (chunk === undefined) return;
    await writeChunk(parts, chunk);
    hold(chunk.sha256);
  };
  const coding = plain
    ? { effort: "flat" as const, codec: "stored", known, signal }
    : { effort, codec, known, signal, passedOn: attempt.passedOn };
  try {
    for await (const chunk of parts.coder.encode(source, coding)) {
      chunks.push({ sha256: chunk.sha256, bytes: chunk.plainBytes });
      const writing = write(chunk);
      // It is awaited below, perhaps after another one failed.
      writing.catch(() => undefined);
      writes.push(writing);
      if (writes.length > WRITES_IN_FLIGHT) await writes.shift();
    }
    await Promise.all(writes);
  } finally {
    unlink();
    await Promise.allSettled(writes);
  }
  return chunks;
}

interface Measure {
  readonly md5: RunningHash;
  bytes: number;
}

/** The source's bytes, counted and hashed on their way, and held against what was announced. */
async function* measured(
  source: AsyncIterable<Uint8Array>,
  measure: Measure,
  { expectedBytes, signal }: PutOptions,
): AsyncGenerator<Uint8Array> {
  for await (const part of source) {
    stopIf(signal);
    measure.bytes += part.length;
    if (measure.bytes > OBJECT_BYTES_MAXIMUM) {
      throw new PithError("EntityTooLarge", { maximum: OBJECT_BYTES_MAXIMUM });
    }
    if (expectedBytes !== undefined && measure.bytes > expectedBytes) {
      throw new PithError("BadRequest", { why: "more bytes than announced", expectedBytes });
    }
    measure.md5.update(part);
    yield part;
  }
  if (expectedBytes !== undefined && measure.bytes < expectedBytes) {
    throw new PithError("IncompleteBody", { expectedBytes, bytes: measure.bytes });
  }
}

/** Names a version: the time, so that they sort as they came, and 80 random bits. */
function newVersion(nowMs: number): string {
  return Math.floor(nowMs).toString(16).padStart(12, "0") + toHex(randomBytes(10));
}

function sumOf(chunks: readonly ManifestChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
}

/** A signal that follows both until it is unlinked: the store's own outlives millions of puts. */
function linkSignals(...signals: readonly (AbortSignal | undefined)[]): {
  signal: AbortSignal;
  unlink: () => void;
} {
  const controller = new AbortController();
  const unlinks = signals.map((signal) => {
    const follow = (): void => controller.abort(signal?.reason);
    if (signal?.aborted === true) follow();
    signal?.addEventListener("abort", follow);
    return () => signal?.removeEventListener("abort", follow);
  });
  return { signal: controller.signal, unlink: () => unlinks.forEach((unlink) => void unlink()) };
}

/** @throws PithError "Aborted" when the caller gave up */
export function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw PithError.from(signal.reason, "Aborted");
}
