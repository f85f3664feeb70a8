/**
 * The two general codecs that write raw deflate: `deflate` in linear time (Huffman coding only,
 * src/deflate), `zlib` with matches, by the platform's zlib. One reader for both, also the
 * platform's: neither the writer of `deflate` nor a fault of it has a part in reading.
 *
 * Both run to their end within the call, on a thread of their own (pool-coder.ts).
 */
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import type { Codec, Coded, Effort, Encoded } from "../core/codec.ts";
import { PithError } from "../core/errors.ts";
import { encodeLinear } from "../deflate/index.ts";
import { SAVES_TOO_LITTLE } from "./choose.ts";
import { looksPacked } from "./packed.ts";

const NOTHING = new Uint8Array(0);

/** Levels of zlib: 1 for speed, 6 its own default, 9 for the last percent. */
const LEVELS = { flat: 1, fast: 1, default: 6, dense: 9 } as const satisfies Record<Effort, number>;

/** Memory for zlib's hash chains and symbols: its maximum, 512 KiB, saves some 0.1%. */
const MEMORY_LEVEL = 9;

export const deflateCodec: Codec = {
  id: 2,
  name: "deflate",
  ...sharedParts(
    async (chunk) => encodeLinear(chunk),
    (bytes) => deflateRawSync(bytes, { strategy: constants.Z_HUFFMAN_ONLY }).length,
  ),
};

export const zlibCodec: Codec = {
  id: 3,
  name: "zlib",
  ...sharedParts(
    (chunk, effort) => {
      const chunkSize = Math.max(chunk.length >> 1, 4096);
      return deflateRawSync(chunk, { level: LEVELS[effort], memLevel: MEMORY_LEVEL, chunkSize });
    },
    // The order in which the other levels see filters, too, mostly.
    (bytes) => deflateRawSync(bytes, { level: 1 }).length,
    (chunk) => looksPacked(chunk, "quick"),
  ),
};

type Pack = (chunk: Uint8Array, effort: Effort) => Uint8Array | Promise<Uint8Array>;

function sharedParts(
  pack: Pack,
  measure: (bytes: Uint8Array) => number,
  isHopeless: (chunk: Uint8Array) => boolean = () => false,
): Omit<Codec, "id" | "name"> {
  return {
    version: 1,
    readableVersions: [1],
    independent: true,
    sniff: () => undefined,
    measure,
    open: (effort) => ({
      async encode(chunk): Promise<Encoded> {
        if (isHopeless(chunk)) return SAVES_TOO_LITTLE;
        return { parameters: NOTHING, payload: await pack(chunk, effort) };
      },
      observe: () => undefined,
      close: () => undefined,
    }),
    decode: inflateExactly,
  };
}

/**
 * Inflates a payload that must be one whole raw deflate stream of `plainBytes` bytes.
 *
 * @throws PithError "DeflateCorrupt", "DeflateTruncated", "TrailingBytes" or "OutputLimit"
 */
function inflateExactly({ payload }: Coded, _version: number, plainBytes: number): Uint8Array {
  let inflated: { buffer: Uint8Array; engine: { bytesWritten: number } };
  try {
    // The output's buffer is taken in one piece, and never more than that.
    inflated = inflateRawSync(payload, {
      chunkSize: Math.max(plainBytes, 64),
      maxOutputLength: plainBytes,
      info: true,
    }) as unknown as typeof inflated;
  } catch (error) {
    throw inflateFault(error, plainBytes);
  }
  const { buffer, engine } = inflated;
  if (engine.bytesWritten !== payload.length) {
    throw new PithError("TrailingBytes", { at: engine.bytesWritten, payload: payload.length });
  }
  if (buffer.length !== plainBytes) {
    throw new PithError("DeflateCorrupt", { expected: plainBytes, actual: buffer.length });
  }
  return buffer;
}

function inflateFault(error: unknown, plainBytes: number): PithError {
  const { code } = error as { code?: string };
  if (code === "Z_BUF_ERROR") return PithError.from(error, "DeflateTruncated");
  if (code === "ERR_BUFFER_TOO_LARGE") return PithError.from(error, "OutputLimit", { plainBytes });
  if (code === "Z_MEM_ERROR") return PithError.from(error, "OutOfMemory");
  return PithError.from(error, "DeflateCorrupt");
}
