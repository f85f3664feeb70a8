/**
 * The general codec that searches: `divans`, by commands, adaptive nibbles and rANS (src/divans).
 *
 *   chunk -> a look whether it is packed already -> one unit -> payload
 *
 * It takes seconds a chunk, so what would not shrink is found out from a sample first (packed.ts). The
 * payload is one unit as docs/formats/divans.md has it, without a file's header: lengths, checksums and
 * the filter stand in the frame.
 */
import type { Codec, Effort, Encoded } from "../core/codec.ts";
import { decodeUnit, encodeUnit, measureUnit } from "../divans/index.ts";
import { SAVES_TOO_LITTLE } from "./choose.ts";
import { looksPacked } from "./packed.ts";

/** What src/divans offers for one chunk. */
export interface DivansUnits {
  encodeUnit(plain: Uint8Array, effort: Effort): Promise<Uint8Array>;
  /** About how long a unit would be, quickly. */
  measureUnit(plain: Uint8Array, effort: Effort): Promise<number>;
  /** @throws PithError kind "input" or "corrupt" when `coded` is not one whole unit of `plainBytes` bytes */
  decodeUnit(coded: Uint8Array, plainBytes: number): Promise<Uint8Array>;
}

const NOTHING = new Uint8Array(0);

export const divansCodec: Codec = divansCodecOf({ encodeUnit, decodeUnit, measureUnit });

/** The codec over these units. */
export function divansCodecOf({ encodeUnit, decodeUnit, measureUnit }: DivansUnits): Codec {
  return {
    id: 5,
    name: "divans",
    version: 1,
    readableVersions: [1],
    files: { kernels: ["divans"], tables: [{ name: "dictionary.bin", sum: 0xb2254316 }] },
    independent: true,
    sniff: () => undefined,
    measure: measureUnit,
    open: (effort) => ({
      async encode(chunk): Promise<Encoded> {
        if (looksPacked(chunk, "long")) return SAVES_TOO_LITTLE;
        return { parameters: NOTHING, payload: await encodeUnit(chunk, effort) };
      },
      observe: () => undefined,
      close: () => undefined,
    }),
    decode: ({ payload }, _version, plainBytes) => decodeUnit(payload, plainBytes),
  };
}
