/**
 * Decode part: one segment of a Lepton file alone, so that threads can share the work on it.
 *
 *   part 0           prefix | scan data of segment 0
 *   part i                    scan data of segment i
 *   the last part             scan data of the last segment | rest of the header | tail
 *
 * The parts in order are what `decodeLepton` gives. That holds for files of one scan whose
 * segments say exactly how many bytes they give, as ours do; any other file is one part.
 */
import { concatenate } from "../core/bytes.ts";
import { assertThat, PithError } from "../core/errors.ts";
import { LEPTON_SEGMENTS_MAXIMUM } from "../core/limits.ts";
import { ByteGatherer } from "./byte-gatherer.ts";
import { ByteLimit } from "./byte-limit.ts";
import type { CoefficientModel } from "./coefficient-model.ts";
import { decodeIterable, unpackingOf } from "./decode.ts";
import { afterScan } from "./decode-body.ts";
import { type DecodePlan, planDecode } from "./decode-plan.ts";
import { type LeptonEvents, type LeptonHeader, LeptonReader } from "./file.ts";
import { isOurs, readLeptonStart } from "./file-start.ts";
import { loadDecoder } from "./kernels.ts";
import { decodeSegment, SegmentDecoder } from "./segment-decoder.ts";

/** Offsets in a Lepton file (file.ts). */
const FLAVOUR_AT = 3;
const SEGMENTS_AT = 4;
const SEVERAL_SCANS = 0x58;

/**
 * How many parts a Lepton file has: a look at its first bytes, which are not checked.
 *
 * @returns 1..LEPTON_SEGMENTS_MAXIMUM; 1 for what is no Lepton file
 */
export function countLeptonParts(lepton: Uint8Array): number {
  const segments = lepton[SEGMENTS_AT] ?? 0;
  const isSingle = isOurs(lepton) && lepton[FLAVOUR_AT] !== SEVERAL_SCANS;
  return isSingle && segments <= LEPTON_SEGMENTS_MAXIMUM ? Math.max(1, segments) : 1;
}

/**
 * Decodes one part of a whole Lepton file.
 *
 * @param part - from 0 to before `countLeptonParts`
 * @param outputBytes - what all parts come to, known from elsewhere
 * @param model - whose file it is
 * @throws PithError as `decodeLepton`; "BadLeptonFile" when the file gives another length
 */
export async function decodeLeptonPart(
  lepton: Uint8Array,
  part: number,
  outputBytes: number,
  model: CoefficientModel = "lepton",
): Promise<Uint8Array<ArrayBuffer>> {
  requireLength(readLeptonStart(lepton, model).outputBytes, outputBytes);
  const count = countLeptonParts(lepton);
  assertThat(Number.isInteger(part) && part >= 0 && part < count, "a file has this part", { part });
  // Who asks for parts has threads of its own.
  if (count === 1) return await decodeAll(lepton, outputBytes, model);
  const { header, stream } = await readSegment(lepton, part, model);
  requireLength(header.outputBytes, outputBytes);
  const plan = planDecode(header);
  if (!plan.isSingle || header.isLegacy || header.segments.length !== count) {
    throw new PithError("BadLeptonFile", { why: "other segments than its first bytes say", count });
  }
  const kernel = await loadDecoder(model);
  return kernel.use((instance) => {
    const decoder = new SegmentDecoder(instance, plan.picture);
    return concatenate([...piecesOf(decoder, plan, part, stream)]);
  });
}

function requireLength(actual: number, expected: number): void {
  if (actual === expected) return;
  throw new PithError("BadLeptonFile", { why: "another length", expected, actual });
}

/** Decodes a file of one part, and ends where it passes `outputBytes`: a record SIZ may ask for more
 * than its first bytes say. */
async function decodeAll(
  lepton: Uint8Array,
  outputBytes: number,
  model: CoefficientModel,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of decodeIterable(lepton, { threads: 1, model })) {
    size += piece.length;
    if (size > outputBytes) requireLength(size, outputBytes);
    pieces.push(piece);
  }
  return concatenate(pieces);
}

/** The header, and the coded stream of one segment. */
async function readSegment(
  lepton: Uint8Array,
  segment: number,
  model: CoefficientModel,
): Promise<{ header: LeptonHeader; stream: Uint8Array }> {
  let header: LeptonHeader | undefined;
  const stream = new ByteGatherer();
  const events: LeptonEvents = {
    header: (read) => {
      header = read;
    },
    segment: (index, bytes) => {
      if (index === segment) stream.append(bytes);
    },
  };
  const reader = new LeptonReader(events, model, unpackingOf({}));
  await reader.feed(lepton);
  reader.finish();
  assertThat(header !== undefined, "a file that was read has a header");
  return { header, stream: stream.take() };
}

function* piecesOf(
  decoder: SegmentDecoder,
  plan: DecodePlan,
  part: number,
  stream: Uint8Array,
): Generator<Uint8Array> {
  const { segments } = plan.header;
  const isLast = part === segments.length - 1;
  const sizes = segments.map(({ scanBytes }) => scanBytes);
  const before = sizes.slice(0, part).reduce((sum, size) => sum + size, plan.prefix.length);
  const room = plan.bodyLimit - before;
  const body = new ByteLimit(isLast ? room : Math.min(room, sizes[part] ?? 0));
  const segment = plan.segments[part];
  assertThat(segment !== undefined, "a plan has all segments");
  if (part === 0) yield new ByteLimit(plan.bodyLimit).cut(plan.prefix);
  for (const piece of decodeSegment(decoder, segment, stream)) {
    yield body.cut(piece);
    if (body.reached) break;
  }
  if (!isLast) return;
  for (const piece of afterScan(plan)) yield body.cut(piece);
  yield plan.tail;
}
