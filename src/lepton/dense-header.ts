/**
 * Dense header: the header records of a dense file as they are stored, and unpacked.
 *
 *   records -> JPEGs out (embedded-jpegs.ts) -> tables to tokens (quantizer-tokens.ts) -> model (header-model.ts)
 *
 *   varint   bytes behind the stream
 *   stream   plan (header-plan.ts), tokens; all as the model codes them
 *   JPEGs    dense files, one after the other
 *   rest     a raw deflate stream of what passes 4 MiB
 *
 * A JPEG in the header is a file of its own, coded and restored by functions from outside, which prove what
 * they code; one that cannot be coded, or does not get smaller, stays where it is. Layout:
 * docs/formats/jpeg-dense.md.
 */
import { concatenate } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { InterruptibleWork } from "../core/interruptible.ts";
import {
  DENSE_EMBEDDED_DEPTH_MAXIMUM,
  DENSE_EMBEDDED_MODELLED_SHARE,
  DENSE_HEADER_EXPANSION_MAXIMUM,
  DENSE_HEADER_FREE_BYTES,
  DENSE_HEADER_MODELLED_BYTES_MAXIMUM,
} from "../core/limits.ts";
import { deflate, inflate } from "../deflate/index.ts";
import { ByteGatherer } from "./byte-gatherer.ts";
import { type EmbeddedJpeg, findEmbeddedJpegs } from "./embedded-jpegs.ts";
import { loadHeaderKernels, ModelReader, writeModelled } from "./header-model.ts";
import {
  type HeaderPlan,
  type PlannedJpeg,
  readPlan,
  readVarint,
  varint,
  writePlan,
} from "./header-plan.ts";
import { readTokens, writeTokens } from "./quantizer-tokens.ts";

export interface PackOptions {
  /** How many JPEGs this one lies in. */
  readonly depth?: number | undefined;
  /** Ends the work with the fault "Aborted". */
  readonly signal?: AbortSignal | undefined;
  /** Codes a JPEG that lies in the header and proves it; undefined when it cannot. */
  readonly codeJpeg?:
    | ((jpeg: Uint8Array, depth: number) => Promise<Uint8Array | undefined>)
    | undefined;
}

export interface UnpackOptions {
  readonly depth?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Restores what `codeJpeg` has coded, unless it passes so many bytes. */
  readonly restoreJpeg?:
    | ((coded: Uint8Array, maximumBytes: number, depth: number) => Promise<Uint8Array>)
    | undefined;
}

/** Level of the rest. */
const REST_LEVEL = 9;

/** What a JPEG's place costs in the plan, so that one which saves less stays. */
const PLACE_BYTES = 8;

interface CodedJpeg {
  readonly jpeg: EmbeddedJpeg;
  readonly coded: Uint8Array;
}

/**
 * Packs header records.
 *
 * @param records - any bytes
 * @throws PithError "Aborted"; of kind "bug" or "io" what a kernel or `codeJpeg` throws
 */
export async function packHeader(
  records: Uint8Array,
  options: PackOptions = {},
): Promise<Uint8Array> {
  const work = new InterruptibleWork<undefined>(options);
  const jpegs = await codeJpegs(records, options);
  const { residue, planned } = takeOut(records, jpegs);
  const { writing } = await loadHeaderKernels();
  for (const modelledBytes of [modelledMaximum(options.depth), 0]) {
    const tokens = writeTokens(residue.subarray(0, modelledBytes));
    const rest = await deflateRest(residue.subarray(modelledBytes));
    const plan = writePlan({
      tokenBytes: tokens.length,
      restBytes: rest.length,
      jpegs: planned,
    });
    const instance = writing.take();
    const stream = await work.run(writeModelled(instance, concatenate([plan, tokens])));
    writing.release(instance);
    // Else a reader would take it for an attack, or it is one.
    if (stream === undefined || tokens.length > tokensAllowed(stream.length, options.depth))
      continue;
    const behind = [...jpegs.map(({ coded }) => coded), rest];
    const behindBytes = behind.reduce((sum, part) => sum + part.length, 0);
    return concatenate([Uint8Array.from(varint(behindBytes)), stream, ...behind]);
  }
  throw new PithError("AssertionFailure", { what: "a header without tokens may be read" });
}

/** Bytes of a header that the model codes. */
function modelledMaximum(depth = 0): number {
  return DENSE_HEADER_MODELLED_BYTES_MAXIMUM * DENSE_EMBEDDED_MODELLED_SHARE ** depth;
}

/** Tokens that so many bytes can become: one for each table that begins, at the worst after every four. */
function tokensOf(bytes: number): number {
  return Math.ceil((bytes * 5) / 4);
}

function tokensAllowed(streamBytes: number, depth?: number): number {
  const bytes = DENSE_HEADER_FREE_BYTES + DENSE_HEADER_EXPANSION_MAXIMUM * streamBytes;
  return Math.min(bytes, tokensOf(modelledMaximum(depth)));
}

/** Those JPEGs that become smaller as files of their own. */
async function codeJpegs(records: Uint8Array, options: PackOptions): Promise<CodedJpeg[]> {
  const { codeJpeg, depth = 0 } = options;
  if (codeJpeg === undefined || depth >= DENSE_EMBEDDED_DEPTH_MAXIMUM) return [];
  const coded: CodedJpeg[] = [];
  for (const jpeg of findEmbeddedJpegs(records)) {
    const plain = concatenate(jpeg.map(({ start, end }) => records.subarray(start, end)));
    const file = await codeJpeg(plain, depth + 1);
    if (file === undefined || file.length + PLACE_BYTES >= plain.length) continue;
    coded.push({ jpeg, coded: file });
  }
  return coded;
}

