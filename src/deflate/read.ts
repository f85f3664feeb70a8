/**
 * The reader: gzip, zlib and raw deflate, from any source, over any engine.
 *
 *   gzip   member, member, ..., zero padding | anything else is "trailing bytes"
 *   zlib   one stream                        | anything else is "trailing bytes"
 *   raw    one stream                        | anything else is "trailing bytes"
 *
 * All that surrounds raw deflate is done here, the same for every engine (inflate-engine.ts):
 * headers, all members, checksums and lengths, padding, what follows, limits, abort and
 * progress. Bytes leave before the checksum behind them is seen; a reader who needs proof first
 * uses the one-shot form (inflate.ts), which returns all or throws.
 */
import { PithError } from "../core/errors.ts";
import { type ByteSource, Intake, throwIfAborted } from "../core/intake.ts";
import { INFLATE_EXPANSION_FREE_BYTES } from "../core/limits.ts";
import { Turns } from "../core/turns.ts";
import { adler32, type Checksum, crc32 } from "./checksums.ts";
import {
  badHeader,
  beginsZlib,
  GZIP_MAGIC_FIRST,
  GZIP_MAGIC_SECOND,
  readGzipHeader,
  readTrailer,
  readZlibHeader,
  truncated,
} from "./gzip-header.ts";
import type { InflateEngine, Whole } from "./inflate-engine.ts";

export interface InflateOptions {
  /** Default "auto": gzip or zlib by their headers. Raw deflate has no header, nor a checksum,
   * and is never guessed. */
  readonly format?: "auto" | "gzip" | "zlib" | "raw" | undefined;
  /** Most bytes to decode before OutputLimit. Default 1 GiB for `inflate`, no limit else. */
  readonly maxOutputBytes?: number | undefined;
  /** Most decoded bytes for each compressed byte, counted from the second MiB of output and to
   * within one piece of 128 KiB. Deflate itself ends at 1,032. Default no limit. */
  readonly maxExpansion?: number | undefined;
  /** What to do with bytes after the end, other than zeros after gzip. "error" (the default)
   * throws TrailingBytes; "ignore" reads and drops them. */
  readonly trailing?: "error" | "ignore" | undefined;
  /** Ends the work with Aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each decoded piece and at the end. `bytesIn` counts compressed bytes: at the end,
   * up to where the last stream ended. `bytesOut` counts decoded bytes. */
  readonly onProgress?: ((progress: { bytesIn: number; bytesOut: number }) => void) | undefined;
}

/** A reading under way: its options, counters and source. */
interface Reading {
  readonly options: InflateOptions;
  readonly maxOutputBytes: number;
  readonly maxExpansion: number;
  readonly engine: InflateEngine;
  readonly intake: Intake;
  readonly turns: Turns;
  bytesOut: number;
  /** Index of the gzip member that is read, from 0. */
  member: number;
}

/** What the containers check behind a stream. */
interface Sums {
  checksum: number;
  /** Decoded bytes of this stream. */
  bytesOut: number;
}

/**
 * Decodes `source` piece by piece with the given engine.
 *
 * @returns decoded bytes, the caller's to keep
 * @throws PithError InvalidArgument at once; the rest, as `inflateIterable` says, on the way
 */
export function readWith(
  engine: InflateEngine,
  source: ByteSource,
  options: InflateOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  return readAll(begin(engine, source, options));
}

function begin(engine: InflateEngine, source: ByteSource, options: InflateOptions): Reading {
  const { maxOutputBytes = Infinity, maxExpansion = Infinity } = options;
  const { format = "auto", trailing = "error" } = options;
  requireOption("format", format, ["auto", "gzip", "zlib", "raw"].includes(format));
  requireOption("trailing", trailing, ["error", "ignore"].includes(trailing));
  requireOption("maxOutputBytes", maxOutputBytes, maxOutputBytes >= 0);
  requireOption("maxExpansion", maxExpansion, maxExpansion > 0);
  const intake = new Intake(source, options.signal);
  const turns = new Turns();
  return { options, maxOutputBytes, maxExpansion, engine, intake, turns, bytesOut: 0, member: 0 };
}

function requireOption(option: string, value: unknown, valid: boolean): void {
  if (!valid) throw new PithError("InvalidArgument", { option, value });
}

async function* readAll(reading: Reading): AsyncGenerator<Uint8Array, void, undefined> {
  let left: unknown;
  try {
    const format = await readFormat(reading);
    if (format === "gzip") yield* readMembers(reading);
    else if (format === "zlib") yield* readZlibStream(reading);
    else yield* readStream(reading, undefined);
    report(reading, reading.intake.position);
    await readTrailing(reading, format);
  } catch (error) {
    left = error;
    throw error;
  } finally {
    reading.intake.leave(left);
  }
}

/** Finds out the format where it is not given, and reads the (first) header. */
async function readFormat(reading: Reading): Promise<"gzip" | "zlib" | "raw"> {
  const { intake, options } = reading;
  const wanted = options.format ?? "auto";
  if (wanted === "raw") return "raw";
  const first = await intake.byte();
  if (first === undefined) throw truncated("there is not a byte");
  if (wanted === "zlib" || (wanted === "auto" && beginsZlib(first))) {
    await readZlibHeader(intake, first);
    return "zlib";
  }
  if (first !== GZIP_MAGIC_FIRST) {
    throw badHeader(wanted === "gzip" ? "not gzip" : "neither gzip nor zlib", { first });
  }
  const second = await intake.byte();
  if (second === undefined) throw truncated("inside the header");
  if (second !== GZIP_MAGIC_SECOND) throw badHeader("not gzip", { first, second });
  await readGzipHeader(intake);
  return "gzip";
}

