/**
 * Recode object: one stored object through the coder again, chunk by chunk, in order.
 *
 *   blobs -> read and proven -> coder: cut, code, prove -> better? new blob -> chunk row swapped
 *                                                                    old blob is garbage in time
 *
 * Whole objects, because codecs carry state from chunk to chunk; what needs no coding is only shown
 * to them. The object can be read at every moment, from the one blob or the other. Where the coder
 * cuts otherwise than before, both cuts are held against each other from border to common border, and
 * the version gets a new manifest over the same bytes (docs/decisions/0070-recoding.md).
 */
import type { CodedChunk } from "../container/index.ts";
import { equalBytes } from "../core/bytes.ts";
import type { FaultCode } from "../core/errors.ts";
import { findChunk, framedChunk, replaceFrame, writeChunk } from "./chunk.ts";
import { readAll } from "./get.ts";
import type { Holding } from "./keep.ts";
import { decodeManifest, encodeManifest, type ManifestChunk } from "./manifest.ts";
import type { ChunkRow, ObjectRow } from "./meta/meta.ts";
import { keepUntilMs, type StoreParts } from "./parts.ts";
import { Attempt, type Way } from "./tried.ts";

/** What a recoding has done so far. */
export interface RecodeCounts {
  /** Objects looked at, and their lengths. */
  objects: number;
  objectBytes: number;
  /** Chunks of their manifests: each is rewritten, kept, skipped, or of an object that failed. */
  chunks: number;
  /** Have a smaller frame now. */
  rewritten: number;
  /** Were coded, and stay as they are: what came out saves too little. */
  kept: number;
  /** Needed no coding: tried before, not asked for, or changed by somebody else meanwhile. */
  skipped: number;
  /** Objects that could not be recoded, by fault. */
  failed: Partial<Record<FaultCode, number>>;
  /** Plain bytes of what was coded. */
  plainBytes: number;
  /** What the rewritten and kept chunks took, and take now. */
  bytesBefore: number;
  bytesAfter: number;
}

