/**
 * Chunk sessions for tests: an object cut anywhere, coded chunk by chunk, and put together again from
 * files that are decoded alone and out of order.
 */
import assert from "node:assert/strict";
import {
  type ChunkRefused,
  type LeptonChunksOptions,
  openLeptonChunks,
} from "../../src/lepton/chunks.ts";
import type { CoefficientModel } from "../../src/lepton/coefficient-model.ts";
import type { Random } from "../random.ts";
import { decode } from "./round-trip.ts";

export type ChunkResult = Uint8Array | ChunkRefused;

/** The chunks between cuts, which are ascending; none is empty. */
export function cutAt(object: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...cuts.filter((cut) => cut > 0 && cut < object.length), object.length];
  return ends
    .map((end, i) => object.subarray(ends[i - 1] ?? 0, end))
    .filter((chunk) => chunk.length > 0);
}

/** Cuts every so many bytes. */
export function cutEvery(object: Uint8Array, size: number): Uint8Array[] {
  return cutAt(
    object,
    Array.from({ length: Math.floor(object.length / size) }, (_, i) => size * (i + 1)),
  );
}

/** Chunks of sizes from 1 to `most`. */
export function cutAnywhere(random: Random, object: Uint8Array, most: number): Uint8Array[] {
  const cuts = [];
  for (let at = 0; at < object.length; at += 1 + random.upTo(most)) cuts.push(at);
  return cutAt(object, cuts);
}

/** Codes all chunks in one session; those that `observes` names are only observed. */
export async function encodeChunks(
  chunks: readonly Uint8Array[],
  options: LeptonChunksOptions = {},
  observes: (index: number) => boolean = () => false,
): Promise<(ChunkResult | undefined)[]> {
  const session = openLeptonChunks(options);
  const results: (ChunkResult | undefined)[] = [];
  for (const [i, chunk] of chunks.entries()) {
    const before = chunk.slice();
    const last = i === chunks.length - 1;
    if (observes(i)) {
      await session.observe(chunk, last);
      results.push(undefined);
    } else results.push(await session.encode(chunk, last));
    assert.deepEqual(chunk, before, "a session does not change what it is given");
  }
  session.close();
  return results;
}

/** Asserts that each file decodes to its chunk, the last one first. @returns how many are coded */
export async function assertRestored(
  chunks: readonly Uint8Array[],
  results: readonly (ChunkResult | undefined)[],
  name: string,
  model?: CoefficientModel,
): Promise<number> {
  let coded = 0;
  for (let i = chunks.length - 1; i >= 0; i--) {
    const result = results[i];
    if (!(result instanceof Uint8Array)) continue;
    coded += 1;
    const restored = await decode(result, { model });
    assert.equal(
      Buffer.compare(restored, chunks[i] ?? new Uint8Array(0)),
      0,
      `${name}, chunk ${i}`,
    );
  }
  return coded;
}

/** The codes of the refusals among results; "" for what is coded. */
export function codesOf(results: readonly (ChunkResult | undefined)[]): string[] {
  return results.map((result) =>
    result === undefined || result instanceof Uint8Array ? "" : result.refused,
  );
}
