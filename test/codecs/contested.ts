/**
 * Two codecs for the same objects, which begin with "TWIN": `first-twin` and `second-twin`, both contested.
 *
 *   payload   chunk by deflate, and padding: more of it the first's at even chunks, the second's at odd ones
 *   state     how many chunks it has seen, and their sum: in the parameters
 *
 * So each of them has the smaller frame at every other chunk, and parameters tell whether it has seen all.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Codec } from "../../src/core/codec.ts";

export const TWIN_CHUNK_BYTES = 5000;
const PADDING_BYTES = { less: 100, more: 200 } as const;

/** An object that both claim: text that repeats, the number of each chunk in it. */
export function twinObject(chunks: number): Uint8Array<ArrayBuffer> {
  const text = Array.from({ length: chunks }, (_, i) =>
    `TWIN, chunk ${i}: `.repeat(TWIN_CHUNK_BYTES).slice(0, TWIN_CHUNK_BYTES),
  );
  return new TextEncoder().encode(text.join(""));
}

/** What parameters say: chunks seen before this one, and the sum of their bytes. */
export function readTwin(parameters: Uint8Array): { readonly seen: number; readonly sum: number } {
  const view = new DataView(parameters.buffer, parameters.byteOffset, parameters.length);
  return { seen: view.getUint32(0, true), sum: view.getUint32(4, true) };
}

function twin(id: number, name: string, isLonger: (index: number) => boolean): Codec {
  return {
    id,
    name,
    version: 1,
    readableVersions: [1],
    contested: true,
    independent: false,
    sniff: (first) =>
      new TextDecoder().decode(first.subarray(0, 4)) === "TWIN"
        ? { chunkBytes: TWIN_CHUNK_BYTES, whole: false }
        : undefined,
    open() {
      let seen = 0;
      let sum = 0;
      const observe = (chunk: Uint8Array): void => {
        seen += 1;
        for (const byte of chunk) sum = (sum + byte) >>> 0;
      };
      return {
        encode(chunk) {
          const parameters = new Uint8Array(8);
          const view = new DataView(parameters.buffer);
          view.setUint32(0, seen, true);
          view.setUint32(4, sum, true);
          const packed = deflateRawSync(chunk);
          const padding = PADDING_BYTES[isLonger(seen) ? "more" : "less"];
          const payload = new Uint8Array(1 + padding + packed.length);
          payload[0] = padding;
          payload.set(packed, 1 + padding);
          observe(chunk);
          return { parameters, payload };
        },
        observe,
        close: () => undefined,
      };
    },
    decode: ({ payload }) => new Uint8Array(inflateRawSync(payload.subarray(1 + payload[0]!))),
  };
}

export const codecs: readonly Codec[] = [
  twin(320, "first-twin", (index) => index % 2 === 0),
  twin(321, "second-twin", (index) => index % 2 === 1),
];
