/**
 * Check: whether everything that the metadata promises is there.
 *
 *   objects -> manifests -> chunk rows -> blobs     each step looked up, references counted again
 *   files   -> blob rows                            leftovers and files that nobody knows
 *
 * May run beside puts and gets. What looks wrong in passing is looked at again before it is
 * reported; counts can only be compared when nothing changed meanwhile, else `settled` is false.
 * Deep, every blob is read, held against its name and decoded. Memory: about 300 bytes a chunk.
 */
import { type FaultCode, PithError } from "../core/errors.ts";
import { sha256 as sha256Of } from "../core/hash.ts";
import { decodeManifest, type ManifestChunk } from "./manifest.ts";
import type { BlobRow, ChunkRow, ObjectName, ObjectRow, Totals } from "./meta/meta.ts";
import type { StoreParts } from "./parts.ts";

const OBJECTS_AT_ONCE = 100;
const ROWS_AT_ONCE = 500;
/** Blobs looked at, or read, at once. */
const LOOKS_AT_ONCE = 8;
/** Problems and orphans that a report lists; more are only counted. */
const LISTED_MAXIMUM = 1000;
/** Passes before a busy store is reported as unsettled. */
const PASSES = 3;

export interface CheckOptions {
  /** Reads and decodes every blob: costs a read of the whole store. */
  readonly deep?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One thing that is wrong. */
export interface Problem {
  readonly code: FaultCode;
  /** For people: what is wrong, in a few words. */
  readonly what: string;
  /** The object that it hurts; undefined when it hurts none. */
  readonly object?: ObjectName | undefined;
  readonly chunk?: string | undefined;
  readonly blob?: string | undefined;
}

export interface CheckReport {
  readonly objects: number;
  readonly chunks: number;
  readonly blobs: number;
  /** Blobs whose bytes were read and proven. */
  readonly blobsRead: number;
  /** Damage: at most LISTED_MAXIMUM, `problemCount` counts all. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  /** Leftovers that the collector will remove when their time has passed. */
  readonly collectable: { readonly chunks: number; readonly blobs: number; readonly bytes: number };
  /** Blobs on the disk that the metadata does not know; nothing removes them unasked. */
  readonly orphans: readonly { readonly name: string; readonly bytes: number }[];
  readonly orphanCount: number;
  /** False when the store changed all the time: counts were not compared then. */
  readonly settled: boolean;
}

/**
 * Checks a store.
 *
 * @param changes - how often the store has been changed so far; undefined while a change is under way
 * @throws PithError kind "io" when the database fails or a folder cannot be read; damage is reported,
 *   not thrown, and so is a blob that the disk does not give
 */
export async function checkStore(
  parts: StoreParts,
  options: CheckOptions,
  changes: () => number | undefined,
): Promise<CheckReport> {
  for (let pass = 1; ; pass++) {
    const before = changes();
    const check = new Check(parts, options);
    await check.run();
    const settled = before !== undefined && changes() === before;
    if (settled || pass === PASSES) return check.report(settled);
    // Only counting suffers from changes: without a miscount there is nothing to count again.
    if (!check.miscounted) return check.report(true);
  }
}

class Check {
  readonly #parts: StoreParts;
  readonly #options: CheckOptions;
  /** How often manifests name each chunk. */
  readonly #uses = new Map<string, number>();
  /** Chunks that look damaged, with what is wrong. */
  readonly #damaged = new Map<string, Problem>();
  readonly #pointedTo = new Set<string>();
  readonly #problems: Problem[] = [];
  readonly #miscounts: Problem[] = [];
  readonly #orphans: { name: string; bytes: number }[] = [];
  #problemCount = 0;
  #orphanCount = 0;
  #blobsRead = 0;
  #garbageChunks = 0;
  #garbageBlobs = 0;
  #garbageBytes = 0;
  #objects = 0;
  #objectBytes = 0;
  #chunks = 0;
  #chunkBytes = 0;
  #blobs = 0;
  #blobBytes = 0;

