/**
 * Options of compressing, as a caller gives them and as they are used: checked once, at the door.
 */
import { PithError } from "../core/errors.ts";
import { DEFLATE_THREADS_MAXIMUM, THREADS_MAXIMUM } from "../core/limits.ts";
import { coresOfMachine } from "../core/thread.ts";
import type { BlockMode } from "./linear.ts";

/** What stands around the deflate blocks: a gzip member, a zlib stream, or nothing. */
export type DeflateFormat = "gzip" | "zlib" | "raw";

/** "huffman" never searches for matches and takes the same time on any content; 1 to 9 are zlib's
 * levels, slower and smaller. */
export type DeflateLevel = "huffman" | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

/** How far compressing has come. */
export interface DeflateProgress {
  /** Bytes of input that are coded. */
  readonly bytesIn: number;
  /** Bytes of output so far. */
  readonly bytesOut: number;
}

export interface DeflateOptions {
  /** Default "gzip": one member, MTIME 0, OS unknown, no name, so equal input gives equal bytes. */
  readonly format?: DeflateFormat;
  /** Default "huffman". */
  readonly level?: DeflateLevel;
  /** For "huffman": blocks cut by content (default) or each 64 KiB. */
  readonly blocks?: BlockMode;
  /** Worker threads for "huffman": 0 codes in this thread, 1 and more use threads from the second
   * MiB on. By default threads start when the input passes 24 MiB, one a core, at most 8. The
   * output is the same for any number. */
  readonly workers?: number;
  /** Called in order after each part, about once a MiB. What it throws ends the work. */
  readonly onProgress?: (progress: DeflateProgress) => void;
  /** Ends the work with the fault "Aborted". */
  readonly signal?: AbortSignal;
}

/** Options with nothing left open. */
export interface Settings {
  readonly format: DeflateFormat;
  readonly level: DeflateLevel;
  readonly blocks: BlockMode;
  /** Threads at most; 0 for none. */
  readonly threads: number;
  /** Whether the caller asked for threads, so that they start with the second job. */
  readonly threadsAsked: boolean;
  readonly onProgress: ((progress: DeflateProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks options and fills in what is left open.
 *
 * @throws PithError "InvalidArgument" naming the option
 */
export function settingsOf(options: DeflateOptions): Settings {
  const { format = "gzip", level = "huffman", blocks = "merged", workers } = options;
  check("format", format, ["gzip", "zlib", "raw"].includes(format));
  check(
    "level",
    level,
    level === "huffman" || (Number.isInteger(level) && level >= 1 && level <= 9),
  );
  check("blocks", blocks, ["merged", "fixed"].includes(blocks));
  const counted = workers === undefined || (Number.isInteger(workers) && workers >= 0);
  check("workers", workers, counted && (workers ?? 0) <= THREADS_MAXIMUM);
  return {
    format,
    level,
    blocks,
    threads: workers ?? threadsUnasked(),
    threadsAsked: workers !== undefined,
    onProgress: options.onProgress,
    signal: options.signal,
  };
}

/** On one core a thread would only take turns with this one. */
function threadsUnasked(): number {
  const cores = coresOfMachine();
  return cores === 1 ? 0 : Math.min(cores, DEFLATE_THREADS_MAXIMUM);
}

function check(option: string, value: unknown, holds: boolean): void {
  if (!holds) throw new PithError("InvalidArgument", { option, value });
}
