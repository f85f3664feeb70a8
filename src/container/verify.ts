/**
 * Reading and proving frames on this thread.
 *
 * A get decodes a frame and checks every sum on the way. The proof of a put is the same walk, with
 * the SHA-256 that the caller took of the plain bytes before any codec saw them: what passes here
 * is what a get will give back. pool-coder.ts runs it on another thread than the coding,
 * so on another kernel instance. A chunk of several parts is decoded here one after the other;
 * decode-parts.ts has them decoded on several threads, by the same functions.
 */
import { concatenate } from "../core/bytes.ts";
import type { Codec } from "../core/codec.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { PARTS_MAXIMUM } from "../core/limits.ts";
import { requireFilter, undone } from "./filtering.ts";
import { checkFrame, type Frame } from "./frame.ts";
import type { Registry } from "./registry.ts";

/** A frame whose sums are right, and what it takes to decode it. */
export interface OpenFrame {
  readonly frame: Frame;
  /** How many parts it consists of that decode alone, 1..PARTS_MAXIMUM. */
  readonly parts: number;
  /**
   * Decodes a part; each is asked for once, in rising order.
   *
   * @throws PithError "FrameCorrupt" when it does not decode, or gives more bytes than the chunk
   *   has; whatever else the codec throws
   */
  decode(part: number): Promise<Uint8Array>;
}

/**
 * Checks a frame's sums and finds its codec.
 *
 * @param expected - the SHA-256 that the plain bytes must have; undefined takes the frame's own
 * @throws PithError "FrameCorrupt", "CodecUnknown" or "PithVersion"; whatever else the codec throws
 */
export async function openFrame(
  registry: Registry,
  bytes: Uint8Array,
  expected?: string,
): Promise<OpenFrame> {
  const frame = checkFrame(bytes);
  const { codec: id, codecVersion: version, plainBytes, parameters, payload } = frame;
  if (expected !== undefined && expected !== frame.sha256) {
    throw corrupt("the frame holds another chunk", { expected, actual: frame.sha256 });
  }
  const codec = registry.reader(id, version);
  requireFilter(frame.filter);
  const coded = { parameters, payload };
  const parts = await asDamage(codec, () => codec.parts?.(coded, version, plainBytes) ?? 1);
  const sound = Number.isInteger(parts) && parts >= 1 && parts <= PARTS_MAXIMUM;
  assertThat(sound, "a chunk has a number of parts", { codec: codec.name, parts });
  let room = plainBytes;
  return {
    frame,
    parts,
    async decode(part) {
      const plain = await asDamage(codec, () => codec.decode(coded, version, plainBytes, part));
      if (!(plain instanceof Uint8Array) || plain.length > room) {
        throw wrongLength(plainBytes, plain?.length);
      }
      room -= plain.length;
      return plain;
    },
  };
}

/** What a frame's checked header says of the bytes that its parts are put together to. */
export type PlainClaim = Pick<Frame, "plainBytes" | "sha256" | "filter">;

/**
 * Puts the decoded parts of a frame together, and undoes its filter.
 *
 * @param frame - what its checked header says
 * @returns the plain bytes; without a filter a single part is given back as it is
 * @throws PithError "FrameCorrupt" when they are not what the frame says
 */
export async function joinParts(
  { plainBytes, sha256: expected, filter }: PlainClaim,
  parts: readonly Uint8Array[],
): Promise<Uint8Array> {
  const [only] = parts;
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  if (only === undefined || bytes !== plainBytes) throw wrongLength(plainBytes, bytes);
  const plain = await undone(filter, parts.length === 1 ? only : concatenate(parts));
  const actual = sha256(plain);
  if (actual !== expected) throw corrupt("the decoded bytes are others", { expected, actual });
  return plain;
}

/**
 * Decodes a whole frame on this thread.
 *
 * @param expected - the SHA-256 that the plain bytes must have; undefined takes the frame's own
 * @returns the plain bytes; may be a view on `bytes`
 * @throws PithError "FrameCorrupt", "CodecUnknown" or "PithVersion"; whatever else the codec throws
 */
export async function decodeFrame(
  registry: Registry,
  bytes: Uint8Array,
  expected?: string,
): Promise<Uint8Array> {
  const { frame, parts, decode } = await openFrame(registry, bytes, expected);
  const plain: Uint8Array[] = [];
  for (let part = 0; part < parts; part++) plain.push(await decode(part));
  return await joinParts(frame, plain);
}

/**
 * Proves that a fresh frame gives the chunk back.
 *
 * @param plainSha256 - taken of the chunk before any codec saw it
 * @throws PithError "RoundTripFailure" when it does not; a codec's failure of another kind as it is
 */
export async function proveFrame(
  registry: Registry,
  frame: Uint8Array,
  plainSha256: string,
): Promise<void> {
  try {
    await decodeFrame(registry, frame, plainSha256);
  } catch (error) {
    const isWrong = error instanceof PithError && !["limit", "bug"].includes(error.kind);
    if (!isWrong) throw error;
    throw new PithError("RoundTripFailure", { why: error.message }, error);
  }
}

/** What the codec gives; what is bad input for it is damage for whoever stored the frame. A trap or
 * any other slip is neither, and goes on as it is. */
async function asDamage<Result>(
  codec: Codec,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isBadInput(error)) throw error;
    throw new PithError("FrameCorrupt", { codec: codec.name, why: error.message }, error);
  }
}

function isBadInput(error: unknown): error is PithError {
  return error instanceof PithError && (error.kind === "input" || error.code === "OutputLimit");
}

function wrongLength(expected: number, actual: number | undefined): PithError {
  return corrupt("the decoded length is wrong", { expected, actual });
}

function corrupt(what: string, facts: Record<string, unknown>): PithError {
  return new PithError("FrameCorrupt", { what, ...facts });
}
