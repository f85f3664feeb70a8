/**
 * Coding to plain Lepton files and back: for other Lepton programs, and for people who keep photos
 * as they are.
 *
 *   JPEG, held whole -> Lepton, which decodes what it made -> bytes out
 *   Lepton file, as it comes -> JPEG, as its rows are done
 */
import { concatenate } from "../core/bytes.ts";
import { FAULTS, PithError } from "../core/errors.ts";
import { LEPTON_OUTPUT_BYTES_MAXIMUM } from "../core/limits.ts";
import {
  decodeLeptonIterable,
  type EncodeLeptonOptions,
  encodeLepton,
  sniffJpeg,
} from "../lepton/index.ts";
import type { Arithmetic, ByteRange, CodingOptions, Outcome, Source } from "./coding.ts";

/** Which sums wrap at 16 bits: `dc16` and `adv16` of docs/formats/lepton.md. */
const SUMS: Readonly<Record<Arithmetic, { dc16: boolean; adv16: boolean }>> = {
  wrapping: { dc16: true, adv16: true },
  exact: { dc16: false, adv16: false },
  "exact-bottom": { dc16: false, adv16: true },
};

type LeptonProgress = Parameters<NonNullable<EncodeLeptonOptions["onProgress"]>>[0];

/** First bytes by which a JPEG is known. */
const JPEG_LOOK_BYTES = 3;

/** Codes a JPEG, or the part of one that `how` says. */
export async function* encodeLeptonFile(
  { plain, done }: Pick<Source, "plain" | "done">,
  how: CodingOptions,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  const { range = { start: 0, bytes: undefined }, segments, threads } = how;
  const jpeg = await gather(plain, range);
  const { start: startByte, bytes } = range;
  const isJpeg = looksLikeJpeg(jpeg);
  if (isJpeg && startByte >= jpeg.length) {
    const why = `--start-byte is not below the file's ${jpeg.length} bytes`;
    throw new PithError("BadUsage", { why });
  }
  try {
    // What is no JPEG is told so, whatever part of it is asked for.
    yield await encodeLepton(
      jpeg,
      isJpeg ? { segments, startByte, bytes, threads, onProgress: sharing(jpeg, done) } : {},
    );
  } catch (error) {
    throw advised(error, startByte > 0);
  }
  const restored = Math.min(bytes ?? jpeg.length, jpeg.length - startByte);
  const isPart = how.range !== undefined;
  ended({ codec: "lepton", verified: true, ...(isPart ? { plainBytes: restored } : {}) });
}

/** Tells `done` of bytes of the JPEG while what has to be done comes nearer to its total. */
function sharing(
  jpeg: Uint8Array,
  done: Source["done"],
): ((progress: LeptonProgress) => void) | undefined {
  if (done === undefined) return undefined;
  let told = 0;
  return ({ doneBytes, totalBytes }) => {
    const reached = Math.floor((jpeg.length * doneBytes) / totalBytes);
    done(reached - told);
    told = reached;
  };
}

/** Decodes a Lepton file. */
export async function* decodeLeptonFile(
  coded: AsyncIterable<Uint8Array>,
  threads: number,
  arithmetic: Arithmetic,
  ended: (outcome: Outcome) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* decodeLeptonIterable(coded, { threads, arithmetic: SUMS[arithmetic] });
  } catch (error) {
    // What other sums than the writer's lead to; so does damage.
    const isOfSums = error instanceof PithError && error.code === "StreamInconsistent";
    if (!isOfSums || arithmetic !== "wrapping") throw error;
    const advice = "--arithmetic exact, for files written on ARM";
    throw new PithError(error.code, { ...error.facts, try: advice }, error);
  }
  // The file has no checksum to hold the bytes against.
  ended({ codec: "lepton", verified: false });
}

/** Whether a file that begins so is one to try. */
export function looksLikeJpeg(first: Uint8Array): boolean {
  return sniffJpeg(first.subarray(0, JPEG_LOOK_BYTES), false).kind !== "none";
}

/**
 * The bytes of a JPEG from its first one on, up to the end of the range and one more, which tells
 * that the file goes on there. What is no JPEG, or longer than Lepton takes, is not
 * read to its end.
 */
async function gather(
  plain: AsyncIterable<Uint8Array>,
  { start, bytes }: ByteRange,
): Promise<Uint8Array> {
  const wanted = start + (bytes ?? LEPTON_OUTPUT_BYTES_MAXIMUM) + 1;
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isJpeg: boolean | undefined;
  for await (const piece of plain) {
    pieces.push(piece);
    length += piece.length;
    if (isJpeg === undefined && length >= JPEG_LOOK_BYTES) {
      isJpeg = looksLikeJpeg(concatenate(pieces));
    }
    if (length >= wanted || isJpeg === false) break;
  }
  return concatenate(pieces).subarray(0, wanted);
}

/** A refusal, with a word on what can be done. */
function advised(error: unknown, isLaterPart: boolean): unknown {
  if (!(error instanceof PithError) || (error.kind !== "input" && error.kind !== "limit")) {
    return error;
  }
  const { code, facts } = error;
  const isTakenWhole = isLaterPart && code === "ProgressiveUnsupported";
  const advice = isTakenWhole
    ? "the whole file, without --start-byte"
    : "a .pith file: it takes any content";
  // A reason that says no more than the fault itself.
  const { why, ...others } = facts;
  const rest = why === FAULTS[code].says ? others : facts;
  return new PithError(code, { ...rest, try: advice }, error);
}