/** How objects are coded anew. */
export interface Recoding {
  readonly way: Way;
  /** Whether a stored chunk is to be coded; one that waits to be coded always is. */
  readonly wants: (row: ChunkRow) => boolean;
  /** By what share of the old frame a new one must be smaller. */
  readonly savedShare: number;
  /** False codes and counts, and changes nothing. */
  readonly writes: boolean;
  readonly counts: RecodeCounts;
  /** Chunks that an object of the same recoding is coding now: others that share them leave them to it. */
  readonly underWay: Set<string>;
  /** Holds the bytes up as the pace demands. */
  readonly paced: (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

export function noCounts(): RecodeCounts {
  const sums = { objects: 0, objectBytes: 0, chunks: 0, rewritten: 0, kept: 0, skipped: 0 };
  return { ...sums, failed: {}, plainBytes: 0, bytesBefore: 0, bytesAfter: 0 };
}

/**
 * Codes an object anew.
 *
 * @param openedMs - when `row` was read from the metadata
 * @param waits - whether the object is on the list of those that wait to be coded
 * @param writing - the parts by which blobs and rows are written; others than `parts` keep what they replace
 *   for longer
 * @throws PithError kind "corrupt", "io" or "bug", or "Aborted"; chunks that were finished by then
 *   stay so
 */
export async function recodeObject(
  parts: StoreParts,
  row: ObjectRow,
  openedMs: number,
  waits: boolean,
  recoding: Recoding,
  writing: StoreParts = parts,
): Promise<void> {
  const holding = parts.keeper.hold();
  const work = new ObjectWork(writing, holding, recoding);
  try {
    const { way, signal } = recoding;
    const { passedOn } = work.attempt;
    const source = recoding.paced(readAll(parts, row, openedMs, signal));
    const known = (sha256: string): Promise<boolean> => work.isKnown(sha256);
    for await (const chunk of parts.coder.encode(source, { ...way, known, passedOn, signal })) {
      await work.settle(chunk);
    }
    await work.finish(row, waits);
  } finally {
    work.end();
    holding.end();
  }
}

class ObjectWork {
  readonly #parts: StoreParts;
  readonly #holding: Holding;
  readonly #recoding: Recoding;
  /** The object in its new cut, so far. */
  readonly #chunks: ManifestChunk[] = [];
  /** Stored chunks that are being coded. */
  readonly #rows = new Map<string, ChunkRow>();
  /** Lengths of the frames of chunks that were not stored before: another cut. */
  readonly #fresh = new Map<string, number>();
  #skipped = 0;
  readonly attempt: Attempt;

  constructor(parts: StoreParts, holding: Holding, recoding: Recoding) {
    this.#parts = parts;
    this.#holding = holding;
    this.#recoding = recoding;
    this.attempt = new Attempt(parts.coder, recoding.way);
  }

  /** Whether a chunk needs no coding. */
  async isKnown(sha256: string): Promise<boolean> {
    const { wants, underWay } = this.#recoding;
    this.#holding.add(sha256);
    const row = await findChunk(this.#parts, sha256);
    if (row === undefined) return false;
    if (row.state === "coded" && (!wants(row) || underWay.has(sha256))) return true;
    underWay.add(sha256);
    this.#rows.set(sha256, row);
    return false;
  }

  async settle(chunk: CodedChunk): Promise<void> {
    const { counts, writes } = this.#recoding;
    const { sha256, plainBytes } = chunk;
    this.#chunks.push({ sha256, bytes: plainBytes });
    const framed = framedChunk(chunk, "coded", this.attempt.mark);
    if (framed === undefined) {
      this.#skipped += 1;
      return;
    }
    counts.plainBytes += plainBytes;
    const before = this.#rows.get(sha256);
    const { length } = framed.frame;
    if (before === undefined) {
      this.#fresh.set(sha256, length);
      if (writes) await writeChunk(this.#parts, framed);
      return;
    }
    const isBetter = before.state === "plain" || this.#savesEnough(before.blobBytes, length);
    if (!isBetter) {
      await this.#markTried([before]);
      this.#count("kept", 1, before.blobBytes, before.blobBytes);
    } else if (!writes || before.state === "plain") {
      if (writes) await writeChunk(this.#parts, framed);
      this.#count("rewritten", 1, before.blobBytes, length);
    } else if (await replaceFrame(this.#parts, framed, before.blob)) {
      this.#count("rewritten", 1, before.blobBytes, length);
    } else {
      // A put has repaired it, or another recoding was faster.
      this.#skipped += 1;
    }
    this.#leave(sha256);
  }

  /** Brings the manifest into line with what was coded. */
  async finish(row: ObjectRow, waits: boolean): Promise<void> {
    const { meta } = this.#parts;
    const { writes, counts } = this.#recoding;
    counts.skipped += this.#skipped;
    const chunks: ManifestChunk[] = [];
    const spans: SpanChoice[] = [];
    for (const span of spansOf(decodeManifest(row.manifest), this.#chunks)) {
      if (isSame(span)) {
        chunks.push(...span.after);
        continue;
      }
      const choice = await this.#choose(span);
      spans.push(choice);
      chunks.push(...(choice.isBetter ? span.after : span.before));
    }
    const manifest = encodeManifest(chunks);
    const isRecut = !equalBytes(manifest, row.manifest);
    if (writes) {
      const until = keepUntilMs(this.#parts);
      // A version that was replaced meanwhile leaves all this to the collector.
      if (isRecut && !(await meta.replaceManifest(row, row.version, manifest, until))) return;
      if (!isRecut && waits) await meta.finishAwaiting(row.version);
    }
    for (const span of spans) await this.#countSpan(span);
  }

  /** Lets go of what was not settled. */
  end(): void {
    for (const sha256 of [...this.#rows.keys()]) this.#leave(sha256);
  }

  #leave(sha256: string): void {
    this.#rows.delete(sha256);
    // What changed nothing would be coded again for every object that shares it.
    if (this.#recoding.writes) this.#recoding.underWay.delete(sha256);
  }

  #savesEnough(bytesBefore: number, bytesAfter: number): boolean {
    return bytesAfter <= bytesBefore * (1 - this.#recoding.savedShare);
  }

  #count(what: "rewritten" | "kept", chunks: number, bytesBefore: number, bytesAfter: number) {
    const { counts } = this.#recoding;
    counts[what] += chunks;
    counts.bytesBefore += bytesBefore;
    counts.bytesAfter += bytesAfter;
  }

  /** Which of two cuts of the same bytes is to stay. */
  async #choose({ before, after }: Span): Promise<SpanChoice> {
    const old = await this.#rowsOf(before);
    const fresh = await this.#rowsOf(after);
    const bytesBefore = old.reduce((sum, row) => sum + row.blobBytes, 0);
    const stored = new Map(fresh.map(({ sha256, blobBytes }) => [sha256, blobBytes]));
    for (const [sha256, bytes] of this.#fresh) if (!stored.has(sha256)) stored.set(sha256, bytes);
    const bytesAfter = [...new Set(after.map(({ sha256 }) => sha256))]
      .map((sha256) => stored.get(sha256) ?? 0)
      .reduce((sum, bytes) => sum + bytes, 0);
    const waited = old.some(({ state }) => state === "plain");
    const isBetter = waited || this.#savesEnough(bytesBefore, bytesAfter);
    return { old, after, bytesBefore, bytesAfter, isBetter };
  }

  async #countSpan({ old, after, bytesBefore, bytesAfter, isBetter }: SpanChoice): Promise<void> {
    if (isBetter) {
      this.#count("rewritten", after.length, bytesBefore, bytesAfter);
      return;
    }
    await this.#markTried(old);
    this.#count("kept", old.length, bytesBefore, bytesBefore);
  }

  async #markTried(rows: readonly ChunkRow[]): Promise<void> {
    const { mark } = this.attempt;
    if (this.#recoding.writes && mark !== 0) await this.#parts.meta.markTried(rows, mark);
  }

  /** The rows of these chunks, each once, as far as there are some. */
  async #rowsOf(chunks: readonly ManifestChunk[]): Promise<ChunkRow[]> {
    const sha256s = [...new Set(chunks.map(({ sha256 }) => sha256))];
    const rows = await this.#parts.meta.getChunks(sha256s);
    return rows.filter((row) => row !== undefined);
  }
}

/** A stretch of the object that both cuts begin and end with a border. */
interface Span {
  readonly before: readonly ManifestChunk[];
  readonly after: readonly ManifestChunk[];
}

interface SpanChoice {
  readonly old: readonly ChunkRow[];
  readonly after: readonly ManifestChunk[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly isBetter: boolean;
}

function isSame({ before, after }: Span): boolean {
  return before.length === 1 && after.length === 1 && before[0]?.sha256 === after[0]?.sha256;
}

/** The shortest stretches that two cuts of the same bytes have in common. */
function* spansOf(
  before: readonly ManifestChunk[],
  after: readonly ManifestChunk[],
): Generator<Span> {
  let i = 0;
  for (let j = 0; i < before.length || j < after.length; ) {
    const [fromBefore, fromAfter] = [i, j];
    let ahead = (before[i++]?.bytes ?? 0) - (after[j++]?.bytes ?? 0);
    while (ahead !== 0 && i <= before.length && j <= after.length) {
      if (ahead < 0) ahead += before[i++]?.bytes ?? 0;
      else ahead -= after[j++]?.bytes ?? 0;
    }
    yield { before: before.slice(fromBefore, i), after: after.slice(fromAfter, j) };
  }
}
