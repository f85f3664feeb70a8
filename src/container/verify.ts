/**
 * Reading and proving frames on this thread.
 *
 * A get decodes a frame and checks every sum on the way. The proof of a put is the same walk, with
 * the SHA-256 that the caller took of the plain bytes before any codec saw them: what passes here
 * is what a get will give back. pool-coder.ts runs it on another thread than the coding,
 * so on another kernel instance.
 */
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { checkFrame } from "./frame.ts";
import type { Registry } from "./registry.ts";

/**
 * Decodes a whole frame.
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
  const frame = checkFrame(bytes);
  const { codec: id, codecVersion, plainBytes, parameters, payload } = frame;
  if (expected !== undefined && expected !== frame.sha256) {
    throw corrupt("the frame holds another chunk", { expected, actual: frame.sha256 });
  }
  const codec = registry.reader(id, codecVersion);
  let plain: Uint8Array;
  try {
    plain = await codec.decode({ parameters, payload }, codecVersion, plainBytes);
  } catch (error) {
    // For the codec it is bad input; for whoever stored the frame it is damage. A trap or any
    // other slip is neither, and goes on as it is.
    if (!isBadInput(error)) throw error;
    throw new PithError("FrameCorrupt", { codec: codec.name, why: error.message }, error);
  }
  if (!(plain instanceof Uint8Array) || plain.length !== plainBytes) {
    throw corrupt("the decoded length is wrong", { expected: plainBytes, actual: plain?.length });
  }
  const actual = sha256(plain);
  if (actual !== frame.sha256) {
    throw corrupt("the decoded bytes are others", { expected: frame.sha256, actual });
  }
  return plain;
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

function isBadInput(error: unknown): error is PithError {
  return error instanceof PithError && (error.kind === "input" || error.code === "OutputLimit");
}

function corrupt(what: string, facts: Record<string, unknown>): PithError {
  return new PithError("FrameCorrupt", { what, ...facts });
}
