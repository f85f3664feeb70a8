/**
 * Scan notes: what the scans of a JPEG have that no canonical writer makes of their coefficients, and
 * the three records of a dense file that say it. Lepton files have no room for it.
 *
 *   PDB   scan: form, count, ...   form 1: a bit for each padding; form 2: | pattern, how often | ...
 *   DEV   scan: count, | blocks since the one before, zeros | ...
 *   ODD   scan: count, | restarts since the one before | markers | ...
 *
 * All numbers are varints: seven bits a byte, lowest first, the top bit says that more follow. Scans come
 * in their order; those behind the last one that has something to say are left out. What the kernel
 * makes of it: kernels/jpeg/deviations.ts. Bytes: docs/formats/jpeg-dense.md.
 */
import { PithError } from "../core/errors.ts";
import {
  JPEG_DEVIATIONS_MAXIMUM,
  JPEG_PADDINGS_MAXIMUM,
  JPEG_SCANS_MAXIMUM,
} from "../core/limits.ts";

/** Notes on one scan. */
export interface ScanNotes {
  /** Where they are mixed: the pattern of each padding, as P0D has it, one before each restart and one
   * at the end. Those that are missing at the end are as P0D says. */
  readonly paddings: Uint8Array;
  /** Pairs: a block, counted as the scan has them, and how often sixteen zeros are written out before its
   * end; 0 for an end-of-band run that ends before it. */
  readonly deviations: Uint32Array;
  /** Of each restart up to the last odd one: AS_DUE; or in bits 0-1 how many markers it has, then in three
   * bits each their numbers. */
  readonly restarts: Uint8Array;
}

/** A restart with the marker that is due. */
const AS_DUE = 0xff;

const FORM_NONE = 0;
const FORM_BITS = 1;
const FORM_RUNS = 2;

/** Patterns of seven padding bits: all zeros, all ones. */
const ZEROS = 0x00;
const ONES = 0x7f;

/** Sixteen zeros fit a block three times. */
const ZEROS_BITS = 2;

const NOTHING = new Uint8Array(0);
const NO_DEVIATIONS = new Uint32Array(0);

/** Whether any scan has something to say. */
export function saysSomething(notes: readonly ScanNotes[]): boolean {
  return notes.some(
    ({ paddings, deviations, restarts }) =>
      paddings.length + deviations.length + restarts.length > 0,
  );
}

/** The body of a record PDB; undefined when it would say nothing. */
export function writePaddings(notes: readonly ScanNotes[]): Uint8Array | undefined {
  const scans = notes.map(({ paddings }) => paddings);
  const count = scans.findLastIndex((paddings) => paddings.length > 0) + 1;
  if (count === 0) return undefined;
  return Uint8Array.from(scans.slice(0, count).flatMap(writeScanPaddings));
}

function writeScanPaddings(paddings: Uint8Array): number[] {
  if (paddings.length === 0) return [FORM_NONE];
  const runs = [FORM_RUNS, ...varint(paddings.length)];
  let start = 0;
  for (let i = 1; i <= paddings.length; i++) {
    if (i < paddings.length && paddings[i] === paddings[start]) continue;
    runs.push(paddings[start] ?? 0, ...varint(i - start));
    start = i;
  }
  if (paddings.some((pattern) => pattern !== ZEROS && pattern !== ONES)) return runs;
  const bits = new Uint8Array(Math.ceil(paddings.length / 8));
  for (const [i, pattern] of paddings.entries()) {
    if (pattern === ONES) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  }
  const asBits = [FORM_BITS, ...varint(paddings.length), ...bits];
  return asBits.length < runs.length ? asBits : runs;
}

/** The body of a record DEV; undefined when it would say nothing. */
export function writeDeviations(notes: readonly ScanNotes[]): Uint8Array | undefined {
  const scans = notes.map(({ deviations }) => deviations);
  const count = scans.findLastIndex((deviations) => deviations.length > 0) + 1;
  if (count === 0) return undefined;
  const bytes: number[] = [];
  for (const deviations of scans.slice(0, count)) {
    bytes.push(...varint(deviations.length / 2));
    let before = -1;
    for (let i = 0; i < deviations.length; i += 2) {
      const [block = 0, zeros = 0] = deviations.subarray(i, i + 2);
      bytes.push(...varint((block - before - 1) * 2 ** ZEROS_BITS + zeros));
      before = block;
    }
  }
  return Uint8Array.from(bytes);
}

