/**
 * One frame decoded by several threads at once: what a get of a single photo gains by a machine
 * that has nothing else to do.
 *
 *   frame and a counter in shared memory
 *   thread A   takes part 0,     part 2, ...   \
 *   thread B       takes part 1,     part 3 ... > moved back as decoded -> joined and hashed -> plain
 *
 * A thread takes the part that is next whenever it is free, so none waits for a slow one. Each
 * has checked the frame's sums itself before it decodes; the SHA-256 of the whole is taken by the
 * thread that joins. Nothing is given out before. Only threads that are idle are asked: a machine
 * that has work decodes each frame on one thread, and more frames at once.
 */
import { assertThat } from "../core/errors.ts";
import { PARTS_MAXIMUM, PARTS_PLAIN_BYTES_MINIMUM } from "../core/limits.ts";
import type { Pool } from "../core/pool.ts";
import { decodeFrameHeader, type FrameHeader } from "./frame.ts";
import type { Registry } from "./registry.ts";
import type { CodingJobs, DecodedPart } from "./worker.ts";

/** A frame that threads can share. */
export interface SharedFrame {
  readonly header: FrameHeader;
  /** How many parts it has; more than one. */
  readonly parts: number;
}

/**
 * A look at a frame, before any sum over its payload is taken.
 *
 * @returns undefined for what one thread decodes as well: no parts, too short, not sound
 */
export function lookForParts(registry: Registry, frame: Uint8Array): SharedFrame | undefined {
  try {
    const header = decodeFrameHeader(frame);
    const { codec: id, codecVersion, plainBytes, parameters, headerBytes } = header;
    if (plainBytes < PARTS_PLAIN_BYTES_MINIMUM) return undefined;
    const payload = frame.subarray(headerBytes);
    const codec = registry.reader(id, codecVersion);
    const parts = codec.parts?.({ parameters, payload }, codecVersion, plainBytes) ?? 1;
    return parts > 1 && parts <= PARTS_MAXIMUM ? { header, parts } : undefined;
  } catch {
    // What is wrong with it is told by the thread that decodes it.
    return undefined;
  }
}

/**
 * Decodes a frame on `threads` threads.
 *
 * @param shared - what `lookForParts` found
 * @param expected - the SHA-256 that the plain bytes must have; undefined takes the frame's own
 * @throws PithError as decoding on one thread does
 */
export async function decodeParts(
  pool: Pool<CodingJobs>,
  { header, parts }: SharedFrame,
  frame: Uint8Array,
  expected: string | undefined,
  threads: number,
): Promise<Uint8Array> {
  const there = new Uint8Array(new SharedArrayBuffer(frame.length));
  there.set(frame);
  const turn = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const rest = new AbortController();
  const decoded: DecodedPart[] = [];
  const complete = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    const job = { frame: there, expected, turn };
    const { value } = await pool.run("decodeParts", job, { signal: rest.signal });
    decoded.push(...value);
    if (decoded.length === parts) complete.resolve();
  };
  try {
    // A thread that is still starting has nothing to add once the others are done.
    const runs = Array.from({ length: Math.min(threads, parts) }, run);
    await Promise.race([complete.promise, Promise.all(runs)]);
  } finally {
    // After a failure nobody takes another part.
    Atomics.store(turn, 0, PARTS_MAXIMUM);
    rest.abort();
  }
  assertThat(decoded.length === parts, "every part is decoded once", { parts });
  const inOrder = decoded.sort((one, other) => one.part - other.part).map(({ plain }) => plain);
  const { plainBytes, sha256, filter } = header;
  const { value } = await pool.run(
    "join",
    { frame: { plainBytes, sha256, filter: filter.slice() }, parts: inOrder },
    { transfer: inOrder.map(({ buffer }) => buffer), first: true, admitted: true },
  );
  return value;
}
