/**
 * Unit decode: the blocks of one unit back to its bytes.
 *
 * A decoder takes 18 MiB whatever it decodes. Blocks are decoded one by one as they come; that a unit is
 * right is known when its sum is.
 */

import { checksumOf } from "../core/checksum.ts";
import { PithError } from "../core/errors.ts";
import type { KernelInstance } from "../core/kernel.ts";
import { loadFilters, undoFilter } from "../filters/index.ts";
import { type DivansKernels, loadDivans, useDecoder } from "./kernels.ts";
import { writeParameters } from "./parameters.ts";
import { damaged, type UnitHeader } from "./unit-header.ts";
import { type Block, RecordReader } from "./unit-record.ts";
import { Work } from "./work.ts";

/** Decodes the blocks of one coded unit after the other, on one instance. */
export class UnitDecoder {
  readonly #instance: KernelInstance;
  #plainBytes = 0;
  #at = 0;

  constructor(instance: KernelInstance) {
    this.#instance = instance;
  }

  /** Begins a unit. With `notes`, the kernel keeps its commands. */
  begin({ plainBytes, parameters }: UnitHeader, notes = false): void {
    if (parameters === undefined) throw damaged("a stored unit has no blocks");
    writeParameters(this.#instance, plainBytes, parameters);
    this.#instance.call("beginDecoding", notes ? 1 : 0);
    this.#plainBytes = plainBytes;
    this.#at = 0;
  }

  /** Decodes the next block. @throws PithError "DivansCorrupt" */
  take({ plainBytes, coded }: Block): void {
    const instance = this.#instance;
    instance.bytes(instance.call("codedAddress"), coded.length).set(coded);
    this.#at += plainBytes;
    instance.call("decodeBlock", coded.length, this.#at);
  }

  /** The bytes from `start` to where decoding stands, as they were coded; a view, good until the next call. */
  bytesFrom(start: number): Uint8Array {
    const instance = this.#instance;
    return instance.bytes(instance.call("unitAddress"), this.#at).subarray(start);
  }

  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at === this.#plainBytes;
  }
}

/** What a unit's blocks come from: a reader, or a record that was read. */
export interface BlockSource {
  block(): Promise<Block | undefined>;
  bytes(count: number): Promise<Uint8Array<ArrayBuffer>>;
  sum(): Promise<number>;
}

/** A whole record, which can be decoded in another thread. */
export interface UnitRecord {
  readonly header: UnitHeader;
  /** Blocks of a coded unit; one that holds all bytes of a stored one. */
  readonly blocks: readonly Block[];
  readonly sum: number;
}

/** Reads the record of a unit whose header was read. */
export async function readRecord(reader: RecordReader, header: UnitHeader): Promise<UnitRecord> {
  const blocks: Block[] = [];
  if (header.parameters === undefined) {
    const { plainBytes } = header;
    blocks.push({ plainBytes, coded: await reader.bytes(plainBytes) });
  } else {
    for (let block = await reader.block(); block !== undefined; block = await reader.block()) {
      blocks.push(block);
    }
  }
  return { header, blocks, sum: await reader.sum() };
}

/** Decodes a whole record. @throws PithError "DivansCorrupt", "Aborted" */
export async function decodeRecord(
  kernels: DivansKernels,
  { header, blocks, sum }: UnitRecord,
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  let next = 0;
  const source: BlockSource = {
    block: async () => blocks[next++],
    bytes: async () => new Uint8Array(blocks[0]!.coded),
    sum: async () => sum,
  };
  return await useDecoder(kernels, (instance) =>
    readUnit(source, header, new UnitDecoder(instance), work),
  );
}

/**
 * Decodes one unit whose header was read.
 *
 * @returns its plain bytes, proved by their sum
 * @throws PithError "DivansCorrupt", "DivansTruncated", "Aborted"
 */
export async function readUnit(
  source: BlockSource,
  header: UnitHeader,
  decoder: UnitDecoder,
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  const plain = await readUnproved(source, header, decoder, work);
  requireSum(await source.sum(), checksumOf(plain));
  return plain;
}

async function readUnproved(
  source: BlockSource,
  header: UnitHeader,
  decoder: UnitDecoder,
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  if (header.parameters === undefined) return await source.bytes(header.plainBytes);
  decoder.begin(header);
  for (let block = await source.block(); block !== undefined; block = await source.block()) {
    await work.pass();
    decoder.take(block);
  }
  const coded = decoder.bytesFrom(0);
  if (header.filter.kind === "none") return new Uint8Array(coded);
  return undoFilter(await loadFilters(), header.filter, coded);
}

/** @throws PithError "DivansCorrupt" unless both are the same */
export function requireSum(expected: number, actual: number): void {
  if (actual === expected) return;
  throw new PithError("DivansCorrupt", { why: "a checksum that differs", expected, actual });
}

/**
 * Decodes one unit that stands alone, as `encodeUnit` wrote it.
 *
 * @param coded - the whole record; not changed
 * @param plainBytes - how many bytes it must make
 * @returns exactly the bytes that were coded
 * @throws PithError "DivansCorrupt", also where the record makes another number of bytes;
 *   "DivansTruncated", "TrailingBytes"
 */
export async function decodeUnit(
  coded: Uint8Array,
  plainBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return await decodeUnitWith(await loadDivans(), coded, plainBytes, new Work());
}

/** The same with kernels and as part of some work. */
export async function decodeUnitWith(
  kernels: DivansKernels,
  coded: Uint8Array,
  plainBytes: number,
  work: Work,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new RecordReader(coded, work.signal);
  const header = await reader.header();
  if (header === undefined || header.plainBytes !== plainBytes) {
    throw damaged("a unit of another length");
  }
  const plain = await useDecoder(kernels, (instance) =>
    readUnit(reader, header, new UnitDecoder(instance), work),
  );
  if (!(await reader.atEnd())) throw new PithError("TrailingBytes", { at: reader.position });
  return plain;
}