/** The body of a record ODD; undefined when it would say nothing. */
export function writeOddRestarts(notes: readonly ScanNotes[]): Uint8Array | undefined {
  const count = notes.findLastIndex(({ restarts }) => restarts.length > 0) + 1;
  if (count === 0) return undefined;
  const bytes: number[] = [];
  for (const { restarts } of notes.slice(0, count)) {
    const odd = [...restarts.entries()].filter(([, markers]) => markers !== AS_DUE);
    bytes.push(...varint(odd.length));
    let before = -1;
    for (const [restart, markers] of odd) {
      bytes.push(...varint(restart - before - 1), markers);
      before = restart;
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * Reads the bodies.
 *
 * @returns undefined when there is none
 * @throws PithError "BadLeptonFile"
 */
export function readNotes(
  paddingBody: Uint8Array | undefined,
  deviationBody: Uint8Array | undefined,
  oddBody: Uint8Array | undefined,
): ScanNotes[] | undefined {
  const bodies = [paddingBody, deviationBody, oddBody];
  if (bodies.every((body) => body === undefined)) return undefined;
  const paddings = readPaddings(paddingBody ?? NOTHING);
  const deviations = readDeviations(deviationBody ?? NOTHING);
  const restarts = readOddRestarts(oddBody ?? NOTHING);
  const count = Math.max(paddings.length, deviations.length, restarts.length);
  return Array.from({ length: count }, (_, i) => ({
    paddings: paddings[i] ?? NOTHING,
    deviations: deviations[i] ?? NO_DEVIATIONS,
    restarts: restarts[i] ?? NOTHING,
  }));
}

function readPaddings(body: Uint8Array): Uint8Array[] {
  const numbers = new Numbers(body);
  const scans: Uint8Array[] = [];
  // A few bytes can say many, and they are kept for all scans at once.
  let left = JPEG_PADDINGS_MAXIMUM;
  while (!numbers.atEnd) {
    requireScan(scans.length);
    const form = numbers.byte();
    if (form > FORM_RUNS) throw bad("paddings in an unknown form", { form });
    const count = form === FORM_NONE ? 0 : numbers.varint(left);
    left -= count;
    const paddings = new Uint8Array(count);
    if (form === FORM_BITS) readBits(numbers, paddings);
    else for (let at = 0; at < count; ) at = readRun(numbers, paddings, at);
    scans.push(paddings);
  }
  return scans;
}

function readBits(numbers: Numbers, paddings: Uint8Array): void {
  let bits = 0;
  for (let i = 0; i < paddings.length; i++) {
    bits = (i & 7) === 0 ? numbers.byte() : bits >> 1;
    paddings[i] = (bits & 1) === 1 ? ONES : ZEROS;
  }
}

function readRun(numbers: Numbers, paddings: Uint8Array, at: number): number {
  const pattern = numbers.byte() & ONES;
  const end = at + numbers.varint(paddings.length - at);
  if (end === at) throw bad("a run of no paddings");
  paddings.fill(pattern, at, end);
  return end;
}

function readDeviations(body: Uint8Array): Uint32Array[] {
  const numbers = new Numbers(body);
  const scans: Uint32Array[] = [];
  while (!numbers.atEnd) {
    requireScan(scans.length);
    const count = numbers.varint(Math.min(JPEG_DEVIATIONS_MAXIMUM, numbers.left));
    const deviations = new Uint32Array(2 * count);
    let before = -1;
    for (let i = 0; i < deviations.length; i += 2) {
      const value = numbers.varint(2 ** 32 - 1);
      const block = before + 1 + Math.floor(value / 2 ** ZEROS_BITS);
      if (block >= 2 ** 32) throw bad("a block beyond any scan");
      deviations[i] = block;
      deviations[i + 1] = value % 2 ** ZEROS_BITS;
      before = block;
    }
    scans.push(deviations);
  }
  return scans;
}

function readOddRestarts(body: Uint8Array): Uint8Array[] {
  const numbers = new Numbers(body);
  const scans: Uint8Array[] = [];
  let left = JPEG_PADDINGS_MAXIMUM;
  while (!numbers.atEnd) {
    requireScan(scans.length);
    const restarts: number[] = [];
    for (let count = numbers.varint(numbers.left); count > 0; count--) {
      const asDue = numbers.varint(left - 1);
      left -= asDue + 1;
      for (let i = 0; i < asDue; i++) restarts.push(AS_DUE);
      restarts.push(numbers.byte());
    }
    scans.push(Uint8Array.from(restarts));
  }
  return scans;
}

function requireScan(scan: number): void {
  if (scan >= JPEG_SCANS_MAXIMUM) throw bad("notes on too many scans");
}

/** Bytes of a varint of 32 bits. */
const VARINT_BYTES_MAXIMUM = 5;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}

/** Takes numbers off a body and refuses to pass its end. */
class Numbers {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.left === 0;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw bad("notes that are cut");
    this.#at += 1;
    return value;
  }

  /** A varint of at most `maximum`. */
  varint(maximum: number): number {
    let value = 0;
    for (let i = 0; i < VARINT_BYTES_MAXIMUM; i++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte > 127) continue;
      if (value > maximum) break;
      return value;
    }
    throw bad("a number that is too large", { maximum });
  }
}

function bad(why: string, facts: Readonly<Record<string, unknown>> = {}): PithError {
  return new PithError("BadLeptonFile", { why, ...facts });
}
