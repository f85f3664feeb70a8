/**
 * Encode: the doors through which bytes become a DivANS file: one array, or a web stream.
 *
 *   bytes   |-- 4 MiB --|-- 4 MiB --|- rest -|
 *   file    magic | unit | unit | unit | end        units are coded alone, in any thread
 */
import { concatenate, copyOf } from "../core/bytes.ts";
import type { Effort } from "../core/codec.ts";
import { type ByteSource, Intake } from "../core/intake.ts";
import { DENSE_SEARCH_TIMEOUT_MS, DIVANS_UNIT_BYTES, SEARCH_TIMEOUT_MS } from "../core/limits.ts";
import { streamPair } from "../core/stream-pair.ts";
import { END_OF_FILE, START_OF_FILE } from "./file.ts";
import { inOrder } from "./in-order.ts";
import { type DivansKernels, loadDivans } from "./kernels.ts";
import { divansPools } from "./threads.ts";
import { encodeUnitWith, type UnitChoices } from "./unit-encode.ts";
import { requireEffort, Work, type WorkOptions } from "./work.ts";

export interface EncodeDivansOptions extends WorkOptions {
  /** What may be spent: "fast", "default" or "dense"; "flat" is as "fast". Default "default". */
  readonly effort?: Effort | undefined;
  /** False tries no filters. */
  readonly filters?: boolean | undefined;
}

/**
 * Codes bytes, losslessly: `decodeDivans` returns exactly these.
 *
 * @param plain - any bytes of any length; not changed, but read until the promise settles
 * @param options - see EncodeDivansOptions
 * @returns a DivANS file. What does not shrink is stored: it is never longer than `plain` and 15 bytes,
 *   and 9 for each further 4 MiB. Same bytes on every machine and for any number of threads.
 * @throws PithError "InvalidArgument", "Aborted"; "RoundTripFailure" when the proof of a unit fails; what
 *   `onProgress` throws, unchanged
 *
 * Every unit is decoded again before it leaves. Memory: the file, and some 160 MB a thread.
 * Format: docs/formats/divans.md.
 *
 * @example
 * const file = await encodeDivans(bytes, { effort: "dense" });
 */
export async function encodeDivans(
  plain: Uint8Array,
  options: EncodeDivansOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const work = new Work(options);
  const parts: Uint8Array[] = [];
  for await (const part of encodeUnits(unitsOf(plain), plain.length, work, options)) {
    parts.push(part);
  }
  return concatenate(parts);
}

/**
 * A pair of web streams: bytes into `writable`, a DivANS file out of `readable`, unit by unit.
 *
 * @param options - as for `encodeDivans`, which makes the same file
 * @returns for `pipeThrough`; an error shows on both sides
 *
 * Memory: as for `encodeDivans`, but for the file: two units a thread.
 *
 * @example
 * await file.stream().pipeThrough(encodeDivansStream()).pipeTo(target);
 */
export function encodeDivansStream(
  options: EncodeDivansOptions = {},
): TransformStream<Uint8Array, Uint8Array> {
  return streamPair(options.signal, (source, signal) => {
    const work = new Work({ ...options, signal });
    return encodeUnits(unitsFrom(source, signal), undefined, work, options);
  });
}

async function* unitsOf(plain: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < plain.length; at += DIVANS_UNIT_BYTES) {
    yield plain.subarray(at, at + DIVANS_UNIT_BYTES);
  }
}

/** Units of bytes that come in pieces, each in memory of its own. */
async function* unitsFrom(
  source: ByteSource,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const intake = new Intake(source, signal);
  let left: unknown;
  try {
    while (await intake.more()) {
      let unit = new Uint8Array(0);
      let filled = 0;
      while (filled < DIVANS_UNIT_BYTES && (await intake.more())) {
        const piece = intake.rest().subarray(0, DIVANS_UNIT_BYTES - filled);
        if (filled + piece.length > unit.length) {
          const grown = new Uint8Array(Math.min(DIVANS_UNIT_BYTES, 2 * (filled + piece.length)));
          grown.set(unit.subarray(0, filled));
          unit = grown;
        }
        unit.set(piece, filled);
        filled += piece.length;
        intake.skip(piece.length);
      }
      yield unit.subarray(0, filled);
    }
  } catch (error) {
    left = error;
    throw error;
  } finally {
    intake.leave(left);
  }
}

async function* encodeUnits(
  units: AsyncGenerator<Uint8Array, void, undefined>,
  totalBytes: number | undefined,
  work: Work,
  options: EncodeDivansOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { effort = "default", filters = true } = options;
  requireEffort(effort);
  const kernels = await loadDivans();
  const ahead = await lookAhead(units);
  const threads = work.threadsFor(ahead.isSingle ? 1 : Number.POSITIVE_INFINITY);
  const encode = encoderFor(kernels, { effort, filters }, threads, work);
  try {
    yield START_OF_FILE;
    const records = inOrder(ahead.all, threads, work.signal, async (plain, signal) => ({
      record: await encode.unit(plain, signal),
      plainBytes: plain.length,
    }));
    for await (const { record, plainBytes } of records) {
      work.add(plainBytes, totalBytes);
      yield record;
    }
    yield END_OF_FILE;
  } finally {
    encode.close();
  }
}

interface UnitEncoder {
  unit(plain: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  close(): void;
}

function encoderFor(
  kernels: DivansKernels,
  choices: UnitChoices,
  threads: number,
  work: Work,
): UnitEncoder {
  if (threads === 1) {
    return {
      unit: (plain) => encodeUnitWith(kernels, plain, choices, work),
      close: () => undefined,
    };
  }
  const lease = divansPools.lease(kernels.kernel, threads);
  const timeoutMs = choices.effort === "dense" ? DENSE_SEARCH_TIMEOUT_MS : SEARCH_TIMEOUT_MS;
  return {
    async unit(given, signal) {
      const plain = copyOf(given);
      const run = { transfer: [plain.buffer], signal, timeoutMs };
      const { value } = await lease.pool.run("encode", { plain, choices }, run);
      return value.record;
    },
    close: () => lease.release(),
  };
}

/** Finds out whether there is more than one item, and gives all of them back. */
export async function lookAhead<Item>(
  items: AsyncGenerator<Item, void, undefined>,
): Promise<{ isSingle: boolean; all: AsyncGenerator<Item, void, undefined> }> {
  const first = await items.next();
  const second = first.done === true ? first : await items.next();
  async function* all(): AsyncGenerator<Item, void, undefined> {
    try {
      if (first.done !== true) yield first.value;
      if (second.done !== true) yield second.value;
      yield* items;
    } finally {
      await items.return();
    }
  }
  return { isSingle: second.done === true, all: all() };
}
