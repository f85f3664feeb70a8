/**
 * Reference of dense JPEG files: the file of a prior set.
 *
 *   start, stream (weights of the regressions, then parameters: prior-parameters.ts), CRC-32C
 *
 * Written from the section "Prior set" of docs/formats/jpeg-dense.md.
 */
import { PriorDecoder } from "./prior-coder.ts";
import { type Parameters, readParameters } from "./prior-parameters.ts";
import { wordsOfTables } from "./tables.ts";

const START_BYTES = 20;
const HASH_BYTES = 4;

/** Weights, a family's regressions one behind the other. */
export interface Weights {
  readonly interior: Int16Array;
  readonly edges: Int16Array;
  readonly dc: Int16Array;
  readonly magnitudes: Int16Array;
}

export interface PriorSet {
  readonly number: number;
  readonly hash: number;
  readonly weights: Weights;
  /** Of all tables, as each segment begins with them. */
  readonly parameters: Parameters;
}

export function readPriorSet(file: Uint8Array): PriorSet {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  if (view.getUint32(0) !== 0x50507269) throw new Error("no prior set");
  const end = file.length - HASH_BYTES;
  if (view.getUint32(end) !== crc32c(file.subarray(0, end))) throw new Error("a wrong sum");
  if (view.getUint32(16, true) !== wordsOfTables()) throw new Error("other tables");
  const decoder = new PriorDecoder(file.subarray(START_BYTES, -HASH_BYTES));
  const step = view.getUint16(6, true);
  const rates = [0, 1, 2, 3].map((i) => view.getUint16(8 + 2 * i, true));
  const weights = {
    interior: readFamily(decoder, 0, 2 * 64, 40),
    edges: readFamily(decoder, 1, 2 * 2 * 8, 24),
    dc: readFamily(decoder, 2, 2, 40),
    magnitudes: readFamily(decoder, 3, 3 * 64, 24),
  };
  return {
    number: file[4]!,
    hash: crc32c(file),
    weights,
    parameters: readParameters(decoder, step, rates),
  };
}

function readFamily(decoder: PriorDecoder, family: number, count: number, lanes: number) {
  const weights = new Int16Array(count * lanes);
  for (let i = 0; i < weights.length; i++) {
    weights[i] = readWeight(decoder, family, i % lanes, i < lanes ? 0 : weights[i - lanes]!);
  }
  return weights;
}

/** @param before - the weight of the same lane before it */
function readWeight(decoder: PriorDecoder, family: number, lane: number, before: number): number {
  const place = `${family} ${lane}`;
  if (decoder.decode(`weight zero ${place} ${before === 0}`) === 0) return 0;
  const isNegative = decoder.decode(`weight negative ${place} ${Math.sign(before)}`) === 1;
  const bitsBefore = 32 - Math.clz32(Math.abs(before));
  let bits = 1;
  while (decoder.decode(`weight bits ${family} ${bitsBefore} ${bits}`) === 1) bits++;
  let size = 1;
  for (let bit = 1; bit < bits; bit++) {
    size = 2 * size + decoder.decode(bit === 1 ? `weight second ${bits}` : "weight lower");
  }
  return isNegative ? -size : size;
}

/** CRC-32C (Castagnoli), as iSCSI has it. */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
