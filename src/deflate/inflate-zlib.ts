/**
 * Inflate over Node's zlib: the engine of the reader wherever node:zlib can be had.
 *
 * One zlib stream object per raw deflate stream. It decodes on Node's own threads and stops when
 * a piece has not been read, so memory stays at one piece whatever the expansion. Where the stream
 * ended inside the bytes it was fed follows from `bytesWritten`, the bytes that zlib used:
 * fewer than were fed means that the final block is over.
 *
 * The module is asked for at run time and not imported, so that a page can load this file.
 */
import type { InflateRaw } from "node:zlib";
import { PithError } from "../core/errors.ts";
import {
  type InflateEngine,
  type Inflating,
  type Pause,
  PIECE_BYTES_MAXIMUM,
  type Whole,
} from "./inflate-engine.ts";

type Zlib = typeof import("node:zlib");

/** Node's zlib module, undefined where there is none. */
export const platformZlib: Zlib | undefined = globalThis.process?.getBuiltinModule?.("node:zlib");

/** The engine over Node's zlib, undefined where there is none. */
export const zlibEngine: InflateEngine | undefined = platformZlib && streamingOver(platformZlib);

/** The same for streams that are at hand whole: small ones are decoded in one step, in this
 * thread. A stream object costs 70 us, and a third of the time of a megabyte. */
export const zlibWholeEngine: InflateEngine | undefined = platformZlib && wholeOver(platformZlib);

/** What is decoded in one step at most: some 10 ms. */
const WHOLE_INPUT_BYTES_MAXIMUM = 1024 * 1024;
const WHOLE_OUTPUT_BYTES_MAXIMUM = 4 * 1024 * 1024;

function streamingOver(zlib: Zlib): InflateEngine {
  return { name: "zlib", open: () => new ZlibInflating(zlib) };
}

function wholeOver(zlib: Zlib): InflateEngine {
  const whole = (input: Uint8Array): Whole | undefined => {
    if (input.length > WHOLE_INPUT_BYTES_MAXIMUM) return undefined;
    const chunkSize = Math.min(PIECE_BYTES_MAXIMUM, Math.max(4096, 4 * input.length));
    const options = { chunkSize, maxOutputLength: WHOLE_OUTPUT_BYTES_MAXIMUM, info: true };
    try {
      const result: unknown = zlib.inflateRawSync(input, options);
      const { buffer, engine } = result as { buffer: Uint8Array; engine: { bytesWritten: number } };
      return { plain: owned(buffer), bytesRead: engine.bytesWritten };
    } catch {
      return undefined; // too long or broken: the stream object tells which, and how
    }
  };
  return { name: "zlib whole", open: () => new ZlibInflating(zlib), whole };
}

class ZlibInflating implements Inflating {
  readonly #stream: InflateRaw;
  #bytesFed = 0;
  #allTaken = true; // zlib has no fed bytes left that it wants
  #finishing = false;
  #over = false;
  #failure: unknown;
  #wake: () => void = () => undefined;

  constructor(zlib: Zlib) {
    // A high-water mark of 1 makes zlib wait for each piece to be read.
    const options = { chunkSize: PIECE_BYTES_MAXIMUM, readableHighWaterMark: 1 };
    this.#stream = zlib.createInflateRaw(options);
    this.#stream.on("readable", () => this.#wake());
    this.#stream.on("end", () => {
      this.#over = true;
      this.#wake();
    });
    this.#stream.on("error", (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  get bytesRead(): number {
    return this.#stream.bytesWritten;
  }

  feed(input: Uint8Array): void {
    this.#bytesFed += input.length;
    this.#allTaken = false;
    this.#stream.write(input, (error) => {
      // A failed write comes as an "error" event as well; that one is kept.
      this.#allTaken = !error;
      this.#wake();
    });
  }

  finish(): void {
    this.#finishing = true;
    // zlib calls a stream without a single byte complete.
    if (this.#bytesFed === 0) this.#failure = truncated();
    else this.#stream.end();
  }

  async next(): Promise<Uint8Array | Pause> {
    for (;;) {
      if (this.#failure !== undefined) throw translate(this.#failure);
      const piece: Uint8Array | null = this.#stream.read();
      if (piece !== null) return owned(piece);
      if (this.#over) return "ended";
      if (this.#allTaken) {
        if (this.#stream.bytesWritten < this.#bytesFed) return "ended";
        if (!this.#finishing) return "hungry";
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#stream.destroy();
  }
}

/**
 * A piece for the caller to keep. A short one is copied, or it would keep all of the buffer that
 * zlib took for it: 6 GB for a gzip file of a megabyte that is 47,000 members. Never a Buffer, whose
 * slice() is a view where an array's is a copy.
 */
function owned(piece: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = piece;
  const isShort = length < buffer.byteLength / 2;
  return isShort ? new Uint8Array(piece) : new Uint8Array(buffer, byteOffset, length);
}

/** zlib's error as one of ours; its reason is kept word for word. */
function translate(error: unknown): PithError {
  if (error instanceof PithError) return error;
  const { code, message } = error as { code?: string; message?: string };
  if (code === "Z_DATA_ERROR") return new PithError("DeflateCorrupt", { why: message }, error);
  if (code === "Z_BUF_ERROR") return truncated(error);
  if (code === "Z_MEM_ERROR") return new PithError("OutOfMemory", { why: message }, error);
  return PithError.from(error, "AssertionFailure", { what: "zlib takes our calls" });
}

function truncated(cause?: unknown): PithError {
  return new PithError("DeflateTruncated", { why: "inside the data" }, cause);
}
