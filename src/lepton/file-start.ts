/**
 * File start: the first 28 bytes of a Lepton file, both ways.
 *
 *   0   CF 84, version, flavour, segments, 3 zeros
 *   8   who wrote it, and with which arithmetic; of a dense file "Pith", model, prior set, u32 hash, 2 zeros
 *   20  u32 size of the output, u32 size of the header
 *
 * Flavours: Z one sequential scan with all components, X any other JPEG, Y a chunk of one. We write
 * version 1, and of dense files version 65. What follows: file.ts.
 *
 * Layout, and what is refused: docs/formats/lepton.md and jpeg-dense.md.
 */
import { viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { LEPTON_HEADER_BYTES_MAXIMUM, LEPTON_OUTPUT_BYTES_MAXIMUM } from "../core/limits.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { loadPriors } from "./priors.ts";

export type LeptonFlavour = "Z" | "X" | "Y";

/** Which sums of the model wrap at 16 bits, by the format's names: `dc16` those of the pixels at a
 * block's edge, `adv16` those of the gradients within it. They matter for extreme coefficients. */
export interface LeptonArithmetic {
  readonly dc16: boolean;
  readonly adv16: boolean;
}

/** What a dense file says of its model. */
export interface DenseStart {
  /** 1: additive logits. */
  readonly modelNumber: number;
  readonly priorSet: number;
  readonly priorHash: number;
}

/** The first 28 bytes of a Lepton file. */
export interface LeptonStart {
  readonly version: number;
  readonly flavour: LeptonFlavour;
  /** Undefined when the file does not say: both true is right for nearly all. */
  readonly arithmetic: LeptonArithmetic | undefined;
  /** Version of the lepton_jpeg_rust that wrote it (0.5.8 is 58), if it was that. */
  readonly rustVersion: number | undefined;
  /** Of a dense file. */
  readonly dense: DenseStart | undefined;
  readonly outputBytes: number;
  /** Of the header as it is stored. */
  readonly codedHeaderBytes: number;
}

export const START_BYTES = 28;

/** lepton_jpeg_rust 0.5.5 cut body and tail at once. */
export const RUST_VERSION_CUT_TAIL = 55;

/** The version of dense files: none that another Lepton program takes. */
export const DENSE_VERSION = 65;
/** Additive logits, the only dense model. */
const DENSE_MODEL_NUMBER = 1;

/** Versions of Lepton files: 2 and 4 have a Brotli header. 3 is another coder's. */
const LEPTON_VERSIONS = [1, 2, 4];

/** Ours: in place of a hash, and unlike the "MS" that would make a statement of the bytes behind. */
const SIGNATURE = letters("Pith");

/**
 * Reads the start of a Lepton file.
 *
 * @param bytes - its first 28 bytes, and more perhaps
 * @param model - whose files are expected; those of the other are of a version that is not read
 * @throws PithError "BadLeptonFile", "VersionUnsupported", "HeaderTooLarge", "OutputLimit"
 */
export function readLeptonStart(
  bytes: Uint8Array,
  model: CoefficientModel = "lepton",
): LeptonStart {
  if (bytes.length < START_BYTES) throw bad("the file ends in its first bytes");
  const view = viewOf(bytes);
  const [first, second, version = 0, letter = 0] = bytes;
  // CE B6 asks for the output in another form, which is not what the file was made from.
  if (first !== 0xcf || second !== 0x84) throw bad("not the magic of a Lepton file");
  const versions = model === "dense" ? [DENSE_VERSION] : LEPTON_VERSIONS;
  if (!versions.includes(version)) throw new PithError("VersionUnsupported", { version });
  const flavour = String.fromCharCode(letter);
  if (flavour !== "Z" && flavour !== "X" && flavour !== "Y") throw bad("an unknown flavour");
  const outputBytes = view.getUint32(20, true);
  const codedHeaderBytes = view.getUint32(24, true);
  requireOutput(outputBytes);
  if (codedHeaderBytes > LEPTON_HEADER_BYTES_MAXIMUM) {
    throw new PithError("HeaderTooLarge", { codedHeaderBytes });
  }
  const isRust = bytes[8] === 0x4d && bytes[9] === 0x53;
  const flags = isRust ? (bytes[14] ?? 0) : 0;
  const arithmetic = { dc16: (flags & 1) !== 0, adv16: (flags & 2) !== 0 };
  return {
    version,
    flavour,
    arithmetic: flags >= 0x80 ? arithmetic : undefined,
    rustVersion: isRust ? bytes[15] : undefined,
    dense: model === "dense" ? readDense(bytes) : undefined,
    outputBytes,
    codedHeaderBytes,
  };
}

function readDense(bytes: Uint8Array): DenseStart {
  const [modelNumber = 0, priorSet = 0] = bytes.subarray(12, 14);
  const isSigned = SIGNATURE.every((letter, i) => bytes[8 + i] === letter);
  if (!isSigned || bytes[18] !== 0 || bytes[19] !== 0) throw bad("not a start of a dense file");
  if (modelNumber !== DENSE_MODEL_NUMBER) {
    throw new PithError("VersionUnsupported", { modelNumber });
  }
  return { modelNumber, priorSet, priorHash: viewOf(bytes).getUint32(14, true) };
}

/**
 * Refuses a dense file that was coded with other priors than this build has.
 *
 * @throws PithError "VersionUnsupported"
 */
export async function requirePriors({ priorSet, priorHash }: DenseStart): Promise<void> {
  const { number, hash } = await loadPriors();
  if (priorSet === number && priorHash === hash) return;
  throw new PithError("VersionUnsupported", { priorSet, priorHash, known: number });
}

/** @throws PithError "OutputLimit" */
export function requireOutput(outputBytes: number): void {
  const maximum = LEPTON_OUTPUT_BYTES_MAXIMUM;
  if (outputBytes > maximum) throw new PithError("OutputLimit", { outputBytes, maximum });
}

/**
 * Whether a file says of itself that Pith wrote it: then its fifth byte is the number of its segments,
 * and each of these says exactly how many bytes it gives.
 *
 * @param bytes - at least its first 12 bytes, else the answer is no
 */
export function isOurs(bytes: Uint8Array): boolean {
  const [first, second, version] = bytes;
  if (first !== 0xcf || second !== 0x84 || (version !== 1 && version !== DENSE_VERSION))
    return false;
  return SIGNATURE.every((letter, i) => bytes[8 + i] === letter);
}

/** What the start of a file that we write says. */
export interface StartToWrite {
  readonly flavour: LeptonFlavour;
  readonly segments: number;
  readonly outputBytes: number;
  readonly codedHeaderBytes: number;
}

/** The first 28 bytes of a file of ours. */
export async function writeLeptonStart(
  model: CoefficientModel,
  { flavour, segments, outputBytes, codedHeaderBytes }: StartToWrite,
): Promise<Uint8Array> {
  const start = new Uint8Array(START_BYTES);
  const view = viewOf(start);
  start.set([0xcf, 0x84, 1, flavour.charCodeAt(0), segments]);
  start.set(SIGNATURE, 8);
  view.setUint32(20, outputBytes, true);
  view.setUint32(24, codedHeaderBytes, true);
  if (model === "lepton") return start;
  const { number, hash } = await loadPriors();
  start[2] = DENSE_VERSION;
  start.set([DENSE_MODEL_NUMBER, number], 12);
  view.setUint32(14, hash, true);
  return start;
}

function letters(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function bad(why: string): PithError {
  return new PithError("BadLeptonFile", { why });
}