  constructor(parts: StoreParts, options: CheckOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get miscounted(): boolean {
    return this.#miscounts.length > 0;
  }

  async run(): Promise<void> {
    const { meta } = this.#parts;
    for await (const row of this.#everyObject()) this.#countObject(row);
    for await (const rows of pages(
      (after: string) => meta.scanChunks(after, ROWS_AT_ONCE),
      byHash,
    )) {
      await atOnce(rows, (row) => this.#checkChunk(row));
    }
    for (const sha256 of this.#uses.keys()) {
      this.#damaged.set(sha256, { code: "BlobMissing", what: "no chunk row", chunk: sha256 });
    }
    await this.#checkBlobs();
    if (this.#damaged.size > 0) await this.#nameObjects();
    this.#compareTotals(await meta.totals());
  }

  report(settled: boolean): CheckReport {
    if (settled) for (const miscount of this.#miscounts) this.#problem(miscount);
    return {
      objects: this.#objects,
      chunks: this.#chunks,
      blobs: this.#blobs,
      blobsRead: this.#blobsRead,
      problems: this.#problems,
      problemCount: this.#problemCount,
      collectable: {
        chunks: this.#garbageChunks,
        blobs: this.#garbageBlobs,
        bytes: this.#garbageBytes,
      },
      orphans: this.#orphans,
      orphanCount: this.#orphanCount,
      settled,
    };
  }

  async *#everyObject(): AsyncGenerator<ObjectRow> {
    const { meta } = this.#parts;
    let after: ObjectName | undefined;
    for (;;) {
      this.#stopIfAsked();
      const page = await meta.scanObjects(after, OBJECTS_AT_ONCE);
      yield* page;
      after = page.at(-1);
      if (after === undefined) return;
    }
  }

  #countObject(row: ObjectRow): void {
    this.#objects += 1;
    this.#objectBytes += row.bytes;
    const chunks = this.#manifestOf(row, (problem) => this.#problem(problem));
    for (const { sha256 } of chunks) this.#uses.set(sha256, (this.#uses.get(sha256) ?? 0) + 1);
  }

  #manifestOf(row: ObjectRow, report: (problem: Problem) => void): ManifestChunk[] {
    const object = { bucket: row.bucket, key: row.key };
    try {
      const chunks = decodeManifest(row.manifest);
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0);
      if (bytes === row.bytes) return chunks;
      report({ code: "ManifestCorrupt", what: `${bytes} of ${row.bytes} bytes`, object });
      return chunks;
    } catch (error) {
      const fault = PithError.from(error, "ManifestCorrupt");
      report({ code: fault.code, what: fault.message, object });
      return [];
    }
  }

  async #checkChunk(row: ChunkRow): Promise<void> {
    this.#stopIfAsked();
    const uses = this.#uses.get(row.sha256) ?? 0;
    this.#uses.delete(row.sha256);
    this.#chunks += 1;
    this.#chunkBytes += row.bytes;
    this.#pointedTo.add(row.blob);
    if (row.references === 0) this.#garbageChunks += 1;
    if (uses !== row.references) {
      const what = `${row.references} references recorded, ${uses} found`;
      this.#miscounts.push({ code: "CheckFailed", what, chunk: row.sha256 });
    }
    const problem = await this.#faultOf(row);
    if (problem !== undefined) this.#damaged.set(row.sha256, problem);
    else if (this.#options.deep === true) this.#blobsRead += 1;
  }

  /** What is wrong with a chunk's blob. */
  async #faultOf(row: ChunkRow): Promise<Problem | undefined> {
    const { blobs, coder } = this.#parts;
    const named = { chunk: row.sha256, blob: row.blob };
    try {
      const bytes = await blobs.size(row.blob);
      if (bytes === undefined) throw new PithError("BlobMissing");
      if (bytes !== row.blobBytes) {
        throw new PithError("BlobCorrupt", { bytes, recorded: row.blobBytes });
      }
      if (this.#options.deep !== true) return undefined;
      const frame = await blobs.get(row.blob);
      if (sha256Of(frame) !== row.blob) throw new PithError("BlobCorrupt", { why: "its hash" });
      const plain = await coder.decode(frame, row.sha256);
      if (plain.length !== row.bytes) {
        throw new PithError("BlobCorrupt", { plainBytes: plain.length, recorded: row.bytes });
      }
      return undefined;
    } catch (error) {
      const fault = PithError.from(error, "AssertionFailure");
      // One bad sector must not hide what else is damaged.
      const unreadable = fault.code === "StoreIo";
      if (fault.kind !== "corrupt" && fault.kind !== "bug" && !unreadable) throw fault;
      return { code: fault.code, what: fault.message, ...named };
    }
  }

  /** Walks blob rows and files side by side, both in order of name. */
  async #checkBlobs(): Promise<void> {
    const { meta, blobs } = this.#parts;
    const rows = each(pages((after: string) => meta.scanBlobs(after, ROWS_AT_ONCE), byName));
    const files = each(pages((after: string) => blobs.list(after, ROWS_AT_ONCE), byName));
    let row = await rows.next();
    let file = await files.next();
    while (row.done !== true || file.done !== true) {
      this.#stopIfAsked();
      const rowName = row.done === true ? undefined : row.value.name;
      const fileName = file.done === true ? undefined : file.value.name;
      const isRow = rowName !== undefined && (fileName === undefined || rowName <= fileName);
      const isFile = fileName !== undefined && (rowName === undefined || fileName <= rowName);
      if (isRow && row.done !== true) this.#countBlob(row.value);
      if (isFile && !isRow && file.done !== true) await this.#orphan(file.value);
      if (isRow) row = await rows.next();
      if (isFile) file = await files.next();
    }
  }