/** All members of a gzip file, the first one's header being read already. */
async function* readMembers(reading: Reading): AsyncGenerator<Uint8Array, void, undefined> {
  const { intake } = reading;
  for (;;) {
    const sums = yield* readStream(reading, crc32);
    const checksum = await readTrailer(intake, 4, "little");
    requireEqual("CRC-32", checksum, sums.checksum, reading);
    const length = await readTrailer(intake, 4, "little");
    requireEqual("ISIZE", length, sums.bytesOut % 2 ** 32, reading);

    if (!(await intake.more()) || intake.rest()[0] !== GZIP_MAGIC_FIRST) return;
    if (!(await readNextMagic(reading))) return;
    reading.member++;
    await readGzipHeader(intake);
  }
}

/** Takes the magic of the next member, whose first byte is at hand; false when it is none and
 * trailing bytes are to be ignored. */
async function readNextMagic({ intake, options }: Reading): Promise<boolean> {
  const at = intake.position;
  intake.skip(1);
  const second = await intake.byte();
  if (second === GZIP_MAGIC_SECOND) return true;
  if (options.trailing === "ignore") return false;
  if (second === undefined) throw truncated("inside the header");
  throw new PithError("TrailingBytes", { at });
}

async function* readZlibStream(reading: Reading): AsyncGenerator<Uint8Array, void, undefined> {
  const sums = yield* readStream(reading, adler32);
  const checksum = await readTrailer(reading.intake, 4, "big");
  requireEqual("Adler-32", checksum, sums.checksum, reading);
}

function requireEqual(what: string, expected: number, actual: number, reading: Reading): void {
  if (expected === actual) return;
  throw new PithError("GzipChecksum", { what, expected, actual, member: reading.member });
}

/** One raw deflate stream; takes exactly its bytes from the intake. */
async function* readStream(
  reading: Reading,
  kind: Checksum | undefined,
): AsyncGenerator<Uint8Array, Sums, undefined> {
  const { intake } = reading;
  const sums: Sums = { checksum: kind?.initial ?? 0, bytesOut: 0 };
  const whole = await wholeStream(reading);
  if (whole !== undefined) {
    intake.skip(whole.bytesRead);
    if (whole.plain.length > 0) yield summed(reading, kind, sums, whole.plain, intake.position);
    return sums;
  }

  const begin = intake.position;
  const stream = reading.engine.open();
  try {
    for (;;) {
      await takeTurn(reading);
      const answer = await stream.next();
      if (answer === "ended" || answer === "hungry") {
        intake.skip(begin + stream.bytesRead - intake.position);
        if (answer === "ended") return sums;
        if (await intake.more()) stream.feed(intake.rest());
        else stream.finish();
      } else {
        yield summed(reading, kind, sums, answer, begin + stream.bytesRead);
      }
    }
  } finally {
    stream.close();
  }
}

/** The stream that begins at the intake's position, where it can be decoded in one step. */
async function wholeStream(reading: Reading): Promise<Whole | undefined> {
  const { engine, intake } = reading;
  if (engine.whole === undefined) return undefined;
  await takeTurn(reading);
  if (!(await intake.more())) return undefined;
  const rest = intake.wholeRest();
  return rest === undefined ? undefined : engine.whole(rest);
}

/** Lets others run once in a while, since not every engine waits for anything; then looks
 * whether the caller still wants the bytes. */
async function takeTurn({ turns, options }: Reading): Promise<void> {
  await turns.pass();
  throwIfAborted(options.signal);
}

/** Sums up and counts a piece before it leaves; returns it. */
function summed(
  reading: Reading,
  kind: Checksum | undefined,
  sums: Sums,
  piece: Uint8Array,
  bytesIn: number,
): Uint8Array {
  if (kind !== undefined) sums.checksum = kind.update(piece, sums.checksum);
  sums.bytesOut += piece.length;
  count(reading, piece.length, bytesIn);
  return piece;
}

/** Counts decoded bytes before they leave. */
function count(reading: Reading, bytes: number, bytesIn: number): void {
  const { maxOutputBytes, maxExpansion } = reading;
  reading.bytesOut += bytes;
  const { bytesOut } = reading;
  if (bytesOut > maxOutputBytes) throw new PithError("OutputLimit", { maxOutputBytes });
  if (bytesOut - INFLATE_EXPANSION_FREE_BYTES > bytesIn * maxExpansion) {
    throw new PithError("OutputLimit", { maxExpansion, bytesIn, bytesOut });
  }
  report(reading, bytesIn);
}

function report(reading: Reading, bytesIn: number): void {
  reading.options.onProgress?.({ bytesIn, bytesOut: reading.bytesOut });
}

/** Reads the source to its end: zeros may follow gzip, nothing else may follow anything. */
async function readTrailing(reading: Reading, format: "gzip" | "zlib" | "raw"): Promise<void> {
  const { intake, options } = reading;
  const paddingAllowed = format === "gzip";
  while (await intake.more()) {
    const rest = intake.rest();
    if (options.trailing !== "ignore") {
      const other = paddingAllowed ? rest.findIndex((byte) => byte !== 0) : 0;
      if (other >= 0) throw new PithError("TrailingBytes", { at: intake.position + other });
    }
    intake.skip(rest.length);
  }
}
