/**
 * Reference of dense JPEG files: the coded header back into the bytes of its records.
 *
 *   stream -> plan, tokens -> residue: what tokens stand for, and what the rest inflates to
 *   residue, JPEGs that were taken out -> records
 *
 * Written from the sections "Plan" and "Tokens" of docs/formats/jpeg-dense.md. Bytes come from the header
 * model (header-model.ts); JPEGs from whoever decodes files.
 */
import { inflateRawSync } from "node:zlib";
import { ByteReader, readVarint } from "./bytes.ts";
import type { HeaderModel } from "./header-model.ts";
import { expandTokens } from "./header-tokens.ts";
import { RangeDecoder } from "./range-decoder.ts";

interface Plan {
  readonly tokenBytes: number;
  readonly restBytes: number;
  readonly jpegs: readonly JpegPlace[];
}

interface JpegPlace {
  readonly coded: number;
  /** Each gap, and the bytes behind it; of the last piece they are what is left. */
  readonly pieces: readonly { readonly gap: number; readonly bytes: number }[];
}

/**
 * The records of a file.
 *
 * @param model - one that has coded nothing but the dictionary
 * @param decodeJpeg - decodes a file within the header
 */
export function decodeHeader(
  header: Uint8Array,
  model: HeaderModel,
  decodeJpeg: (coded: Uint8Array) => Uint8Array,
): Uint8Array {
  const reader = new ByteReader(header);
  const behind = reader.varint();
  const stream = reader.take(header.length - reader.position - behind);
  const decoder = new RangeDecoder(stream);
  const next = (): number => model.decodeByte(decoder);
  const plan = readPlan(next);
  const residue = expandTokens(Array.from({ length: plan.tokenBytes }, next));
  const jpegs = plan.jpegs.map(({ coded }) => decodeJpeg(reader.take(coded)));
  const rest = reader.take(plan.restBytes);
  if (!reader.isAtEnd) throw new Error("bytes behind the header's rest");
  if (rest.length > 0) for (const byte of inflateRawSync(rest)) residue.push(byte);
  return putBack(residue, plan.jpegs, jpegs);
}

function readPlan(next: () => number): Plan {
  const number = (): number => readVarint(next);
  const tokenBytes = number();
  const restBytes = number();
  const jpegs = Array.from({ length: number() }, (): JpegPlace => {
    const coded = number();
    const count = number();
    const pieces = Array.from({ length: count }, (_, i) => ({
      gap: number(),
      bytes: i < count - 1 ? number() : Number.POSITIVE_INFINITY,
    }));
    return { coded, pieces };
  });
  return { tokenBytes, restBytes, jpegs };
}

function putBack(
  residue: readonly number[],
  places: readonly JpegPlace[],
  jpegs: readonly Uint8Array[],
): Uint8Array {
  const records: number[] = [];
  let from = 0;
  for (const [i, { pieces }] of places.entries()) {
    let taken = 0;
    for (const { gap, bytes } of pieces) {
      for (const byte of residue.slice(from, from + gap)) records.push(byte);
      from += gap;
      for (const byte of jpegs[i]!.subarray(taken, taken + bytes)) records.push(byte);
      taken += bytes;
    }
  }
  for (const byte of residue.slice(from)) records.push(byte);
  return Uint8Array.from(records);
}