  #countBlob(row: BlobRow): void {
    this.#blobs += 1;
    this.#blobBytes += row.bytes;
    if (this.#pointedTo.has(row.name)) return;
    this.#garbageBlobs += 1;
    this.#garbageBytes += row.bytes;
  }

  async #orphan(file: { name: string; bytes: number }): Promise<void> {
    // A put may have announced it since the page of rows was read.
    const [row] = await this.#parts.meta.scanBlobs(justBefore(file.name), 1);
    if (row?.name === file.name) return;
    this.#orphanCount += 1;
    if (this.#orphans.length < LISTED_MAXIMUM) this.#orphans.push(file);
  }

  /** Which objects the damaged chunks hurt; only what is still damaged counts. */
  async #nameObjects(): Promise<void> {
    const { meta } = this.#parts;
    const again = new Map<string, Problem | undefined>();
    for await (const row of this.#everyObject()) {
      const chunks = new Set(this.#manifestOf(row, () => {}).map((chunk) => chunk.sha256));
      for (const sha256 of chunks) {
        const first = this.#damaged.get(sha256);
        if (first === undefined) continue;
        if (!again.has(sha256)) {
          const [chunk] = await meta.getChunks([sha256]);
          again.set(sha256, chunk === undefined ? first : await this.#faultOf(chunk));
        }
        const problem = again.get(sha256);
        const object = { bucket: row.bucket, key: row.key };
        if (problem === undefined || !(await this.#isCurrent(row))) continue;
        this.#problem({ ...problem, object });
        if (problem.blob !== undefined) this.#parts.damaged.add(problem.blob);
      }
    }
  }

  async #isCurrent({ bucket, key, version }: ObjectRow): Promise<boolean> {
    try {
      return (await this.#parts.meta.getObject(bucket, key)).version === version;
    } catch (error) {
      if (PithError.from(error, "AssertionFailure").kind === "input") return false;
      throw error;
    }
  }

  #compareTotals(totals: Totals): void {
    const found: [keyof Totals, number][] = [
      ["objects", this.#objects],
      ["objectBytes", this.#objectBytes],
      ["chunks", this.#chunks],
      ["chunkBytes", this.#chunkBytes],
      ["blobs", this.#blobs],
      ["blobBytes", this.#blobBytes],
    ];
    for (const [name, value] of found) {
      if (totals[name] === value) continue;
      const what = `total of ${name}: ${totals[name]} recorded, ${value} found`;
      this.#miscounts.push({ code: "CheckFailed", what });
    }
  }

  #problem(problem: Problem): void {
    this.#problemCount += 1;
    if (this.#problems.length < LISTED_MAXIMUM) this.#problems.push(problem);
  }

  #stopIfAsked(): void {
    for (const signal of [this.#parts.closing, this.#options.signal]) {
      if (signal?.aborted === true) throw PithError.from(signal.reason, "Aborted");
    }
  }
}

const byHash = (row: { sha256: string }): string => row.sha256;
const byName = (row: { name: string }): string => row.name;

/** All pages of a listing. */
async function* pages<Row>(
  read: (after: string) => Promise<Row[]>,
  nameOf: (row: Row) => string,
): AsyncGenerator<Row[]> {
  for (let after = ""; ; ) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = nameOf(last);
  }
}

async function* each<Row>(all: AsyncIterable<Row[]>): AsyncGenerator<Row> {
  for await (const page of all) yield* page;
}

/** Works on all rows, LOOKS_AT_ONCE at a time. */
async function atOnce<Row>(rows: Row[], work: (row: Row) => Promise<void>): Promise<void> {
  for (let i = 0; i < rows.length; i += LOOKS_AT_ONCE) {
    await Promise.all(rows.slice(i, i + LOOKS_AT_ONCE).map(work));
  }
}

/** Where a scan starts whose first row may be this one: the hash before it, "" before the first. */
function justBefore(name: string): string {
  const value = BigInt(`0x${name}`);
  return value === 0n ? "" : (value - 1n).toString(16).padStart(64, "0");
}
