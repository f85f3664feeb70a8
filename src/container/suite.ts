/**
 * One round of fuzz for frames and for .pith files: a few of them run with the unit tests, many
 * in frame.fuzz.ts and pith-file.fuzz.ts.
 *
 * Any bytes give what the checksums name or a typed error that is no bug; what they claim never
 * decides how much memory is taken beyond the format's limits.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { mutate } from "../../test/codecs/mutate.ts";
import { filterableBytes } from "../../test/filterable.ts";
import type { Random } from "../../test/random.ts";
import { concatenate, equalBytes, toHex, viewOf } from "../core/bytes.ts";
import { PithError } from "../core/errors.ts";
import { sha256 } from "../core/hash.ts";
import { CHUNK_BYTES_MAXIMUM } from "../core/limits.ts";
import { codeAlone } from "./code-chunk.ts";
import type { Coder } from "./coder.ts";
import { FRAME_FIXED_BYTES } from "./frame.ts";
import { compress, expandStream, openPith } from "./pith-file.ts";
import { createRegistry } from "./registry.ts";
import { decodeFrame } from "./verify.ts";

const registry = createRegistry();
const PICTURE = readFileSync(new URL("../../test/vectors/pith/lepton.jpg", import.meta.url));

/** A sound frame, mutated, half of the time with its checksums made right again. */
export async function fuzzFrame(random: Random): Promise<void> {
  const frame = random.oneIn(4) ? await pictureFrame(random) : await someFrame(random);
  if (frame === undefined) return;
  const mutated = mutate(frame, random);
  if (random.oneIn(2)) sealFrame(mutated);
  const decoded = await orTypedError(decodeFrame(registry, mutated));
  if (decoded === undefined) return;
  assert.ok(decoded.length <= CHUNK_BYTES_MAXIMUM);
  assert.equal(sha256(decoded), toHex(mutated.subarray(28, 60)));
}

async function someFrame(random: Random): Promise<Uint8Array | undefined> {
  const isFilterable = random.oneIn(2);
  const size = 1 + random.upTo(3_000);
  const plain = isFilterable ? filterableBytes(size, random.upTo(50)) : random.content(size);
  return await soundFrame(random.pick(["stored", "deflate", "zlib"]), plain, random);
}

const pictures = new Map<string, Promise<Uint8Array | undefined>>();

/** A frame of either model, made once. */
function pictureFrame(random: Random): Promise<Uint8Array | undefined> {
  const name = random.pick(["lepton", "jpeg-dense"]);
  const picture = pictures.get(name) ?? soundFrame(name, PICTURE, undefined);
  pictures.set(name, picture);
  return picture;
}

/** The frame that a codec makes of `plain`, held against it. */
async function soundFrame(
  name: string,
  plain: Uint8Array,
  random: Random | undefined,
): Promise<Uint8Array | undefined> {
  const codec = registry.byName(name);
  assert.ok(codec !== undefined);
  const chunk = { plain, sha256: sha256(plain), last: true };
  const effort = random?.pick(["flat", "fast", "dense"] as const) ?? "default";
  const reply = await codeAlone(codec, { effort, filters: true }, chunk);
  if ("refused" in reply) return undefined;
  assert.ok(equalBytes(await decodeFrame(registry, reply.frame), plain));
  return reply.frame;
}

/** A sound .pith file, mutated, read from front to back and at a place. */
export async function fuzzPithFile(random: Random, coder: Coder): Promise<void> {
  const plain = random.content(random.upTo(3_000));
  const metadata = random.oneIn(2) ? { name: "a name", modifiedMs: 1, mode: 0o600 } : {};
  const file = await compress(plain, { coder, metadata, effort: "flat" });
  const mutated = mutate(file, random);
  if (random.oneIn(3)) sealFile(mutated);
  const sameAsWritten = equalBytes(mutated, file);

  const streamed = await orTypedError(gather(expandStream(pieces(mutated, random), { coder })));
  const opened = await orTypedError(openPith(mutated, { coder }));
  const ranged =
    opened === undefined
      ? undefined
      : await orTypedError(gather(opened.read(0, opened.plainBytes)));
  if (sameAsWritten) assert.ok(streamed !== undefined && ranged !== undefined);
  // What passes has been resealed at most: its frames still name their bytes.
  for (const back of [streamed, ranged]) {
    if (back !== undefined) assert.ok(equalBytes(back, plain));
  }
}

/** What the promise gives, undefined after a typed error; anything else is a finding. */
async function orTypedError<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    assert.ok(error instanceof PithError, `not a typed error: ${error}`);
    assert.notEqual(error.kind, "bug", error.message);
    assert.notEqual(error.kind, "io", error.message);
    return undefined;
  }
}

/** Makes a frame's checksums right, as a hostile writer would. */
function sealFrame(frame: Uint8Array): void {
  if (frame.length < FRAME_FIXED_BYTES + 4) return;
  const view = viewOf(frame);
  const covered = FRAME_FIXED_BYTES + view.getUint32(20, true);
  if (covered + 4 > frame.length) return;
  view.setUint32(24, crc32(frame.subarray(covered + 4)), true);
  view.setUint32(covered, crc32(frame.subarray(0, covered)), true);
}

/** Makes the checksums of a file's header and index right. */
function sealFile(file: Uint8Array): void {
  if (file.length < 64) return;
  const view = viewOf(file);
  const header = 16 + view.getUint32(12, true);
  if (header + 4 <= file.length) view.setUint32(header, crc32(file.subarray(0, header)), true);
  const index = file.length - view.getUint32(file.length - 12, true);
  const end = file.length - 8;
  if (index >= 0 && index < end) view.setUint32(end, crc32(file.subarray(index, end)), true);
}

async function* pieces(bytes: Uint8Array, random: Random): AsyncGenerator<Uint8Array> {
  const size = 1 + random.upTo(500);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gather(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return concatenate(all);
}
