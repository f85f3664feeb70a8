/**
 * Match levels: deflate with match search, levels 1 to 9, by code that others keep.
 *
 *   Node     zlib of the platform, on its thread pool
 *   browser  fflate, in this thread
 *
 * Both take the same jobs as the linear coder (so the output does not depend on how the caller cut
 * its writes) and give raw deflate; wrappers and checksums are ours. The two differ in their
 * bytes, not in what they mean.
 */
import { PithError } from "../core/errors.ts";
import { platformZlib } from "./inflate-zlib.ts";

/** One raw deflate stream with matches. */
export interface MatchCoder {
  /** Codes a job, which must not change meanwhile; gives what output there is by then. */
  code(job: Uint8Array, last: boolean): Promise<Uint8Array[]>;
  /** Lets go of memory; at any time, more than once. */
  close(): void;
}

const OUTPUT_BYTES = 256 * 1024;

/** Begins a stream of level 1..9. */
export async function openMatchCoder(level: number): Promise<MatchCoder> {
  return platformZlib === undefined ? openPortableCoder(level) : openNodeCoder(platformZlib, level);
}

function openNodeCoder(zlib: typeof import("node:zlib"), level: number): MatchCoder {
  const stream = zlib.createDeflateRaw({ level, chunkSize: OUTPUT_BYTES });
  let parts: Uint8Array[] = [];
  stream.on("data", (part: Uint8Array) => parts.push(part));
  const failure = new Promise<never>((_, reject) => {
    stream.on("error", (error) => reject(PithError.from(error, "AssertionFailure")));
    // Comes after the end too, when nobody waits any more.
    stream.on("close", () => reject(new PithError("Aborted", { why: "the stream was closed" })));
  });
  failure.catch(() => undefined);
  return {
    async code(job, last) {
      const done = new Promise<void>((resolve) => {
        if (last) stream.once("end", () => resolve());
        if (last) stream.end(job);
        else stream.write(job, () => resolve());
      });
      await Promise.race([done, failure]);
      const ready = parts;
      parts = [];
      return ready;
    },
    close: () => void stream.destroy(),
  };
}

/** The coder of browsers, which works everywhere. */
export async function openPortableCoder(level: number): Promise<MatchCoder> {
  const { Deflate } = await import("fflate");
  let parts: Uint8Array[] = [];
  const stream = new Deflate({ level: level as 1 }, (part) => void parts.push(part));
  return {
    async code(job, last) {
      stream.push(job, last);
      const ready = parts;
      parts = [];
      return ready;
    },
    close: () => undefined,
  };
}
