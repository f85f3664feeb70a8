/**
 * Reference of dense JPEG files: what records say of scans that no canonical writer would have written so.
 *
 *   PDB   mixed padding
 *   DEV   blocks with zeros written out, or whose run ended early
 *   ODD   restarts with other markers than the one that is due
 *
 * Written from the section "Records" of docs/formats/jpeg-dense.md.
 */
import { ByteReader } from "./bytes.ts";

export interface ScanNotes {
  /** Patterns of paddings; behind them it is that of P0D. */
  readonly paddings: readonly number[];
  /** By number of the block in the scan. */
  readonly deviations: ReadonlyMap<number, number>;
  /** Numbers of the markers, by number of the restart. */
  readonly restarts: ReadonlyMap<number, readonly number[]>;
}

/** The notes of a scan. */
export function notesReader(
  paddings: Uint8Array | undefined,
  deviations: Uint8Array | undefined,
  restarts: Uint8Array | undefined,
): (scan: number) => ScanNotes {
  const patterns = eachScan(paddings, readPaddings);
  const blocks = eachScan(deviations, readDeviations);
  const markers = eachScan(restarts, readRestarts);
  return (scan) => ({
    paddings: patterns[scan] ?? [],
    deviations: blocks[scan] ?? new Map(),
    restarts: markers[scan] ?? new Map(),
  });
}

function eachScan<T>(bytes: Uint8Array | undefined, read: (reader: ByteReader) => T): readonly T[] {
  const reader = new ByteReader(bytes ?? new Uint8Array(0));
  const scans: T[] = [];
  while (!reader.isAtEnd) scans.push(read(reader));
  return scans;
}

function readPaddings(reader: ByteReader): number[] {
  const form = reader.byte();
  if (form === 0) return [];
  const count = reader.varint();
  if (form === 1) {
    const bits = reader.take(Math.floor((count + 7) / 8));
    return Array.from({ length: count }, (_, i) => ((bits[i >> 3]! >> (i & 7)) & 1) * 0xff);
  }
  if (form !== 2) throw new Error(`no form ${form} of padding`);
  const patterns: number[] = [];
  while (patterns.length < count) {
    const pattern = reader.byte();
    for (let left = reader.varint(); left > 0; left--) patterns.push(pattern);
  }
  return patterns;
}

function readDeviations(reader: ByteReader): Map<number, number> {
  const deviations = new Map<number, number>();
  let block = -1;
  for (let left = reader.varint(); left > 0; left--) {
    const note = reader.varint();
    block += 1 + Math.floor(note / 4);
    deviations.set(block, note % 4);
  }
  return deviations;
}

function readRestarts(reader: ByteReader): Map<number, readonly number[]> {
  const restarts = new Map<number, readonly number[]>();
  let restart = -1;
  for (let left = reader.varint(); left > 0; left--) {
    restart += 1 + reader.varint();
    const byte = reader.byte();
    restarts.set(restart, [(byte >> 2) & 7, byte >> 5].slice(0, byte & 3));
  }
  return restarts;
}
