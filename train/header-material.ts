/**
 * Header material: what the header model is trained on. Of each JPEG, and of each JPEG within it, the
 * bytes that `packHeader` hands to the model: plan and tokens of the records, without JPEGs.
 */
import { readFileSync } from "node:fs";
import { concatenate, viewOf } from "../src/core/bytes.ts";
import { PithError } from "../src/core/errors.ts";
import { inflate } from "../src/deflate/index.ts";
import { findEmbeddedJpegs } from "../src/lepton/embedded-jpegs.ts";
import { encodeLepton } from "../src/lepton/encode.ts";
import { writePlan } from "../src/lepton/header-plan.ts";
import { writeTokens } from "../src/lepton/quantizer-tokens.ts";
import { groupOf } from "./folds.ts";

/** The header of one JPEG. */
export interface Material {
  readonly path: string;
  /** Maker of the camera. */
  readonly group: string;
  /** The records without JPEGs. */
  readonly residue: Uint8Array;
  /** What the model codes of it. */
  readonly modelled: Uint8Array;
}

/** Where the start of a Lepton file says how long its header is, and where that begins. */
const HEADER_BYTES_AT = 24;
const HEADER_AT = 28;

/** What a thumbnail takes as a file of its own: only its size in a plan matters. */
const CODED_SHARE = 0.75;

/** The materials of files, the JPEGs within them included. Files that cannot be coded give none. */
export async function materialsOf(paths: readonly string[]): Promise<Material[]> {
  const materials: Material[] = [];
  for (const path of paths) {
    const jpeg = readFileSync(path);
    await gather(path, groupOf(path, jpeg), jpeg, materials);
  }
  return materials;
}

async function gather(
  path: string,
  group: string,
  jpeg: Uint8Array,
  materials: Material[],
): Promise<void> {
  const records = await recordsOf(jpeg);
  if (records === undefined) return;
  const jpegs = findEmbeddedJpegs(records);
  const kept: Uint8Array[] = [];
  let at = 0;
  const planned = jpegs.map((pieces) => {
    const gaps = pieces.map(({ start, end }, i) => {
      const from = i === 0 ? at : (pieces[i - 1]?.end ?? 0);
      kept.push(records.subarray(from, start));
      at = end;
      return start - from;
    });
    const sizes = pieces.map(({ start, end }) => end - start);
    const codedBytes = Math.floor(CODED_SHARE * sizes.reduce((sum, size) => sum + size, 0));
    return { codedBytes, gaps, pieceBytes: sizes.slice(0, -1) };
  });
  kept.push(records.subarray(at));
  const residue = concatenate(kept);
  const tokens = writeTokens(residue);
  const plan = writePlan({ tokenBytes: tokens.length, restBytes: 0, jpegs: planned });
  materials.push({ path, group, residue, modelled: concatenate([plan, tokens]) });
  for (const [i, pieces] of jpegs.entries()) {
    const plain = concatenate(pieces.map(({ start, end }) => records.subarray(start, end)));
    await gather(`${path}#${i}`, group, plain, materials);
  }
}

async function recordsOf(jpeg: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const file = await encodeLepton(jpeg, { verify: false, threads: 1 });
    const size = viewOf(file).getUint32(HEADER_BYTES_AT, true);
    return await inflate(file.subarray(HEADER_AT, HEADER_AT + size), { format: "zlib" });
  } catch (error) {
    if (error instanceof PithError && error.kind === "input") return undefined;
    throw error;
  }
}
