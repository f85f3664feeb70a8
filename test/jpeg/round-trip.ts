/**
 * Round trips of the Lepton codec: what became of a JPEG, in one word, and whether the streams of
 * a .lep file are those that the reference model writes.
 *
 *   outcomeOf(jpeg)    "restored", or the code of the refusal; anything else is a failed assertion
 *
 * A refusal is an answer only when it blames the input or a limit; a bug of ours is rethrown. That a
 * file did not pass its proof is an answer too: who asks says how often it may be.
 */
import assert from "node:assert/strict";
import { concatenate, equalBytes } from "../../src/core/bytes.ts";
import { type FaultCode, PithError } from "../../src/core/errors.ts";
import type { CoefficientModel } from "../../src/lepton/coefficient-model.ts";
import { type DecodeOptions, decodeIterable } from "../../src/lepton/decode.ts";
import { type EncodeOptions, encodeJpeg } from "../../src/lepton/encode.ts";
import { readJpeg } from "./jpeg-reader.ts";
import { encodeSegment, type ReferencePicture, segmentsFrom } from "./lepton-reference.ts";
import { ReferenceFault, USUAL_ARITHMETIC } from "./lepton-reference-block.ts";
import { readReferenceFile } from "./lepton-reference-file.ts";

export type Outcome = "restored" | FaultCode;

export type RoundTripOptions = Pick<EncodeOptions, "segments" | "model">;

/** Encodes a JPEG, with a proof. */
export async function encode(
  jpeg: Uint8Array,
  options: RoundTripOptions = {},
): Promise<Uint8Array> {
  return encodeJpeg(jpeg, options);
}

/** Decodes a file of either model. */
export async function decode(lepton: Uint8Array, options: DecodeOptions = {}): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of decodeIterable(lepton, options)) pieces.push(piece);
  return concatenate(pieces);
}

/** Encodes and decodes a JPEG. */
export async function outcomeOf(
  jpeg: Uint8Array,
  options: RoundTripOptions = {},
): Promise<Outcome> {
  let lepton: Uint8Array;
  try {
    lepton = await encode(jpeg, options);
  } catch (error) {
    if (error instanceof PithError && error.code === "RoundTripFailure") return error.code;
    return refusalOf(error);
  }
  assert.ok(
    equalBytes(await decode(lepton, { model: options.model }), jpeg),
    "other bytes came back",
  );
  return "restored";
}

/** Decodes what may be no Lepton file: its bytes, or the code of the refusal. */
export async function decodedOf(
  lepton: Uint8Array,
  model?: CoefficientModel,
): Promise<Uint8Array | FaultCode> {
  try {
    return await decode(lepton, { model });
  } catch (error) {
    return refusalOf(error);
  }
}

/** The code of a refusal. Any other error is thrown again. */
export function refusalOf(error: unknown): FaultCode {
  if (error instanceof PithError && ["input", "limit", "corrupt"].includes(error.kind)) {
    return error.code;
  }
  throw error;
}

/** Asserts that a .lep file of a valid JPEG holds what the reference model writes of it. */
export function assertAsReference(jpeg: Uint8Array, lepton: Uint8Array): void {
  const file = readReferenceFile(lepton, USUAL_ARITHMETIC);
  const picture = readJpeg(jpeg);
  for (const [i, segment] of file.segments.entries()) {
    const { stream } = encodeSegment(picture, segment);
    assert.ok(equalBytes(file.streams[i]!, stream), `segment ${i} of ${file.segments.length}`);
  }
}

/** Whether the model can say the coefficients of a valid JPEG at all, in one segment. */
export function canModel(picture: ReferencePicture): boolean {
  try {
    encodeSegment(picture, segmentsFrom(picture, [0])[0]!);
    return true;
  } catch (error) {
    if (error instanceof ReferenceFault && error.number === 6) return false;
    throw error;
  }
}