/** The records without the JPEGs, and what says where these belong. */
function takeOut(
  records: Uint8Array,
  jpegs: readonly CodedJpeg[],
): { readonly residue: Uint8Array; readonly planned: PlannedJpeg[] } {
  const kept: Uint8Array[] = [];
  let at = 0;
  const planned = jpegs.map(({ jpeg, coded }) => {
    const gaps: number[] = [];
    for (const { start, end } of jpeg) {
      gaps.push(start - at);
      kept.push(records.subarray(at, start));
      at = end;
    }
    const pieceBytes = jpeg.slice(0, -1).map(({ start, end }) => end - start);
    return { codedBytes: coded.length, gaps, pieceBytes };
  });
  kept.push(records.subarray(at));
  return { residue: concatenate(kept), planned };
}

async function deflateRest(rest: Uint8Array): Promise<Uint8Array> {
  if (rest.length === 0) return rest;
  return await deflate(rest, { format: "raw", level: REST_LEVEL });
}

/**
 * Unpacks header records.
 *
 * @param coded - as `packHeader` made it, or anything else
 * @param maximumBytes - what it may become
 * @throws PithError "HeaderTooLarge", "BadLeptonFile", "Aborted"; what `restoreJpeg` throws
 */
export async function unpackHeader(
  coded: Uint8Array,
  maximumBytes: number,
  options: UnpackOptions = {},
): Promise<Uint8Array> {
  const work = new InterruptibleWork<undefined>(options);
  let at = 0;
  const behindBytes = readVarint(() => coded[at++] ?? 0, coded.length);
  if (at + behindBytes > coded.length) throw broken("more behind the stream than there is");
  const stream = coded.subarray(at, coded.length - behindBytes);
  const behind = coded.subarray(coded.length - behindBytes);
  const { reading } = await loadHeaderKernels();
  const instance = reading.take();
  const reader = new ModelReader(instance, stream);
  const plan = readPlan(() => reader.byte());
  const allowed = Math.min(tokensAllowed(stream.length, options.depth), tokensOf(maximumBytes));
  if (plan.tokenBytes > allowed) throw new PithError("HeaderTooLarge", { maximumBytes, allowed });
  requireSizes(plan, behindBytes);
  const tokens = await work.run(reader.bytes(plan.tokenBytes));
  reading.release(instance);
  const modelled = readTokens(tokens, maximumBytes);
  const rest = behind.subarray(behindBytes - plan.restBytes);
  const inflated = await inflateRest(rest, maximumBytes - modelled.length);
  return await putBack(concatenate([modelled, inflated]), plan, behind, maximumBytes, options);
}

function requireSizes({ restBytes, jpegs }: HeaderPlan, behindBytes: number): void {
  const parts = jpegs.reduce((sum, { codedBytes }) => sum + codedBytes, restBytes);
  if (parts !== behindBytes) throw broken("parts that are not as long as they say");
}

async function inflateRest(rest: Uint8Array, maximumBytes: number): Promise<Uint8Array> {
  if (rest.length === 0) return rest;
  try {
    return await inflate(rest, { format: "raw", maxOutputBytes: maximumBytes });
  } catch (error) {
    const fault = PithError.from(error, "BadLeptonFile");
    if (fault.code === "OutputLimit")
      throw new PithError("HeaderTooLarge", { maximumBytes }, error);
    if (fault.kind !== "input") throw fault;
    throw new PithError("BadLeptonFile", { part: "header", why: fault.message }, error);
  }
}

/** Puts the JPEGs where they belong. */
async function putBack(
  residue: Uint8Array,
  { jpegs }: HeaderPlan,
  behind: Uint8Array,
  maximumBytes: number,
  { restoreJpeg, depth = 0 }: UnpackOptions,
): Promise<Uint8Array> {
  if (jpegs.length === 0) return residue;
  if (restoreJpeg === undefined || depth >= DENSE_EMBEDDED_DEPTH_MAXIMUM) {
    throw broken("JPEGs deeper than they may be");
  }
  const records = new ByteGatherer();
  let left = maximumBytes - residue.length;
  let [at, codedAt] = [0, 0];
  for (const { codedBytes, gaps, pieceBytes } of jpegs) {
    const coded = behind.subarray(codedAt, codedAt + codedBytes);
    codedAt += codedBytes;
    const jpeg = await restoreJpeg(coded, left, depth + 1);
    left -= jpeg.length;
    if (left < 0) throw new PithError("HeaderTooLarge", { maximumBytes });
    let jpegAt = 0;
    for (const [i, gap] of gaps.entries()) {
      if (gap > residue.length - at) throw broken("a JPEG behind the end");
      records.append(residue.subarray(at, at + gap));
      at += gap;
      const end = i < pieceBytes.length ? jpegAt + (pieceBytes[i] ?? 0) : jpeg.length;
      if (end > jpeg.length) throw broken("a piece behind the end of its JPEG");
      records.append(jpeg.subarray(jpegAt, end));
      jpegAt = end;
    }
  }
  records.append(residue.subarray(at));
  return records.take();
}

function broken(why: string): PithError {
  return new PithError("BadLeptonFile", { part: "header", why });
}
